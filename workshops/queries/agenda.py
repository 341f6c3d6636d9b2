"""What a moderator reads before and while a workshop runs: the list, the plan, and the blocks of the agenda."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Membership, Organisation
from workshops.deadlines import deadline_words
from workshops.enums import ActivityState, Mode, Step, WorkshopState
from workshops.models import Participant, Workshop, WorkshopSpectator
from workshops.queries.people import Person, people_here
from workshops.queries.room import RunningBlock, room_state


@dataclass(frozen=True)
class Block:
    """One block of the agenda."""

    code: UUID
    number: int
    title: str
    minutes: int
    stations: int
    state: str
    is_named: bool
    asks_reason: bool
    mode: Mode = Mode.QUICK
    # Of a block in advance: its deadline, and whether that has passed.
    until: datetime | None = None
    is_over: bool = False
    round: int = 1
    is_last_round: bool = True

    @property
    def may_go_round(self) -> bool:
        """Whether its stations can be asked once more."""
        return self.is_revealed and self.is_last_round

    @property
    def next_round_words(self) -> str:
        """The button that starts its next round."""
        if self.round == 1:
            return _("Second round")
        return _("Third round") if self.round == 2 else _("Round %(number)d") % {"number": self.round + 1}

    @property
    def is_planned(self) -> bool:
        """Whether it can still be changed."""
        return self.state == ActivityState.PLANNED

    @property
    def is_revealed(self) -> bool:
        """Whether it is over."""
        return self.state == ActivityState.REVEALED

    @property
    def is_full(self) -> bool:
        """Whether it asks for six scales."""
        return self.mode == Mode.FULL

    @property
    def is_current(self) -> bool:
        """Whether it runs or pauses."""
        return self.state in (ActivityState.OPEN, ActivityState.PAUSED)

    @property
    def state_word(self) -> str:
        """What to say beside the title; nothing while it is only planned."""
        if self.is_current and self.until:
            return pgettext("block", "deadline passed") if self.is_over else pgettext("block", "open in advance")
        return "" if self.is_planned else str(ActivityState(self.state).label)

    @property
    def until_words(self) -> str:
        """The deadline as one says it; empty for a block in the meeting."""
        return deadline_words(self.until) if self.until else ""

    @property
    def length(self) -> str:
        """How long it is open: its minutes in the meeting, or until when in advance."""
        if self.until:
            return _("in advance until %(until)s") % {"until": self.until_words}
        return ngettext("%(count)d minute", "%(count)d minutes", self.minutes) % {"count": self.minutes}

    @property
    def summary(self) -> str:
        """Its facts in one line: "18 stations · full · anonymous · asks for reasons · 20 minutes"."""
        parts = [
            ngettext("%(count)d station", "%(count)d stations", self.stations) % {"count": self.stations},
            str(self.mode.label),
            pgettext("block", "with names") if self.is_named else pgettext("block", "anonymous"),
            _("asks for reasons") if self.asks_reason else _("without reasons"),
            self.length,
        ]
        return " · ".join(parts)


def plan_words(plan: Mapping[str, Any]) -> dict[str, str]:
    """What is planned for a block, field by field of its form, in words that two people can compare."""
    until = plan["answers_until"]
    return {
        "title": plan["title"],
        "stations": ", ".join(station.touchpoint.name for station in plan["stations"]),
        "mode": str(Mode(plan["mode"]).label),
        "is_named": pgettext("block", "with names") if plan["is_named"] else pgettext("block", "anonymous"),
        "asks_reason": _("asks for reasons") if plan["asks_reason"] else _("without reasons"),
        "minutes": str(plan["minutes"]),
        "answers_until": deadline_words(until) if until else "",
    }


@dataclass(frozen=True)
class Expected:
    """A member who has not joined yet, and whether they are marked to only watch."""

    code: UUID
    name: str
    words: str
    only_watches: bool


@dataclass(frozen=True)
class PlanState:
    """A workshop's plan."""

    journey: str
    journey_code: UUID
    path_length: int
    blocks: tuple[Block, ...]
    people: tuple[Person, ...]
    expected: tuple[Expected, ...]
    is_closed: bool
    # Whether the Ist of its cycle has been recorded.
    is_recorded: bool

    @property
    def spectators(self) -> tuple[Expected, ...]:
        """Who is marked in advance."""
        return tuple(member for member in self.expected if member.only_watches)

    @property
    def has_results(self) -> bool:
        """Whether a block has been revealed."""
        return any(block.is_revealed for block in self.blocks)

    @property
    def summary(self) -> str:
        """Blocks in all, and the minutes of those in the meeting."""
        minutes = sum(block.minutes for block in self.blocks if not block.until)
        blocks = ngettext("%(count)d block", "%(count)d blocks", len(self.blocks)) % {"count": len(self.blocks)}
        if not minutes:
            return blocks
        return f"{blocks} · " + ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def blocks_of(agenda: Iterable[RunningBlock]) -> tuple[Block, ...]:
    """The blocks of a room's agenda as moderators read them."""
    return tuple(
        Block(
            code=row.code,
            number=row.number,
            title=row.name,
            minutes=row.minutes,
            stations=row.stations,
            state=row.state,
            is_named=row.is_named,
            asks_reason=row.asks_reason,
            mode=row.mode,
            until=row.until,
            is_over=row.is_over,
            round=row.round,
            is_last_round=row.is_last_round,
        )
        for row in agenda
    )


def plan_state(workshop: Workshop) -> PlanState:
    """The plan of a workshop that was loaded with its journey; the same number of queries whatever its size."""
    journey = workshop.cycle.journey
    return PlanState(
        journey=journey.name,
        journey_code=journey.code,
        path_length=journey.stations.count(),
        blocks=blocks_of(room_state(workshop, with_result=False).agenda),
        people=people_here(workshop).people,
        expected=_expected(workshop),
        is_closed=workshop.state == WorkshopState.CLOSED,
        is_recorded=workshop.cycle.step != Step.IST,
    )


def _expected(workshop: Workshop) -> tuple[Expected, ...]:
    """The organisation's members who have not joined, those marked first, then by name; one query."""
    here = Participant.objects.filter(workshop=workshop, membership=OuterRef("pk"))
    marked = WorkshopSpectator.objects.filter(workshop=workshop, membership=OuterRef("pk"))
    members = (
        Membership.objects.filter(~Exists(here), organisation=workshop.organisation_id)
        .select_related("user", "department")
        .annotate(only_watches=Exists(marked))
    )
    found = [
        Expected(
            code=member.code,
            name=str(member.user),
            words=" · ".join(filter(None, [str(member.department or ""), member.get_role_display()])),
            only_watches=member.only_watches,
        )
        for member in members
    ]
    return tuple(sorted(found, key=lambda member: (not member.only_watches, member.name.casefold())))


@dataclass(frozen=True)
class WorkshopRow:
    """One line of the list; without ``url`` there is nothing for this member to open yet."""

    code: UUID
    title: str
    journey: str
    journey_code: UUID
    planned_for: datetime | None
    state: str
    revealed: int
    blocks: int
    url: str


def workshop_rows(organisation: Organisation, member: Membership) -> list[WorkshopRow]:
    """All workshops, the newest first, in one query; each leads to what this member does with it."""
    found = (
        Workshop.objects.filter(organisation=organisation)
        .select_related("cycle__journey")
        .annotate(
            blocks=Count("activities"),
            done=Count("activities", filter=Q(activities__state=ActivityState.REVEALED)),
            running=Count("activities", filter=Q(activities__state__in=[ActivityState.OPEN, ActivityState.PAUSED])),
        )
        .order_by("-planned_for", "-created_at", "-pk")
    )
    return [_row(workshop, organisation, member) for workshop in found]


def _row(workshop: Workshop, organisation: Organisation, member: Membership) -> WorkshopRow:
    counted: dict[str, int] = {name: getattr(workshop, name) for name in ("blocks", "done", "running")}
    return WorkshopRow(
        code=workshop.code,
        title=workshop.title,
        journey=workshop.cycle.journey.name,
        journey_code=workshop.cycle.journey.code,
        planned_for=workshop.planned_for,
        state=_state_word(workshop, counted),
        revealed=counted["done"],
        blocks=counted["blocks"],
        url=_row_url(workshop, organisation, member, counted["done"]),
    )


def _state_word(workshop: Workshop, counted: dict[str, int]) -> str:
    if workshop.state == WorkshopState.CLOSED:
        return pgettext("workshop", "closed")
    if counted["running"]:
        return pgettext("workshop", "running")
    if counted["done"]:
        return pgettext("workshop", "revealed")
    return pgettext("workshop", "planned")


def _row_url(workshop: Workshop, organisation: Organisation, member: Membership, revealed: int) -> str:
    closed = workshop.state == WorkshopState.CLOSED
    if member.moderates:
        name = "workshop_result" if closed and revealed else "workshop_detail"
    elif revealed and (closed or member.reads_results):
        name = "workshop_result"
    else:
        return ""
    return reverse(f"workshops:{name}", kwargs={"org": organisation.slug, "code": workshop.code})
