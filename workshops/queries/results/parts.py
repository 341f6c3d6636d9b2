"""The parts of the group at each station, as far as reveal has stored them: what must not be shown is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workshops.enums import Partition, Scale
from workshops.figures import CutPoints, Ruler, StationAnswers, station_figures
from workshops.queries.results.rows import RatedStation, StoredPart, read_parts
from workshops.queries.results.stations import PartFigures, StationResult


def with_parts(
    results: Sequence[StationResult], stations: Sequence[RatedStation], *, cut_points: CutPoints, ruler: Ruler
) -> list[StationResult]:
    """The results with their shown parts, in one query: in-house, providers, then departments by name."""
    stored = read_parts([station.id for station in stations])
    if not stored:
        return list(results)
    return [
        replace(result, parts=tuple(_part(row, result.code, cut_points, ruler) for row in sorted(found, key=_order)))
        if (found := stored.get(station.id))
        else result
        for result, station in zip(results, stations, strict=True)
    ]


def _order(row: StoredPart) -> tuple[bool, bool, str]:
    return row.partition == Partition.DEPARTMENT, row.is_provider, row.name.casefold()


def _part(row: StoredPart, code: str, cut_points: CutPoints, ruler: Ruler) -> PartFigures:
    scales = {Scale(scale): counts for scale, counts in row.scales.items()} or None
    answers = StationAnswers(code, row.disappointing, row.fine, row.delighting, row.unable, scales)
    figures = station_figures(answers, cut_points=cut_points, ruler=ruler)
    return PartFigures(Partition(row.partition), row.name, row.is_provider, figures)
