"""Reading live streams in tests, in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.test import AsyncRequestFactory

from accounts.models import Organisation
from accounts.tenancy import member_scope
from workshops.live import stream_response
from workshops.models import Workshop


@dataclass
class Event:
    """One server-sent event."""

    name: str
    data: str
    id: str


@dataclass
class Stream:
    """What a browser's EventSource would see."""

    chunks: Any
    buffer: list[Event] = field(default_factory=list)
    received: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)

    async def pump(self) -> None:
        """Read all the time: giving up on one chunk would close the stream behind it."""
        async for chunk in self.chunks:
            self.received.put_nowait(chunk)
        self.received.put_nowait(None)

    async def chunk(self, timeout: float = 5) -> bytes:
        chunk = await asyncio.wait_for(self.received.get(), timeout)
        assert chunk is not None, "the stream has ended"
        return chunk

    async def event(self, timeout: float = 5) -> Event:
        """The next event; heartbeats are none."""
        async with asyncio.timeout(timeout):
            while not self.buffer:
                self.buffer += parse(await self.chunk(timeout))
        return self.buffer.pop(0)

    async def events(self, *names: str, timeout: float = 5) -> dict[str, Event]:
        """Wait until each of these fragments has come; return the last of each."""
        found: dict[str, Event] = {}
        while not set(names) <= set(found):
            event = await self.event(timeout)
            found[event.name] = event
        return found

    async def until(self, name: str, words: str, timeout: float = 10) -> Event:
        """Wait for a fragment that contains ``words``."""
        async with asyncio.timeout(timeout):
            while True:
                event = await self.event(timeout)
                if event.name == name and words in event.data:
                    return event

    async def silence(self, seconds: float) -> bool:
        """Whether no event comes for a while."""
        try:
            event = await self.event(seconds)
        except TimeoutError:
            return True
        raise AssertionError(f"not silent: {event}")

    async def ended(self, timeout: float = 5) -> bool:
        """Read to the end of the stream."""
        async with asyncio.timeout(timeout):
            while await self.received.get() is not None:
                pass
        return True


def parse(chunk: bytes) -> list[Event]:
    """Split a chunk into its events."""
    events = []
    for block in chunk.decode().split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in block.splitlines():
            if line.startswith(":"):
                continue
            key, _, value = line.partition(": ")
            fields.setdefault(key, []).append(value)
        if "event" in fields:
            events.append(Event(fields["event"][0], "\n".join(fields["data"]), fields.get("id", [""])[0]))
    return events


def request_of(user: object = None, participant: object = None) -> Any:
    request = AsyncRequestFactory().get("/stream/")
    request.user = user or AnonymousUser()
    if participant is not None:
        request.participant = participant
    return request


@asynccontextmanager
async def stream(
    workshop: Workshop,
    audience: str = "board",
    language: str = "de",
    *,
    user: object = None,
    participant: object = None,
) -> AsyncGenerator[Stream]:
    """A stream, closed at the end."""
    response = stream_response(request_of(user, participant), workshop, audience, language)
    opened = Stream(aiter(response))
    pump = asyncio.create_task(opened.pump())
    assert await opened.chunk() == b"retry: 1000\n\n"
    try:
        yield opened
    finally:
        pump.cancel()
        await asyncio.wait([pump])
        await sync_to_async(response.close)()


def acting(organisation: Organisation) -> Callable[..., Any]:
    """Return a coroutine function that calls services in a thread, in the organisation's scope, as a request would."""

    async def act(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        def call() -> Any:
            try:
                with member_scope(organisation):
                    return function(*arguments, **named)
            finally:
                connections.close_all()

        return await sync_to_async(call)()

    return act
