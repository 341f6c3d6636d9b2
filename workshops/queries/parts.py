"""The parts of the group beside the whole, and kinds of stations beside each other, ready to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import pgettext

from workshops.curve.text import NOTHING
from workshops.curve.words import level_on
from workshops.enums import Partition, RunBy
from workshops.figures import StationFigures
from workshops.models import Activity
from workshops.queries.attendance import Attendance, frozen_attendance
from workshops.queries.results import PartFigures, Result, StationResult

Column = tuple[Partition, bool, str]
"""A part over all stations: its partition, whether it is a provider, and its name."""


@dataclass(frozen=True)
class PartCell:
    """A part at one station, or the whole; without figures a dash."""

    level: str
    n: int | None
    figures: StationFigures | None


@dataclass(frozen=True)
class PartRow:
    """A station: the whole first, then the parts in the order of the table's heads."""

    number: int
    name: str
    cells: tuple[PartCell, ...]


@dataclass(frozen=True)
class ContactsLine:
    """The shown stations that are run by the same: the plain mean of their levels."""

    words: str
    stations: int
    level: str


@dataclass(frozen=True)
class PartsTable:
    """All parts that are shown at one station at least."""

    heads: tuple[str, ...]
    rows: tuple[PartRow, ...]


def parts_table(result: Result) -> PartsTable | None:
    """The table of a result; None where no part is shown."""
    words = {_column(part): part.words for station in result.stations for part in station.parts}
    if not words:
        return None
    columns = sorted(words, key=_order)
    rows = tuple(_row(station, columns) for station in result.stations)
    return PartsTable(tuple(words[column] for column in columns), rows)


def _column(part: PartFigures) -> Column:
    return part.partition, part.is_provider, part.name


def _order(column: Column) -> tuple[bool, bool, str]:
    return column[0] == Partition.DEPARTMENT, column[1], column[2].casefold()


def _row(station: StationResult, columns: Iterable[Column]) -> PartRow:
    parts = {_column(part): part.figures for part in station.parts}
    cells = [_cell(station.figures), *(_cell(parts.get(column)) for column in columns)]
    return PartRow(station.number, station.name, tuple(cells))


def _cell(figures: StationFigures | None) -> PartCell:
    if figures is None or figures.level is None:
        return PartCell(NOTHING, None, None)
    return PartCell(level_on(figures.ruler, figures.level), figures.n, figures)


def contacts_of(result: Result) -> tuple[ContactsLine, ...]:
    """Whether customers are better served by ourselves, by our providers or by third parties (R5, R141); nothing unless
    two of them show a figure.

    This compares stations, and `parts_table` raters. Only shown stations enter, so no mean tells of a hidden one.
    """
    levels: dict[RunBy, list[float]] = {run_by: [] for run_by in RunBy}
    for station in result.stations:
        if station.run_by is not None and station.figures.level is not None:
            levels[station.run_by].append(station.figures.level)
    words = {
        RunBy.IN_HOUSE: pgettext("contacts", "Stations that we run ourselves"),
        RunBy.PROVIDER: pgettext("contacts", "Stations that a provider runs for us"),
        RunBy.THIRD_PARTIES: pgettext("contacts", "Stations that third parties make"),
    }
    lines = tuple(
        ContactsLine(words[run_by], len(found), level_on(result.figures.ruler, sum(found) / len(found)))
        for run_by, found in levels.items()
        if found
    )
    return lines if len(lines) > 1 else ()


@dataclass(frozen=True)
class BlockAttendance:
    """Who took part in one revealed block, in numbers."""

    name: str
    departments: tuple[Attendance, ...]
    roles: tuple[Attendance, ...]


def attendance_of_blocks(activities: Iterable[Activity]) -> tuple[BlockAttendance, ...]:
    """The revealed blocks in the order of the agenda; those from before these numbers were kept are left out."""
    found = []
    for activity in activities:
        if activity.is_revealed and activity.attendance:
            lines = frozen_attendance(activity.attendance)
            by = {kind: tuple(line for line in lines if line.by == kind) for kind in ("department", "role")}
            found.append(BlockAttendance(activity.name, by["department"], by["role"]))
    return tuple(found)
