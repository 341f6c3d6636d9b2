"""Two and more rounds beside each other, ready to be read: per station what each showed, and what moved."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workshops.curve.text import NOTHING, signed
from workshops.curve.words import level_on
from workshops.figures import Ruler, StationFigures
from workshops.queries.results import Result, StationResult


@dataclass(frozen=True)
class RoundCell:
    """A station in one round; ``level`` and ``n`` are dashes where the round shows nothing, and ``why`` says so."""

    level: str
    n: str
    why: str
    figures: StationFigures | None


@dataclass(frozen=True)
class RoundRow:
    """A station over its rounds. ``direction`` is up, down or same; empty where nothing can be said.

    ``counts`` says which round counts where that is not the last one.
    """

    number: int
    name: str
    cells: tuple[RoundCell, ...]
    moved: str
    direction: str
    counts: str = ""


@dataclass(frozen=True)
class RoundsTable:
    """The stations that were asked more than once; ``numbers`` head the cells of a row."""

    numbers: tuple[int, ...]
    rows: tuple[RoundRow, ...]
    ruler: Ruler

    @property
    def facts(self) -> str:
        """How many stations rose and fell, in a sentence."""
        counted = {way: sum(row.direction == way for row in self.rows) for way in ("up", "down", "same")}
        return _("%(up)d higher, %(down)d lower, %(same)d unchanged") % counted


def rounds_table(result: Result) -> RoundsTable | None:
    """The table of a result; None where no station was asked twice."""
    stations = [station for station in result.stations if station.earlier or station.later]
    if not stations:
        return None
    numbers = sorted({number for station in stations for number in _rounds_of(station)})
    return RoundsTable(tuple(numbers), tuple(_row(station, numbers) for station in stations), result.figures.ruler)


def _row(station: StationResult, numbers: list[int]) -> RoundRow:
    figures = _rounds_of(station)
    return RoundRow(
        number=station.number,
        name=station.name,
        cells=tuple(_cell(figures.get(number)) for number in numbers),
        moved=moved_words(station),
        direction=direction_of(station),
        counts=station.round_words,
    )


def _rounds_of(station: StationResult) -> dict[int, StationFigures]:
    others = {each.number: each.figures for each in (*station.earlier, *station.later)}
    return others | {station.round: station.figures}


def _cell(figures: StationFigures | None) -> RoundCell:
    if figures is None or figures.level is None:
        why = ""
        if figures is not None:
            why = pgettext("round", "too few ratings") if figures.hidden else pgettext("station", "no rating")
        return RoundCell(NOTHING, NOTHING, why, None)
    return RoundCell(level_on(figures.ruler, figures.level), str(figures.n), "", figures)


def standing_words(result: Result) -> str:
    """At which stations an earlier round counts, in a sentence; empty where the last one counts everywhere."""
    kept = [station for station in result.stations if station.later]
    if not kept:
        return ""
    if len(kept) == len(result.stations):
        return _("The last round shows no figure. What counts is the round before it that shows one.")
    sentence = ngettext(
        "The last round shows no figure at station %(numbers)s. There the earlier round counts that shows one.",
        "The last round shows no figure at stations %(numbers)s. There the earlier round counts that shows one.",
        len(kept),
    )
    return sentence % {"numbers": ", ".join(str(station.number) for station in kept)}


def moved_words(station: StationResult) -> str:
    """By how much a station moved, with its sign; a dash where one of the rounds shows nothing."""
    if station.moved is None:
        return NOTHING
    return signed(station.moved, 1 if station.figures.ruler is Ruler.MEAN else 0)


def direction_of(station: StationResult) -> str:
    """up, down or same; empty where nothing can be said."""
    if station.moved is None:
        return ""
    return "up" if station.moved > 0 else "down" if station.moved < 0 else "same"
