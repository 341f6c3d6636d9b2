"""How many are in the room and how many have finished: what changes most often, and so what is read most lightly."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models.enums import TextChoices


class Stage(TextChoices):
    """What stands on phones and projector: closed before everything, a running block before a shown result.

    ENDED is a block that was open in advance, after its deadline and before its reveal.
    """

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    RESULT = "result"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class RoomCounts:
    """The counts at one version of the room.

    ``in_room`` is everybody there, ``joined`` those of them who rate, and what ``finished`` is counted against. Of a
    block in advance ``started`` says how many have given an answer; of one in the meeting it is 0, as nobody asks.
    """

    version: int
    stage: Stage
    in_room: int
    joined: int
    finished: int
    started: int = 0
    in_advance: bool = False

    @property
    def open_count(self) -> int:
        """How many who rate have not finished."""
        return self.joined - self.finished

    @property
    def finished_percent(self) -> str:
        """The ring's length out of 100, for an SVG attribute."""
        return str(round(100 * self.finished / self.joined)) if self.joined else "0"


def read_counts(workshop_id: int) -> RoomCounts | None:
    """The counts of ``room_state`` in one statement, and so at one moment; None when the workshop is gone.

    Outside any scope: the id comes from open streams. Fifty people may finish in one second, each of whom every board
    shows, so this is asked for far more often than the whole room.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.version,
                   CASE WHEN w.state = 'closed' THEN 'closed'
                        WHEN a.state = 'open' AND (a.deadline_noted OR a.answers_until <= now()) THEN 'ended'
                        WHEN a.state = 'open' THEN 'running'
                        WHEN a.state = 'paused' THEN 'paused' WHEN w.shown_activity_id IS NOT NULL THEN 'result'
                        ELSE 'waiting' END,
                   count(p.id), count(p.id) FILTER (WHERE NOT p.does_not_rate),
                   count(p.id) FILTER (WHERE NOT p.does_not_rate AND done.finished),
                   count(p.id) FILTER (
                       WHERE NOT p.does_not_rate AND done.id IS NOT NULL AND a.answers_until IS NOT NULL
                   ),
                   a.answers_until IS NOT NULL
            FROM workshops_workshop w
            LEFT JOIN workshops_activity a ON a.workshop_id = w.id AND a.state IN ('open', 'paused')
            LEFT JOIN workshops_participant p
              ON p.workshop_id = w.id AND p.left_at IS NULL AND p.removed_at IS NULL
            LEFT JOIN workshops_participation done ON done.activity_id = a.id AND done.participant_id = p.id
            WHERE w.id = %s GROUP BY w.id, a.id
            """,
            [workshop_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    version, stage, in_room, joined, finished, started, in_advance = row
    return RoomCounts(
        version=version,
        stage=Stage(stage),
        in_room=in_room,
        joined=joined,
        finished=finished,
        started=started,
        in_advance=in_advance,
    )
