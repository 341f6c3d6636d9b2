"""Which stations a reader wants to see."""

from __future__ import annotations

from dataclasses import dataclass, fields
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from touchpoints.enums import Criticality
from workshops.figures import PathFigures
from workshops.queries.results import Result, StationResult


class Only(TextChoices):
    """What a station must have to be shown."""

    SHOWN = "shown", _("with figures")
    CRITICAL = "critical", _("of high criticality")
    DROPS = "drops", _("reached by a marked drop")
    UNOWNED = "unowned", _("without a department")


@dataclass(frozen=True)
class Wanted:
    """The filters of an address, cleaned; an empty one asks for nothing."""

    phase: str = ""
    department: str = ""
    channel: str = ""
    medium: str = ""
    relation: str = ""
    only: str = ""
    block: UUID | None = None

    @property
    def narrows(self) -> bool:
        """Whether stations may be left out; a block is a result of its own."""
        return any(getattr(self, one.name) for one in fields(self) if one.name != "block")


def chosen_codes(result: Result, path: PathFigures, wanted: Wanted) -> frozenset[str]:
    """The codes of the stations that every filter lets pass."""
    dropped = frozenset(step.after for step in path.drops)
    return frozenset(station.code for station in result.stations if _passes(station, wanted, dropped))


def _passes(station: StationResult, wanted: Wanted, dropped: frozenset[str]) -> bool:
    asked = (
        (wanted.phase, station.phase),
        (wanted.department, station.department),
        (wanted.channel, station.channel),
        (wanted.medium, station.medium),
        (wanted.relation, station.relation),
    )
    return all(not wish or wish == own for wish, own in asked) and _has(station, wanted.only, dropped)


def _has(station: StationResult, only: str, dropped: frozenset[str]) -> bool:
    match only:
        case Only.SHOWN:
            return station.figures.shown
        case Only.CRITICAL:
            return station.criticality == Criticality.HIGH
        case Only.DROPS:
            return station.code in dropped
        case Only.UNOWNED:
            return not station.department
    return True
