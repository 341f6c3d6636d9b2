"""From the bytes of an upload to rows of cells: which kind of file it is, and how CSV is read."""

import codecs
import csv
import io
from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from touchpoints.csv_exchange.cells import restore
from touchpoints.csv_exchange.tables import MAX_BYTES, MAX_ROWS, FileRefused, Row, Table, check_count
from touchpoints.csv_exchange.workbook_reading import is_workbook, read_workbook

DELIMITERS = (",", ";", "\t")


def read_table(content: bytes) -> Table:
    """Read an uploaded file, or raise FileRefused with a sentence for the person who uploaded it."""
    check_size(len(content))
    if is_workbook(content):
        return read_workbook(content)
    text, delimiter = find_delimiter(decode(content))
    rows = tuple(read_rows(text, delimiter))
    check_count(len(rows))
    return Table(rows)


def check_size(size: int) -> None:
    """Refuse a file of more bytes than are read at once."""
    if size > MAX_BYTES:
        raise FileRefused(
            _("The file has %(size)s MB. Up to %(limit)s MB and %(rows)s rows can be read at once; please split it.")
            % {
                "size": number_format(size / 1024 / 1024, 1),
                "limit": number_format(MAX_BYTES // 1024 // 1024),
                "rows": number_format(MAX_ROWS, force_grouping=True),
            }
        )


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 (with or without byte order mark), UTF-16 with one, or Windows-1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(
        _("The characters of this file cannot be read. Please save it as a CSV file in UTF-8 and choose it again.")
    )


def find_delimiter(text: str) -> tuple[str, str]:
    """Return the text and what separates its cells: whichever gives the first rows the same, and the most, cells.

    A first line such as ``sep=;``, which some programs write, is believed and taken off.
    """
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and first.strip()[4:] in DELIMITERS:
        return rest, first.strip()[4:]
    if first.rstrip("\r").lower() == "sep=\t":
        return rest, "\t"
    return text, max(DELIMITERS, key=lambda delimiter: fitness(text, delimiter))


def fitness(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first rows are as wide as the first one, and that width."""
    widths = []
    reader = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cells):
                widths.append(len(cells))
            if len(widths) == 10:
                break
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] == 1:
        return (0, 0)
    return (widths.count(widths[0]), widths[0])


def read_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows that hold anything; empty ones are counted, so that numbers stay as in the file."""
    check_quotes(text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            trimmed = tuple(clean_cell(cell) for cell in cells)
            if any(trimmed):
                yield Row(number, trimmed)
    except csv.Error as error:
        raise FileRefused(
            _("Row %(number)s cannot be read: one of its cells is far too long. Is a quotation mark missing there?")
            % {"number": number + 1}
        ) from error


def clean_cell(cell: str) -> str:
    """Return what a cell says: what the export guarded exactly as it was, anything else without spaces around it."""
    restored = restore(cell)
    return cell.strip() if restored == cell else restored


def check_quotes(text: str, delimiter: str) -> None:
    """Raise FileRefused when a quotation mark opens a cell that never ends: it would swallow all rows after it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    complete = 0
    try:
        for _cells in reader:
            complete += 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise FileRefused(
                _("In row %(number)s a quotation mark opens a cell that never ends. Please close or remove it.")
                % {"number": complete + 1}
            ) from error
