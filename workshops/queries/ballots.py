"""A device's own ballot, for the phone that holds its secret and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from touchpoints.enums import Medium, Phase
from workshops.enums import Drawer
from workshops.models import Activity, ActivityStation, Ballot, Participant, Participation


@dataclass(frozen=True)
class BallotStation:
    """One station with this device's own answer. ``number`` counts from 1 within the block; 0 where it was not read."""

    code: UUID
    number: int
    name: str
    prompt: str
    expectation: str
    phase: Phase
    channel: str
    medium: Medium | None
    drawer: Drawer | None
    cannot_judge: bool
    reason: str
    # Full mode: the scales given so far; None in quick mode and where nothing was given.
    scales: Mapping[str, int] | None = None
    answered: bool = False


@dataclass(frozen=True)
class BallotState:
    """The block and the device's own answers. ``on_other_device``: the person rates, but not on this device."""

    activity: Activity
    stations: tuple[BallotStation, ...]
    on_other_device: bool
    does_not_rate: bool

    @property
    def total(self) -> int:
        return len(self.stations)

    @property
    def answered(self) -> int:
        """How many stations have an answer."""
        return sum(station.answered for station in self.stations)

    @property
    def finished(self) -> bool:
        """Whether every station has an answer."""
        return self.answered == self.total

    @property
    def next_open(self) -> BallotStation | None:
        """The first station along the path without an answer."""
        return next((station for station in self.stations if not station.answered), None)

    def at(self, code: UUID) -> BallotStation | None:
        """The station with ``code``, or None when it is not in the block."""
        return next((station for station in self.stations if station.code == code), None)


def ballot_state(activity: Activity, participant: Participant, secret: str) -> BallotState:
    """The device's own answers; empty where nothing was given, and after reveal, when nothing leads to them."""
    ballots = Ballot.objects.filter(activity=activity, secret_hash=Ballot.hash_of(secret, activity, participant))
    ballot = ballots.first() if secret else None
    given = ballot.answers if ballot else {}
    stations = ActivityStation.objects.filter(activity=activity).order_by("position", "pk")
    takes_part = Participation.objects.filter(activity=activity, participant=participant)
    return BallotState(
        activity=activity,
        stations=tuple(
            _station(station, number, given.get(str(station.pk), {})) for number, station in enumerate(stations, 1)
        ),
        on_other_device=activity.is_running and ballot is None and takes_part.exists(),
        does_not_rate=participant.does_not_rate,
    )


@dataclass(frozen=True)
class TapState:
    """What a phone shows anew after a tap: the station that was tapped, and which of the others comes next."""

    station: BallotStation
    next_open: str | None


def tap_state(tapped: ActivityStation, answers: Mapping[str, Any], path: Sequence[tuple[int, str]]) -> TapState:
    """The tapped station with its answer, out of the ballot's ``answers`` along the ``path`` (primary key, code).

    Its number in the block is not read. No query: a whole room taps at the same time.
    """
    whole = {int(key) for key, answer in answers.items() if Ballot.is_answered(answer)}
    next_open = next((code for station, code in path if station not in whole), None)
    return TapState(_station(tapped, 0, answers.get(str(tapped.pk), {})), next_open)


def _station(station: ActivityStation, number: int, given: Mapping[str, Any]) -> BallotStation:
    drawer = given.get("drawer")
    return BallotStation(
        code=station.code,
        number=number,
        name=station.name,
        prompt=station.prompt,
        expectation=station.expectation,
        phase=Phase(station.phase),
        channel=station.channel,
        medium=Medium(station.medium) if station.medium else None,
        drawer=None if drawer is None else Drawer(drawer),
        cannot_judge=given.get("cannot_judge", False),
        reason=given.get("reason", ""),
        scales=given.get("scales"),
        answered=bool(given) and Ballot.is_answered(given),
    )
