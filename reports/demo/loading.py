"""Builds the demo through the services that people use, so that it is what a workshop leaves behind."""

import random
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from accounts.enums import Language, Role
from accounts.models import Department, Membership, Organisation, User
from accounts.services.organisations import free_slug
from accounts.tenancy import member_scope
from journeys.models import Journey, Station
from journeys.services.journeys import create_journey
from journeys.services.personas import create_persona
from journeys.services.stations import place_touchpoint
from reports.demo import content
from reports.demo.content import MEASURES, RATERS, STOPS, Plan, Stop
from reports.services import request_report
from touchpoints.enums import Criticality
from touchpoints.services.touchpoints import create_touchpoint
from workshops.enums import Drawer, MeasureStatus
from workshops.models import Activity, ActivityStation, Ballot, Participation, Workshop
from workshops.services import (
    begin_steering,
    create_measure,
    create_workshop,
    freeze_ist,
    join_workshop,
    open_activity,
    plan_activity,
    reveal_activity,
)

# Few, so that somebody alone with three windows sees the first curve within a minute or two.
TO_TRY = (0, 7, 14)

PEOPLE: dict[str, tuple[tuple[Role, str, str], ...]] = {
    Language.GERMAN: (
        (Role.MODERATOR, "Mara Lindner", "moderation@falkner.example"),
        (Role.MANAGER, "Max Falkner", "leitung@falkner.example"),
        (Role.OWNER, "Olga Brandt", "inhaberin@falkner.example"),
        (Role.EMPLOYEE, "Emil Vogt", "montage@falkner.example"),
    ),
    Language.ENGLISH: (
        (Role.MODERATOR, "Mary Linden", "moderator@falkner.example"),
        (Role.MANAGER, "Max Falkner", "manager@falkner.example"),
        (Role.OWNER, "Olga Brand", "owner@falkner.example"),
        (Role.EMPLOYEE, "Emil Voight", "fitter@falkner.example"),
    ),
}


@dataclass(frozen=True)
class Login:
    """A login of the demo, with the password that exists only here."""

    language: str
    role: str
    email: str
    password: str


def load_demo() -> list[Login]:
    """Build the demo in each language that has none yet and return the new logins."""
    built = set(Organisation.objects.filter(is_demo=True).values_list("language", flat=True))
    return [login for language in Language.values if language not in built for login in build(language)]


def build(language: str) -> list[Login]:
    """Build the organisation, its finished Ist and the room to try, whole or not at all."""
    organisation = Organisation(
        name=content.ORGANISATION.in_language(language),
        slug=free_slug(content.ORGANISATION.in_language(language)),
        industry=content.INDUSTRY.in_language(language),
        language=language,
        is_demo=True,
    )
    # The scope stands around the transaction: what follows a commit needs it, too.
    with translation.override(language), member_scope(organisation), transaction.atomic():
        organisation.save()
        members, logins = create_people(organisation)
        moderator = members[0]
        stations = create_journey_of(organisation, moderator)
        finished = hold_workshop(stations, moderator)
        freeze_ist(workshop=finished, by=moderator)
        request_report(workshop=finished, language=language, key=uuid.uuid4(), by=moderator)
        plan_trial(stations, moderator)
        plan_measures(stations, moderator)
    return logins


def create_people(organisation: Organisation) -> tuple[list[Membership], list[Login]]:
    """Create the four members, the moderator first, each with a random password."""
    members, logins = [], []
    for role, name, email in PEOPLE[organisation.language]:
        password = secrets.token_urlsafe(9)
        user = User.objects.create_user(email, password, name=name)
        members.append(Membership.objects.create(organisation=organisation, user=user, role=role))
        logins.append(Login(organisation.language, str(Role(role).label), email, password))
    return members, logins


def create_departments(organisation: Organisation) -> dict[str, Department]:
    """Create the departments and return them by their key in the content."""
    kinds = Department.Kind
    return {
        key: Department.objects.create(
            organisation=organisation,
            name=name.in_language(organisation.language),
            kind=kinds.PROVIDER if is_provider else kinds.DEPARTMENT,
        )
        for key, (name, is_provider) in content.DEPARTMENTS.items()
    }


def create_journey_of(organisation: Organisation, by: Membership) -> list[Station]:
    """Create catalogue, persona and journey, and return its stations in order."""
    language = organisation.language
    departments = create_departments(organisation)
    words: dict[str, Any] = {name: text.in_language(language) for name, text in content.PERSONA.items()}
    words["evidence_date"] = timezone.localdate()
    persona = create_persona(
        organisation=organisation,
        code=uuid.uuid4(),
        by=by,
        **words,
    )
    journey = create_journey(
        organisation=organisation,
        name=content.JOURNEY.in_language(language),
        description=content.JOURNEY_ABOUT.in_language(language),
        code=uuid.uuid4(),
        by=by,
        persona=persona,
    )
    return [place(stop, journey, departments, by) for stop in STOPS]


def place(stop: Stop, journey: Journey, departments: dict[str, Department], by: Membership) -> Station:
    """Put a touchpoint into the catalogue and onto the journey."""
    language = journey.organisation.language
    touchpoint = create_touchpoint(
        name=stop.name.in_language(language),
        phase=stop.phase,
        by=by,
        description=stop.words.in_language(language),
        channel=stop.channel.in_language(language),
        medium=stop.medium,
        relation=stop.relation,
        media=stop.media,
        contact=stop.contact,
        department=departments[stop.department],
        criticality=Criticality(stop.criticality),
        moment_of_truth=stop.moment_of_truth,
    )
    return place_touchpoint(
        journey=journey,
        touchpoint=touchpoint,
        code=uuid.uuid4(),
        by=by,
        expectation=stop.expectation.in_language(language),
        reality=stop.reality.in_language(language),
        reaction=stop.reaction.in_language(language),
    )


def new_workshop(stations: Sequence[Station], title: str, block: str, by: Membership) -> tuple[Workshop, Activity]:
    """Plan a workshop with one block of these stations."""
    journey = stations[0].journey
    workshop = create_workshop(journey=journey, title=title, planned_for=timezone.now(), code=uuid.uuid4(), by=by)
    existing = list(Activity.objects.filter(workshop=workshop))
    for activity in existing:
        activity.delete()
    activity = plan_activity(
        workshop=workshop, title=block, stations=stations, is_named=False, asks_reason=True, minutes=20, by=by
    )
    return workshop, activity


def hold_workshop(stations: Sequence[Station], by: Membership) -> Workshop:
    """Hold the finished workshop: everybody joins, rates, and the moderator reveals."""
    language = by.organisation.language
    workshop, activity = new_workshop(
        stations, content.WORKSHOP.in_language(language), content.BLOCK.in_language(language), by
    )
    begin_steering(workshop=workshop, by=by)
    departments = list(Department.objects.order_by("pk"))
    people = [
        join_workshop(workshop=workshop, department=departments[n % len(departments)], token=secrets.token_urlsafe(24))
        for n in range(RATERS)
    ]
    activity = open_activity(activity=activity, by=by)
    Participation.objects.bulk_create(
        Participation(activity=activity, participant=person, finished=True) for person in people
    )
    rate_all(activity, language)
    reveal_activity(activity=activity, by=by)
    workshop.refresh_from_db()
    return workshop


def rate_all(activity: Activity, language: str) -> None:
    """Fill in a ballot for each rater; which one says what is drawn with a fixed seed."""
    draw = random.Random(18)  # noqa: S311 - invented answers, the same in every demo
    ballots = [Ballot(activity=activity, secret_hash=secrets.token_hex(32)) for _ in range(RATERS)]
    placed = ActivityStation.objects.filter(activity=activity).order_by("position")
    for stop, station in zip(STOPS, placed, strict=True):
        for ballot, answer in zip(ballots, answers_to(stop, draw, language), strict=True):
            ballot.answers[str(station.pk)] = answer
    Ballot.objects.bulk_create(ballots)


def answers_to(stop: Stop, draw: random.Random, language: str) -> list[dict[str, Any]]:
    """Return one answer per rater: as many of each drawer as the content says, the others cannot judge."""
    drawers = [drawer for drawer, count in zip(Drawer, stop.answers, strict=True) for _ in range(count)]
    given: list[Drawer | None] = [*drawers, *([None] * (RATERS - len(drawers)))]
    draw.shuffle(given)
    reasons: dict[Drawer, list[str]] = {drawer: [] for drawer in Drawer}
    for said in stop.reasons:
        reasons[said.drawer].append(said.in_language(language))
    return [
        {
            "drawer": drawer,
            "cannot_judge": drawer is None,
            "reason": reasons[drawer].pop() if drawer is not None and reasons[drawer] else "",
        }
        for drawer in given
    ]


def plan_trial(stations: Sequence[Station], by: Membership) -> None:
    """Plan the room that a newcomer can open at once."""
    language = by.organisation.language
    few = [stations[place] for place in TO_TRY]
    new_workshop(few, content.NEXT_WORKSHOP.in_language(language), content.NEXT_BLOCK.in_language(language), by)


def plan_measures(stations: Sequence[Station], by: Membership) -> None:
    """Plan what the team decided after its Ist; some of it is under way, some done."""
    touchpoints = {stop.name.de: station.touchpoint for stop, station in zip(STOPS, stations, strict=True)}
    departments = {row.name: row for row in Department.objects.all()}
    people = {row.role: row for row in Membership.objects.all()}
    for plan in MEASURES:
        create_measure(
            code=uuid.uuid4(),
            touchpoints=[touchpoints[name] for name in plan.touchpoints],
            responsible=people[plan.responsible] if plan.responsible else None,
            department=departments[content.DEPARTMENTS[plan.department][0].in_language(by.organisation.language)],
            by=by,
            **words_of(plan, by.organisation.language),
        )


def words_of(plan: Plan, language: str) -> dict[str, Any]:
    """What a measure says of itself, in one language and counted from today."""
    due_on = in_days(plan.due_in)
    return {
        "title": plan.title.in_language(language),
        "kind": plan.kind,
        "starts_on": in_days(plan.begins_in),
        "due_on": due_on,
        "budget": plan.budget,
        "wanted_result": plan.result.in_language(language),
        "measured_by": plan.seen_by.in_language(language),
        "effort": plan.effort,
        "impact": plan.impact,
        "status": plan.status,
        "done_on": due_on if plan.status == MeasureStatus.DONE else None,
    }


def in_days(days: int | None) -> date | None:
    """The day that lies so many days ahead, or behind; None for no day."""
    return None if days is None else timezone.localdate() + timedelta(days=days)
