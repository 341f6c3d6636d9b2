"""Freezing an Ist: the stations, words, figures and rules of that day, in one document that never changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Language
from accounts.models import Membership
from journeys.models import PERSONA_ANSWERS, Persona
from workshops.enums import Drawer, Step, WorkshopState
from workshops.figures import station_document, to_document
from workshops.models import Activity, Baseline, Cycle, Workshop
from workshops.queries.people import departments_rating
from workshops.queries.results import (
    BlockResult,
    PartFigures,
    Reason,
    Result,
    RoundFigures,
    StationResult,
    workshop_result,
)
from workshops.services.steering import ActionRefused, lock_workshop
from workshops.services.workshops import RUNNING, shut
from workshops.wording import WORDINGS

DOCUMENT_VERSION = 3
"""1 held no ``departments``; such documents are read as they are, and their reports name no number of departments.
2 knew quick mode only.
"""

# What the phone asks; frozen in both languages, since a Kontrolle must ask the same.
QUESTION = gettext_lazy("How does the customer experience this station?")
REASON_QUESTION = gettext_lazy("Why, above all?")

PERSONA_TEXTS = ("name", "role", "quote", *PERSONA_ANSWERS, "evidence")


@transaction.atomic
def freeze_ist(*, workshop: Workshop, by: Membership) -> Baseline:
    """Freeze what was found, close the workshop, and lead its cycle on to the Soll. Freezing twice is one baseline."""
    current = lock_workshop(workshop)
    if (known := Baseline.objects.filter(workshop=current).first()) is not None:
        return known
    if running := Activity.objects.filter(workshop=current, state__in=RUNNING).first():
        raise ActionRefused(_("“%(title)s” is still running. Reveal it first.") % {"title": running.name})
    result = workshop_result(current)
    if result.is_empty:
        raise ActionRefused(_("Nothing has been revealed yet, so there is nothing to freeze."))
    if current.state == WorkshopState.OPEN:
        shut(current)
    cycle = Cycle.objects.select_related("journey__persona").get(pk=current.cycle_id)
    frozen_at = timezone.now()
    document = baseline_document(current, cycle, result, frozen_at)
    baseline = Baseline(cycle=cycle, workshop=current, frozen_at=frozen_at, frozen_by=by, document=document)
    baseline.full_clean(exclude=["cycle", "workshop", "frozen_by"], validate_unique=False)
    baseline.save()
    Cycle.objects.filter(pk=cycle.pk, step=Step.IST).update(step=Step.SOLL)
    return baseline


def baseline_document(workshop: Workshop, cycle: Cycle, result: Result, frozen_at: datetime) -> dict[str, Any]:
    """Plain values only; queries.frozen_result reads them back."""
    journey = cycle.journey
    return {
        "version": DOCUMENT_VERSION,
        "frozen_at": frozen_at.isoformat(),
        "organisation": workshop.organisation.name,
        "industry": journey.industry or workshop.organisation.industry,
        "workshop": {
            "title": workshop.title,
            "planned_for": _iso(workshop.planned_for),
            "closed_at": _iso(workshop.closed_at),
        },
        "cycle": cycle.number,
        "departments": departments_rating(workshop),
        "journey": {"name": journey.name, "description": journey.description},
        "persona": persona_document(journey.persona),
        "questions": questions(),
        "cut_points": {"ok": result.cut_points.ok, "delight": result.cut_points.delight},
        "formula_version": result.figures.formula_version,
        "figures": to_document(result.figures),
        "stations": [_station(station) for station in result.stations],
        "blocks": [_block(block) for block in result.blocks],
    }


def questions() -> dict[str, dict[str, Any]]:
    """Per language: the question of quick mode with its three drawers, the six of full mode, that for the reason."""
    asked = {}
    for language in Language.values:
        with translation.override(language):
            asked[language] = {
                "question": str(QUESTION),
                "reason": str(REASON_QUESTION),
                **{drawer.name.lower(): str(drawer.label) for drawer in Drawer},
                "scales": {
                    scale.value: {"question": str(asks.question), "low": str(asks.low), "high": str(asks.high)}
                    for scale, asks in WORDINGS.items()
                },
            }
    return asked


def persona_document(persona: Persona) -> dict[str, str | None]:
    """The persona's card as text; its picture may change and is not part of what was found."""
    texts = {name: getattr(persona, name) for name in PERSONA_TEXTS}
    return {**texts, "evidence_date": persona.evidence_date.isoformat() if persona.evidence_date else None}


def _station(station: StationResult) -> dict[str, Any]:
    return {
        "code": station.code,
        "number": station.number,
        "name": station.name,
        "prompt": station.prompt,
        "phase": station.phase.value,
        "channel": station.channel,
        "medium": station.medium.value if station.medium else "",
        "relation": station.relation.value if station.relation else "",
        "criticality": station.criticality,
        "department": station.department,
        "by_provider": station.by_provider,
        "expectation": station.expectation,
        "reality": station.reality,
        "reaction": station.reaction,
        "reasons": _reasons(station.reasons),
        "round": station.round,
        "earlier": [_round(each) for each in station.earlier],
        "later": [_round(each) for each in station.later],
        "parts": [_part(part) for part in station.parts],
    }


def _round(found: RoundFigures) -> dict[str, Any]:
    figures = station_document(found.figures)
    return {"number": found.number, "figures": figures, "reasons": _reasons(found.reasons)}


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [{"text": reason.text, "drawer": reason.drawer.value} for reason in reasons]


def _part(part: PartFigures) -> dict[str, Any]:
    return {
        "partition": part.partition.value,
        "name": part.name,
        "is_provider": part.is_provider,
        "figures": station_document(part.figures),
    }


def _block(block: BlockResult) -> dict[str, Any]:
    return {
        "code": str(block.code),
        "title": block.title,
        "mode": block.mode.value,
        "is_named": block.is_named,
        "asks_reason": block.asks_reason,
        "raters": block.raters,
        "at_table": block.at_table,
        "round": block.round,
        "opened_at": _iso(block.opened_at),
        "revealed_at": _iso(block.revealed_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
