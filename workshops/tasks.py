"""What happens beside requests: erasing what must not last. Each task may run twice."""

from __future__ import annotations

from celery import shared_task

from accounts import limits
from accounts.models import Organisation
from accounts.tenancy import find_unscoped, member_scope
from workshops import services
from workshops.enums import ActivityState
from workshops.models import Activity, ReminderMail, Workshop


@shared_task
def erase_guests(*, organisation_id: int) -> None:
    """Erase the names of guests whose days after a workshop's end are over."""
    organisation = Organisation.objects.get(pk=organisation_id)
    with member_scope(organisation):
        services.erase_guests(organisation=organisation)


@shared_task
def erase_all_guests() -> None:
    """Give every organisation its turn; started by the clock."""
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        erase_guests.delay(organisation_id=organisation_id)


@shared_task
def sweep_traces() -> None:
    """Erase what reveals and discarded rounds, and the erasing of names and hours, left behind; stops at the first
    whose rows another transaction still holds.
    """
    while (organisation := organisation_with_traces()) is not None:
        with member_scope(organisation):
            if not services.erase_traces(organisation=organisation):
                return
    former = {"people_erased_at__isnull": False}
    while (workshop := find_unscoped(Workshop, select_related=("organisation",), **former)) is not None:
        with member_scope(workshop.organisation):
            if not services.erase_former_people(organisation=workshop.organisation):
                return


def organisation_with_traces() -> Organisation | None:
    """One in which something is left to be erased; None where nothing is."""
    revealed = {"state": ActivityState.REVEALED, "vacuumed_at__isnull": True}
    activity = find_unscoped(Activity, select_related=("workshop__organisation",), **revealed)
    if activity is not None:
        return activity.workshop.organisation
    workshop = find_unscoped(Workshop, select_related=("organisation",), round_discarded_at__isnull=False)
    return None if workshop is None else workshop.organisation


@shared_task
def sweep_reminders() -> None:
    """Send the mails that wait, a few at a time; started by the clock, so that no message to a worker can get lost."""
    related = ("reminder__activity__workshop__organisation",)
    mail = find_unscoped(ReminderMail, select_related=related, state=ReminderMail.State.QUEUED)
    if mail is not None:
        send_reminder(organisation_id=mail.reminder.activity.workshop.organisation_id, reminder_id=mail.reminder_id)


@shared_task
def send_reminder(*, organisation_id: int, reminder_id: int) -> None:
    """Send mails of one reminder; two workers at once share them."""
    with member_scope(organisation_id):
        services.send_reminder(reminder_id)


@shared_task
def forget_old_attempts() -> None:
    """Forget counts of rate limits whose window is over; they belong to no organisation."""
    limits.forget_old_attempts()
