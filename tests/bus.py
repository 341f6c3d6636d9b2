"""One bus for each test process, so that processes side by side do not count or take each other's messages."""

import os
import re
from urllib.parse import urlsplit

from django.conf import settings

from config.embedded.urls import broker_url

DATABASES = 16  # as Valkey comes


def take_own_bus() -> None:
    """Let the second worker of pytest-xdist use the next database number, and so on; the first keeps the given one."""
    worker = re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", ""))
    if worker is None or worker[1] == "0":
        return
    settings.REDIS_URL = with_number(settings.REDIS_URL, int(worker[1]))
    settings.CELERY_BROKER_URL = broker_url(settings.REDIS_URL)
    os.environ["REDIS_URL"] = settings.REDIS_URL  # for the processes that tests start


def with_number(url: str, more: int) -> str:
    """Return the address with its database number raised by ``more``; a unix socket has it in its query."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        number = int(re.search(r"\bdb=(\d+)", parts.query)[1]) if "db=" in parts.query else 0
        return f"unix://{parts.path}?db={(number + more) % DATABASES}"
    number = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{(number + more) % DATABASES}").geturl()
