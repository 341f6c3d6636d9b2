"""Where workshops stand, for the hub and for polls; and the moment when a deadline has passed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from config.statements import prepared_cursor
from workshops.live.bus import EVERYTHING, publish_on_commit

DUE = "a.state = 'open' AND a.answers_until <= statement_timestamp() AND NOT a.deadline_noted"


def read_versions(workshop_ids: Sequence[int]) -> dict[int, int]:
    """The versions of these workshops by id, in one query and outside any scope: the ids come from open streams.

    Nobody acts when a deadline passes. So whoever looks first after it, a hub, a poll, a page whose own clock says so,
    has it noted here, once; that is a change like any other, which every open page notices with bus or without.
    """
    versions, is_due = _read(workshop_ids)
    if is_due:
        note_deadlines(workshop_ids)
        versions, _none = _read(workshop_ids)
    return versions


def _read(workshop_ids: Sequence[int]) -> tuple[dict[int, int], bool]:
    with prepared_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT w.id, w.version, a.id IS NOT NULL FROM workshops_workshop w
            LEFT JOIN workshops_activity a ON a.workshop_id = w.id AND {DUE}
            WHERE w.id = ANY(%s)
            """,  # noqa: S608 - words of our own
            [list(workshop_ids)],
        )
        rows = cursor.fetchall()
    return {pk: version for pk, version, _due in rows}, any(due for _pk, _version, due in rows)


@transaction.atomic
def note_deadlines(workshop_ids: Sequence[int]) -> None:
    """Note the deadlines that have passed in these workshops, and announce each one once, whoever else does the same.

    One statement; it waits for ratings that are under way, and locks the block before the workshop as all do.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            f"""
            WITH passed AS (
                UPDATE workshops_activity a SET deadline_noted = true
                WHERE a.workshop_id = ANY(%s) AND {DUE} RETURNING a.workshop_id
            )
            UPDATE workshops_workshop w SET version = version + 1 FROM passed WHERE w.id = passed.workshop_id
            RETURNING w.id, w.version
            """,  # noqa: S608 - words of our own
            [list(workshop_ids)],
        )
        changed = cursor.fetchall()
    for pk, version in changed:
        publish_on_commit({"workshop": pk, "version": version, "fragments": sorted(EVERYTHING)})
