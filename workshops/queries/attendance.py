"""Who takes part, by department and by role: numbers of people, never of answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import ngettext, pgettext

from accounts.enums import Role
from config.statements import prepared_cursor
from workshops.models import Activity, Workshop

GUEST = "guest"
"""The role of whoever is in the room without being a member."""
TABLE = "table"
"""The role of whoever sits at a table without devices, member or not."""
EMPTY = "empty"
"""The role in the one cell that every department has, so that one from which nobody came is not forgotten."""


@dataclass(frozen=True)
class Attendance:
    """One line: how many members could come, how many people joined, and how many of them have finished.

    ``finished`` is None while no block runs, of departments with a table, whose people nobody follows one by one, and
    after the reveal where it would tell of fewer than five.
    """

    by: Literal["department", "role"]
    name: str
    is_provider: bool
    members: int
    joined: int
    finished: int | None

    @property
    def words(self) -> str:
        """What stands before the numbers."""
        if self.by == "department":
            return self.name or pgettext("department", "without a department")
        if self.name == TABLE:
            return pgettext("role", "At tables without devices")
        return pgettext("role", "Guests") if self.name == GUEST else str(Role(self.name).label)

    @property
    def facts(self) -> str:
        """The numbers in one line: "7 joined · 5 finished · 9 members"."""
        parts = [ngettext("%(count)d joined", "%(count)d joined", self.joined) % {"count": self.joined}]
        if self.finished is not None:
            parts.append(ngettext("%(count)d finished", "%(count)d finished", self.finished) % {"count": self.finished})
        if self.members:
            parts.append(ngettext("%(count)d member", "%(count)d members", self.members) % {"count": self.members})
        return " · ".join(parts)


@dataclass(frozen=True)
class Cell:
    """People of one department and one role, and how many of them have given an answer in the block."""

    department: str
    is_provider: bool
    role: str
    members: int
    joined: int
    finished: int
    rated: int


def read_cells(workshop_id: int, activity_id: int | None) -> list[Cell]:
    """Everybody who may rate, in one statement: members who could come, who joined, and who sits at a table.

    Joined is who is in the room, and who rated in the block and has left since. Who only watches counts nowhere. Every
    department of the organisation has a cell, also where nobody belongs to it.
    People and their answers are added up rather than joined: a room fills within minutes, before the database has
    learnt of it, and would look for each of three hundred among all three hundred.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(d.name, ''), coalesce(d.kind = 'provider', false), person.role,
                   sum(person.member), sum(person.joined), sum(person.finished), sum(person.rated)
            FROM (
                SELECT m.department_id, m.role, 1 AS member, 0 AS joined, 0 AS finished, 0 AS rated
                FROM accounts_membership m JOIN workshops_workshop w ON w.organisation_id = m.organisation_id
                WHERE w.id = %(workshop)s AND NOT EXISTS (
                    SELECT 1 FROM workshops_workshopspectator s WHERE s.workshop_id = w.id AND s.membership_id = m.id
                ) AND NOT EXISTS (
                    SELECT 1 FROM workshops_participant p
                    WHERE p.workshop_id = w.id AND p.membership_id = m.id AND p.does_not_rate
                )
                UNION ALL
                SELECT p.department_id, coalesce(m.role, 'guest'), 0, 1, 0, 0
                FROM workshops_participant p LEFT JOIN accounts_membership m ON m.id = p.membership_id
                WHERE p.workshop_id = %(workshop)s AND NOT p.does_not_rate
                  AND p.left_at IS NULL AND p.removed_at IS NULL
                UNION ALL
                SELECT p.department_id, coalesce(m.role, 'guest'), 0,
                       (p.left_at IS NOT NULL OR p.removed_at IS NOT NULL)::int, done.finished::int, 1
                FROM workshops_participation done JOIN workshops_participant p ON p.id = done.participant_id
                LEFT JOIN accounts_membership m ON m.id = p.membership_id
                WHERE done.activity_id = %(activity)s AND NOT p.does_not_rate
                UNION ALL
                SELECT t.department_id, 'table', 0, t.heads, 0, 0
                FROM workshops_tableentry t WHERE t.activity_id = %(activity)s
                UNION ALL
                SELECT d.id, 'empty', 0, 0, 0, 0
                FROM accounts_department d JOIN workshops_workshop w ON w.organisation_id = d.organisation_id
                WHERE w.id = %(workshop)s
            ) person
            LEFT JOIN accounts_department d ON d.id = person.department_id
            GROUP BY d.id, person.role
            """,
            {"workshop": workshop_id, "activity": activity_id},
        )
        return [Cell(*row) for row in cursor.fetchall()]


def attendance_of(cells: Iterable[Cell], *, with_finished: bool) -> tuple[Attendance, ...]:
    """The lines by department, the largest first, then by role. Tables, and departments from which nobody could come,
    are left out, see ``with_tables`` and ``with_missing``.
    """
    found: dict[tuple[str, str, bool], list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell in cells:
        if cell.role in (TABLE, EMPTY):
            continue
        for key in (("department", cell.department, cell.is_provider), ("role", cell.role, False)):
            for place, count in enumerate((cell.members, cell.joined, cell.finished)):
                found[key][place] += count
    lines = [
        Attendance(by, name, kind, members, joined, finished if with_finished else None)  # type: ignore[arg-type]
        for (by, name, kind), (members, joined, finished) in found.items()
    ]
    return tuple(sorted(lines, key=_order))


def with_tables(lines: Iterable[Attendance], cells: Iterable[Cell]) -> tuple[Attendance, ...]:
    """The lines with the people at tables: in their departments, and as a line of their own beside the roles.

    They come last, when it is decided of which phones it may be shown who had finished (``services.parts.guarded``).
    """
    found = {(line.by, line.name, line.is_provider): line for line in lines}
    for cell in cells:
        if cell.role != TABLE:
            continue
        for key in (("department", cell.department, cell.is_provider), ("role", TABLE, False)):
            known = found.get(key) or Attendance(*key, members=0, joined=0, finished=None)
            found[key] = replace(known, joined=known.joined + cell.joined, finished=None)
    return tuple(sorted(found.values(), key=_order))


def with_missing(lines: Iterable[Attendance], cells: Iterable[Cell]) -> tuple[Attendance, ...]:
    """The lines with the departments and providers that no line names yet, each with nobody: who cares for a station
    should not be forgotten. They come after everything that is decided from numbers of people.
    """
    found = list(lines)
    known = {(line.name, line.is_provider) for line in found if line.by == "department"}
    found += [
        Attendance("department", cell.department, cell.is_provider, members=0, joined=0, finished=None)
        for cell in cells
        if cell.role == EMPTY and (cell.department, cell.is_provider) not in known
    ]
    return tuple(sorted(found, key=_order))


def _order(line: Attendance) -> tuple[Any, ...]:
    if line.by == "role":
        return (1, [*Role.values, GUEST, TABLE].index(line.name))
    return (0, not line.name, -line.joined, line.name.casefold())


def attendance_now(workshop: Workshop, running: Activity | None) -> tuple[Attendance, ...]:
    """The room as it is now, for moderators, who see by name who has finished."""
    cells = read_cells(workshop.pk, running.pk if running else None)
    return with_missing(with_tables(attendance_of(cells, with_finished=running is not None), cells), cells)


def attendance_document(lines: Sequence[Attendance]) -> list[dict[str, Any]]:
    """Plain values for ``Activity.attendance``."""
    return [vars(line) for line in lines]


def frozen_attendance(stored: Iterable[Mapping[str, Any]]) -> tuple[Attendance, ...]:
    """The lines as reveal wrote them."""
    return tuple(Attendance(**line) for line in stored)
