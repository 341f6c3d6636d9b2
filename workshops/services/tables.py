"""Tables without devices: a moderator counts their answers while the block runs, and reveal adds them to the tallies.

Whoever moderates may enter a table, not only who steers: one leads the room while another writes down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Department, Membership
from accounts.readings import Reading
from accounts.services.edits import StaleEdit, insert_once
from workshops.enums import SCALE_VALUES, ActivityState, Mode, RaterGroup
from workshops.live import PEOPLE, announce
from workshops.models import Activity, ActivityStation, StationTally, TableEntry, Workshop
from workshops.services.answers import drawer_of
from workshops.services.disclosure import Size
from workshops.services.parts import DRAWERS
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
class Entered:
    """All tables of a block together: how many people at them rated, and what they answered at each station."""

    raters: int = 0
    answers: Mapping[int, TableAnswer] = field(default_factory=dict)

    @property
    def sizes(self) -> dict[int, dict[str, Size]]:
        """The same in numbers of people, as ``services.parts`` weighs it: per station, in drawers and on each scale."""
        return {
            station: {DRAWERS: Size(self.raters, answer.rated)}
            | {scale: Size(self.raters, len(values)) for scale, values in (answer.scales or {}).items()}
            for station, answer in self.answers.items()
        }


def read_tables(activity: Activity) -> Entered:
    """What was entered for the tables of the locked block, at every station of it once a table rated at all."""
    entered = [read_answers(table.answers) for table in TABLES.all(activity=activity.pk)]
    if not any(entered):
        return Entered()
    stations = ActivityStation.objects.filter(activity=activity).values_list("pk", flat=True)
    sums = dict.fromkeys(stations, TableAnswer())
    for answers in entered:
        for station, answer in answers.items():
            sums[station] += answer
    return Entered(sum(raters_of(answers.values()) for answers in entered), sums)


def close_tables(activity: Activity, entered: Entered) -> None:
    """Add the tables of the locked block to its tallies and forget what was typed.

    Called by reveal after the ballots have been counted. Names and head counts stay, the answers go.
    """
    if entered.answers:
        _add_to_tallies(activity, {station: answer for station, answer in entered.answers.items() if answer.people})
        TableEntry.objects.filter(activity=activity).update(answers={}, finished=0)


def _add_to_tallies(activity: Activity, sums: Mapping[int, TableAnswer]) -> None:
    """Two statements however many stations there are."""
    group = RaterGroup.EMPLOYEE
    found = StationTally.objects.filter(station__activity=activity, rater_group=group)
    known = {tally.station_id: tally for tally in found}
    new = {station: StationTally(station_id=station, rater_group=group) for station in sums.keys() - known.keys()}
    for station, answer in sums.items():
        tally = known.get(station) or new[station]
        tally.disappointing += answer.disappointing
        tally.fine += answer.fine
        tally.delighting += answer.delighting
        tally.unable += answer.unable
        tally.at_table += answer.rated
        tally.unable_at_table += answer.unable
        _add_scales(tally, answer)
    StationTally.objects.bulk_create(new.values())
    counts = ["disappointing", "fine", "delighting", "unable", "at_table", "unable_at_table"]
    counts += ["scales", "scales_at_table"]
    StationTally.objects.bulk_update([known[station] for station in sums if station in known], counts)


def _add_scales(tally: StationTally, answer: TableAnswer) -> None:
    """Each scale of full mode on its own, and how many of it were entered at a table."""
    for scale, values in (answer.scales or {}).items():
        known = tally.scales.get(scale, [0] * len(SCALE_VALUES))
        tally.scales[scale] = [mine + theirs for mine, theirs in zip(known, answer.histogram(scale), strict=True)]
        tally.scales_at_table[scale] = len(values)
