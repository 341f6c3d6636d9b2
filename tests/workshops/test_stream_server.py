"""Streams through the real server: more of them than the pool has connections, two processes, and a clean stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.support import database_url
from tests.workshops.support import Room, make_room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

POOL = 4


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def server(**more: str) -> Generator[tuple[int, subprocess.Popen[bytes]]]:
    """One uvicorn on the test's database, as production starts it; ``more`` is added to its environment."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_POOL": str(POOL),
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        **more,
    }
    arguments = [
        "--port",
        str(port),
        "--timeout-graceful-shutdown",
        "2",
        "--log-level",
        "warning",
        "--no-proxy-headers",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "config.asgi:application", *arguments], env=environment
    )
    try:
        wait_for(port)
        yield port, process
    finally:
        process.kill()
        process.wait()


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not listen")


def ask_for_stream(stack: ExitStack, port: int, path: str, client: Client, **headers: str) -> HTTPResponse:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    browser = HTTPConnection("127.0.0.1", port, timeout=20)
    browser.request("GET", path, headers={"Cookie": cookies, "Accept": "text/event-stream", **headers})
    stack.callback(browser.close)
    return stack.enter_context(browser.getresponse())


def open_stream(stack: ExitStack, port: int, path: str, client: Client, **headers: str) -> HTTPResponse:
    response = ask_for_stream(stack, port, path, client, **headers)
    assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream")
    return response


def read_until(response: HTTPResponse, words: bytes) -> bytes:
    read = b""
    while words not in read:
        line = response.fp.readline()
        assert line, "the stream has ended"
        read += line
    return read


def held_connections() -> int:
    """Connections that sit in a transaction, on the test's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in %'"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara)


def test_many_streams_two_servers_and_a_clean_stop(room: Room, mara_client: Client):
    path = f"/o/{room.workshop.organisation.slug}/workshops/{room.workshop.code}/stream/"
    with ExitStack() as stack:
        servers = [stack.enter_context(server()) for _number in range(2)]
        streams = [
            open_stream(stack, port, path, mara_client) for port, _process in servers for _number in range(POOL * 3)
        ]
        for response in streams:
            read_until(response, b"event: board-stage")
        room.open()
        for response in streams:
            read_until(response, room.activity.title.encode())
        assert held_connections() == 0

        began = time.monotonic()
        for _port, process in servers:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=15) for _port, process in servers]
        assert time.monotonic() - began < 10
        assert set(codes) <= {0, -signal.SIGTERM}


def test_without_https_a_stream_is_for_the_own_network_only(room: Room, mara_client: Client):
    path = f"/o/{room.workshop.organisation.slug}/workshops/{room.workshop.code}/stream/"
    plain = {"PUBLIC_URL": "http://192.168.1.20:8000", "TRUSTED_PROXIES": "127.0.0.1"}
    with ExitStack() as stack:
        port, _process = stack.enter_context(server(**plain))

        near = open_stream(stack, port, path, mara_client, **{"X-Forwarded-For": "192.168.1.7"})
        far = ask_for_stream(stack, port, path, mara_client, **{"X-Forwarded-For": "203.0.113.9"})

        assert b"event: board-stage" in read_until(near, b"event: board-stage")
        assert (far.status, far.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
        assert room.activity.title.encode() not in far.read()
