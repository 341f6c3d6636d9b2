"""Who is in the room: joining, leaving, being removed, and being forgotten."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Greatest, Now, TruncDay
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, Membership, Organisation
from workshops.enums import ActivityState, WorkshopState
from workshops.live import PEOPLE, announce, end_streams, refresh_ballot
from workshops.models import Participant, Workshop, WorkshopSpectator
from workshops.services.steering import ActionRefused, check_open, lock_workshop

SEEN_EVERY = timedelta(seconds=30)


def hash_token(token: str) -> str:
    """The keyed hash under which a guest's token is stored; the token itself stays on the device."""
    return hmac.new(settings.SECRET_KEY.encode(), b"guest\0" + token.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def join_workshop(
    *,
    workshop: Workshop,
    membership: Membership | None = None,
    name: str = "",
    department: Department | None = None,
    token: str = "",
) -> Participant:
    """Let a member (``membership``) or a guest (``token``, kept as a hash) into the room, or back into it.

    Joining twice is one participant, with the name and department given last. A removed member stays out.
    """
    if (membership is None) == (not token):
        raise ValueError("A member joins by membership, a guest by token.")
    current = lock_workshop(workshop)
    if current.state == WorkshopState.CLOSED:
        raise ActionRefused(_("This workshop is closed. You can no longer join."))
    participant = _known(current, membership, token) or Participant(
        workshop=current,
        membership=membership,
        token_hash=hash_token(token) if token else "",
        does_not_rate=_only_watches(current, membership),
    )
    if participant.removed_at is not None:
        raise ActionRefused(_("The moderator has removed you from this workshop."))
    participant.name, participant.department = name.strip(), department
    participant.left_at, participant.last_seen_at = None, timezone.now()
    participant.full_clean(exclude=["workshop", "membership", "department"], validate_unique=False)
    participant.save()
    announce(current, PEOPLE)
    return participant


def _known(workshop: Workshop, membership: Membership | None, token: str) -> Participant | None:
    """Who joined before; the locked workshop keeps a second tap waiting until the first has joined."""
    people = Participant.objects.filter(workshop=workshop)
    found = people.filter(membership=membership) if membership else people.filter(token_hash=hash_token(token))
    return found.first()


@transaction.atomic
def leave_workshop(*, participant: Participant) -> Participant:
    """Take somebody out of the room at their own wish. What they rated stays, and they may come back."""
    return _go(participant, "left_at")


@transaction.atomic
def remove_participant(*, participant: Participant, by: Membership) -> Participant:
    """Take somebody out of the room for good. What they rated stays, and they rate nothing more."""
    return _go(participant, "removed_at")


def _go(participant: Participant, field: str) -> Participant:
    workshop = lock_workshop(Workshop(pk=participant.workshop_id))
    current = Participant.objects.get(pk=participant.pk)
    if getattr(current, field) is None:
        setattr(current, field, timezone.localdate())
        current.save(update_fields=[field])
        announce(workshop, PEOPLE)
        end_streams(workshop, participant=current)
    return current


@transaction.atomic
def set_does_not_rate(*, participant: Participant, value: bool, by: Membership) -> Participant:
    """Let somebody only watch, or rate again. They leave or enter the number that "finished" is counted against."""
    workshop = lock_workshop(Workshop(pk=participant.workshop_id))
    current = Participant.objects.get(pk=participant.pk)
    if current.does_not_rate != value:
        current.does_not_rate = value
        current.save(update_fields=["does_not_rate"])
        announce(workshop, PEOPLE)
        refresh_ballot(workshop, participant=current)
    return current


def _only_watches(workshop: Workshop, membership: Membership | None) -> bool:
    """Whether the moderator marked this member before they joined."""
    return (
        membership is not None and WorkshopSpectator.objects.filter(workshop=workshop, membership=membership).exists()
    )


@transaction.atomic
def mark_spectators(
    *, workshop: Workshop, add: Iterable[Membership], drop: Iterable[Membership], by: Membership
) -> None:
    """Mark members who will only watch, and unmark others; two moderators at once both keep what they changed.

    The mark counts when somebody joins. Whoever is in the room already is set at once.
    """
    current = lock_workshop(workshop)
    check_open(current)
    added = list(add)
    WorkshopSpectator.objects.filter(workshop=current, membership__in=list(drop)).delete()
    marks = [WorkshopSpectator(workshop=current, membership=member) for member in added]
    WorkshopSpectator.objects.bulk_create(marks, ignore_conflicts=True)
    for participant in Participant.objects.filter(workshop=current, membership__in=added, does_not_rate=False):
        set_does_not_rate(participant=participant, value=True, by=by)


def mark_seen(*, participant: Participant) -> None:
    """Note a sign of life of the participant's page, at most every 30 s. Never called by a rating.

    A page that stays open after the workshop is closed gives none: nobody needs to know until when.
    """
    now = timezone.now()
    in_open_room = Participant.objects.filter(pk=participant.pk, workshop__state=WorkshopState.OPEN)
    in_open_room.filter(last_seen_at__lt=now - SEEN_EVERY).update(last_seen_at=now)


def forget_hours(people: QuerySet[Participant]) -> None:
    """Keep of the last signs of life only the day (of UTC), since nobody asks any more who is here.

    Every sign before it has left an old version of its row, which ``traces`` erases.
    """
    Workshop.objects.filter(pk__in=people.values("workshop")).update(people_erased_at=Now())
    people.update(last_seen_at=TruncDay("last_seen_at", tzinfo=UTC))


@transaction.atomic
def erase_guest(*, participant: Participant, by: Membership) -> Participant:
    """Erase a guest's name before the organisation's days are over. Figures stay; the bytes ``traces`` erases.

    While the workshop is open the identity stays, which says no name: without it the same phone would come in as
    somebody else, and rate a second time. Once it is closed both go. Raises ValueError for a member.
    """
    if participant.membership_id is not None:
        raise ValueError("A member's name is the account's.")
    workshop = lock_workshop(Workshop(pk=participant.workshop_id))
    guest = Participant.objects.filter(pk=participant.pk)
    left = {"name": ""} | ({"token_hash": ""} if workshop.state == WorkshopState.CLOSED else {})
    if guest.exclude(**left).update(**left):
        Workshop.objects.filter(pk=workshop.pk).update(people_erased_at=Now())
        announce(workshop, PEOPLE)
    current = guest.get()
    refresh_ballot(workshop, participant=current)  # the phone may show the name
    return current


@transaction.atomic
def erase_guests(*, organisation: Organisation) -> int:
    """Erase names and identities of guests when the organisation's days after the end are over; return how many.

    A workshop that nobody closed ends with its last sign of life, of which only the day stays. Figures and departments
    stay, too. The bytes that they leave in the file, ``traces`` erases.
    """
    over = _ended_before(timezone.now() - timedelta(days=organisation.guest_days))
    forget_hours(Participant.objects.filter(workshop__in=over.filter(guests_erased_at__isnull=True)))
    guests = Participant.objects.filter(workshop__in=over, membership__isnull=True)
    known = guests.exclude(name="", token_hash="")
    Workshop.objects.filter(pk__in=known.values("workshop")).update(people_erased_at=Now())
    erased = known.update(name="", token_hash="")
    over.filter(guests_erased_at__isnull=True).update(guests_erased_at=timezone.now())
    return erased


def _ended_before(moment: object) -> QuerySet[Workshop]:
    """Workshops that were over before ``moment``; one whose block takes answers in advance until later is not."""
    deadline = Max("activities__answers_until", filter=Q(activities__state=ActivityState.OPEN))
    last_sign = Greatest(Max("participants__last_seen_at"), F("planned_for"), F("created_at"), deadline)
    ended = Workshop.objects.annotate(last_sign=last_sign).filter(
        Q(closed_at__lt=moment) | Q(closed_at__isnull=True, last_sign__lt=moment)
    )
    return Workshop.objects.filter(pk__in=ended.values("pk"))
