"""Which round counts at a station, and what the others showed there. Every round has its own thresholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from workshops.models import Activity
from workshops.queries.results.rows import RatedStation
from workshops.queries.results.stations import RoundFigures, StationResult


class _Placed(Protocol):
    """A station of a block, read as a tuple or as a model."""

    @property
    def id(self) -> int: ...
    @property
    def activity_id(self) -> int: ...
    @property
    def position(self) -> int: ...


S = TypeVar("S", bound=_Placed)


def rounds_before(activity: Activity) -> list[Activity]:
    """The revealed rounds of a block before this one, the first one first; no query for a first round."""
    if activity.round_of_id is None:
        return []
    chain = Activity.objects.filter(round_of=activity.round_of_id) | Activity.objects.filter(pk=activity.round_of_id)
    return list(chain.filter(round__lt=activity.round).revealed().order_by("round"))


def place_of(row: _Placed, activity: Activity) -> tuple[int, int]:
    """What the rows of a station share over the rounds of its block."""
    return activity.first_round, row.position


def standing_rows(rated: Sequence[S], blocks: Mapping[int, Activity], shows: Callable[[S], bool]) -> list[S]:
    """Of each station of each block the row that counts, in the order of ``rated``: of the last round that shows a
    figure, or of the last one where none does.

    What an earlier round showed of three and more was seen then, so a later one of two people does not take it away.
    """
    if _has_one_round(blocks):
        return list(rated)
    counted = set()
    for chain in _rounds_of(rated, blocks).values():
        rows = [row for _number, row in chain]
        standing = next((row for row in reversed(rows) if shows(row)), rows[-1]) if len(rows) > 1 else rows[0]
        counted.add(standing.id)
    return [row for row in rated if row.id in counted]


def with_rounds(
    results: Sequence[StationResult],
    stations: Sequence[RatedStation],
    rated: Sequence[RatedStation],
    blocks: Mapping[int, Activity],
    round_of: Callable[[int, RatedStation], RoundFigures],
) -> list[StationResult]:
    """The results with the number of their round, with what the rounds before it showed, and with those after it,
    which show nothing.

    ``stations`` belong to ``results`` one by one; ``rated`` are all rows of all rounds, ``blocks`` their activities.
    """
    if _has_one_round(blocks):
        return list(results)
    rows = _rounds_of(rated, blocks)
    found = []
    for result, station in zip(results, stations, strict=True):
        activity = blocks[station.activity_id]
        chain = rows[place_of(station, activity)]
        if len(chain) == 1 and activity.round == result.round:
            found.append(result)
            continue
        earlier = tuple(round_of(number, row) for number, row in chain if number < activity.round)
        later = tuple(round_of(number, row) for number, row in chain if number > activity.round)
        found.append(replace(result, round=activity.round, earlier=earlier, later=later))
    return found


def _has_one_round(blocks: Mapping[int, Activity]) -> bool:
    """Most blocks have one, and two hundred stations need not be looked through to find that out."""
    return all(activity.round == 1 for activity in blocks.values())


def _rounds_of(rated: Iterable[S], blocks: Mapping[int, Activity]) -> dict[tuple[int, int], list[tuple[int, S]]]:
    """The rows of each station of each block with the number of their round, the first round first."""
    rows: dict[tuple[int, int], list[tuple[int, S]]] = defaultdict(list)
    for row in rated:
        activity = blocks[row.activity_id]
        rows[place_of(row, activity)].append((activity.round, row))
    for chain in rows.values():
        chain.sort(key=lambda each: each[0])
    return rows
