"""What every reader makes of a file: rows of text, or a sentence that says why not."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000


class FileRefused(Exception):
    """The file cannot be read; ``message`` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Merged:
    """Cells that are merged downwards: by column, in order, the first and the last row and what they show."""

    spans: Mapping[int, Sequence[tuple[int, int, str]]]

    def text(self, number: int, column: int) -> str:
        """Return what row ``number`` shows there because a cell above reaches down to it, or ""."""
        spans = self.spans.get(column, ())
        place = bisect_right(spans, number, key=lambda span: span[0])
        return spans[place - 1][2] if place and number <= spans[place - 1][1] else ""


@dataclass(frozen=True)
class Row:
    """One row and its number, as a spreadsheet program counts it."""

    number: int
    cells: tuple[str, ...]
    merged: Merged | None = field(default=None, compare=False, repr=False)

    def cell(self, column: int) -> str:
        """Return the cell of ``column``, empty where the row is shorter."""
        return self.cells[column] if column < len(self.cells) else ""

    def shown(self, column: int) -> str:
        """Return what stands in ``column`` as a reader sees it: of merged cells only the first one holds anything."""
        return self.cell(column) or (self.merged.text(self.number, column) if self.merged else "")


@dataclass(frozen=True)
class Table:
    """All rows of a file that hold anything. ``notes`` are sentences about what was read, for the preview."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """The number of cells in the first row."""
        return len(self.rows[0].cells)


def check_count(count: int) -> None:
    """Refuse a file without rows, and one with too many; ``count`` includes the row of headings."""
    if not count:
        raise FileRefused(_("The file is empty. It needs a row of headings and a row for each touchpoint."))
    if count - 1 > MAX_ROWS:
        raise FileRefused(
            _("The file has %(count)s rows. Up to %(limit)s can be read at once; please split it.")
            % {
                "count": number_format(count - 1, force_grouping=True),
                "limit": number_format(MAX_ROWS, force_grouping=True),
            }
        )
