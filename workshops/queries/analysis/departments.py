"""Who is responsible for how much of the path, and how it is experienced there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.enums import RunBy
from workshops.queries.analysis.charts import joined
from workshops.queries.analysis.levels import Levels
from workshops.queries.results import Result, StationResult


@dataclass(frozen=True)
class DepartmentRow:
    """One department's part of the path. ``level`` is the plain mean of its shown stations."""

    name: str
    level: str
    words: str


def department_rows(result: Result, levels: Levels, chosen: Collection[str]) -> tuple[DepartmentRow, ...]:
    """The departments of the chosen stations: most marked drops first, then the lower mean; without a name last."""
    found: dict[str, list[StationResult]] = defaultdict(list)
    for station in result.stations:
        if station.code in chosen:
            found[station.department].append(station)
    rows = [(_rank(name, own, levels), _row(name, own, result, levels)) for name, own in found.items()]
    return tuple(row for _place, row in sorted(rows, key=lambda pair: pair[0]))


def _rank(name: str, own: list[StationResult], levels: Levels) -> tuple[bool, int, float, str]:
    mean = _mean(own, levels)
    return not name, -_drops(own, levels), levels.gauge.high if mean is None else mean, name.casefold()


def _row(name: str, own: list[StationResult], result: Result, levels: Levels) -> DepartmentRow:
    codes = {station.code for station in own}
    ends = ((result.stations[0], _("First impression")), (result.stations[-1], _("Last impression")))
    return DepartmentRow(
        name=name or _("No department named"),
        level=levels.words(_mean(own, levels)),
        words=joined(
            (
                str(RunBy.PROVIDER.label) if all(station.by_provider for station in own) else "",
                _counts(len(own), _drops(own, levels)),
                *(label for station, label in ends if station.code in codes),
            )
        ),
    )


def _counts(stations: int, drops: int) -> str:
    words = ngettext("%(count)d station", "%(count)d stations", stations) % {"count": stations}
    if not drops:
        return words
    return joined((words, ngettext("%(count)d marked drop", "%(count)d marked drops", drops) % {"count": drops}))


def _drops(own: list[StationResult], levels: Levels) -> int:
    codes = {station.code for station in own}
    return sum(step.after in codes for step in levels.path.drops)


def _mean(own: list[StationResult], levels: Levels) -> float | None:
    codes = {station.code for station in own}
    values = [place.value for place in levels.path.places if place.code in codes and place.value is not None]
    return sum(values) / len(values) if values else None
