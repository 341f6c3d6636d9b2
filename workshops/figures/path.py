"""Figures of the way from one station to the next: drops, changes between online and offline, peak and end.

Everything here is computed from figures that may be shown (workshops.figures); a station without a figure is a gap, on
both of its sides. A drop next to a gap is no drop, a run of good stations ends at it, and neither mean nor peak takes
it in, so nothing that stands here leads back to what is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from touchpoints.enums import Medium
from workshops.figures.answers import SCALE_END, CutPoints


@dataclass(frozen=True)
class Gauge:
    """What the height of a station is measured in; a step down to ``marked`` or deeper is a marked drop."""

    low: float
    high: float
    zero: float
    marked: float


BALANCE = Gauge(low=-100, high=100, zero=0, marked=-60)
"""The delight balance of quick mode.

The mark is the one of 0 to 10 on this scale: with the drawers drawn at 0, 5 and 10 (design.md, "Rating modes"), the
drawn mean is 5 + balance ÷ 20, so that three points there are sixty here.
"""


def experience_gauge(cut_points: CutPoints) -> Gauge:
    """Mean experience on 0 to 10; a drop of three is marked (method.md 5.3), the zero line is the middle of the OK
    range (design.md, "Rating modes").
    """
    return Gauge(low=0, high=SCALE_END, zero=cut_points.zero, marked=-3)


@dataclass(frozen=True)
class Place:
    """A station on the path: its height, or ``None`` where no figure is shown, and where the contact happens."""

    code: str
    value: float | None
    medium: Medium | None = None


@dataclass(frozen=True)
class Step:
    """From one shown station to the next shown one right behind it.

    ``change`` is rating(i+1) − rating(i) (method.md 5.3). ``good_before`` counts the stations in a row right before it
    that lie above the zero line: loyalty that took so many stations and is destroyed in one.
    """

    before: str
    after: str
    change: float
    marked: bool
    good_before: int


@dataclass(frozen=True)
class Switch:
    """Two neighbours of which one is online and the other offline.

    ``broken`` where the step between them is a marked drop (method.md 5.3, "Online/offline break"; handover notes and
    repeated data, its other two signs, are not recorded yet). ``change`` is ``None`` where one of the two shows no
    figure: where a contact happens is no secret, how it was rated may be one.
    """

    before: str
    after: str
    into: Medium
    change: float | None
    broken: bool


@dataclass(frozen=True)
class PathFigures:
    """The figures of a path. ``steps`` belongs to the stations one by one and says how each was reached.

    ``drops`` are the marked ones, deepest first. ``peak`` is the shown station furthest from the zero line; of two
    equally far ones the lower, since bad is stronger than good, and then the later, which is fresher. ``peak_end`` is
    (peak + last station) ÷ 2 (method.md 5.3), ``None`` where the last station shows no figure: its neighbour is not
    the end. ``mean`` is the plain mean of the shown stations.
    """

    gauge: Gauge
    places: tuple[Place, ...]
    steps: tuple[Step | None, ...]
    drops: tuple[Step, ...]
    switches: tuple[Switch, ...]
    mean: float | None
    peak: Place | None
    end: Place | None
    peak_end: float | None


def path_figures(places: Sequence[Place], *, gauge: Gauge) -> PathFigures:
    """The figures of a path from its stations in order."""
    steps = _steps(places, gauge)
    shown = [place.value for place in places if place.value is not None]
    peak = _peak(places, gauge)
    end = places[-1] if places and places[-1].value is not None else None
    return PathFigures(
        gauge=gauge,
        places=tuple(places),
        steps=steps,
        drops=tuple(sorted((step for step in steps if step and step.marked), key=lambda step: _exact(step.change))),
        switches=_switches(places, steps),
        mean=sum(shown) / len(shown) if shown else None,
        peak=peak,
        end=end,
        peak_end=_half_way(peak, end),
    )


def _steps(places: Sequence[Place], gauge: Gauge) -> tuple[Step | None, ...]:
    steps: list[Step | None] = []
    good, previous = 0, None
    for place in places:
        steps.append(_step(previous, place, good, gauge))
        good = good + 1 if place.value is not None and place.value > gauge.zero else 0
        previous = place
    return tuple(steps)


def _step(before: Place | None, after: Place, good: int, gauge: Gauge) -> Step | None:
    if before is None or before.value is None or after.value is None:
        return None
    change = after.value - before.value
    return Step(before.code, after.code, change, marked=_exact(change) <= gauge.marked, good_before=good)


def _switches(places: Sequence[Place], steps: Sequence[Step | None]) -> tuple[Switch, ...]:
    found = []
    for before, after, step in zip(places, places[1:], steps[1:], strict=False):
        if after.medium is not None and {before.medium, after.medium} == {Medium.ONLINE, Medium.OFFLINE}:
            change = step.change if step else None
            found.append(Switch(before.code, after.code, after.medium, change, broken=bool(step and step.marked)))
    return tuple(found)


def _peak(places: Sequence[Place], gauge: Gauge) -> Place | None:
    shown = [(place.value, order, place) for order, place in enumerate(places) if place.value is not None]
    furthest = max(shown, key=lambda one: (_exact(abs(one[0] - gauge.zero)), -one[0], one[1]), default=None)
    return furthest[2] if furthest else None


def _half_way(peak: Place | None, end: Place | None) -> float | None:
    if peak is None or end is None or peak.value is None or end.value is None:
        return None
    return (peak.value + end.value) / 2


def _exact(value: float) -> float:
    """Without the last bits of a mean, so that a drop of exactly three is one."""
    return round(value, 9)
