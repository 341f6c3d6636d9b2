"""``page``: the result page of 200 stations as a member over HTTP, against an empty view of the same application.

The empty view (benchmarks.application) passes the same middleware, session, membership and scope and answers nothing,
so that the figure says what the page itself costs. A second figure says how the page grows from 200 to 2,000 stations.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPConnection

from django.urls import reverse

from benchmarks import measure, servers, world
from benchmarks.measure import Row, milliseconds, ratio
from benchmarks.world import Place
from workshops.models import Workshop

SMALL, LARGE = 200, 2000
RATERS = 12
GOAL, GROWTH = 20.0, 10.0
APPLICATION = "benchmarks.application"


def make_result(stations: int) -> tuple[Place, Workshop]:
    """A workshop in which a dozen people rated ``stations`` stations, revealed."""
    place = world.make_place(stations)
    activity = world.make_block(place)
    world.answer(place, activity, world.seat_people(place, activity.workshop, RATERS), reasons=0.1)
    world.reveal(place, activity)
    return place, activity.workshop


def result_path(place: Place, workshop: Workshop) -> str:
    return reverse("workshops:workshop_result", kwargs={"org": place.organisation.slug, "code": workshop.code})


def fetcher(port: int, place: Place, path: str) -> Callable[[int], float]:
    """A function that asks for ``path`` so many times, one after the other, and returns the median time."""
    connection = HTTPConnection(servers.HOST, port, timeout=120)
    cookies = "; ".join(f"{name}={value}" for name, value in place.cookies.items())

    def once() -> float:
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookies, "Accept-Language": "de", "Accept": "text/html"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, body[:500])
        return time.perf_counter() - begun

    return lambda times: statistics.median(once() for _ in range(times))


def run(rounds: int) -> Row:
    """Interleave empty view, small and large page, on the embedded server and on a production node."""
    pages = {size: make_result(size) for size in (SMALL, LARGE)}
    place = pages[SMALL][0]
    row = Row([])
    with ExitStack() as stack:
        ports = {
            "production": stack.enter_context(servers.granian(f"{APPLICATION}:wsgi", workers=1)),
            "embedded": stack.enter_context(servers.uvicorn(f"{APPLICATION}:asgi")),
        }
        for name, port in ports.items():
            empty = fetcher(port, place, f"/o/{place.organisation.slug}/empty/")
            small, large = (fetcher(port, pages[size][0], result_path(*pages[size])) for size in (SMALL, LARGE))
            for ask in (empty, small, large):
                ask(3)
            times = [(empty(15), small(3), large(1), empty(15), small(3)) for _ in range(rounds)]
            add_figures(row, name, times)
    return row


def add_figures(row: Row, name: str, times: list[tuple[float, float, float, float, float]]) -> None:
    """Add the two figures of one server."""
    empties = [(first + second) / 2 for first, _small, _large, second, _again in times]
    smalls = [(first + second) / 2 for _empty, first, _large, _again, second in times]
    larges = [large for _empty, _small, large, _again, _other in times]
    growth = ratio(f"{name}, {LARGE} / {SMALL}", larges, smalls, GROWTH)
    row.figures += [ratio(name, smalls, empties, GOAL), growth]
    words = f"{name}: empty view {milliseconds(empties)}, {SMALL} stations {milliseconds(smalls)}"
    row.notes.append(f"{words}, {LARGE} stations {milliseconds(larges)}")
    measure.progress(row.notes[-1])
