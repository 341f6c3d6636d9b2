"""bin/backup and bin/restore on a real data directory."""

import os
import subprocess
import sys
import tarfile

import psycopg
import pytest

from config.embedded.postgres import programs
from config.embedded.urls import socket_dir
from tests.config.running import ROOT, call, embedded, environment

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """A data directory whose services run, with a table, an uploaded file and a key."""
    data_dir = tmp_path_factory.mktemp("archive") / "var"
    process = subprocess.Popen(
        embedded("run", "--data", data_dir, "--", "sh", "-c", "echo ready; exec sleep 600"),
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=ROOT,
    )
    assert process.stdout is not None
    while "ready" not in (line := process.stdout.readline()):
        assert line
    yield data_dir
    process.terminate()
    process.wait(60)
    process.stdout.close()


@pytest.fixture
def filled(services):
    """The same, with known content."""
    execute(services, "DROP SCHEMA public CASCADE")
    execute(services, "CREATE SCHEMA public")
    execute(services, "CREATE TABLE kept AS SELECT 'Größe' AS word")
    (services / "media" / "personas").mkdir(parents=True, exist_ok=True)
    (services / "media" / "personas" / "bild.png").write_bytes(b"\x89PNG")
    (services / "secret_key").write_text("old key")
    (services / "secret_key").chmod(0o600)
    return services


def execute(data_dir, sql):
    with psycopg.connect(
        host=str(socket_dir(data_dir)), user="postgres", dbname="touchpoint", autocommit=True
    ) as database:
        done = database.execute(sql)
        return done.fetchall() if done.description else []


def archive(data_dir, what, file):
    return call("bash", ROOT / f"bin/{what}", file, "--data", data_dir)


def restore(data_dir, file):
    """Restore beside the running services, which bin/restore itself refuses."""
    return call(*embedded("run", "--data", data_dir, "--"), sys.executable, "-m", "config.archive", "restore", file)


def state(data_dir):
    tables = execute(data_dir, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    files = sorted(str(path.relative_to(data_dir)) for path in (data_dir / "media").rglob("*") if path.is_file())
    key = data_dir / "secret_key"
    return [name for (name,) in tables], files, key.read_text(), oct(key.stat().st_mode & 0o777)


def change_everything(data_dir):
    execute(data_dir, "DROP TABLE kept")
    execute(data_dir, "CREATE TABLE newer (id int)")
    (data_dir / "media" / "personas" / "bild.png").unlink()
    (data_dir / "media" / "new.png").write_bytes(b"new")
    (data_dir / "secret_key").write_text("new key")


def test_backup_then_restore_brings_everything_back(filled, tmp_path):
    before = state(filled)
    saved = archive(filled, "backup", tmp_path / "all.tar")
    change_everything(filled)

    restored = restore(filled, tmp_path / "all.tar")

    assert (saved.returncode, restored.returncode) == (0, 0), saved.stderr + restored.stderr
    assert saved.stdout.splitlines()[-1].startswith(f"Saved in {tmp_path / 'all.tar'} (")
    assert state(filled) == before
    assert execute(filled, "SELECT word FROM kept") == [("Größe",)]
    assert (filled / "media/personas/bild.png").read_bytes() == b"\x89PNG"
    assert (tmp_path / "all.tar").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in filled.iterdir() if entry.name.startswith(".archive")] == []


def test_backup_does_not_overwrite(filled, tmp_path):
    (tmp_path / "taken").write_text("mine")

    done = archive(filled, "backup", tmp_path / "taken")

    assert (done.returncode, done.stderr) == (1, f"{tmp_path / 'taken'} exists already; choose another name.\n")
    assert (tmp_path / "taken").read_text() == "mine"


def test_backup_to_nowhere(filled, tmp_path):
    done = archive(filled, "backup", tmp_path / "missing" / "all.tar")

    assert (done.returncode, done.stderr) == (1, f"{tmp_path / 'missing' / 'all.tar'} cannot be written.\n")


def test_restore_while_running_is_refused(filled, tmp_path):
    archive(filled, "backup", tmp_path / "all.tar")
    before = state(filled)

    done = archive(filled, "restore", tmp_path / "all.tar")

    assert done.returncode == 1
    assert done.stderr.startswith("Touchpoint-Werkstatt is already running with the data directory")
    assert state(filled) == before


@pytest.mark.parametrize("damage", ["cut", "other", "no dump", "broken dump"])
def test_restore_of_a_damaged_file_changes_nothing(filled, tmp_path, damage):
    good, bad = tmp_path / "good.tar", tmp_path / "bad.tar"
    archive(filled, "backup", good)
    make_bad(good, bad, damage)
    change_everything(filled)
    before = state(filled)

    done = restore(filled, bad)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert state(filled) == before


def make_bad(good, bad, damage):
    if damage == "cut":
        bad.write_bytes(good.read_bytes()[:700])
    elif damage == "other":
        bad.write_text("my holidays")
    else:
        with tarfile.open(good) as source, tarfile.open(bad, "w") as target:
            for member in source:
                if member.name == "database.dump":
                    if damage == "no dump":
                        continue
                    member.size -= 20
                target.addfile(member, source.extractfile(member) if member.isfile() else None)


def test_backup_without_a_file_name():
    done = call("bash", ROOT / "bin/backup")

    assert (done.returncode, done.stderr) == (1, "Name the file: bin/backup FILE [--data DIR]\n")


def test_restore_into_an_empty_directory(filled, tmp_path):
    archive(filled, "backup", tmp_path / "all.tar")
    empty = tmp_path / "fresh"

    done = archive(empty, "restore", tmp_path / "all.tar")
    question = ("sh", "-c", 'psql "$DATABASE_URL" -Atc "SELECT word FROM kept"')
    seen = call(*embedded("run", "--data", empty, "--"), *question, PATH=f"{programs()}:{os.environ['PATH']}")

    assert done.returncode == 0, done.stderr
    assert (seen.stdout, (empty / "secret_key").read_text()) == ("Größe\n", "old key")
