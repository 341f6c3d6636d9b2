"""The rounds before the one that counts: what each station showed then. Every round has its own thresholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from workshops.figures import StationFigures
from workshops.models import Activity, ActivityStation
from workshops.queries.results.stations import RoundFigures, StationResult


def rounds_before(activity: Activity) -> list[Activity]:
    """The revealed rounds of a block before this one, the first one first; no query for a first round."""
    if activity.round_of_id is None:
        return []
    chain = Activity.objects.filter(round_of=activity.round_of_id) | Activity.objects.filter(pk=activity.round_of_id)
    return list(chain.filter(round__lt=activity.round).revealed().order_by("round"))


def place_of(row: ActivityStation, activity: Activity) -> tuple[int, int]:
    """What the rows of a station share over the rounds of its block."""
    return activity.first_round, row.position


def with_rounds(
    results: Sequence[StationResult],
    stations: Sequence[ActivityStation],
    rated: Sequence[ActivityStation],
    blocks: Mapping[int, Activity],
    figures_of: Callable[[ActivityStation], StationFigures],
) -> list[StationResult]:
    """The results with the number of their round and with what the rounds before it showed.

    ``stations`` belong to ``results`` one by one; ``rated`` are all rows of all rounds, ``blocks`` their activities.
    """
    rows: dict[tuple[int, int], list[ActivityStation]] = defaultdict(list)
    for row in rated:
        rows[place_of(row, blocks[row.activity_id])].append(row)
    found = []
    for result, station in zip(results, stations, strict=True):
        activity = blocks[station.activity_id]
        before = sorted(
            (
                (blocks[row.activity_id].round, row)
                for row in rows[place_of(station, activity)]
                if blocks[row.activity_id].round < activity.round
            ),
            key=lambda each: each[0],
        )
        earlier = tuple(RoundFigures(number, figures_of(row)) for number, row in before)
        found.append(replace(result, round=activity.round, earlier=earlier))
    return found
