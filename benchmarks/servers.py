"""Starts the floor and the application's servers on free ports of this computer, and stops them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.database import ROOT

HOST = "127.0.0.1"
READY_WITHIN = 30.0  # seconds
STOP_WITHIN = 5.0


@dataclass(frozen=True)
class Layout:
    """Where pages and posts are answered, and where streams are."""

    pages: int
    streams: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def program(*words: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block; wait until it listens."""
    # It ends with us, however we end.
    command = ("setpriv", "--pdeathsig", "TERM", "--", *words)
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdin=subprocess.DEVNULL)
    try:
        wait_until_listening(process, port)
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, then end its whole group, which is ours."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"no server came up: {process.args}") from None
            time.sleep(0.05)


@contextmanager
def floor() -> Iterator[int]:
    """The floor, unchanged, on the database and the bus of the application; its port."""
    port = free_port()
    words = (sys.executable, "benchmarks/floors/sse_floor.py", str(port))
    with program(*words, os.environ["DATABASE_URL"], os.environ["REDIS_URL"], port=port):
        yield port


@contextmanager
def uvicorn(application: str = "config.asgi:application") -> Iterator[int]:
    """One ASGI process as bin/start runs it; its port."""
    port = free_port()
    words = [
        *(sys.executable, "-m", "uvicorn", application, "--host", HOST, "--port", str(port)),
        *("--timeout-graceful-shutdown", "2", "--no-access-log", "--no-proxy-headers", "--no-server-header"),
        *("--lifespan", "off", "--log-level", "warning"),
    ]
    with program(*words, port=port):
        yield port


@contextmanager
def granian(application: str = "config.wsgi:application", *, workers: int = 2) -> Iterator[int]:
    """A WSGI node for pages and posts as the compose file runs it; its port."""
    port = free_port()
    words = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "3", "--no-access-log", "--log-level", "warning"),
        application,
    ]
    with program(*words, port=port):
        time.sleep(2)  # the port is open before every worker has loaded the application
        yield port


@contextmanager
def production() -> Iterator[Layout]:
    """Posts and pages on granian, streams on uvicorn."""
    with ExitStack() as stack:
        yield Layout(stack.enter_context(granian()), stack.enter_context(uvicorn()))


@contextmanager
def embedded() -> Iterator[Layout]:
    """One uvicorn for everything."""
    with uvicorn() as port:
        yield Layout(port, port)


LAYOUTS = {"production": production, "embedded": embedded}
