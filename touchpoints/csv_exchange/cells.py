"""Single cells: how formulas are defused on the way out and restored on the way in, and how words are compared."""

import re
from functools import lru_cache

# A spreadsheet program runs a cell that begins with one of these as a formula. The last four are their wide forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide on purpose
GUARD = "'"
GUARDED = (*FORMULA_STARTS, GUARD)


def defuse(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet program could run, or that begins with an apostrophe itself.

    The second half makes ``restore(defuse(cell)) == cell`` hold for every cell.
    """
    return GUARD + cell if cell.startswith(GUARDED) else cell


def restore(cell: str) -> str:
    """Take away the apostrophe that ``defuse`` has put; an apostrophe before anything else stays."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(GUARDED) else cell


@lru_cache(maxsize=4096)  # the same few entries stand in thousands of rows
def comparable(text: str) -> str:
    """Return ``text`` as it is compared: without case, doubled spaces and punctuation."""
    return " ".join(re.sub(r"[\s_\-–/()\[\]:.,*&+]+", " ", text.casefold()).split())
