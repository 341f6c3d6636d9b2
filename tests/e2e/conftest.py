"""Real browsers on a real server: uvicorn, and Celery where a test needs it, in processes on the test database.

``site`` is the address of one uvicorn for the whole run, on the test database. ``open_page`` opens a page in a browser
of its own, logged in as a member or not. When the test is over, every page must have been free of script errors and of
complaints about the content security policy.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from accounts.models import Membership

ROOT = Path(__file__).resolve().parents[2]
# A browser reports every refused request as an error; what the application refuses on purpose is none.
ON_PURPOSE = ("status of 409", "status of 422")

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def _database_beside_playwright() -> Generator[None]:
    """Playwright keeps an event loop in this thread, and Django would take its own queries for asynchronous ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], seconds: int = 60) -> None:
    """Return once the server answers anything at all; fail with its output when it ended instead."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/accounts/login/", timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the server on {address} does not answer")


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Start the application with collected static files, as in production; yield its address."""
    data = tmp_path_factory.mktemp("site")
    address = f"http://127.0.0.1:{free_port()}"
    database = connection.settings_dict
    host = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    environment = {
        **os.environ,
        "DATA_DIR": str(data),
        "DATABASE_URL": f"postgres://{host}/{database['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "PUBLIC_URL": address,
        "DEBUG": "0",
    }
    environment.pop("STATICFILES_STORAGE", None)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True, timeout=120)
    serve = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", address.rsplit(":", 1)[1]]
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_until_it_answers(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def site(server: str, transactional_db: None) -> str:
    """The server's address, with a database whose rows both sides see; it is emptied after the test."""
    return server


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Generator[OpenPage]:
    """Return ``open_page(path, member=None, **context)``; at the end no page may have complained."""
    problems: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in ON_PURPOSE):
            problems.append(message.text)

    def open_one(path: str, member: Membership | None = None, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site, **{"locale": "de", "viewport": {"width": 1280, "height": 800}, **options}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if member is not None:
            client = Client()
            client.force_login(member.user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []
