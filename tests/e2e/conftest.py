"""Real browsers on a real server: uvicorn, and Celery where a test needs it, in processes on the test database.

A page fails its test when its console says anything that a person would have to worry about: script errors, content
policy violations, requests to other hosts.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from accounts.models import Membership
from config.embedded.account import find_setpriv
from tests.conftest import client_of
from tests.support import database_url

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# Playwright's loop lives in this thread; our own queries between its steps are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Marks a page once its scripts have run. Before that its forms work without them, which is another thing than most
# tests ask about, and nobody's thumb is as quick as a test.
MARK_LOADED = "addEventListener('load', () => document.documentElement.toggleAttribute('data-loaded', true))"
# A test machine may have little left for six browsers; what appears at all appears in time.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        inside = Path(str(item.fspath)).is_relative_to(Path(__file__).parent)
        if inside and item.get_closest_marker("fault") is None:  # bin/test runs the two apart
            item.add_marker(pytest.mark.e2e)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def environment(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the server's processes are told: the test database, our key, a data directory of their own."""
    data = tmp_path_factory.mktemp("data")
    chosen = os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    for name in ("STATICFILES_STORAGE", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        chosen.pop(name, None)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, check=True, cwd=ROOT, env=chosen)
    return chosen


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process group of its own, which also ends when pytest itself is ended by a timeout."""
    tied = [find_setpriv(), "--pdeathsig", "TERM", "--", *command]
    return subprocess.Popen(tied, cwd=ROOT, env=environment, start_new_session=True)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process group that was started here."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


@contextmanager
def serving(environment: dict[str, str], port: int = 0) -> Generator[str]:
    """Run a server in the embedded layout, one uvicorn for pages and streams; the value is its address."""
    url = f"http://127.0.0.1:{port or free_port()}"
    chosen = environment | {"PUBLIC_URL": url}
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1"]
    command += ["--port", str(urlsplit(url).port), "--timeout-graceful-shutdown", "2", "--no-access-log"]
    command += ["--lifespan", "off", "--log-level", "warning"]
    process = start(command, chosen)
    try:
        wait_for(url, process)
        yield url
    finally:
        stop(process)


@pytest.fixture(scope="session")
def server(environment: dict[str, str]) -> Generator[str]:
    """The address of the server that all tests share."""
    with serving(environment) as url:
        yield url


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers its start page."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url + "/join/", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="session")
def worker(environment: dict[str, str], server: str) -> Generator[None]:
    """A Celery worker of both queues, with its clock."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", "default,reports"]
    command += ["--concurrency", "1", "--loglevel", "WARNING", "--beat"]
    command += ["--schedule", str(Path(environment["DATA_DIR"]) / "beat")]
    process = start(command, environment | {"PUBLIC_URL": server})
    try:
        yield
    finally:
        stop(process)


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Watch:
    """Collects what a page complains about."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.complaints: list[str] = []
        # A test that provokes an error names the text it expects.
        self.expected: list[str] = []

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def watch(self, page: Page) -> None:
        page.on("console", self.on_console)
        page.on("request", self.on_request)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def check(self) -> None:
        assert [text for text in self.complaints if not any(part in text for part in self.expected)] == []


@pytest.fixture
def watch(server: str) -> Generator[Watch]:
    """Fails the test at its end when a page complained about something unexpected."""
    watched = Watch(server)
    yield watched
    watched.check()


def wait_for_scripts(page: Page) -> None:
    """Let every action and every expectation on the page wait until its scripts have run, after each navigation."""
    # Playwright itself waits until what has called the handler is gone.
    page.add_locator_handler(page.locator("html:not([data-loaded])"), lambda: None)


@pytest.fixture
def open_page(chromium: Browser, server: str, watch: Watch, transactional_db: None) -> Generator[Callable[..., Page]]:
    """Return a function that opens a page in a browser of its own.

    ``member`` is logged in there, None is a stranger; further arguments go to the browser's context.
    """
    contexts: list[BrowserContext] = []

    def open_one(member: Membership | None = None, *, phone: bool = False, **options: object) -> Page:
        chosen: dict[str, object] = {
            "base_url": server,
            "viewport": PHONE if phone else DESKTOP,
            "has_touch": phone,
            "is_mobile": phone,
            "locale": "de-DE",
            "reduced_motion": "reduce",
        } | options
        context = chromium.new_context(**chosen)  # type: ignore[arg-type]  # as Playwright names them
        context.set_default_timeout(15_000)
        contexts.append(context)
        if chosen.get("java_script_enabled", True):
            context.add_init_script(MARK_LOADED)
            context.on("page", wait_for_scripts)
        if member is not None:
            cookie = client_of(member).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}])
        page = context.new_page()
        watch.watch(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
