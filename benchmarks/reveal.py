"""``reveal``: one tap, and the result stands on every phone.

300 phones and 5 boards hold a stream; everybody has rated. Measured from the moment the reveal request is sent until
the last of them holds the result. The floor makes one change whose marker is so long that as many bytes go out at once
to as many listeners.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from dataclasses import dataclass

from django.urls import reverse

from benchmarks import measure, servers, world
from benchmarks.fanout import Posters, close
from benchmarks.measure import Figure, Row, milliseconds, number, ratio
from benchmarks.people import Answer, Listener, Person, arrival, listen, quiet
from benchmarks.servers import Layout
from benchmarks.world import Place, Seat
from workshops.models import Activity

PHONES = 300
BOARDS = 5
STATIONS = 9
GOAL = 3.0
RESULT = '-stage--result"'
# So long the console waits before it fetches its own part (hx-trigger in workshop_console.html): the room goes first.
CONSOLE_WAITS = 0.1


@dataclass(frozen=True)
class Arena:
    """A room in which everybody has rated everything."""

    place: Place
    activity: Activity
    phones: list[Seat]


@dataclass(frozen=True)
class Reveal:
    """What one round gave: the time until the last listener had it, and how much it was."""

    seconds: float
    bytes: int
    without: int = 0


def arena() -> Arena:
    place = world.make_place(STATIONS)
    activity = world.make_block(place)
    phones = world.seat_people(place, activity.workshop, PHONES)
    world.answer(place, activity, phones, reasons=0.1)
    return Arena(place, activity, phones)


async def our_reveal(layout: Layout, room: Arena) -> Reveal:
    """Reveal, as the console does: its stream is open, so it gets its own part when its fragment has come."""
    workshop = room.activity.workshop
    org = room.place.organisation.slug
    stream = reverse("workshops:room_stream", kwargs={"code": workshop.join_code})
    board = reverse("workshops:workshop_stream", kwargs={"org": org, "code": workshop.code})
    phones = await listen(layout.streams, stream, [Person(layout.streams, seat.cookies) for seat in room.phones])
    boards = await listen(layout.streams, board, [Person(layout.streams, room.place.cookies) for _ in range(BOARDS)])
    everybody = [*phones, *boards]
    path = reverse("workshops:activity_reveal", kwargs={"org": org, "code": room.activity.code})
    # The console's connection is open, as a browser's is that has just asked whether to reveal.
    console = Person(layout.pages, room.place.cookies)
    await console.get(reverse("workshops:workshop_console", kwargs={"org": org, "code": workshop.code}))
    parts = reverse("workshops:console_parts", kwargs={"org": org, "code": workshop.code})
    before = sum(listener.size for listener in everybody)
    for listener in everybody:
        listener.awaited = RESULT.encode()
    begun = time.perf_counter()
    answer = await console.post(path, {}, htmx=True, **{"X-Live": "open"})
    try:
        assert answer.status == 204, (answer.status, answer.text[:500])
        await boards[0].arrived.wait()
        await asyncio.sleep(CONSOLE_WAITS)
        shown = await console.get(parts, **{"HX-Request": "true"})
        assert shown.status == 200, (shown.status, shown.text[:500])
        await arrival(everybody)
        arrived = [held(listener, begun) for listener in everybody]
        sent = sum(listener.size for listener in everybody) - before
        times = [at - begun for at in arrived if at is not None]
        return Reveal(max(times, default=60.0), sent, len(arrived) - len(times))
    finally:
        await console.close()
        await close(everybody, Posters(layout.pages))


def held(listener: Listener, since: float) -> float | None:
    """When this page held its result; None if it never did."""
    events = [event for event in listener.events() if event.at >= since and event.name.endswith("-stage")]
    return next((event.at for event in events if RESULT in event.data), None)


async def floor_reveal(port: int, size: int) -> Reveal:
    """One change with ``size`` bytes more or less in all, to as many listeners."""
    listeners = await listen(port, "/s", [Person(port) for _ in range(PHONES + BOARDS)])
    marker = b"x" * max(1, size // len(listeners) - 400)
    posters = Posters(port)
    before = sum(listener.size for listener in listeners)
    begun = time.perf_counter()
    answer: Answer = await posters.post({}, "/w/1", marker)
    try:
        assert answer.status == 204, answer
        await quiet(listeners)
        last = max(events[-1].at for events in (listener.events() for listener in listeners))
        return Reveal(last - begun, sum(listener.size for listener in listeners) - before)
    finally:
        await close(listeners, posters)


def run(rounds: int) -> Row:
    """Each round reveals in both layouts, and lets the floor send what that was."""
    results: dict[str, list[Reveal]] = {"floor": [], **{name: [] for name in servers.LAYOUTS}}
    with ExitStack() as stack:
        port = stack.enter_context(servers.floor())
        layouts = {name: stack.enter_context(start()) for name, start in servers.LAYOUTS.items()}
        for turn in range(rounds + 1):  # the first one only warms up
            found = {name: asyncio.run(our_reveal(layout, arena())) for name, layout in layouts.items()}
            found["floor"] = asyncio.run(floor_reveal(port, found["production"].bytes))
            for name, reveal in found.items():
                results[name] += [reveal] if turn else []
                measure.progress(f"{name} {reveal.seconds * 1e3:.0f} ms, {reveal.bytes / 1e6:.1f} MB")
    return row(results)


def row(results: dict[str, list[Reveal]]) -> Row:
    floors = [found.seconds for found in results["floor"]]
    sent = {name: results[name][-1].bytes / 1e6 for name in results}
    notes = [f"the floor's last listener {milliseconds(floors)}, {number(sent['floor'])} MB in all"]
    for name in servers.LAYOUTS:
        times = [found.seconds for found in results[name]]
        notes.append(f"last page with the {name} layout {milliseconds(times)}, {number(sent[name])} MB in all")
    without = sum(found.without for name in servers.LAYOUTS for found in results[name])
    figures = [ratio(name, [r.seconds for r in results[name]], floors, GOAL) for name in servers.LAYOUTS]
    return Row([*figures, Figure("pages without the result", without, 0)], notes)
