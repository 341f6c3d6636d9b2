"""People over HTTP: one keep-alive connection that posts forms, and listeners that only note when what came.

Written on bare sockets, because the client shares the processors with the servers: what it costs is in every figure.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

HOST = "127.0.0.1"
AT_ONCE = 8  # streams that are being opened
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Upload:
    """A file in a form."""

    name: str
    content: bytes


def form_body(form: dict[str, str | list[str] | Upload]) -> tuple[str, bytes]:
    """Content type and body of a form, as a browser would send it."""
    if not any(isinstance(value, Upload) for value in form.values()):
        return FORM, urlencode(form, doseq=True).encode()
    boundary = secrets.token_hex(12)
    parts = []
    for name, value in form.items():
        file = f'; filename="{value.name}"\r\nContent-Type: text/csv' if isinstance(value, Upload) else ""
        content = value.content if isinstance(value, Upload) else str(value).encode()
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"--{boundary}--\r\n".encode()


class Person:
    """A browser without a screen: cookies, one connection, and the CSRF token that its cookie demands."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = {"csrftoken": secrets.token_hex(16), **(cookies or {})}
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def head(self, method: str, path: str, headers: dict[str, str]) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Cookie: {cookies}", "Accept: text/html"]
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()

    async def connect(self) -> None:
        """Open the connection, unless it is open."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(HOST, self.port, limit=2**24)

    async def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.request(self.head("GET", path, {"Accept-Language": "de", **headers}))

    async def post(
        self, path: str, form: dict[str, str | list[str] | Upload], *, htmx: bool = False, **more: str
    ) -> Answer:
        """Send a form with the CSRF token in its header, as the pages' scripts do; ``more`` are further headers."""
        kind, body = form_body(form)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "X-CSRFToken": self.cookies["csrftoken"]}
        headers |= {"Accept-Language": "de", **({"HX-Request": "true"} if htmx else {}), **more}
        return await self.request(self.head("POST", path, headers) + body)

    async def request(self, message: bytes) -> Answer:
        """Send a request and read its answer; once more when the server had closed the idle connection."""
        was_open = self.streams is not None
        await self.connect()
        assert self.streams is not None
        try:
            self.streams[1].write(message)
            answer = await read_answer(self.streams[0])
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.close()
            if not was_open:
                raise
            return await self.request(message)
        self.remember(answer)
        if answer.headers.get("connection", "").lower() == "close":
            await self.close()
        return answer

    def remember(self, answer: Answer) -> None:
        for line in answer.headers.get("set-cookie", "").splitlines():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer, whichever way its length is given."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _colon, value = line.partition(":")
        key = name.lower()
        headers[key] = f"{headers[key]}\n{value.strip()}" if key in headers else value.strip()
    status = int(first.split()[1])
    if headers.get("transfer-encoding") == "chunked":
        body = await read_chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(status, headers, body)


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


@dataclass(frozen=True)
class Event:
    """One server-sent event and when its last byte was here."""

    at: float
    name: str
    data: str


@dataclass(eq=False)
class Listener(asyncio.Protocol):
    """An open stream. It keeps bytes and their times and reads them only when the round is over."""

    request: bytes
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    size: int = 0
    closed: bool = False
    # What a test waits for; only looked for while somebody waits.
    awaited: bytes = b""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.request)  # type: ignore[attr-defined]  # a socket's transport

    def data_received(self, data: bytes) -> None:
        self.chunks.append((time.perf_counter(), data))
        self.size += len(data)
        if self.awaited and self.awaited in self.chunks[-2:][0][1][-len(self.awaited) :] + data:
            self.awaited = b""
            self.arrived.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def events(self) -> list[Event]:
        """Everything received until now."""
        found = []
        for at, block in stream_blocks(self.chunks):
            fields = [line.partition(": ")[::2] for line in block.decode().split("\n")]
            name = next((value for key, value in fields if key == "event"), "")
            if name:
                found.append(Event(at, name, "\n".join(value for key, value in fields if key == "data")))
        return found


def stream_blocks(chunks: list[tuple[float, bytes]]) -> list[tuple[float, bytes]]:
    """The blocks of a stream, each with the time of the chunk that completed it, with or without chunked transfer."""
    whole = b"".join(data for _at, data in chunks)
    times, end = [], 0
    for at, data in chunks:
        end += len(data)
        times.append((end, at))
    head, separator, body = whole.partition(b"\r\n\r\n")
    start = len(head) + len(separator)
    pieces = dechunked(body, start) if b"chunked" in head.lower() else [(start + len(body), body)]
    return list(timed_blocks(pieces, times))


def dechunked(body: bytes, offset: int) -> list[tuple[int, bytes]]:
    """The complete chunks of a chunked transfer, each with the place in the stream where it ends."""
    pieces, at = [], 0
    while (line := body.find(b"\r\n", at)) >= 0:
        size = int(body[at:line], 16)
        end = line + 2 + size
        if size == 0 or end + 2 > len(body):
            break
        pieces.append((offset + end, body[line + 2 : end]))
        at = end + 2
    return pieces


def timed_blocks(pieces: list[tuple[int, bytes]], times: list[tuple[int, float]]) -> list[tuple[float, bytes]]:
    """Cut the pieces into blocks; a block came when the chunk that holds its end came."""
    found, rest, index = [], b"", 0
    for end, piece in pieces:
        begin = end - len(piece)
        place = 0
        while (cut := piece.find(b"\n\n", place)) >= 0:
            stop = begin + cut + 2
            while times[index][0] < stop:
                index += 1
            found.append((times[index][1], rest + piece[place:cut]))
            rest, place = b"", cut + 2
        rest += piece[place:]
    return found


async def listen(port: int, path: str, people: list[Person]) -> list[Listener]:
    """Open a stream for each of these people, a few at a time, and wait until every one has its first state."""
    loop = asyncio.get_running_loop()
    listeners: list[Listener] = []
    for person in people:
        headers = {"Accept": "text/event-stream", "Accept-Language": "de"}
        listener = Listener(person.head("GET", path, headers).replace(b"Accept: text/html\r\n", b""))
        await loop.create_connection(lambda one=listener: one, HOST, port)  # type: ignore[misc]
        listeners.append(listener)
        while sum(not each.size for each in listeners) >= AT_ONCE:
            await asyncio.sleep(0.005)
    await quiet(listeners)
    for listener in listeners:
        status = listener.chunks[0][1][:12]
        assert status == b"HTTP/1.1 200", status
    return listeners


async def arrival(listeners: list[Listener], *, within: float = 60.0) -> None:
    """Wait until every stream has received what it awaits; those that never do are found out by whoever counts."""
    until = time.perf_counter() + within
    while time.perf_counter() < until and any(listener.awaited for listener in listeners):
        await asyncio.sleep(0.02)
    await quiet(listeners)


async def quiet(listeners: list[Listener], *, still: float = 0.7, within: float = 30.0) -> None:
    """Wait until every stream has something and none got more for ``still`` seconds."""
    until = time.perf_counter() + within
    seen, since = -1, time.perf_counter()
    while time.perf_counter() < until:
        total = sum(listener.size for listener in listeners)
        if total != seen or not all(listener.size for listener in listeners):
            seen, since = total, time.perf_counter()
        elif time.perf_counter() - since >= still:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("the streams did not come to rest")
