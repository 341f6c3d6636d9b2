"""A request that is far too large is refused before it is read: no memory, no disk, and a sentence for who sent it."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.test import Client

from config.uploads import bounded
from tests.config.running import ROOT, environment, free_port, wait_for
from tests.support import database_url

GIGABYTE = 1024**3
TOO_MUCH = "Up to 12 MB can be sent at once. This was more, so nothing of it was read or saved."
ZU_VIEL = "Es lassen sich bis zu 12 MB auf einmal senden. Das war mehr"
FORM = b"multipart/form-data; boundary=x"


class Unreadable:
    """A body that nobody may touch."""

    def read(self, *_size):
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize(("language", "sentence"), [("en", TOO_MUCH), ("de", ZU_VIEL)])
def test_a_gigabyte_is_refused_unread(db, language, sentence):
    told = {"CONTENT_LENGTH": str(GIGABYTE), "wsgi.input": Unreadable(), "HTTP_ACCEPT_LANGUAGE": language}

    response = Client(enforce_csrf_checks=True).generic("POST", "/join/", b"", FORM.decode(), **told)

    assert response.status_code == 413
    assert sentence in response.content.decode()


def test_what_a_form_may_send_is_taken(db):
    fields = f"code=K7M3QX&more={'x' * (settings.MAX_REQUEST_BYTES - 100)}"  # a code that no workshop has

    response = Client().generic("POST", "/join/", fields, "application/x-www-form-urlencoded")

    assert response.status_code == 422


# --- under ASGI, where Django would take the whole body first -------------------------------------------------------


class Visitor:
    """Sends a body in parts and remembers how many were taken, and what was answered."""

    def __init__(self, parts, *, headers=()):
        self.parts, self.taken = parts, 0
        self.scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/join/", "raw_path": b"/join/", "query_string": b"", "root_path": "", "client": ("127.0.0.1", 9),
            "headers": [(b"host", b"127.0.0.1"), (b"accept-language", b"en"), *headers],
        }  # fmt: skip
        self.status, self.body = None, b""

    async def receive(self):
        if self.taken >= len(self.parts):
            await asyncio.Event().wait()  # the other side stays
        self.taken += 1
        more = self.taken < len(self.parts)
        return {"type": "http.request", "body": self.parts[self.taken - 1], "more_body": more}

    async def send(self, message):
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


async def asked(visitor):
    await bounded(get_asgi_application())(visitor.scope, visitor.receive, visitor.send)
    return visitor


FIELDS = (b"content-type", b"application/x-www-form-urlencoded")
PART = b"x" * 1024 * 1024


async def test_under_asgi_a_gigabyte_is_refused_unread():
    length = (b"content-length", str(GIGABYTE).encode())

    visitor = await asked(Visitor([PART] * 1024, headers=[(b"content-type", FORM), length]))

    assert visitor.status == 413
    assert TOO_MUCH in visitor.body.decode()
    # Django looks once whether the other side is still there; what it finds instead is thrown away
    assert visitor.taken in (0, 1024)


async def test_under_asgi_a_body_of_unknown_length_ends_where_it_becomes_too_long():
    visitor = Visitor([b"a=", *[PART] * 1024], headers=[(b"content-type", FORM), (b"transfer-encoding", b"chunked")])
    assert (await asked(visitor)).status == 413
    assert TOO_MUCH in visitor.body.decode()


async def test_under_asgi_a_form_is_taken():
    sent = b"code=K7M3QX"
    visitor = await asked(Visitor([sent[:4], sent[4:]], headers=[FIELDS, (b"content-length", b"11")]))

    assert visitor.status == 403, "it came as far as the check for a token"
    assert TOO_MUCH not in visitor.body.decode()


async def test_a_length_that_is_none_is_like_none():
    visitor = await asked(Visitor([b"a=1"], headers=[FIELDS, (b"content-length", b"many")]))

    assert visitor.status == 403


# --- the servers themselves -----------------------------------------------------------------------------------------

SERVERS = {
    "uvicorn": (
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--port",
        "{port}",
        "--lifespan",
        "off",
        "--log-level",
        "error",
    ),
    "granian": (
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        "{port}",
        "--no-access-log",
        "config.wsgi:application",
    ),
}
SENT = 64  # MB of the gigabyte, if the server does not end it before


def memory_of(process: subprocess.Popen) -> int:
    """The most memory that a server and its workers have held, in MB."""
    pids = [process.pid, *map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())]
    peaks = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line]
    return sum(int(line.split()[1]) for line in peaks) // 1024


def can_connect(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=sorted(SERVERS))
def server(request, db, tmp_path):
    """A server as in production, without anywhere to put a temporary file."""
    (tmp_path / "static").mkdir()
    port = free_port()
    more = {"TMPDIR": str(tmp_path / "nowhere"), "DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 50}
    more |= {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}
    more["STATICFILES_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    words = [sys.executable, *(word.format(port=port) for word in SERVERS[request.param])]
    process = subprocess.Popen(words, cwd=ROOT, env=environment(**more), stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: can_connect(port))
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def send_a_gigabyte(port: int) -> bytes:
    """Begin to upload a gigabyte, and return what is answered."""
    head = f"POST /join/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM.decode()}\r\n"
    head += f"Content-Length: {GIGABYTE}\r\n\r\n"
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(head.encode())
        while b"413" not in answer and (received := link.recv(65536)):
            answer += received
        try:
            for _megabyte in range(SENT):
                link.sendall(PART)
        except OSError:
            pass  # the server has had enough
    return answer


@pytest.mark.fault
def test_a_server_refuses_a_gigabyte_at_once(server):
    process, port = server
    send_a_gigabyte(port)  # what the first page costs is none of ours
    before = memory_of(process)

    answer = send_a_gigabyte(port)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert memory_of(process) - before < 16
