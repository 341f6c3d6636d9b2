"""The journeys on home: how far the cycle is, the latest Ist with its curve in small, and the way to the result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField, Value
from django.db.models.fields.json import KeyTransform
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organisation
from journeys.models import Journey
from workshops.curve import journey_level, level_words, sparkline
from workshops.enums import Step, WorkshopState
from workshops.figures import JourneyFigures, StationFigures, from_document
from workshops.models import Baseline, Workshop


@dataclass(frozen=True)
class IstCard:
    """The latest recorded Ist of a journey, read from its document, so that later edits do not show here."""

    date: datetime
    # Empty where it is that of the card.
    cycle: str
    spark: SafeString
    strongest: str
    weakest: str
    facts: str
    url: str


@dataclass(frozen=True)
class JourneyCard:
    """A journey and where it stands. ``result`` is the newest workshop whose result this member may read.

    ``cycle`` is the newest one, ``is_recorded`` whether it has its Ist; ``ist`` may still be that of the one before.
    """

    name: str
    cycle: str
    is_recorded: bool
    persona: str
    stations: str
    state: str
    url: str
    ist: IstCard | None
    result: Workshop | None
    result_url: str
    may_report: bool


def journey_cards(
    organisation: Organisation, member: Membership, journeys: Sequence[Journey], workshops: Iterable[Any]
) -> tuple[JourneyCard, ...]:
    """One card per journey from ``workshops`` (the newest first, with their counts) and one query for the baselines."""
    newest: dict[int, Any] = {}
    readable: dict[int, Any] = {}
    for workshop in workshops:
        newest.setdefault(workshop.cycle.journey_id, workshop)
        if workshop.revealed and (member.reads_results or workshop.state == WorkshopState.CLOSED):
            readable.setdefault(workshop.cycle.journey_id, workshop)
    recorded = _latest_baselines(journeys)
    return tuple(
        _card(organisation, member, journey, newest, readable.get(journey.pk), recorded.get(journey.pk))
        for journey in journeys
    )


def _card(
    organisation: Organisation,
    member: Membership,
    journey: Any,
    newest: dict[int, Any],
    result: Workshop | None,
    baseline: dict[str, Any] | None,
) -> JourneyCard:
    workshop = newest.get(journey.pk)
    cycle = str(workshop.cycle) if workshop is not None else ""
    state = state_words(workshop) if workshop is not None else _("Not rated yet")
    return JourneyCard(
        name=journey.name,
        cycle=cycle,
        is_recorded=workshop is not None and workshop.cycle.step != Step.IST,
        persona=journey.persona.name,
        stations=ngettext("%(count)d station", "%(count)d stations", journey.placed) % {"count": journey.placed},
        # The Ist stands with its date beside its curve already.
        state="" if getattr(workshop, "baseline", None) else state,
        url=_url(organisation, "journeys:journey_board", journey.code),
        ist=_ist(organisation, baseline, cycle) if baseline else None,
        result=result,
        result_url=_url(organisation, "workshops:workshop_result", result.code) if result else "",
        may_report=result is not None and member.reads_results,
    )


def _latest_baselines(journeys: Sequence[Journey]) -> dict[int, dict[str, Any]]:
    """Of each journey the Ist recorded last: only figures and names leave the database, not the whole document."""
    names = Func(
        F("document"), Value("$.stations[*].name"), function="jsonb_path_query_array", output_field=JSONField()
    )
    rows = (
        Baseline.objects.filter(cycle__journey__in=journeys)
        .order_by("cycle__journey_id", "-frozen_at", "-pk")
        .distinct("cycle__journey_id")
        .values(
            "code",
            "frozen_at",
            journey=F("cycle__journey_id"),
            cycle_number=F("cycle__number"),
            figures=KeyTransform("figures", "document"),
            names=names,
        )
    )
    return {row["journey"]: row for row in rows}


def _ist(organisation: Organisation, baseline: dict[str, Any], newest_cycle: str) -> IstCard:
    figures = from_document(baseline["figures"])
    names = dict(zip((station.code for station in figures.stations), baseline["names"], strict=True))
    strongest, weakest = (_end(figures_of, names) for figures_of in (figures.strongest, figures.weakest))
    cycle = _("Cycle %(number)s") % {"number": baseline["cycle_number"]}
    return IstCard(
        date=baseline["frozen_at"],
        cycle="" if cycle == newest_cycle else cycle,
        spark=sparkline(figures, label=_spark_words(figures, strongest, weakest)),
        strongest=strongest,
        weakest=weakest,
        facts=_facts(figures),
        url=_url(organisation, "workshops:baseline_detail", baseline["code"]),
    )


def _end(figures: StationFigures | None, names: dict[str, str]) -> str:
    return f"{names[figures.code]} {level_words(figures)}" if figures else ""


def _facts(figures: JourneyFigures) -> str:
    raters = ngettext("%(count)d rater", "%(count)d raters", figures.raters) % {"count": figures.raters}
    return raters if figures.level is None else f"{raters} · {journey_level(figures)}"


def _spark_words(figures: JourneyFigures, strongest: str, weakest: str) -> str:
    count = len(figures.stations)
    if not strongest:
        return _("Journey curve without figures: every station has fewer than three ratings.")
    words = ngettext(
        "Journey curve of %(count)d station. Highest: %(highest)s. Lowest: %(lowest)s.",
        "Journey curve of %(count)d stations. Highest: %(highest)s. Lowest: %(lowest)s.",
        count,
    )
    return words % {"count": count, "highest": strongest, "lowest": weakest}


def _url(organisation: Organisation, name: str, code: UUID) -> str:
    return reverse(name, kwargs={"org": organisation.slug, "code": code})


def state_words(workshop: Any) -> str:
    baseline = getattr(workshop, "baseline", None)
    if baseline is not None:
        date = date_format(timezone.localtime(baseline.frozen_at), "SHORT_DATE_FORMAT")
        return _("Ist recorded on %(date)s") % {"date": date}
    if workshop.running:
        return _("A block is running")
    if workshop.revealed:
        return _("Revealed, Ist not recorded yet")
    if workshop.state == WorkshopState.CLOSED:
        return _("Closed without a result")
    if workshop.planned_for is None:
        return _("Workshop planned")
    when = date_format(timezone.localtime(workshop.planned_for), "SHORT_DATETIME_FORMAT")
    return _("Workshop on %(when)s") % {"when": when}
