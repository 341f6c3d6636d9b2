"""What the path says in sentences: impressions, peak and end, drops, changes between online and offline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from touchpoints.enums import Medium, Relation
from workshops.curve.text import rounded
from workshops.figures import BALANCE, Step, Switch
from workshops.queries.analysis.charts import joined
from workshops.queries.analysis.levels import Levels
from workshops.queries.results import Result, StationResult


@dataclass(frozen=True)
class Fact:
    """One figure of the whole path with the sentence that says what it means."""

    label: str
    value: str
    name: str
    words: str


@dataclass(frozen=True)
class Fall:
    """One line of a list: what happened between two stations."""

    value: str
    name: str
    words: str
    marked: bool = False


def facts(result: Result, levels: Levels, first_words: str = "") -> tuple[Fact, ...]:
    """The whole path in four figures, whatever is filtered; ``first_words`` compares first impressions of journeys."""
    first = _impression(_("First impression"), result.stations[0], levels)
    return (
        Fact(_("Plain mean"), levels.words(levels.path.mean), "", _mean_words(result, levels)),
        Fact(_("Peak and end"), levels.words(levels.path.peak_end), "", _peak_end_words(result, levels)),
        replace(first, words=f"{first.words} {first_words}".rstrip()),
        _impression(_("Last impression"), result.stations[-1], levels, last=True, total=_shown(result)),
    )


def _shown(result: Result) -> int:
    return sum(station.figures.shown for station in result.stations)


def _mean_words(result: Result, levels: Levels) -> str:
    count = _shown(result)
    counted = ngettext(
        "Of %(count)d station with a figure.", "Of %(count)d stations with a figure, each counting once.", count
    )
    return f"{levels.axis}. {counted % {'count': count}}"


def _peak_end_words(result: Result, levels: Levels) -> str:
    """How a journey is remembered: by its strongest moment and its end, each for one half."""
    path = levels.path
    if path.peak is None:
        return _("No station shows a figure.")
    if path.end is None or path.peak_end is None or path.mean is None:
        return _("The last station shows no figure, so nothing is said about the end.")
    names = {
        "peak": result.by_code[path.peak.code].name,
        "peak_value": levels.words(path.peak.value),
        "end": result.by_code[path.end.code].name,
        "end_value": levels.words(path.end.value),
    }
    if path.peak == path.end:
        weigh = _("The end, “%(end)s” (%(end_value)s), is the strongest moment as well.") % names
    else:
        weigh = _(
            "The strongest moment, “%(peak)s” (%(peak_value)s), and the end, “%(end)s” (%(end_value)s), "
            "count half each."
        )
        weigh %= names
    return f"{_remembered(levels, path.peak_end, path.mean)} {weigh}"


def _remembered(levels: Levels, peak_end: float, mean: float) -> str:
    """Better or worse, as far as the written figures differ."""
    digits = 0 if levels.gauge == BALANCE else 1
    difference = rounded(peak_end, digits) - rounded(mean, digits)
    if difference < 0:
        return _("Remembered worse than it is on average.")
    if difference > 0:
        return _("Remembered better than it is on average.")
    return _("Remembered just as it is on average.")


def _impression(label: str, station: StationResult, levels: Levels, *, last: bool = False, total: int = 0) -> Fact:
    value = next(place.value for place in levels.path.places if place.code == station.code)
    words = f"{who(station)} {joined((str(station.phase.label), station.channel))}."
    if last and value is not None and total > 1:
        words += " " + _("In the mean it is one of %(total)d, for peak and end it is one half.") % {"total": total}
    return Fact(label, levels.words(value), station.name, words)


def who(station: StationResult) -> str:
    """Which department or provider makes this impression, or that others do (R164)."""
    if station.relation == Relation.INDIRECT:
        if station.department:
            return _("Made by others; %(department)s looks after it.") % {"department": station.department}
        return _("Made by others; no department looks after it.")
    if station.by_provider:
        return _("Made by a provider: %(department)s.") % {"department": station.department}
    if station.department:
        return _("Made by: %(department)s.") % {"department": station.department}
    return _("No department is named for it.")


def falls(result: Result, levels: Levels, chosen: Collection[str]) -> tuple[Fall, ...]:
    """The marked drops that reach a chosen station, deepest first (R116)."""
    return tuple(_fall(result, levels, step) for step in levels.path.drops if step.after in chosen)


def _fall(result: Result, levels: Levels, step: Step) -> Fall:
    before, after = result.by_code[step.before], result.by_code[step.after]
    words = _("After “%(name)s”.") % {"name": before.name}
    if step.good_before > 1:
        words = _("After %(count)d good stations in a row, the last of them “%(name)s”.") % {
            "count": step.good_before,
            "name": before.name,
        }
    return Fall(levels.change(step.change), after.name, joined((words, after.department_words)), marked=True)


def switches(result: Result, levels: Levels, chosen: Collection[str]) -> tuple[Fall, ...]:
    """Where the customer changes between online and offline on the way to a chosen station, breaks first."""
    found = [switch for switch in levels.path.switches if switch.after in chosen]
    return tuple(_switch(result, levels, switch) for switch in sorted(found, key=lambda one: not one.broken))


def _switch(result: Result, levels: Levels, switch: Switch) -> Fall:
    template = _("From online to offline, after “%(name)s”.")
    if switch.into == Medium.ONLINE:
        template = _("From offline to online, after “%(name)s”.")
    words = template % {"name": result.by_code[switch.before].name}
    if switch.broken:
        words += " " + _("The path breaks here.")
    return Fall(levels.change(switch.change), result.by_code[switch.after].name, words, marked=switch.broken)
