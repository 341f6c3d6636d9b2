"""Blocks that are open in advance: opened until a deadline, which moves or ends while they run.

Nothing happens at the deadline itself. Each tap reads it, and whoever looks first afterwards tells all open pages
(``workshops.live.versions``); the moderator reveals when it suits the meeting.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from workshops.deadlines import problem_with
from workshops.live import EVERYTHING, announce
from workshops.models import Activity
from workshops.services.activities import begin, check_runs
from workshops.services.steering import ActionRefused, check_steering, lock_activity


@transaction.atomic
def open_in_advance(*, activity: Activity, until: datetime, by: Membership) -> Activity:
    """Open a planned block at once and take answers ``until`` then, whatever was planned. A second time: no change."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    if current.is_running:
        return current
    check_deadline(until)
    current.answers_until = until
    return begin(current)


@transaction.atomic
def change_deadline(*, activity: Activity, until: datetime, by: Membership) -> Activity:
    """Move the deadline of a running block, also after it has passed: then answers are taken again."""
    current = lock_in_advance(activity, by)
    if current.answers_until == until:
        return current
    check_deadline(until)
    return _set(current, until, noted=False)


@transaction.atomic
def end_answers(*, activity: Activity, by: Membership) -> Activity:
    """Let the deadline be now. Nothing is revealed, and a later deadline takes answers again."""
    current = lock_in_advance(activity, by)
    return current if current.is_over else _set(current, timezone.now(), noted=True)


def lock_in_advance(activity: Activity, by: Membership) -> Activity:
    """The locked block, which is open in advance; ActionRefused otherwise."""
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    check_runs(current)
    if current.answers_until is None:
        raise ActionRefused(_("“%(title)s” runs with a timer and has no deadline.") % {"title": current.title})
    return current


def check_deadline(until: datetime) -> None:
    """Raise ActionRefused unless the moment lies ahead, but not too far."""
    if problem := problem_with(until):
        raise ActionRefused(problem)


def _set(current: Activity, until: datetime, *, noted: bool) -> Activity:
    current.answers_until, current.deadline_noted = until, noted
    current.save(update_fields=["answers_until", "deadline_noted"])
    announce(current.workshop, EVERYTHING)
    return current
