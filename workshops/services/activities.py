"""Blocks: planned, opened, paused, revealed. Opening and revealing are the moderator's; the timer decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from journeys.models import Station
from workshops.enums import ActivityState
from workshops.live import EVERYTHING, announce
from workshops.models import Activity, ActivityStation, Ballot, Participation, Rating, Workshop
from workshops.services.steering import ActionRefused, check_open, check_steering, lock_activity, lock_workshop
from workshops.services.traces import erase_traces_of
from workshops.services.workshops import RUNNING

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
    code: UUID | None = None,
) -> Activity:
    """Put a block at the end of the agenda. Asking twice with the same ``code`` gives the same block."""
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
        is_named=is_named,
        asks_reason=asks_reason,
        minutes=minutes,
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
) -> Activity:
    """Change a block that has not been opened yet."""
    current = lock_activity(activity)
    check_planned(current)
    check_stations(current.workshop, stations)
    current.title, current.is_named, current.asks_reason, current.minutes = title, is_named, asks_reason, minutes
    current.full_clean(exclude=["workshop"])
    current.save(update_fields=["title", "is_named", "asks_reason", "minutes"])
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
        department_name=touchpoint.department.name if touchpoint.department else "",
        expectation=station.expectation,
        reality=station.reality,
        reaction=station.reaction,
    )


# --- the course -----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_activity(*, activity: Activity, by: Membership) -> Activity:
    """Open a planned block to the room, with its stations as they are now. Hides a result that is shown."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if current.is_running:
        return current
    if current.is_revealed:
        raise ActionRefused(_("“%(title)s” has been revealed and never opens again.") % {"title": current.title})
    if other := Activity.objects.filter(workshop=current.workshop, state__in=RUNNING).first():
        raise ActionRefused(_("“%(title)s” is still running. Reveal it first.") % {"title": other.title})
    planned = ActivityStation.objects.filter(activity=current, station__isnull=False)
    if not copy_stations(current, list(planned.values_list("station_id", flat=True))):
        raise ActionRefused(_("The stations of this block have left the journey. Please choose stations first."))
    now = timezone.now()
    current.state, current.opened_at = ActivityState.OPEN, now
    current.ends_at = now + timedelta(minutes=current.minutes)
    current.save(update_fields=["state", "opened_at", "ends_at"])
    put_on_stage(current.workshop, None)
    announce(current.workshop, EVERYTHING)
    return current


@transaction.atomic
def pause_activity(*, activity: Activity, by: Membership) -> Activity:
    """Stop ratings and timer for a while; given ratings stay."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if current.state == ActivityState.PAUSED:
        return current
    check_runs(current)
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
    check_runs(current)
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
        raise ActionRefused(_("“%(title)s” is not running.") % {"title": activity.title})


def seconds_left(activity: Activity) -> int:
    """What the timer of an open block shows, never below 0."""
    now = timezone.now()
    return max(0, round(((activity.ends_at or now) - now).total_seconds()))


# --- reveal ---------------------------------------------------------------------------------------------------------


def reveal_activity(*, activity: Activity, by: Membership) -> Activity:
    """End a block for good and show its result to the room. Revealing twice, or from two consoles, changes nothing.

    Within one transaction, before anybody can see a figure, the ballots lose everything that leads to a person. Right
    after it their old row versions are physically erased; what another transaction still holds, a task erases later.
    """
    revealed, is_new = _reveal(activity, by)
    if is_new:
        transaction.on_commit(lambda: erase_traces_of(revealed), robust=True)
    return revealed


@transaction.atomic
def _reveal(activity: Activity, by: Membership) -> tuple[Activity, bool]:
    current = lock_activity(activity)
    if current.is_revealed:
        return current, False
    check_steering(current.workshop, by)
    check_runs(current)
    shuffle_ballots(current)
    # Who had not finished would otherwise stand beside the one ballot with a gap.
    Participation.objects.filter(activity=current).delete()
    current.state, current.revealed_at = ActivityState.REVEALED, timezone.now()
    current.ends_at = current.seconds_left = None
    current.raters = Ballot.objects.filter(activity=current).count()
    current.save(update_fields=["state", "revealed_at", "ends_at", "seconds_left", "raters"])
    put_on_stage(current.workshop, current)
    announce(current.workshop, EVERYTHING)
    return current, True


# Whose ballot an answer lies in afterwards. With names: the same person's.
KEPT = "placed AS (SELECT new_id, station_id, drawer, cannot_judge, reason FROM answers)"
# Without: for each station the ballots are drawn anew, within the rater group by which figures are counted. So no
# ballot tells any more what one person said along the path, and gaps lie anywhere. The draw is materialized, since a
# plan that runs it once per answer would draw as often. It is an array and not a join by place, because the planner
# expects a handful of rows and would compare all with all.
DEALT = """
    numbered AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY station_id, rater_group) AS place FROM answers
    ), drawn AS MATERIALIZED (
        SELECT station.id AS station_id, rater_group, array_agg(new_id ORDER BY gen_random_uuid()) AS ballots
        FROM fresh CROSS JOIN {station} AS station WHERE station.activity_id = %(activity)s
        GROUP BY station.id, rater_group
    ), placed AS (
        SELECT drawn.ballots[place] AS new_id, station_id, drawer, cannot_judge, reason
        FROM numbered JOIN drawn USING (station_id, rater_group)
    )
"""


def shuffle_ballots(activity: Activity) -> None:
    """Write all ballots and ratings of the locked block anew: other ids, random order, no secret, one transaction id.

    Without names each station is shuffled by itself, so that a ballot is nobody's any more; every answer keeps its
    station, its reason and its rater group. One statement, so that the pairs of old and new exist nowhere. Chance comes
    from the cryptographic generator behind gen_random_uuid, not from random(). A reason beside “cannot judge” is never
    shown and ends here.
    """
    ballot, rating, station = (model._meta.db_table for model in (Ballot, Rating, ActivityStation))
    placed = KEPT if activity.is_named else DEALT.format(station=station)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH fresh AS MATERIALIZED (
                SELECT id AS old_id, gen_random_uuid() AS new_id, rater_group, participant_id
                FROM {ballot} WHERE activity_id = %(activity)s
            ), answers AS MATERIALIZED (
                SELECT fresh.new_id, rater_group, station_id, drawer, cannot_judge, reason
                FROM {rating} JOIN fresh ON ballot_id = old_id
            ), {placed}, new_ballots AS (
                INSERT INTO {ballot} (id, activity_id, secret_hash, rater_group, participant_id)
                SELECT new_id, %(activity)s, '', rater_group, participant_id FROM fresh ORDER BY gen_random_uuid()
            ), new_ratings AS (
                INSERT INTO {rating} (id, ballot_id, station_id, drawer, cannot_judge, reason)
                SELECT gen_random_uuid(), new_id, station_id, drawer, cannot_judge,
                       CASE WHEN cannot_judge THEN '' ELSE reason END
                FROM placed ORDER BY gen_random_uuid()
            ), old_ratings AS (
                DELETE FROM {rating} WHERE ballot_id IN (SELECT old_id FROM fresh)
            )
            DELETE FROM {ballot} WHERE id IN (SELECT old_id FROM fresh)
            """,  # noqa: S608 - only our own table names
            {"activity": activity.pk},
        )


# --- the stage ------------------------------------------------------------------------------------------------------


@transaction.atomic
def show_result(*, activity: Activity, by: Membership) -> Workshop:
    """Show the result of a revealed block to the room and on the projector."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if not current.is_revealed:
        raise ActionRefused(_("“%(title)s” has not been revealed yet.") % {"title": current.title})
    if Activity.objects.filter(workshop=current.workshop, state__in=RUNNING).exists():
        raise ActionRefused(_("A block is running. Its result, or an earlier one, can be shown after it."))
    put_on_stage(current.workshop, current)
    announce(current.workshop, EVERYTHING)
    return current.workshop


@transaction.atomic
def hide_result(*, workshop: Workshop, by: Membership) -> Workshop:
    """Take the shown result off the phones and the projector."""
    current = lock_workshop(workshop)
    check_steering(current, by)
    put_on_stage(current, None)
    announce(current, EVERYTHING)
    return current


def put_on_stage(workshop: Workshop, activity: Activity | None) -> None:
    """Let the room see the result of ``activity``, or none."""
    workshop.shown_activity = activity
    workshop.save(update_fields=["shown_activity"])
