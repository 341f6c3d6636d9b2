"""Reveal: ballots become counts, and the room sees them. Which result is on stage, and when none is."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from workshops.enums import ActivityState
from workshops.live import announce_stage
from workshops.models import Activity, Workshop
from workshops.services.activities import check_runs
from workshops.services.parts import close_parts
from workshops.services.reminders import forget_reminders
from workshops.services.steering import ActionRefused, check_steering, lock_activity, lock_block, lock_workshop
from workshops.services.tables import close_tables, read_tables
from workshops.services.tallies import close_ballots
from workshops.services.workshops import RUNNING

# Saved with what puts it on stage, in one statement: a whole room is waiting.
REVEALED = """
    WITH revealed AS (
        UPDATE workshops_activity
        SET state = %(state)s, revealed_at = %(revealed_at)s, ends_at = NULL, seconds_left = NULL, raters = %(raters)s,
            raters_at_table = %(raters_at_table)s, attendance = %(attendance)s
        WHERE id = %(activity)s
    )
"""


@transaction.atomic
def reveal_activity(*, activity: Activity, by: Membership) -> Activity:
    """End a block for good and show its result to the room, see ``reveal_locked``."""
    current = lock_activity(activity)
    reveal_locked(current, by)
    return current


@transaction.atomic
def reveal_block(*, code: UUID, by: Membership) -> bool:
    """The same for the block with this code in the organisation of ``by``, looked up only once: a room is waiting.

    Returns whether it is revealed by this call. Raises Activity.DoesNotExist where there is no such block.
    """
    return reveal_locked(lock_block(code, by), by)


def reveal_locked(current: Activity, by: Membership) -> bool:
    """Reveal the locked block, unless it is revealed: twice, or from two consoles, changes nothing and returns False.

    Within the transaction, before anybody can see a figure, the ballots become counts per station. What their rows
    leave in the files of the database, ``traces`` erases within seconds, beside requests.
    """
    if current.is_revealed:
        return False
    check_steering(current.workshop, by)
    check_runs(current)
    tables = read_tables(current)
    current.attendance = close_parts(current, tables=tables.sizes, heads=tables.heads)
    current.raters_at_table = tables.raters
    current.raters = close_ballots(current, tables.rows) + tables.raters
    close_tables(current, tables)
    if current.answers_until is not None:
        forget_reminders(current)
    current.state, current.revealed_at = ActivityState.REVEALED, timezone.now()
    current.ends_at = current.seconds_left = None
    _save_on_stage(current)
    return True


def _save_on_stage(current: Activity) -> None:
    """Save what reveal has changed, and put the block on stage."""
    changed = {
        "activity": current.pk,
        "state": current.state,
        "revealed_at": current.revealed_at,
        "raters": current.raters,
        "raters_at_table": current.raters_at_table,
        "attendance": json.dumps(current.attendance),
    }
    announce_stage(current.workshop, current, beside=REVEALED, values=changed)


# --- the stage ------------------------------------------------------------------------------------------------------


@transaction.atomic
def show_result(*, activity: Activity, by: Membership) -> Workshop:
    """Show the result of a revealed block to the room and on the projector."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if not current.is_revealed:
        raise ActionRefused(_("“%(title)s” has not been revealed yet.") % {"title": current.title})
    if Activity.objects.filter(workshop=current.workshop, state__in=RUNNING).exists():
        raise ActionRefused(_("A block is running. Its result, or an earlier one, can be shown after it."))
    announce_stage(current.workshop, current)
    return current.workshop


@transaction.atomic
def hide_result(*, workshop: Workshop, by: Membership) -> Workshop:
    """Take the shown result off the phones and the projector."""
    current = lock_workshop(workshop)
    check_steering(current, by)
    announce_stage(current, None)
    return current
