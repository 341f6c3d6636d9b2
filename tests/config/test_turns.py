"""A full house: requests take turns in the order they came, and nothing that is slow or open holds one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from config.turns import AT_ONCE, HEALTH_AT_ONCE, PATIENCE, TurnsHandler

CROWD = 24


@dataclass
class Doorman:
    """Notes who is inside, and in which order they came in."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    inside: int = 0
    most: int = 0
    came: list[int] = field(default_factory=list)
    seen: threading.Event = field(default_factory=threading.Event)
    may_leave: threading.Event = field(default_factory=threading.Event)
    connection: BaseDatabaseWrapper | None = None


doorman = Doorman()


def pass_by(number: int = 0) -> None:
    with doorman.lock:
        doorman.inside += 1
        doorman.most = max(doorman.most, doorman.inside)
        doorman.came.append(number)
    time.sleep(0.02)
    with doorman.lock:
        doorman.inside -= 1


def page(request: HttpRequest, number: int) -> HttpResponse:
    pass_by(number)
    return HttpResponse(f"page {number}")


def held(request: HttpRequest) -> HttpResponse:
    doorman.seen.set()
    doorman.may_leave.wait(10)
    return HttpResponse("for nobody")


def counted(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    doorman.connection = connections["default"]
    assert doorman.connection.connection is not None
    return HttpResponse("one")


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(4 * PATIENCE)
    return HttpResponse("at last")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of the view")


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def words() -> AsyncIterator[bytes]:
        yield b"begun"
        await asyncio.sleep(60)

    return StreamingHttpResponse(words())


def health(request: HttpRequest) -> HttpResponse:
    pass_by()
    return HttpResponse("alive")


urlpatterns = [
    path("page/<int:number>", page),
    path("slow", slow),
    path("held", held),
    path("counted", counted),
    path("broken", broken),
    path("stream", stream),
    path("healthz", health),
]


@pytest.fixture
def handler(settings) -> TurnsHandler:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    settings.ALLOWED_HOSTS = ["testserver"]
    global doorman
    doorman = Doorman()
    return TurnsHandler()


def browser(handler: TurnsHandler) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=handler, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver", timeout=20)


async def test_a_crowd_is_served_in_turn(handler):
    async with browser(handler) as client:
        found = await asyncio.gather(*(client.get(f"/page/{number}") for number in range(CROWD)))
    assert [answer.text for answer in found] == [f"page {number}" for number in range(CROWD)]
    assert doorman.most == AT_ONCE
    # Whoever has come waits for no one who came AT_ONCE places later.
    assert all(abs(place - number) < AT_ONCE for place, number in enumerate(doorman.came))


async def test_a_fault_gives_its_turn_back(handler):
    async with browser(handler) as client:
        found = await asyncio.gather(*(client.get("/broken") for _number in range(2 * AT_ONCE)))
        assert {answer.status_code for answer in found} == {500}
        assert (await client.get("/page/1")).text == "page 1"


def asked_for(address: str) -> dict[str, object]:
    """The scope of a request, for what a client on a good line does not do."""
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": address, "raw_path": address.encode(), "query_string": b"", "headers": [(b"host", b"testserver")],
    }  # fmt: skip


def until(gone: asyncio.Event) -> Callable[[], Awaitable[dict[str, object]]]:
    """What a server hears of a client that asks without a body and goes away as soon as ``gone`` is set."""
    messages: list[dict[str, object]] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, object]:
        if messages:
            return messages.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    return receive


async def test_open_streams_hold_no_turn(handler):
    begun, over = asyncio.Semaphore(0), asyncio.Event()

    async def send(message) -> None:
        if message.get("body") == b"begun":
            begun.release()

    streams = [asyncio.create_task(handler(asked_for("/stream"), until(over), send)) for _stream in range(AT_ONCE + 1)]
    try:
        async with asyncio.timeout(10):
            for _stream in streams:
                await begun.acquire()
            async with browser(handler) as client:
                assert (await client.get("/page/1")).text == "page 1"
    finally:
        over.set()
        await asyncio.wait(streams)


async def test_a_slow_line_holds_no_turn_and_health_needs_none(handler):
    never = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"a"
        await never.wait()
        yield b"b"

    async with browser(handler) as client, asyncio.timeout(10):
        sending = [asyncio.create_task(client.post("/page/7", content=slowly())) for _number in range(AT_ONCE)]
        await asyncio.sleep(0.1)
        assert (await client.get("/page/1")).text == "page 1"
        for _turn in range(AT_ONCE):
            await handler.turns.acquire()
        assert (await client.get("/healthz")).text == "alive"
        for _turn in range(AT_ONCE):
            handler.turns.release()
        never.set()
        assert {answer.text for answer in await asyncio.gather(*sending)} == {"page 7"}


async def test_who_takes_long_lets_others_pass(handler):
    async with browser(handler) as client, asyncio.timeout(10):
        slow = [asyncio.create_task(client.get("/slow")) for _number in range(AT_ONCE)]
        assert (await client.get("/page/1")).text == "page 1"
        assert not any(task.done() for task in slow)
        assert {answer.text for answer in await asyncio.gather(*slow)} == {"at last"}
        assert not handler.turns.locked()
        assert handler.turns._value == AT_ONCE, "each turn came back once"


async def test_health_may_be_asked_by_everybody_and_works_for_few(handler):
    async with browser(handler) as client, asyncio.timeout(10):
        found = await asyncio.gather(*(client.get("/healthz") for _number in range(CROWD)))
    assert {answer.text for answer in found} == {"alive"}
    assert doorman.most == HEALTH_AT_ONCE


async def test_who_goes_leaves_the_turn_to_the_work_that_goes_on(handler):
    gone = asyncio.Event()

    async def send(message) -> None:
        raise AssertionError("nobody is there any more")

    async with asyncio.timeout(10):
        leaving = asyncio.create_task(handler(asked_for("/held"), until(gone), send))
        await asyncio.to_thread(doorman.seen.wait)
        gone.set()
        await asyncio.sleep(PATIENCE / 5)
        assert handler.turns._value == AT_ONCE - 1
        doorman.may_leave.set()
        await leaving
    assert handler.turns._value == AT_ONCE


@pytest.mark.django_db(transaction=True)
async def test_an_answer_on_a_slow_line_holds_no_connection(handler):
    sending, over = asyncio.Event(), asyncio.Event()

    async def send(message) -> None:
        sending.set()
        await over.wait()

    async with asyncio.timeout(10):
        answering = asyncio.create_task(handler(asked_for("/counted"), until(over), send))
        await sending.wait()
        assert doorman.connection is not None
        assert doorman.connection.connection is None
        over.set()
        await answering
