"""The path with its drops."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workshops.enums import Drawer
from workshops.figures import BALANCE, Step
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
    note,
    number,
    place_line,
    title_line,
    why_not,
)
from workshops.queries.analysis.levels import Levels
from workshops.queries.results import Result, StationResult

_NOTES = 3
"""How many of the deepest drops the drawing names; the list beside it has all."""
_AIR = 0.08
"""Room above and, twice as much, below the ends of the scale, as a share of it: for numbers and names beside marks."""


def path_chart(result: Result, levels: Levels, chosen: Collection[str]) -> Chart:
    """The whole path; stations that a filter leaves out are drawn quietly, since the way leads through them."""
    return Chart(
        ident="path",
        heading=_("The way, and where it falls"),
        lead=_lead(levels),
        summary=_summary(result, levels),
        drawing=_drawing(result, levels, chosen),
        columns=(
            number(pgettext("station", "No.")),
            Cell(_("Station")),
            Cell(_("Phase")),
            Cell(_("Channel")),
            Cell(_("Department")),
            number(levels.short),
            number(_("To the station before")),
            number("n"),
        ),
        rows=_rows(result, levels, chosen),
        none_words=_("No station is left by this filter."),
    )


def _lead(levels: Levels) -> str:
    if levels.gauge == BALANCE:
        return _("Every station along the path. A thick line is a marked drop: it falls by 60 points or more.")
    return _("Every station along the path. A thick line is a marked drop: it falls by three points or more.")


def _summary(result: Result, levels: Levels) -> str:
    drops = len(levels.path.drops)
    shown = sum(station.figures.shown for station in result.stations)
    words = ngettext(
        "Line over %(count)d station with a figure.", "Line over %(count)d stations with a figure.", shown
    ) % {"count": shown}
    falls = ngettext("%(count)d drop is marked.", "%(count)d drops are marked.", drops) % {"count": drops}
    return f"{words} {falls}"


def _drawing(result: Result, levels: Levels, chosen: Collection[str]) -> Drawing:
    gauge, total = levels.gauge, len(result.stations)
    air = (gauge.high - gauge.low) * _AIR
    drawn = Drawn(result, levels)
    others = [
        Series("drop", drawn.falls(chosen), pgettext("along the path", "marked drop")),
        *(_marks(drawn, chosen, drawer) for drawer in reversed(Drawer)),
        Series("muted", drawn.marked(lambda station: station.code not in chosen), _("not in the filter")),
    ]
    return Drawing(
        x=Axis(_("Stations along the path"), 0.4, total + 0.6),
        y=Axis(levels.axis, gauge.low - 2 * air, gauge.high + air, levels.ticks),
        series=(
            Series("path", tuple(bare(drawn.points[station.code]) for station in result.stations)),
            *(series for series in others if series.points),
        ),
        rules=(Rule("y", gauge.zero),),
        zones=_phases(result),
        notes=drawn.notes(chosen),
    )


def bare(point: Point) -> Point:
    """A place of a line; its words belong to the mark that stands there."""
    return Point(point.x, point.y)


class Drawn:
    """The points of one path, made once."""

    def __init__(self, result: Result, levels: Levels) -> None:
        self.stations = result.stations
        self.levels = levels
        self.values = {place.code: place.value for place in levels.path.places}
        self.steps = dict(zip((station.code for station in result.stations), levels.path.steps, strict=True))
        self.points = {station.code: self._point(station) for station in result.stations}

    def marked(self, wanted: Callable[[StationResult], bool]) -> tuple[Point, ...]:
        """The points with a height of the wanted stations."""
        return tuple(
            self.points[station.code]
            for station in self.stations
            if self.values[station.code] is not None and wanted(station)
        )

    def falls(self, chosen: Collection[str]) -> tuple[Point, ...]:
        """Both ends of each marked drop that reaches a chosen station, with a gap behind each."""
        found: list[Point] = []
        for station in self.stations:
            step = self.steps[station.code]
            if step and step.marked and station.code in chosen:
                after = self.points[station.code]
                found += [bare(self.points[step.before]), bare(after), Point(after.x, None)]
        return tuple(found)

    def notes(self, chosen: Collection[str]) -> tuple[Point, ...]:
        """The names of the deepest drops."""
        deepest = [step for step in self.levels.path.drops if step.after in chosen][:_NOTES]
        names = {station.code: station.name for station in self.stations}
        return tuple(self._note(step, names[step.after]) for step in deepest)

    def _note(self, step: Step, name: str) -> Point:
        point = self.points[step.after]
        return Point(point.x, point.y, note(name))

    def _point(self, station: StationResult) -> Point:
        value, step = self.values[station.code], self.steps[station.code]
        words = [title_line(station), place_line(station), f"{self.levels.short} {self.levels.words(value)}"]
        if step:
            words[-1] += " · " + _("%(change)s to the station before") % {"change": self.levels.change(step.change)}
        return Point(station.number, value, str(station.number), tuple(words))


def _marks(drawn: Drawn, chosen: Collection[str], drawer: Drawer) -> Series:
    points = drawn.marked(lambda station: station.code in chosen and station.figures.drawer == drawer)
    return Series(DRAWER_ROLES[drawer], points, str(drawer.label))


def _phases(result: Result) -> tuple[Zone, ...]:
    zones = []
    for place, (phase, group) in enumerate(groupby(result.stations, key=lambda station: station.phase)):
        numbers = [station.number for station in group]
        zones.append(Zone(str(phase.label), numbers[0] - 0.5, numbers[-1] + 0.5, shaded=place % 2 == 0))
    return tuple(zones)


def _rows(result: Result, levels: Levels, chosen: Collection[str]) -> tuple[tuple[Cell, ...], ...]:
    found = []
    for station, place, step in zip(result.stations, levels.path.places, levels.path.steps, strict=True):
        if station.code in chosen:
            found.append(
                (
                    number(str(station.number)),
                    Cell(station.name),
                    Cell(str(station.phase.label)),
                    Cell(station.channel),
                    Cell(station.department_words),
                    number(levels.words(place.value)) if station.figures.shown else Cell(why_not(station), quiet=True),
                    number(_step_words(step, levels)),
                    number("" if station.figures.n is None else str(station.figures.n)),
                )
            )
    return tuple(found)


def _step_words(step: Step | None, levels: Levels) -> str:
    if step is None:
        return levels.change(None)
    words = levels.change(step.change)
    return f"{words} ({pgettext('along the path', 'marked drop')})" if step.marked else words
