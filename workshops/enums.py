"""Closed lists of values that more than one module of this app needs."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import pgettext_lazy


class Drawer(IntegerChoices):
    """The three drawers of the method; the value is where quick mode draws them on 0 to 10."""

    DISAPPOINTING = 0, pgettext_lazy("drawer", "disappointing")
    OK = 5, pgettext_lazy("drawer", "OK")
    DELIGHTING = 10, pgettext_lazy("drawer", "delighting")


class Band(TextChoices):
    """How far the raters of a station agree, in four fixed words; the next one from 0.2, 0.4, 0.6 on."""

    AGREED = "agreed", pgettext_lazy("agreement", "agreed")
    MOSTLY = "mostly", pgettext_lazy("agreement", "mostly agreed")
    PARTLY = "partly", pgettext_lazy("agreement", "partly agreed")
    DIVIDED = "divided", pgettext_lazy("agreement", "divided")
