"""The curve in small: only the line, the zero line and its two ends, for a card that leads to the whole drawing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from django.utils.safestring import SafeString, mark_safe

from workshops.curve.palette import DRAWER_PART, Paint
from workshops.curve.shapes import shape
from workshops.curve.slopes import monotone_slopes
from workshops.curve.text import xml
from workshops.figures import JourneyFigures, StationFigures

WIDTH, HEIGHT = 480, 88
_EDGE = 8
"""Room at every side, so that no marker is cut."""


def sparkline(figures: JourneyFigures, *, label: str) -> SafeString:
    """The levels along the path; ``label`` is what somebody hears who does not see it."""
    paint = Paint(None)
    spots = [_spot(place, _points(station), len(figures.stations)) for place, station in enumerate(figures.stations)]
    lines = "".join(f'<path {paint("line")} d="{path}"/>' for path in _paths(figures.stations, spots))
    return mark_safe(  # noqa: S308 - numbers, and an escaped label
        f'<svg class="sparkline" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{xml(label)}">'
        f'<path {paint("zero")} stroke-dasharray="3 4" d="M0 {_height(figures.ruler.points(figures.zero)):g}H{WIDTH}"/>'
        f'<g stroke-width="1.8">{lines}</g>{_ends(figures, spots, paint)}</svg>'
    )


def _points(station: StationFigures) -> float | None:
    return None if station.level is None else station.ruler.points(station.level)


def _height(points: float) -> float:
    return round(HEIGHT / 2 - points * (HEIGHT / 2 - _EDGE) / 100, 1)


def _spot(place: int, points: float | None, stations: int) -> tuple[float, float]:
    step = (WIDTH - 2 * _EDGE) / max(1, stations - 1)
    x = WIDTH / 2 if stations == 1 else _EDGE + place * step
    return round(x, 1), _height(points or 0)


def _paths(stations: Sequence[StationFigures], spots: Sequence[tuple[float, float]]) -> list[str]:
    """Path data of each unbroken stretch; the same monotone curve as the large drawing."""
    slopes = monotone_slopes([_points(station) for station in stations])
    runs = [list(run) for shown, run in groupby(range(len(stations)), lambda at: stations[at].shown) if shown]
    return [_path(run, spots, slopes) for run in runs if len(run) > 1]


def _path(run: Sequence[int], spots: Sequence[tuple[float, float]], slopes: Sequence[float]) -> str:
    lift = (HEIGHT / 2 - _EDGE) / 300
    steps = [f"M{spots[run[0]][0]:g} {spots[run[0]][1]:g}"]
    for start, end in pairwise(run):
        (x0, y0), (x1, y1) = spots[start], spots[end]
        third = (x1 - x0) / 3
        steps.append(
            f"C{x0 + third:.1f} {y0 - slopes[start] * lift:.1f} "
            f"{x1 - third:.1f} {y1 + slopes[end] * lift:.1f} {x1:g} {y1:g}"
        )
    return "".join(steps)


def _ends(figures: JourneyFigures, spots: Sequence[tuple[float, float]], paint: Paint) -> str:
    """The highest and the lowest place as the shapes of their drawers."""
    found = {station.code: station for station in (figures.strongest, figures.weakest) if station is not None}
    places = {station.code: spot for station, spot in zip(figures.stations, spots, strict=True)}
    return "".join(
        shape(station.drawer, paint(f"{DRAWER_PART[station.drawer]}-marker"), *places[code], 5.5)
        for code, station in found.items()
        if station.drawer is not None
    )
