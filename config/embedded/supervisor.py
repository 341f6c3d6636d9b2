"""Runs everything for bin/start: services, preparation, worker and web server, until it is told to stop."""

import ctypes.util
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from config.embedded import network
from config.embedded.processes import Child, Program, reap_orphans, stop_all
from config.embedded.services import Services, make_writable, services
from config.embedded.words import RefusalError, say
from config.messages import compile_messages

ROOT = Path(__file__).resolve().parent.parent.parent
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
READY_WITHIN = 120.0  # seconds
LOOK_EVERY = 0.25  # seconds between two looks at the children
REAP_EVERY = 10.0  # seconds between two collections of adopted processes


class StoppedError(BaseException):
    """Somebody asked us to stop; not an Exception, so that nothing on the way swallows it."""


@dataclass(frozen=True)
class Options:
    """What bin/start was told."""

    host: str
    port: int
    data_dir: Path
    demo: bool
    upgrade: bool = False


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn the first stop signal into StoppedError and ignore further ones, so that stopping is not broken off."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in STOPS:
            signal.signal(each, signal.SIG_IGN)
        raise StoppedError

    for each in STOPS:
        signal.signal(each, stop)
    yield


def start(options: Options) -> int:
    """Start everything, say where it is, and keep it running until a stop signal."""
    with stopping_on_signals():
        try:
            os.umask(0o077)
            print(say("starting"), flush=True)
            if not pdf_possible():
                print(say("no_pdf"), flush=True)
            make_writable(options.data_dir)
            port = network.claim_port(options.host, options.port)
            set_public_url(options.host, port)
            with services(options.data_dir, upgrade=options.upgrade) as running:
                serve(options, running, port)
        except StoppedError:
            return 0
    return 0


def set_public_url(host: str, port: int) -> None:
    """Name the address that people reach, unless the operator has named it."""
    if os.environ.get("PUBLIC_URL"):
        return
    reachable = host
    if host in network.EVERYWHERE:
        reachable = network.lan_address() or ""
        if not reachable:
            print(say("only_local"), flush=True)
    os.environ["PUBLIC_URL"] = network.url(reachable or network.loopback_of(host), port)


def serve(options: Options, running: Services, port: int) -> None:
    """Prepare the application, then run worker and web server."""
    note_first_start(options, running)
    prepare(options)
    worker = Child(worker_program(), options.data_dir / "log")
    web = Child(web_program(options.host, port), options.data_dir / "log")
    own = [web, worker]
    try:
        for child in own:
            child.start()
        wait_until_healthy(options, port, own)
        announce(options)
        watch([*running.children, *own])
    except StoppedError:
        print(say("stopping"), flush=True)
        raise
    finally:
        stop_all(own)


def demo_pending(data_dir: Path) -> Path:
    return data_dir / "demo-pending"


def note_first_start(options: Options, running: Services) -> None:
    """Remember that the demo is still to be loaded, also when this first start is broken off before."""
    if not options.demo:
        demo_pending(options.data_dir).unlink(missing_ok=True)
    elif running.is_new:
        demo_pending(options.data_dir).touch()


def prepare(options: Options) -> None:
    """Bring database and static files up to date in a process of its own, and load the demo when it is due."""
    compile_messages(ROOT / "locale")
    print(say("preparing"), flush=True)
    pending = demo_pending(options.data_dir)
    if pending.exists():
        print(say("preparing_demo"), flush=True)
    command = [sys.executable, "-m", "config.prepare", *(["--demo"] if pending.exists() else [])]
    log = options.data_dir / "log" / "prepare.log"
    with log.open("ab") as out:
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stderr=out, cwd=ROOT)
    if done.returncode != 0:
        raise RefusalError("not_started", name="prepare", log=log)
    pending.unlink(missing_ok=True)


def worker_program() -> Program:
    """Return the Celery worker of both queues, with beat. Broken-off jobs are found in rows, so patience is short."""
    command = [
        *(sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", "default,reports"),
        *("--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--beat"),
    ]
    return Program("worker", tied(command, "QUIT"), directory=ROOT)


def web_program(host: str, port: int) -> Program:
    """Return the web server: one process for pages and streams. An access log would join taps to addresses."""
    command = [
        *(sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port)),
        *("--timeout-graceful-shutdown", "2", "--no-access-log", "--no-proxy-headers", "--no-server-header"),
        *("--lifespan", "off", "--log-level", "warning"),
    ]
    return Program("web", tied(command, "TERM"), directory=ROOT)


def tied(command: list[str], death_signal: str) -> list[str]:
    """Let the program get ``death_signal`` when the supervisor is killed and can stop nobody any more."""
    return ["setpriv", "--pdeathsig", death_signal, "--", *command]


def health_status(options: Options, port: int) -> int:
    """Ask /healthz the way a browser would, by the public name; 0 while nobody answers."""
    connection = http.client.HTTPConnection(network.loopback_of(options.host), port, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(os.environ["PUBLIC_URL"]).netloc})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def wait_until_healthy(options: Options, port: int, children: list[Child]) -> None:
    """Wait until database, bus and worker answer through the web server; refuse when one has ended or is broken."""
    until = time.monotonic() + READY_WITHIN
    while (status := health_status(options, port)) != HTTPStatus.OK:
        dead = next((child for child in children if not child.alive()), None)
        if dead or status == HTTPStatus.INTERNAL_SERVER_ERROR or time.monotonic() > until:
            broken = dead or children[0]
            raise RefusalError("not_started", name=broken.program.name, log=broken.log)
        time.sleep(0.1)


def announce(options: Options) -> None:
    """Say where it is and who may come in."""
    print(f"Open {os.environ['PUBLIC_URL'].rstrip('/')}/", flush=True)
    logins = options.data_dir / "demo-logins"
    if logins.exists():
        print(say("demo_logins", path=logins), logins.read_text().rstrip(), sep="\n", flush=True)
    if link := setup_link():
        print(say("setup_link_beside_demo" if logins.exists() else "setup_link"), link, sep="\n", flush=True)
    print(say("stop_hint"), flush=True)


def setup_link() -> str:
    """Return the one-time link that makes the first owner, empty when there is one already besides the demo's."""
    command = [sys.executable, "manage.py", "setup_link"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return done.stdout.strip() if done.returncode == 0 else ""


def pdf_possible() -> bool:
    """Return whether the library that WeasyPrint needs is on this machine."""
    return ctypes.util.find_library("pango-1.0") is not None or any(
        Path("/usr/lib").glob("*-linux-gnu/libpango-1.0.so.0")
    )


def watch(children: list[Child]) -> None:
    """Restart what dies, for ever."""
    reaped = time.monotonic()
    while True:
        for child in children:
            child.revive()
        if time.monotonic() - reaped > REAP_EVERY:
            reap_orphans(children)
            reaped = time.monotonic()
        time.sleep(LOOK_EVERY)
