"""Backup and restore of everything that belongs to an installation: database, uploaded files, secret key.

``python -m config.archive backup FILE`` and ``… restore FILE``; bin/backup and bin/restore bring the database along.
The file is a tar: manifest.json, database.dump (pg_dump's own format), files/…, and secret_key if it is in DATA_DIR.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import django
from django.conf import settings
from django.db import connection

from config.embedded.postgres import programs
from config.embedded.words import RefusalError, say

FORMAT = 1
MANIFEST, DUMP, KEY, FILES = "manifest.json", "database.dump", "secret_key", "files"


def database_environment() -> dict[str, str]:
    """Return the environment by which PostgreSQL's programs find our database; a password is never an argument."""
    wanted = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    found = {variable: str(wanted[name]) for variable, name in names.items() if wanted.get(name)}
    chosen = wanted["OPTIONS"]
    options = {"host": "PGHOST", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    found |= {variable: str(chosen[name]) for name, variable in options.items() if chosen.get(name)}
    return os.environ | found


def run(name: str, *words: str | Path, failure: str) -> None:
    """Run one of PostgreSQL's programs on our database; its last line is the reason when it fails."""
    command = [str(programs() / name), *map(str, words)]
    done = subprocess.run(  # noqa: S603 - our own program and arguments
        command, check=False, capture_output=True, text=True, env=database_environment()
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"{name}: {done.returncode}"]
        raise RefusalError(failure, reason=next((line for line in lines if "ERROR" in line), lines[-1]))


@contextmanager
def workplace() -> Iterator[Path]:
    """Lend a private directory beside the data, so that moving into place is a rename."""
    where = Path(tempfile.mkdtemp(prefix=".archive-", dir=settings.DATA_DIR))
    try:
        yield where
    finally:
        shutil.rmtree(where, ignore_errors=True)


def backup(target: Path) -> None:
    """Write everything to ``target``, which appears only when it is complete. Works while the application runs."""
    if target.exists():
        raise RefusalError("file_exists", path=target)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with aside.open("xb") as out:
            aside.chmod(0o600)
            with workplace() as work:
                options = ("--format=custom", "--no-owner", "--no-acl")
                run("pg_dump", *options, "--file", work / DUMP, failure="dump_failed")
                write_tar(out, work)
        aside.replace(target)
    except OSError:
        raise RefusalError("file_unwritable", path=target) from None
    finally:
        aside.unlink(missing_ok=True)


def write_tar(out: object, work: Path) -> None:
    """Put manifest, dump, key and files into the open file."""
    manifest = {"format": FORMAT, "made": datetime.now(UTC).isoformat(timespec="seconds")}
    (work / MANIFEST).write_text(json.dumps(manifest))
    key = Path(settings.DATA_DIR) / KEY
    with tarfile.open(fileobj=out, mode="w") as tar:  # type: ignore[call-overload]  # any binary file does
        for path in (work / MANIFEST, work / DUMP, *([key] if key.exists() else [])):
            tar.add(path, path.name)
        if Path(settings.MEDIA_ROOT).is_dir():
            tar.add(settings.MEDIA_ROOT, FILES)


def restore(source: Path) -> str:
    """Replace database, files and key by those of ``source``; return when it was made.

    All of it is unpacked and the database changed in one transaction before the files move: whatever fails, the data
    are as before.
    """
    with workplace() as work:
        made = unpack(source, work)
        restore_database(work)
        put_in_place(work / FILES, Path(settings.MEDIA_ROOT))
        if (work / KEY).exists():
            (work / KEY).chmod(0o600)
            (work / KEY).replace(Path(settings.DATA_DIR) / KEY)
    return made


def unpack(source: Path, work: Path) -> str:
    """Unpack what belongs into a backup, and nothing else; return when it was made."""
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                if belongs(member):
                    member.mode = 0o700 if member.isdir() else 0o600
                    tar.extract(member, work, set_attrs=False)
        manifest = json.loads((work / MANIFEST).read_text())
        made, number = str(manifest["made"]), int(manifest["format"])
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError):
        raise RefusalError("not_a_backup", path=source) from None
    if number > FORMAT:
        raise RefusalError("newer_backup", path=source)
    if not (work / DUMP).exists():
        raise RefusalError("not_a_backup", path=source)
    return made


def belongs(member: tarfile.TarInfo) -> bool:
    """Return whether a member is one of ours; links, devices and ways out of the directory are not."""
    parts = PurePosixPath(member.name).parts
    if not parts or ".." in parts or member.name.startswith("/"):
        return False
    if parts[0] == FILES:
        return member.isfile() or member.isdir()
    return member.isfile() and member.name in (MANIFEST, DUMP, KEY)


def restore_database(work: Path) -> None:
    """Replace the whole schema in one transaction, also tables that the dump does not know."""
    script = work / "restore.sql"
    run("pg_restore", "--no-owner", "--no-acl", "--file", script, work / DUMP, failure="restore_failed")
    fresh = work / "fresh.sql"
    fresh.write_text("DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n")
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", os.devnull)
    run("psql", *options, "--file", fresh, "--file", script, failure="restore_failed")


def put_in_place(new: Path, target: Path) -> None:
    """Let ``new`` (or nothing) take the place of ``target``."""
    old = new.with_name("replaced")
    if target.exists():
        target.rename(old)
    if new.exists():
        new.rename(target)


def size_of(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"


def main() -> int:
    parser = argparse.ArgumentParser(prog="archive", description=__doc__)
    parser.add_argument("what", choices=("backup", "restore"))
    parser.add_argument("file", type=Path, metavar="FILE")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    try:
        print(do(options.what, options.file.resolve()))  # noqa: T201 - for the person at the terminal
    except RefusalError as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - the same
        return 1
    return 0


def do(what: str, file: Path) -> str:
    """Do it and return what to say about it."""
    if what == "restore":
        return say("restored", made=restore(file))
    backup(file)
    said = say("backed_up", path=file, size=size_of(file))
    return said if (Path(settings.DATA_DIR) / KEY).exists() else f"{said}\n{say('key_outside')}"


if __name__ == "__main__":
    sys.exit(main())
