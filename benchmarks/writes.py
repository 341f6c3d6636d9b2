"""``writes``: ratings flat out while 100 boards listen, against the floor's changes.

A hundred guests rate nine stations each, sixteen requests under way at any time, through the real view with the signed
identity, the CSRF check and the anonymous ballot. One floor's change is one UPDATE, one publish and one write to each
of its 100 listeners; one rating writes a ballot, and only the last one of a person is announced. The figure is the
floor's changes a second over our ratings a second, so that smaller is better.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from django.urls import reverse

from benchmarks import measure, servers, world
from benchmarks.fanout import Posters, close
from benchmarks.measure import Row, number, ratio
from benchmarks.people import Answer, Person, listen, quiet
from benchmarks.servers import Layout
from benchmarks.world import Place, Seat
from workshops.enums import Drawer
from workshops.models import ActivityStation, Ballot, Workshop

LISTENERS = 100
PEOPLE = 100
STATIONS = 9
AT_ONCE = 16  # requests under way
GOALS = {"production": 2.0, "embedded": 8.0}

Send = Callable[[int], Awaitable[Answer]]


@dataclass(frozen=True)
class Arena:
    """A room in which nobody has rated yet."""

    place: Place
    workshop: Workshop
    seats: list[Seat]
    stations: list[ActivityStation]


def arena() -> Arena:
    place = world.make_place(STATIONS)
    activity = world.make_block(place)
    seats = world.seat_people(place, activity.workshop, PEOPLE)
    with world.inside(place):
        stations = list(ActivityStation.objects.filter(activity=activity).order_by("position"))
    return Arena(place, activity.workshop, seats, stations)


async def flat_out(send: Send, total: int) -> float:
    """Send ``total`` requests, AT_ONCE of them under way, and return how many were answered a second."""
    numbers = iter(range(total))

    async def worker() -> None:
        for number_of in numbers:
            answer = await send(number_of)
            assert answer.status in (200, 204), (answer.status, answer.text[:500])

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return total / (time.perf_counter() - begun)


async def our_rate(layout: Layout, room: Arena) -> float:
    """Ratings a second; each person's own follow one another along the path, as on a phone."""
    args = {"org": room.place.organisation.slug, "code": room.workshop.code}
    boards = [Person(layout.streams, room.place.cookies) for _ in range(LISTENERS)]
    listeners = await listen(layout.streams, reverse("workshops:workshop_stream", kwargs=args), boards)
    posters = Posters(layout.pages)
    paths = [
        reverse("workshops:station_rate", kwargs={"code": room.workshop.join_code, "station": station.code})
        for station in room.stations
    ]

    async def send(number_of: int) -> Answer:
        station, person = divmod(number_of, PEOPLE)
        drawer = list(Drawer)[number_of % len(Drawer)]
        return await posters.post(room.seats[person].cookies, paths[station], f"drawer={drawer.value}".encode())

    try:
        rate = await flat_out(send, PEOPLE * STATIONS)
        await quiet(listeners)
        return rate
    finally:
        await close(listeners, posters)


async def floor_rate(port: int) -> float:
    """The floor's changes a second, with as many listeners."""
    listeners = await listen(port, "/s", [Person(port) for _ in range(LISTENERS)])
    posters = Posters(port)

    async def send(number_of: int) -> Answer:
        return await posters.post({}, f"/w/{number_of}", b"19 von 26")

    try:
        rate = await flat_out(send, PEOPLE * STATIONS)
        await quiet(listeners)
        return rate
    finally:
        await close(listeners, posters)


def lost(room: Arena) -> int:
    """How many of the answers given are in no ballot."""
    with world.inside(room.place):
        kept = sum(len(ballot.answers) for ballot in Ballot.objects.filter(activity__workshop=room.workshop))
    return PEOPLE * STATIONS - kept


def run(rounds: int) -> Row:
    """Each round lets both layouts and the floor take as much as they can."""
    rates: dict[str, list[float]] = {"floor": [], **{name: [] for name in servers.LAYOUTS}}
    missing = 0
    with ExitStack() as stack:
        port = stack.enter_context(servers.floor())
        layouts = {name: stack.enter_context(start()) for name, start in servers.LAYOUTS.items()}
        for turn in range(rounds + 1):  # the first one only warms up
            found = {"floor": asyncio.run(floor_rate(port))}
            for name, layout in layouts.items():
                room = arena()
                found[name] = asyncio.run(our_rate(layout, room))
                missing += lost(room)
            for name, rate in found.items():
                rates[name] += [rate] if turn else []
                measure.progress(f"{name} {rate:.0f} a second")
    return row(rates, missing)


def row(rates: dict[str, list[float]], missing: int) -> Row:
    floors = [1 / rate for rate in rates["floor"]]
    figures = [
        ratio(f"{name}, floor's changes / ratings", [1 / rate for rate in rates[name]], floors, goal)
        for name, goal in GOALS.items()
    ]
    figures.append(measure.Figure("answers that were lost", missing, 0))
    notes = [f"{name} {spread(values)} a second" for name, values in rates.items()]
    return Row(figures, notes)


def spread(values: Sequence[float]) -> str:
    """Median, least and greatest of several rates."""
    ordered = sorted(values)
    return f"{number(ordered[len(ordered) // 2])} ({number(ordered[0])}–{number(ordered[-1])})"
