"""How a sentence is put together: escaped values, bold names, enumerations, numbers in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext


def say(template: str, **values: str) -> SafeString:
    """A translated sentence with escaped values; what is already safe stays as it is."""
    safe = {name: conditional_escape(value) for name, value in values.items()}
    return mark_safe(escape(template) % safe)  # noqa: S308 - both sides are escaped


def bold(name: str) -> SafeString:
    """A station's name as it stands in a sentence."""
    return format_html("<strong>{}</strong>", name)


def enumeration(parts: Sequence[SafeString]) -> SafeString:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) == 1:
        return parts[0]
    head, tail = SafeString(", ".join(parts[:-1])), parts[-1]
    return say(pgettext("enumeration", "%(head)s and %(tail)s"), head=head, tail=tail)


def in_words(number: int) -> str:
    """Numbers up to twelve as words, as books write them; larger ones in figures."""
    words = (
        pgettext("number", "no"), pgettext("number", "one"), pgettext("number", "two"), pgettext("number", "three"),
        pgettext("number", "four"), pgettext("number", "five"), pgettext("number", "six"), pgettext("number", "seven"),
        pgettext("number", "eight"), pgettext("number", "nine"), pgettext("number", "ten"),
        pgettext("number", "eleven"), pgettext("number", "twelve"),
    )  # fmt: skip
    return words[number] if number < len(words) else str(number)


def present(*sentences: SafeString | None) -> tuple[SafeString, ...]:
    return tuple(capital(sentence) for sentence in sentences if sentence)


def capital(sentence: SafeString) -> SafeString:
    """A sentence may begin with a number in words; a name at its beginning stays as it was typed."""
    return SafeString(sentence[:1].upper() + sentence[1:])


def long_date(day: date) -> str:
    """ "22. November 2026" or "22 November 2026"."""
    return date_format(day, "DATE_FORMAT")
