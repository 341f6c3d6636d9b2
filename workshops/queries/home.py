"""Home: where every journey stands, and the one thing to do next, as a sentence with a button."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organisation
from journeys.models import Journey, Persona
from touchpoints.models import Touchpoint
from touchpoints.queries import CatalogueWarning, catalogue_counts
from workshops.deadlines import deadline_words
from workshops.enums import ActivityState, WorkshopState
from workshops.models import Activity, Workshop
from workshops.queries.cards import JourneyCard, journey_cards, state_words
from workshops.queries.measures import OpenMeasures, open_measures

SHOWN_JOURNEYS = 12


@dataclass(frozen=True)
class NextAction:
    """What to do next."""

    title: str
    text: str
    label: str
    url: str


@dataclass(frozen=True)
class FirstStep:
    """One of the steps from an empty organisation to the first curve."""

    title: str
    text: str
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class HomeState:
    """The home page of one member."""

    action: NextAction | None
    first_steps: tuple[FirstStep, ...]
    journeys: tuple[JourneyCard, ...]
    more_journeys: int
    coming: tuple[ComingWorkshop, ...]
    # What the catalogue lacks, for those who can fill it.
    warnings: tuple[CatalogueWarning, ...]
    in_advance: tuple[OpenBlock, ...]
    # What this member shall do, and for those who read results what everybody shall; None where nothing is open.
    measures: OpenMeasures | None

    @property
    def lists_coming(self) -> bool:
        """Whether there is more to list than the one workshop that stands above as what to do next."""
        return len(self.coming) > 1


@dataclass(frozen=True)
class OpenBlock:
    """A block that people answer in advance, without the moderator."""

    title: str
    workshop: str
    until: str
    is_over: bool
    console_url: str
    remind_url: str


@dataclass(frozen=True)
class ComingWorkshop:
    """A workshop that has not ended."""

    title: str
    journey: str
    planned_for: datetime | None
    state: str
    url: str


def home_state(organisation: Organisation, member: Membership) -> HomeState:
    """Home for ``member``; the same number of queries however many journeys and workshops there are."""
    found = list(_workshops(organisation))
    journeys = list(_journeys(organisation))
    scene = _Scene(organisation, member, found, journeys)
    return HomeState(
        action=scene.action(),
        first_steps=scene.first_steps(),
        journeys=journey_cards(organisation, member, journeys[:SHOWN_JOURNEYS], found),
        more_journeys=max(0, len(journeys) - SHOWN_JOURNEYS),
        coming=tuple(scene.coming()) if member.moderates else (),
        warnings=catalogue_counts().warnings if member.moderates else (),
        in_advance=tuple(_open_blocks(organisation)) if member.moderates else (),
        measures=open_measures(member),
    )


def _open_blocks(organisation: Organisation) -> Iterable[OpenBlock]:
    """Blocks that are open in advance, the nearest deadline first; one query."""
    blocks = Activity.objects.filter(
        workshop__organisation=organisation, state=ActivityState.OPEN, answers_until__isnull=False
    )
    for block in blocks.select_related("workshop").order_by("answers_until", "pk"):
        yield OpenBlock(
            title=block.title,
            workshop=block.workshop.title,
            until=deadline_words(block.answers_until),
            is_over=block.is_over,
            console_url=_address("workshop_console", organisation, block.workshop.code),
            remind_url=_address("activity_remind", organisation, block.code),
        )


def _address(name: str, organisation: Organisation, code: UUID) -> str:
    return reverse(f"workshops:{name}", kwargs={"org": organisation.slug, "code": code})


def _workshops(organisation: Organisation) -> Any:
    """All workshops, the newest first, each with the counts that tell where it stands."""
    running = Q(activities__state__in=[ActivityState.OPEN, ActivityState.PAUSED])
    return (
        Workshop.objects.filter(organisation=organisation)
        .select_related("cycle__journey", "baseline")
        .defer("baseline__document")
        .annotate(
            planned=Count("activities", filter=Q(activities__state=ActivityState.PLANNED)),
            revealed=Count("activities", filter=Q(activities__state=ActivityState.REVEALED)),
            running=Count("activities", filter=running),
            # Not yet: people answer in advance, and nobody waits for the moderator before the deadline.
            deadline=Max("activities__answers_until", filter=running),
        )
        .order_by("-created_at", "-pk")
    )


def _journeys(organisation: Organisation) -> Any:
    return (
        Journey.objects.filter(organisation=organisation)
        .select_related("persona")
        .annotate(placed=Count("stations"))
        .order_by("-created_at", "-pk")
    )


@dataclass(frozen=True)
class _Scene:
    """Everything that home is decided from."""

    organisation: Organisation
    member: Membership
    workshops: list[Any]
    journeys: list[Any]

    # ---- what to do next --------------------------------------------------------------------------------------------

    def action(self) -> NextAction | None:
        if not self.member.moderates:
            return self._read_newest()
        return self._go_on() or self._begin()

    def _go_on(self) -> NextAction | None:
        """The workshop that waits for its moderator: running, then revealed, then the next one in time."""
        waiting = [workshop for workshop in self.workshops if workshop.state == WorkshopState.OPEN]
        for workshop in sorted(waiting, key=_urgency):
            return self._console(workshop)
        return None

    def _console(self, workshop: Any) -> NextAction:
        title = workshop.title
        if workshop.running and workshop.deadline:
            text, label = _in_advance(workshop.deadline), _("To the console")
        elif workshop.running:
            text, label = _("A block is running. The phones in the room are waiting for you."), _("To the console")
        elif not workshop.planned and workshop.revealed:
            text, label = _("Everything is revealed. Talk about it, then record the Ist."), _("To the console")
        elif workshop.planned:
            text, label = _when(workshop), _("To the console")
        else:
            text = _("The workshop has no block to rate yet.")
            return NextAction(title, text, _("To the plan"), self._url("workshops:workshop_detail", workshop.code))
        return NextAction(title, text, label, self._url("workshops:workshop_console", workshop.code))

    def _begin(self) -> NextAction | None:
        """The next step towards a workshop, or after the last one the next look at its result."""
        ready = next((journey for journey in self.journeys if journey.placed), None)
        rated = {workshop.cycle.journey_id for workshop in self.workshops}
        fresh = next((journey for journey in self.journeys if journey.placed and journey.pk not in rated), None)
        if fresh is not None:
            return self._plan_workshop(fresh)
        if ready is not None:
            return self._read_newest()
        return self._fill()

    def _plan_workshop(self, journey: Any) -> NextAction:
        stations = ngettext("%(count)d station", "%(count)d stations", journey.placed) % {"count": journey.placed}
        return NextAction(
            _("Let everybody rate “%(journey)s”") % {"journey": journey.name},
            _("The journey has %(stations)s and no workshop yet. A title and a date are filled in already.")
            % {"stations": stations},
            _("Plan a workshop"),
            self._url("workshops:workshop_create") + f"?journey={journey.code}",
        )

    def _fill(self) -> NextAction:
        if not Touchpoint.objects.filter(organisation=self.organisation).exists():
            return NextAction(
                _("Begin with the touchpoints"),
                _("Tick those that your customers meet from a list of 102, or import your own from Excel or CSV."),
                _("Choose touchpoints"),
                self._url("touchpoints:starter_list"),
            )
        if self.journeys:
            return NextAction(
                _("Put the stations onto the path"),
                _("“%(journey)s” has no station yet.") % {"journey": self.journeys[0].name},
                _("To the journey"),
                self._url("journeys:journey_board", self.journeys[0].code),
            )
        if not Persona.objects.filter(organisation=self.organisation).exists():
            return NextAction(
                _("Whose journey is it?"),
                _("Give the customer a name; the rest of the card can wait."),
                _("Create a persona"),
                self._url("journeys:persona_create"),
            )
        return NextAction(
            _("Lay out the first journey"),
            _("From the first time they hear of you to the moment they recommend you."),
            _("Create a journey"),
            self._url("journeys:journey_create"),
        )

    def _read_newest(self) -> NextAction | None:
        for workshop in self.workshops:
            if workshop.revealed and (workshop.state == WorkshopState.CLOSED or self.member.reads_results):
                return NextAction(
                    _("The newest result: %(journey)s") % {"journey": workshop.cycle.journey.name},
                    state_words(workshop),
                    _("Look at the result"),
                    self._url("workshops:workshop_result", workshop.code),
                )
        return None

    # ---- the first way through --------------------------------------------------------------------------------------

    def first_steps(self) -> tuple[FirstStep, ...]:
        """The way to the first curve, for moderators until the first block is revealed."""
        if not self.member.moderates or any(workshop.revealed for workshop in self.workshops):
            return ()
        placed = any(journey.placed for journey in self.journeys)
        done = [
            placed or Touchpoint.objects.filter(organisation=self.organisation).exists(),
            bool(self.journeys) or Persona.objects.filter(organisation=self.organisation).exists(),
            placed,
            False,
        ]
        words = [
            (_("Touchpoints"), _("Where do customers meet you? Tick from the list of 102 or import your own.")),
            (_("Persona"), _("Through whose eyes do you look? One name is enough to begin.")),
            (_("Journey"), _("Which stations does this person pass, from the first contact to the recommendation?")),
            (_("Workshop"), _("Everybody rates the stations on the phone, hidden. Then one curve is revealed.")),
        ]
        current = done.index(False)
        return tuple(FirstStep(title, text, done[place], place == current) for place, (title, text) in enumerate(words))

    # ---- the lists --------------------------------------------------------------------------------------------------

    def coming(self) -> Iterable[ComingWorkshop]:
        waiting = [workshop for workshop in self.workshops if workshop.state == WorkshopState.OPEN]
        for workshop in sorted(waiting, key=_urgency):
            yield ComingWorkshop(
                title=workshop.title,
                journey=workshop.cycle.journey.name,
                planned_for=workshop.planned_for,
                state=state_words(workshop),
                url=self._url("workshops:workshop_detail", workshop.code),
            )

    def _url(self, name: str, code: UUID | None = None) -> str:
        arguments = {"org": self.organisation.slug} | ({"code": code} if code else {})
        return reverse(name, kwargs=arguments)


def _urgency(workshop: Any) -> tuple[bool, bool, bool, float]:
    """Running before revealed, then the one whose time is nearest, those without a time at the end."""
    when = workshop.planned_for
    now = timezone.now()
    distance = abs((when - now).total_seconds()) if when else 0.0
    waits = workshop.running and (workshop.deadline is None or workshop.deadline <= now)
    return not waits, not workshop.revealed, when is None, distance


def _in_advance(deadline: datetime) -> str:
    words = {"until": deadline_words(deadline)}
    if deadline > timezone.now():
        return _("A block is open in advance until %(until)s. People answer without you.") % words
    return _("The deadline of a block has passed (%(until)s). Reveal it in the meeting.") % words


def _when(workshop: Any) -> str:
    if workshop.planned_for is None:
        return _("Planned, without a date. The room is open: people can join with the code.")
    when = date_format(timezone.localtime(workshop.planned_for), "DATETIME_FORMAT")
    return _("Planned for %(when)s. The room is open: people can join with the code.") % {"when": when}
