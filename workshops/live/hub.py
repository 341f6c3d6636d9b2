"""One hub per process: one subscription, one rendering per change, the same bytes to every open stream.

Everything here runs in the event loop except rendering, which has a thread of its own with its own scope and hands its
database connection back each time. Coalescing needs no timer: while a room is being rendered and written, its further
hints gather and make the next turn, and rooms take turns.

Hints may get lost: the bus may be gone, a process may die between commit and publish. So the hub also compares its
rooms' versions with the database, now and then while all is well, every other second while the bus is gone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio as aioredis
from django.conf import settings
from django.db import connections
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from config.lines import Line
from workshops.live.bus import EVERYTHING, FRAGMENTS, channel, keepalive
from workshops.live.clients import Client
from workshops.live.fragments import Fragment, Rendered, render_fragments
from workshops.live.versions import read_versions

logger = logging.getLogger(__name__)

RECONNECT_AFTER = 0.5  # seconds between two attempts to reach the bus
CHECK_WITHOUT_BUS = 2.0  # seconds between two comparisons with the database while the bus is gone
SETTLE = 10.0  # seconds after its return in which publishers may not have noticed it yet

PING = b": ping\n\n"
REFRESH = b"event: room-ballot\ndata: now\n\n"


@dataclass(eq=False)
class Room:
    """What the hub knows of one workshop."""

    workshop_id: int
    clients: set[Client] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    # The last version of a hint or a reading, and versions below it whose hints have not come (yet).
    version: int = 0
    missing: set[int] = field(default_factory=set)
    known: dict[tuple[str, str], Fragment] = field(default_factory=dict)
    queued: bool = False

    def note(self, version: int, fragments: Iterable[str]) -> None:
        """Take in a hint. Hints of parallel commits may come in another order than their versions."""
        if self.version and version > self.version:
            self.missing.update(range(self.version + 1, version))
        self.missing.discard(version)
        self.version = max(self.version, version)
        self.changed.update(fragments)

    def compare(self, version: int) -> bool:
        """Whether hints were lost, as the database's version and the gaps tell; then everything counts as changed."""
        if version <= self.version and not self.missing:
            return False
        self.version = max(self.version, version)
        self.missing.clear()
        self.changed.update(EVERYTHING)
        return True

    def fresh(self) -> list[Client]:
        """Streams that wait for their first state."""
        return [client for client in self.clients if not client.settled]

    def languages(self) -> dict[str, set[str]]:
        """Which languages are read per audience."""
        found: dict[str, set[str]] = defaultdict(set)
        for client in self.clients:
            found[client.audience].add(client.language)
        return found

    def wanted(self, changed: set[str], fresh: list[Client]) -> dict[str, set[str]]:
        """Which fragments to render per language: what changed, and what a new stream needs and nobody has yet."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for audience, languages in self.languages().items():
            for language in languages:
                wanted[language] |= changed.intersection(FRAGMENTS[audience])
        for client in fresh:
            names = FRAGMENTS[client.audience]
            wanted[client.language] |= {name for name in names if (client.language, name) not in self.known}
        return {language: names for language, names in wanted.items() if names}

    def forget(self, changed: set[str], wanted: Mapping[str, set[str]]) -> None:
        """Drop what changed and is not rendered now since nobody reads it; whoever comes next must not get it."""
        stale = [key for key in self.known if key[1] in changed and key[1] not in wanted.get(key[0], ())]
        for key in stale:
            del self.known[key]


class Hub:
    """The streams of one event loop."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.waiting: deque[Room] = deque()
        self.wake = asyncio.Event()
        self.bus_is_up = False
        self.settles_until = 0.0
        self.tasks: list[asyncio.Task[None]] = []
        self.renderer: ThreadPoolExecutor | None = None

    # --- streams come and go ---

    def connect(self, line: Line, workshop_id: int, audience: str, language: str, identities: frozenset[str]) -> Client:
        """Register a stream; its first chunk will be the room as it is after this moment."""
        # Not all at the same second: a room that came together must not come back together.
        lifetime = settings.LIVE_STREAM_SECONDS * random.uniform(0.9, 1.0)  # noqa: S311 - spreads load, hides nothing
        client = Client(line, workshop_id, audience, language, identities, self._now() + lifetime)
        room = self.rooms.setdefault(workshop_id, Room(workshop_id))
        room.clients.add(client)
        self._start()
        self._queue(room)
        return client

    def disconnect(self, client: Client) -> None:
        """Forget a stream that was connected; with the last one the hub itself comes to rest."""
        room = self.rooms[client.workshop_id]
        room.clients.remove(client)
        if not room.clients:
            del self.rooms[client.workshop_id]
        if not self.rooms:
            self._stop()

    def _start(self) -> None:
        if self.tasks:
            return
        self.renderer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
        self.tasks = [asyncio.create_task(work) for work in (self._listen(), self._take_turns(), self._keep_time())]

    def _stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.tasks.clear()
        self.waiting.clear()
        self.bus_is_up = False
        assert self.renderer is not None  # noqa: S101 - narrows the type; the hub begins with one
        self.renderer.shutdown(wait=False)
        self.renderer = None

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def _clients(self) -> list[Client]:
        return [client for room in self.rooms.values() for client in room.clients]

    # --- turns ---

    def _queue(self, room: Room) -> None:
        if not room.queued:
            room.queued = True
            self.waiting.append(room)
            self.wake.set()

    async def _take_turns(self) -> None:
        while True:
            await self.wake.wait()
            while self.waiting:
                room = self.waiting.popleft()
                room.queued = False
                await self._turn(room)
                # Let the streams write before anything else is rendered: this is what bounds a busy room.
                await asyncio.sleep(0)
            self.wake.clear()

    async def _turn(self, room: Room) -> None:
        changed, fresh = room.changed, room.fresh()
        room.changed = set()
        try:
            if fresh:
                changed |= await self._compare_before_snapshot(room)
            wanted = room.wanted(changed, fresh)
            room.forget(changed, wanted)
            rendered = await self._render(room, wanted)
        except Exception:
            # The database is away, or a template is broken: try again at the next tick, keep every other room alive.
            logger.exception("a room could not be rendered")
            room.changed |= changed
            self.settles_until = self._now() + SETTLE
            return
        if rendered is None:
            self._end(room.clients)
            return
        self._send(room, rendered, fresh)

    async def _compare_before_snapshot(self, room: Room) -> set[str]:
        """Make sure that what is known is current; three hundred phones that wake up cost this once a turn."""
        versions = await self._in_thread(read_versions, [room.workshop_id])
        if room.compare(versions.get(room.workshop_id, 0)):
            changed, room.changed = room.changed, set()
            return changed
        return set()

    async def _render(self, room: Room, wanted: dict[str, set[str]]) -> Rendered | None:
        if not wanted:
            return Rendered(room.version, {})
        return await self._in_thread(render_fragments, room.workshop_id, wanted)

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        """Run database work in the renderer's thread and give its connection back to the pool."""

        def run() -> Any:
            try:
                return work(*arguments)
            finally:
                connections.close_all()

        return await asyncio.get_running_loop().run_in_executor(self.renderer, run)

    def _send(self, room: Room, rendered: Rendered, fresh: list[Client]) -> None:
        """Write what really changed to settled streams, and the whole state to new ones; each chunk is made once."""
        news = {
            key: fragment
            for key, fragment in rendered.fragments.items()
            if key not in room.known or room.known[key].digest != fragment.digest
        }
        room.known.update(news)
        chunks: dict[tuple[str, str, bool], bytes] = {}
        for client in room.clients:
            is_fresh = not client.settled
            if is_fresh and client not in fresh:
                continue  # came while this was being rendered; its turn is queued
            key = (client.audience, client.language, is_fresh)
            if key not in chunks:
                source: Mapping[tuple[str, str], Fragment] = room.known if is_fresh else news
                chunks[key] = _chunk(client, source, rendered.version)
            client.settled = True
            if chunks[key]:
                client.write(chunks[key])

    # --- the bus ---

    async def _listen(self) -> None:
        """Hold one subscription for the whole process, and come back to it for ever."""
        while True:
            try:
                await self._subscription()
            except (RedisError, OSError):
                if self.bus_is_up:
                    logger.warning("the bus is gone; rooms are compared with the database meanwhile")
            self.bus_is_up = False
            await asyncio.sleep(RECONNECT_AFTER)

    async def _subscription(self) -> None:
        # redis-py gives up an idle subscription after 5 s of silence unless told otherwise.
        bus = aioredis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=None,
            socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 0),
            **keepalive(settings.REDIS_URL),
        )
        async with bus, bus.pubsub() as subscription:
            await subscription.subscribe(channel())
            async for message in subscription.listen():
                if message["type"] == "subscribe":
                    self._bus_returned()
                else:
                    self._receive(json.loads(message["data"]))

    def _bus_returned(self) -> None:
        """What was published until now may have been missed, and publishers may pause a little longer."""
        self.bus_is_up = True
        self.settles_until = self._now() + SETTLE
        for room in self.rooms.values():
            room.changed.update(EVERYTHING)
            self._queue(room)

    def _receive(self, hint: dict[str, Any]) -> None:
        if identity := hint.get("end"):
            self._end(client for client in self._clients() if identity in client.identities)
            return
        room = self.rooms.get(hint["workshop"])
        if room is None:
            return
        if identity := hint.get("refresh"):
            for client in room.clients:
                if identity in client.identities:
                    client.write(REFRESH)
            return
        room.note(hint["version"], hint["fragments"])
        self._queue(room)

    def _end(self, clients: Iterable[Client]) -> None:
        for client in list(clients):
            client.end()

    # --- time ---

    async def _keep_time(self) -> None:
        """One clock for all: heartbeats, streams that are ten minutes old, comparisons, rooms that failed."""
        next_ping = last_check = self._now()
        while True:
            await asyncio.sleep(min(1.0, settings.LIVE_HEARTBEAT_SECONDS, settings.LIVE_COMPARE_SECONDS))
            now = self._now()
            self._end(client for client in self._clients() if client.expires <= now)
            if now >= next_ping:
                next_ping = now + settings.LIVE_HEARTBEAT_SECONDS
                for client in self._clients():
                    client.write(PING)
            unsettled = not self.bus_is_up or now < self.settles_until
            if now - last_check >= (CHECK_WITHOUT_BUS if unsettled else settings.LIVE_COMPARE_SECONDS):
                last_check = now
                await self._compare_all()

    async def _compare_all(self) -> None:
        """Find rooms whose hints were lost, with one query for all, and give failed ones another turn."""
        try:
            versions = await self._in_thread(read_versions, list(self.rooms))
        except Exception:
            logger.exception("versions could not be compared")
            return
        for room in list(self.rooms.values()):
            version = versions.get(room.workshop_id)
            # A removed workshop has no version any more; its turn ends the streams.
            if version is None or room.compare(version) or room.changed or room.fresh():
                room.changed.update(EVERYTHING if version is None else ())
                self._queue(room)


def _chunk(client: Client, fragments: Mapping[tuple[str, str], Fragment], version: int) -> bytes:
    keys = [(client.language, name) for name in FRAGMENTS[client.audience]]
    return b"".join(fragments[key].event(version) for key in keys if key in fragments)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop; a server process has one loop and so one hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
