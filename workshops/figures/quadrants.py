"""Importance against experience: what to begin with (Martilla and James, 1977; method.md 5.2 [S29, S30])."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workshops.enums import Quadrant
from workshops.figures.answers import CutPoints
from workshops.figures.stations import StationFigures

_FEWEST = 3
"""Of fewer stations there are no others to compare with."""


@dataclass(frozen=True)
class Spot:
    """A station between the two axes, both means on 0 to 10."""

    code: str
    importance: float
    experience: float
    quadrant: Quadrant


@dataclass(frozen=True)
class Quadrants:
    """The stations with both means, along the path, and the two borders on 0 to 10.

    The border of the *experience* is the zero line, the middle of the OK range: a station that disappoints is weak even
    where all others are worse, so a border that moves with the stations would praise it.
    The border of the *importance* is the mean of these stations' importance: asked for importance, people call nearly
    everything important (the ceiling effect, [S30]), and with the middle of the scale as border all stations would
    stand on one side. It therefore says "more important than the others here", and needs at least three stations. Who
    stands on a border is important, and is not weak.
    ``weak`` are the codes of the important and weak, the largest importance × shortfall to the zero line first (the
    priority of method.md 5.3 with the zero line as target), ties by the path.
    """

    importance: float
    experience: float
    spots: tuple[Spot, ...]
    weak: tuple[str, ...]


def quadrants_of(stations: Sequence[StationFigures], cut_points: CutPoints) -> Quadrants | None:
    """The quadrants of stations along the path, or None where fewer than three show both means."""
    means = [
        (station.code, station.scales.importance.mean, station.scales.experience.mean)
        for station in stations
        if station.scales and station.scales.importance and station.scales.experience
    ]
    if len(means) < _FEWEST:
        return None
    border = sum(importance for _code, importance, _experience in means) / len(means)
    spots = tuple(
        Spot(code, importance, experience, _quadrant(importance - border, experience - cut_points.zero))
        for code, importance, experience in means
    )
    weak = [spot for spot in spots if spot.quadrant is Quadrant.CONCENTRATE]
    ordered = sorted(weak, key=lambda spot: -round(spot.importance * (cut_points.zero - spot.experience), 9))
    return Quadrants(border, cut_points.zero, spots, tuple(spot.code for spot in ordered))


def _quadrant(importance: float, experience: float) -> Quadrant:
    """From the distances to the two borders; rounded, since a mean of equal means may differ in its last bit."""
    important, strong = round(importance, 9) >= 0, round(experience, 9) >= 0
    if important:
        return Quadrant.KEEP if strong else Quadrant.CONCENTRATE
    return Quadrant.OVERKILL if strong else Quadrant.LOW
