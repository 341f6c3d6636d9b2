"""Responses that are written to from outside: at once while the line is free, in order and once while it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest
from django.http import HttpRequest
from django.urls import path

from config.lines import Line, Rest, WrittenResponse
from config.turns import TurnsHandler
from tests.config.test_turns import asked_for, until
from workshops.live.clients import QUEUE_LENGTH, RELOAD, Client


class Server:
    """The sending half of an ASGI server: it takes a message, or holds its sender back until the line is free."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.free = asyncio.Event()
        self.free.set()
        self.error: Exception | None = None

    async def __call__(self, message: Any) -> None:
        await self.free.wait()
        if self.error:
            raise self.error
        if message["type"] == "http.response.body" and message.get("body"):
            self.written.append(message["body"])


def client_on(line: Line) -> Client:
    return Client(line, workshop_id=1, audience="room", language="de", identities=frozenset(), expires=0)


class Opened:
    """A stream that TurnsHandler answers with, and its client."""

    latest: ClassVar[Opened]

    def __init__(self) -> None:
        self.server = Server()
        self.gone = asyncio.Event()
        self.line = Line()
        self.client = client_on(self.line)
        handler = TurnsHandler()
        self.task = asyncio.create_task(handler(asked_for("/"), until(self.gone), self.server))  # type: ignore[arg-type]

    async def chunks(self) -> AsyncIterator[bytes]:
        yield b"hello"
        while (chunk := await self.client.next_chunk()) is not None:
            yield chunk

    async def ready(self) -> None:
        """Wait until everything that was queued is written."""
        while not (self.client.waits and self.client.queue.empty()):
            await asyncio.sleep(0)


async def stream(request: HttpRequest) -> WrittenResponse:
    found = Opened.latest
    return WrittenResponse(found.chunks(), line=found.line)


urlpatterns = [path("", stream)]


@pytest.fixture
async def opened(settings) -> AsyncIterator[Opened]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    settings.ALLOWED_HOSTS = ["testserver"]
    found = Opened.latest = Opened()
    async with asyncio.timeout(10):
        await found.ready()
        yield found
        found.gone.set()
        await asyncio.wait([found.task])


async def test_a_chunk_is_written_before_anything_else_happens(opened):
    opened.client.write(b"one")
    opened.client.write(b"two")
    assert opened.server.written == [b"hello", b"one", b"two"]


async def test_what_the_line_does_not_take_comes_later_in_order_and_once(opened):
    opened.server.free.clear()
    for chunk in (b"one", b"two", b"three"):
        opened.client.write(chunk)
    await asyncio.sleep(0.05)
    assert opened.server.written == [b"hello"]
    opened.server.free.set()
    await opened.ready()
    opened.client.write(b"four")
    assert opened.server.written == [b"hello", b"one", b"two", b"three", b"four"]


async def test_who_is_too_far_behind_is_told_to_fetch_everything(opened):
    opened.server.free.clear()
    opened.client.write(b"begun")
    await asyncio.sleep(0.05)
    for _number in range(QUEUE_LENGTH + 1):
        opened.client.write(b"more")
    opened.server.free.set()
    await opened.ready()
    assert opened.server.written == [b"hello", b"begun", RELOAD]


async def test_a_stream_that_ends_while_its_line_is_held_ends_after_it(opened):
    opened.server.free.clear()
    opened.client.write(b"one")
    await asyncio.sleep(0.05)
    opened.client.end()
    opened.client.write(b"too late")
    assert not opened.task.done()
    opened.server.free.set()
    await opened.task
    assert opened.server.written == [b"hello", b"one"]


async def test_a_page_that_goes_while_its_line_is_held_leaves_nothing(opened):
    opened.server.free.clear()
    opened.client.write(b"one")
    await asyncio.sleep(0.05)
    opened.gone.set()
    await opened.task
    opened.server.free.set()
    await asyncio.sleep(0.05)
    assert opened.server.written == [b"hello"]


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("answered already")])
async def test_a_line_that_takes_nothing_more_ends_its_stream(opened, error):
    opened.server.error = error
    opened.client.write(b"one")
    assert opened.client.ended
    opened.server.error = None
    await opened.task
    assert opened.server.written == [b"hello"]


async def test_nothing_is_written_through_a_line_that_no_server_gave():
    client = client_on(Line())
    reading = asyncio.create_task(client.next_chunk())
    await asyncio.sleep(0)
    client.write(b"one")
    assert await reading == b"one"


async def test_what_is_left_of_a_write_may_be_given_up():
    server = Server()
    server.free.clear()
    line = Line()
    line.send = server
    rest = line.write(b"one")
    assert isinstance(rest, Rest)

    async def waiting() -> None:
        await rest

    task = asyncio.create_task(waiting())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.free.set()
    await asyncio.sleep(0)
    assert server.written == []
