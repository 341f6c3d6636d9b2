"""The rating itself. That somebody takes part is one row, what was rated is another, and no column joins them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from config.statements import prepared_cursor
from workshops.enums import ActivityState, Drawer, WorkshopState
from workshops.live import FINISHED, announce
from workshops.models import Activity, Ballot, Participant, Participation, Workshop
from workshops.services.answers import GivenAnswer, RatingRefused, checked_answer, no_answer

Path = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class SavedRating:
    """How far a ballot is after a tap. ``answers`` is the whole ballot, in the form of ``Ballot.answers``.

    ``path`` are all stations of the block in their order, each with its primary key and its code.
    """

    finished: bool
    answered: int
    total: int
    answers: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    path: Path = field(default=(), compare=False, repr=False)


@transaction.atomic
def rate_station(
    *,
    activity: Activity,
    participant: Participant,
    secret: str,
    station: UUID,
    drawer: Drawer | int | None = None,
    cannot_judge: bool = False,
    reason: str | None = None,
    scales: Mapping[str, int] | None = None,
) -> SavedRating:
    """Save one answer to the station with code ``station``; raise RatingRefused with a sentence if it cannot be taken.

    Quick mode takes a ``drawer``, full mode any of the six ``scales``, each 0 to 10: those not named stay as they are.
    ``reason`` None leaves a reason given before; with neither of them nor ``cannot_judge`` the answer stays and only
    the reason changes. The device's ``secret`` must be the same for its first two taps: set the cookie with the form.
    """
    answer = checked_answer(activity, drawer=drawer, cannot_judge=cannot_judge, reason=reason, scales=scales)
    secret_hash = Ballot.hash_of(secret, activity, participant)
    now, answers = hold_and_save(activity, participant, station, secret_hash, answer)
    check_activity(now)
    check_participant(now)
    if now.station_id is None:
        raise RatingRefused("unknown_station", _("This station is not part of the block. Please load the page again."))
    if answers is None:
        answers = start_ballot(activity, participant, secret_hash, now.station_id, answer)
        if now.in_advance:
            # Boards of a block in advance count who has begun, since nobody is in the room to be seen.
            announce(Workshop(pk=activity.workshop_id), FINISHED)
    return note_progress(activity, participant, answers, now, answer)


@dataclass(frozen=True)
class Situation:
    """What the database knows at the moment of a tap; ``station_id`` is None for a station of another block."""

    state: str = ActivityState.PLANNED
    workshop_state: str = WorkshopState.CLOSED
    removed: bool = True
    left: bool = False
    does_not_rate: bool = False
    station_id: int | None = None
    in_advance: bool = False
    is_over: bool = False
    path: Path = ()


def check_activity(now: Situation) -> None:
    """Refuse unless the block is open."""
    if now.state == ActivityState.REVEALED:
        raise RatingRefused("revealed", _("The block has been revealed. Answers can no longer be given or changed."))
    if now.state == ActivityState.PAUSED:
        raise RatingRefused(
            "paused", _("The block pauses. Your answer was not saved; please tap again when it goes on.")
        )
    if now.state != ActivityState.OPEN or now.workshop_state != WorkshopState.OPEN:
        raise RatingRefused("not_open", _("This block is not open."))
    if now.is_over:
        raise RatingRefused(
            "deadline", _("The deadline has passed: this answer was not saved. What you gave before it counts.")
        )


def check_participant(now: Situation) -> None:
    """Refuse who is no longer in the room or sits out."""
    if now.removed:
        raise RatingRefused(
            "removed", _("The moderator has removed you from this workshop. What you rated before stays.")
        )
    if now.left:
        raise RatingRefused("removed", _("You have left this workshop. Join again to go on."))
    if now.does_not_rate:
        raise RatingRefused("does_not_rate", _("You are here without rating; the moderator has set it so."))


# What the answer leaves of an earlier one at the same station: in quick mode the reason alone, in full mode also the
# scales that this tap does not touch. “Cannot judge” takes all scales back.
QUICK = "coalesce(answers -> {station}, %(blank)s::jsonb) || %(changes)s::jsonb"
FULL = (
    QUICK
    + """ || jsonb_build_object('scales', CASE WHEN %(cannot_judge)s THEN '{{}}'::jsonb
                 ELSE coalesce(answers -> {station} -> 'scales', '{{}}'::jsonb) || %(scales)s::jsonb END)"""
)
SAVE = """
    UPDATE workshops_ballot
    SET answers = answers || jsonb_build_object({station}, {entry})
    {beside}
    WHERE activity_id = %(activity)s AND secret_hash = %(hash)s AND {station} IS NOT NULL
      AND (%(complete)s OR jsonb_exists(answers, {station}))
    RETURNING answers
"""
HOLD = """
    WITH now AS MATERIALIZED (
        SELECT a.state, w.state AS workshop_state, p.id IS NULL OR p.removed_at IS NOT NULL AS removed,
               p.left_at IS NOT NULL AS has_left, coalesce(p.does_not_rate, false) AS does_not_rate,
               s.id AS station_id, a.answers_until IS NOT NULL AS in_advance,
               a.deadline_noted OR coalesce(a.answers_until <= statement_timestamp(), false) AS is_over,
               path.ids, path.codes
        FROM workshops_activity a
        JOIN workshops_workshop w ON w.id = a.workshop_id
        LEFT JOIN workshops_participant p ON p.workshop_id = w.id AND p.id = %(participant)s
        LEFT JOIN workshops_activitystation s ON s.activity_id = a.id AND s.code = %(code)s
        CROSS JOIN LATERAL (
            SELECT array_agg(block.id ORDER BY block.position, block.id) AS ids,
                   array_agg(block.code::text ORDER BY block.position, block.id) AS codes
            FROM workshops_activitystation block WHERE block.activity_id = a.id
        ) path
        WHERE a.id = %(activity)s FOR SHARE OF a
    ), saved AS ({save})
    SELECT now.*, (SELECT answers FROM saved) FROM now
"""


def hold_and_save(
    activity: Activity, participant: Participant, station: UUID, secret_hash: str, answer: GivenAnswer
) -> tuple[Situation, dict[str, Any] | None]:
    """Read how things stand, hold the block, and write the answer into the device's ballot if there is one.

    Reveal waits until this rating is saved, and no rating slips in behind reveal. Whether the answer could be taken at
    all is for the caller to say of the situation: refused, everything here is taken back with the transaction. The
    second value is what the ballot holds now, as ``save_answer`` returns it. One statement for the block, the person,
    the station and the ballot, since everybody taps at the same time. The joins keep what the fence would: the person
    must be in the block's workshop, and the station in the block.
    """
    save = _save(answer, station="now.station_id::text", beside="FROM now")
    values = _values(activity, secret_hash, answer) | {"participant": participant.pk, "code": station}
    with prepared_cursor() as cursor:
        cursor.execute(HOLD.format(save=save), values)
        row = cursor.fetchone()
    if row is None:
        return Situation(), None
    *facts, ids, codes, answers = row
    now = replace(Situation(*facts), path=tuple(zip(ids or (), codes or (), strict=True)))
    return now, json.loads(answers) if answers else None


def save_answer(activity: Activity, secret_hash: str, station: int, answer: GivenAnswer) -> dict[str, Any] | None:
    """Write the answer into the device's ballot and return all that it holds now.

    None when there is no such ballot, or when a reason comes without an answer that it could stand beside. One
    statement: it finds, locks, writes and reads back, and a second tap waits for it.
    """
    with prepared_cursor() as cursor:
        save = _save(answer, station="%(station)s::text", beside="")
        cursor.execute(save, _values(activity, secret_hash, answer) | {"station": str(station)})
        row = cursor.fetchone()
    return json.loads(row[0]) if row else None


def _save(answer: GivenAnswer, *, station: str, beside: str) -> str:
    """The statement that saves; ``station`` is SQL for the key of the answer, ``beside`` where that comes from."""
    entry = (QUICK if answer.scales is None else FULL).format(station=station)
    return SAVE.format(station=station, entry=entry, beside=beside)


def _values(activity: Activity, secret_hash: str, answer: GivenAnswer) -> dict[str, Any]:
    values = {
        "blank": json.dumps(answer.blank),
        "changes": json.dumps(answer.changes),
        "activity": activity.pk,
        "hash": secret_hash,
        "complete": answer.is_complete,
    }
    if answer.scales is not None:
        values |= {"cannot_judge": answer.cannot_judge, "scales": json.dumps(answer.scales)}
    return values


def start_ballot(
    activity: Activity, participant: Participant, secret_hash: str, station: int, answer: GivenAnswer
) -> dict[str, Any]:
    """Begin the device's ballot with this answer, together with the participation, of which there is one a person.

    Returns what the ballot holds. Who takes part but has no ballot here is on another device, or has lost the cookie.
    """
    if not answer.is_complete:
        raise _reason_alone(activity, participant, secret_hash)
    if _take_part(activity, participant):
        answers = {str(station): answer.first}
        Ballot.objects.create(
            activity=activity,
            secret_hash=secret_hash,
            participant=participant if activity.is_named else None,
            department_id=participant.department_id,
            answers=answers,
        )
        return answers
    # The first tap of the same device may have been under way.
    if (known := save_answer(activity, secret_hash, station, answer)) is not None:
        return known
    raise _other_device()


def _reason_alone(activity: Activity, participant: Participant, secret_hash: str) -> RatingRefused:
    """Why a reason without an answer finds nothing to stand beside."""
    has_ballot = Ballot.objects.filter(activity=activity, secret_hash=secret_hash).exists()
    if not has_ballot and Participation.objects.filter(activity=activity, participant=participant).exists():
        return _other_device()
    return no_answer(activity)


def _other_device() -> RatingRefused:
    return RatingRefused("other_device", _("You are rating this block on another device. Please go on there."))


def _take_part(activity: Activity, participant: Participant) -> bool:
    """Note that the person takes part; False when that was known. A second first tap waits here for the first one."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "INSERT INTO workshops_participation (activity_id, participant_id, finished)"
            " VALUES (%s, %s, false) ON CONFLICT (activity_id, participant_id) DO NOTHING",
            [activity.pk, participant.pk],
        )
        return bool(cursor.rowcount)


def note_progress(
    activity: Activity, participant: Participant, answers: Mapping[str, Any], now: Situation, answer: GivenAnswer
) -> SavedRating:
    """Whoever has just given the last answer is finished, and only that is announced.

    So is the way back, which only full mode knows: one scale tapped after “cannot judge” leaves five to answer. It is
    looked for only where these scales are the station's first.
    """
    total = len(now.path)
    answered = sum(map(Ballot.is_answered, answers.values()))
    finished = answered >= total
    entry = answers[str(now.station_id)]
    begun = bool(answer.scales) and len(entry["scales"]) == len(answer.scales or ())
    if finished:
        changed = finish(activity, participant)
    else:
        changed = begun and len(answers) == total and unfinish(activity, participant)
    if changed:
        announce(Workshop(pk=activity.workshop_id), FINISHED)
    return SavedRating(finished=finished, answered=answered, total=total, answers=answers, path=now.path)


def finish(activity: Activity, participant: Participant) -> bool:
    """Note that the person has answered everything; False when that was known."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "UPDATE workshops_participation SET finished = true"
            " WHERE activity_id = %s AND participant_id = %s AND NOT finished",
            [activity.pk, participant.pk],
        )
        return bool(cursor.rowcount)


def unfinish(activity: Activity, participant: Participant) -> bool:
    """Note that an answer is open again; False when the person was not finished."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "UPDATE workshops_participation SET finished = false"
            " WHERE activity_id = %s AND participant_id = %s AND finished",
            [activity.pk, participant.pk],
        )
        return bool(cursor.rowcount)
