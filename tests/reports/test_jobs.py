"""The job behind a report: asked for once, claimed by one, finished by the last who claimed it, never forgotten."""

import socket
import threading
import time
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.tenancy import member_scope
from reports.models import PATIENCE, STALE_AFTER, Report
from reports.services import make_report, request_report, sweep
from reports.services.claims import MAX_ATTEMPTS, claim_report, fail_report, finish_report, heartbeat
from reports.services.requests import BUS_PATIENCE
from tests.factories import ReportFactory, WorkshopFactory
from tests.locks import aside, meeting, wait_for_waiting
from tests.reports.support import finished_ist
from workshops.enums import ActivityState


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def workshop(in_scope):
    return finished_ist(in_scope)


@pytest.fixture
def bus_messages(settings):
    """How many messages have reached the queue of the workers; the bus is this test process's own (tests/bus.py)."""
    import redis  # noqa: PLC0415 - looks at the bus from outside

    let_senders_end()  # of earlier tests
    with redis.Redis.from_url(settings.REDIS_URL) as bus:
        bus.delete("reports", "default")

        def count():
            let_senders_end()
            return bus.llen("reports")

        yield count
        let_senders_end()
        bus.delete("reports", "default")


def let_senders_end():
    """A request does not wait long for its sender; whoever counts messages does."""
    for thread in threading.enumerate():
        if thread.name == "report-message":
            thread.join(30)
            assert not thread.is_alive(), "a message is still on its way to the bus"


@pytest.fixture
def hours(monkeypatch):
    """Patience counted in hours instead of seconds, so that a slow machine does not age a row past it.

    Returns the two in seconds: how old a message, and a sign of life, may be.
    """
    assert (timedelta(seconds=10), timedelta(seconds=15)) == (PATIENCE, STALE_AFTER)
    monkeypatch.setattr("reports.models.PATIENCE", timedelta(hours=10))
    monkeypatch.setattr("reports.services.sweeping.PATIENCE", timedelta(hours=10))
    monkeypatch.setattr("reports.models.STALE_AFTER", timedelta(hours=15))
    return SimpleNamespace(message=10 * 3600, sign_of_life=15 * 3600)


@pytest.fixture
def deaf_bus():
    """A bus that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
    let_senders_end()


def files(media):
    return sorted(path.name for path in media.rglob("*.pdf"))


def backdate(report, **ago):
    Report.objects.filter(pk=report.pk).update(
        **{name: timezone.now() - timedelta(seconds=seconds) for name, seconds in ago.items()}
    )


def ask(workshop, by, key=None, language="de"):
    return request_report(workshop=workshop, language=language, key=key or uuid.uuid4(), by=by)


def test_asking_twice_with_one_key_is_one_report(workshop, max, bus_messages, django_capture_on_commit_callbacks):
    key = uuid.uuid4()

    with django_capture_on_commit_callbacks(execute=True):
        first = ask(workshop, max, key)
        second = ask(workshop, max, key)

    assert first == second
    assert Report.objects.count() == 1
    assert bus_messages() == 1


def test_the_same_form_in_another_language_is_another_report(workshop, max, bus_messages):
    key = uuid.uuid4()

    assert ask(workshop, max, key, "de") != ask(workshop, max, key, "en")


def test_somebody_elses_key_is_no_obstacle(workshop, max, other_organisation):
    foreign = ReportFactory(workshop=WorkshopFactory(organisation=other_organisation))

    report = ask(workshop, max, foreign.key)

    assert (report.key, report.organisation_id) == (foreign.key, workshop.organisation_id)


def test_nothing_revealed_is_refused_with_a_sentence(in_scope, max):
    with pytest.raises(ValidationError) as caught:
        ask(WorkshopFactory(organisation=in_scope), max)

    assert caught.value.messages == ["Es gibt noch nichts zu berichten: Decken Sie zuerst einen Block auf."]


def test_a_bus_that_never_answers_is_not_waited_for(
    workshop, max, monkeypatch, deaf_bus, django_capture_on_commit_callbacks
):
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", deaf_bus)
    started = time.monotonic()

    with django_capture_on_commit_callbacks(execute=True):
        report = ask(workshop, max)

    # The sender itself goes on waiting; had the request waited with it, this line would not be reached.
    assert [thread.name for thread in threading.enumerate()].count("report-message") == 1
    assert time.monotonic() - started >= BUS_PATIENCE
    assert report.state == Report.State.QUEUED


def test_a_request_gives_the_bus_less_than_half_a_second():
    assert BUS_PATIENCE < 0.5


def test_without_a_bus_asking_is_no_error(workshop, max, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", "redis://127.0.0.1:1/0")

    with django_capture_on_commit_callbacks(execute=True):
        report = ask(workshop, max)

    assert report.state == Report.State.QUEUED


def test_a_claim_is_given_once(workshop):
    report = ReportFactory(workshop=workshop)

    first, second = claim_report(report.pk), claim_report(report.pk)

    assert (first.attempt, second) == (1, None)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_the_same_moment_one_gets_it(workshop, organisation):
    report = ReportFactory(workshop=workshop)

    def other_worker():
        with member_scope(organisation):
            return claim_report(report.pk)

    first, second = meeting(lambda: claim_report(report.pk), other_worker)

    assert (first.attempt, second) == (1, None)


def test_what_a_dead_worker_left_can_be_claimed_again(workshop):
    report = ReportFactory(workshop=workshop)
    claim_report(report.pk)
    backdate(report, heartbeat_at=16)

    assert claim_report(report.pk).attempt == 2


def test_a_living_worker_keeps_its_claim(workshop, hours):
    report = ReportFactory(workshop=workshop)
    claim_report(report.pk)
    backdate(report, heartbeat_at=hours.sign_of_life - 60)

    assert claim_report(report.pk) is None


def test_a_worker_that_lost_its_claim_finishes_nothing_and_leaves_no_file(workshop, media):
    report = ReportFactory(workshop=workshop)
    old = claim_report(report.pk)
    backdate(report, heartbeat_at=16)
    new = claim_report(report.pk)

    assert finish_report(new, b"new") is True
    assert finish_report(old, b"old") is False
    fail_report(old, Report.Error.UNEXPECTED)

    report.refresh_from_db()
    assert (report.state, report.attempt, report.error) == (Report.State.DONE, 2, "")
    assert (media / report.file.name).read_bytes() == b"new"
    assert files(media) == [f"{report.code}-2.pdf"]


def test_the_file_of_a_broken_off_attempt_is_removed(workshop, media):
    report = ReportFactory(workshop=workshop)
    broken = claim_report(report.pk)
    (media / "reports" / str(report.organisation_id)).mkdir(parents=True)
    (media / broken.file_name).write_bytes(b"half a file")
    backdate(report, heartbeat_at=16)

    assert finish_report(claim_report(report.pk), b"whole") is True
    assert files(media) == [f"{report.code}-2.pdf"]


def test_the_files_of_other_reports_stay(workshop, media):
    other, report = ReportFactory(workshop=workshop), ReportFactory(workshop=workshop)
    finish_report(claim_report(other.pk), b"other")

    finish_report(claim_report(report.pk), b"mine")

    assert files(media) == sorted([f"{other.code}-1.pdf", f"{report.code}-1.pdf"])


def test_a_file_lies_below_its_organisation(workshop, media):
    report = ReportFactory(workshop=workshop)

    finish_report(claim_report(report.pk), b"content")

    assert (media / "reports" / str(workshop.organisation_id) / f"{report.code}-1.pdf").read_bytes() == b"content"


def test_after_five_attempts_it_is_given_up(workshop, media):
    report = ReportFactory(workshop=workshop)
    for _ in range(MAX_ATTEMPTS):
        assert claim_report(report.pk) is not None
        backdate(report, heartbeat_at=16)

    assert claim_report(report.pk) is None

    report.refresh_from_db()
    assert (report.state, report.error, report.attempt) == (Report.State.FAILED, Report.Error.GAVE_UP, 5)


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_shows_that_one_lives(organisation, monkeypatch):
    monkeypatch.setattr("reports.services.claims.HEARTBEAT_EVERY", 0.1)
    report = ReportFactory(workshop=WorkshopFactory(organisation=organisation))
    with member_scope(organisation):
        claim = claim_report(report.pk)
        backdate(report, heartbeat_at=3600)
        until = time.monotonic() + 30

        with heartbeat(claim):
            while timezone.now() - last_sign_of(report) > timedelta(minutes=30):
                assert time.monotonic() < until, "no sign of life within 30 s"
                time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_outlives_its_connection(organisation, monkeypatch):
    monkeypatch.setattr("reports.services.claims.HEARTBEAT_EVERY", 0.1)
    report = ReportFactory(workshop=WorkshopFactory(organisation=organisation))
    with member_scope(organisation), heartbeat(claim_report(report.pk)):
        for _round in range(2):
            cut_connections("report heartbeat")
            backdate(report, heartbeat_at=3600)
            until = time.monotonic() + 30
            while timezone.now() - last_sign_of(report) > timedelta(minutes=30):
                assert time.monotonic() < until, "no sign of life within 30 s"
                time.sleep(0.05)


def cut_connections(name):
    """End the one connection of that name to our database, as soon as there is one."""
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while cursor.execute(CUT, [name]).rowcount == 0:
            assert time.monotonic() < until, "no such connection"
            time.sleep(0.02)


CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = %s"
)


def last_sign_of(report):
    report.refresh_from_db()
    return report.heartbeat_at


def test_making_a_report_writes_a_pdf(workshop, media):
    report = ReportFactory(workshop=workshop)

    make_report(report.pk)

    report.refresh_from_db()
    assert (report.state, report.step, report.error) == (Report.State.DONE, "", "")
    assert (media / report.file.name).read_bytes()[:5] == b"%PDF-"
    assert report.expires_at - report.finished_at == timedelta(days=30)


def test_making_it_again_changes_nothing(workshop, media):
    report = ReportFactory(workshop=workshop)
    make_report(report.pk)
    report.refresh_from_db()
    before = (report.attempt, report.finished_at, report.file.name)

    make_report(report.pk)

    report.refresh_from_db()
    assert (report.attempt, report.finished_at, report.file.name) == before


def test_nothing_revealed_meanwhile_is_said(workshop):
    report = ReportFactory(workshop=workshop)
    workshop.activities.update(state=ActivityState.PLANNED, revealed_at=None)

    make_report(report.pk)

    report.refresh_from_db()
    assert (report.state, report.error) == (Report.State.FAILED, Report.Error.NOTHING_REVEALED)


def test_without_pango_it_fails_with_its_own_sentence(workshop, monkeypatch):
    """Hides the system library from the loader, as on a machine without it."""
    import builtins  # noqa: PLC0415 - beside its use
    import sys  # noqa: PLC0415

    import reports  # noqa: PLC0415

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint" or name == "reports.pdf"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(reports, "pdf", raising=False)
    real = builtins.__import__

    def without_pango(name, *args, **kwargs):
        if name.split(".")[0] == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    report = ReportFactory(workshop=workshop)

    make_report(report.pk)

    report.refresh_from_db()
    assert (report.state, report.error) == (Report.State.FAILED, Report.Error.NO_PANGO)


def test_an_unforeseen_error_is_no_endless_retry(workshop, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").write_text("not a directory")
    report = ReportFactory(workshop=workshop)

    make_report(report.pk)

    report.refresh_from_db()
    assert (report.state, report.error, report.attempt) == (Report.State.FAILED, Report.Error.UNEXPECTED, 1)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_leaves_the_job_to_the_sweeper(workshop, organisation, caplog):
    report = ReportFactory(workshop=workshop)

    def make():
        with member_scope(organisation):
            make_report(report.pk)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE journeys_journey IN ACCESS EXCLUSIVE MODE")  # so that it stops while it reads
        thread, made = aside(make)
        cursor.execute("SELECT pg_terminate_backend(%s)", [wait_for_waiting()])
        thread.join(30)

    assert made.result(0) is None
    said = [record.message for record in caplog.records if record.name == "reports.services.making"]
    assert said == ["The database went away while a report was made"]
    report.refresh_from_db()
    assert (report.state, report.attempt, report.error) == (Report.State.RUNNING, 1, "")


def test_a_lost_message_is_sent_again_once(workshop, bus_messages, hours):
    report = ReportFactory(workshop=workshop)
    backdate(report, queued_at=hours.message + 1)

    sweep()
    sweep()

    assert bus_messages() == 1


def test_a_young_message_is_left_alone(workshop, bus_messages, hours):
    backdate(ReportFactory(workshop=workshop), queued_at=hours.message - 60)

    sweep()

    assert bus_messages() == 0


def test_a_job_of_a_dead_worker_is_sent_again(workshop, bus_messages, hours):
    report = ReportFactory(workshop=workshop)
    claim_report(report.pk)
    backdate(report, heartbeat_at=hours.sign_of_life + 1, queued_at=hours.message + 1)

    sweep()

    assert bus_messages() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_sweeping_without_work_is_one_query(workshop, count, django_assert_num_queries):
    for _ in range(count):
        ReportFactory(workshop=workshop)

    with django_assert_num_queries(1):
        sweep()


def test_an_expired_file_is_deleted_and_the_row_says_so(workshop, media):
    report = ReportFactory(workshop=workshop)
    finish_report(claim_report(report.pk), b"content")
    backdate(report, expires_at=1)

    sweep()

    report.refresh_from_db()
    assert (report.state, report.file.name) == (Report.State.EXPIRED, "")
    assert files(media) == []


def test_a_finished_report_needs_a_file(workshop):
    with pytest.raises(IntegrityError, match="report_done_has_file"), transaction.atomic():
        ReportFactory(workshop=workshop, state=Report.State.DONE, finished_at=timezone.now())


def test_a_failed_report_says_why(workshop):
    with pytest.raises(IntegrityError, match="report_failed_says_why"), transaction.atomic():
        ReportFactory(workshop=workshop, state=Report.State.FAILED)


def test_storage_is_the_one_of_the_settings(media):
    assert default_storage.location == str(media)
