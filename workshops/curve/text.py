"""Text in a drawing: what may stand in it, how wide it is, where it breaks, and how its numbers are written.

SVG text does not wrap itself, and the server does not know the reader's font, so widths are those of Inter SemiBold
(the widest in use) with a small reserve. Names are other people's: any script, any length, any character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import escape

import pyphen  # type: ignore[import-untyped]
from django.utils.formats import get_format
from django.utils.translation import get_language

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"

_ADVANCES = {
    0.26: " IijlÌÍÎÏìíîïĪīĬĭĮįİĵĺļł'’‘",
    0.33: "!,.:;¡¦·|",
    0.40: '"()/[\\]frt{}ŀŕŗřţťŧ“”„',
    0.46: "-_–",
    0.56: "*?JLaksxzàáâãäåāăąĴķĹĻĽĿśŝşšźżž17",
    0.62: "2EFcehnopquvyÈÉÊËçèéêëðñòóôõöøùúûüýþÿćčēěęħńňōőūůű03456789bdgß+−=<>RSTBPZŚŞŠŹŻŽ",
    0.71: "ADKVXYÀÁÂÃÄÅÐÝĀĂĄĎ€&",
    0.77: "CGHNOUÇÑÒÓÔÕÖØÙÚÛÜĆČŃŇŐŪŮŰQ…",
    0.92: "%wMmW@©æÆŒœ—",
}
_WIDTHS = {char: width for width, chars in _ADVANCES.items() for char in chars}
_RESERVE = 1.03
_LONGEST = 240
"""No column shows more characters than this, so a longer name is not measured to its end."""
_JOINER = "\u200d"
_UNFIT_CHARS = (
    "\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
)
_UNFIT = re.compile(f"[{_UNFIT_CHARS}]")
_NOT_PLAIN = re.compile(f"[&<>\"'{_UNFIT_CHARS}]")
_BREAK_AFTER = "-/–"


def clean(text: str) -> str:
    """The text without what XML forbids and without marks that turn the direction of what stands beside it.

    Right-to-left writing itself needs no marks: each line is a text of its own and finds its own direction.
    """
    return " ".join(unicodedata.normalize("NFC", _UNFIT.sub(" ", text[:_LONGEST])).split())


def needs_shaping(text: str) -> bool:
    """Whether the letters join, stack or run from the right, so that they cannot be drawn one by one."""
    return any(
        unicodedata.bidirectional(char) in ("R", "AL")
        or (unicodedata.category(char) in ("Mn", "Mc", "Me") and not "\ufe00" <= char <= "\ufe0f")
        for char in clean(text)
    )


def xml(text: str) -> str:
    """Any text, ready to stand in SVG or HTML, in an element or in a quoted attribute."""
    if not _NOT_PLAIN.search(text):
        return text  # as nearly all are: a page of two hundred stations has more than a thousand
    return escape(_UNFIT.sub(" ", text))


def width_of(text: str, size: float) -> float:
    """Width in drawing units at a font size; an estimate that errs on the wide side."""
    return sum(_advance(char) for char in text) * size * _RESERVE


def _advance(char: str) -> float:
    known = _WIDTHS.get(char)
    if known is not None:
        return known
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0x1F000:
        return 1.3
    return 0.75 if char.isupper() else 0.65


def clusters(text: str) -> Iterator[str]:
    """What a reader sees as one sign: a letter with its accents, an emoji with its skin tone, a family, a flag."""
    current = ""
    for char in text:
        if current and not _belongs_to(current, char):
            yield current
            current = ""
        current += char
    if current:
        yield current


def _belongs_to(current: str, char: str) -> bool:
    if char == _JOINER or current.endswith(_JOINER) or unicodedata.category(char) in ("Mn", "Me", "Mc"):
        return True
    if 0x1F3FB <= ord(char) <= 0x1F3FF:
        return True
    return len(current) == 1 and _is_flag_half(current) and _is_flag_half(char)


def _is_flag_half(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


@lru_cache(maxsize=4096)
def wrap(text: str, width: float, size: float, lines: int, lang: str) -> tuple[str, ...]:
    """The text in at most ``lines`` lines; long words are hyphenated in the language, the rest ends in an ellipsis."""
    done: list[str] = []
    current = ""
    words = _words(clean(text))
    while words:
        word = words.pop(0)
        joined = current + word
        if width_of(joined.rstrip(), size) <= width:
            current = joined
            continue
        if width_of(word.rstrip(), size) > width:
            head, tail = _divide(word, width - width_of(current, size), size, lang, forced=not current)
            if head:
                words[:0] = [tail]
                done.append(current + head)
            else:
                words.insert(0, word)
                done.append(current.rstrip())
        else:
            words.insert(0, word)
            done.append(current.rstrip())
        current = ""
        if len(done) == lines:
            return (*done[:-1], _shortened(done[-1], width, size))
    if current:
        done.append(current.rstrip())
    return tuple(line.replace("\xad", "") for line in done)


def _words(text: str) -> list[str]:
    """Words with the space or hyphen that ends them, so that joining them again gives the text."""
    words = [""]
    for char in text:
        words[-1] += char
        if char == " " or (char in _BREAK_AFTER and len(words[-1]) > 2):
            words.append("")
    return [word for word in words if word]


def _divide(word: str, width: float, size: float, lang: str, *, forced: bool) -> tuple[str, str]:
    """The longest part of a word that fits, with its hyphen, and the rest; nothing and the word if none does."""
    for at in reversed(_hyphenation(word.rstrip(), lang)):
        if width_of(word[:at] + "-", size) <= width:
            return word[:at] + "-", word[at:]
    if not forced:
        return "", word
    signs = list(clusters(word))
    fitting = 1
    while fitting < len(signs) - 1 and width_of("".join(signs[: fitting + 1]) + "-", size) <= width:
        fitting += 1
    head, tail = "".join(signs[:fitting]), "".join(signs[fitting:])
    return (head + "-" if _takes_hyphen(head[-1]) else head), tail


def _takes_hyphen(char: str) -> bool:
    """Latin, Greek and Cyrillic do; Arabic, Hebrew and East Asian writing break without."""
    return char.isalpha() and unicodedata.bidirectional(char) == "L" and unicodedata.east_asian_width(char) not in "WF"


@lru_cache(maxsize=4096)
def _hyphenation(word: str, lang: str) -> tuple[int, ...]:
    """Places to divide a word: where its author allowed it, else by the dictionary, three letters on either side."""
    soft = tuple(at + 1 for at, char in enumerate(word) if char == "\xad")
    dictionary = _dictionary(lang)
    if soft or dictionary is None:
        return soft
    return tuple(int(at) for at in dictionary.positions(word) if 3 <= at <= len(word) - 3)


def prepare_hyphenation(lang: str) -> None:
    """Read a language's dictionary now: German takes half a second, which no reader should wait for."""
    _dictionary(lang)


@lru_cache(maxsize=8)
def _dictionary(lang: str) -> pyphen.Pyphen | None:
    found = pyphen.language_fallback(lang.replace("-", "_") if lang else "")
    return pyphen.Pyphen(lang=found) if found else None


def _shortened(line: str, width: float, size: float) -> str:
    signs = list(clusters(line.rstrip(" -\xad")))
    while signs and width_of("".join(signs) + "…", size) > width:
        signs.pop()
    return "".join(signs).rstrip(" ,;:-").replace("\xad", "") + "…"


@lru_cache(maxsize=4096)  # a page writes the same few hundred figures in several places
def rounded(value: float, digits: int = 0) -> Decimal:
    """Half away from zero, as people round, so that a figure and its mirror image look alike."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def localised(value: float, digits: int = 0) -> str:
    """A number with the language's decimal sign and a real minus."""
    return _written(value, digits, get_language() if digits else "")


@lru_cache(maxsize=8192)
def _written(value: float, digits: int, _lang: str | None) -> str:
    number = rounded(value, digits)
    text = str(abs(number)).replace(".", get_format("DECIMAL_SEPARATOR") if digits else ".")
    return MINUS + text if number < 0 else text


def signed(value: float, digits: int = 0) -> str:
    """A figure around zero: "+35", "−29", and zero without a sign."""
    return ("+" if rounded(value, digits) > 0 else "") + localised(value, digits)


def language() -> str:
    """The active language, for hyphenation."""
    return get_language() or "en"
