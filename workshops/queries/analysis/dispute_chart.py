"""How far the raters agree, against how the station is experienced."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workshops.curve.text import localised
from workshops.enums import Band, Drawer
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
from workshops.queries.analysis.levels import Levels
from workshops.queries.results import Result, StationResult

_FLOORS = (0.2, 0.4, 0.6)
_BANDS = ((Band.AGREED, 0.1), (Band.MOSTLY, 0.3), (Band.PARTLY, 0.5), (Band.DIVIDED, 0.8))
"""Where the word of each band stands: in its middle (workshops.figures.band_of)."""


def dispute_chart(result: Result, levels: Levels, chosen: Collection[str]) -> Chart:
    """Where to talk: high up the raters differ, on the left the customer is lost."""
    values = {place.code: place.value for place in levels.path.places}
    stations = [station for station in result.talk_list if station.code in chosen]
    return Chart(
        ident="dispute",
        heading=_("How far we agree"),
        lead=_(
            "High up the raters differ: talk about these stations before you decide. Low and on the left all agree "
            "that something is wrong: begin there."
        ),
        summary=_("Each station by its height on the curve and by the disagreement of its raters, from 0 to 1."),
        drawing=Drawing(
            x=Axis(levels.axis, *_with_air(levels.gauge.low, levels.gauge.high), levels.ticks),
            y=Axis(_("Disagreement"), -0.04, 1.04, tuple((value / 5, localised(value / 5, 1)) for value in range(6))),
            series=_series(stations, values, levels),
            rules=(Rule("x", levels.gauge.zero), *(Rule("y", floor, quiet=True) for floor in _FLOORS)),
            zones=tuple(Zone(str(band.label), height=height) for band, height in _BANDS),
        ),
        columns=(
            number(pgettext("station", "No.")),
            Cell(_("Station")),
            Cell(pgettext("among the raters", "Agreement")),
            number(_("Disagreement")),
            number(levels.short),
            number("n"),
        ),
        rows=tuple(_row(station, values, levels) for station in stations),
        none_words=_("None of the stations in this filter shows a figure."),
    )


def _with_air(low: float, high: float) -> tuple[float, float]:
    air = (high - low) * 0.04
    return low - air, high + air


def _series(stations: list[StationResult], values: dict[str, float | None], levels: Levels) -> tuple[Series, ...]:
    found = []
    for drawer in reversed(Drawer):
        points = tuple(
            Point(value, station.figures.disagreement, str(station.number), _words(station, value, levels))
            for station in stations
            if station.figures.drawer == drawer and (value := values[station.code]) is not None
        )
        if points:
            found.append(Series(DRAWER_ROLES[drawer], points, str(drawer.label)))
    return tuple(found)


def _words(station: StationResult, value: float, levels: Levels) -> tuple[str, ...]:
    band = str(station.figures.band.label) if station.figures.band else ""
    return (
        title_line(station),
        place_line(station),
        f"{levels.short} {levels.words(value)} · {band} ({localised(station.figures.disagreement or 0, 2)})",
    )


def _row(station: StationResult, values: dict[str, float | None], levels: Levels) -> tuple[Cell, ...]:
    figures = station.figures
    return (
        number(str(station.number)),
        Cell(station.name),
        Cell(str(figures.band.label) if figures.band else ""),
        number(localised(figures.disagreement or 0, 2)),
        number(levels.words(values[station.code])),
        number(str(figures.n)),
    )
