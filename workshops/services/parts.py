"""What reveal keeps of departments: counts of parts that may be shown, and how many took part.

Ballots know their department only until here. ``disclosure`` decides from numbers of people alone which parts may be
shown; what may not is counted in memory and never stored.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from workshops.enums import SCALE_VALUES, Partition
from workshops.figures import DRAWERS, MIN_PART
from workshops.models import Activity, Ballot, PartTally
from workshops.queries.attendance import (
    TABLE,
    Attendance,
    Cell,
    attendance_document,
    attendance_of,
    read_cells,
    with_missing,
    with_tables,
)
from workshops.services.disclosure import NOBODY, Division, Shown, Size, departments_to_show, parts_to_show

# Per department (and none), first how many ballots there are, then the answers at each station.
COUNT = """
    WITH ballot AS (
        SELECT b.answers, d.id AS department_id, coalesce(d.name, '') AS name,
               coalesce(d.kind = 'provider', false) AS is_provider
        FROM workshops_ballot b LEFT JOIN accounts_department d ON d.id = b.department_id
        WHERE b.activity_id = %(activity)s
    ), given AS (
        SELECT key::bigint AS station_id, department_id, name, is_provider, value
        FROM ballot, jsonb_each(ballot.answers)
    ), scaled AS (
        SELECT station_id, department_id, scale, jsonb_object_agg(answer, count) AS counts
        FROM (
            SELECT station_id, department_id, scale, answer, count(*) AS count
            FROM given, jsonb_each_text(
                CASE WHEN jsonb_typeof(value -> 'scales') = 'object' THEN value -> 'scales' END
            ) AS each (scale, answer)
            WHERE answer IS NOT NULL GROUP BY 1, 2, 3, 4
        ) counted GROUP BY 1, 2, 3
    )
    SELECT NULL, name, is_provider, count(*), 0, 0, '{}'::jsonb
    FROM ballot GROUP BY department_id, name, is_provider
    UNION ALL
    SELECT given.station_id, name, is_provider,
           count(*) FILTER (WHERE value -> 'drawer' = '0'), count(*) FILTER (WHERE value -> 'drawer' = '5'),
           count(*) FILTER (WHERE value -> 'drawer' = '10'),
           coalesce((
               SELECT jsonb_object_agg(scaled.scale, scaled.counts) FROM scaled
               WHERE scaled.station_id = given.station_id
                 AND scaled.department_id IS NOT DISTINCT FROM given.department_id
           ), '{}')
    FROM given GROUP BY given.station_id, given.department_id, name, is_provider
"""


@dataclass(frozen=True)
class Counts:
    """What people answered at a station. ``scales`` holds eleven counts per scale, for 0 … 10."""

    disappointing: int = 0
    fine: int = 0
    delighting: int = 0
    unable: int = 0
    scales: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __add__(self, other: Counts) -> Counts:
        scales = dict(self.scales)
        for scale, counts in other.scales.items():
            known = scales.get(scale, (0,) * len(SCALE_VALUES))
            scales[scale] = tuple(mine + theirs for mine, theirs in zip(known, counts, strict=True))
        return Counts(
            self.disappointing + other.disappointing,
            self.fine + other.fine,
            self.delighting + other.delighting,
            self.unable + other.unable,
            scales,
        )

    def n(self, measure: str) -> int:
        """How many rated, in drawers or on a scale."""
        if measure == DRAWERS:
            return self.disappointing + self.fine + self.delighting
        return sum(self.scales.get(measure, ()))


Tables = Mapping[str, Sequence[Size]]
"""The tables at a station, whose answers a moderator entered, by measure: in drawers, and on each scale."""
Key = tuple[bool, str]
"""A department: whether it is a provider, and its name; the empty name is none at all."""
LOOSE: Key = (False, "")


@dataclass
class Counted:
    """A block's ballots by department: how many, and what was answered at each station (by primary key)."""

    ballots: dict[Key, int] = field(default_factory=dict)
    stations: dict[int, dict[Key, Counts]] = field(default_factory=lambda: defaultdict(dict))


def close_parts(
    activity: Activity, *, tables: Mapping[int, Tables] | None = None, heads: Sequence[int] = ()
) -> list[dict[str, Any]]:
    """Store the parts of the locked block that may be shown; return how many took part, for ``Activity.attendance``.

    Called by reveal before the ballots end. One statement reads who took part; a second one counts the ballots by
    department, and only where at least ten people rated and some named one: a part of five leaves a remainder of five.
    ``tables``: station → those whose answers a moderator entered there, by measure. ``heads``: of each table.
    """
    cells = read_cells(activity.workshop_id, activity.pk)
    if may_have_parts(cells):
        parts = parts_of(count_ballots(activity), tables or {})
        PartTally.objects.bulk_create(parts)
        if activity.is_named:  # an anonymous ballot is deleted anyway
            Ballot.objects.filter(activity=activity).update(department=None)
    lines = with_tables(guarded(attendance_of(cells, with_finished=True), cells, heads), cells)
    return attendance_document(with_missing(lines, cells))


def may_have_parts(cells: Iterable[Cell]) -> bool:
    """Whether so many people gave an answer that a part of them could be shown."""
    rated = [cell.rated for cell in cells if cell.department]
    return sum(rated) >= MIN_PART and sum(cell.rated for cell in cells) >= 2 * MIN_PART


def count_ballots(activity: Activity) -> Counted:
    """Read the ballots once, by department. A station that somebody left out counts as in ``services.tallies``."""
    counted = Counted()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"activity": activity.pk})
        for station, name, is_provider, first, fine, delighting, scales in cursor.fetchall():
            if station is None:
                counted.ballots[is_provider, name] = first
            else:
                given = {scale: _eleven(values) for scale, values in json.loads(scales).items()}
                counted.stations[station][is_provider, name] = Counts(first, fine, delighting, scales=given)
    for answers in counted.stations.values():
        for key, people in counted.ballots.items():
            known = answers.get(key, Counts())
            answers[key] = replace(known, unable=people - known.n(DRAWERS))
    return counted


def _eleven(values: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(values.get(str(value), 0) for value in SCALE_VALUES)


def parts_of(counted: Counted, tables: Mapping[int, Tables]) -> list[PartTally]:
    """The rows to store: of each station only what may be shown there."""
    return [
        row
        for station, answers in sorted(counted.stations.items())
        for row in _station_parts(station, answers, counted.ballots, tables.get(station, {}))
    ]


def _station_parts(
    station: int, answers: Mapping[Key, Counts], ballots: Mapping[Key, int], tables: Tables
) -> Iterable[PartTally]:
    shown = _shown(answers, ballots, tables, DRAWERS)
    scales = {scale for counts in answers.values() for scale in counts.scales}
    by_scale = {scale: _shown(answers, ballots, tables, scale) for scale in sorted(scales)}
    for kind in sorted(shown.relations):
        of = sum((counts for key, counts in answers.items() if key != LOOSE and key[0] is kind), Counts())
        fit = {scale: each for scale, each in of.scales.items() if kind in by_scale[scale].relations}
        yield _row(station, Partition.RELATION, "", kind, replace(of, scales=fit))
    for key in sorted(shown.departments):
        fit = {scale: each for scale, each in answers[key].scales.items() if key in by_scale[scale].departments}
        yield _row(station, Partition.DEPARTMENT, key[1], key[0], replace(answers[key], scales=fit))


def _shown(answers: Mapping[Key, Counts], ballots: Mapping[Key, int], tables: Tables, measure: str) -> Shown:
    """What may be shown of one measure, from its own numbers of raters."""
    sizes = {key: Size(people, answers.get(key, Counts()).n(measure)) for key, people in ballots.items()}
    loose = sizes.pop(LOOSE, NOBODY)
    divisions = [Division(name, kind, size) for (kind, name), size in sizes.items()]
    return parts_to_show(divisions, loose=loose, tables=tables.get(measure, ()))


def _row(station: int, partition: Partition, name: str, is_provider: bool, counts: Counts) -> PartTally:
    return PartTally(
        station_id=station,
        partition=partition,
        name=name,
        is_provider=is_provider,
        disappointing=counts.disappointing,
        fine=counts.fine,
        delighting=counts.delighting,
        unable=counts.unable,
        scales={scale: list(each) for scale, each in counts.scales.items()},
    )


def guarded(lines: Sequence[Attendance], cells: Iterable[Cell], heads: Sequence[int]) -> list[Attendance]:
    """Who had finished stays by department only, and only of parts that may be shown.

    "Not finished" is an answer that was not given. By role as well, the two divisions could be set against each other.
    The room saw how many had finished with the tables among them: taken off that, the shown must leave no small table.
    Of a department with a table nothing is told (see ``with_tables``), so its phones are left over as well.
    """
    left_over = {LOOSE, *((cell.is_provider, cell.department) for cell in cells if cell.role == TABLE)}
    phones = {
        (line.is_provider, line.name): Size(line.joined, line.joined) for line in lines if line.by == "department"
    }
    shown = departments_to_show(
        [Division(name, kind, size) for (kind, name), size in phones.items() if (kind, name) not in left_over],
        loose=sum((size for key, size in phones.items() if key in left_over), NOBODY),
        tables=[Size(each, each) for each in heads],
    )
    return [
        line if line.by == "department" and (line.is_provider, line.name) in shown else replace(line, finished=None)
        for line in lines
    ]
