"""Memberships, invitations, and the one-time links that owners hand over where no mail is sent."""

import secrets
from datetime import timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Department, Invitation, Membership, User
from accounts.services.edits import StaleEdit
from accounts.services.organisations import hash_token
from accounts.tenancy import find_unscoped, member_scope

INVITATION_LASTS = timedelta(days=14)


@transaction.atomic
def create_invitation(
    *, email: str, role: str, department: Department | None, by: Membership
) -> tuple[Invitation, str]:
    """Invite ``email`` and return the invitation with its link, which exists only here and in the mail.

    An open invitation of the same address is replaced. Raises ValidationError for somebody who is a member already.
    """
    organisation = by.organisation
    if Membership.objects.filter(user__email__iexact=email).exists():
        raise ValidationError({"email": _("This person is already a member.")})
    Invitation.objects.filter(email__iexact=email, accepted_at__isnull=True).delete()
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        organisation=organisation,
        email=email.lower(),
        role=role,
        department=department,
        token_hash=hash_token(token),
        created_by=by,
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    invitation.full_clean()
    invitation.save()
    link = settings.PUBLIC_URL + reverse("accounts:invitation_accept", kwargs={"token": token})
    transaction.on_commit(lambda: mail_invitation(invitation=invitation, link=link))
    return invitation, link


def mail_invitation(*, invitation: Invitation, link: str) -> None:
    """Send the link in the organisation's language; without a mail server the text lies in the mail folder."""
    context = {"organisation": invitation.organisation, "inviter": invitation.created_by, "link": link}
    with translation.override(invitation.organisation.language):
        # one line, whatever the organisation is called
        subject = " ".join(render_to_string("emails/invitation_subject.txt", context).split())
        body = render_to_string("emails/invitation_body.txt", context)
    send_mail(subject, body, None, [invitation.email], fail_silently=True)


def revoke_invitation(*, invitation: Invitation) -> None:
    """Make the invitation's link worthless."""
    invitation.delete()


def find_invitation(token: str) -> Invitation | None:
    """Return the open invitation of ``token`` with its organisation, or None when it is used, revoked or expired."""
    return find_unscoped(
        Invitation,
        select_related=("organisation", "created_by__user", "department"),
        token_hash=hash_token(token),
        accepted_at__isnull=True,
        expires_at__gte=timezone.now(),
    )


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership | None:
    """Make ``user`` a member. Twice, or by somebody who is one already, changes nothing and returns the membership.

    Returns None where somebody else used the link first, or it was taken back: of two at once, the second waits here.
    """
    with member_scope(invitation.organisation):
        unused = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True)
        is_first = unused.update(accepted_at=timezone.now()) == 1
        known = Membership.objects.filter(organisation=invitation.organisation, user=user).first()
        if known is not None or not is_first:
            return known
        membership, _created = Membership.objects.get_or_create(
            organisation=invitation.organisation,
            user=user,
            defaults={"role": invitation.role, "department": invitation.department},
        )
    return membership


@transaction.atomic
def update_member(*, member: Membership, version: int, role: str, department: Department | None) -> Membership:
    """Change role and department. Raises ValidationError when no owner would be left, and StaleEdit when ``version``
    is not the present one.
    """
    if member.role == Role.OWNER and role != Role.OWNER:
        keep_an_owner(member)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user", "organisation", "department")
    current = rows.get(pk=member.pk)
    if current.version != version:
        raise StaleEdit(current)
    member.role, member.department, member.version = role, department, version + 1
    member.save(update_fields=["role", "department", "version"])  # what listens to it ends streams of a lost right
    return member


@transaction.atomic
def remove_member(*, member: Membership) -> None:
    """End the membership, and the account when it belonged to no other organisation.

    What the person rated anonymously stays: nobody can say which it is. Raises ValidationError for the last owner.
    """
    if member.role == Role.OWNER:
        keep_an_owner(member)
    user = member.user
    member.delete()
    if find_unscoped(Membership, user=user) is None:
        user.delete()


def keep_an_owner(leaving: Membership) -> None:
    """Raise ValidationError unless another owner stays. Locks the owners, so that two cannot leave at once."""
    owners = list(Membership.objects.select_for_update().filter(role=Role.OWNER))
    if all(owner.pk == leaving.pk for owner in owners):
        raise ValidationError(_("An organisation needs an owner. Make somebody else an owner first."))


def password_link(*, member: Membership) -> str:
    """Return a one-time link with which the member sets a new password. Ends with its first use or a new password."""
    user = member.user
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uidb36, rest = key.split("-", 1)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": rest})
    return settings.PUBLIC_URL + path


def member_export(member: Membership) -> dict[str, Any]:
    """Return everything that is kept about this person in this organisation, ready for JSON."""
    held = {
        "name": member.user.name,
        "email": member.user.email,
        "organisation": member.organisation.name,
        "role": member.role,
        "department": member.department.name if member.department else None,
        "member_since": member.joined_at.isoformat(),
        "language": member.user.language,
        "last_login": member.user.last_login.isoformat() if member.user.last_login else None,
    }
    return held | rows_about(member)


def rows_about(member: Membership) -> dict[str, Any]:
    """Return what later apps keep about this person, by the name under which a membership leads there.

    They hang on a membership by foreign keys of models that this app does not know. Whoever lets a membership lead to
    rows of a model says with its class method ``export_of`` what they tell of a person; without one this fails.
    """
    related: Any = Membership._meta.related_objects
    return {relation.get_accessor_name(): relation.related_model.export_of(member) for relation in related}
