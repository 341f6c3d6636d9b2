"""What a file is made of: a result, and the words that say where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from workshops.models import Activity, Baseline, Workshop
from workshops.permissions import can_read_reasons
from workshops.queries.results import Result, frozen_result, workshop_result


@dataclass(frozen=True)
class Export:
    """A result to be taken along by one member; ``frozen_at`` is set for a recorded Ist-Stand only.

    ``running`` is the name of the block that runs now, with its round, and has no part in the figures; empty where none
    does.
    """

    result: Result
    organisation: str
    workshop: UUID
    title: str
    journey: str
    persona: str
    cycle: int
    planned_for: datetime | None
    frozen_at: datetime | None
    running: str
    with_reasons: bool
    # The round after which it is taken along; None for the last one.
    last_round: int | None = None

    @property
    def day(self) -> date | None:
        """The day of the workshop: as planned, or else when its last block was revealed."""
        revealed = [block.revealed_at for block in self.result.blocks if block.revealed_at]
        moment = self.planned_for or max(revealed, default=None)
        return timezone.localdate(moment) if moment else None

    @property
    def running_words(self) -> str:
        """Which block runs, in a sentence; empty where none does."""
        if not self.running:
            return ""
        return _("“%(title)s” is running and shows no value before it is revealed.") % {"title": self.running}

    @property
    def hidden(self) -> int:
        """How many stations show no figure because fewer than three people rated them."""
        return sum(station.hidden for station in self.result.figures.stations)


def workshop_export(workshop: Workshop, member: Membership, *, last_round: int | None = None) -> Export:
    """All revealed blocks of a workshop that was loaded with its journey, running or closed, also as they were after
    ``last_round``.
    """
    journey = workshop.cycle.journey
    running = next((row for row in Activity.objects.filter(workshop=workshop).in_order() if row.is_running), None)
    return Export(
        result=workshop_result(workshop, last_round=last_round),
        organisation=workshop.organisation.name,
        workshop=workshop.code,
        title=workshop.title,
        journey=journey.name,
        persona=journey.persona.name,
        cycle=workshop.cycle.number,
        planned_for=workshop.planned_for,
        frozen_at=None,
        running=running.name if running else "",
        with_reasons=can_read_reasons(member, workshop),
        last_round=last_round,
    )


def baseline_export(baseline: Baseline, member: Membership) -> Export:
    """A recorded Ist-Stand from its document: names and figures as they were, whatever they are today."""
    document = baseline.document
    planned_for = document["workshop"]["planned_for"]
    return Export(
        result=frozen_result(baseline),
        organisation=document["organisation"],
        workshop=baseline.workshop.code,
        title=document["workshop"]["title"],
        journey=document["journey"]["name"],
        persona=document["persona"]["name"] or "",
        cycle=document["cycle"],
        planned_for=datetime.fromisoformat(planned_for) if planned_for else None,
        frozen_at=baseline.frozen_at,
        running="",
        with_reasons=can_read_reasons(member, baseline.workshop),
    )
