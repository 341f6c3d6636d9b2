"""What is left of ballots after a reveal or a discarded round, and of names and hours that are erased: how it goes
physically, too.

DELETE and a plain VACUUM leave the old bytes in the free space of their page, secrets, reasons and transaction ids
included, until something happens to overwrite them. VACUUM FULL writes the tables and their indexes into new files and
removes the old ones. (The planner's statistics hold nothing of them: no column that could tell is ever measured.) It
locks each table for that moment: milliseconds, since only open blocks and those with names have ballots. A sweeper
comes for it every few seconds, so that no phone waits for its result meanwhile; it never waits long for the lock. The
files of the write-ahead log, in which each rating stands beside its person, go last.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import Error, connection
from django.db.models import Model
from django.db.models.functions import Now

from accounts.models import Organisation
from workshops.models import Activity, Ballot, Participant, Participation, ReminderMail, TableEntry, Workshop

logger = logging.getLogger(__name__)

LOCK_TIMEOUT = "1s"
OF_BLOCKS = (Ballot, Participation, TableEntry, ReminderMail)


def erase_traces(*, organisation: Organisation) -> bool:
    """Erase what revealed and discarded blocks of the organisation in the open scope left behind; return whether
    nothing is left.

    Clean is what was there before the tables were written anew: so it is read before, and no clock is asked.
    """
    waiting = list(Activity.objects.revealed().filter(vacuumed_at__isnull=True).values_list("pk", flat=True))
    discarded = _marked("round_discarded_at", organisation)
    if not waiting and not discarded:
        return True
    if not rewrite_tables(*OF_BLOCKS):
        return False
    Activity.objects.filter(pk__in=waiting, workshop__organisation=organisation).update(vacuumed_at=Now())
    _unmark("round_discarded_at", discarded)
    return True


def erase_former_people(*, organisation: Organisation) -> bool:
    """The same for names and hours that were taken out of the list of people."""
    known = _marked("people_erased_at", organisation)
    if not known:
        return True
    if not rewrite_tables(Participant):
        return False
    _unmark("people_erased_at", known)
    return True


def _marked(field: str, organisation: Organisation) -> list[tuple[int, datetime]]:
    """The workshops that have something to be erased, and since when."""
    waiting = Workshop.objects.filter(organisation=organisation, **{f"{field}__isnull": False})
    return list(waiting.values_list("pk", field))


def _unmark(field: str, known: list[tuple[int, datetime]]) -> None:
    """Nothing is left of these, unless more came while the tables were written."""
    for workshop, since in known:
        Workshop.objects.filter(pk=workshop, **{field: since}).update(**{field: None})


def rewrite_tables(*models: type[Model]) -> bool:
    """Write the tables anew; return False when a lock or an older transaction kept an old row version alive."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
            try:
                clean = [_rewrite(model._meta.db_table) for model in models]
            finally:
                cursor.execute("RESET lock_timeout")
    except Error:
        logger.warning("old rows not erased yet: the tables are in use")
        return False
    if all(clean):
        forget_log()
    return all(clean)


def forget_log() -> None:
    """Give up the files of the write-ahead log until here, where the server removes such files.

    One that uses them again would keep their bytes all the same, and one that is somebody else's may not allow it:
    there the log lasts as long as its owner has it (SECURITY.md).
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW wal_recycle")
            if cursor.fetchone() == ("off",):
                cursor.execute("SELECT pg_switch_wal()")
                cursor.execute("CHECKPOINT")
    except Error:
        logger.warning("the write-ahead log is kept: this account may not end it")


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
