"""Who steers a workshop. One moderator acts at a time; others see who it is and take over with one tap."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.readings import Reading
from workshops.enums import WorkshopState
from workshops.live import EVERYTHING, announce
from workshops.models import Activity, Workshop


class ActionRefused(Exception):
    """An action that cannot be done now; the message is a translated sentence for the person who tried."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def lock_workshop(workshop: Workshop) -> Workshop:
    """Return the workshop as it is now, locked against other actions until the transaction ends.

    Whoever also locks a block does that first, as a rating does: two orders would wait for each other.
    """
    locked = Workshop.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    return locked.get(pk=workshop.pk)


def lock_activity(activity: Activity) -> Activity:
    """Return the block as it is now, once no rating is under way in it, and with its workshop, both locked."""
    # One statement locks both, in the order of their names here.
    locked = Activity.objects.select_for_update(no_key=True, of=("self", "workshop"))
    return locked.select_related("workshop__organisation").get(pk=activity.pk)


LOCKED = Reading(
    Activity,
    "workshop__organisation",
    where="workshops_activity.code = %(code)s AND workshops_workshop.organisation_id = %(organisation)s",
    locked=("workshops_activity", "workshops_workshop"),
)


def lock_block(code: UUID, by: Membership) -> Activity:
    """The same for the block with this code in the organisation of ``by``; Activity.DoesNotExist if there is none."""
    activity = LOCKED.find(code=code, organisation=by.organisation_id)
    if activity is None:
        raise Activity.DoesNotExist
    return activity


def check_open(workshop: Workshop) -> None:
    """Raise ActionRefused when the workshop is closed."""
    if workshop.state == WorkshopState.CLOSED:
        raise ActionRefused(_("This workshop is closed."))


def check_steering(workshop: Workshop, by: Membership) -> None:
    """Raise ActionRefused unless ``by`` steers the open workshop; where nobody does, ``by`` begins to."""
    check_open(workshop)
    if workshop.steered_by_id == by.pk:
        return
    if workshop.steered_by is not None:
        name = str(workshop.steered_by.user)
        raise ActionRefused(_("%(name)s is steering now. Take over first if you want to act.") % {"name": name})
    steer(workshop, by)


def steer(workshop: Workshop, by: Membership) -> None:
    """Put ``by`` at the wheel of the locked workshop."""
    workshop.steered_by = by
    workshop.save(update_fields=["steered_by"])
    announce(workshop, EVERYTHING)


@transaction.atomic
def begin_steering(*, workshop: Workshop, by: Membership) -> Workshop:
    """Let the first moderator who opens the console of an open workshop steer; change nothing for the next ones."""
    current = lock_workshop(workshop)
    if current.steered_by_id is None and current.state == WorkshopState.OPEN:
        steer(current, by)
    return current


@transaction.atomic
def take_over(*, workshop: Workshop, by: Membership) -> Workshop:
    """Let ``by`` steer from now on."""
    current = lock_workshop(workshop)
    check_open(current)
    if current.steered_by_id != by.pk:
        steer(current, by)
    return current
