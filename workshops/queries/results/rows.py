"""The rows that a result is made from, read as tuples: there are hundreds, and nothing is done to them but reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from accounts.readings import Listing
from workshops.enums import Scale
from workshops.models import ActivityStation, PartTally, StationTally


class RatedStation(NamedTuple):
    """An ``ActivityStation``."""

    id: int
    code: UUID
    activity_id: int
    station_id: int | None
    position: int
    name: str
    prompt: str
    phase: str
    channel: str
    medium: str
    relation: str
    criticality: int | None
    department_name: str
    by_provider: bool | None
    expectation: str
    reality: str
    reaction: str


class Tally(NamedTuple):
    """A ``StationTally``, or those of all groups of raters at a station together."""

    station_id: int = 0
    disappointing: int = 0
    fine: int = 0
    delighting: int = 0
    unable: int = 0
    scales: Mapping[str, Sequence[int]] = MappingProxyType({})
    at_table: int = 0
    unable_at_table: int = 0
    scales_at_table: Mapping[str, int] = MappingProxyType({})
    between_tables: Sequence[str] = ()
    reasons: Sequence[Mapping[str, Any]] = ()


NOBODY = Tally()
"""Of a station at which nobody has answered."""


class StoredPart(NamedTuple):
    """A ``PartTally``."""

    station_id: int
    partition: str
    name: str
    is_provider: bool
    disappointing: int
    fine: int
    delighting: int
    unable: int
    scales: Mapping[str, Sequence[int]]


class _AtStation(Protocol):
    @property
    def station_id(self) -> int: ...


R = TypeVar("R", bound=_AtStation)

OF_BLOCKS = Listing(ActivityStation, RatedStation, where="workshops_activitystation.activity_id = ANY(%(activities)s)")
TALLIES = Listing(
    StationTally,
    Tally,
    where="workshops_stationtally.station_id = ANY(%(stations)s)",
    order="workshops_stationtally.rater_group",
)
PARTS = Listing(PartTally, StoredPart, where="workshops_parttally.station_id = ANY(%(stations)s)")


def read_rated(activities: Sequence[int]) -> list[RatedStation]:
    """All stations of these blocks, in the order of the blocks and then along the path."""
    order = {activity: place for place, activity in enumerate(activities)}
    return sorted(OF_BLOCKS.all(activities=list(activities)), key=lambda row: (order[row.activity_id], row.position))


def read_tallies(stations: Sequence[int]) -> dict[int, Tally]:
    """What reveal counted at each of these stations of revealed blocks, all groups of raters together; a station
    without an answer is missing.
    """
    groups = _by_station(TALLIES.all(stations=list(stations)))
    return {station: own[0] if len(own) == 1 else together(own) for station, own in groups.items()}


def together(own: Sequence[Tally]) -> Tally:
    """The tallies of several groups of raters at one station as one. The reasons stay in the order of the groups, and
    within each in the one that reveal drew at random.
    """
    return Tally(
        own[0].station_id,
        sum(tally.disappointing for tally in own),
        sum(tally.fine for tally in own),
        sum(tally.delighting for tally in own),
        sum(tally.unable for tally in own),
        {
            scale: [sum(counts) for counts in zip(*given, strict=True)]
            for scale in Scale
            if (given := [tally.scales[scale] for tally in own if scale in tally.scales])
        },
        sum(tally.at_table for tally in own),
        sum(tally.unable_at_table for tally in own),
        {scale: sum(tally.scales_at_table.get(scale, 0) for tally in own) for scale in Scale},
        [measure for tally in own for measure in tally.between_tables],
        [reason for tally in own for reason in tally.reasons],
    )


def read_parts(stations: Sequence[int]) -> dict[int, list[StoredPart]]:
    """What reveal stored of the parts of the raters at each of these stations, in no order."""
    return _by_station(PARTS.all(stations=list(stations)))


def _by_station(rows: Sequence[R]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = defaultdict(list)
    for row in rows:
        found[row.station_id].append(row)
    return found
