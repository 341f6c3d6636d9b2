"""What several tests need that start processes of their own."""

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from config.embedded.urls import discover


def database_url() -> str:
    """Return the address of the present test database, over TCP or a socket, for a process of its own."""
    base = os.environ.get("DATABASE_URL") or discover(settings.DATA_DIR).database
    # A URL without a host keeps its two slashes only when it is put together by hand.
    parts = urlsplit(base)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{connection.settings_dict['NAME']}{query}"
