"""People in a room: a console, a projector and phones, as the persons in front of them use them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from journeys.models import Journey
from tests.factories import CycleFactory, JourneyFactory, StationFactory, WorkshopFactory
from touchpoints.enums import Phase
from workshops import services
from workshops.enums import Mode
from workshops.models import Activity, Workshop

OpenPage = Callable[..., Page]

DISAPPOINTING, OK, DELIGHTING, SKIP = "enttäuschend", "okay", "begeisternd", "Kann ich nicht beurteilen"
ENGLISH = {DISAPPOINTING: "disappointing", OK: "OK", DELIGHTING: "delighting", SKIP: "I cannot judge this"}
PATH = (
    ("Anzeige im Netz", Phase.INFLUENCING_BEFORE),
    ("Beratung am Telefon", Phase.PRESALES),
    ("Vertrag", Phase.PURCHASE),
    ("Wartung", Phase.LOYALTY),
)


def journey_of(member: Membership, path: tuple[tuple[str, Phase], ...] = PATH) -> Journey:
    """A journey with a station per row of ``path``, in the member's organisation."""
    journey = JourneyFactory(organisation=member.organisation, name="Der Weg zur Wartung", persona__name="Sabine")
    for position, (name, phase) in enumerate(path):
        StationFactory(journey=journey, position=position, touchpoint__name=name, touchpoint__phase=phase)
    return journey


def planned(
    member: Membership, path: tuple[tuple[str, Phase], ...] = PATH, minutes: int = 20, mode: Mode = Mode.QUICK
) -> Workshop:
    """A workshop with one block of all stations, ready to run."""
    journey = journey_of(member, path)
    with member_scope(member.organisation):
        workshop = WorkshopFactory(
            organisation=member.organisation, cycle=CycleFactory(journey=journey), title="Ist-Workshop"
        )
        services.plan_activity(
            workshop=workshop,
            title="Alle Stationen",
            stations=list(journey.stations.all()),
            is_named=False,
            asks_reason=True,
            minutes=minutes,
            by=member,
            mode=mode,
        )
    return workshop


def running(
    member: Membership, path: tuple[tuple[str, Phase], ...] = PATH, minutes: int = 20, mode: Mode = Mode.QUICK
) -> Workshop:
    """The same, and its block is open."""
    workshop = planned(member, path, minutes, mode)
    with member_scope(member.organisation):
        services.open_activity(activity=Activity.objects.get(workshop=workshop), by=member)
    return workshop


def console_path(workshop: Workshop) -> str:
    return f"/o/{workshop.organisation.slug}/workshops/{workshop.code}/console/"


def ring(page: Page) -> Locator:
    """The ring of console or projector: how many have finished."""
    return page.locator("#board-count")


def name_of(element: Locator, word: str) -> Locator:
    """The button whose name begins with ``word``; what else it says (a gloss, "saved") does not matter."""
    return element.get_by_role("button", name=re.compile(rf"^{re.escape(word)}"))


@dataclass
class Phone:
    """A phone in the room, in German unless ``words`` translates what its owner reads."""

    page: Page
    english: bool = False
    given: dict[str, str] = field(default_factory=dict)

    def say(self, german: str, english: str) -> str:
        return english if self.english else german

    def join(self, code: str, name: str = "") -> None:
        """Type the short address, and the name or none."""
        self.page.goto(f"/{code}")
        if name:
            self.page.get_by_label(self.say("Dein Name", "Your name")).fill(name)
            self.page.get_by_role("button", name=self.say("Teilnehmen", "Join"), exact=True).click()
        else:
            self.page.get_by_role("button", name=self.say("Ohne Namen teilnehmen", "Join without a name")).click()
        expect(self.page.locator("#room-stage")).to_be_attached()

    def sees(self, german: str, english: str = "") -> None:
        """Wait for the one heading that says what is going on."""
        expect(self.page.get_by_role("heading", name=self.say(german, english), level=1)).to_be_visible()

    def card(self, station: str) -> Locator:
        return self.page.locator(".ballot__card").filter(has=self.page.get_by_role("heading", name=station, exact=True))

    def answer(self, station: str, word: str) -> Locator:
        return name_of(self.card(station), ENGLISH[word] if self.english else word)

    def tap(self, station: str, word: str) -> None:
        """Tap an answer of the card that is shown, and see that it is saved."""
        self.answer(station, word).click()
        self.expect_saved(station, word)
        self.given[station] = word

    def expect_saved(self, station: str, word: str) -> None:
        button = self.answer(station, word)
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button.get_by_text(self.say("gespeichert ✓", "saved ✓"), exact=True)).to_be_visible()

    def scale(self, station: str, question: str) -> Locator:
        """One of the six scales of a card in full mode."""
        return self.card(station).get_by_role("radiogroup", name=question)

    def choose(self, station: str, question: str, number: int) -> None:
        """Tap a number of the scale that is shown, and see on its step that it is saved."""
        scale = self.scale(station, question)
        expect(scale).to_be_visible()
        code = scale.get_attribute("data-scale")
        scale.get_by_text(str(number), exact=True).tap()
        step = self.card(station).locator(f"[data-step={code}]")
        expect(step.locator(".scale-step__number")).to_have_text(str(number))
        expect(step.locator(".scale-step__saved")).to_be_visible()

    def next(self) -> None:
        """The wide button at the bottom, to the next card or the overview."""
        words = self.say("Weiter|Übersicht", "Next|To my answers")
        self.page.locator(".ballot__card:visible .phone__steps").get_by_role(
            "button", name=re.compile(rf"^({words})")
        ).click()

    def rate_all(self, answers: dict[str, str]) -> None:
        """Answer card after card along the path."""
        for station, word in answers.items():
            expect(self.card(station)).to_be_visible()
            self.tap(station, word)
            self.next()
