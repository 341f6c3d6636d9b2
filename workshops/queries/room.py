"""What everybody in the room may see: the one reading behind all live fragments. Nothing here is personal."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.readings import Reading
from config.statements import prepared_cursor
from workshops.deadlines import deadline_words
from workshops.enums import ActivityState, Mode, WorkshopState
from workshops.models import Activity, Workshop, name_of_round
from workshops.queries.counts import Progress, RoomCounts, Stage, TableCount, read_progress
from workshops.queries.results import Result, activity_result

RUNNING = (ActivityState.OPEN, ActivityState.PAUSED)


@dataclass(frozen=True)
class Timer:
    """The clock of the running block: ``ends_at`` while it is open, ``seconds_left`` while it pauses."""

    ends_at: datetime | None
    seconds_left: int | None

    @property
    def ends_epoch(self) -> str:
        """The end in seconds since 1970 for ``data-ends-at``, as text that no locale rewrites; empty while paused."""
        return str(round(self.ends_at.timestamp())) if self.ends_at else ""

    @property
    def is_over(self) -> bool:
        """Whether the time is up as of now; only pages may ask, a live fragment would not notice it."""
        return self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def left(self) -> str:
        """What is left while paused, as 07:42."""
        minutes, seconds = divmod(self.seconds_left or 0, 60)
        return f"{minutes:02}:{seconds:02}"


@dataclass(frozen=True)
class RunningBlock:
    """A block of the agenda as the room may know it. ``number`` counts the agenda from 1."""

    code: UUID
    title: str
    number: int
    state: ActivityState
    is_named: bool
    asks_reason: bool
    minutes: int
    stations: int
    mode: Mode = Mode.QUICK
    # Of a block in advance: its deadline, and whether that has passed.
    until: datetime | None = None
    is_over: bool = False
    round: int = 1
    # Whether no later round of the same block has been started.
    is_last_round: bool = True

    @property
    def until_words(self) -> str:
        """The deadline as one says it; empty for a block in the meeting."""
        return deadline_words(self.until) if self.until else ""

    @property
    def until_epoch(self) -> str:
        """The deadline in seconds since 1970 for ``data-deadline``, as text that no locale rewrites."""
        return str(round(self.until.timestamp())) if self.until else ""

    @property
    def name(self) -> str:
        """The title with its round, in the active language."""
        return name_of_round(self.title, self.round)


@dataclass(frozen=True)
class DepartmentCount:
    """How many people of a department are in the room; an empty name counts those who named none."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class RoomState(RoomCounts):
    """The room at one version. Fragments for phones use neither counts nor departments: those change without them."""

    code: UUID
    join_code: str
    title: str
    organisation: str
    organisation_slug: str
    agenda: tuple[RunningBlock, ...]
    block: RunningBlock | None
    timer: Timer | None
    departments: tuple[DepartmentCount, ...]
    result: Result | None
    # Change whenever the moderators' own parts do: who steers and the agenda; who is in the room and who rates.
    console_key: str
    people_key: str

    @property
    def running(self) -> bool:
        """Whether a block runs or pauses."""
        return self.block is not None

    @property
    def paused(self) -> bool:
        """Whether the running block pauses."""
        return self.stage == Stage.PAUSED

    @property
    def shown(self) -> Result | None:
        """The result that everybody sees now."""
        return self.result

    @property
    def closed(self) -> bool:
        """Whether the workshop is over."""
        return self.stage == Stage.CLOSED

    @property
    def blocks(self) -> int:
        """How many blocks the agenda has."""
        return len(self.agenda)

    @property
    def next_block(self) -> RunningBlock | None:
        """The first block that has not been opened."""
        return next((block for block in self.agenda if block.state == ActivityState.PLANNED), None)


BLOCKS = Reading(
    Activity,
    where="workshops_activity.workshop_id = %(workshop)s",
    order="workshops_activity.position, workshops_activity.id",
    station_count="(SELECT count(*) FROM workshops_activitystation s WHERE s.activity_id = workshops_activity.id)",
)


def read_blocks(workshop: Workshop) -> list[Activity]:
    """The blocks of a workshop in the order of the agenda, each with its ``station_count``."""
    return BLOCKS.all(workshop=workshop.pk)


# What ``read_room`` needs of the workshop's row.
WITH_WORKSHOP = ("organisation", "shown_activity")


def room_state(workshop: Workshop, *, with_result: bool = True) -> RoomState:
    """Read the room as it is now, whatever is known of the workshop."""
    current = Workshop.objects.select_related(*WITH_WORKSHOP).get(pk=workshop.pk)
    return read_room(current, with_result=with_result)


def read_room(current: Workshop, *, with_result: bool = True) -> RoomState:
    """Read the room of a workshop that was read just now, with WITH_WORKSHOP.

    Its row came first, so nothing read here is older than the version says. Who shows no stage needs no result.
    """
    activities = read_blocks(current)
    agenda = tuple(_agenda(activities))
    running = next((block for block in agenda if block.state in RUNNING), None)
    progress = read_progress(current.pk) if running else Progress()
    people = _people(current) + [_group_of(table) for table in progress.tables]
    stage = _stage(current, running)
    return RoomState(
        code=current.code,
        join_code=current.join_code,
        title=current.title,
        organisation=current.organisation.name,
        organisation_slug=current.organisation.slug,
        version=current.version,
        stage=stage,
        agenda=agenda,
        block=running,
        timer=_timer(activities),
        in_room=sum(group.count for group in people),
        joined=sum(group.count for group in people if not group.does_not_rate),
        finished=progress.finished,
        started=progress.started if running and running.until else 0,
        in_advance=running is not None and running.until is not None,
        at_table=sum(table.heads for table in progress.tables),
        departments=_departments(people),
        result=_result(current) if with_result and stage == Stage.RESULT else None,
        console_key=_key([current.steered_by_id, current.shown_activity_id, current.planned_for, agenda]),
        people_key=_key(sorted((group.does_not_rate, group.who) for group in people)),
    )


def _agenda(activities: Sequence[Any]) -> list[RunningBlock]:
    last = {activity.first_round: activity.pk for activity in sorted(activities, key=lambda each: each.round)}
    return [
        RunningBlock(
            code=activity.code,
            title=activity.title,
            number=number,
            state=ActivityState(activity.state),
            is_named=activity.is_named,
            asks_reason=activity.asks_reason,
            minutes=activity.minutes,
            stations=activity.station_count,
            mode=Mode(activity.mode),
            until=activity.answers_until,
            is_over=activity.is_over,
            round=activity.round,
            is_last_round=last[activity.first_round] == activity.pk,
        )
        for number, activity in enumerate(activities, 1)
    ]


def _stage(workshop: Workshop, running: RunningBlock | None) -> Stage:
    if workshop.state == WorkshopState.CLOSED:
        return Stage.CLOSED
    if running is not None:
        if running.state == ActivityState.PAUSED:
            return Stage.PAUSED
        return Stage.ENDED if running.is_over else Stage.RUNNING
    return Stage.RESULT if workshop.shown_activity_id else Stage.WAITING


def _result(workshop: Workshop) -> Result | None:
    if workshop.shown_activity is None:
        return None
    workshop.shown_activity.workshop = workshop  # loaded already
    return activity_result(workshop.shown_activity)


def _timer(activities: Sequence[Activity]) -> Timer | None:
    return next((Timer(each.ends_at, each.seconds_left) for each in activities if each.is_running), None)


@dataclass(frozen=True)
class _Group:
    """People of one department who rate, or who do not; ``who`` they are as one text that only tells of a change."""

    department: str
    does_not_rate: bool
    count: int
    who: str


def _people(workshop: Workshop) -> list[_Group]:
    """Who is in the room, counted by the database: hundreds of people are a few rows.

    Written out, since every live fragment begins with it and the query builder takes four times as long as the query.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(d.name, ''), p.does_not_rate, count(*),
                   string_agg(p.id || '.' || md5(p.name), ',' ORDER BY p.id)
            FROM workshops_participant p LEFT JOIN accounts_department d ON d.id = p.department_id
            WHERE p.workshop_id = %s AND p.left_at IS NULL AND p.removed_at IS NULL
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            [workshop.pk],
        )
        return [_Group(*row) for row in cursor.fetchall()]


def _group_of(table: TableCount) -> _Group:
    """People at tables are in the room and rate, like those with a phone."""
    return _Group(table.department, does_not_rate=False, count=table.heads, who=f"tables {table.key}")


def _departments(people: Sequence[_Group]) -> tuple[DepartmentCount, ...]:
    """The largest first, then by name; without a department at the end."""
    counts: Counter[str] = Counter()
    for group in people:
        counts[group.department] += group.count
    order = sorted(counts, key=lambda name: (not name, -counts[name], name.casefold()))
    return tuple(DepartmentCount(name, counts[name]) for name in order)


def _key(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
