"""What a card on the phone says: its station, its answers or scales, and what this phone has answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from workshops.enums import SCALE_VALUES, Drawer, Scale
from workshops.queries import BallotStation
from workshops.wording import WORDINGS, Wording

NO_JUDGEMENT = "none"

MARKS = {Drawer.DELIGHTING: "delighting", Drawer.OK: "ok", Drawer.DISAPPOINTING: "disappointing"}
GLOSSES = {
    Drawer.DELIGHTING: pgettext_lazy("drawer", "more than expected"),
    Drawer.OK: pgettext_lazy("drawer", "as expected"),
    Drawer.DISAPPOINTING: pgettext_lazy("drawer", "less than expected"),
}


@dataclass(frozen=True)
class AnswerButton:
    """One of the three answers as it stands on every card."""

    own: str
    mark: str
    word: str
    gloss: str


def answer_buttons() -> list[AnswerButton]:
    """The three answers in the reader's language, the best one on top."""
    return [
        AnswerButton(str(drawer.value), mark, str(drawer.label), str(GLOSSES[drawer])) for drawer, mark in MARKS.items()
    ]


@dataclass(frozen=True)
class ScaleQuestion:
    """One of the six scales on a card. ``saved`` is the number this phone gave, ``chosen`` the one that stands there:
    the same, but for one that was just refused together with something else. None while there is none.
    """

    scale: Scale
    saved: int | None
    chosen: int | None

    @property
    def code(self) -> str:
        return self.scale.value

    @property
    def word(self) -> str:
        return str(self.scale.label)

    @property
    def wording(self) -> Wording:
        return WORDINGS[self.scale]

    @property
    def numbers(self) -> range:
        return SCALE_VALUES


@dataclass(frozen=True)
class OwnAnswer:
    """A station with what this phone answered, on three answers or on six scales."""

    station: BallotStation
    is_full: bool

    @property
    def code(self) -> str:
        """The station's code as addresses and ids write it."""
        return str(self.station.code)

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers given so far."""
        return self.station.scales or {}

    @property
    def chosen(self) -> Mapping[str, int]:
        """The numbers that are ticked."""
        return self.given

    @property
    def scales(self) -> list[ScaleQuestion]:
        """The six scales in their order."""
        return [ScaleQuestion(scale, self.given.get(scale), self.chosen.get(scale)) for scale in Scale]

    @property
    def own(self) -> str:
        """The answer in one short word for scripts and templates; empty while there is none.

        In full mode six numbers in the order of the scales, with a hyphen for an open one.
        """
        if self.station.cannot_judge:
            return NO_JUDGEMENT
        if self.is_full:
            return " ".join(str(self.given.get(scale, "-")) for scale in Scale) if self.given else ""
        return "" if self.station.drawer is None else str(self.station.drawer.value)

    @property
    def mark(self) -> str:
        """Which of the three shapes stands for the answer."""
        return MARKS[self.station.drawer] if self.station.drawer is not None and self.station.answered else ""

    @property
    def word(self) -> str:
        """The answer in words."""
        if self.station.cannot_judge:
            return pgettext("own answer", "cannot judge")
        if self.is_full and self.given:
            return self._numbers()
        return pgettext("own answer", "open") if self.station.drawer is None else str(self.station.drawer.label)

    def _numbers(self) -> str:
        """The experience of a station that is answered, else how many scales are."""
        if self.station.answered:
            return _("Experience %(number)d") % {"number": self.given[Scale.EXPERIENCE]}
        return _("%(number)d of %(total)d") % {"number": len(self.given), "total": len(Scale)}


@dataclass(frozen=True)
class Card(OwnAnswer):
    """A station on the phone: where it stands in the block, where its answer goes, and what this phone answered."""

    counted: str
    url: str
    previous: str
    next: str
    typed: Mapping[str, int] = field(default_factory=dict)

    @property
    def chosen(self) -> Mapping[str, int]:
        """The numbers that are ticked, also those that were refused."""
        return {**self.given, **self.typed}

    @property
    def eyebrow(self) -> str:
        """Phase and channel."""
        return " · ".join(part for part in (str(self.station.phase.label), self.station.channel) if part)
