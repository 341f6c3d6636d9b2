"""Stations: the path of a journey. Every change locks the journey's row for the moment of the change.

The phase belongs to the touchpoint. Who moves a station into another phase changes the touchpoint's phase.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from accounts.models import Membership
from accounts.services.edits import StaleEdit
from journeys.models import Journey, Station
from journeys.services.journeys import touch_journey
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from touchpoints.services import create_touchpoint, update_touchpoint


class Direction(models.TextChoices):
    """Where the plain buttons move a station: along the path, or into the phase before or after."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"


class PlaceGone(Exception):
    """The station before which the moved one should stand is no longer there."""


@dataclass(frozen=True)
class Move:
    """What a move did. ``old_before`` is the station that followed in the old phase, None at its end."""

    station: Station
    old_phase: Phase
    new_phase: Phase
    old_before: uuid.UUID | None
    # Other stations of the same touchpoint, on any journey, which changed the phase with it.
    others: int

    @property
    def changed_phase(self) -> bool:
        """Whether the touchpoint is in another phase now."""
        return self.old_phase != self.new_phase


@dataclass(frozen=True)
class Removal:
    """A station that was taken off, with all that is needed to put it back."""

    name: str
    code: uuid.UUID
    touchpoint: uuid.UUID
    before: uuid.UUID | None
    expectation: str
    reality: str
    reaction: str


@transaction.atomic
def add_station(*, journey: Journey, phase: Phase, name: str, code: uuid.UUID, by: Membership) -> Station:
    """Place the touchpoint ``name`` of ``phase`` at the end of its column; a name that is new joins the catalogue.

    The same ``code`` again finds the station of the first time.
    """
    path = lock_path(journey)
    if existing := find_station(path, code):
        return existing
    touchpoint = find_by_name(path, phase, name) or create_touchpoint(name=name, phase=phase, by=by)
    return insert(journey, path, touchpoint, code=code)


@transaction.atomic
def place_touchpoint(
    *,
    journey: Journey,
    touchpoint: Touchpoint,
    code: uuid.UUID,
    by: Membership,
    before: uuid.UUID | None = None,
    expectation: str = "",
    reality: str = "",
    reaction: str = "",
) -> Station:
    """Place ``touchpoint`` before the station ``before``, or at the end of its phase. Placing it twice is allowed."""
    path = lock_path(journey)
    if existing := find_station(path, code):
        return existing
    words = {"expectation": expectation, "reality": reality, "reaction": reaction}
    return insert(journey, path, touchpoint, code=code, before=before, **words)


@transaction.atomic
def place_all(*, journey: Journey, by: Membership, phase: Phase | None = None) -> int:
    """Place every touchpoint of the catalogue (or of one phase) that is not on the journey yet; return how many."""
    path = lock_path(journey)
    wanted = Touchpoint.objects.active().exclude(pk__in=[station.touchpoint_id for station in path]).in_order()
    if phase is not None:
        wanted = wanted.filter(phase=phase)
    new = [
        Station(journey=journey, touchpoint=touchpoint, position=len(path) + place)
        for place, touchpoint in enumerate(wanted)
    ]
    if new:
        Station.objects.bulk_create(new)
        write_order(in_phases([*path, *new]))
        touch_journey(journey)
    return len(new)


@transaction.atomic
def update_station(
    *, station: Station, version: int, by: Membership, expectation: str, reality: str, reaction: str
) -> Station:
    """Save the three answers of a station whose answers are still at ``version``; raise StaleEdit otherwise."""
    current = Station.objects.select_for_update(of=("self",)).select_related("touchpoint").get(pk=station.pk)
    if current.version != version:
        raise StaleEdit(current)
    current.expectation, current.reality, current.reaction = expectation, reality, reaction
    current.version += 1
    current.full_clean(exclude=["code", "position"], validate_constraints=False)
    current.save(update_fields=["expectation", "reality", "reaction", "version"])
    touch_journey(current.journey)
    return current


@transaction.atomic
def move_station(*, station: Station, version: int, phase: Phase, before: uuid.UUID | None, by: Membership) -> Move:
    """Put a station before another one of ``phase``, or at the end of that phase.

    ``version`` is the place_version the mover saw: a station that somebody else has moved since raises StaleEdit, a
    ``before`` that is gone or elsewhere PlaceGone.
    """
    path = lock_path(station.journey)
    return put(path, fresh(path, station, version), phase, before, by)


@transaction.atomic
def shift_station(*, station: Station, version: int, direction: Direction, by: Membership) -> Move:
    """Move a station one step: up or down in its phase, or to the near end of the next or previous phase."""
    path = lock_path(station.journey)
    current = fresh(path, station, version)
    phase, before = step_place(path, current, direction)
    return put(path, current, phase, before, by)


@transaction.atomic
def remove_station(*, station: Station, by: Membership) -> Removal:
    """Take a station off the journey. The touchpoint stays in the catalogue; what was rated elsewhere stays too."""
    path = lock_path(station.journey)
    current = find_station(path, station.code) or station
    removal = Removal(
        name=current.touchpoint.name,
        code=current.code,
        touchpoint=current.touchpoint.code,
        before=follower(path, current),
        expectation=current.expectation,
        reality=current.reality,
        reaction=current.reaction,
    )
    Station.objects.filter(pk=current.pk).delete()
    write_order([other for other in path if other.pk != current.pk])
    touch_journey(station.journey)
    return removal


# --- the path ------------------------------------------------------------------------------------------------------


def lock_path(journey: Journey) -> list[Station]:
    """Lock the journey until the end of the transaction and return its stations in order."""
    Journey.objects.select_for_update().only("pk").get(pk=journey.pk)
    return list(Station.objects.filter(journey=journey).select_related("touchpoint", "journey").in_order())


def insert(
    journey: Journey,
    path: list[Station],
    touchpoint: Touchpoint,
    *,
    code: uuid.UUID,
    before: uuid.UUID | None = None,
    **words: str,
) -> Station:
    """Create a station and give it its place; a ``before`` of another phase counts as none."""
    station = Station(journey=journey, touchpoint=touchpoint, code=code, position=len(path), **words)
    station.full_clean(exclude=["code"], validate_constraints=False)
    try:
        with transaction.atomic():
            station.save()
    except IntegrityError:  # the code is taken on another journey
        station.code = uuid.uuid4()
        station.save()
    anchor = next((other for other in path if other.code == before), None)
    if anchor is not None and anchor.touchpoint.phase == touchpoint.phase:
        place = path.index(anchor)
        write_order([*path[:place], station, *path[place:]])
    else:
        write_order(in_phases([*path, station]))
    touch_journey(journey)
    return station


def put(path: Sequence[Station], station: Station, phase: Phase, before: uuid.UUID | None, by: Membership) -> Move:
    """Write the new order, and the touchpoint's new phase when it changes."""
    move = Move(
        station=station,
        old_phase=Phase(station.touchpoint.phase),
        new_phase=phase,
        old_before=follower(path, station),
        others=0,
    )
    if move.changed_phase:
        move = Move(**{**move.__dict__, "others": change_phase(path, station.touchpoint, phase, by)})
    rest = in_phases([other for other in path if other.pk != station.pk])
    if before is None:
        write_order(in_phases([*rest, station]))
    else:
        anchor = find_station(rest, before)
        if anchor is None or anchor.touchpoint.phase != phase:
            raise PlaceGone
        place = rest.index(anchor)
        write_order([*rest[:place], station, *rest[place:]])
    Station.objects.filter(pk=station.pk).update(place_version=F("place_version") + 1)
    touch_journey(station.journey)
    return move


def step_place(path: Sequence[Station], station: Station, direction: Direction) -> tuple[Phase, uuid.UUID | None]:
    """Return the phase and the follower of a station after one step; at an end of the path it stays where it is."""
    phases = list(Phase)
    order = phases.index(Phase(station.touchpoint.phase))
    mine = [other for other in path if other.touchpoint.phase == station.touchpoint.phase]
    place = mine.index(station)
    if direction == Direction.UP and place > 0:
        return phases[order], mine[place - 1].code
    if direction == Direction.DOWN:
        return phases[order], code_at(mine, place + 2)
    if direction == Direction.LEFT and order > 0:
        return phases[order - 1], None
    if direction == Direction.RIGHT and order < len(phases) - 1:
        following = phases[order + 1]
        return following, code_at([other for other in path if other.touchpoint.phase == following], 0)
    return phases[order], code_at(mine, place + 1)


def change_phase(path: Sequence[Station], touchpoint: Touchpoint, phase: Phase, by: Membership) -> int:
    """Put a touchpoint at the end of another phase of the catalogue; return how many other stations it has."""
    current = Touchpoint.objects.select_for_update().get(pk=touchpoint.pk)
    update_touchpoint(touchpoint=current, version=current.version, fields={"phase": phase}, by=by)
    for station in path:
        if station.touchpoint_id == touchpoint.pk:
            station.touchpoint.phase = phase
    return int(Station.objects.filter(touchpoint=touchpoint).count()) - 1


def write_order(stations: Sequence[Station]) -> None:
    """Number the stations 0, 1, 2 … in one statement that writes only what changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journeys_station SET position = path.place - 1"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS path(id, place)"
            " WHERE journeys_station.id = path.id AND journeys_station.position <> path.place - 1",
            [[station.pk for station in stations]],
        )


def in_phases(stations: Sequence[Station]) -> list[Station]:
    """Sort by phase and keep the order inside a phase."""
    return sorted(stations, key=lambda station: Phase(station.touchpoint.phase).order)


def fresh(path: list[Station], station: Station, version: int) -> Station:
    """Return the station as it stands on the locked path; raise StaleEdit when it was moved since ``version``."""
    current = find_station(path, station.code)
    if current is None or current.place_version != version:
        raise StaleEdit(station)
    return current


def find_station(path: Sequence[Station], code: uuid.UUID) -> Station | None:
    """Return the station of this code on the path, or None."""
    return next((station for station in path if station.code == code), None)


def find_by_name(path: Sequence[Station], phase: Phase, name: str) -> Touchpoint | None:
    """Return the touchpoint of this name in the phase, one that is not on the path first; None: there is none.

    One of the archive is not taken: whoever put it there wanted it off the journeys to come.
    """
    placed = {station.touchpoint_id for station in path}
    named = list(Touchpoint.objects.active().filter(phase=phase, name__iexact=name).in_order())
    return next((touchpoint for touchpoint in named if touchpoint.pk not in placed), named[0] if named else None)


def follower(path: Sequence[Station], station: Station) -> uuid.UUID | None:
    """Return the code of the next station in the same phase, or None."""
    mine = [other for other in path if other.touchpoint.phase == station.touchpoint.phase]
    return code_at(mine, mine.index(station) + 1) if station in mine else None


def code_at(stations: Sequence[Station], place: int) -> uuid.UUID | None:
    """Return the code of the station at ``place``, or None behind the end."""
    return stations[place].code if place < len(stations) else None
