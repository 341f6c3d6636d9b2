"""Single cells: how formulas are defused on the way out and restored on the way in, and how words are compared."""

import re
from functools import lru_cache

# A spreadsheet program runs a cell that begins with one of these as a formula. The last four are their wide forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide on purpose
GUARD = "'"
GUARDED = (*FORMULA_STARTS, GUARD)
# A workbook's texts: what has to be escaped (also an underscore that would read as an escape), and what is.
UNSAFE_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


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


def escape_controls(text: str) -> str:
    """Write the characters that XML cannot hold, or would change, as a workbook does: ``_x000D_``."""
    return UNSAFE_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescape_controls(text: str) -> str:
    """Undo ``escape_controls``; half of a surrogate pair is no character and stays as it is written."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
