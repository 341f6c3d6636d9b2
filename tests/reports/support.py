"""A finished Ist to report: a journey with its persona, a revealed block and its ratings, as rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django_scopes import scopes_disabled

from accounts.models import Organisation
from tests.factories import (
    ActivityFactory,
    CycleFactory,
    DepartmentFactory,
    JourneyFactory,
    ParticipantFactory,
    PersonaFactory,
    StationFactory,
    TouchpointFactory,
    WorkshopFactory,
)
from touchpoints.enums import Phase, Relation
from workshops.enums import Drawer, Mode, Scale
from workshops.models import Activity, ActivityStation, StationTally, Workshop

IB, PS, PU, LO, IA = Phase

# Name, phase, channel, (disappointing, OK, delighting).
PATH = (
    ("Empfehlung im Kollegenkreis", IB, "Gespräch", (5, 9, 10)),
    ("Bewertungsportal", IB, "Internet", (14, 6, 4)),
    ("Fahrplanauskunft", PS, "App", (3, 5, 18)),
    ("Tarifberatung am Schalter", PS, "Bahnhof", (6, 12, 8)),
    ("Website des Verbunds", PS, "Internet", (7, 13, 6)),
    ("Fahrkartenautomat", PU, "Bahnhof", (17, 5, 3)),
    ("Abo-Bestellung", PU, "Internet", (12, 8, 5)),
    ("QR-Code-Ticket", PU, "App", (1, 3, 22)),
    ("Weg zum Bahnsteig", LO, "Bahnhof", (2, 11, 11)),
    ("Zugfahrt", LO, "Zug", (13, 5, 6)),
    ("Auslastung und Platzangebot", LO, "Zug", (13, 4, 7)),
    ("Atmosphäre im Zug", LO, "Zug", (14, 6, 4)),
    ("WLAN und Mobilfunk im Zug", LO, "Zug", (11, 4, 9)),
    ("Betriebsstörung und Verspätung", LO, "Zug", (19, 3, 4)),
    ("Service und Kundenbetreuung", LO, "Zug", (11, 5, 9)),
    ("Antrag auf Erstattung", LO, "Internet", (8, 10, 6)),
    ("Beitrag in sozialen Medien", IA, "Internet", (1, 1, 0)),
    ("Weiterempfehlung", IA, "Gespräch", (2, 5, 15)),
)
# A call centre under contract runs it; of the others nobody is responsible.
CALL_CENTRE = "Service und Kundenbetreuung"
REASONS = {
    Drawer.DISAPPOINTING: ("Niemand sagt, wie es weitergeht.", "Man steht und wartet.", "Zu kompliziert für Gäste."),
    Drawer.OK: ("Funktioniert, mehr nicht.",),
    Drawer.DELIGHTING: ("Geht schneller als erwartet!", "Freundlich, auch wenn es voll ist."),
}


def finished_ist(
    organisation: Organisation,
    path: Sequence[tuple[str, Phase, str, tuple[int, int, int]]] = PATH,
    *,
    journey: str = "Der Weg zur Arbeit",
    texts: bool = True,
    reasons: bool = True,
    raters: int | None = None,
    criticality: Callable[[int], int] | None = lambda place: place % 3 + 1,
) -> Workshop:
    """A workshop with one revealed block whose stations have exactly these ratings."""
    people = raters or max((sum(counts) for *_rest, counts in path), default=0)
    persona = PersonaFactory(
        organisation=organisation,
        name="Petra Pendlerin",
        role="Fährt seit elf Jahren jeden Tag 42 Minuten zur Arbeit",
        quote="Ich will nur wissen, ob ich pünktlich bin.",
        goals="Verlässlich ankommen und die Zeit im Zug nutzen.",
        pains="Verspätung ohne Auskunft, volle Züge am Montag.",
        channels="App, Anzeige am Bahnsteig",
        needs="Sicherheit, Ruhe, ein Sitzplatz.",
        behaviour="Kauft das Abo einmal im Jahr und denkt nicht mehr daran.",
        evidence="Gespräche mit 14 Abonnentinnen im September.",
    )
    cycle = CycleFactory(journey=JourneyFactory(organisation=organisation, persona=persona, name=journey))
    workshop = WorkshopFactory(organisation=organisation, cycle=cycle, title="Ist-Workshop Pendeln")
    departments = [DepartmentFactory(organisation=organisation) for _ in range(5)]
    for index in range(people):
        ParticipantFactory(workshop=workshop, department=departments[index % 5])
    activity = ActivityFactory(workshop=workshop, revealed=True, raters=people, title="Die ganze Reise")
    add_ratings(activity, path, people, texts=texts, reasons=reasons, criticality=criticality)
    return workshop


def add_ratings(
    activity: Activity,
    path: Sequence[tuple[str, Phase, str, tuple[int, int, int]]],
    people: int,
    *,
    texts: bool,
    reasons: bool,
    criticality: Callable[[int], int] | None,
    start: int = 0,
) -> None:
    """Place the stations from ``start`` on and write the answers; who is left over cannot judge."""
    journey = activity.workshop.cycle.journey
    with scopes_disabled():
        for place, (name, phase, channel, counts) in enumerate(path, start):
            touchpoint = TouchpointFactory(organisation=journey.organisation, name=name[:200], phase=phase)
            station = ActivityStation.objects.create(
                activity=activity,
                station=StationFactory(journey=journey, touchpoint=touchpoint, position=place),
                position=place,
                name=name[:200],
                phase=phase,
                channel=channel,
                relation=Relation.INDIRECT if phase in (IB, IA) else Relation.DIRECT,
                criticality=None if criticality is None else criticality(place),
                department_name="Callcenter Nord" if name == CALL_CENTRE else "",
                by_provider=True if name == CALL_CENTRE else None,
                expectation="Alles klappt beim ersten Mal." if texts and place % 3 == 0 else "",
                reality="Der Automat nimmt den Schein nicht an, die Schlange wächst."
                if texts and place % 4 == 1
                else "",
                reaction="Ärger, dann der Griff zum Telefon." if texts and place % 4 == 1 else "",
            )
            rate(station, people, counts, reasons=reasons)


def rate(station: ActivityStation, people: int, counts: tuple[int, int, int], *, reasons: bool) -> None:
    """Give the station exactly these answers; who is left over cannot judge."""
    answers = [drawer for drawer, count in zip(Drawer, counts, strict=True) for _ in range(count)]
    disappointing, fine, delighting = counts
    StationTally.objects.create(
        station=station,
        disappointing=disappointing,
        fine=fine,
        delighting=delighting,
        unable=max(0, people - len(answers)),
        reasons=[
            {"text": REASONS[drawer][index % len(REASONS[drawer])], "drawer": drawer}
            for index, drawer in enumerate(answers)
            if reasons and index % 4 == 0
        ],
    )


# How far the other five scales stand from the experience, in the order of the stations, and again from the first.
EXPECTED = (2, 1, 3, 0, 1, 2, -1)
IMPORTANT = (8, 6, 9, 4, 7, 3)


def in_full_mode(activity: Activity) -> None:
    """The same block as if it had been rated in full mode: every drawer's answers spread over its numbers."""
    with scopes_disabled():
        Activity.objects.filter(pk=activity.pk).update(mode=Mode.FULL, cut_ok=4, cut_delight=7)
        for station in ActivityStation.objects.filter(activity=activity):
            tally = StationTally.objects.get(station=station)
            tally.scales = scales_of(station.position, tally)
            tally.save(update_fields=["scales"])


def scales_of(place: int, tally: StationTally) -> dict[str, list[int]]:
    """Six counts of eleven numbers each, without chance."""
    experience = [
        low + index % (high - low + 1)
        for (low, high), count in zip(
            ((0, 3), (4, 6), (7, 10)), (tally.disappointing, tally.fine, tally.delighting), strict=True
        )
        for index in range(count)
    ]
    given = {
        Scale.EXPERIENCE: experience,
        Scale.EXPECTATION: [min(10, max(0, value + EXPECTED[place % 7])) for value in experience],
        Scale.IMPORTANCE: [IMPORTANT[place % 6] + index % 2 for index in range(len(experience))],
        Scale.PURCHASE: [(place + index) % 4 + 3 for index in range(len(experience))],
        Scale.REPURCHASE: [min(10, value + 1) for value in experience],
        Scale.RECOMMENDATION: experience,
    }
    return {scale: [values.count(number) for number in range(11)] for scale, values in given.items()}


def second_round(first: Activity) -> Activity:
    """The same stations rated again, with disappointing and delighting exchanged."""
    with scopes_disabled():
        second = ActivityFactory(
            workshop=first.workshop, revealed=True, raters=first.raters, title=first.title, mode=first.mode,
            position=first.position + 1, round=2, round_of=first,
        )  # fmt: skip
        for row in ActivityStation.objects.filter(activity=first).order_by("position"):
            before = StationTally.objects.get(station=row)
            row.pk, row.code, row.activity = None, uuid.uuid4(), second
            row.save(force_insert=True)
            StationTally.objects.create(
                station=row,
                disappointing=before.delighting,
                fine=before.fine,
                delighting=before.disappointing,
                unable=before.unable,
            )
    return second
