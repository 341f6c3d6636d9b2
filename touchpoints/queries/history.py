"""What was done to a touchpoint, in words: one query, whatever the length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from touchpoints.csv_exchange.entries import FLAGS, LISTS, YES_NO
from touchpoints.csv_exchange.headings import FIELDS, heading
from touchpoints.models import Touchpoint, TouchpointChange

# So many entries stand on the touchpoint's own page; the others are on the page of its history.
NEWEST = 5


@dataclass(frozen=True)
class ChangedField:
    """What one field said before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryEntry:
    """One step: who, when, what. ``who`` is empty when that person is no longer a member."""

    at: datetime
    who: str
    what: str
    note: str
    together: int
    fields: Sequence[ChangedField]

    @property
    def others(self) -> int:
        """How many other touchpoints were changed in the same step."""
        return self.together - 1


def history_rows(touchpoint: Touchpoint) -> Any:
    """Return the history of a touchpoint, the newest first, as rows that ``entry_of`` puts into words."""
    return TouchpointChange.objects.filter(touchpoint=touchpoint).select_related("by__user").order_by("-pk")


def newest_entries(touchpoint: Touchpoint) -> tuple[list[HistoryEntry], bool]:
    """Return the newest entries, and whether there are older ones."""
    rows = list(history_rows(touchpoint)[: NEWEST + 1])
    return [entry_of(row) for row in rows[:NEWEST]], len(rows) > NEWEST


def entry_of(row: TouchpointChange) -> HistoryEntry:
    """Put one step into words, in the reader's language."""
    return HistoryEntry(
        at=row.at,
        who=row.by.user.name or row.by.user.email if row.by else "",
        what=str(row.get_kind_display()),
        note=row.note,
        together=row.together,
        fields=changed_fields(row.changes),
    )


def changed_fields(changes: dict[str, list[Any]]) -> list[ChangedField]:
    """Return the fields in the order of the form, with their values as the reader knows them."""
    return [
        ChangedField(label, words(name, changes[name][0]), words(name, changes[name][1]))
        for name, label in labels()
        if name in changes
    ]


def labels() -> Iterator[tuple[str, str]]:
    """Return every field that a history can name with its heading."""
    yield from ((name, heading(name)) for name in FIELDS)
    yield "position", _("Place in the phase")
    yield "stations", _("Stations on journeys")
    yield "measures", _("Measures")


def words(name: str, value: Any) -> str:
    """Return a stored value as the reader knows it; an unknown one, of an earlier version, as it is."""
    if name in FLAGS:
        return str(dict(YES_NO)["yes" if value else "no"])
    if name in LISTS:
        return str(dict(LISTS[name].choices).get(value, "" if value is None else value))
    return "" if value is None else str(value)


def history_table() -> Iterator[list[str]]:
    """Return the history of the whole catalogue, the oldest step first, a row per field, for the download.

    Its times are those of the active time zone, the organisation's, which the heading names.
    """
    yield [
        _("Date (%(time_zone)s)") % {"time_zone": timezone.get_current_timezone_name()},
        _("Who"),
        _("Touchpoint"),
        _("What was done"),
        pgettext("history", "Note"),
        _("Field"),
        _("Before"),
        _("After"),
    ]
    rows = TouchpointChange.objects.select_related("by__user", "touchpoint").order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        entry = entry_of(row)
        at = timezone.localtime(entry.at)
        start = [f"{at:%Y-%m-%d %H:%M}", entry.who, row.touchpoint.name, entry.what, entry.note]
        for field in entry.fields or [ChangedField("", "", "")]:
            yield [*start, field.label, field.before, field.after]
