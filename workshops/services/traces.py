"""What is left of ballots after reveal, and how it goes: physically, not only from view.

DELETE and a plain VACUUM leave the old bytes in the free space of their page, secrets, reasons and transaction ids
included, until something happens to overwrite them. VACUUM FULL writes the tables and their indexes into new files and
removes the old ones. (The planner's statistics hold nothing of them: no column that could tell is ever measured.) It
locks each table for that moment: milliseconds, since only open blocks and those with names have ballots. A sweeper
comes for it every few seconds, so that no phone waits for its result meanwhile; it never waits long for the lock.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import Error, connection
from django.utils import timezone

from accounts.models import Organisation
from workshops.models import Activity, Ballot, Participation, ReminderMail, TableEntry

logger = logging.getLogger(__name__)

LOCK_TIMEOUT = "1s"
TABLES = tuple(model._meta.db_table for model in (Ballot, Participation, TableEntry, ReminderMail))


def erase_traces(*, organisation: Organisation) -> bool:
    """Erase what revealed blocks of the organisation in the open scope left behind; return whether nothing is left."""
    waiting = Activity.objects.revealed().filter(vacuumed_at__isnull=True)
    if not waiting.exists():
        return True
    started = timezone.now()
    if not rewrite_tables():
        return False
    _mark_erased(started, organisation.pk)
    return True


def _mark_erased(started: datetime, organisation_id: int) -> None:
    """All blocks of the organisation that were revealed before the rewrite began are clean now."""
    revealed = Activity.objects.revealed().filter(workshop__organisation=organisation_id, revealed_at__lte=started)
    revealed.filter(vacuumed_at__isnull=True).update(vacuumed_at=timezone.now())


def rewrite_tables() -> bool:
    """Write the tables anew; return False when a lock or an older transaction kept an old row version alive."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
            try:
                clean = [_rewrite(table) for table in TABLES]
                return all(clean)
            finally:
                cursor.execute("RESET lock_timeout")
    except Error:
        logger.warning("old ballots not erased yet: the tables are in use")
        return False


def _rewrite(table: str) -> bool:
    """VACUUM FULL one table and return whether it could leave every dead row behind.

    VERBOSE reports them, whatever the language of the server: the first number of the detail is how many dead row
    versions somebody may still see.
    """
    kept: list[int] = []

    def read(diagnostic: object) -> None:
        detail = getattr(diagnostic, "message_detail", None) or ""
        first = detail.lstrip().split(" ", 1)[0]
        if first.isdigit():
            kept.append(int(first))

    connection.ensure_connection()
    own = connection.connection
    own.add_notice_handler(read)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (FULL, VERBOSE) {table}")
    finally:
        own.remove_notice_handler(read)
    return kept == [0]
