"""One open stream: written to at once while its line takes everything, through a queue while it does not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from config.lines import Line, Rest

QUEUE_LENGTH = 32  # chunks that a slow page may be behind before it is told to fetch everything itself
RELOAD = b"event: reload\ndata: now\n\n"


@dataclass(eq=False)
class Client:
    """One open stream. ``identities`` are who can be sent away: the login, the person in the room."""

    line: Line
    workshop_id: int
    audience: str
    language: str
    identities: frozenset[str]
    expires: float
    queue: asyncio.Queue[bytes | Rest | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))
    # Has received the state as a whole; before, single changes would mean nothing.
    settled: bool = False
    ended: bool = False
    # Everything that was queued is written, and its task waits for more.
    waits: bool = False

    def write(self, chunk: bytes) -> None:
        """Write a chunk, or queue it; who is too far behind loses the backlog and fetches the whole state."""
        if self.ended:
            return
        if self.line.send is None or not self.waits or not self.queue.empty():
            self._queue(chunk)
            return
        try:
            rest = self.line.write(chunk)
        except (OSError, RuntimeError):
            self.end()  # the page is gone, and its task is about to learn it
        else:
            if rest is not None:
                self._queue(rest)

    def end(self) -> None:
        """End the stream, whatever is still queued."""
        self.ended = True
        self._clear()
        self.queue.put_nowait(None)

    async def next_chunk(self) -> bytes | None:
        """The next chunk that was queued; None when the stream ends. What its line took at once never comes here."""
        while True:
            self.waits = True
            chunk = await self.queue.get()
            self.waits = False
            if not isinstance(chunk, Rest):
                return chunk
            await chunk

    def _queue(self, chunk: bytes | Rest) -> None:
        try:
            self.queue.put_nowait(chunk)
        except asyncio.QueueFull:
            self._clear()
            self.queue.put_nowait(RELOAD)

    def _clear(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
