"""Blocks that are open in advance: until when, in words, and which deadlines may be set.

A deadline is stored in UTC and typed and read in the organisation's time zone, whatever its clocks do in between.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

LONGEST = timedelta(days=60)


def deadline_words(until: datetime) -> str:
    """The moment in the active time zone, as one says it: "Tuesday, 24 November, 18:00"."""
    return date_format(timezone.localtime(until), pgettext("deadline as a date format", "l, j F, H:i"))


def problem_with(until: datetime) -> str:
    """Why nobody can set this deadline, as a sentence; empty where somebody can."""
    now = timezone.now()
    if until <= now:
        return _("This moment has passed. Please choose one that lies ahead.")
    if until > now + LONGEST:
        return _("A block stays open for at most %(days)d days. Please choose an earlier deadline.") % {
            "days": LONGEST.days
        }
    return ""


def suggested_deadline(meeting: datetime | None) -> datetime:
    """The evening before the meeting, at six; where that has passed or no date is known, tomorrow at six."""
    now = timezone.localtime()
    days = [timezone.localtime(meeting).date() - timedelta(days=1)] if meeting else []
    for day in [*days, now.date() + timedelta(days=1)]:
        evening = datetime.combine(day, time(18), tzinfo=now.tzinfo)
        if not problem_with(evening):
            return evening
    raise AssertionError("tomorrow lies ahead")  # pragma: no cover
