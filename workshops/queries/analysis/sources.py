"""What is analysed: the result of a workshop, one of its blocks, or a recorded Ist-Stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import ngettext

from journeys.models import Station
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
    first_words: str = ""
    # The round after which it is looked at; None for the last one.
    last_round: int | None = None


def workshop_source(workshop: Workshop, block: str = "", *, last_round: int | None = None) -> Source:
    """The result of a workshop that was loaded with its journey, also as it was after ``last_round``, or that of one of
    its blocks.

    ``block`` is what stood in an address: the code of a revealed block of this workshop, or it asks for nothing. A
    block's own result is the one that the room sees; it has its own raters and its own thresholds.
    """
    whole = workshop_result(workshop, last_round=last_round)
    journey = workshop.cycle.journey
    chosen = next((row for row in whole.blocks if str(row.code) == block), None) if len(whole.blocks) > 1 else None
    return Source(
        result=whole if chosen is None else activity_result(_activity(workshop, chosen.code)),
        journey=journey.name,
        persona=journey.persona.name,
        cycle=str(workshop.cycle),
        blocks=whole.blocks if len(whole.blocks) > 1 else (),
        block=chosen.code if chosen else None,
        first_words=_first_words(),
        last_round=last_round,
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


def _first_words() -> str:
    """Who most often makes the first impression, over all journeys of the open scope (R164); empty where no
    department has the first impression in two of them. Read from the journeys as they are today, so a recorded
    Ist-Stand has none.
    """
    firsts = Station.objects.in_order().order_by("journey", "phase_order", "position", "pk").distinct("journey")
    names = list(firsts.values_list("touchpoint__department__name", flat=True))
    counted = Counter(name for name in names if name)
    department, count = min(counted.items(), key=lambda pair: (-pair[1], pair[0].casefold()), default=("", 0))
    if count < 2:
        return ""
    return ngettext(
        "In %(count)d of %(total)d journeys the first impression lies with %(department)s.",
        "In %(count)d of %(total)d journeys the first impression lies with %(department)s.",
        count,
    ) % {"count": count, "total": len(names), "department": department}


def _activity(workshop: Workshop, code: UUID) -> Activity:
    found: Activity = Activity.objects.select_related("workshop__organisation").get(workshop=workshop, code=code)
    return found
