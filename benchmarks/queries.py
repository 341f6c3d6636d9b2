"""``queries``: how many SQL queries each page makes with 20, 200 and 2,000 rows of everything behind it.

Pages come from the list of addresses, so that none is forgotten: every address that answers GET is asked for, in the
name of an owner or of a guest in the room. Counted in this process, by Django's own client.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Department, Invitation
from benchmarks import measure, world
from benchmarks.measure import Figure, Row
from benchmarks.world import Place, Seat
from journeys.models import Journey, Persona
from reports.models import Report
from touchpoints.models import Touchpoint, TouchpointImport
from workshops import services
from workshops.enums import MeasureKind
from workshops.models import Activity, Baseline, Cycle, Measure, MeasureTouchpoint, TableEntry, Workshop

SIZES = (20, 200, 2000)
RATERS = 5
APPS = ("accounts", "touchpoints", "journeys", "workshops", "reports")
# No page of the application's own, or one that ends only when the visitor leaves.
LEFT_OUT = {"workshops:workshop_stream", "workshops:room_stream", "accounts:setup", "accounts:invitation_accept"}


@dataclass(frozen=True)
class Everything:
    """An organisation with ``size`` rows of everything that pages list."""

    place: Place
    running: Activity
    planned: Activity
    revealed: Activity
    baseline: Baseline
    seat: Seat
    upload: TouchpointImport
    report: Report

    def codes(self) -> dict[str, Any]:
        """What stands for ``code`` and ``station`` in the address of each page, by the first word of its name;
        any other word means the running workshop."""
        journey = self.place.journey
        return {
            "touchpoint": self.place.path[0].touchpoint.code,
            "import": self.upload.code,
            "persona": journey.persona.code,
            "journey": journey.code,
            "station": journey.code,
            "member": self.place.moderator.code,
            "invitation": Invitation.objects.order_by("pk")[0].code,
            "department": Department.objects.order_by("pk")[0].code,
            "activity": self.planned.code,
            "table": self.running.code,
            "participant": self.seat.participant.code,
            "baseline": self.baseline.code,
            "report": self.report.code,
            "measure": Measure.objects.order_by("pk")[0].code,
            "result": self.revealed.workshop.code,
            "ist": self.revealed.workshop.code,
        }


def make_everything(size: int) -> Everything:
    """Rows in bulk; the three workshops that pages show are made by the services."""
    place = world.make_place(size)
    revealed = world.make_block(place)
    world.answer(place, revealed, world.seat_people(place, revealed.workshop, RATERS), reasons=0.3)
    world.reveal(place, revealed)
    with world.inside(place):
        baseline = services.freeze_ist(workshop=revealed.workshop, by=place.moderator)
    running = world.make_block(place, asks_reason=True)
    seats = world.seat_people(place, running.workshop, size)
    with world.inside(place):
        planned = services.plan_activity(
            workshop=running.workshop,
            title="Danach",
            stations=place.path,
            is_named=False,
            asks_reason=False,
            minutes=10,
            by=place.moderator,
        )
        TableEntry.objects.bulk_create(TableEntry(activity=running, name=f"Tisch {n}", heads=1) for n in range(size))
        upload, report = fill_lists(place, revealed.workshop, size)
    return Everything(place, running, planned, revealed, baseline, seats[0], upload, report)


def fill_lists(place: Place, workshop: Workshop, size: int) -> tuple[TouchpointImport, Report]:
    """As many rows in every list, of people, departments, personas, journeys, workshops, measures, reports, uploads."""
    organisation, moderator = place.organisation, place.moderator
    numbers = range(size)
    moderator.role = Role.OWNER
    moderator.save(update_fields=["role"])
    world.make_members(organisation, size, Role.EMPLOYEE)
    Department.objects.bulk_create(Department(organisation=organisation, name=f"Abteilung {n}") for n in numbers)
    Invitation.objects.bulk_create(
        Invitation(
            organisation=organisation,
            email=f"{n}@example.org",
            token_hash=uuid.uuid4().hex,
            created_by=moderator,
            expires_at=timezone.now() + timedelta(days=7),
        )
        for n in numbers
    )
    personas = Persona.objects.bulk_create(Persona(organisation=organisation, name=f"Persona {n}") for n in numbers)
    journeys = Journey.objects.bulk_create(
        Journey(organisation=organisation, persona=persona, name=f"Journey {n}") for n, persona in enumerate(personas)
    )
    cycles = Cycle.objects.bulk_create(Cycle(journey=journey) for journey in journeys)
    Workshop.objects.bulk_create(
        Workshop(organisation=organisation, cycle=cycle, title=f"Workshop {n}", created_by=moderator)
        for n, cycle in enumerate(cycles)
    )
    touchpoints = list(Touchpoint.objects.filter(organisation=organisation))
    measures = Measure.objects.bulk_create(
        Measure(organisation=organisation, title=f"Maßnahme {n}", kind=MeasureKind.REMOVE, responsible=moderator)
        for n in numbers
    )
    MeasureTouchpoint.objects.bulk_create(
        MeasureTouchpoint(measure=measure, touchpoint=touchpoints[n % len(touchpoints)])
        for n, measure in enumerate(measures)
    )
    reports = Report.objects.bulk_create(
        Report(
            organisation=organisation,
            workshop=workshop,
            language="de",
            requested_by=moderator,
            state=Report.State.DONE,
            finished_at=timezone.now(),
            file="reports/bench.pdf",
        )
        for _ in numbers
    )
    storage = reports[0].file.storage
    if not storage.exists("reports/bench.pdf"):
        storage.save("reports/bench.pdf", ContentFile(b"%PDF-1.7"))
    place.journey.persona.picture.save("bench.jpg", ContentFile(b"\xff\xd8"), save=True)
    lines = "\n".join(f"Kontakt {n};{n % 3}" for n in numbers)
    upload = TouchpointImport.objects.create(
        organisation=organisation,
        created_by=moderator,
        file_name="a.csv",
        content=f"Name;Phase\n{lines}".encode(),
        columns={"0": "name", "1": "phase"},
        answers={"phase": {str(n): "PS" for n in range(3)}},
    )
    return upload, reports[0]


def pages() -> Iterator[tuple[str, frozenset[str]]]:
    """Name of every address of the five apps, and what it needs."""
    yield from walk(get_resolver().url_patterns, "", frozenset())


def walk(
    patterns: list[URLPattern | URLResolver], namespace: str, above: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    for each in patterns:
        needs = above | each.pattern.converters.keys()
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, each.namespace or namespace, needs)
        elif namespace in APPS and f"{namespace}:{each.name}" not in LEFT_OUT:
            yield f"{namespace}:{each.name}", needs


def address(name: str, needs: frozenset[str], everything: Everything) -> str:
    """The address of a page in this organisation."""
    workshop = everything.running.workshop
    own = name.partition(":")[2]
    station = everything.place.path[0].code
    values: dict[str, Callable[[], Any]] = {
        "other": lambda: everything.place.path[1].touchpoint.code,
        "org": lambda: everything.place.organisation.slug,
        "station": lambda: station,
        "table": lambda: TableEntry.objects.order_by("pk")[0].code,
        "code": lambda: everything.codes().get(own.partition("_")[0], workshop.code),
    }
    if "org" not in needs:
        values["code"] = lambda: workshop.join_code
        values["station"] = lambda: world.last_station(everything.place, everything.running).code
    if own in ("report_create", "workshop_result"):
        values["code"] = lambda: everything.revealed.workshop.code
    return reverse(name, kwargs={need: values[need]() for need in needs})


def visitor(cookies: dict[str, str]) -> Client:
    client = Client(headers={"Host": "127.0.0.1", "Accept-Language": "de", "Accept": "text/html"})
    client.cookies.load(cookies)
    return client


def count(client: Client, path: str) -> int | None:
    """How many queries a page makes the second time; None for one that has no GET, or leads elsewhere."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
            if answer.status_code == 200 and answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[arg-type]  # a synchronous client
        assert answer.status_code < 500, path
    if answer.status_code not in (200, 286):
        return None
    return len(queries)


def count_all(size: int) -> dict[str, int]:
    """The queries of every page with ``size`` rows."""
    everything = make_everything(size)
    owner, guest = visitor(everything.place.cookies), visitor(everything.seat.cookies)
    found = {}
    for name, needs in pages():
        with world.inside(everything.place):
            path = address(name, needs, everything)
        is_room = "code" in needs and "org" not in needs
        number = count(guest if is_room else owner, path)
        if number is not None:
            found[name] = number
    return found


def run(rounds: int) -> Row:
    """Count once at each size; a number of queries does not vary."""
    counted = {}
    for size in SIZES:
        counted[size] = count_all(size)
        measure.progress(f"{len(counted[size])} pages with {size} rows")
    names = sorted(set.union(*(set(found) for found in counted.values())))
    uneven = {name: [counted[size].get(name) for size in SIZES] for name in names}
    uneven = {name: numbers for name, numbers in uneven.items() if len(set(numbers)) > 1}
    most = max(names, key=lambda name: counted[SIZES[0]].get(name, 0))
    notes = [f"{len(names)} pages; the most queries: {most} with {counted[SIZES[0]][most]}"]
    notes += [f"{name}: {' / '.join(map(str, numbers))}" for name, numbers in uneven.items()]
    return Row([Figure("pages whose number differs", len(uneven), 0)], notes)
