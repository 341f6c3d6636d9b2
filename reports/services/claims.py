"""Who works on a job: taking it, showing that one lives, and giving it back finished.

Each taking raises ``attempt``. Whatever a worker writes afterwards names its own number, so one that was believed dead
and wakes up changes nothing.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from config.heartbeat import connect_aside
from reports.models import Report

HEARTBEAT_EVERY = 3.0
"""Seconds between two signs of life."""
MAX_ATTEMPTS = 5
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Claim:
    """A job that is ours until somebody else takes it."""

    report_id: int
    organisation_id: int
    code: UUID
    attempt: int

    @property
    def file_name(self) -> str:
        """Where this attempt's file is kept; no other attempt writes there."""
        return f"{folder_of(self.organisation_id)}/{self.code}-{self.attempt}.pdf"


def folder_of(organisation_id: int) -> str:
    """The folder of an organisation's reports, below MEDIA_ROOT."""
    return f"reports/{organisation_id}"


def claim_report(report_id: int) -> Claim | None:
    """Take the job, or return None: somebody else has it, it is finished, it is gone, or it was begun too often."""
    seen = Report.objects.claimable().filter(pk=report_id).first()
    if seen is None:
        return None
    # One UPDATE that also names the attempt we saw: of two workers, one changes a row.
    mine = Report.objects.claimable().filter(pk=report_id, attempt=seen.attempt)
    if seen.attempt >= MAX_ATTEMPTS:
        mine.update(state=Report.State.FAILED, error=Report.Error.GAVE_UP, finished_at=Now(), step="")
        remove_files(seen.organisation_id, seen.code)
        return None
    attempt = seen.attempt + 1
    if not mine.update(state=Report.State.RUNNING, attempt=attempt, heartbeat_at=Now(), step=Report.Step.READING):
        return None
    return Claim(report_id, seen.organisation_id, seen.code, attempt)


def note_step(claim: Claim, step: Report.Step) -> None:
    """Show what is being done."""
    Report.objects.filter(pk=claim.report_id, attempt=claim.attempt).update(step=step, heartbeat_at=Now())


def finish_report(claim: Claim, content: bytes) -> bool:
    """Keep the file and finish the job in one UPDATE; return False when it is no longer ours, and keep nothing."""
    remove_files(claim.organisation_id, claim.code, before=claim.attempt)
    name = default_storage.save(claim.file_name, ContentFile(content))
    finished = Report.objects.filter(pk=claim.report_id, attempt=claim.attempt, state=Report.State.RUNNING).update(
        state=Report.State.DONE, file=name, finished_at=Now(), expires_at=Now() + KEPT_FOR, step="", error=""
    )
    if not finished:
        default_storage.delete(name)
    return bool(finished)


def fail_report(claim: Claim, error: Report.Error) -> None:
    """Say why there will be no file."""
    Report.objects.filter(pk=claim.report_id, attempt=claim.attempt, state=Report.State.RUNNING).update(
        state=Report.State.FAILED, error=error, finished_at=Now(), step=""
    )


def remove_files(organisation_id: int, code: UUID, *, before: int | None = None) -> None:
    """Delete the report's files, or only those of attempts ``before`` a number."""
    folder = folder_of(organisation_id)
    if not default_storage.exists(folder):
        return
    start = f"{code}-"
    for name in default_storage.listdir(folder)[1]:
        if name.startswith(start):
            attempt = int(name.removeprefix(start).partition(".")[0])
            if before is None or attempt < before:
                default_storage.delete(f"{folder}/{name}")


@contextmanager
def heartbeat(claim: Claim) -> Generator[None]:
    """Show every few seconds that we live, from a thread with a connection of its own, while the body works."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(claim, stop), name="report-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(HEARTBEAT_EVERY)


def _beat(claim: Claim, stop: threading.Event) -> None:
    """A database that is away for a moment is tried again at the next beat."""
    while not stop.wait(HEARTBEAT_EVERY):
        try:
            with connect_aside(application_name="report heartbeat") as own:
                while True:
                    own.execute(
                        "UPDATE reports_report SET heartbeat_at = now() WHERE id = %s AND attempt = %s",
                        [claim.report_id, claim.attempt],
                    )
                    if stop.wait(HEARTBEAT_EVERY):
                        return
        except psycopg.Error:
            continue
