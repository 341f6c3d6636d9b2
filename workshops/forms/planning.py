"""What a moderator types: a workshop's dates and the blocks of its agenda. Forms check; services write."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import UncutForm
from accounts.models import Membership, Organisation
from journeys.models import Journey, Station
from touchpoints.enums import Phase
from workshops.enums import Mode
from workshops.forms.deadlines import DeadlineField, LocalDateTimeInput
from workshops.models import Activity, Workshop

MAX_MINUTES = 240


def suggested_title() -> str:
    """A title that needs no typing and suits whichever journey is chosen."""
    return gettext("Ist workshop, %(month)s") % {"month": date_format(timezone.localtime(), "F Y")}


def suggested_time() -> datetime:
    """The next full hour: most workshops that are created on a day take place on it."""
    return (timezone.localtime() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


class WorkshopForm(UncutForm):
    """Title and time of a workshop."""

    title = forms.CharField(label=_("Title"), max_length=160)
    planned_for = forms.DateTimeField(
        label=_("Date and time"), required=False, widget=LocalDateTimeInput, input_formats=["%Y-%m-%dT%H:%M"]
    )


class WorkshopEditForm(WorkshopForm):
    """The same for a workshop that exists; ``version`` is the one whose words the form shows."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, workshop: Workshop) -> WorkshopEditForm:
        """The form filled with what is stored."""
        stored = {"title": workshop.title, "planned_for": workshop.planned_for, "version": workshop.details_version}
        return cls(initial=stored)


class NewWorkshopForm(WorkshopForm):
    """A workshop to be: also which journey it is about. ``code`` makes a second sending find the same row."""

    code = forms.UUIDField(widget=forms.HiddenInput)
    journey: forms.ModelChoiceField[Journey] = forms.ModelChoiceField(
        label=_("Journey"),
        queryset=None,
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": _("This journey is no longer there. Please choose another one.")},
    )
    field_order = ("code", "journey", "title", "planned_for")

    def __init__(self, *args: Any, organisation: Organisation, journey: Journey | None = None, **kwargs: Any) -> None:
        initial = {
            "code": uuid.uuid4(),
            "journey": journey.code if journey else None,
            "title": suggested_title(),
            "planned_for": suggested_time(),
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        journeys = Journey.objects.filter(organisation=organisation)
        field = self.fields["journey"]
        field.queryset = journeys.order_by("-created_at", "pk")  # type: ignore[attr-defined]  # a ModelChoiceField

    @property
    def has_journeys(self) -> bool:
        """Whether there is anything to choose; queries."""
        return self.fields["journey"].queryset.exists()  # type: ignore[attr-defined]  # a ModelChoiceField


def changed_ticks(posted: QueryDict, members: Iterable[Membership]) -> tuple[list[Membership], list[Membership]]:
    """Who was ticked as "will only watch" since the form was shown (``before``), and who no longer is.

    Only the difference counts, so that two moderators who tick at once both keep what they changed. A code that is
    nobody's any more, because somebody left the organisation, needs no mark.
    """
    before, after = set(posted.getlist("before")), set(posted.getlist("spectators"))
    known = {str(member.code): member for member in members}
    added, dropped = after - before, before - after
    return [known[code] for code in added & known.keys()], [known[code] for code in dropped & known.keys()]


class ActivityForm(UncutForm):
    """One block: which stations, how they are rated and how long. ``code`` makes a second sending one block."""

    code = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title of the block"), max_length=120)
    stations = forms.MultipleChoiceField(
        label=_("Stations"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please tick at least one station."),
            "invalid_choice": _("A station has left the journey in the meantime. Please look at the ticks again."),
        },
    )
    mode = forms.ChoiceField(
        label=_("How each station is rated"),
        widget=forms.RadioSelect,
        choices=Mode.choices,
    )
    is_named = forms.TypedChoiceField(
        label=_("With or without names"),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "named",
        choices=[
            ("anonymous", _("Anonymous: nobody, not even you, can find out who rated what. From three people up.")),
            ("named", _("With names: you see who rated what, and every phone says so before the first tap.")),
        ],
    )
    asks_reason = forms.BooleanField(
        label=_("Ask for the main reason after each rating"),
        help_text=_("One line, which may stay empty. The reasons are what you talk about afterwards."),
        required=False,
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=MAX_MINUTES,
        help_text=_("The timer only says when they are over; nothing closes by itself."),
    )
    answers_until = DeadlineField(
        label=_("Open in advance until"),
        help_text=_(
            "Empty: everybody rates in the meeting, with the timer. With a deadline the block has no timer: once you "
            "open it, people answer when it suits them, without you, and you reveal in the meeting."
        ),
        required=False,
    )

    def __init__(self, *args: Any, path: Sequence[Station], **kwargs: Any) -> None:
        """``path`` holds the journey's stations in order, each with its touchpoint."""
        super().__init__(*args, **kwargs)
        self.path = path
        self.fields["mode"].choices = mode_choices(len(path))  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["stations"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (str(station.code), station.touchpoint.name) for station in path
        ]

    @staticmethod
    def suggestion(path: Sequence[Station], blocks: int) -> dict[str, Any]:
        """What a new block begins with: every station, anonymous, asking for reasons, a minute a station."""
        return {
            "code": uuid.uuid4(),
            "title": gettext("Rate, hidden") if blocks == 0 else gettext("Block %(number)d") % {"number": blocks + 1},
            "stations": [str(station.code) for station in path],
            "mode": Mode.QUICK,
            "is_named": "anonymous",
            "asks_reason": True,
            "minutes": suggested_minutes(len(path), Mode.QUICK),
        }

    @staticmethod
    def stored(activity: Activity, station_codes: Sequence[str]) -> dict[str, Any]:
        """What is planned already, as initial values."""
        return {
            "title": activity.title,
            "stations": list(station_codes),
            "mode": activity.mode,
            "is_named": "named" if activity.is_named else "anonymous",
            "asks_reason": activity.asks_reason,
            "minutes": activity.minutes,
            "answers_until": activity.answers_until,
            "version": activity.details_version,
        }

    def clean_stations(self) -> list[Station]:
        """The ticked stations in the order of the path."""
        ticked = set(self.cleaned_data["stations"])
        return [station for station in self.path if str(station.code) in ticked]

    @property
    def ticked(self) -> set[str]:
        """Codes that are ticked as the form stands, also after a refusal."""
        return {str(code) for code in self["stations"].value() or ()}

    @property
    def phases(self) -> list[PhaseTicks]:
        """The stations to tick, phase by phase along the path."""
        ticked = self.ticked
        return [
            _phase_ticks(phase, stations, ticked)
            for phase, stations in groupby(self.path, key=lambda station: station.touchpoint.phase)
        ]


class ActivityEditForm(ActivityForm):
    """The same for a block that is planned; ``version`` is the one whose plan the form shows."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def suggested_minutes(stations: int, mode: Mode) -> int:
    """Half a minute a station in quick mode, a whole one in full mode, and five to arrive, rounded up to steps of five.

    Seven taps instead of two take 12 seconds more by themselves (docs/decisions/0017-one-scale-at-a-time.md); the rest
    is for thinking about five more questions.
    """
    return math.ceil((5 + stations * (0.5 if mode == Mode.QUICK else 1)) / 5) * 5


def mode_choices(stations: int) -> list[tuple[Mode, str]]:
    """Both modes with what each takes and gives, for so many stations."""
    sentences = {
        Mode.QUICK: gettext(
            "Quick: one tap per station, disappointing, OK or delighting. About %(minutes)d minutes for all stations. "
            "Gives the delight balance."
        ),
        Mode.FULL: gettext(
            "Full: six scales from 0 to 10 per station. About %(minutes)d minutes for all stations. Gives mean and "
            "delight balance, the gap to what customers expect, what matters to them, and what it does for purchase, "
            "repurchase and recommendation."
        ),
    }
    return [(mode, text % {"minutes": suggested_minutes(stations, mode)}) for mode, text in sentences.items()]


@dataclass(frozen=True)
class StationTick:
    """A station with its tick box."""

    code: str
    number: int
    name: str
    ticked: bool


@dataclass(frozen=True)
class PhaseTicks:
    """The stations of one phase with their tick boxes."""

    phase: Phase
    stations: tuple[StationTick, ...]

    @property
    def count(self) -> str:
        """How many stations the phase has."""
        number = len(self.stations)
        return ngettext("%(count)d station", "%(count)d stations", number) % {"count": number}


def _phase_ticks(phase: str, stations: Iterable[Station], ticked: set[str]) -> PhaseTicks:
    return PhaseTicks(
        Phase(phase),
        tuple(
            StationTick(str(station.code), station.position + 1, station.touchpoint.name, str(station.code) in ticked)
            for station in stations
        ),
    )
