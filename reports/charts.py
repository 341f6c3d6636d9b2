"""A report's pictures: the journey curve in rows, the whole journey in one line, the distributions, an ornament."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from workshops.curve import (
    PRINT,
    QUADRANT_PRINT,
    Curve,
    Layout,
    StationLabel,
    curve_summary,
    curve_svg,
    distribution_bar_svg,
    distribution_words,
    gap_bar_svg,
    gap_words,
    journey_curve,
    level_words,
    quadrant_summary,
    quadrant_svg,
    strips,
    svg_data_uri,
)
from workshops.curve.palette import COLOURS, DRAWER_PART, Paint
from workshops.curve.scales import GAP_HEIGHT
from workshops.curve.shapes import shape
from workshops.curve.table import BAR_HEIGHT
from workshops.curve.text import NOTHING
from workshops.figures import CutPoints, JourneyFigures
from workshops.queries import Result, StationResult

WIDTH = 673
BAR_WIDTH = 132
GAP_PRINT = 90
# Two rows of the curve and their heading fill a landscape page.
_LANDSCAPE = replace(PRINT, width=1014, gutter=80, per_row=10, plot_height=130)
# The round before needs two lines more for its key, which the plot gives up.
_LANDSCAPE_OF_ROUNDS = replace(_LANDSCAPE, plot_height=round(_LANDSCAPE.plot_height - 2 * _LANDSCAPE.line_height))
_PLOT = 118.0
_FOOT = 16.0
_NUMBER_ROOM = 15.0
"""Fewest units per station number below the overview; where there is less, every second one or fewer are written."""


def overview(figures: JourneyFigures, labels: Sequence[StationLabel], cut_points: CutPoints) -> Curve:
    """The geometry of the whole journey in one row, however many stations there are."""
    narrow = Layout(
        width=WIDTH,
        gutter=0,
        column_min=0.1,
        column_max=150,
        per_row=10_000,
        plot_height=_PLOT,
        text=8,
        heading=8,
        details=False,
    )
    return journey_curve(figures, labels, cut_points=cut_points, layout=narrow)


def overview_svg(curve: Curve) -> str:
    """Zones, zero line, line, marks and station numbers; the names stand in the large curve and in the tables."""
    paint = Paint("light")
    right, top, bottom = curve.plot_right, curve.head, curve.plot_bottom
    zones = (
        f'<rect {paint("zone-delighting")} x="0" y="{top:g}" width="{right:g}" height="{curve.delight_y - top:.1f}"/>'
        f'<rect {paint("zone-disappointing")} x="0" y="{curve.disappoint_y:g}" width="{right:g}" '
        f'height="{bottom - curve.disappoint_y:.1f}"/>'
    )
    shades = "".join(
        f'<rect {paint("phase")} x="{band.x:g}" y="{top:g}" width="{band.width:g}" height="{_PLOT:g}"/>'
        for band in curve.phases
        if band.shaded
    )
    zero = f'<path {paint("zero")} stroke-width="0.7" stroke-dasharray="2 2" d="M0 {curve.zero_y:g}H{right:g}"/>'
    bands = "".join(f'<path {paint("band")} d="{band}"/>' for band in curve.bands)
    lines = "".join(f'<path {paint("line")} stroke-width="1.3" d="{line}"/>' for line in curve.lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top:g} {right:g} {_PLOT + _FOOT:g}" width="{right:g}" '
        f'height="{_PLOT + _FOOT:g}" font-family="Inter, system-ui, sans-serif">'
        f"{zones}{shades}{bands}{zero}{lines}{_marks(curve, paint)}{_numbers(curve, paint)}</svg>"
    )


def _marks(curve: Curve, paint: Paint) -> str:
    radius = min(4.2, max(1.6, curve.columns[0].width / 4)) if curve.columns else 4.2
    return "".join(
        shape(station.figures.drawer, paint(DRAWER_PART[station.figures.drawer]), station.middle, station.y, radius)
        for station in curve.stations
        if station.figures and station.figures.drawer is not None
    )


def _numbers(curve: Curve, paint: Paint) -> str:
    every = max(1, round(_NUMBER_ROOM / curve.columns[0].width + 0.5)) if curve.columns else 1
    written = "".join(
        f'<text x="{station.middle:.1f}" y="{curve.plot_bottom + 11:.1f}">{station.label.number}</text>'
        for station in curve.stations
        if station.label and (station.label.number - 1) % every == 0
    )
    return f'<g {paint("quiet")} font-size="7.5" text-anchor="middle">{written}</g>'


def ornament_svg(curve: Curve) -> str:
    """The journey's line alone with its two ends, for the title page: a picture, not a chart."""
    ink, zero = COLOURS["light"]["ink"], COLOURS["light"]["line"]
    lines = "".join(
        f'<path fill="none" stroke="{ink}" stroke-width="2" stroke-linecap="round" d="{line}"/>' for line in curve.lines
    )
    shown = [station for station in curve.stations if station.figures and station.figures.drawer is not None]
    ends = "".join(
        shape(station.figures.drawer, Paint("light")(DRAWER_PART[station.figures.drawer]), station.middle, station.y, 6)
        for station in shown[:1] + shown[-1:]
        if station.figures and station.figures.drawer is not None
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {curve.head:g} {curve.plot_right:g} {_PLOT:g}">'
        f'<path fill="none" stroke="{zero}" stroke-width="1.2" d="M0 {curve.zero_y:g}H{curve.plot_right:g}"/>'
        f"{lines}{ends}</svg>"
    )


@dataclass(frozen=True)
class Picture:
    """A drawing as an address for ``<img>``, its size in CSS pixels, and what it says for those who do not see it."""

    src: str
    alt: str
    width: float
    height: float


@dataclass(frozen=True)
class Charts:
    """All drawings of a report. ``bars`` and ``gaps`` are by station's code, of stations with these figures only;
    ``quadrants`` is there in full mode.
    """

    ornament: str
    overview: Picture
    curve: tuple[Picture, ...]
    bars: dict[str, Picture]
    gaps: dict[str, Picture]
    quadrants: Picture | None


def report_charts(result: Result, lang: str) -> Charts:
    """Draw a report's pictures; the language must be active, since names are hyphenated in it."""
    second = result.second_line
    layout = _LANDSCAPE if second is None else _LANDSCAPE_OF_ROUNDS
    whole = journey_curve(result.figures, result.labels, cut_points=result.cut_points, layout=layout, second=second)
    small = overview(result.figures, result.labels, result.cut_points)
    rows = strips(whole)
    return Charts(
        ornament=svg_data_uri(ornament_svg(small)),
        overview=Picture(svg_data_uri(overview_svg(small)), curve_summary(whole), small.plot_right, _PLOT + _FOOT),
        curve=tuple(_strip(row, number, len(rows), lang) for number, row in enumerate(rows, 1)),
        bars={station.code: bar for station in result.stations if (bar := _bar(station, lang))},
        gaps={station.code: gap for station in result.stations if (gap := _gap(station, lang))},
        quadrants=_quadrants(result, lang),
    )


def _strip(row: Curve, number: int, count: int, lang: str) -> Picture:
    svg = curve_svg(row, lang=lang, ident=f"strip-{number}", for_pdf=True)
    return Picture(svg_data_uri(svg), strip_words(row, number, count), row.width, row.height)


def strip_words(row: Curve, number: int, count: int) -> str:
    """What a row of the curve shows, station by station."""
    part = _("Part %(number)d of %(count)d of the journey curve.") % {"number": number, "count": count}
    stations = [
        f"{station.label.number} {station.label.name}: {level_words(station.figures) or NOTHING}"
        for station in row.stations
        if station.label and station.figures
    ]
    return f"{part} {'; '.join(stations)}."


def _bar(station: StationResult, lang: str) -> Picture | None:
    svg = distribution_bar_svg(station.figures, lang=lang, width=BAR_WIDTH)
    if svg is None or station.figures.counts is None:
        return None
    return Picture(svg_data_uri(svg), distribution_words(station.figures.counts), BAR_WIDTH, BAR_HEIGHT)


def _gap(station: StationResult, lang: str) -> Picture | None:
    """Expectation and experience on one line."""
    scales = station.figures.scales
    svg = gap_bar_svg(scales, lang=lang, width=GAP_PRINT) if scales else None
    return Picture(svg_data_uri(svg), gap_words(scales), GAP_PRINT, GAP_HEIGHT) if scales and svg else None


def _quadrants(result: Result, lang: str) -> Picture | None:
    svg = quadrant_svg(result.figures, result.labels, lang=lang, layout=QUADRANT_PRINT)
    if svg is None:
        return None
    words = quadrant_summary(result.figures, {station.code: station.name for station in result.stations})
    return Picture(svg_data_uri(svg), words, QUADRANT_PRINT.width, QUADRANT_PRINT.height)
