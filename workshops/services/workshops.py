"""Workshops: planned, and closed in the end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services.edits import StaleEdit
from journeys.models import Journey
from workshops.deadlines import deadline_words
from workshops.enums import ActivityState, Step, WorkshopState
from workshops.live import EVERYTHING, announce
from workshops.models import Activity, Cycle, Participant, Workshop
from workshops.services.participants import forget_hours
from workshops.services.steering import ActionRefused, check_open, check_steering, lock_workshop

RUNNING = (ActivityState.OPEN, ActivityState.PAUSED)


def create_workshop(
    *, journey: Journey, title: str, planned_for: datetime | None, code: UUID, by: Membership
) -> Workshop:
    """Plan an Ist workshop on ``journey``. Asking twice with the same code gives the same workshop."""
    if (known := Workshop.objects.filter(code=code).first()) is not None:
        return known
    try:
        return _create_workshop(journey=journey, title=title, planned_for=planned_for, code=code, by=by)
    except IntegrityError:
        # The form was sent twice at the same moment, or its code is somebody else's: then we take one of our own.
        if (known := Workshop.objects.filter(code=code).first()) is not None:
            return known
        return _create_workshop(journey=journey, title=title, planned_for=planned_for, code=uuid4(), by=by)


@transaction.atomic
def _create_workshop(
    *, journey: Journey, title: str, planned_for: datetime | None, code: UUID, by: Membership
) -> Workshop:
    workshop = Workshop(
        organisation_id=journey.organisation_id,
        code=code,
        cycle=_cycle_for_ist(journey),
        title=title,
        planned_for=planned_for,
        created_by=by,
    )
    # Uniqueness is the database's to check: the code's in create_workshop, the join code's by its 30^6 possibilities.
    workshop.full_clean(validate_unique=False, exclude=["steered_by", "shown_activity"])
    workshop.save()
    return workshop


def _cycle_for_ist(journey: Journey) -> Cycle:
    """The journey's latest cycle while it is still at its Ist, else a new one: a frozen Ist is never measured again."""
    Journey.objects.select_for_update(no_key=True).get(pk=journey.pk)
    latest = journey.cycles.order_by("-number").first()
    if latest is not None and latest.step == Step.IST:
        return latest
    number = (journey.cycles.aggregate(last=Max("number"))["last"] or 0) + 1
    return Cycle.objects.create(journey=journey, number=number)


@transaction.atomic
def update_workshop(
    *, workshop: Workshop, title: str, planned_for: datetime | None, version: int, by: Membership
) -> Workshop:
    """Change title and time; open pages show it at once. StaleEdit where somebody saved since ``version``."""
    current = lock_workshop(workshop)
    if current.details_version != version:
        raise StaleEdit(current)
    current.title, current.planned_for, current.details_version = title, planned_for, version + 1
    current.full_clean(validate_unique=False, exclude=["steered_by", "shown_activity", "created_by"])
    current.save(update_fields=["title", "planned_for", "details_version"])
    announce(current, EVERYTHING)
    return current


@transaction.atomic
def close_workshop(*, workshop: Workshop, by: Membership) -> Workshop:
    """End the workshop: its code no longer lets anybody in, and no block opens again. Closing twice changes nothing."""
    current = lock_workshop(workshop)
    if current.state == WorkshopState.CLOSED:
        return current
    check_steering(current, by)
    shut(current)
    return current


def still_running(activity: Activity) -> str:
    """Why nothing else can begin or end while this block runs, and how to go on."""
    if activity.answers_until is None:
        return _("“%(title)s” is still running. Reveal it first.") % {"title": activity.name}
    sentence = (
        _("“%(title)s” was open in advance until %(until)s. Reveal it first; then you can go on.")
        if activity.is_over
        else _("“%(title)s” is open in advance until %(until)s. Reveal it first; then you can go on.")
    )
    return sentence % {"title": activity.title, "until": deadline_words(activity.answers_until)}


def shut(workshop: Workshop) -> None:
    """Close the locked workshop unless a block runs, whose ratings would stay hidden for ever."""
    check_open(workshop)
    if running := Activity.objects.filter(workshop=workshop, state__in=RUNNING).first():
        raise ActionRefused(still_running(running))
    workshop.state, workshop.closed_at, workshop.shown_activity = WorkshopState.CLOSED, timezone.now(), None
    workshop.save(update_fields=["state", "closed_at", "shown_activity"])
    forget_hours(Participant.objects.filter(workshop=workshop))
    announce(workshop, EVERYTHING)
