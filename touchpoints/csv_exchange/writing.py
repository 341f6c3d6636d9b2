"""The export: a file that a spreadsheet program opens with a double click, and that comes back in unchanged."""

import csv
import io
from collections.abc import Iterable

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
    output = io.StringIO(newline="")
    output.write(BYTE_ORDER_MARK)
    writer = csv.writer(output, delimiter=DELIMITERS.get(str(get_language()), ","), lineterminator="\r\n")
    writer.writerow([defuse(heading(field)) for field in COLUMNS])
    for touchpoint in touchpoints:
        writer.writerow([defuse(cell_of(touchpoint, field)) for field in COLUMNS])
    return output.getvalue()


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
