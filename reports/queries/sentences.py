"""“In one minute”: what the figures say, in sentences that a person would write.

Every sentence is chosen by the figures and translated as a whole. Names of stations are bold. A sentence that would be
empty talk is left out, and nothing is said about a station that shows no figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reports.queries.scales import important_and_weak, largest_gap, strongest_lever
from reports.queries.words import bold, capital, enumeration, in_words, present, say
from touchpoints.enums import Criticality
from workshops.curve import distribution_words, level_words
from workshops.enums import Band, Drawer
from workshops.figures import Ruler
from workshops.queries import Result, StationResult

MOST_NAMED = 3
"""A sentence names no more stations than this; of more it gives the number and the first."""


def lead(result: Result, departments: int) -> tuple[SafeString, ...]:
    """Who rated what, and how the journey runs: the two sentences that one remembers."""
    return present(who_rated(result, departments), at_tables(result), course(result))


def summary(result: Result) -> tuple[SafeString, ...]:
    """What stands out, in whole sentences. All must fit one page: the quadrants tell what the drawers would."""
    return present(
        extremes(result),
        None if result.figures.quadrants else spread_of_drawers(result),
        important_and_weak(result),
        largest_gap(result),
        strongest_lever(result),
        critical(result),
        dispute(result),
        impressions(result),
        missing(result),
    )


def who_rated(result: Result, departments: int) -> SafeString:
    """ "26 people from five departments rated 18 stations." """
    raters, stations = result.figures.raters, len(result.stations)
    people = ngettext("%(count)d person", "%(count)d people", raters) % {"count": raters}
    if departments > 1:
        from_where = _("%(people)s from %(departments)s departments")
        people = from_where % {"people": people, "departments": in_words(departments)}
    template = ngettext("%(people)s rated %(stations)s.", "%(people)s rated %(stations)s.", raters)
    what = ngettext("%(count)d station", "%(count)d stations", stations) % {"count": stations}
    return say(template, people=people, stations=what)


def at_tables(result: Result) -> SafeString | None:
    """How many of them had no device: a moderator counted what their table said."""
    if not result.at_table:
        return None
    count = result.at_table
    template = ngettext(
        "%(count)s of them was entered at a table.", "%(count)s of them were entered at a table.", count
    )
    return say(template, count=str(count))


def course(result: Result) -> SafeString | None:
    """How the journey begins, where it is at its lowest and how it ends; only where both ends and a low are known."""
    first, last, weakest = result.first, result.last, result.weakest
    if first is None or last is None or weakest is None or _same_everywhere(result):
        return None
    begin, end = _drawer(first), _drawer(last)
    if weakest is first or _level(weakest) == _level(first):
        return say(_("The journey has its weakest moment right at the start and %(ends)s."), ends=_ends(end))
    if weakest is last or _level(weakest) == _level(last):
        return say(_("The journey %(begins)s and has its weakest moment at the very end."), begins=_begins(begin))
    low = bold(weakest.name)
    ends = _ends_again(end) if end == begin else _ends(end)
    if _drawer(weakest) == Drawer.DISAPPOINTING and begin != Drawer.DISAPPOINTING:
        template = _("The journey %(begins)s, breaks down at %(station)s and %(ends)s.")
    else:
        template = _("The journey %(begins)s, is at its lowest at %(station)s and %(ends)s.")
    return say(template, begins=_begins(begin), station=low, ends=ends)


def extremes(result: Result) -> SafeString | None:
    """The strongest and the weakest station with their balances, and who shares the place."""
    if result.strongest is None or result.weakest is None:
        return None
    shown = [station for station in result.stations if station.figures.shown]
    if len(shown) == 1:
        template = (
            _("Only %(station)s has enough ratings for figures: its mean is %(mean)s of 10.")
            if _is_mean(result)
            else _("Only %(station)s has enough ratings for figures: its delight balance is %(balance)s.")
        )
        return say(template, station=bold(shown[0].name), **_levels(shown[0]))
    if _same_everywhere(result):
        template = (
            _("All stations are level, with a mean of %(mean)s of 10.")
            if _is_mean(result)
            else _("All stations are level, with a delight balance of %(balance)s.")
        )
        return say(template, **_levels(shown[0]))
    best = [station for station in shown if _level(station) == _level(result.strongest)]
    worst = [station for station in shown if _level(station) == _level(result.weakest)]
    strongest = _strongest_mean() if _is_mean(result) else _strongest()
    return SafeString(f"{capital(_extreme(best, strongest))} {capital(_extreme(worst, _weakest()))}")


def _strongest() -> tuple[str, str, str]:
    """One station, two or three, many."""
    return (
        _("The strongest station is %(stations)s with a delight balance of %(balance)s."),
        _("The strongest stations are %(stations)s, each with a delight balance of %(balance)s."),
        _("%(count)s stations share the first place with a delight balance of %(balance)s, among them %(stations)s."),
    )


def _strongest_mean() -> tuple[str, str, str]:
    """The same in full mode."""
    return (
        _("The strongest station is %(stations)s with a mean of %(mean)s of 10."),
        _("The strongest stations are %(stations)s, each with a mean of %(mean)s of 10."),
        _("%(count)s stations share the first place with a mean of %(mean)s of 10, among them %(stations)s."),
    )


def _weakest() -> tuple[str, str, str]:
    """One station, two or three, many."""
    return (
        _("The weakest is %(stations)s with %(balance)s."),
        _("The weakest are %(stations)s, each with %(balance)s."),
        _("%(count)s stations share the last place with %(balance)s, among them %(stations)s."),
    )


def _extreme(stations: Sequence[StationResult], templates: tuple[str, str, str]) -> SafeString:
    levels = _levels(stations[0])
    if len(stations) > MOST_NAMED:
        many = in_words(len(stations))
        return say(templates[2], count=many, stations=bold(stations[0].name), **levels)
    template = templates[0] if len(stations) == 1 else templates[1]
    return say(template, stations=enumeration([bold(station.name) for station in stations]), **levels)


def _levels(station: StationResult) -> dict[str, str]:
    """Where a station stands, for a sentence that calls it by either name."""
    return dict.fromkeys(("balance", "mean"), _level(station))


def spread_of_drawers(result: Result) -> SafeString | None:
    """How many stations delight, are OK and disappoint."""
    drawers = [_drawer(station) for station in result.stations if station.figures.shown]
    if len(drawers) < 2:
        return None
    counts = {drawer: drawers.count(drawer) for drawer in (Drawer.DELIGHTING, Drawer.OK, Drawer.DISAPPOINTING)}
    total = len(drawers)
    if total in counts.values():
        whole = {
            Drawer.DELIGHTING: _("All %(count)s stations with figures delight."),
            Drawer.OK: _("All %(count)s stations with figures are OK: none delights, none disappoints."),
            Drawer.DISAPPOINTING: _("All %(count)s stations with figures disappoint."),
        }
        return say(whole[drawers[0]], count=in_words(total))
    words = [SafeString(escape(_counted(drawer, count))) for drawer, count in counts.items() if count]
    template = _("Of the %(count)s stations with figures, %(list)s.")
    return say(template, count=in_words(total), list=enumeration(words))


def _counted(drawer: Drawer, count: int) -> str:
    number = {"count": in_words(count)}
    if drawer == Drawer.DELIGHTING:
        return ngettext("%(count)s delights", "%(count)s delight", count) % number
    if drawer == Drawer.OK:
        return ngettext("%(count)s is OK", "%(count)s are OK", count) % number
    return ngettext("%(count)s disappoints", "%(count)s disappoint", count) % number


def critical(result: Result) -> SafeString | None:
    """How the stations of high criticality do, and which of them disappoint; the lowest first."""
    high = [station for station in result.critical_list if station.criticality == Criticality.HIGH]
    if not high:
        return None
    if len(high) == 1:
        template = _("The one station of high criticality, %(station)s, %(is)s.")
        return say(template, station=bold(high[0].name), **{"is": _is(high[0])})
    low = [station for station in high if _drawer(station) == Drawer.DISAPPOINTING]
    return say(
        _critical_template(len(high), len(low)),
        high=in_words(len(high)),
        count=in_words(len(low)),
        stations=enumeration([_with_balance(station) for station in low[:MOST_NAMED]] or [SafeString()]),
    )


def _critical_template(high: int, low: int) -> str:
    """None of them, all of them, some of them; above three only the lowest are named."""
    if not low:
        return _("Of the %(high)s stations of high criticality, none disappoints.")
    if low > MOST_NAMED:
        return _("Of the %(high)s stations of high criticality, %(count)s disappoint, most of all %(stations)s.")
    if low == high:
        return _("All %(high)s stations of high criticality disappoint: %(stations)s.")
    return ngettext(
        "Of the %(high)s stations of high criticality, %(count)s disappoints: %(stations)s.",
        "Of the %(high)s stations of high criticality, %(count)s disappoint: %(stations)s.",
        low,
    )


def _with_balance(station: StationResult) -> SafeString:
    return format_html("{} ({})", bold(station.name), _level(station))


def dispute(result: Result) -> SafeString | None:
    """Where the raters are furthest apart, with the distribution that shows it."""
    disputed = result.most_disputed
    if disputed is None:
        shown = any(station.figures.shown for station in result.stations)
        return say(_("Nowhere do the ratings contradict each other.")) if shown else None
    band, counts = disputed.figures.band, disputed.figures.counts
    if band is None or counts is None:
        return None
    templates = {
        Band.DIVIDED: _("The room is divided over %(station)s: %(distribution)s."),
        Band.PARTLY: _("People agree least on %(station)s: %(distribution)s."),
        Band.MOSTLY: _("On the whole people agree; they are furthest apart on %(station)s: %(distribution)s."),
        Band.AGREED: _("People agree everywhere; even on %(station)s it is %(distribution)s."),
    }
    return say(templates[band], station=bold(disputed.name), distribution=distribution_words(counts))


def impressions(result: Result) -> SafeString | None:
    """The first and the last impression, or that one of them shows no figure."""
    if len(result.stations) < 2:
        return None
    first, last = result.first, result.last
    if first and last:
        template = _("The first impression, %(first)s, %(is_first)s; the last one, %(last)s, %(is_last)s.")
        return say(template, first=bold(first.name), is_first=_is(first), last=bold(last.name), is_last=_is(last))
    if first:
        template = _("The first impression, %(first)s, %(is_first)s; the last one shows no figure.")
        return say(template, first=bold(first.name), is_first=_is(first))
    if last:
        template = _("The first impression shows no figure; the last one, %(last)s, %(is_last)s.")
        return say(template, last=bold(last.name), is_last=_is(last))
    return None


def missing(result: Result) -> SafeString | None:
    """How many stations show no figure, and why."""
    hidden = sum(station.figures.hidden for station in result.stations)
    empty = sum(station.figures.empty for station in result.stations)
    total = len(result.stations)
    if hidden == total:
        return say(_("No station has three or more ratings, so this report shows no figures."))
    parts = []
    if hidden:
        template = ngettext(
            "%(count)s station shows no figure, because fewer than three people rated it.",
            "%(count)s stations show no figure, because fewer than three people rated each.",
            hidden,
        )
        parts.append(say(template, count=in_words(hidden)))
    if empty:
        template = ngettext("Nobody rated %(count)s station.", "Nobody rated %(count)s stations.", empty)
        parts.append(say(template, count=in_words(empty)))
    return SafeString(" ".join(capital(part) for part in parts)) if parts else None


def phase_sentence(stations: Sequence[StationResult]) -> SafeString | None:
    """What one phase says: its best and its worst station; nothing where there is nothing to compare."""
    shown = [station for station in stations if station.figures.shown]
    if len(shown) < 2:
        return None
    best = max(shown, key=lambda station: station.figures.level or 0)
    worst = min(shown, key=lambda station: station.figures.level or 0)
    if _level(best) == _level(worst):
        return say(_("All stations of this phase are level at %(balance)s."), balance=_level(best))
    template = _("Strongest here is %(best)s with %(high)s, weakest %(worst)s with %(low)s.")
    return say(template, best=bold(best.name), high=_level(best), worst=bold(worst.name), low=_level(worst))


# --- what a figure is called --------------------------------------------------------------------------------


def _same_everywhere(result: Result) -> bool:
    levels = {_level(station) for station in result.stations if station.figures.shown}
    return len(levels) < 2


def _level(station: StationResult) -> str:
    """The balance or the mean as it is printed: what looks equal is told as equal."""
    return level_words(station.figures)


def _is_mean(result: Result) -> bool:
    return result.figures.ruler is Ruler.MEAN


def _drawer(station: StationResult) -> Drawer:
    drawer = station.figures.drawer
    if drawer is None:
        raise ValueError("A station without a figure has no drawer.")
    return drawer


def _begins(drawer: Drawer) -> str:
    return {
        Drawer.DELIGHTING: pgettext("the journey …", "begins strongly"),
        Drawer.OK: pgettext("the journey …", "begins decently"),
        Drawer.DISAPPOINTING: pgettext("the journey …", "begins with a disappointment"),
    }[drawer]


def _ends(drawer: Drawer) -> str:
    return {
        Drawer.DELIGHTING: pgettext("the journey …", "ends strongly"),
        Drawer.OK: pgettext("the journey …", "ends decently"),
        Drawer.DISAPPOINTING: pgettext("the journey …", "ends with a disappointment"),
    }[drawer]


def _ends_again(drawer: Drawer) -> str:
    return {
        Drawer.DELIGHTING: pgettext("the journey …", "ends strongly again"),
        Drawer.OK: pgettext("the journey …", "ends decently again"),
        Drawer.DISAPPOINTING: pgettext("the journey …", "ends with a disappointment again"),
    }[drawer]


def _is(station: StationResult) -> str:
    balance = {"balance": _level(station)}
    return {
        Drawer.DELIGHTING: pgettext("impression", "delights (%(balance)s)"),
        Drawer.OK: pgettext("impression", "is OK (%(balance)s)"),
        Drawer.DISAPPOINTING: pgettext("impression", "disappoints (%(balance)s)"),
    }[_drawer(station)] % balance
