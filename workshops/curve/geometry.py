"""From figures to places: where each station, line, zone and phase stands. Nothing here knows colours or words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from touchpoints.enums import Phase
from workshops.curve.parts import PAGE, Column, Curve, Layout, PhaseBand, SecondLine, StationLabel
from workshops.curve.slopes import monotone_slopes
from workshops.curve.text import language, width_of, wrap
from workshops.figures import CutPoints, JourneyFigures, Ruler, StationFigures

NAME_LINES = 3
DETAIL_LINES = 2
_REGULAR = 0.95
"""Regular type is this much narrower than the semi-bold that is measured."""


@dataclass(frozen=True)
class _Slot:
    """A place on the path before it has a width: a station with its figures, or a phase without any."""

    phase: Phase
    label: StationLabel | None = None
    figures: StationFigures | None = None
    # The station's place between the ends of the ruler, −100 … +100.
    points: float | None = None
    second: float | None = None

    @property
    def middle_half(self) -> tuple[float, float] | None:
        """The quartiles of the experience in points; only where the curve stands on the mean."""
        scales = self.figures.scales if self.figures else None
        if scales is None or scales.experience is None:
            return None
        return Ruler.MEAN.points(scales.experience.lower), Ruler.MEAN.points(scales.experience.upper)


def journey_curve(
    figures: JourneyFigures,
    labels: Sequence[StationLabel],
    *,
    cut_points: CutPoints,
    layout: Layout = PAGE,
    second: SecondLine | None = None,
) -> Curve:
    """The drawing's geometry. ``labels`` belong to ``figures.stations`` one by one, in the order of the path."""
    slots = _slots(figures, labels, second)
    source = _Source(figures, tuple(labels), cut_points, layout, second, slots)
    return _laid_out(source, range(len(slots)), len(slots))


def strips(curve: Curve, per_row: int | None = None) -> tuple[Curve, ...]:
    """The same curve in rows of at most ``per_row`` columns, evenly filled, all of one column width.

    The line runs on over the edge of a row to where the next one takes it up, with the slope of the undivided curve.
    """
    slots = _slots(curve.figures, curve.labels, curve.second)
    source = _Source(curve.figures, curve.labels, curve.cut_points, curve.layout, curve.second, slots)
    rows = max(1, math.ceil(len(slots) / (per_row or curve.layout.per_row)))
    longest = math.ceil(len(slots) / rows)
    edges = [round(row * len(slots) / rows) for row in range(rows + 1)]
    return tuple(_laid_out(source, range(edges[row], edges[row + 1]), longest) for row in range(rows))


@dataclass(frozen=True)
class _Source:
    figures: JourneyFigures
    labels: tuple[StationLabel, ...]
    cut_points: CutPoints
    layout: Layout
    second: SecondLine | None
    slots: tuple[_Slot, ...]


def _slots(figures: JourneyFigures, labels: Sequence[StationLabel], second: SecondLine | None) -> tuple[_Slot, ...]:
    levels = second.levels if second else (None,) * len(labels)
    stations = [
        _Slot(label.phase, label, station, _points(figures.ruler, station.level), _points(figures.ruler, level))
        for label, station, level in zip(labels, figures.stations, levels, strict=True)
    ]
    used = {slot.phase for slot in stations}
    slots: list[_Slot] = []
    missing = [phase for phase in Phase if phase not in used] if stations else []
    for slot in stations:
        while missing and missing[0].order < slot.phase.order:
            slots.append(_Slot(missing.pop(0)))
        slots.append(slot)
    return (*slots, *(_Slot(phase) for phase in missing))


def _points(ruler: Ruler, level: float | None) -> float | None:
    return None if level is None else ruler.points(level)


def _laid_out(source: _Source, part: range, columns_in_row: int) -> Curve:
    layout = source.layout
    room = (layout.width - layout.gutter) / max(1, columns_in_row)
    width = round(min(layout.column_max, max(layout.column_min, room)), 1)
    head = _head_height(source, part, width)
    place = _Places(layout, width, part.start, head)
    points = _bridged(source.slots, [slot.points for slot in source.slots])
    seconds = _bridged(source.slots, [slot.second for slot in source.slots])
    slopes = monotone_slopes(points)
    lang = language()
    columns = tuple(_column(source, slot, place, slopes[slot], lang) for slot in part)
    second_slopes = monotone_slopes(seconds)
    return Curve(
        figures=source.figures,
        labels=source.labels,
        layout=layout,
        cut_points=source.cut_points,
        second=source.second,
        columns=columns,
        phases=_phases(source, part, place),
        lines=_paths(points, slopes, part, place),
        bands=_bands(source, part, place),
        second_lines=_paths(seconds, second_slopes, part, place),
        second_points=tuple(
            (place.middle(at), place.y(value)) for at in part if (value := source.slots[at].second) is not None
        ),
        width=round(layout.gutter + width * columns_in_row, 1),
        plot_right=round(layout.gutter + width * len(part), 1),
        head=head,
        zero_y=place.y(source.figures.ruler.points(source.figures.zero)),
        delight_y=place.y(_border(source.cut_points.delight)),
        disappoint_y=place.y(_border(source.cut_points.ok)),
        name_rows=max((len(column.name_lines) for column in columns), default=0),
        detail_rows=max((len(column.detail_lines) for column in columns), default=0),
    )


def _border(cut_point: int) -> float:
    """The points at which a mean crosses the border below a cut point, be it of ratings or of drawn drawers."""
    return Ruler.MEAN.points(cut_point - 0.5)


@dataclass(frozen=True)
class _Places:
    """Slot and points (−100 … +100 between the ends of the ruler) to x and y."""

    layout: Layout
    width: float
    first: int
    head: float

    def left(self, slot: int) -> float:
        return round(self.layout.gutter + (slot - self.first) * self.width, 1)

    def middle(self, slot: int) -> float:
        return round(self.left(slot) + self.width / 2, 1)

    @property
    def unit(self) -> float:
        """Drawing units per point; above and below stays room for a marker's number."""
        return (self.layout.plot_height - 5.2 * self.layout.text) / 200

    def y(self, points: float) -> float:
        return round(self.head + self.layout.plot_height / 2 - points * self.unit, 1)


def _column(source: _Source, slot: int, place: _Places, slope: float, lang: str) -> Column:
    layout, found = source.layout, source.slots[slot]
    x, y = place.left(slot), place.y(found.points or 0)
    if found.label is None:
        return Column(slot, x, place.width, None, None, y)
    inner = place.width - layout.text * 1.2
    detail = found.label.detail if layout.details else ""
    above = _value_above(source, slot)
    steep = max(-1.0, min(1.0, slope * place.unit / place.width * 1.4))
    return Column(
        slot,
        x,
        place.width,
        found.label,
        found.figures,
        y,
        name_lines=() if layout.numbers_only else wrap(found.label.name, inner, layout.text, NAME_LINES, lang),
        detail_lines=wrap(detail, inner / _REGULAR, layout.text, DETAIL_LINES, lang),
        value_above=above,
        value_shift=round(layout.text * 1.1 * (-steep if above else steep), 1),
    )


def _value_above(source: _Source, slot: int) -> bool:
    """Whether the number stands above its marker: away from a second line, else on a top above, in a dip below, and on
    a slope or at an end on the side of the zero line where it is.
    """
    slots = source.slots
    points, second = slots[slot].points or 0, slots[slot].second
    if second is not None and second != points:
        return points > second
    before = slots[slot - 1].points if slot else None
    after = slots[slot + 1].points if slot + 1 < len(slots) else None
    if before is not None and after is not None and (points - before) * (points - after) > 0:
        return points > before
    return points >= source.figures.ruler.points(source.figures.zero)


def _bridged(slots: Sequence[_Slot], values: Sequence[float | None]) -> list[float | None]:
    """The values with a straight bridge over phases that have no station: nothing is missing there, so no gap."""
    bridged = list(values)
    at = 0
    while at < len(slots):
        end = next((ahead for ahead in range(at, len(slots)) if slots[ahead].label), len(slots))
        start = at - 1
        if start >= 0 and end < len(slots):
            left, right = values[start], values[end]
            if left is not None and right is not None:
                for gap in range(at, end):
                    bridged[gap] = left + (right - left) * (gap - start) / (end - start)
        at = end + 1
    return bridged


def _paths(values: Sequence[float | None], slopes: Sequence[float], part: range, place: _Places) -> tuple[str, ...]:
    """Path data of each unbroken stretch that touches the part."""
    shown = range(max(0, part.start - 1), min(len(values), part.stop + 1))
    stretches = [list(run) for known, run in groupby(shown, key=lambda at: values[at] is not None) if known]
    return tuple(_path(values, slopes, run, place) for run in stretches if len(run) > 1)


def _path(
    values: Sequence[float | None], slopes: Sequence[float], run: Sequence[int], place: _Places, *, back: bool = False
) -> str:
    """One stretch as Bézier curves through its places, from left to right or ``back``."""
    third, lift = round(place.width / 3, 1), place.unit / 3
    way, order = (-1, list(reversed(run))) if back else (1, run)
    third, lift = way * third, way * lift
    steps = [f"M{place.middle(order[0])} {place.y(values[order[0]] or 0)}"]
    for start, end in pairwise(order):
        x0, y0, x1, y1 = place.middle(start), place.y(values[start] or 0), place.middle(end), place.y(values[end] or 0)
        steps.append(
            f"C{x0 + third:.1f} {y0 - slopes[start] * lift:.1f} "
            f"{x1 - third:.1f} {y1 + slopes[end] * lift:.1f} {x1} {y1}"
        )
    return "".join(steps)


def _bands(source: _Source, part: range, place: _Places) -> tuple[str, ...]:
    """Path data of the middle half around the curve, one area per unbroken stretch that touches the part.

    Its edges are curves as honest as the line. A station between two gaps has a bar somewhat wider than its marker.
    """
    if source.figures.ruler is Ruler.BALANCE:
        return ()
    halves = [slot.middle_half for slot in source.slots]
    lower = _bridged(source.slots, [half and half[0] for half in halves])
    upper = _bridged(source.slots, [half and half[1] for half in halves])
    shown = range(max(0, part.start - 1), min(len(halves), part.stop + 1))
    stretches = [list(run) for known, run in groupby(shown, key=lambda at: upper[at] is not None) if known]
    below, above = monotone_slopes(lower), monotone_slopes(upper)
    return tuple(
        f"{_path(upper, above, run, place)}L{_path(lower, below, run, place, back=True)[1:]}Z"
        if len(run) > 1
        else _bar_path(lower[run[0]] or 0, upper[run[0]] or 0, place.middle(run[0]), place)
        for run in stretches
    )


def _bar_path(lower: float, upper: float, middle: float, place: _Places) -> str:
    half = place.layout.marker * 1.6
    return f"M{middle - half:.1f} {place.y(upper)}h{2 * half:.1f}V{place.y(lower)}h{-2 * half:.1f}Z"


def _phases(source: _Source, part: range, place: _Places) -> tuple[PhaseBand, ...]:
    """Runs of one phase; a journey that goes back to a phase heads it a second time. Shading counts from the start."""
    bands: list[PhaseBand] = []
    runs = [(phase, list(run)) for phase, run in groupby(range(len(source.slots)), lambda at: source.slots[at].phase)]
    for index, (phase, run) in enumerate(runs):
        inside = [at for at in run if at in part]
        if inside:
            empty = source.slots[run[0]].label is None
            left = place.left(inside[0])
            bands.append(PhaseBand(phase, left, round(place.width * len(inside), 1), index % 2 == 0, empty))
    return tuple(bands)


def _head_height(source: _Source, part: range, width: float) -> float:
    """Room for the phases' names: two lines where a name is wider than the columns of its phase."""
    size = source.layout.heading
    widths = {phase: width * len(list(run)) for phase, run in groupby(part, key=lambda at: source.slots[at].phase)}
    tight = any(width_of(str(phase.label), size) > room - size for phase, room in widths.items())
    return round(size * (3.5 if tight else 2.2))
