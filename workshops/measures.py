"""What measures say of money: the currency, in this one place, and how an amount is written and read."""

from __future__ import annotations

import re

from django.utils.formats import number_format
from django.utils.translation import gettext as _

CURRENCY = "€"
MOST = 999_999_999
"""The largest budget in whole euros."""

# 1.500, 1,500, 1 500, with or without cents of zero; whoever writes other cents is asked for whole euros.
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_NO_CENTS = re.compile(r"[.,](?:00|-|–|--)$")


def amount_words(amount: int | None) -> str:
    """An amount as it is read: “1.500 €”, “€1,500”; empty where there is none."""
    if amount is None:
        return ""
    number = number_format(amount, use_l10n=True, force_grouping=True)
    return _("%(currency)s%(number)s") % {"currency": CURRENCY, "number": number}


def read_amount(typed: str) -> int | None:
    """Whole euros as somebody types them, with the currency, spaces and points between thousands, or None."""
    text = re.sub(r"€|eur(?:o)?|\s", "", typed.casefold())
    text = _NO_CENTS.sub("", text)
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[.,]", "", text)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
