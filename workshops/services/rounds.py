"""A further round of a revealed block: the same stations in the same words, asked once more, starting blank.

One that nearly nobody has answered yet can be discarded; every other block ends by revealing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from workshops.enums import ActivityState
from workshops.live import announce_stage
from workshops.models import Activity, ActivityStation, Workshop
from workshops.queries.results import rounds_before
from workshops.queries.turnout import discard_problem
from workshops.services.activities import check_runs
from workshops.services.steering import ActionRefused, check_steering, lock_activity
from workshops.services.workshops import RUNNING

# What a round takes over, so that it compares: also the borders by which numbers fall into drawers.
PLAN = ("workshop_id", "title", "mode", "is_named", "asks_reason", "minutes", "cut_ok", "cut_delight")
WORDS = tuple(
    field.attname for field in ActivityStation._meta.concrete_fields if field.name not in ("id", "code", "activity")
)


@transaction.atomic
def start_round(*, activity: Activity, by: Membership) -> Activity:
    """Open the next round of a revealed block to the room. The rounds before it stay as they are.

    A second click, or a click on a picture that is out of date, finds the round that has been started already.
    """
    lock_blocks(activity.workshop_id)
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    first = current.first_round
    if (
        later := Activity.objects.filter(round_of=first, round__gt=current.round).order_by("round").first()
    ) is not None:
        return later
    if not current.is_revealed:
        raise ActionRefused(_("“%(title)s” has not been revealed yet.") % {"title": current.name})
    if other := Activity.objects.filter(workshop=current.workshop, state__in=RUNNING).first():
        raise ActionRefused(_("“%(title)s” is still running. Reveal it first.") % {"title": other.name})
    again = _open_again(current)
    announce_stage(current.workshop, None)
    return again


def lock_blocks(workshop_id: int) -> None:
    """Lock every block of the agenda, of which the later ones move, always in the same order and before the workshop.

    Whoever steers locks one block and then the workshop: two orders would wait for each other.
    """
    blocks = Activity.objects.select_for_update(no_key=True, of=("self",)).filter(workshop=workshop_id)
    list(blocks.order_by("pk").values_list("pk"))


def _open_again(block: Activity) -> Activity:
    """A block after ``block`` on the agenda, open from now on, with copies of its stations."""
    Activity.objects.filter(workshop=block.workshop_id, position__gt=block.position).update(position=F("position") + 1)
    now = timezone.now()
    again = Activity.objects.create(
        **{name: getattr(block, name) for name in PLAN},
        position=block.position + 1,
        round_of_id=block.first_round,
        round=block.round + 1,
        state=ActivityState.OPEN,
        opened_at=now,
        ends_at=now + timedelta(minutes=block.minutes),
    )
    stations = ActivityStation.objects.filter(activity=block).order_by("position")
    copies = [ActivityStation(activity=again, **{name: getattr(row, name) for name in WORDS}) for row in stations]
    ActivityStation.objects.bulk_create(copies)
    return again


@transaction.atomic
def discard_round(*, activity: Activity, by: Membership) -> Workshop:
    """Take a running further round back for good, with every ballot in it, and show the round before it again.

    Nothing of it is ever shown, and its number is free again. Refused once three have rated, since then it would show
    figures, and nobody may choose which ones count. A rating that is under way is saved before and deleted with it, or
    finds no block. What the rows leave in the files of the database, ``traces`` erases as it does after a reveal.
    """
    current = lock_activity(activity)
    check_steering(current.workshop, by)
    check_runs(current)
    if problem := discard_problem(current):
        raise ActionRefused(problem)
    before = rounds_before(current)[-1]
    current.delete()
    Workshop.objects.filter(pk=current.workshop.pk).update(round_discarded_at=timezone.now())
    announce_stage(current.workshop, before)
    return current.workshop
