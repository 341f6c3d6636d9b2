"""The main reasons behind a result, round by round, for those who may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Membership
from workshops.curve import level_words
from workshops.models import Activity, Workshop
from workshops.permissions import can_read_named_answers, can_read_reasons
from workshops.queries.results import (
    NamedAnswer,
    Reason,
    RoundFigures,
    StationResult,
    named_answers,
    workshop_result,
)

Named = Mapping[str, tuple[NamedAnswer, ...]]


@dataclass(frozen=True)
class RoundReasons:
    """What was said about a station in one round; ``named`` only for moderators, and only in blocks with names.

    ``words`` name the round where the station was asked more than once.
    """

    words: str
    reasons: tuple[Reason, ...]
    named: tuple[NamedAnswer, ...]


@dataclass(frozen=True)
class StationReasons:
    """What was said about one station, the last round first."""

    number: int
    name: str
    level: str
    rounds: tuple[RoundReasons, ...]


def station_reasons(
    workshop: Workshop, member: Membership, *, last_round: int | None = None
) -> tuple[StationReasons, ...]:
    """Reasons along the path for those who may read them, as they were after ``last_round``; empty for everybody else.

    A station without any is left out.
    """
    if not can_read_reasons(member, workshop):
        return ()
    result = workshop_result(workshop, last_round=last_round)
    named = _named(workshop) if can_read_named_answers(member) else {}
    found = (
        StationReasons(station.number, station.name, level_words(station.figures), _rounds(station, named))
        for station in result.stations
    )
    return tuple(station for station in found if station.rounds)


def _rounds(station: StationResult, named: Named) -> tuple[RoundReasons, ...]:
    own = RoundFigures(station.round, station.figures, station.reasons)
    chain = (*station.earlier, own, *station.later)
    return tuple(
        RoundReasons(
            words=_("Round %(number)d") % {"number": each.number} if len(chain) > 1 else "",
            reasons=() if each.code in named else _by_drawer(each.reasons),
            named=named.get(each.code, ()),
        )
        for each in reversed(chain)
        if each.reasons or each.code in named
    )


def _by_drawer(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Disappointing first: that is where there is something to do. Within a drawer the random order stays."""
    return tuple(sorted(reasons, key=lambda reason: reason.drawer))


def _named(workshop: Workshop) -> dict[str, tuple[NamedAnswer, ...]]:
    found: dict[str, tuple[NamedAnswer, ...]] = {}
    for activity in Activity.objects.filter(workshop=workshop, is_named=True).revealed():
        found.update(named_answers(activity))
    return found
