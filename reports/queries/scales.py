"""What full mode adds to a report: sentences about importance, expectation and effects, and the quadrants' stations."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.queries.words import bold, enumeration, in_words, say
from workshops.curve.text import localised, signed
from workshops.enums import Quadrant
from workshops.queries import Result, StationResult

MOST_NAMED = 3
"""A sentence names no more stations than this; of more it gives the number and the first."""


@dataclass(frozen=True)
class QuadrantPart:
    """The stations of one quadrant; the important and weak by their weight, the others along the path."""

    quadrant: Quadrant
    stations: tuple[StationResult, ...]


def scaled_stations(result: Result) -> tuple[StationResult, ...]:
    """The stations that were asked for the six scales, along the path; none where nobody may see one.

    In a mixed journey those of quick mode are not among them; nobody knows then whether a hidden one belongs to them.
    """
    if not result.figures.has_scales:
        return ()
    return tuple(
        station
        for station in result.stations
        if station.figures.scales or not (station.figures.shown or result.figures.is_mixed)
    )


def quadrant_parts(result: Result) -> tuple[QuadrantPart, ...]:
    """The quadrants that hold a station; none where nobody was asked for the importance."""
    found = result.figures.quadrants
    if found is None:
        return ()
    stations = {
        quadrant: [result.by_code[spot.code] for spot in found.spots if spot.quadrant is quadrant]
        for quadrant in Quadrant
    }
    stations[Quadrant.CONCENTRATE] = list(result.weak_list)
    return tuple(QuadrantPart(quadrant, tuple(held)) for quadrant, held in stations.items() if held)


def important_and_weak(result: Result) -> SafeString | None:
    """With what to begin; also that there is nothing of that kind."""
    if result.figures.quadrants is None:
        return None
    weak = result.weak_list
    if not weak:
        return say(_("No station that matters much lies below the zero line."))
    first = enumeration([_with_means(result, station) for station in weak[:MOST_NAMED]])
    if len(weak) == 1:
        return say(_("One station is important and weak: %(stations)s."), stations=first)
    if len(weak) > MOST_NAMED:
        template = _("%(count)s stations are important and weak, first of all %(stations)s.")
    else:
        template = _("%(count)s stations are important and weak: %(stations)s.")
    return say(template, count=in_words(len(weak)), stations=first)


def _with_means(result: Result, station: StationResult) -> SafeString:
    scales = station.figures.scales
    if scales is None or scales.importance is None or scales.experience is None:
        raise ValueError("A station without both means stands in no quadrant.")
    means = _("importance %(importance)s, experience %(experience)s") % {
        "importance": localised(scales.importance.mean, 1),
        "experience": localised(scales.experience.mean, 1),
    }
    return format_html("{} ({})", bold(station.name), means)


def largest_gap(result: Result) -> SafeString | None:
    """Where the customer misses most of what was expected; nothing where no station has both means."""
    if not any(station.figures.scales and station.figures.scales.gap is not None for station in result.stations):
        return None
    if not result.gap_list:
        return say(_("Nowhere does the customer get less than expected."))
    station = result.gap_list[0]
    scales = station.figures.scales
    if scales is None or scales.expectation is None or scales.experience is None:
        raise ValueError("A station without both means has no gap.")
    return say(
        _("The largest gap is at %(station)s: expected %(expected)s, experienced %(experienced)s (%(gap)s)."),
        station=bold(station.name),
        expected=localised(scales.expectation.mean, 1),
        experienced=localised(scales.experience.mean, 1),
        gap=signed(scales.gap or 0, 1),
    )


def strongest_lever(result: Result) -> SafeString | None:
    """Which station works most on purchase, repurchase and recommendation together; only where there is a choice."""
    levers = [
        (scales.leverage, station)
        for station in result.stations
        if (scales := station.figures.scales) and scales.leverage is not None
    ]
    if len(levers) < 2:
        return None
    highest = localised(max(leverage for leverage, _station in levers), 1)
    best = [station for leverage, station in levers if localised(leverage, 1) == highest]
    names = enumeration([bold(station.name) for station in best[:MOST_NAMED]])
    template = (
        _("The strongest leverage on purchase, repurchase and recommendation: %(stations)s (%(leverage)s of 10).")
        if len(best) <= MOST_NAMED
        else _("Many stations share the strongest leverage on purchases and recommendation, among them %(stations)s.")
    )
    return say(template, stations=names, leverage=highest)
