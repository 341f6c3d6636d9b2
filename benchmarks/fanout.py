"""``fanout``: people finish, and every open board shows the new count.

100 listeners of the board; 50 participants a second give their last answer through the real view, each with a session,
the CSRF check and the anonymous ballot. Measured from the moment a request is sent until the count that contains it is
in a listener, over all pairs of both. Counts do not say whose finish they contain, so the n-th request sent is paired
with the first fragment that counts n or more; the floor's events are paired in the same way.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from django.urls import reverse

from benchmarks import measure, servers, world
from benchmarks.measure import Figure, Row, milliseconds, percentile, ratio
from benchmarks.people import Answer, Listener, Person, arrival, listen
from benchmarks.servers import Layout
from benchmarks.world import Place, Seat
from workshops.enums import Drawer
from workshops.models import ActivityStation, Workshop

LISTENERS = 100
PER_SECOND = 50
SECONDS = 3
STATIONS = 9
GOAL = 2.0
FINISHED = re.compile(r"<text[^>]*>(\d+)</text>")  # the first text in the ring


@dataclass(frozen=True)
class Burst:
    """What one round gave."""

    latencies: list[float]
    answers: list[float]
    left_behind: int

    @property
    def p95(self) -> float:
        return percentile(self.latencies, 0.95)


Send = Callable[[int], Awaitable[Answer]]


async def burst(
    listeners: list[Listener], send: Send, count_in: Callable[[str], int], name: str, last: bytes = b""
) -> Burst:
    """Send all requests at their times and pair what the listeners saw with them; ``last`` ends the final state."""
    total = PER_SECOND * SECONDS
    for listener in listeners:
        listener.awaited = last
    sent: list[float] = []
    answered: list[float] = []

    async def one(number: int) -> None:
        begun = time.perf_counter()
        answer = await send(number)
        assert answer.status in (200, 204), (answer.status, answer.text[:500])
        answered.append(time.perf_counter() - begun)

    begin = time.perf_counter() + 0.1
    tasks = []
    for number in range(total):
        await asyncio.sleep(max(0.0, begin + number / PER_SECOND - time.perf_counter()))
        sent.append(time.perf_counter())
        tasks.append(asyncio.create_task(one(number)))
    await asyncio.gather(*tasks)
    await arrival(listeners)
    seen = [counts(listener, count_in, name, sent[0]) for listener in listeners]
    latencies = [late for states in seen for late in paired(sent, states)]
    return Burst(latencies, answered, sum(not states or states[-1][1] != total for states in seen))


def counts(listener: Listener, count_in: Callable[[str], int], name: str, since: float) -> list[tuple[float, int]]:
    """When a listener saw which count; the floor counts its events, since each carries one change."""
    events = [event for event in listener.events() if event.name == name and event.at >= since]
    return [(event.at, count_in(event.data) or number) for number, event in enumerate(events, 1)]


def paired(sent: Sequence[float], states: Sequence[tuple[float, int]]) -> list[float]:
    """How long each request took until the first state that counts it."""
    found, index = [], 0
    for number, begun in enumerate(sent, 1):
        while index < len(states) and states[index][1] < number:
            index += 1
        if index < len(states):
            found.append(states[index][0] - begun)
    return found


def finished_count(html: str) -> int:
    """How many have finished, from the count's fragment."""
    match = FINISHED.search(html)
    assert match, html
    return int(match.group(1))


async def floor_burst(port: int) -> Burst:
    """The same load on the floor."""
    listeners = await listen(port, "/s", [Person(port) for _ in range(LISTENERS)])
    posters = Posters(port)

    async def send(number: int) -> Answer:
        return await posters.post({}, f"/w/{number}", b"19 von 26")

    try:
        return await burst(listeners, send, lambda data: 0, "touchpoint")
    finally:
        await close(listeners, posters)


@dataclass(frozen=True)
class Arena:
    """A room of its own, in which everybody has one answer left."""

    place: Place
    workshop: Workshop
    seats: list[Seat]
    last: ActivityStation


def arena() -> Arena:
    """Everybody is a member with a session; a guest's request costs less."""
    place = world.make_place(STATIONS)
    activity = world.make_block(place)
    seats = world.seat_people(place, activity.workshop, PER_SECOND * SECONDS, members=True)
    world.answer(place, activity, seats, leave_open=1)
    return Arena(place, activity.workshop, seats, world.last_station(place, activity))


async def our_burst(layout: Layout, room: Arena) -> Burst:
    """Everybody in the room gives the last answer."""
    args = {"org": room.place.organisation.slug, "code": room.workshop.code}
    boards = [Person(layout.streams, room.place.cookies) for _ in range(LISTENERS)]
    listeners = await listen(layout.streams, reverse("workshops:workshop_stream", kwargs=args), boards)
    path = reverse("workshops:station_rate", kwargs={"code": room.workshop.join_code, "station": room.last.code})
    posters = Posters(layout.pages)
    final = f">{PER_SECOND * SECONDS}</text>".encode()

    async def send(number: int) -> Answer:
        return await posters.post(room.seats[number].cookies, path, f"drawer={Drawer.OK.value}".encode())

    try:
        return await burst(listeners, send, finished_count, "board-count", final)
    finally:
        await close(listeners, posters)


class Posters:
    """Connections that stay open and are shared, as a proxy shares those to its servers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.idle: list[Person] = []

    async def post(self, cookies: dict[str, str], path: str, body: bytes) -> Answer:
        """Send one form, in the name of whoever has these cookies."""
        person = self.idle.pop() if self.idle else Person(self.port)
        token = person.cookies["csrftoken"]
        person.cookies = {"csrftoken": token, **cookies}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        headers |= {"X-CSRFToken": token, "HX-Request": "true", "Accept-Language": "de"}
        answer = await person.request(person.head("POST", path, headers) + body)
        self.idle.append(person)
        return answer


async def close(listeners: list[Listener], posters: Posters) -> None:
    for listener in listeners:
        listener.close()
    for person in posters.idle:
        await person.close()
    await asyncio.sleep(0.2)


def run(rounds: int) -> Row:
    """Interleave the floor with both layouts of the application."""
    results: dict[str, list[Burst]] = {"floor": [], **{name: [] for name in servers.LAYOUTS}}
    with ExitStack() as stack:
        port = stack.enter_context(servers.floor())
        layouts = {name: stack.enter_context(start()) for name, start in servers.LAYOUTS.items()}
        for number in range(rounds + 1):  # the first one only warms up
            bursts = {"floor": asyncio.run(floor_burst(port))}
            bursts |= {name: asyncio.run(our_burst(layout, arena())) for name, layout in layouts.items()}
            for name, found in bursts.items():
                results[name] += [found] if number else []
                measure.progress(f"{name} {found.p95 * 1e3:.1f} ms")
    return row(results)


def row(results: dict[str, list[Burst]]) -> Row:
    floors = [found.p95 for found in results["floor"]]
    ours = {name: [found.p95 for found in results[name]] for name in servers.LAYOUTS}
    left = sum(found.left_behind for name in servers.LAYOUTS for found in results[name])
    notes = [f"p95 of the floor {milliseconds(floors)}"]
    for name, values in ours.items():
        posts = [percentile(found.answers, 0.5) for found in results[name]]
        notes.append(f"p95 with the {name} layout {milliseconds(values)}, its posts' median {milliseconds(posts)}")
    return Row(
        [
            *(ratio(name, values, floors, GOAL) for name, values in ours.items()),
            Figure("listeners without the final state", left, 0),
        ],
        notes,
    )
