"""The result as JSON for other programs; docs/result-json.md describes every key. They are the same in any language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from workshops.enums import Quadrant, Scale
from workshops.exports.rounds_and_parts import part_document
from workshops.exports.source import Export
from workshops.exports.table import ordered_reasons, places
from workshops.figures import MIN_GROUP, MIN_PART, ScaleFigures, StationFigures, StationScales
from workshops.queries.results import BlockResult, Reason, Result, RoundFigures, StationResult

FORMAT = "touchpoint-werkstatt/result"
VERSION = 2
"""Counted up when a key changes its meaning or goes; a new key alone does not."""

_DRAWERS = ("disappointing", "ok", "delighting")
_PHASES = {
    "IB": "influencing_before",
    "PS": "presales",
    "PU": "purchase",
    "LO": "loyalty",
    "IA": "influencing_after",
}


def result_json(export: Export) -> str:
    """The document as text, made to be read by people as well."""
    return json.dumps(result_document(export), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def result_document(export: Export) -> dict[str, Any]:
    """The document as plain values."""
    result = export.result
    figures = result.figures
    return {
        "format": FORMAT,
        "version": VERSION,
        "formula_version": figures.formula_version,
        "exported_at": _iso(timezone.now()),
        "frozen_at": _iso(export.frozen_at),
        "organisation": export.organisation,
        "workshop": {
            "code": str(export.workshop),
            "title": export.title,
            "planned_for": _iso(export.planned_for),
        },
        "journey": export.journey,
        "persona": export.persona,
        "cycle": export.cycle,
        "blocks": [_block(block) for block in result.blocks],
        "running_block": {"title": export.running} if export.running else None,
        "cut_points": {"ok": result.cut_points.ok, "delight": result.cut_points.delight},
        "threshold": MIN_GROUP,
        "threshold_of_parts": MIN_PART,
        "raters": figures.raters,
        "raters_at_table": export.result.at_table,
        "ruler": figures.ruler.value,
        "zero_line": figures.zero,
        "balance": places(figures.balance),
        "mean": places(figures.mean),
        "first": _number(result.first),
        "last": _number(result.last),
        "strongest": _number(result.strongest) if result.has_ends else None,
        "weakest": _number(result.weakest) if result.has_ends else None,
        "talk_list": [station.number for station in result.talk_list],
        "quadrants": _quadrants(result),
        "stations": [_station(station, with_reasons=export.with_reasons) for station in result.stations],
    }


def _block(block: BlockResult) -> dict[str, Any]:
    """Without its number of raters: the page gives one for the whole result only."""
    return {
        "code": str(block.code),
        "title": block.title,
        "mode": block.mode.value,
        "round": block.round,
        "revealed_at": _iso(block.revealed_at),
    }


def _station(station: StationResult, *, with_reasons: bool) -> dict[str, Any]:
    return {
        "number": station.number,
        "code": station.code,
        "name": station.name,
        "phase": _PHASES[station.phase.value],
        "channel": station.channel,
        "department": station.department,
        "run_by": station.run_by.value if station.run_by else None,
        "criticality": station.criticality,
        **_figures(station.figures),
        "round": station.round,
        "moved": station.moved,
        "earlier_rounds": [_round(each, with_reasons=with_reasons) for each in station.earlier],
        "later_rounds": [_round(each, with_reasons=with_reasons) for each in station.later],
        "parts": [{**part_document(part), **_figures(part.figures)} for part in station.parts],
        "reasons": _reasons(station.reasons) if with_reasons else None,
    }


def _round(found: RoundFigures, *, with_reasons: bool) -> dict[str, Any]:
    reasons = _reasons(found.reasons) if with_reasons else None
    return {"round": found.number, **_figures(found.figures), "reasons": reasons}


def _figures(figures: StationFigures) -> dict[str, Any]:
    """The figures, each of them null below the threshold; ``state`` says why."""
    state = "shown" if figures.shown else "hidden" if figures.hidden else "empty"
    return {
        "state": state,
        "n": figures.n,
        "counts": dict(zip(_DRAWERS, figures.counts, strict=True)) if figures.counts else None,
        "at_table": figures.at_table,
        "cannot_judge": figures.cannot_judge,
        "balance": places(figures.balance),
        "drawer": figures.drawer.name.lower() if figures.drawer is not None else None,
        "disagreement": places(figures.disagreement),
        "agreement": figures.band.value if figures.band else None,
        "scales": _scales(figures.scales),
    }


def _scales(scales: StationScales | None) -> dict[str, Any] | None:
    """The six scales, each null below its own threshold; null as a whole in quick mode and where nothing is shown."""
    if scales is None:
        return None
    return {
        **{scale.value: _scale(scales.of(scale)) for scale in Scale},
        "gap": places(scales.gap),
        "has_large_gap": scales.has_large_gap,
        "leverage": places(scales.leverage),
    }


def _scale(figures: ScaleFigures | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    return {
        "n": figures.n,
        "counts": list(figures.counts),
        "mean": places(figures.mean),
        "median": places(figures.median),
        "lower_quartile": places(figures.lower),
        "upper_quartile": places(figures.upper),
    }


def _quadrants(result: Result) -> dict[str, Any] | None:
    """The borders, and the numbers of the stations in each quadrant; null where nobody was asked for importance."""
    found = result.figures.quadrants
    if found is None:
        return None
    numbers: dict[str, list[int]] = {quadrant.value: [] for quadrant in Quadrant}
    for spot in found.spots:
        numbers[spot.quadrant.value].append(result.by_code[spot.code].number)
    return {
        "importance_border": places(found.importance),
        "experience_border": places(found.experience),
        **numbers,
        "concentrate": [station.number for station in result.weak_list],
    }


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    return [{"drawer": reason.drawer.name.lower(), "text": reason.text} for reason in ordered_reasons(reasons)]


def _number(station: StationResult | None) -> int | None:
    return None if station is None else station.number


def _iso(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None
