"""The export as an Excel workbook: the columns of the CSV export, and every cell a text that nothing runs."""

import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from touchpoints.csv_exchange.cells import GUARDED, escape_controls
from touchpoints.csv_exchange.headings import COLUMNS, heading
from touchpoints.csv_exchange.writing import cell_of
from touchpoints.models import Touchpoint

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# In characters; the other columns hold a word or two.
WIDTHS = {"name": 36, "description": 52, "channel": 24, "department": 26, "place": 36, "purpose": 36, "process": 52}
USUAL_WIDTH = 20
TEXT_FORMAT = "@"


def write_workbook(touchpoints: Iterable[Touchpoint]) -> bytes:
    """Return the touchpoints as a workbook with headings and entries in the present language."""
    book = Workbook(write_only=True)
    book.properties.creator = "Touchpoint-Werkstatt"
    sheet = book.create_sheet(_("Touchpoints"))
    sheet.freeze_panes = "A2"
    for number, field in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(field, USUAL_WIDTH)
    sheet.append([text_cell(sheet, heading(field), font=Font(bold=True)) for field in COLUMNS])
    last = 1
    for touchpoint in touchpoints:
        sheet.append([text_cell(sheet, cell_of(touchpoint, field)) for field in COLUMNS])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{last}"
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def text_cell(sheet: Any, text: str, font: Font | None = None) -> Cell:
    """Return a cell that is a text whatever it begins with, and stays one when somebody edits it."""
    cell = WriteOnlyCell(sheet, escape_controls(text))
    cell.data_type = "s"  # openpyxl takes "=1+1" for a formula and "#N/A" for an error
    cell.number_format = TEXT_FORMAT
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if font is not None:
        cell.font = font
    if text.startswith(GUARDED):
        cell.quotePrefix = True
    return cell
