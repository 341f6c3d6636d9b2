"""From an Excel workbook to the same rows of text that a CSV file gives."""

import io
import struct
import warnings
import zlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.packaging.relationship import get_rels_path
from openpyxl.reader.excel import ExcelReader, _find_workbook_part  # type: ignore[attr-defined]  # typed as if it were not there
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet._reader import (
    CELL_TAG,
    DATA_TAG,
    FORMULA_TAG,
    INLINE_STRING,
    ROW_TAG,
    WorkSheetParser,
)
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from touchpoints.csv_exchange.cells import unescape_controls
from touchpoints.csv_exchange.entries import YES_NO
from touchpoints.csv_exchange.tables import MAX_BYTES, MAX_ROWS, FileRefused, Merged, Row, Table, check_count
from touchpoints.csv_exchange.workbook_bounds import (
    MAX_MERGED,
    OLE_CONTAINER,
    STYLES,
    ZIP_ARCHIVE,
    Budget,
    open_archive,
    read_part,
    refuse_ole,
    stream_elements,
    too_large,
    unreadable,
)

MAX_COLUMNS = 200
# Texts of all sheets stand in one table; the sheet that is read may hold less (as much as a CSV file: MAX_BYTES).
MAX_SHARED_CHARACTERS = 4 * MAX_BYTES
# So many cells are named; of more their number tells enough.
NAMED_CELLS = 10
MERGES_TAG, MERGE_TAG = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("mergeCells", "mergeCell"))
STRINGS_TAG, STRING_TAG, RUN_TAG, TEXT_TAG = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("sst", "si", "r", "t"))

# What zipfile, the parsers and openpyxl raise about content that no spreadsheet program has written.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadZipFile,
    EOFError,
    ExpatError,
    LookupError,
    NotImplementedError,  # zipfile's own word for a compression it does not know; nothing of ours is left open
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass
class SheetReader:
    """Reads the rows of one sheet, and remembers the cells whose value nobody knows and those merged downwards."""

    parser: WorkSheetParser
    budget: Budget
    unknown: list[str] = field(default_factory=list)
    # First row, last row and column, counted as a spreadsheet program does, from 1.
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    characters: int = 0

    def rows(self, archive: ZipFile, part: str) -> Iterator[Row]:
        """Yield the rows that hold anything, with the numbers that a spreadsheet program shows."""
        number = 0
        for element in stream_elements(archive, part, {ROW_TAG: DATA_TAG, MERGE_TAG: MERGES_TAG}, self.budget):
            if element.tag == MERGE_TAG:
                self.remember_merged(element.get("ref", ""))
                continue
            number = int(element.get("r", number + 1))
            self.parser.row_counter, self.parser.col_counter = number, 0
            cells = self.cells(number, element)
            if any(cells):
                self.characters += sum(map(len, cells))
                if self.characters > MAX_BYTES:
                    raise too_large()
                yield Row(number, cells)

    def cells(self, number: int, row: Element) -> tuple[str, ...]:
        """Return the texts of a row, up to its last cell that holds anything."""
        texts: list[str] = []
        for element in row.iterfind(CELL_TAG):
            is_inline = element.get("t") == "inlineStr"
            if is_inline:
                element.set("t", "str")  # openpyxl then leaves the text in it to us: it takes ten times as long
            cell = self.parser.parse_cell(element)
            column = cell["column"]
            text = text_in(element.find(INLINE_STRING)) if is_inline else self.text_of(element, cell)
            text = text.strip()
            if not text:
                continue
            if column > MAX_COLUMNS:
                raise FileRefused(
                    _("Cell %(cell)s holds something. Up to %(limit)s columns can be read; please remove the others.")
                    % {"cell": f"{get_column_letter(column)}{number}", "limit": MAX_COLUMNS}
                )
            texts.extend([""] * (column - len(texts)))
            texts[column - 1] = text
        return tuple(texts)

    def remember_merged(self, reference: str) -> None:
        """Note cells that reach over several rows; the left column is where they stand."""
        column, first, _right, last = range_boundaries(reference)
        if first is None or last is None or column is None or last <= first:
            return
        if len(self.merged) == MAX_MERGED:
            raise too_large()
        self.merged.append((first, last, column))

    def text_of(self, element: Element, cell: dict[str, Any]) -> str:
        """Return what a cell says. A formula counts by its result; an error, or no result, counts as empty."""
        kind, value = cell["data_type"], cell["value"]
        if kind == "e" or (value is None and element.get("t") != "str" and element.find(FORMULA_TAG) is not None):
            self.unknown.append(f"{get_column_letter(cell['column'])}{cell['row']}")
            return ""
        if element.get("t") == "s" and isinstance(value, str):
            return value  # the table of texts is unescaped already
        return unescape_controls(value) if isinstance(value, str) else text_of_value(value)


def is_workbook(content: bytes) -> bool:
    """Whether a file begins as a workbook does, in its present form or in its old one."""
    return content.startswith((ZIP_ARCHIVE + b"\x03\x04", ZIP_ARCHIVE + b"\x05\x06", OLE_CONTAINER))


def read_workbook(content: bytes) -> Table:
    """Read the first sheet that holds anything, or raise FileRefused with a sentence for who uploaded the file."""
    if content.startswith(OLE_CONTAINER):
        raise refuse_ole(content)
    with warnings.catch_warnings():
        # What openpyxl says about a file goes to the log of the server, where it helps nobody.
        warnings.simplefilter("ignore")
        try:
            with open_archive(content) as archive:
                return read_sheets(archive, content)
        except BROKEN as error:
            raise unreadable() from error


def read_sheets(archive: ZipFile, content: bytes) -> Table:
    """Return the first sheet with content; hidden ones come last."""
    book = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    book.read_manifest()
    part = _find_workbook_part(book.package).PartName[1:]
    for name in (part, get_rels_path(part), STYLES):
        if name in archive.namelist():
            read_part(archive, name)
    book.read_workbook()
    wb: Any = book.wb
    apply_stylesheet(archive, wb)
    budget = Budget()
    strings = read_strings(archive, book, budget)
    sheets = [(sheet, rel.target) for sheet, rel in book.parser.find_sheets() if rel.Type.endswith("/worksheet")]
    for sheet, target in sorted(sheets, key=lambda pair: pair[0].state != "visible"):
        reader = SheetReader(
            WorkSheetParser(
                io.BytesIO(),  # it is given one cell after the other
                strings,
                data_only=True,
                epoch=wb.epoch,
                date_formats=wb._date_formats,
                timedelta_formats=wb._timedelta_formats,
            ),
            budget,
        )
        if rows := read_rows(archive, target, reader):
            notes = [note_sheet(sheet.name, len(sheets))] if len(sheets) > 1 else []
            notes += [note_unknown(reader.unknown)] if reader.unknown else []
            spans = spans_of(rows, reader.merged)
            notes += [note_merged(spans)] if spans else []
            merged = merged_of(spans) if spans else None
            return Table(tuple(replace(row, merged=merged) for row in widen_first(rows)), tuple(notes))
    check_count(0)
    raise unreadable()


def read_rows(archive: ZipFile, target: str, reader: SheetReader) -> list[Row]:
    """Return the rows of a sheet; of a sheet with too many they are only counted."""
    rows: list[Row] = []
    count = 0
    for count, row in enumerate(reader.rows(archive, target), 1):
        if count <= MAX_ROWS + 1:
            rows.append(row)
    if count:
        check_count(count)
    return rows


def widen_first(rows: list[Row]) -> tuple[Row, ...]:
    """Return the rows, the first one as wide as the widest: a column without heading is asked about like any other."""
    first, width = rows[0], max(len(row.cells) for row in rows)
    return (Row(first.number, first.cells + ("",) * (width - len(first.cells))), *rows[1:])


def spans_of(rows: Sequence[Row], merged: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int, str]]:
    """Return first row, last row, column and text of the merged cells that say something about a row below them."""
    by_number = {row.number: row for row in rows}
    numbers = list(by_number)
    spans = []
    for first, last, column in sorted(merged, key=lambda span: (span[0], span[2])):
        text = by_number[first].cell(column - 1) if first in by_number else ""
        below = bisect_right(numbers, first)
        if text and below < len(numbers) and numbers[below] <= last:
            spans.append((first, last, column, text))
    return spans


def merged_of(spans: Sequence[tuple[int, int, int, str]]) -> Merged:
    """Return the merged cells by column, counted from 0 as the cells of a row are."""
    columns: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for first, last, column, text in spans:
        columns[column - 1].append((first, last, text))
    return Merged(columns)


def read_strings(archive: ZipFile, book: ExcelReader, budget: Budget) -> list[str]:
    """Return the texts that cells refer to by number."""
    part = book.package.find(SHARED_STRINGS)
    if part is None:
        return []
    strings: list[str] = []
    characters = 0
    for element in stream_elements(archive, part.PartName[1:], {STRING_TAG: STRINGS_TAG}, budget):
        strings.append(text_in(element))
        characters += len(strings[-1])
        if characters > MAX_SHARED_CHARACTERS:
            raise too_large()
    return strings


def text_in(element: Element | None) -> str:
    """Return the text of an entry, of all its differently formatted parts, without hints on pronunciation."""
    if element is None:
        return ""
    found = [text for part in element for text in (part.iterfind(TEXT_TAG) if part.tag == RUN_TAG else (part,))]
    return unescape_controls("".join(text.text or "" for text in found if text.tag == TEXT_TAG))


def text_of_value(value: Any) -> str:
    """Return a number, a date or a yes as people would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(dict(YES_NO)["yes" if value else "no"])
    if isinstance(value, float):
        return f"{value:.15g}"  # as many digits as spreadsheet programs show; 3.0 gives 3
    if isinstance(value, datetime):
        return (
            (value.date() if value.time() == time.min else value.replace(microsecond=0))
            .isoformat()[:16]
            .replace("T", " ")
        )
    return value.isoformat() if isinstance(value, date | time) else str(value)


def note_sheet(name: str, count: int) -> str:
    """Return the sentence that says which of several sheets was read."""
    return _("The file has %(count)s sheets. The first one that holds anything was read: “%(sheet)s”.") % {
        "count": number_format(count),
        "sheet": name,
    }


def note_unknown(cells: list[str]) -> str:
    """Return the sentence about cells whose value nobody knows."""
    text = ngettext(
        "%(count)s cell holds an error, or a formula without a result, and counts as empty: %(cells)s. "
        "Opened and saved in a spreadsheet program, the file holds the results of its formulas.",
        "%(count)s cells hold an error, or a formula without a result, and count as empty: %(cells)s. "
        "Opened and saved in a spreadsheet program, the file holds the results of its formulas.",
        len(cells),
    )
    return text % {"count": number_format(len(cells), force_grouping=True), "cells": name_cells(cells)}


def note_merged(spans: Sequence[tuple[int, int, int, str]]) -> str:
    """Return the sentence that says for which rows merged cells were taken."""
    letters = [(get_column_letter(column), first, last) for first, last, column, _text in spans]
    return _(
        "Cells that are merged over several rows count for each of these rows where a column holds phases, channels, "
        "departments or another short list: %(cells)s."
    ) % {"cells": name_cells([f"{letter}{first}:{letter}{last}" for letter, first, last in letters])}


def name_cells(cells: Sequence[str]) -> str:
    """Return the first of these cells in a row of words."""
    return ", ".join(cells[:NAMED_CELLS]) + (", …" if len(cells) > NAMED_CELLS else "")
