"""``rooms``: a thousand boards in twenty rooms beside a hundred in one, on the same server.

Twenty people a second give their last answer, in the one room or spread over the twenty; measured as in ``fanout``,
from the request to the count that contains it. Every room has its own number of people, which each count names: a count
with another number has come into a wrong room.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from django.urls import reverse

from benchmarks import measure, servers, world
from benchmarks.fanout import Posters, close, counts, finished_count, paired
from benchmarks.measure import Figure, Row, milliseconds, percentile, ratio
from benchmarks.people import Answer, Listener, Person, arrival, listen
from benchmarks.servers import Layout
from benchmarks.world import Place, Seat
from workshops.enums import Drawer
from workshops.models import ActivityStation, Workshop

ROOMS, LISTENERS_EACH = 20, 50
LISTENERS_ALONE = 100
PER_SECOND, SECONDS = 20, 4
FINISHES = PER_SECOND * SECONDS
STATIONS = 3
GOAL = 2.0
JOINED = re.compile(r'aria-label="\d+ (?:von|of) (\d+) ')  # the ring's name says how many there are


@dataclass(frozen=True)
class Room:
    """A room in which everybody has one answer left, ``finishing`` of whom give it."""

    place: Place
    workshop: Workshop
    seats: list[Seat]
    last: ActivityStation
    finishing: int

    @property
    def rate_path(self) -> str:
        return reverse("workshops:station_rate", kwargs={"code": self.workshop.join_code, "station": self.last.code})

    @property
    def stream_path(self) -> str:
        args = {"org": self.place.organisation.slug, "code": self.workshop.code}
        return reverse("workshops:workshop_stream", kwargs=args)


@dataclass(frozen=True)
class Burst:
    """What one round gave."""

    p95: float
    left_behind: int
    wrong: int


def make_room(finishing: int, spare: int) -> Room:
    """A room of ``finishing`` people and ``spare`` ones who never finish, which makes its count its own."""
    place = world.make_place(STATIONS)
    activity = world.make_block(place)
    seats = world.seat_people(place, activity.workshop, finishing + spare)
    world.answer(place, activity, seats, leave_open=1)
    return Room(place, activity.workshop, seats, world.last_station(place, activity), finishing)


def one_room() -> list[Room]:
    return [make_room(FINISHES, 1)]


def many_rooms() -> list[Room]:
    return [make_room(FINISHES // ROOMS, number) for number in range(1, ROOMS + 1)]


async def burst(layout: Layout, rooms: Sequence[Room], listeners_each: int) -> Burst:
    """Let people finish in turn, room after room, and pair what each room's boards saw with its own requests."""
    boards = [
        await listen(
            layout.streams,
            room.stream_path,
            [Person(layout.streams, room.place.cookies) for _ in range(listeners_each)],
        )
        for room in rooms
    ]
    everybody = [listener for listeners in boards for listener in listeners]
    posters = Posters(layout.pages)
    for room, listeners in zip(rooms, boards, strict=True):
        for listener in listeners:
            listener.awaited = f">{room.finishing}</text>".encode()
    try:
        sent = await finish_in_turn(posters, rooms)
        await arrival(everybody)
        return judge(rooms, boards, sent)
    finally:
        await close(everybody, posters)


async def finish_in_turn(posters: Posters, rooms: Sequence[Room]) -> list[list[float]]:
    """The last answers at their times; when each room's were sent."""
    sent: list[list[float]] = [[] for _ in rooms]
    tasks: list[asyncio.Task[Answer]] = []
    begin = time.perf_counter() + 0.1
    for number in range(FINISHES):
        await asyncio.sleep(max(0.0, begin + number / PER_SECOND - time.perf_counter()))
        place = number % len(rooms)
        room = rooms[place]
        seat = room.seats[len(sent[place])]
        sent[place].append(time.perf_counter())
        body = f"drawer={Drawer.OK.value}".encode()
        tasks.append(asyncio.create_task(posters.post(seat.cookies, room.rate_path, body)))
    for answer in await asyncio.gather(*tasks):
        assert answer.status == 200, (answer.status, answer.text[:500])
    return sent


def judge(rooms: Sequence[Room], boards: Sequence[list[Listener]], sent: Sequence[list[float]]) -> Burst:
    latencies: list[float] = []
    left = wrong = 0
    for room, listeners, own in zip(rooms, boards, sent, strict=True):
        for listener in listeners:
            states = counts(listener, finished_count, "board-count", own[0])
            latencies += paired(own, states)
            left += not states or states[-1][1] != room.finishing
            wrong += sum(total != len(room.seats) for total in totals(listener))
    return Burst(percentile(latencies, 0.95), left, wrong)


def totals(listener: Listener) -> list[int]:
    """How many people each count that came here speaks of."""
    found = [JOINED.search(event.data) for event in listener.events() if event.name == "board-count"]
    assert all(found), "a count without its number of people"
    return [int(match.group(1)) for match in found if match]


def run(rounds: int) -> Row:
    """One room and twenty by turns, on the same servers."""
    ones: list[Burst] = []
    manys: list[Burst] = []
    with ExitStack() as stack:
        layout = stack.enter_context(servers.production())
        for turn in range(rounds + 1):  # the first one only warms up
            one = asyncio.run(burst(layout, one_room(), LISTENERS_ALONE))
            many = asyncio.run(burst(layout, many_rooms(), LISTENERS_EACH))
            measure.progress(f"one room {one.p95 * 1e3:.1f} ms, {ROOMS} rooms {many.p95 * 1e3:.1f} ms")
            if turn:
                ones.append(one)
                manys.append(many)
    alone, spread = [found.p95 for found in ones], [found.p95 for found in manys]
    figures = [
        ratio(f"{ROOMS * LISTENERS_EACH} in {ROOMS} rooms / {LISTENERS_ALONE} in one", spread, alone, GOAL),
        Figure("events in a wrong room", sum(found.wrong for found in (*ones, *manys)), 0),
        Figure("listeners without the final state", sum(found.left_behind for found in (*ones, *manys)), 0),
    ]
    return Row(figures, [f"p95 in one room {milliseconds(alone)}, in {ROOMS} rooms {milliseconds(spread)}"])
