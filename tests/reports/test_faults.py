"""A worker group is killed at any moment, or the bus goes away: the same report is ready soon, exactly once."""

import os
import signal
import socket
import subprocess
import time
import uuid
from contextlib import closing, contextmanager

import psycopg
import pytest
import redis
from django.conf import settings as project
from django.db import connection

from accounts.tenancy import member_scope
from config.embedded.supervisor import ROOT, worker_program
from config.embedded.valkey import program as server_program
from reports.services import request_report
from tests.reports.support import finished_ist
from tests.support import database_url

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

READY_WITHIN = 60  # seconds from the kill

FINISHES = """
CREATE TABLE finishes (report_id bigint, attempt int);
CREATE FUNCTION note_finish() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.state = 'done' AND OLD.state <> 'done' THEN INSERT INTO finishes VALUES (NEW.id, NEW.attempt); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER note_finish AFTER UPDATE ON reports_report FOR EACH ROW EXECUTE FUNCTION note_finish();
"""
FORGET = "DROP TRIGGER note_finish ON reports_report; DROP FUNCTION note_finish; DROP TABLE finishes"


@pytest.fixture
def finishes(transactional_db):
    """Every change to "done", as the database saw it."""
    with connection.cursor() as cursor:
        cursor.execute(FINISHES)

    def read():
        with connection.cursor() as cursor:
            cursor.execute("SELECT report_id, attempt FROM finishes")
            return cursor.fetchall()

    yield read
    with connection.cursor() as cursor:
        cursor.execute(FORGET)


def free_port():
    """A port for a bus of the test's own, which it can stop and start."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def bus(port):
    """The embedded bus, killed at the end."""
    command = [str(server_program()), "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    try:
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.1)
        yield
    finally:
        client.close()
        process.kill()
        process.wait()


class Worker:
    """The worker as the supervisor starts it, in a group of its own, with the test's database and bus."""

    def __init__(self, tmp_path, redis_url):
        self.environment = os.environ | {
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.log = (tmp_path / "worker.log").open("ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            worker_program().command,
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def revive(self):
        """Start again what has ended by itself, as the supervisor does; Celery ends when it loses the bus."""
        if self.process.poll() is not None:
            self.start()

    def kill(self):
        """End the whole group at once, as the machine's memory killer or a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.log.close()


@pytest.fixture
def worker(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    made = Worker(tmp_path, project.REDIS_URL)
    empty(project.REDIS_URL)
    yield made
    made.close()
    empty(project.REDIS_URL)


def empty(url):
    """Take every message of earlier tests off the bus."""
    with redis.Redis.from_url(url) as client:
        client.delete("default", "reports", "unacked", "unacked_index")


def ask(organisation, member, workshop):
    with member_scope(organisation):
        return request_report(workshop=workshop, language="de", key=uuid.uuid4(), by=member)


def state_of(report):
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, step, attempt FROM reports_report WHERE id = %s", [report.pk])
        return cursor.fetchone()


def wait_until(true, seconds, what):
    until = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < until, f"{what} took longer than {seconds} s"
        time.sleep(0.02)
    return answer


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "media").rglob("*.pdf"))


@contextmanager
def unreadable(table):
    """Let whoever reads this table wait until the end of the block."""
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


# Steps at which the group dies; "message": before anybody claimed it, "file": when the file is there already.
@pytest.mark.parametrize("moment", ["message", "reading", "drawing", "writing", "file"])
def test_killed_at_any_moment_it_is_ready_within_a_minute_and_once(
    organisation, max, worker, finishes, tmp_path, moment
):
    workshop = finished_ist(organisation)
    if moment == "reading":
        # It is over in a few milliseconds unless it has to wait.
        report = ask(organisation, max, workshop)
        with unreadable("workshops_baseline"):
            worker.start()
            wait_until(lambda: state_of(report)[1] == moment, 60, moment)
            worker.kill()
    else:
        worker.start()
        report = ask(organisation, max, workshop)
        if moment == "file":
            wait_until(lambda: files(tmp_path), 60, "the first file")
        elif moment != "message":
            wait_until(lambda: state_of(report)[1] == moment, 60, moment)
        worker.kill()
    killed = time.monotonic()
    worker.start()
    wait_until(lambda: state_of(report)[0] == "done", READY_WITHIN, "the report after the kill")

    assert time.monotonic() - killed < READY_WITHIN
    attempt = state_of(report)[2]
    assert finishes() == [(report.pk, attempt)]
    time.sleep(6)  # one more sweep changes nothing
    assert finishes() == [(report.pk, attempt)]
    assert files(tmp_path) == [f"{report.code}-{attempt}.pdf"]


def test_asked_for_without_a_bus_it_is_made_when_the_bus_is_back(
    organisation, max, finishes, tmp_path, settings, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path / "media"
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", url)
    workshop = finished_ist(organisation)
    worker = Worker(tmp_path, url)
    try:
        with bus(port):
            worker.start()
            wait_until(lambda: consumes(port), 60, "the worker's start")
        started = time.monotonic()
        report = ask(organisation, max, workshop)
        asked_for = time.monotonic() - started
        time.sleep(3)
        assert state_of(report)[0] == "queued"

        with bus(port):
            wait_until(lambda: made_by(worker, report), READY_WITHIN, "the report after the bus came back")
    finally:
        worker.close()

    assert asked_for < 1
    assert finishes() == [(report.pk, 1)]
    assert files(tmp_path) == [f"{report.code}-1.pdf"]


def made_by(worker, report):
    """Whether the report is done; a worker that ended meanwhile is started again."""
    worker.revive()
    return state_of(report)[0] == "done"


def consumes(port):
    """Whether a worker waits for messages."""
    with redis.Redis(port=port) as client:
        return any(row["cmd"] == "brpop" for row in client.client_list())
