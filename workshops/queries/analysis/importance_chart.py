"""Importance against experience: what to begin with."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workshops.curve.text import localised
from workshops.enums import Drawer, Quadrant, Scale
from workshops.figures import Quadrants, Spot
from workshops.queries.analysis.charts import (
    DRAWER_ROLES,
    Axis,
    Cell,
    Chart,
    Drawing,
    Point,
    Rule,
    Series,
    Zone,
    number,
    place_line,
    title_line,
)
from workshops.queries.results import Result

_CORNERS = {
    Quadrant.CONCENTRATE: "top-left",
    Quadrant.KEEP: "top-right",
    Quadrant.LOW: "bottom-left",
    Quadrant.OVERKILL: "bottom-right",
}
_SHORTEST = 4
"""Fewest whole points of an axis, so that a small difference does not look large."""
_END = 10
_AIR = 0.75
"""Room beyond the last whole point, for the words in the corners."""


def importance_chart(result: Result, chosen: Collection[str]) -> Chart | None:
    """The quadrants of the whole result with the chosen stations in them; None where nobody was asked.

    A filter moves no border: important means more important than the others on this path, not than those in the filter.
    """
    found = result.figures.quadrants
    if found is None:
        return None
    spots = [spot for spot in found.spots if spot.code in chosen]
    return Chart(
        ident="importance",
        heading=_("What matters, and how we do there"),
        lead=_("At the top on the left stands what matters to customers and works badly: begin there."),
        summary=_("Each station by its mean experience and its mean importance, both from 0 to 10."),
        drawing=_drawing(result, found, spots),
        columns=(
            number(pgettext("station", "No.")),
            Cell(_("Station")),
            number(str(Scale.IMPORTANCE.label)),
            number(str(Scale.EXPERIENCE.label)),
            Cell(_("What that means")),
        ),
        rows=tuple(_row(result, spot) for spot in sorted(spots, key=_what_matters_first(found))),
        none_words=_("None of the stations in this filter shows both figures."),
    )


def _what_matters_first(found: Quadrants) -> Callable[[Spot], tuple[int, float]]:
    """Important and weak ones first, by what weighs most; then by importance."""
    weak = {code: place for place, code in enumerate(found.weak)}
    return lambda spot: (weak.get(spot.code, len(weak)), -spot.importance)


def _drawing(result: Result, found: Quadrants, spots: Sequence[Spot]) -> Drawing:
    return Drawing(
        x=_axis(_("Experience, mean from 0 to 10"), [found.experience, *(spot.experience for spot in found.spots)]),
        y=_axis(_("Importance, mean from 0 to 10"), [found.importance, *(spot.importance for spot in found.spots)]),
        series=tuple(
            Series(DRAWER_ROLES[drawer], points, str(drawer.label))
            for drawer in reversed(Drawer)
            if (points := _points(result, spots, drawer))
        ),
        rules=(Rule("x", found.experience), Rule("y", found.importance)),
        zones=tuple(Zone(str(quadrant.label), corner=corner) for quadrant, corner in _CORNERS.items()),
    )


def _axis(title: str, values: Sequence[float]) -> Axis:
    """From one whole point to another around all stations, since people call nearly everything important."""
    low, high = math.floor(min(values)), math.ceil(max(values))
    while high - low < _SHORTEST:
        low, high = max(0, low - 1), min(_END, high + 1)
    return Axis(title, low - _AIR, high + _AIR, tuple((float(value), str(value)) for value in range(low, high + 1)))


def _points(result: Result, spots: Sequence[Spot], drawer: Drawer) -> tuple[Point, ...]:
    return tuple(_point(result, spot) for spot in spots if result.cut_points.drawer_of_mean(spot.experience) == drawer)


def _point(result: Result, spot: Spot) -> Point:
    station = result.by_code[spot.code]
    means = _("Importance %(importance)s · experience %(experience)s") % {
        "importance": localised(spot.importance, 1),
        "experience": localised(spot.experience, 1),
    }
    words = (title_line(station), place_line(station), means, str(spot.quadrant.label))
    return Point(spot.experience, spot.importance, str(station.number), words)


def _row(result: Result, spot: Spot) -> tuple[Cell, ...]:
    station = result.by_code[spot.code]
    return (
        number(str(station.number)),
        Cell(station.name),
        number(localised(spot.importance, 1)),
        number(localised(spot.experience, 1)),
        Cell(str(spot.quadrant.label)),
    )
