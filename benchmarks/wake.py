"""``wake``: after a restart 300 phones come back at once, against 300 plain page loads.

A stream process starts anew, as after an update; 300 phones of one room open their streams at the same moment. Measured
until the last holds the room as it is. Beside it 300 phones load the room's page at the same moment, from a process
just as new. Both processes have answered one request of somebody else before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from django.urls import reverse

from benchmarks import measure, servers, world
from benchmarks.measure import Figure, Row, milliseconds, ratio
from benchmarks.people import HOST, Listener, Person, arrival
from benchmarks.world import Seat
from workshops.models import Activity

PHONES = 300
STATIONS = 9
GOAL = 3.0


@dataclass(frozen=True)
class Arena:
    """A room with a running block."""

    activity: Activity
    phones: list[Seat]
    # Somebody else, for the one request before the crowd.
    early: Seat

    @property
    def page(self) -> str:
        return reverse("workshops:room", kwargs={"code": self.activity.workshop.join_code})

    @property
    def stream(self) -> str:
        return reverse("workshops:room_stream", kwargs={"code": self.activity.workshop.join_code})

    @property
    def state(self) -> bytes:
        """What stands in the stage of a phone while this block runs."""
        return f'data-block="{self.activity.code}"'.encode()


@dataclass(frozen=True)
class Wake:
    """How long it took, and how many were left without the right state."""

    seconds: float
    without: int = 0


def arena() -> Arena:
    place = world.make_place(STATIONS)
    activity = world.make_block(place)
    seats = world.seat_people(place, activity.workshop, PHONES + 1)
    return Arena(activity, seats[:-1], seats[-1])


async def streams(port: int, room: Arena) -> Wake:
    """All phones open their streams; until the last holds the state."""
    await plain(port, room.early, room.page)
    loop = asyncio.get_running_loop()
    listeners = [
        Listener(Person(port, seat.cookies).head("GET", room.stream, {"Accept-Language": "de"}), awaited=room.state)
        for seat in room.phones
    ]
    begun = time.perf_counter()
    await asyncio.gather(
        *(loop.create_connection(lambda one=listener: one, HOST, port) for listener in listeners)  # type: ignore[misc]
    )
    await arrival(listeners)
    try:
        held = [held_at(listener, room.state.decode()) for listener in listeners]
        times = [at - begun for at in held if at is not None]
        return Wake(max(times, default=60.0), len(held) - len(times))
    finally:
        for listener in listeners:
            listener.close()
        await asyncio.sleep(0.2)


def held_at(listener: Listener, state: str) -> float | None:
    """When this phone held the running block's stage."""
    return next((event.at for event in listener.events() if state in event.data), None)


async def pages(port: int, room: Arena) -> Wake:
    """All phones load their page; until the last has it."""
    await plain(port, room.early, room.page)
    begun = time.perf_counter()
    found = await asyncio.gather(*(plain(port, seat, room.page) for seat in room.phones))
    taken = time.perf_counter() - begun
    return Wake(taken, sum(room.state not in body for body in found))


async def plain(port: int, seat: Seat, path: str) -> bytes:
    person = Person(port, seat.cookies)
    answer = await person.get(path)
    await person.close()
    assert answer.status == 200, (answer.status, answer.text[:500])
    return answer.body


def fresh(work: Callable[[int, Arena], Awaitable[Wake]], room: Arena) -> Wake:
    """Do it on a process that has just started."""

    async def once(port: int) -> Wake:
        return await work(port, room)

    with servers.uvicorn() as port:
        time.sleep(3)  # what a process prepares while it starts is not what is measured
        return asyncio.run(once(port))


def run(rounds: int) -> Row:
    """Streams and pages by turns, each on a process of its own."""
    room = arena()
    woken: list[Wake] = []
    loaded: list[Wake] = []
    for turn in range(rounds + 1):  # the first one only warms up the database
        wake, load = fresh(streams, room), fresh(pages, room)
        measure.progress(f"streams {wake.seconds:.2f} s, pages {load.seconds:.2f} s")
        if turn:
            woken.append(wake)
            loaded.append(load)
    ours, floors = [found.seconds for found in woken], [found.seconds for found in loaded]
    return Row(
        [
            ratio(f"{PHONES} streams / {PHONES} page loads", ours, floors, GOAL),
            Figure("phones without the right state", sum(found.without for found in (*woken, *loaded)), 0),
        ],
        [f"all streams hold the state after {milliseconds(ours)}, all pages are there after {milliseconds(floors)}"],
    )
