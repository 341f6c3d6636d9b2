"""The export: a file that a spreadsheet program opens with a double click, and that comes back in unchanged."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils.translation import get_language

from touchpoints.csv_exchange.cells import defuse
from touchpoints.csv_exchange.entries import FLAGS, YES_NO
from touchpoints.csv_exchange.headings import COLUMNS, DEPARTMENT_KIND, heading
from touchpoints.models import Touchpoint

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# A German Excel splits at semicolons, an English one at commas.
DELIMITERS = {"de": ";"}


def write_csv(touchpoints: Iterable[Touchpoint]) -> str:
    """Return the touchpoints as CSV text with headings and entries in the present language."""
    rows = ([cell_of(touchpoint, field) for field in COLUMNS] for touchpoint in touchpoints)
    return csv_text(defused(chain([map(heading, COLUMNS)], rows)))


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """Write a CSV as the spreadsheet of the present language opens it, with the cells as they are; see ``defused``."""
    output = io.StringIO(newline="")
    output.write(BYTE_ORDER_MARK)
    delimiter = DELIMITERS.get(str(get_language()), ",")
    csv.writer(output, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return output.getvalue()


def defused(rows: Iterable[Iterable[str]]) -> Iterator[Iterator[str]]:
    """Rows of which no cell runs as a formula."""
    return (map(defuse, row) for row in rows)


def cell_of(touchpoint: Touchpoint, field: str) -> str:
    """Return what the cell of ``field`` says, in the present language."""
    if field in FLAGS:
        return str(dict(YES_NO)["yes" if getattr(touchpoint, field) else "no"])
    if field == DEPARTMENT_KIND:
        return touchpoint.department.get_kind_display() if touchpoint.department else ""
    if field == "department":
        return touchpoint.department.name if touchpoint.department else ""
    if hasattr(touchpoint, f"get_{field}_display"):
        return str(getattr(touchpoint, f"get_{field}_display")() or "")
    return str(getattr(touchpoint, field))
