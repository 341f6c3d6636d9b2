"""The main reasons behind a result, for those who may read them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Membership
from workshops.curve import level_words
from workshops.models import Activity, Workshop
from workshops.permissions import can_read_named_answers, can_read_reasons
from workshops.queries.results import NamedAnswer, Reason, named_answers, workshop_result


@dataclass(frozen=True)
class StationReasons:
    """What was said about one station; ``named`` only for moderators, and only in blocks with names."""

    number: int
    name: str
    level: str
    reasons: tuple[Reason, ...]
    named: tuple[NamedAnswer, ...]


def station_reasons(workshop: Workshop, member: Membership) -> tuple[StationReasons, ...]:
    """Reasons along the path for those who may read them; empty for everybody else."""
    if not can_read_reasons(member, workshop):
        return ()
    result = workshop_result(workshop)
    named = _named(workshop) if can_read_named_answers(member) else {}
    return tuple(
        StationReasons(
            number=station.number,
            name=station.name,
            level=level_words(station.figures),
            reasons=() if station.code in named else _by_drawer(station.reasons),
            named=named.get(station.code, ()),
        )
        for station in result.stations
        if station.reasons or station.code in named
    )


def _by_drawer(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Disappointing first: that is where there is something to do. Within a drawer the random order stays."""
    return tuple(sorted(reasons, key=lambda reason: reason.drawer))


def _named(workshop: Workshop) -> dict[str, tuple[NamedAnswer, ...]]:
    found: dict[str, tuple[NamedAnswer, ...]] = {}
    for activity in Activity.objects.filter(workshop=workshop, is_named=True).revealed():
        found.update(named_answers(activity))
    return found
