"""A whole workshop over HTTP: moderators and phones through the real doors, and everything that anybody can read."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient, Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.conftest import client_of
from tests.factories import MembershipFactory, OrganisationFactory
from tests.workshops.streams import Stream
from tests.workshops.support import Room, make_room
from workshops.enums import Mode
from workshops.models import ActivityStation, Baseline, Participant

# What somebody taps at one station: a drawer, a drawer with a reason, in full mode some of the six numbers with or
# without a reason, None for "cannot judge", or LEFT_OUT.
Tap = int | tuple[int, str] | Mapping[str, int | str] | None | str
LEFT_OUT = "left out"


@dataclass
class HttpPhone:
    """A guest's browser in the room."""

    join_code: str
    name: str = "Gast"
    # The code of a department of the organisation, or none.
    department: str = ""
    client: Client = field(default_factory=lambda: Client(headers={"accept-language": "de"}))

    def url(self, name: str, **more: object) -> str:
        return reverse(f"workshops:{name}", kwargs={"code": self.join_code, **more})

    def enter(self) -> HttpPhone:
        """Open the page and come in."""
        self.client.get(self.url("room"))
        typed = {"as": "guest", "name": self.name, "department": self.department}
        response = self.client.post(self.url("room_enter"), typed)
        assert response.status_code == 302
        return self

    def tap(self, station: ActivityStation, tap: Tap) -> Any:
        """Answer one station under HTMX, as a phone does."""
        answer: dict[str, Any] = {"cannot_judge": "on"} if tap is None else {"drawer": tap}
        if isinstance(tap, tuple):
            answer = {"drawer": tap[0], "reason": tap[1]}
        if isinstance(tap, Mapping):
            answer = dict(tap)
        url = self.url("station_rate", station=station.code)
        return self.client.post(url, answer, headers={"HX-Request": "true"})

    def answer(self, stations: Sequence[ActivityStation], taps: Sequence[Tap]) -> HttpPhone:
        """Load the cards, then answer one station after the other."""
        self.client.get(self.url("ballot_detail"), headers={"HX-Request": "true"})
        for station, tap in zip(stations, taps, strict=True):
            if tap != LEFT_OUT:
                assert self.tap(station, tap).status_code == 200
        return self


@dataclass
class HttpWorkshop:
    """An organisation of its own with one block, run by mara over HTTP."""

    organisation: Organisation
    people: Mapping[str, Membership]
    room: Room
    phones: list[HttpPhone] = field(default_factory=list)

    @classmethod
    def begin(cls, slug: str, *, stations: int = 3, is_named: bool = False, mode: Mode = Mode.QUICK) -> HttpWorkshop:
        """Two of these differ in nothing that a page shows but addresses."""
        organisation = OrganisationFactory(name="Regio-Bahn Mitte", slug=slug, language="de")
        roles = {"mara": Role.MODERATOR, "max": Role.MANAGER, "emil": Role.EMPLOYEE}
        people = {
            name: MembershipFactory(
                organisation=organisation, role=role, user__name=name.title(), user__email=f"{name}@{slug}.example.org"
            )
            for name, role in roles.items()
        }
        with member_scope(organisation):
            room = make_room(organisation, people["mara"], stations=stations, is_named=is_named, mode=mode)
            for model, row, words in (
                (type(room.workshop), room.workshop, {"title": "Ist-Workshop"}),
                (type(room.workshop.cycle.journey), room.workshop.cycle.journey, {"name": "Der Weg zur Arbeit"}),
                (type(room.workshop.cycle.journey.persona), room.workshop.cycle.journey.persona, {"name": "Petra"}),
            ):
                model.objects.filter(pk=row.pk).update(**words)
            room.workshop.refresh_from_db()
        return cls(organisation, people, room)

    def url(self, name: str, code: object = None) -> str:
        """One of the organisation's addresses; the workshop's unless ``code`` names something else."""
        return reverse(name, kwargs={"org": self.organisation.slug, "code": code or self.room.workshop.code})

    def browser(self, name: str, language: str = "de") -> Client:
        client = client_of(self.people[name])
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        return client

    def step(self, name: str, code: object = None) -> None:
        """One of mara's buttons."""
        response = self.browser("mara").post(self.url(f"workshops:{name}", code))
        assert response.status_code == 302, response.content.decode()

    def open(self) -> HttpWorkshop:
        self.browser("mara").get(self.url("workshops:workshop_console"))
        self.step("activity_open", self.room.activity.code)
        return self

    def enter(self, people: int) -> HttpWorkshop:
        code = self.room.workshop.join_code
        self.phones += [HttpPhone(code, f"Person {number}").enter() for number in range(people)]
        return self

    def rate(self, answers: Sequence[Sequence[Tap]]) -> HttpWorkshop:
        """One phone a row."""
        with member_scope(self.organisation):
            stations = self.room.stations
        for phone, taps in zip(self.phones, answers, strict=True):
            phone.answer(stations, taps)
        return self

    def reveal(self) -> HttpWorkshop:
        self.step("activity_reveal", self.room.activity.code)
        return self

    def participant(self, number: int) -> Participant:
        with member_scope(self.organisation):
            return Participant.objects.filter(workshop=self.room.workshop).order_by("pk")[number]


def run(slug: str, answers: Sequence[Sequence[Tap]], *, mode: Mode = Mode.QUICK) -> HttpWorkshop:
    """From the code to the revealed curve."""
    stations = len(answers[0])
    workshop = HttpWorkshop.begin(slug, stations=stations, mode=mode)
    return workshop.enter(len(answers)).open().rate(answers).reveal()


# --- what anybody can read -------------------------------------------------------------------------------------------

EXPORTS = ("workshops:result_export", "workshops:result_json", "workshops:result_svg")
PAGES = (
    "workshops:workshop_result",
    "workshops:result_analysis",
    "workshops:result_reasons",
    *EXPORTS,
    "workshops:workshop_console",
    "workshops:console_parts",
    "workshops:workshop_projector",
    "workshops:workshop_detail",
    "workshops:workshop_poll",
)


def readings(workshop: HttpWorkshop, *, without: Collection[str] = ()) -> dict[str, str]:
    """Everything about the result that leaves the server over HTTP: pages, exports, polls, streams, in both languages.

    Addresses, tokens and times are taken out, so that two workshops can be compared letter by letter.
    """
    found = {}
    phone = workshop.phones[0]
    for language, readers in (("de", {"mara": PAGES, "max": PAGES[:6]}), ("en", {"mara": PAGES})):
        for person, pages in readers.items():
            browser = workshop.browser(person, language)
            for name in [page for page in pages if page not in without]:
                found[f"{name} {person} {language}"] = read(browser, workshop.url(name))
            for name in ("workshops:home", "workshops:workshop_list", "reports:report_list"):
                url = reverse(name, kwargs={"org": workshop.organisation.slug})
                found[f"{name} {person} {language}"] = read(browser, url)
        for name in ("room", "room_poll"):
            found[f"{name} {language}"] = read(phone.client, phone.url(name), language)
    found["board stream"] = streamed(workshop.browser("mara"), workshop.url("workshops:workshop_stream"), 3)
    found["room stream"] = streamed(phone.client, phone.url("room_stream"), 2)
    return without_names(workshop, {name: plain(text) for name, text in found.items()})


def frozen_readings(workshop: HttpWorkshop) -> dict[str, str]:
    """Record the Ist, and read it as each of those who may."""
    workshop.step("ist_freeze")
    with member_scope(workshop.organisation):
        baseline = Baseline.objects.get(workshop=workshop.room.workshop)
    found = {"document": json.dumps(baseline.document, sort_keys=True)}
    for person in ("mara", "max", "emil"):
        browser = workshop.browser(person)
        found[f"baseline {person}"] = read(browser, workshop.url("workshops:baseline_detail", baseline.code))
        found[f"analysis {person}"] = read(browser, workshop.url("workshops:baseline_analysis", baseline.code))
        for file in ("export", "json", "svg") if person != "emil" else ():
            found[f"baseline {file} {person}"] = read(
                browser, workshop.url(f"workshops:baseline_{file}", baseline.code)
            )
        found[f"result {person}"] = read(browser, workshop.url("workshops:workshop_result"))
    return without_names(workshop, {name: plain(text) for name, text in found.items()})


def read(client: Client, url: str, language: str | None = None) -> str:
    headers = {"accept-language": language} if language else {}
    response = client.get(url, headers=headers)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def streamed(client: Client, url: str, fragments: int) -> str:
    """The first fragments of a stream, through every middleware of the asynchronous server."""

    async def listen() -> str:
        browser = AsyncClient(headers={"accept-language": "de"})
        browser.cookies = client.cookies
        response: Any = await browser.get(url, headers={"accept": "text/event-stream"})
        assert response.headers["Content-Type"] == "text/event-stream"
        stream = Stream(aiter(response))
        pump = asyncio.create_task(stream.pump())
        try:
            await stream.chunk()
            events = [await stream.event() for _number in range(fragments)]
        finally:
            pump.cancel()
            await asyncio.wait([pump])
            await sync_to_async(response.close)()
        return "\n".join(f"{event.name}\n{event.data}" for event in sorted(events, key=lambda event: event.name))

    return async_to_sync(listen)()


NEVER_THE_SAME = (
    r'<svg role="img" aria-label="QR-Code".*?</svg>',
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",  # codes
    r'(?<=csrfmiddlewaretoken" value=")[^"]+',
    r'(?<="X-CSRFToken": ")[^"]+',
    r'(?<=data-person=")[^"]+',  # whoever reads, to their own browser
    r'(?<=data-digest=")[^"]+',
    r'(?<=data-now=")[^"]+',
    r'(?<=data-ends-at=")[^"]+',
    r'(?<=data-version=")[^"]+',  # counts who has finished, which the room is told anyway
    r'(?<=data-server-now=")[^"]+',
    r"\b\d{4}-\d\d-\d\dT[\d:.+]+",
    r"\b\d?\d:\d\d\b( [ap]\.m\.)?|\b\d?\d [ap]\.m\.|\bnoon\b|\bmidnight\b",  # a minute may pass between them
    r'(?<=datetime=")[^"]+',
    r'(?<=_at": ")[^"]+',
)


def plain(text: str) -> str:
    """``text`` without what differs between any two workshops."""
    for pattern in NEVER_THE_SAME:
        text = re.sub(pattern, "…", text)
    return text


def without_names(workshop: HttpWorkshop, found: Mapping[str, str]) -> dict[str, str]:
    """The readings without the workshop's own short names."""
    names = (workshop.organisation.slug, workshop.room.workshop.join_code)
    spoken = f"{names[1][:3]} {names[1][3:]}"
    pattern = "|".join(map(re.escape, (*names, spoken)))
    return {key: re.sub(pattern, "…", text) for key, text in found.items()}
