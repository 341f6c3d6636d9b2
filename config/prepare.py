"""Brings a data directory and its database to this version: ``python -m config.prepare [--demo]``.

Run by bin/start before the servers, and by the compose file as a step of its own. Safe to run twice.
"""

import argparse
import hashlib
import os
from io import StringIO
from pathlib import Path

import django
from django import get_version
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from config import archive
from config.embedded.words import say

KEPT_BACKUPS = 5
FINGERPRINT = ".fingerprint"


def migrate() -> None:
    """Apply pending migrations; save an existing database before."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if executor.loader.applied_migrations:
        save_before_migration()
    call_command("migrate", interactive=False, verbosity=0)


def backups() -> Path:
    """Return DATA_DIR/backups, private to this account; under docker-compose nothing else makes it."""
    where = Path(settings.DATA_DIR) / "backups"
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    return where


def save_before_migration() -> None:
    """Back up to DATA_DIR/backups and drop all but the latest few."""
    where = backups()
    target = where / f"before-update-{timezone.now():%Y%m%d-%H%M%S}.tar"
    archive.backup(target)
    print(say("backup_made", path=target), flush=True)  # noqa: T201 - for the person at the terminal
    for old in sorted(where.glob("before-update-*.tar"))[:-KEPT_BACKUPS]:
        old.unlink()


def static_fingerprint() -> str:
    """Return a digest that changes when a static file, its storage or Django changes."""
    digest = hashlib.sha256(f"{get_version()} {settings.STORAGES['staticfiles']['BACKEND']}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name)).stat()
            digest.update(f"{storage.location}/{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Collect, compress and name the static files by content, unless nothing changed since the last time."""
    note = Path(settings.STATIC_ROOT) / FINGERPRINT
    fingerprint = static_fingerprint()
    if note.exists() and note.read_text() == fingerprint:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=note.exists())
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(fingerprint)


def load_demo() -> None:
    """Load the demo organisation. Its logins are not shown here but read from DATA_DIR/demo-logins when all runs."""
    call_command("load_demo", stdout=StringIO())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true", help="load the demo organisation")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    backups()
    migrate()
    call_command("createcachetable", verbosity=0)
    collect_static()
    if options.demo:
        load_demo()


if __name__ == "__main__":
    main()
