"""What people type about measures, and how they look for them. Forms check; services write."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import UncutForm
from accounts.models import Department, Membership
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint, is_visible
from touchpoints.queries import WITHOUT
from workshops.enums import MeasureKind, MeasureStatus
from workshops.measures import CURRENCY, MOST, read_amount
from workshops.models import Measure
from workshops.queries.measures import ALL, DONE, OPEN

MEASURE_FIELDS = (
    "title",
    "kind",
    "responsible",
    "department",
    "starts_on",
    "due_on",
    "budget",
    "wanted_result",
    "measured_by",
    "effort",
    "impact",
    "status",
    "done_on",
)
"""What a measure says of itself, in the order of the form; what it is about stands beside."""

LEVELS = [
    (1, pgettext_lazy("of 1 to 5", "1, very low")),
    (2, pgettext_lazy("of 1 to 5", "2, low")),
    (3, pgettext_lazy("of 1 to 5", "3, medium")),
    (4, pgettext_lazy("of 1 to 5", "4, high")),
    (5, pgettext_lazy("of 1 to 5", "5, very high")),
]


EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""The days of a plan. A browser takes “26” for the year 26, which no calendar of a spreadsheet knows."""


class DayInput(forms.DateInput):
    """The browser's own control; its value is always written the ISO way, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day that may stay open."""

    widget = DayInput
    default_error_messages = {"invalid": _("Please choose a day, for example 24 November 2026.")}

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, required=False, help_text=help_text)

    def validate(self, value: date | None) -> None:
        """Refuse a year that was typed with too few digits."""
        super().validate(value)
        if value and not EARLIEST <= value <= LATEST:
            raise forms.ValidationError(_("Please type the year with four digits, for example 2026."))


class AmountField(forms.CharField):
    """Whole euros, as people type them: 1500, 1.500 €, 1,500."""

    def clean(self, value: Any) -> int | None:
        """The amount, or None where nothing was typed."""
        typed = super().clean(value)
        if not typed:
            return None
        amount = read_amount(typed)
        if amount is None or amount > MOST:
            raise forms.ValidationError(_("Please type whole euros, for example 1500. Cents are left out."))
        return amount


class LevelField(forms.TypedChoiceField):
    """1 to 5, or not rated yet."""

    def __init__(self, label: Any, help_text: Any) -> None:
        choices = [("", pgettext_lazy("measure", "Not rated yet")), *LEVELS]
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            coerce=int,
            empty_value=None,
            choices=choices,
            error_messages={"invalid_choice": _("Please choose a number from 1 to 5.")},
        )


@dataclass(frozen=True)
class TouchpointTick:
    """A touchpoint with its tick box."""

    code: str
    name: str
    ticked: bool
    is_archived: bool


@dataclass(frozen=True)
class TouchpointTicks:
    """Touchpoints to tick under one heading; ``phase`` is None above those that are ticked already."""

    phase: Phase | None
    rows: tuple[TouchpointTick, ...]


class MeasureForm(UncutForm):
    """A new measure. What, which kind and where are enough; ``code`` makes a second sending find the same row."""

    code = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=_("What is done?"),
        max_length=200,
        help_text=_("One sentence, in the words of those who do it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": _("Please say what is done.")},
    )
    kind = forms.ChoiceField(
        label=_("Does it remove a disappointment or create delight?"),
        widget=forms.RadioSelect,
        choices=MeasureKind,
        help_text=_("Avoid disappointments first: who is annoyed does not notice delight."),
        error_messages={"required": _("Please choose one of the two.")},
    )
    touchpoints = forms.MultipleChoiceField(
        label=_("Touchpoints that it is about"),
        error_messages={
            "required": _("Please tick at least one touchpoint."),
            "invalid_choice": _("A touchpoint has left the catalogue meanwhile. Please look at the ticks again."),
        },
    )
    responsible = forms.ChoiceField(
        label=_("Who is responsible?"),
        required=False,
        help_text=_("One person, who may say how far it is."),
        error_messages={"invalid_choice": _("This person is no longer a member. Please choose again.")},
    )
    department = forms.ChoiceField(
        label=_("Department or provider"),
        required=False,
        help_text=_("Whose task it is, inside or outside."),
        error_messages={"invalid_choice": _("This department is gone. Please choose again.")},
    )
    starts_on = DayField(pgettext_lazy("first day", "From"))
    due_on = DayField(pgettext_lazy("last day", "Until"))
    budget = AmountField(
        label=format_lazy("{} ({})", _("Budget"), CURRENCY),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    wanted_result = forms.CharField(
        label=_("Which result do we want?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What will the customer notice?"),
    )
    measured_by = forms.CharField(
        label=_("How do we see that it works?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A figure, a rating or what customers say."),
    )
    effort = LevelField(_("Effort"), _("Time, money and nerves together. It is usually taken for smaller than it is."))
    impact = LevelField(_("Impact"), _("How much the customer notices."))

    def __init__(
        self,
        *args: Any,
        touchpoints: Sequence[Touchpoint],
        members: Sequence[Membership],
        departments: Sequence[Department],
        **kwargs: Any,
    ) -> None:
        """``touchpoints`` holds what may be ticked, along the phases."""
        super().__init__(*args, **kwargs)
        self.by_code = {str(row.code): row for row in touchpoints}
        self.members = {str(row.code): row for row in members}
        self.departments = {str(row.code): row for row in departments}
        self._offer("touchpoints", [(code, row.name) for code, row in self.by_code.items()])
        people = [(code, str(row.user)) for code, row in self.members.items()]
        self._offer("responsible", [("", _("Nobody yet")), *people])
        names = [(code, row.name) for code, row in self.departments.items()]
        self._offer("department", [("", pgettext_lazy("department", "none")), *names])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_code(self) -> uuid.UUID:
        """Give a form without a code one of its own."""
        return self.cleaned_data["code"] or uuid.uuid4()

    def clean_title(self) -> str:
        """Write the title on one line, and refuse one that shows nothing."""
        title = " ".join(self.cleaned_data["title"].split())
        if not is_visible(title):
            raise forms.ValidationError(_("This title shows nothing. Please write one that can be read."))
        return title

    def clean_touchpoints(self) -> list[Touchpoint]:
        """The ticked touchpoints along the phases."""
        ticked = set(self.cleaned_data["touchpoints"])
        return [row for code, row in self.by_code.items() if code in ticked]

    def clean_responsible(self) -> Membership | None:
        """Turn the code into the member."""
        return self.members.get(self.cleaned_data["responsible"])

    def clean_department(self) -> Department | None:
        """Turn the code into the department."""
        return self.departments.get(self.cleaned_data["department"])

    def clean(self) -> dict[str, Any]:
        """Nothing ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", _("“Until” must not lie before “from”."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes; a new measure is planned."""
        return {name: self.cleaned_data.get(name) for name in MEASURE_FIELDS} | {
            "status": MeasureStatus.PLANNED,
            "touchpoints": self.cleaned_data["touchpoints"],
        }

    @property
    def ticks(self) -> list[TouchpointTicks]:
        """What can be ticked: above all what is ticked as the form stands, so that it is seen; then phase by phase."""
        ticked = {str(code) for code in self["touchpoints"].value() or ()}
        rows = [
            (row.phase, TouchpointTick(code, row.name, code in ticked, row.archived_at is not None))
            for code, row in self.by_code.items()
        ]
        rest = {phase: tuple(row for of, row in rows if of == phase and not row.ticked) for phase in Phase}
        groups = [
            TouchpointTicks(None, tuple(row for _phase, row in rows if row.ticked)),
            *(TouchpointTicks(phase, left) for phase, left in rest.items()),
        ]
        return [group for group in groups if group.rows]


class MeasureEditForm(MeasureForm):
    """The same for a measure that exists, with where it stands; ``version`` is the one whose words the form shows."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    status = forms.ChoiceField(label=_("Where does it stand?"), choices=MeasureStatus)
    done_on = DayField(_("Done on"), _("Only for one that is done. Empty: today, or the day that is saved already."))

    @staticmethod
    def stored(measure: Measure, codes: Sequence[str]) -> dict[str, Any]:
        """What is saved, as initial values; ``codes`` are those of the touchpoints that it is about."""
        plain = {name: getattr(measure, name) for name in MEASURE_FIELDS if name not in ("responsible", "department")}
        return plain | {
            "responsible": measure.responsible.code if measure.responsible else "",
            "department": measure.department.code if measure.department else "",
            "touchpoints": codes,
            "version": measure.version,
        }

    def clean_done_on(self) -> date | None:
        """Nothing is done tomorrow."""
        day: date | None = self.cleaned_data["done_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """A day that was typed is not lost: it says that the measure is done."""
        cleaned = super().clean()
        is_typed = cleaned.get("done_on") and "done_on" in self.changed_data
        if is_typed and cleaned.get("status") != MeasureStatus.DONE:
            self.add_error("status", _("You have typed on which day it was done. Choose “Done”, or empty that day."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return super().values | {"status": self.cleaned_data["status"]}


class MeasureFilterForm(forms.Form):
    """What the list shows. An unknown value filters nothing, so that an old address still opens."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200, widget=forms.SearchInput)
    state = forms.ChoiceField(
        label=pgettext_lazy("filter of measures", "Show"),
        required=False,
        choices=[
            (OPEN, pgettext_lazy("measures", "Open")),
            (DONE, pgettext_lazy("measures", "Done")),
            (ALL, pgettext_lazy("measures", "All")),
        ],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *MeasureKind.choices])
    department = forms.ChoiceField(label=_("Department"), required=False)
    mine = forms.BooleanField(label=_("Mine only"), required=False)

    def __init__(self, query: Mapping[str, Any], *, departments: Sequence[Department]) -> None:
        super().__init__(query, auto_id="filter_%s")
        self.fields["department"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("All")),
            (WITHOUT, _("Without department")),
            *((str(row.code), row.name) for row in departments),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, without what was not understood; open measures are what is shown by itself."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        if chosen.get("state") == OPEN:
            del chosen["state"]
        return chosen

    @property
    def query(self) -> str:
        """The same as an address carries it."""
        values = self.values
        return urlencode({name: "on" if value is True else value for name, value in values.items()})


class MeasureStatusForm(forms.Form):
    """One tap: what becomes of a measure, and which version of it was seen."""

    status = forms.ChoiceField(choices=MeasureStatus)
    version = forms.IntegerField()
