"""A database of its own beside the one in DATABASE_URL, new for every run, so that nobody's data is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
SUFFIX = "_bench"


def prepare() -> None:
    """Create the database, migrate it, collect the static files, and make Django ready. Once per process."""
    own = own_url(os.environ["DATABASE_URL"])
    create(own)
    os.environ |= {"DATABASE_URL": own, "PUBLIC_URL": "http://127.0.0.1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    subprocess.run([sys.executable, "-m", "config.prepare"], check=True, cwd=ROOT)
    django.setup()


def own_url(url: str) -> str:
    """The address of our database on the same server."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.removesuffix(SUFFIX)}{SUFFIX}"))


def create(url: str) -> None:
    """Make the database anew."""
    parts = urlsplit(url)
    name = sql.Identifier(parts.path.removeprefix("/"))
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
