"""What is analysed: the result of a workshop, one of its blocks, or a recorded Ist-Stand."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from workshops.models import Activity, Baseline, Workshop
from workshops.queries.results import BlockResult, Result, activity_result, frozen_result, workshop_result


@dataclass(frozen=True)
class Source:
    """A result with the names around it. ``blocks`` are those that can be looked at alone."""

    result: Result
    journey: str
    persona: str
    cycle: str
    blocks: tuple[BlockResult, ...] = ()
    block: UUID | None = None


def workshop_source(workshop: Workshop, block: str = "") -> Source:
    """The result of a workshop that was loaded with its journey, or that of one of its blocks.

    ``block`` is what stood in an address: the code of a revealed block of this workshop, or it asks for nothing. A
    block's own result is the one that the room sees; it has its own raters and its own thresholds.
    """
    whole = workshop_result(workshop)
    journey = workshop.cycle.journey
    chosen = next((row for row in whole.blocks if str(row.code) == block), None) if len(whole.blocks) > 1 else None
    return Source(
        result=whole if chosen is None else activity_result(_activity(workshop, chosen.code)),
        journey=journey.name,
        persona=journey.persona.name,
        cycle=str(workshop.cycle),
        blocks=whole.blocks if len(whole.blocks) > 1 else (),
        block=chosen.code if chosen else None,
    )


def baseline_source(baseline: Baseline) -> Source:
    """A recorded Ist-Stand from its document; it is one result, whatever blocks it once came from."""
    document = baseline.document
    return Source(
        result=frozen_result(baseline),
        journey=document["journey"]["name"],
        persona=document["persona"]["name"] or "",
        cycle=str(baseline.workshop.cycle),
    )


def _activity(workshop: Workshop, code: UUID) -> Activity:
    found: Activity = Activity.objects.select_related("workshop__organisation").get(workshop=workshop, code=code)
    return found
