"""How many are in the room and how many have finished: what changes most often, and so what is read most lightly."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models.enums import TextChoices

from config.statements import prepared_cursor


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
    block in advance ``started`` says how many have given an answer; of one in the meeting it is 0, as nobody asks. All
    of them contain the people of tables without devices while their block runs, ``at_table`` of them in all. Of a table
    as many have finished as have an answer at every station.
    """

    version: int
    stage: Stage
    in_room: int
    joined: int
    finished: int
    started: int = 0
    in_advance: bool = False
    at_table: int = 0

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
    with prepared_cursor() as cursor:
        cursor.execute(
            """
            SELECT w.version,
                   CASE WHEN w.state = 'closed' THEN 'closed'
                        WHEN a.state = 'open' AND (a.deadline_noted OR a.answers_until <= now()) THEN 'ended'
                        WHEN a.state = 'open' THEN 'running'
                        WHEN a.state = 'paused' THEN 'paused' WHEN w.shown_activity_id IS NOT NULL THEN 'result'
                        ELSE 'waiting' END,
                   people.in_room, people.joined, progress.finished,
                   CASE WHEN a.answers_until IS NOT NULL THEN progress.started ELSE 0 END,
                   a.answers_until IS NOT NULL,
                   (SELECT coalesce(sum(t.heads), 0) FROM workshops_tableentry t WHERE t.activity_id = a.id),
                   (SELECT coalesce(sum(t.finished), 0) FROM workshops_tableentry t WHERE t.activity_id = a.id),
                   (SELECT coalesce(sum(t.heads), 0) FROM workshops_tableentry t
                    WHERE t.activity_id = a.id AND t.answers <> '{}' AND a.answers_until IS NOT NULL)
            FROM workshops_workshop w
            LEFT JOIN workshops_activity a ON a.workshop_id = w.id AND a.state IN ('open', 'paused')
            CROSS JOIN LATERAL (
                SELECT count(*) AS in_room, count(*) FILTER (WHERE NOT p.does_not_rate) AS joined
                FROM workshops_participant p
                WHERE p.workshop_id = w.id AND p.left_at IS NULL AND p.removed_at IS NULL
            ) people
            CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE done.finished) AS finished, count(*) AS started
                FROM workshops_participation done JOIN workshops_participant p ON p.id = done.participant_id
                WHERE done.activity_id = a.id
                  AND p.left_at IS NULL AND p.removed_at IS NULL AND NOT p.does_not_rate
            ) progress
            WHERE w.id = %s
            """,
            [workshop_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    version, stage, in_room, joined, finished, started, in_advance, heads, done, begun = row
    return RoomCounts(
        version=version,
        stage=Stage(stage),
        in_room=in_room + heads,
        joined=joined + heads,
        finished=finished + done,
        started=started + begun,
        in_advance=in_advance,
        at_table=heads,
    )


@dataclass(frozen=True)
class TableCount:
    """The tables of one department in a running block, or of none; ``key`` changes whenever one of them does."""

    department: str
    heads: int
    finished: int
    started: int
    key: str


@dataclass(frozen=True)
class Progress:
    """How far the running block is: how many have finished and how many have begun, tables included, and its tables."""

    finished: int = 0
    started: int = 0
    tables: tuple[TableCount, ...] = ()


def read_progress(workshop_id: int) -> Progress:
    """How many of those who rate and are still in the room have finished or begun, so that neither exceeds them, and
    how many people the block's tables hold, never what was typed for them.

    One statement outside any scope, since a guest's page counts tables, too.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            """
            SELECT NULL, 0, count(*) FILTER (WHERE done.finished)::int, count(*)::int, ''
            FROM workshops_participation done
            JOIN workshops_activity a ON a.id = done.activity_id AND a.state IN ('open', 'paused')
            JOIN workshops_participant p ON p.id = done.participant_id
            WHERE a.workshop_id = %(workshop)s
              AND p.left_at IS NULL AND p.removed_at IS NULL AND NOT p.does_not_rate
            UNION ALL
            SELECT coalesce(d.name, ''), sum(t.heads)::int, sum(t.finished)::int,
                   coalesce(sum(t.heads) FILTER (WHERE t.answers <> '{}'), 0)::int,
                   string_agg(t.id || '.' || t.version, ',' ORDER BY t.id)
            FROM workshops_tableentry t
            JOIN workshops_activity a ON a.id = t.activity_id AND a.state IN ('open', 'paused')
            LEFT JOIN accounts_department d ON d.id = t.department_id
            WHERE a.workshop_id = %(workshop)s GROUP BY d.name
            """,
            {"workshop": workshop_id},
        )
        (_none, _heads, finished, started, _key), *rows = sorted(
            cursor.fetchall(), key=lambda row: (row[0] is not None, row[0])
        )
    tables = tuple(TableCount(*row) for row in rows)
    return Progress(
        finished + sum(table.finished for table in tables), started + sum(table.started for table in tables), tables
    )
