"""What each station does to buying, buying again and recommending."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workshops.curve.text import NOTHING, localised
from workshops.enums import Scale
from workshops.figures.scales import EFFECTS
from workshops.queries.analysis.charts import (
    Axis,
    Cell,
    Chart,
    Drawing,
    Point,
    Rule,
    Series,
    number,
    place_line,
    title_line,
)
from workshops.queries.results import Result, StationResult

_TICKS = tuple((float(tick), str(tick)) for tick in range(0, 11, 2))
_ROLES = ("first", "second", "third")


def effects_chart(result: Result, chosen: Collection[str]) -> Chart | None:
    """The three effects along the path; None where nobody was asked."""
    asked = [station for station in result.stations if any(_mean(station, effect) is not None for effect in EFFECTS)]
    if not asked:
        return None
    stations = [station for station in asked if station.code in chosen]
    return Chart(
        ident="effects",
        heading=_("What it does to buying, buying again and recommending"),
        lead=_("High up a station moves customers to buy, to buy again or to recommend; at the bottom it does not."),
        summary=_("The three effects of each station along the path, means from 0 to 10."),
        drawing=Drawing(
            x=Axis(_("Stations along the path"), 0.4, len(result.stations) + 0.6),
            y=Axis(
                _("Effect, mean from 0 to 10"), -0.4, 10.6, tuple((float(tick), str(tick)) for tick in range(0, 11, 2))
            ),
            series=tuple(
                Series(role, _points(stations, effect), str(effect.label))
                for role, effect in zip(_ROLES, EFFECTS, strict=True)
            ),
            rules=(Rule("y", 5, quiet=True),),
        ),
        columns=(
            number(pgettext("station", "No.")),
            Cell(_("Station")),
            *(number(str(effect.label)) for effect in EFFECTS),
            number(_("All three")),
        ),
        rows=tuple(_row(station) for station in stations),
        none_words=_("None of the stations in this filter shows an effect."),
    )


def _mean(station: StationResult, effect: Scale) -> float | None:
    found = station.figures.scales.of(effect) if station.figures.scales else None
    return None if found is None else found.mean


def _points(stations: Sequence[StationResult], effect: Scale) -> tuple[Point, ...]:
    return tuple(
        Point(station.number, mean, "", (title_line(station), place_line(station), _all_words(station)))
        for station in stations
        if (mean := _mean(station, effect)) is not None
    )


def _all_words(station: StationResult) -> str:
    return " · ".join(f"{effect.label} {_words(_mean(station, effect))}" for effect in EFFECTS)


def _words(mean: float | None) -> str:
    return NOTHING if mean is None else localised(mean, 1)


def _row(station: StationResult) -> tuple[Cell, ...]:
    leverage = station.figures.scales.leverage if station.figures.scales else None
    return (
        number(str(station.number)),
        Cell(station.name),
        *(number(_words(_mean(station, effect))) for effect in EFFECTS),
        number(_words(leverage)),
    )
