"""Result and recorded Ist-Stand as pages: the figures with their words, ready to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Membership
from workshops.curve import Curve
from workshops.curve.text import signed
from workshops.figures import StationFigures
from workshops.models import Activity, Baseline, Workshop
from workshops.permissions import (
    can_export_results,
    can_moderate_workshop,
    can_read_named_answers,
    can_read_reasons,
)
from workshops.queries.results import (
    NamedAnswer,
    Reason,
    Result,
    StationResult,
    frozen_result,
    named_answers,
    workshop_result,
)
from workshops.tables import at_table_words, why_hidden_words

FIRST_ROWS = 5
"""How many stations a list beside the curve begins with; a team talks about no more in one meeting."""


@dataclass(frozen=True)
class Row:
    """One station in a list beside the curve."""

    name: str
    words: str
    figures: StationFigures


@dataclass(frozen=True)
class Impression:
    """A named place on the path, such as the first impression."""

    label: str
    name: str
    figures: StationFigures | None


@dataclass(frozen=True)
class ResultPage:
    """A result as one member may see it. ``curve`` is None while nothing is revealed."""

    journey: str
    persona: str
    cycle: str
    facts: str
    curve: Curve | None
    talk: tuple[Row, ...]
    talk_rest: tuple[Row, ...]
    impressions: tuple[Impression, ...]
    critical: tuple[Row, ...]
    running_words: str
    frozen_words: str
    baseline_code: UUID | None
    may_moderate: bool
    may_freeze: bool
    may_report: bool
    has_reasons: bool
    # What a table changes about which figures are shown; empty where none was entered.
    table_words: str

    @property
    def talk_rest_words(self) -> str:
        """What opens the rest of the talk list."""
        count = len(self.talk_rest)
        return ngettext("%(count)d more station", "%(count)d more stations", count) % {"count": count}


def result_page(workshop: Workshop, member: Membership) -> ResultPage:
    """The result of a workshop that was loaded with its journey; the same number of queries whatever its size."""
    baseline = Baseline.objects.filter(workshop=workshop).first()
    activities = Activity.objects.filter(workshop=workshop).in_order()
    running = next((activity for activity in activities if activity.is_running), None)
    journey = workshop.cycle.journey
    return _page(
        workshop_result(workshop),
        workshop,
        member,
        journey=journey.name,
        persona=journey.persona.name,
        baseline=baseline,
        running_words=_running_words(running),
        may_freeze=baseline is None and running is None,
    )


def baseline_page(baseline: Baseline, member: Membership) -> ResultPage:
    """A recorded Ist-Stand, read from its document: names and figures as they were, whatever they are today."""
    document = baseline.document
    return _page(
        frozen_result(baseline),
        baseline.workshop,
        member,
        journey=document["journey"]["name"],
        persona=document["persona"]["name"] or "",
        baseline=baseline,
    )


def _page(
    result: Result,
    workshop: Workshop,
    member: Membership,
    *,
    journey: str,
    persona: str,
    baseline: Baseline | None,
    running_words: str = "",
    may_freeze: bool = False,
) -> ResultPage:
    talk = _rows(result.talk_list)
    return ResultPage(
        journey=journey,
        persona=persona,
        cycle=str(workshop.cycle),
        facts=_facts(result),
        curve=None if result.is_empty else result.curve,
        talk=talk[:FIRST_ROWS],
        talk_rest=talk[FIRST_ROWS:],
        impressions=_impressions(result),
        critical=_critical(result),
        running_words=running_words,
        frozen_words=_frozen_words(baseline),
        baseline_code=baseline.code if baseline else None,
        may_moderate=can_moderate_workshop(member),
        may_freeze=may_freeze and can_moderate_workshop(member) and not result.is_empty,
        may_report=can_export_results(member),
        has_reasons=can_read_reasons(member, workshop) and any(station.reasons for station in result.stations),
        table_words=why_hidden_words() if result.has_tables else "",
    )


def _rows(stations: Iterable[StationResult]) -> tuple[Row, ...]:
    template = _("%(band)s · balance %(balance)s · n = %(n)d").replace(" = ", "\u00a0=\u00a0")
    return tuple(
        Row(
            station.name,
            template
            % {
                "band": station.figures.band.label if station.figures.band else "",
                "balance": signed(station.figures.balance or 0),
                "n": station.figures.n or 0,
            },
            station.figures,
        )
        for station in stations
    )


def _critical(result: Result) -> tuple[Row, ...]:
    template = _("%(criticality)s · balance %(balance)s")
    return tuple(
        Row(
            station.name,
            template
            % {
                "criticality": pgettext("criticality", "criticality: %(level)s") % {"level": station.level},
                "balance": signed(station.figures.balance or 0),
            },
            station.figures,
        )
        for station in result.critical_list[:FIRST_ROWS]
    )


def _impressions(result: Result) -> tuple[Impression, ...]:
    """The two ends of the path, also where one shows no figure, and the highest and lowest place between them."""
    if result.is_empty:
        return ()
    places: list[tuple[str, StationResult | None]] = [
        (_("First impression"), result.stations[0]),
        (_("Last impression"), result.stations[-1]),
    ]
    if result.has_ends:
        places += [(_("Highest point"), result.strongest), (_("Deepest drop"), result.weakest)]
    return tuple(
        Impression(label, station.name, station.figures if station.figures.shown else None)
        for label, station in places
        if station is not None
    )


def _facts(result: Result) -> str:
    if result.is_empty:
        return ""
    raters = result.figures.raters
    people = ngettext("%(count)d rater", "%(count)d raters", raters) % {"count": raters}
    parts = [", ".join(filter(None, [people, at_table_words(result.at_table)]))]
    if len(result.blocks) > 1:
        parts.append(
            ngettext("%(count)d block", "%(count)d blocks", len(result.blocks)) % {"count": len(result.blocks)}
        )
    moments = [block.revealed_at for block in result.blocks if block.revealed_at]
    if moments:
        parts.append(_("revealed %(when)s") % {"when": _moment(max(moments))})
    if result.figures.balance is not None:
        parts.append(_("mean balance %(balance)s") % {"balance": signed(result.figures.balance)})
    return " · ".join(parts)


def _moment(when: datetime) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")


def _running_words(running: Activity | None) -> str:
    if running is None:
        return ""
    return _("“%(title)s” is running and shows no value before it is revealed.") % {"title": running.title}


def _frozen_words(baseline: Baseline | None) -> str:
    if baseline is None:
        return ""
    date = date_format(timezone.localtime(baseline.frozen_at), "DATE_FORMAT")
    if baseline.frozen_by is None:
        return _("Ist baseline of %(date)s. It never changes.") % {"date": date}
    return _("Ist baseline of %(date)s, recorded by %(name)s. It never changes.") % {
        "date": date,
        "name": baseline.frozen_by.user,
    }


# --- the reasons ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StationReasons:
    """What was said about one station; ``named`` only for moderators, and only in blocks with names."""

    number: int
    name: str
    balance: str
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
            balance=signed(station.figures.balance) if station.figures.balance is not None else "",
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
