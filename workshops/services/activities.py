"""Blocks: planned, opened, paused. The moderator opens and reveals (``reveals``); the timer decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, Membership
from accounts.services.edits import StaleEdit
from journeys.models import Station
from workshops.enums import ActivityState, Mode
from workshops.live import EVERYTHING, announce, announce_stage
from workshops.models import Activity, ActivityStation, Workshop
from workshops.services.steering import (
    ActionRefused,
    check_open,
    check_steering,
    lock_activity,
    lock_workshop,
)
from workshops.services.workshops import RUNNING, still_running

# More than a workshop day is a slip of the finger, and would not fit the timer on a screen.
LONGEST = timedelta(hours=12)


# --- the plan -------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_activity(
    *,
    workshop: Workshop,
    title: str,
    stations: Sequence[Station],
    is_named: bool,
    asks_reason: bool,
    minutes: int,
    by: Membership,
    mode: str = Mode.QUICK,
    answers_until: datetime | None = None,
    code: UUID | None = None,
) -> Activity:
    """Put a block at the end of the agenda. Asking twice with the same ``code`` gives the same block.

    With ``answers_until`` it is meant to be opened in advance, until that moment.
    """
    current = lock_workshop(workshop)
    if code is not None and (known := Activity.objects.filter(workshop=current, code=code).first()) is not None:
        return known
    check_open(current)
    check_stations(current, stations)
    last = Activity.objects.filter(workshop=current).aggregate(last=Max("position"))["last"]
    activity = Activity(
        workshop=current,
        code=code or uuid4(),
        position=0 if last is None else last + 1,
        title=title,
        mode=mode,
        is_named=is_named,
        asks_reason=asks_reason,
        minutes=minutes,
        answers_until=answers_until,
    )
    activity.full_clean(exclude=["workshop"])
    try:
        with transaction.atomic():
            activity.save(force_insert=True)
    except IntegrityError:
        # Another workshop has this code, which no form of ours gave out twice: take one of our own.
        activity.code = uuid4()
        activity.save(force_insert=True)
    copy_stations(activity, [station.pk for station in stations])
    announce(current, EVERYTHING)
    return activity


@transaction.atomic
def update_activity(
    *,
    activity: Activity,
    title: str,
    stations: Sequence[Station],
    is_named: bool,
    asks_reason: bool,
    minutes: int,
    by: Membership,
    mode: str,
    version: int,
    answers_until: datetime | None = None,
) -> Activity:
    """Change a block that has not been opened yet; StaleEdit where somebody saved since ``version``."""
    current = lock_activity(activity)
    check_planned(current)
    if current.details_version != version:
        raise StaleEdit(current)
    check_stations(current.workshop, stations)
    current.mode = mode
    current.title, current.is_named, current.asks_reason, current.minutes = title, is_named, asks_reason, minutes
    current.answers_until, current.details_version = answers_until, version + 1
    current.full_clean(exclude=["workshop"])
    plan = ["title", "mode", "is_named", "asks_reason", "minutes", "answers_until", "details_version"]
    current.save(update_fields=plan)
    copy_stations(current, [station.pk for station in stations])
    announce(current.workshop, EVERYTHING)
    return current


@transaction.atomic
def remove_activity(*, activity: Activity, by: Membership) -> None:
    """Take a block that has not been opened yet off the agenda."""
    current = lock_activity(activity)
    check_planned(current)
    current.delete()
    announce(current.workshop, EVERYTHING)


def check_planned(activity: Activity) -> None:
    """Raise ActionRefused when people may have rated what was agreed."""
    check_open(activity.workshop)
    if activity.state != ActivityState.PLANNED:
        raise ActionRefused(_("“%(title)s” has been opened already and stays as it is.") % {"title": activity.title})


def check_stations(workshop: Workshop, stations: Sequence[Station]) -> None:
    """Raise ActionRefused unless there are stations, all of the workshop's journey."""
    if not stations:
        raise ActionRefused(_("Please choose at least one station."))
    journey = workshop.cycle.journey_id
    if any(station.journey_id != journey for station in stations):
        raise ActionRefused(_("A station belongs to another journey. Please choose again."))


def copy_stations(activity: Activity, stations: Sequence[int]) -> int:
    """Copy the words of these stations (primary keys) into the block, in place of what it held; return how many.

    Their position is the one on the path, so that two blocks of a workshop sort into one path.
    """
    ActivityStation.objects.filter(activity=activity).delete()
    found = Station.objects.filter(pk__in=stations).in_order().select_related("touchpoint__department")
    copies = [copy_of(station, activity) for station in found]
    ActivityStation.objects.bulk_create(copies)
    return len(copies)


def copy_of(station: Station, activity: Activity) -> ActivityStation:
    """The station as it is now, in the words that will be rated."""
    touchpoint = station.touchpoint
    department = touchpoint.department
    return ActivityStation(
        activity=activity,
        station=station,
        position=station.position,
        name=touchpoint.name,
        prompt=touchpoint.description,
        phase=touchpoint.phase,
        channel=touchpoint.channel,
        medium=touchpoint.medium,
        relation=touchpoint.relation,
        criticality=touchpoint.criticality,
        department_name=department.name if department else "",
        by_provider=department.kind == Department.Kind.PROVIDER if department else None,
        expectation=station.expectation,
        reality=station.reality,
        reaction=station.reaction,
    )


# --- the course -----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_activity(*, activity: Activity, by: Membership, in_meeting: bool = False) -> Activity:
    """Open a planned block to the room, with stations and cut points as they are now. Hides a shown result.

    One with a deadline opens in advance, until then; ``in_meeting`` drops the deadline and starts the timer.
    """
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if current.is_running:
        return current
    if in_meeting:
        current.answers_until = None
    return begin(current)


def begin(current: Activity) -> Activity:
    """Open the locked block, until its deadline if it has one, else with its timer."""
    if current.is_revealed:
        raise ActionRefused(_("“%(title)s” has been revealed and never opens again.") % {"title": current.title})
    if current.is_over:
        raise ActionRefused(
            _("The deadline of “%(title)s” has passed. Choose a later one, or open the block for the meeting.")
            % {"title": current.title}
        )
    if other := Activity.objects.filter(workshop=current.workshop, state__in=RUNNING).first():
        raise ActionRefused(still_running(other))
    planned = ActivityStation.objects.filter(activity=current, station__isnull=False)
    if not copy_stations(current, list(planned.values_list("station_id", flat=True))):
        raise ActionRefused(_("The stations of this block have left the journey. Please choose stations first."))
    now = timezone.now()
    current.state, current.opened_at = ActivityState.OPEN, now
    current.ends_at = None if current.answers_until else now + timedelta(minutes=current.minutes)
    organisation = current.workshop.organisation
    current.cut_ok, current.cut_delight = organisation.cut_ok, organisation.cut_delight
    current.save(update_fields=["state", "opened_at", "ends_at", "answers_until", "cut_ok", "cut_delight"])
    announce_stage(current.workshop, None)
    return current


@transaction.atomic
def pause_activity(*, activity: Activity, by: Membership) -> Activity:
    """Stop ratings and timer for a while; given ratings stay."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if current.state == ActivityState.PAUSED:
        return current
    check_timed(current)
    current.state, current.seconds_left, current.ends_at = ActivityState.PAUSED, seconds_left(current), None
    current.save(update_fields=["state", "seconds_left", "ends_at"])
    announce(current.workshop, EVERYTHING)
    return current


@transaction.atomic
def resume_activity(*, activity: Activity, by: Membership) -> Activity:
    """Go on after a pause with what was left of the time."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if current.state == ActivityState.OPEN:
        return current
    check_runs(current)
    current.ends_at = timezone.now() + timedelta(seconds=current.seconds_left or 0)
    current.state, current.seconds_left = ActivityState.OPEN, None
    current.save(update_fields=["state", "seconds_left", "ends_at"])
    announce(current.workshop, EVERYTHING)
    return current


@transaction.atomic
def extend_activity(*, activity: Activity, by: Membership, seconds: int = 60) -> Activity:
    """Add time to a running block; where the timer has run out, counted from now."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    check_timed(current)
    if current.state == ActivityState.PAUSED:
        current.seconds_left = min((current.seconds_left or 0) + seconds, int(LONGEST.total_seconds()))
    else:
        now = timezone.now()
        # From the clock's own end, to the fraction of a second: every screen moves by exactly as much.
        current.ends_at = min(max(current.ends_at or now, now) + timedelta(seconds=seconds), now + LONGEST)
    current.save(update_fields=["seconds_left", "ends_at"])
    announce(current.workshop, EVERYTHING)
    return current


def check_runs(activity: Activity) -> None:
    """Raise ActionRefused unless the block is open or pauses."""
    if not activity.is_running:
        raise ActionRefused(_("“%(title)s” is not running.") % {"title": activity.name})


def check_timed(activity: Activity) -> None:
    """Raise ActionRefused unless the block runs with a timer."""
    check_runs(activity)
    if activity.answers_until is not None:
        raise ActionRefused(
            _("“%(title)s” is open in advance and has no timer. Change its deadline instead.")
            % {"title": activity.title}
        )


def seconds_left(activity: Activity) -> int:
    """What the timer of an open block shows, never below 0."""
    now = timezone.now()
    return max(0, round(((activity.ends_at or now) - now).total_seconds()))
