"""The plan of measures as a table, for CSV and Excel: what the pages say, in the order of the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Membership
from touchpoints.csv_exchange.writing import csv_text, defused
from workshops.exports.sheets import table_xlsx
from workshops.exports.table import Cell
from workshops.measures import CURRENCY
from workshops.models import Measure
from workshops.queries.measures import About, MeasureRow, in_order, rows_of, standings

_WIDTHS = (44, 24, 44, 24, 26, 13, 13, 14, 44, 44, 9, 9, 12, 14, 13)


def measures_csv(measures: Any, member: Membership) -> str:
    """The measures in the present language; nothing in it runs as a formula."""
    return csv_text(defused(text_table(measures, member)))


def measures_xlsx(measures: Any, member: Membership) -> bytes:
    """The same as an Excel workbook, with numbers as numbers and days as days."""
    return table_xlsx(_("Measures"), headings(), list(cells(measures, member)), _WIDTHS)


def text_table(measures: Any, member: Membership) -> Iterator[list[str]]:
    """Headings and rows as text; a day in a form that sorts."""
    yield headings()
    for row in cells(measures, member):
        yield [text_of(cell) for cell in row]


def text_of(cell: Cell | date) -> str:
    """A cell as text."""
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def headings() -> list[str]:
    """What stands above the columns."""
    return [
        _("Measure"),
        _("Kind"),
        _("Touchpoints"),
        _("Responsible"),
        _("Department or provider"),
        pgettext("first day", "From"),
        pgettext("last day", "Until"),
        f"{_('Budget')} ({CURRENCY})",
        _("Wanted result"),
        _("How we see it"),
        _("Effort"),
        _("Impact"),
        _("Quick win"),
        pgettext("measure", "Status"),
        _("Done on"),
    ]


def cells(measures: Any, member: Membership) -> Iterator[list[Cell | date]]:
    """The measures in their order; three queries."""
    keys = [standing.pk for standing in in_order(standings(measures))]
    return (cells_of(row) for row in rows_of(keys, member))


def cells_of(row: MeasureRow) -> list[Cell | date]:
    """One measure."""
    measure: Measure = row.measure
    return [
        measure.title,
        measure.get_kind_display(),
        names_of(row.about),
        str(measure.responsible.user) if measure.responsible else "",
        measure.department.name if measure.department else "",
        measure.starts_on,
        measure.due_on,
        measure.budget,
        measure.wanted_result,
        measure.measured_by,
        measure.effort,
        measure.impact,
        pgettext("quick win", "yes") if measure.is_quick_win else "",
        measure.get_status_display(),
        measure.done_on,
    ]


def names_of(about: Sequence[About]) -> str:
    """The touchpoints, each on a line of its own: their names may hold every other sign."""
    return "\n".join(each.name for each in about)
