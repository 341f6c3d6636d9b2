"""The result as an Excel file: what it is and how to read it, the rows of the CSV with numbers as numbers, reasons."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, npgettext, pgettext
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from workshops.exports.reading import reading
from workshops.exports.source import Export
from workshops.exports.table import Cell, behind_rows, headings, reason_headings, reason_rows, rows_of
from workshops.figures import MIN_GROUP

_WIDTHS = (6, 38, 22, 24, 26, 7, 14, 9, 14, 13, 10, 13, 18, 26, 18)
_REASON_WIDTHS = (6, 38, 22, 18, 88)
_BALANCE, _DISAGREEMENT = 11, 12
_SCALES, _QUADRANT, _GAP, _LAST = range(16, 27), 27, 21, 33
_SIGNED = '+0.00;"−"0.00;0.00'
_FORMATS = {_BALANCE: _SIGNED, _DISAGREEMENT: "0.00", **dict.fromkeys(_SCALES, "0.00"), _GAP: _SIGNED}
_NUMBERS = {*range(6, 13), *_SCALES, *range(_QUADRANT + 1, _LAST + 1)}
_DATES = {"de": "DD.MM.YYYY"}
_DATE = "[$-809]D MMM YYYY"  # 809: the month in English, whatever language Excel speaks
_TEXT = "@"
# What no XML file may hold; names may, since somebody pasted them.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RULE = Border(bottom=Side(style="thin", color="5C656E"))
_GROUND = PatternFill("solid", fgColor="F3F0EA")
_TOP = Alignment(vertical="top", wrap_text=True)


def result_xlsx(export: Export) -> bytes:
    """Two sheets in the present language, and one each for rounds and parts and for reasons, where there are some;
    nothing in them is a formula, whatever somebody called a station.
    """
    book = Workbook()
    about = book.worksheets[0]
    about.title = pgettext("sheet", "About this file")
    _write_about(about, export)
    titles = headings(export)
    _write_rows(book.create_sheet(pgettext("sheet", "Stations")), titles, list(rows_of(export)))
    if behind := list(behind_rows(export)):
        _write_rows(book.create_sheet(pgettext("sheet", "Rounds and parts")), titles, behind)
    if reasons := list(reason_rows(export)):
        _write_table(book.create_sheet(pgettext("sheet", "Reasons")), reason_headings(), reasons, _REASON_WIDTHS)
    book.properties.creator = "Touchpoint-Werkstatt"
    book.properties.title = _UNFIT.sub(" ", f"{_('Result')} · {export.journey}")
    book.properties.language = get_language()
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def table_xlsx(
    title: str, titles: Sequence[str], rows: Sequence[Sequence[Cell | date]], widths: Sequence[int]
) -> bytes:
    """One sheet with one table in the present language; nothing in it is a formula, and numbers and days are such."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    _write_table(sheet, titles, rows, widths)
    book.properties.creator = "Touchpoint-Werkstatt"
    book.properties.title = title
    book.properties.language = get_language()
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


# --- the stations ---------------------------------------------------------------------------------------------------


def _write_rows(sheet: Worksheet, titles: Sequence[str], rows: Sequence[list[Cell]]) -> None:
    _write_table(sheet, titles, rows, [_width(column) for column in range(1, len(titles) + 1)])
    for column in _NUMBERS & set(range(1, len(titles) + 1)):
        sheet.cell(1, column).alignment = Alignment(vertical="center", wrap_text=True, horizontal="right")
    for place, row in enumerate(rows, 2):
        for column, style in _FORMATS.items():
            if column <= len(row) and row[column - 1] is not None:
                sheet.cell(place, column).number_format = style


def _write_table(
    sheet: Worksheet, titles: Sequence[str], rows: Sequence[Sequence[Cell | date]], widths: Sequence[int]
) -> None:
    """A heading that stays in sight, above rows that can be filtered and printed."""
    for column, (title, width) in enumerate(zip(titles, widths, strict=True), 1):
        cell = _put(sheet, 1, column, title)
        cell.font, cell.fill, cell.border = Font(bold=True), _GROUND, _RULE
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for place, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            _put(sheet, place, column, value).alignment = _TOP
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(titles))}{len(rows) + 1}"
    _for_paper(sheet)
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"


def _width(column: int) -> int:
    """In letters; the columns of full mode are as wide as their headings need, broken once."""
    return _WIDTHS[column - 1] if column <= len(_WIDTHS) else 26 if column == _QUADRANT else 14


# --- what it is -----------------------------------------------------------------------------------------------------


def _write_about(sheet: Worksheet, export: Export) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 22, 88
    sheet.sheet_view.showGridLines = False
    _put(sheet, 1, 1, export.journey).font = Font(bold=True, size=16)
    row = 3
    for label, value in [*_facts(export), ("", None), *reading(export.result)]:
        name, told = _put(sheet, row, 1, label), _put(sheet, row, 2, value)
        name.font, name.alignment = Font(bold=True), _TOP
        told.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left")
        row += 1
    _for_paper(sheet)


def _facts(export: Export) -> Iterator[tuple[str, Cell | date]]:
    """Where the figures come from. A label that is empty belongs to the row above."""
    blocks = export.result.blocks
    yield _("Organisation"), export.organisation
    yield _("Workshop"), export.title
    yield _("Persona"), export.persona
    yield pgettext("workshop", "Date"), export.day
    if export.frozen_at:
        yield _("Ist baseline"), timezone.localdate(export.frozen_at)
    for place, block in enumerate(blocks):
        label = npgettext("sheet", "Block", "Blocks", len(blocks)) if not place else ""
        yield label, _("%(title)s, revealed %(when)s") % {"title": block.name, "when": _moment(block.revealed_at)}
    yield _("Raters"), export.result.figures.raters
    if export.result.at_table:
        yield _("Entered at a table"), export.result.at_table
    if export.running:
        yield _("Running now"), export.running_words
    if export.hidden:
        yield _("Not shown"), _hidden_words(export.hidden)


def _hidden_words(count: int) -> str:
    sentence = ngettext(
        "%(count)d station has fewer than %(least)d ratings and shows no figure.",
        "%(count)d stations have fewer than %(least)d ratings and show no figure.",
        count,
    )
    return sentence % {"count": count, "least": MIN_GROUP}


def _moment(when: datetime | None) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT") if when else ""


# --- cells ----------------------------------------------------------------------------------------------------------


def _put(sheet: Worksheet, row: int, column: int, value: Cell | date) -> SheetCell:
    """A cell of the type of its value. Text is typed as text, so that “=1+1” is a name and no formula."""
    cell: SheetCell = sheet.cell(row, column)  # type: ignore[assignment]  # nothing is merged here
    if isinstance(value, str):
        cell.value = _UNFIT.sub(" ", value)
        cell.data_type = "s"
        cell.number_format = _TEXT
    elif value is not None:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = _DATES.get(str(get_language()), _DATE)
    return cell


def _for_paper(sheet: Worksheet) -> None:
    """As wide as one page, and as long as it gets."""
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]  # every new sheet has them
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
