"""The rating itself. That somebody takes part is one row, what was rated is another, and no column joins them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.statements import prepared_cursor
from workshops.enums import Drawer, RaterGroup
from workshops.live import FINISHED, announce, next_version, publish_version
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
    return take_answer(activity, participant, station, secret_hash, answer) or start_ballot(
        activity, participant, station, secret_hash, answer
    )


# Why an answer cannot be taken now, the first reason that holds; empty where it can. REFUSALS has the sentences.
REFUSAL = """
    CASE WHEN a.state = 'revealed' THEN 'revealed'
         WHEN a.state = 'paused' THEN 'paused'
         WHEN a.state <> 'open' OR w.state <> 'open' THEN 'not_open'
         WHEN a.deadline_noted OR a.answers_until <= statement_timestamp() THEN 'deadline'
         WHEN p.id IS NULL OR p.removed_at IS NOT NULL THEN 'removed'
         WHEN p.left_at IS NOT NULL THEN 'left'
         WHEN p.does_not_rate THEN 'does_not_rate'
         WHEN s.id IS NULL THEN 'unknown_station'
         ELSE '' END
"""
REFUSALS = {
    "revealed": _("The block has been revealed. Answers can no longer be given or changed."),
    "paused": _("The block pauses. Your answer was not saved; please tap again when it goes on."),
    "not_open": _("This block is not open."),
    "deadline": _("The deadline has passed: this answer was not saved. What you gave before it counts."),
    "removed": _("The moderator has removed you from this workshop. What you rated before stays."),
    "left": _("You have left this workshop. Join again to go on."),
    "does_not_rate": _("You are here without rating; the moderator has set it so."),
    "unknown_station": _("This station is not part of the block. Please load the page again."),
    "other_device": _("You are rating this block on another device. Please go on there."),
}


def refused(code: str) -> RatingRefused:
    """The refusal with its sentence in the active language."""
    return RatingRefused(code, str(REFUSALS[code]))


# What the answer leaves of an earlier one at the same station: in quick mode the reason alone, in full mode also the
# scales that this tap does not touch. “Cannot judge” takes all scales back.
QUICK = "coalesce(answers -> now.station, %(blank)s::jsonb) || %(changes)s::jsonb"
FULL = (
    QUICK
    + """ || jsonb_build_object('scales', CASE WHEN %(cannot_judge)s THEN '{}'::jsonb
                 ELSE coalesce(answers -> now.station -> 'scales', '{}'::jsonb) || %(scales)s::jsonb END)"""
)
# OFFSET 0 has them looked up by their own keys first: of a room that has just filled the database knows no numbers yet,
# and would look through everybody in it.
PERSON = "SELECT * FROM workshops_participant WHERE id = %(participant)s OFFSET 0"
STATION = "SELECT id, activity_id FROM workshops_activitystation WHERE code = %(code)s OFFSET 0"
# The joins keep what the fence would: the person must be in the block's workshop, and the station in the block. That a
# hash is not empty lets a prepared statement use the ballots' index, which leaves out those without.
TAKE = f"""
    WITH now AS MATERIALIZED (
        SELECT a.workshop_id, {REFUSAL} AS refusal, s.id::text AS station, path.ids, path.codes
        FROM workshops_activity a
        JOIN workshops_workshop w ON w.id = a.workshop_id
        LEFT JOIN ({PERSON}) p ON p.workshop_id = w.id
        LEFT JOIN ({STATION}) s ON s.activity_id = a.id
        CROSS JOIN LATERAL (
            SELECT array_agg(block.id ORDER BY block.position, block.id) AS ids,
                   array_agg(block.code::text ORDER BY block.position, block.id) AS codes
            FROM workshops_activitystation block WHERE block.activity_id = a.id
        ) path
        WHERE a.id = %(activity)s FOR SHARE OF a
    ), saved AS (
        UPDATE workshops_ballot SET answers = answers || jsonb_build_object(now.station, {{entry}})
        FROM now
        WHERE activity_id = %(activity)s AND secret_hash = %(hash)s AND secret_hash <> '' AND now.refusal = ''
          AND (%(complete)s OR jsonb_exists(answers, now.station))
        RETURNING answers
    ), progress AS (
        SELECT answers, (SELECT count(*) FROM jsonb_each(answers) WHERE {Ballot.ANSWERED}) AS answered FROM saved
    ), finished AS (
        UPDATE workshops_participation SET finished = (answered >= cardinality(now.ids))
        FROM now, progress
        WHERE activity_id = %(activity)s AND participant_id = %(participant)s
          AND finished <> (answered >= cardinality(now.ids))
        RETURNING 1
    ), told AS (
        {next_version("(SELECT workshop_id FROM now)", only="EXISTS (SELECT FROM finished)")}
    )
    SELECT now.refusal, now.ids, now.codes, progress.answers, progress.answered, (SELECT version FROM told)
    FROM now LEFT JOIN progress ON true
"""  # noqa: S608 - words of our own
TAKE_QUICK, TAKE_FULL = TAKE.format(entry=QUICK), TAKE.format(entry=FULL)


def take_answer(
    activity: Activity, participant: Participant, station: UUID, secret_hash: str, answer: GivenAnswer
) -> SavedRating | None:
    """Write the answer into the device's ballot, or raise RatingRefused; None when there is nothing to write it into.

    That is no ballot of this device, or a reason without an answer that it could stand beside. One statement, since
    everybody taps at the same time: it reads how things stand, holds the block, so that reveal waits until this rating
    is saved and none slips in behind it, finds, locks, writes and reads the ballot, notes who has finished with it (or,
    which only full mode knows, has an open answer again), and only then counts the room's version up, to be announced.
    """
    with prepared_cursor() as cursor:
        statement = TAKE_QUICK if answer.scales is None else TAKE_FULL
        cursor.execute(statement, _values(activity, participant, station, secret_hash, answer))
        row = cursor.fetchone()
    if row is None:
        raise refused("not_open")
    refusal, ids, codes, answers, answered, version = row
    if refusal:
        raise refused(refusal)
    if version is not None:
        publish_version(Workshop(pk=activity.workshop_id), (version,), FINISHED)
    if answers is None:
        return None
    path = tuple(zip(ids, codes, strict=True))
    return SavedRating(answered >= len(path), answered, len(path), json.loads(answers), path)


def _values(
    activity: Activity, participant: Participant, station: UUID, secret_hash: str, answer: GivenAnswer
) -> dict[str, Any]:
    values = {
        "activity": activity.pk,
        "participant": participant.pk,
        "code": station,
        "hash": secret_hash,
        "blank": json.dumps(answer.blank),
        "changes": json.dumps(answer.changes),
        "complete": answer.is_complete,
    }
    if answer.scales is not None:
        values |= {"cannot_judge": answer.cannot_judge, "scales": json.dumps(answer.scales)}
    return values


@transaction.atomic
def start_ballot(
    activity: Activity, participant: Participant, station: UUID, secret_hash: str, answer: GivenAnswer
) -> SavedRating:
    """Begin the device's ballot with this answer, together with the participation, of which there is one a person.

    Who takes part but has no ballot here is on another device, or has lost the cookie. Whatever is refused takes
    everything back with the transaction.
    """
    if not answer.is_complete:
        raise _reason_alone(activity, participant, secret_hash)
    begins = _take_part(activity, participant, secret_hash)
    # Where it does not begin, the first tap of the same device may have been under way.
    saved = take_answer(activity, participant, station, secret_hash, answer)
    if saved is None:
        raise refused("other_device")
    if begins and activity.answers_until is not None and not saved.finished:
        # Boards of a block in advance count who has begun, since nobody is in the room to be seen.
        announce(Workshop(pk=activity.workshop_id), FINISHED)
    return saved


def _reason_alone(activity: Activity, participant: Participant, secret_hash: str) -> RatingRefused:
    """Why a reason without an answer finds nothing to stand beside."""
    has_ballot = Ballot.objects.filter(activity=activity, secret_hash=secret_hash).exists()
    if not has_ballot and Participation.objects.filter(activity=activity, participant=participant).exists():
        return refused("other_device")
    return no_answer(activity)


# Two rows that only this statement has ever seen together.
BEGIN = """
    WITH begun AS (
        INSERT INTO workshops_participation (activity_id, participant_id, finished)
        VALUES (%(activity)s, %(participant)s, false)
        ON CONFLICT (activity_id, participant_id) DO NOTHING RETURNING activity_id
    )
    INSERT INTO workshops_ballot (id, activity_id, secret_hash, rater_group, answers, participant_id, department_id)
    SELECT %(ballot)s, activity_id, %(hash)s, %(group)s, '{}', %(named)s::bigint, %(department)s::bigint FROM begun
"""


def _take_part(activity: Activity, participant: Participant, secret_hash: str) -> bool:
    """Note that the person takes part, with an empty ballot; False when that was known.

    A second first tap waits here for the first one.
    """
    values: dict[str, Any] = {
        "activity": activity.pk,
        "participant": participant.pk,
        "ballot": uuid4(),
        "hash": secret_hash,
        "group": RaterGroup.EMPLOYEE.value,
        "named": participant.pk if activity.is_named else None,
        "department": participant.department_id,
    }
    with prepared_cursor() as cursor:
        cursor.execute(BEGIN, values)
        return bool(cursor.rowcount)
