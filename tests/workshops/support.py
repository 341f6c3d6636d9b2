"""A journey, a workshop on it and people in its room, below the views."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import Membership, Organisation
from journeys.models import Journey, Station
from tests.factories import CycleFactory, JourneyFactory, StationFactory, WorkshopFactory
from workshops import services
from workshops.enums import Drawer, Mode, Scale
from workshops.models import Activity, ActivityStation, Participant, Workshop
from workshops.services import SavedRating


@dataclass
class Phone:
    """Somebody's phone: who they are, and the secret that leads to their ballot."""

    participant: Participant
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def rate(self, station: ActivityStation, drawer: Drawer | int | None = None, **answer: object) -> SavedRating:
        """One tap."""
        return services.rate_station(
            activity=Activity(pk=station.activity_id, code=station.activity.code, **_facts(station.activity)),
            participant=self.participant,
            secret=self.secret,
            station=station.code,
            drawer=drawer,
            **answer,
        )


def _facts(activity: Activity) -> dict[str, object]:
    """The activity as a request would have loaded it."""
    current = Activity.objects.get(pk=activity.pk)
    names = ("workshop_id", "mode", "is_named", "asks_reason", "cut_ok", "cut_delight", "answers_until")
    return {name: getattr(current, name) for name in names}


@dataclass
class Room:
    """A workshop with one planned block of all stations of its path."""

    workshop: Workshop
    activity: Activity
    path: list[Station]
    mara: Membership

    @property
    def stations(self) -> list[ActivityStation]:
        """The block's stations as they are now, along the path."""
        rows = ActivityStation.objects.filter(activity=self.activity).select_related("activity")
        return list(rows.order_by("position"))

    def open(self) -> Room:
        """Open the block."""
        services.open_activity(activity=self.activity, by=self.mara)
        self.activity.refresh_from_db()
        return self

    def reveal(self) -> Room:
        """Reveal the block."""
        services.reveal_activity(activity=self.activity, by=self.mara)
        self.activity.refresh_from_db()
        return self

    def join(self, name: str = "Gast", **known: object) -> Phone:
        """Somebody comes in."""
        known = known or {"token": secrets.token_urlsafe(16)}
        return Phone(services.join_workshop(workshop=self.workshop, name=name, **known))

    def answer_scales(self, answers: Sequence[Sequence[Sequence[int | None] | None]]) -> list[Phone]:
        """Full mode: one person per row, per station six numbers in the order of ``Scale``; None leaves one out, and
        None for a station is "cannot judge".
        """
        stations, phones = self.stations, [self.join(f"Person {number}") for number in range(len(answers))]
        for phone, row in zip(phones, answers, strict=True):
            for station, given in zip(stations, row, strict=False):
                scales = {scale: value for scale, value in zip(Scale, given or (), strict=False) if value is not None}
                phone.rate(station, scales=scales, cannot_judge=given is None)
        return phones

    def answer(self, answers: Sequence[Sequence[int | None]]) -> list[Phone]:
        """One person per row, one answer per station; None is "cannot judge"."""
        stations, phones = self.stations, [self.join(f"Person {number}") for number in range(len(answers))]
        for phone, row in zip(phones, answers, strict=True):
            for station, drawer in zip(stations, row, strict=False):
                phone.rate(station, drawer, cannot_judge=drawer is None)
        return phones


def make_path(organisation: Organisation, length: int = 3) -> tuple[Journey, list[Station]]:
    """A journey with ``length`` stations."""
    journey = JourneyFactory(organisation=organisation)
    return journey, [
        StationFactory(journey=journey, position=place, touchpoint__name=f"Station {place + 1}")
        for place in range(length)
    ]


def make_room(
    organisation: Organisation,
    mara: Membership,
    stations: int = 3,
    *,
    is_named: bool = False,
    asks_reason: bool = True,
    mode: Mode = Mode.QUICK,
) -> Room:
    """A workshop with one planned block; mara steers as soon as she acts."""
    journey, path = make_path(organisation, stations)
    workshop = WorkshopFactory(organisation=organisation, cycle=CycleFactory(journey=journey))
    activity = services.plan_activity(
        workshop=workshop,
        title="Bewerten, verdeckt",
        stations=path,
        is_named=is_named,
        asks_reason=asks_reason,
        minutes=20,
        by=mara,
        mode=mode,
    )
    return Room(workshop, activity, path, mara)
