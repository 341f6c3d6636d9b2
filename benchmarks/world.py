"""Organisations, paths, rooms and the people in them, made quickly: services where a rule matters, else in bulk."""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.enums import Role
from accounts.logins import SessionStore
from accounts.models import Department, Membership, Organisation, User
from accounts.tenancy import member_scope
from journeys.models import Journey, Persona, Station
from touchpoints.enums import Medium, Phase, Relation
from touchpoints.models import Touchpoint
from workshops import doors, services
from workshops.enums import Drawer
from workshops.models import Activity, ActivityStation, Ballot, Participant, Participation, Workshop

_numbers = count(1)


@dataclass(frozen=True)
class Seat:
    """Somebody in a room: the row, the device's secret, and the cookies that make a request theirs."""

    participant: Participant
    secret: str
    cookies: dict[str, str]


@dataclass(frozen=True)
class Place:
    """An organisation with a moderator who is logged in, and the path that everything happens on."""

    organisation: Organisation
    moderator: Membership
    cookies: dict[str, str]
    journey: Journey
    path: list[Station]


@contextmanager
def inside(place: Place) -> Iterator[None]:
    """The scope of the place's organisation."""
    with member_scope(place.organisation):
        yield


def make_place(stations: int) -> Place:
    """An organisation whose journey has ``stations`` stations."""
    number = next(_numbers)
    organisation = Organisation.objects.create(name=f"Bench {number}", slug=f"bench-{number}-{secrets.token_hex(3)}")
    with member_scope(organisation):
        moderator = make_members(organisation, 1, Role.MODERATOR)[0]
        journey, path = make_path(organisation, stations)
    return Place(organisation, moderator, log_in([moderator])[0], journey, path)


def make_members(organisation: Organisation, number: int, role: Role) -> list[Membership]:
    """People with an account and this role. Nobody can log in with a password; ``log_in`` does."""
    users = User.objects.bulk_create(
        User(email=f"{uuid.uuid4().hex}@example.org", name=f"Person {index}") for index in range(number)
    )
    return list(
        Membership.objects.bulk_create(Membership(organisation=organisation, user=user, role=role) for user in users)
    )


def log_in(members: Sequence[Membership]) -> list[dict[str, str]]:
    """A session for each of them, as the login would have made it; the cookies."""
    expires = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    store = SessionStore()
    sessions = [
        Session(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    SESSION_KEY: str(member.user_id),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: member.user.get_session_auth_hash(),
                }
            ),
            expire_date=expires,
        )
        for member in members
    ]
    Session.objects.bulk_create(sessions)
    return [{settings.SESSION_COOKIE_NAME: session.session_key} for session in sessions]


def make_path(organisation: Organisation, stations: int) -> tuple[Journey, list[Station]]:
    """A journey along ``stations`` touchpoints of all five phases, with the words that people write."""
    departments = Department.objects.bulk_create(
        Department(organisation=organisation, name=name) for name in ("Vertrieb", "Service", "Digital")
    )
    persona = Persona.objects.create(
        organisation=organisation, name="Petra Pendlerin", goals="Ankommen, ohne zu planen"
    )
    journey = Journey.objects.create(organisation=organisation, persona=persona, name=f"Weg über {stations} Stationen")
    phases = list(Phase)
    touchpoints = Touchpoint.objects.bulk_create(
        Touchpoint(
            organisation=organisation,
            name=f"Kontakt {index + 1}: {('Auskunft am Schalter', 'Kauf in der App', 'Durchsage')[index % 3]}",
            description="Ich frage nach und bekomme eine Antwort.",
            phase=phases[index * len(phases) // stations],
            position=index,
            channel=("Schalter", "App", "Lautsprecher")[index % 3],
            medium=(Medium.OFFLINE, Medium.ONLINE, Medium.BOTH)[index % 3],
            relation=Relation.DIRECT,
            department=departments[index % 3],
            criticality=index % 3 + 1,
        )
        for index in range(stations)
    )
    path = Station.objects.bulk_create(
        Station(journey=journey, touchpoint=touchpoint, position=index, expectation="Dass es beim ersten Mal klappt.")
        for index, touchpoint in enumerate(touchpoints)
    )
    return journey, list(path)


def make_block(place: Place, stations: int | None = None, *, asks_reason: bool = True) -> Activity:
    """A workshop of its own with one open block of the first ``stations`` of the path."""
    with inside(place):
        workshop = services.create_workshop(
            journey=place.journey, title="Ist-Workshop", planned_for=None, code=uuid.uuid4(), by=place.moderator
        )
        planned = services.plan_activity(
            workshop=workshop,
            title="Bewerten, verdeckt",
            stations=place.path[:stations],
            is_named=False,
            asks_reason=asks_reason,
            minutes=20,
            by=place.moderator,
        )
        return services.open_activity(activity=planned, by=place.moderator)


def seat_people(place: Place, workshop: Workshop, number: int, *, members: bool = False) -> list[Seat]:
    """People in the room: guests with their signed cookie, or ``members`` with a session."""
    with inside(place):
        joined = make_members(place.organisation, number, Role.EMPLOYEE) if members else [None] * number
        sessions = log_in([member for member in joined if member is not None]) if members else [{}] * number
        tokens = ["" if members else doors.new_secret() for _ in joined]
        people = Participant.objects.bulk_create(
            Participant(
                workshop=workshop,
                membership=member,
                name=f"Person {index}",
                token_hash=services.hash_token(token) if token else "",
            )
            for index, (member, token) in enumerate(zip(joined, tokens, strict=True))
        )
        return [
            seat(workshop, person, token, session)
            for person, token, session in zip(people, tokens, sessions, strict=True)
        ]


def seat(workshop: Workshop, participant: Participant, token: str, session: dict[str, str]) -> Seat:
    """The seat of one person; the ballot's secret is there already, as after the first look at the cards."""
    secret = doors.new_secret()
    cookies = {**session, f"ballot_{workshop.join_code}": secret}
    if token:
        cookies[f"guest_{workshop.join_code}"] = doors.sign(workshop, token)
    return Seat(participant, secret, cookies)


def answer(
    place: Place, activity: Activity, seats: Sequence[Seat], *, leave_open: int = 0, reasons: float = 0.0
) -> None:
    """Let everybody rate all stations but the last ``leave_open``, at random but the same in every run."""
    chance = random.Random(7)
    with inside(place):
        stations = list(ActivityStation.objects.filter(activity=activity).order_by("position"))
        answered = stations[: len(stations) - leave_open]
        Participation.objects.bulk_create(
            Participation(activity=activity, participant=each.participant, finished=not leave_open) for each in seats
        )
        Ballot.objects.bulk_create(
            Ballot(
                activity=activity,
                secret_hash=Ballot.hash_of(each.secret, activity, each.participant),
                answers={str(station.pk): random_answer(chance, reasons) for station in answered},
            )
            for each in seats
        )


def random_answer(chance: random.Random, reasons: float) -> dict[str, Any]:
    """One answer: mostly a drawer, sometimes “cannot judge”, and a reason for a share of ``reasons``."""
    drawer = chance.choice([*Drawer, *Drawer, None])
    reason = "Das dauert länger, als ich erwartet habe." if chance.random() < reasons else ""
    return {"drawer": drawer, "cannot_judge": drawer is None, "reason": reason}


def last_station(place: Place, activity: Activity) -> ActivityStation:
    """The last station of the block along the path."""
    with inside(place):
        return ActivityStation.objects.filter(activity=activity).order_by("-position")[0]


def reveal(place: Place, activity: Activity) -> None:
    """Reveal the block as the moderator would."""
    with inside(place):
        services.reveal_activity(activity=activity, by=place.moderator)
