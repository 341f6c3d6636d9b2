"""Organisations: founding, settings, removal; and the one-time set-up link."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from accounts.enums import Role
from accounts.models import Membership, Organisation, SetupLink, User
from accounts.services.edits import StaleEdit
from accounts.tenancy import find_unscoped, member_scope

SETUP_LINK_LASTS = timedelta(days=7)
TRANSCRIBED = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


def owner_exists(*, besides_demo: bool = False) -> bool:
    """Whether any organisation of this installation has an owner; ``besides_demo`` leaves the demo's out."""
    if besides_demo:
        return find_unscoped(Membership, role=Role.OWNER, organisation__is_demo=False) is not None
    return find_unscoped(Membership, role=Role.OWNER) is not None


def hash_token(token: str) -> str:
    """Return what is kept of a one-time token; the token itself is only in its link."""
    return sha256(token.encode()).hexdigest()


def free_slug(name: str) -> str:
    """Return an unused slug made from ``name``, such as regio-bahn or regio-bahn-2."""
    transcribed = name.lower().translate(TRANSCRIBED)
    base = slugify(transcribed)[:50] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))] if slug not in taken)


@transaction.atomic
def create_organisation(*, code: UUID, by: User, name: str, industry: str, language: str, time_zone: str) -> Membership:
    """Found an organisation with ``by`` as its owner and return that membership, or the one that the same form brought
    before. Raises ValidationError.

    A set-up link is for the first owner, so none that lies about opens anything afterwards.
    """
    if (founded := find_founded(code, by)) is not None:
        return founded
    organisation = Organisation(
        code=code, name=name, slug=free_slug(name), industry=industry, language=language, time_zone=time_zone
    )
    organisation.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError:
        # The same form at the same moment; or somebody else's organisation has this code, or now has this address.
        if (founded := find_founded(code, by)) is not None:
            return founded
        organisation.code = uuid4() if Organisation.objects.filter(code=code).exists() else code
        organisation.slug = free_slug(name)
        organisation.save(force_insert=True)
    SetupLink.objects.filter(used_at__isnull=True).update(used_at=timezone.now())
    with member_scope(organisation):
        return Membership.objects.create(organisation=organisation, user=by, role=Role.OWNER)


def find_founded(code: UUID, by: User) -> Membership | None:
    """Return the membership of ``by`` in the organisation that a form with ``code`` made, if one is theirs."""
    return find_unscoped(Membership, select_related=("organisation",), organisation__code=code, user=by)


@transaction.atomic
def update_organisation(*, organisation: Organisation, version: int, **changes: Any) -> Organisation:
    """Set the named fields. Frozen results keep the cut points they were made with.

    Raises StaleEdit when ``version`` is not the present one, ValidationError.
    """
    for field, value in changes.items():
        setattr(organisation, field, value)
    organisation.full_clean()
    rows = Organisation.objects.filter(pk=organisation.pk, version=version)
    if not rows.update(**changes, version=F("version") + 1):
        raise StaleEdit(Organisation.objects.get(pk=organisation.pk))
    organisation.version = version + 1
    return organisation


@transaction.atomic
def remove_organisation(*, organisation: Organisation) -> None:
    """Erase the organisation with everything in it, and accounts that belonged to no other."""
    with member_scope(organisation):
        people = list(Membership.objects.values_list("user_id", flat=True))
    organisation.delete()
    User.objects.filter(pk__in=people, memberships__isnull=True).delete()


def create_setup_link() -> str:
    """Return the path of a fresh one-time link with which the first owner signs up; older unused links end."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        SetupLink.objects.filter(used_at__isnull=True).delete()
        SetupLink.objects.create(token_hash=hash_token(token))
    return settings.PUBLIC_URL + reverse("accounts:setup", kwargs={"token": token})


def find_setup_link(token: str) -> SetupLink | None:
    """Return the unused, unexpired set-up link of ``token``, or None."""
    return _open_setup_links().filter(token_hash=hash_token(token)).first()


def is_setup_link_open(link_id: int) -> bool:
    """Whether the link that a browser opened is still unused and unexpired."""
    return _open_setup_links().filter(pk=link_id).exists()


def _open_setup_links() -> QuerySet[SetupLink]:
    since = timezone.now() - SETUP_LINK_LASTS
    return SetupLink.objects.filter(used_at__isnull=True, created_at__gte=since)


def use_setup_link(*, link_id: int) -> bool:
    """Mark the link as used and return whether it still was unused: of two sign-ups at once, one is the first."""
    return _open_setup_links().filter(pk=link_id).update(used_at=timezone.now()) == 1
