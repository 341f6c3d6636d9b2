"""Figures as plain values for a JSON column, and back. A frozen Ist-Stand keeps figures, not a recipe for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from workshops.enums import Band, Drawer, Quadrant, Scale
from workshops.figures.answers import Ruler
from workshops.figures.journeys import JourneyFigures
from workshops.figures.quadrants import Quadrants, Spot
from workshops.figures.scales import ScaleFigures, StationScales
from workshops.figures.stations import StationFigures

_NAMED = ("first", "last", "strongest", "weakest", "most_disputed")


def to_document(figures: JourneyFigures) -> dict[str, Any]:
    """Plain values only."""
    named = {name: getattr(figures, name) for name in _NAMED}
    return {
        "formula_version": figures.formula_version,
        "raters": figures.raters,
        "ruler": figures.ruler.value,
        "zero": figures.zero,
        "balance": figures.balance,
        "mean": figures.mean,
        "quadrants": asdict(figures.quadrants) if figures.quadrants else None,
        "stations": [station_document(station) for station in figures.stations],
        "talk_list": [station.code for station in figures.talk_list],
        **{name: station.code if station else None for name, station in named.items()},
    }


def from_document(document: Mapping[str, Any]) -> JourneyFigures:
    """The figures of a stored document exactly as they were frozen, whatever the formulas are today.

    Formula version 1 knew quick mode only, so what it does not name is that of quick mode.
    """
    stations = tuple(station_from_document(stored) for stored in document["stations"])
    by_code = {station.code: station for station in stations}
    quadrants = document.get("quadrants")
    return JourneyFigures(
        stations=stations,
        raters=document["raters"],
        talk_list=tuple(by_code[code] for code in document["talk_list"]),
        balance=document["balance"],
        formula_version=document["formula_version"],
        ruler=Ruler(document.get("ruler", Ruler.BALANCE)),
        zero=document.get("zero", 0.0),
        mean=document.get("mean"),
        quadrants=_quadrants(quadrants) if quadrants else None,
        **{name: by_code[document[name]] if document[name] is not None else None for name in _NAMED},
    )


def station_document(station: StationFigures) -> dict[str, Any]:
    """One station, as plain values."""
    document = asdict(station)
    document["drawer"] = None if station.drawer is None else station.drawer.value
    document["band"] = None if station.band is None else station.band.value
    document["ruler"] = station.ruler.value
    return document


def station_from_document(stored: Mapping[str, Any]) -> StationFigures:
    """The figures of a station exactly as they were stored."""
    scales = stored.get("scales")
    return StationFigures(
        **{
            **stored,
            "counts": None if stored["counts"] is None else tuple(stored["counts"]),
            "shares": None if stored["shares"] is None else tuple(stored["shares"]),
            "drawer": None if stored["drawer"] is None else Drawer(stored["drawer"]),
            "band": None if stored["band"] is None else Band(stored["band"]),
            "ruler": Ruler(stored.get("ruler", Ruler.BALANCE)),
            "scales": _scales(scales) if scales else None,
        }
    )


def _scales(stored: Mapping[str, Any]) -> StationScales:
    scales = {scale.value: _scale(stored[scale]) if stored[scale] else None for scale in Scale}
    return StationScales(**scales, gap=stored["gap"], leverage=stored["leverage"])


def _scale(stored: Mapping[str, Any]) -> ScaleFigures:
    return ScaleFigures(**{**stored, "counts": tuple(stored["counts"])})


def _quadrants(stored: Mapping[str, Any]) -> Quadrants:
    spots = tuple(Spot(**{**spot, "quadrant": Quadrant(spot["quadrant"])}) for spot in stored["spots"])
    return Quadrants(stored["importance"], stored["experience"], spots, tuple(stored["weak"]))
