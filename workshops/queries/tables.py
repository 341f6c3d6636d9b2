"""The tables of a block as moderators read them: who sits there and how far they are, never what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.figures import too_few
from workshops.models import Activity, ActivityStation, Participation, TableEntry
from workshops.tables import read_answers


@dataclass(frozen=True)
class TableRow:
    """One table. ``stations`` of the block's ``total`` have an answer for everybody at it."""

    code: UUID
    name: str
    heads: int
    department: str
    stations: int
    total: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.stations == self.total

    @property
    def people_words(self) -> str:
        """ "4 people", with the department where one was named."""
        people = ngettext("%(count)d person", "%(count)d people", self.heads) % {"count": self.heads}
        return f"{people} · {self.department}" if self.department else people

    @property
    def progress_words(self) -> str:
        """ "5 of 9 stations"."""
        if self.is_complete:
            return _("complete, all %(total)d stations") % {"total": self.total}
        template = ngettext("%(done)d of %(total)d station", "%(done)d of %(total)d stations", self.total)
        return template % {"done": self.stations, "total": self.total}


def table_rows(activity: Activity) -> tuple[TableRow, ...]:
    """The tables of a block in the order in which they were entered; two queries."""
    total = ActivityStation.objects.filter(activity=activity).count()
    tables = TableEntry.objects.filter(activity=activity).select_related("department").order_by("pk")
    return tuple(_row(table, total) for table in tables)


def _row(table: TableEntry, total: int) -> TableRow:
    answers = read_answers(table.answers).values()
    return TableRow(
        code=table.code,
        name=table.name,
        heads=table.heads,
        department=table.department.name if table.department else "",
        stations=sum(answer.complete == table.heads for answer in answers),
        total=total,
    )


def tables_words(activity: Activity) -> tuple[str, ...]:
    """Before the reveal, a line for each table that counts, such as "Window (4 people): 5 of 9 stations"."""
    return tuple(f"{row.name} ({row.people_words}): {row.progress_words}" for row in table_rows(activity))


def few_phones_words(activity: Activity) -> str:
    """Before the reveal, that one or two phones beside a table will leave every figure hidden; empty otherwise."""
    phones = Participation.objects.filter(activity=activity).count()
    if not too_few(phones) or not TableEntry.objects.filter(activity=activity).exclude(answers={}).exists():
        return ""
    sentence = ngettext(
        "Only %(count)d person has rated on a phone. Beside a table no figure is shown then, since without the table "
        "their answers would be left over. From three phones on, or with none, figures are shown.",
        "Only %(count)d people have rated on a phone. Beside a table no figure is shown then, since without the table "
        "their answers would be left over. From three phones on, or with none, figures are shown.",
        phones,
    )
    return sentence % {"count": phones}
