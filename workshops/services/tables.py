"""Tables without devices: a moderator counts their answers while the block runs, and reveal counts them beside phones.

Whoever moderates may enter a table, not only who steers: one leads the room while another writes down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Department, Membership
from accounts.readings import Reading
from accounts.services.edits import StaleEdit, insert_once
from workshops.enums import ActivityState, Mode, Scale
from workshops.figures import DRAWERS, UNABLE, too_few
from workshops.live import PEOPLE, announce
from workshops.models import Activity, ActivityStation, TableEntry, Workshop
from workshops.services.answers import drawer_of
from workshops.services.disclosure import Size
from workshops.services.steering import ActionRefused
from workshops.tables import TableAnswer, finished_of, raters_of, read_answers, too_many_words

TABLES = Reading(TableEntry, where="workshops_tableentry.activity_id = %(activity)s")

Answers = Mapping[int, TableAnswer]
"""By primary key of the block's station; a station without an answer is left out."""


class TableGone(ActionRefused):
    """Somebody removed the table in the meantime."""


@transaction.atomic
def create_table(
    *,
    activity: Activity,
    name: str,
    heads: int,
    department: Department | None,
    answers: Answers,
    code: UUID,
    by: Membership,
) -> TableEntry:
    """Enter a table into a block that runs or pauses. Asking twice with the same ``code`` gives the same table."""
    if (known := TableEntry.objects.filter(activity=activity, code=code).first()) is not None:
        return known
    hold_running(activity)
    table = TableEntry(activity=activity, code=code, name=name, heads=heads, department=department)
    _write(table, answers)
    if (saved := insert_once(table)) is table:
        announce(Workshop(pk=activity.workshop_id), PEOPLE)
    return saved


@transaction.atomic
def update_table(
    *,
    table: TableEntry,
    name: str,
    heads: int,
    department: Department | None,
    answers: Answers,
    version: int,
    by: Membership,
) -> TableEntry:
    """Change a table while its block runs or pauses; StaleEdit where somebody saved since ``version``."""
    hold_running(table.activity)
    current = _locked(table)
    if current.version != version:
        raise StaleEdit(current)
    current.name, current.heads, current.department, current.version = name, heads, department, version + 1
    _write(current, answers)
    current.save(update_fields=["name", "heads", "department", "answers", "finished", "version"])
    announce(Workshop(pk=table.activity.workshop_id), PEOPLE)
    return current


@transaction.atomic
def remove_table(*, table: TableEntry, by: Membership) -> None:
    """Take a table with everything entered for it out of a block that runs or pauses. Twice is once."""
    hold_running(table.activity)
    if TableEntry.objects.filter(pk=table.pk).delete()[0]:
        announce(Workshop(pk=table.activity.workshop_id), PEOPLE)


def hold_running(activity: Activity) -> None:
    """Hold the block until this is saved, as a rating does: reveal waits, and other tables and phones do not.

    Raises ActionRefused unless it runs or pauses.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM workshops_activity WHERE id = %s FOR SHARE", [activity.pk])
        row = cursor.fetchone()
    state = row[0] if row else ActivityState.PLANNED
    if state == ActivityState.REVEALED:
        raise ActionRefused(
            _("“%(title)s” has been revealed. Nothing can be entered or changed any more.") % {"title": activity.title}
        )
    if state not in (ActivityState.OPEN, ActivityState.PAUSED):
        raise ActionRefused(_("“%(title)s” is not running.") % {"title": activity.title})


def _locked(table: TableEntry) -> TableEntry:
    rows = TableEntry.objects.select_for_update(of=("self",)).select_related("activity", "department")
    if (current := rows.filter(pk=table.pk).first()) is None:
        raise TableGone(_("Somebody removed this table in the meantime. What you typed is still here."))
    return current


def _write(table: TableEntry, answers: Answers) -> None:
    """Put the answers into the row, all of them within the head count and at stations of the block."""
    given = {station: _drawn(answer, table.activity) for station, answer in answers.items() if answer.people}
    names = dict(ActivityStation.objects.filter(activity=table.activity).values_list("pk", "name"))
    for station, answer in given.items():
        if station not in names:
            raise ActionRefused(_("A station is no longer part of this block. Please load the page again."))
        if answer.people > table.heads:
            raise ActionRefused(too_many_words(names[station], answer.people, table.heads))
    table.answers = {str(station): answer.document for station, answer in given.items()}
    table.finished = finished_of(given, len(names))
    table.full_clean(exclude=["activity", "department", "code"])


def _drawn(answer: TableAnswer, activity: Activity) -> TableAnswer:
    """In full mode the drawers are those of the experience, by the cut points with which the block was opened."""
    if activity.mode != Mode.FULL:
        return replace(answer, scales=None)
    return answer.in_drawers(partial(drawer_of, activity))


# --- reveal ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """One table of a block: its heads, how many of them rated, and what they answered at each station."""

    heads: int
    answers: Mapping[int, TableAnswer]

    @property
    def raters(self) -> int:
        """As many as answered at the station with the most."""
        return raters_of(self.answers.values())

    def at(self, station: int) -> TableAnswer:
        """What it answered there; who of its raters left the station out counts like who could not judge it."""
        answer = self.answers.get(station, TableAnswer())
        return replace(answer, unable=self.raters - answer.rated)


@dataclass(frozen=True)
class Entered:
    """The tables of a block, and the stations at which they are looked at: all of it once a table rated at all."""

    tables: Sequence[Table] = ()
    stations: Sequence[int] = ()

    @property
    def raters(self) -> int:
        """How many people at all tables rated."""
        return sum(table.raters for table in self.tables)

    @property
    def heads(self) -> list[int]:
        """How many people sit at each table, whether they rated or not."""
        return [table.heads for table in self.tables]

    @property
    def sizes(self) -> dict[int, dict[str, list[Size]]]:
        """Each table in numbers of people, as ``services.parts`` weighs it: per station, in drawers and by scale."""
        return {
            station: {
                measure: [Size(table.raters, _counted(table.at(station), measure)) for table in self.tables]
                for measure in (DRAWERS, *Scale.values)
            }
            for station in self.stations
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What is added to the phones' counts, at every station (see ``services.tallies``)."""
        return [_row(station, [table.at(station) for table in self.tables]) for station in self.stations]


def _counted(answer: TableAnswer, measure: str) -> int:
    """How many of a table put a station into a drawer, or gave a number on a scale of it."""
    return answer.rated if measure == DRAWERS else len((answer.scales or {}).get(measure, ()))


def read_tables(activity: Activity) -> Entered:
    """What was entered for the tables of the locked block."""
    tables = [Table(table.heads, read_answers(table.answers)) for table in TABLES.all(activity=activity.pk)]
    if not any(table.answers for table in tables):
        return Entered(tables)
    return Entered(tables, ActivityStation.objects.filter(activity=activity).values_list("pk", flat=True))


def _row(station: int, answers: Sequence[TableAnswer]) -> dict[str, Any]:
    """One station; each scale of full mode on its own, with how many of it were entered."""
    together = sum(answers, TableAnswer())
    return {
        **together.document,
        "station_id": station,
        "at_table": together.rated,
        "unable_at_table": together.unable,
        "scales": dict(together.scales or {}),
        "scales_at_table": {scale: len(values) for scale, values in (together.scales or {}).items()},
        "between_tables": _between(answers, together),
    }


def _between(answers: Sequence[TableAnswer], together: TableAnswer) -> list[str]:
    """Measures of which all tables but one are one or two people: where no phone rated, that one would know theirs.

    Nobody rating at the others is fine in itself. Then those of them who could not judge are a group of their own.
    """

    def leaves_few(measure: str) -> bool:
        return any(too_few(_counted(together, measure) - _counted(each, measure)) for each in answers)

    alone = [each for each in answers if each.rated == together.rated]
    unable = any(too_few(together.unable - each.unable) for each in alone)
    return [measure for measure in (DRAWERS, *Scale.values) if leaves_few(measure)] + [UNABLE] * unable


def close_tables(activity: Activity, entered: Entered) -> None:
    """Forget what was typed for the locked block, once reveal has counted it. Names and head counts stay."""
    if entered.stations:
        TableEntry.objects.filter(activity=activity).update(answers={}, finished=0)
