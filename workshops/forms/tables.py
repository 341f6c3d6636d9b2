"""A table without devices: who sits there, and how many gave each answer at each station."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import UncutForm
from accounts.models import Department
from workshops.enums import Mode, Scale
from workshops.forms.room import grouped_choices, readable
from workshops.models import MOST_HEADS, ActivityStation, TableEntry
from workshops.tables import TableAnswer, read_answers, too_many_words

ANSWERS = {
    "disappointing": pgettext_lazy("drawer", "disappointing"),
    "fine": pgettext_lazy("drawer", "OK"),
    "delighting": pgettext_lazy("drawer", "delighting"),
    "unable": pgettext_lazy("number of answers", "No judgement"),
}


class CountField(forms.IntegerField):
    """How many people; empty is none."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=MOST_HEADS,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"invalid": _("Please type a whole number.")},
        )


class NumbersField(forms.CharField):
    """One number from 0 to 10 per person, apart by spaces, commas or points, whichever the keyboard has; sorted."""

    def __init__(self, label: Any) -> None:
        # The keyboard with digits and a comma; a phone's plain number keyboard has nothing to put between them.
        attrs = {"inputmode": "decimal", "autocomplete": "off", "data-table-numbers": ""}
        super().__init__(label=label, required=False, max_length=1000, widget=forms.TextInput(attrs=attrs))

    def clean(self, value: Any) -> tuple[int, ...]:
        """The numbers; every word that is none from 0 to 10 is named."""
        words = [word for word in re.split(r"[\s,;./]+", super().clean(value)) if word]
        if wrong := next((word for word in words if not (word.isascii() and word.isdigit() and int(word) <= 10)), None):
            raise forms.ValidationError(
                _("“%(word)s” is no number from 0 to 10. Please type one per person, for example 7 8 8 5."),
                params={"word": wrong[:20]},
            )
        return tuple(sorted(int(word) for word in words))


@dataclass(frozen=True)
class StationCounts:
    """The fields of one station. ``saved_words`` says what somebody else saved there meanwhile."""

    station: ActivityStation
    number: int
    fields: tuple[BoundField, ...]
    errors: tuple[str, ...]
    saved_words: str

    @property
    def error_id(self) -> str:
        """Where the sentences stand that say what is wrong here."""
        return f"error-{self.station.code}"


class TableForm(UncutForm):
    """A table and its answers. ``code`` makes a second sending one table; ``version`` is the one that is shown."""

    code = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=pgettext_lazy("table", "Name of the table"),
        max_length=80,
        help_text=_("So that you find it again, for example “Window” or “Workshop floor”. No names of people."),
    )
    heads = forms.IntegerField(
        label=_("People at the table"),
        min_value=1,
        max_value=MOST_HEADS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Only those who do not rate on a phone of their own; otherwise they would count twice."),
    )
    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        label=_("Department or provider"),
        queryset=None,
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": _("This department no longer exists. Please choose another one, or none.")},
    )

    def __init__(
        self,
        *args: Any,
        stations: Sequence[ActivityStation],
        departments: Sequence[Department],
        mode: str,
        saved: Mapping[int, TableAnswer] | None = None,
        **kwargs: Any,
    ) -> None:
        """``stations`` are the block's, along the path; ``saved`` is what the database holds after a stale edit."""
        super().__init__(*args, **kwargs)
        self.block = stations
        self.is_full = mode == Mode.FULL
        self.saved = saved
        self.station_errors: dict[int, str] = {}
        field = self.fields["department"]
        field.queryset = Department.objects.all()  # type: ignore[attr-defined]  # a ModelChoiceField
        field.choices = grouped_choices(departments)  # type: ignore[attr-defined]
        if not departments:
            del self.fields["department"]
        for station in stations:
            for answer, label in self.asked.items():
                numbers = answer in Scale.values
                self.fields[field_name(station, answer)] = NumbersField(label) if numbers else CountField(label)

    @property
    def asked(self) -> dict[str, Any]:
        """What is typed at each station, with its label: counts, or in full mode the six scales and one count."""
        if not self.is_full:
            return ANSWERS
        return {**{scale.value: scale.label for scale in Scale}, "unable": ANSWERS["unable"]}

    @staticmethod
    def suggestion(number: int) -> dict[str, Any]:
        """What a new table begins with; ``number`` counts the block's tables from 1."""
        return {"code": uuid.uuid4(), "name": gettext("Table %(number)d") % {"number": number}}

    def stored(self, table: TableEntry) -> dict[str, Any]:
        """What is saved, as initial values; a station that nobody answered stays empty."""
        answers = read_answers(table.answers)
        counts = {
            field_name(station, answer): typed_value(answers[station.pk], answer)
            for station in self.block
            if station.pk in answers
            for answer in self.asked
        }
        department = table.department.code if table.department else None
        return {
            "version": table.version,
            "name": table.name,
            "heads": table.heads,
            "department": department,
            **counts,
        }

    def clean_name(self) -> str:
        """One readable line."""
        if name := readable(self.cleaned_data["name"]):
            return name
        raise forms.ValidationError(self.fields["name"].error_messages["required"])

    def clean(self) -> dict[str, Any]:
        """No station may have more answers than there are people; each one that has is named, with by how many."""
        heads = self.cleaned_data.get("heads") or 0
        for station in self.block:
            people = self.answer_at(station).people
            if people > heads > 0:
                self.station_errors[station.pk] = too_many_words(station.name, people, heads)
        if self.station_errors:
            count = len(self.station_errors)
            sentence = ngettext(
                "At %(count)d station there are more answers than people. Nothing was saved; what you typed is still "
                "here.",
                "At %(count)d stations there are more answers than people. Nothing was saved; what you typed is still "
                "here.",
                count,
            )
            self.add_error(None, sentence % {"count": count})
        return self.cleaned_data

    def answer_at(self, station: ActivityStation) -> TableAnswer:
        """What was typed at one station, as far as it is a number."""
        typed: dict[str, Any] = {answer: self.cleaned_data.get(field_name(station, answer)) for answer in self.asked}
        if not self.is_full:
            low, fine, high, unable = (typed[answer] or 0 for answer in ANSWERS)
            return TableAnswer(low, fine, high, unable)
        unable = typed.pop("unable") or 0
        return TableAnswer(unable=unable, scales={scale: tuple(values) for scale, values in typed.items() if values})

    @property
    def written(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return {
            "name": self.cleaned_data["name"],
            "heads": self.cleaned_data["heads"],
            "department": self.cleaned_data.get("department"),
            "answers": {station.pk: self.answer_at(station) for station in self.block},
        }

    @property
    def about(self) -> list[BoundField]:
        """The fields about the table itself."""
        return [self[name] for name in ("name", "heads", "department") if name in self.fields]

    @property
    def rows(self) -> list[StationCounts]:
        """The fields station by station."""
        return [self._row(station, number) for number, station in enumerate(self.block, 1)]

    def _row(self, station: ActivityStation, number: int) -> StationCounts:
        fields = tuple(self[field_name(station, answer)] for answer in self.asked)
        wrong = [f"{field.label}: {error}" for field in fields for error in field.errors]
        if station.pk in self.station_errors:
            wrong.append(self.station_errors[station.pk])
        return StationCounts(station, number, fields, tuple(wrong), self._saved_words(station))

    def _saved_words(self, station: ActivityStation) -> str:
        """What is saved at a station where it differs from what was typed; only after a stale edit."""
        if self.saved is None:
            return ""
        saved, mine = self.saved.get(station.pk, TableAnswer()), self.answer_at(station)
        differ = [answer for answer in self.asked if typed_value(saved, answer) != typed_value(mine, answer)]
        if not differ:
            return ""
        shown = self.asked if not self.is_full else differ
        counts = ", ".join(f"{self.asked[answer]} {typed_value(saved, answer) or '–'}" for answer in shown)
        return gettext("Saved meanwhile: %(counts)s") % {"counts": counts}


def typed_value(answer: TableAnswer, name: str) -> str:
    """One part of an answer as one would type it: a count, or the numbers of a scale."""
    if name in Scale.values:
        return " ".join(str(value) for value in (answer.scales or {}).get(name, ()))
    return str(getattr(answer, name))


def field_name(station: ActivityStation, answer: str) -> str:
    """The name of one number field."""
    return f"{station.code}-{answer}"
