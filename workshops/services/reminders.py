"""Reminding members of a block in advance by mail. A mail is a row: asked for once, claimed once, sent at most once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Membership
from workshops.enums import ActivityState
from workshops.models import Activity, Participant, Participation, Reminder, ReminderMail, WorkshopSpectator
from workshops.queries.reminders import added_words, member_link, open_members, sits_out
from workshops.services.steering import ActionRefused, lock_activity

logger = logging.getLogger(__name__)

# So many reminders of one block within a day; who needs more should talk to people.
LIMIT, WINDOW = 5, timedelta(hours=24)
# Mails of one turn of a worker; the next turn comes within seconds, and others get their turn between.
AT_ONCE = 20


@transaction.atomic
def request_reminder(
    *,
    activity: Activity,
    texts: Mapping[str, tuple[str, str]],
    members: Sequence[Membership],
    code: UUID,
    by: Membership,
) -> Reminder:
    """Ask for a mail to those of ``members`` who have still not finished; asking twice with ``code`` asks once.

    ``texts`` holds subject and text per language. Raises ActionRefused when there is nobody to remind, no time left to
    answer, or when it was done too often. Waits for another request: the locked block counts one after the other.
    """
    current = lock_activity(activity)
    if (known := Reminder.objects.filter(activity=current, code=code).first()) is not None:
        return known
    check_takes_answers(current)
    check_limit(current)
    chosen = {member.pk for member in members}
    reached = [each for each in open_members(current) if each.member.pk in chosen]
    if not reached:
        raise ActionRefused(_("Nobody is left to remind: whoever you chose has finished in the meantime."))
    reminder = _create(current, texts, code, by)
    ReminderMail.objects.bulk_create(
        ReminderMail(reminder=reminder, membership=each.member, language=each.language) for each in reached
    )
    return reminder


def _create(activity: Activity, texts: Mapping[str, tuple[str, str]], code: UUID, by: Membership) -> Reminder:
    written = {language: {"subject": subject, "text": text} for language, (subject, text) in texts.items()}
    reminder = Reminder(code=code, activity=activity, texts=written, created_by=by)
    try:
        with transaction.atomic():
            reminder.save(force_insert=True)
    except IntegrityError:
        # Another block has this code, which no form of ours gave out twice: take one of our own.
        reminder.code = uuid4()
        reminder.save(force_insert=True)
    return reminder


def check_takes_answers(activity: Activity) -> None:
    """Raise ActionRefused unless the block is open in advance and its deadline lies ahead."""
    if not takes_answers(activity):
        raise ActionRefused(_("“%(title)s” takes no answers now, so nobody is reminded.") % {"title": activity.title})


def takes_answers(activity: Activity) -> bool:
    """Whether somebody who is reminded could still answer."""
    return activity.state == ActivityState.OPEN and activity.answers_until is not None and not activity.is_over


def check_limit(activity: Activity) -> None:
    """Raise ActionRefused when the block was reminded of too often within a day."""
    if Reminder.objects.filter(activity=activity, created_at__gt=timezone.now() - WINDOW).count() >= LIMIT:
        raise ActionRefused(
            _("%(count)d reminders were sent within a day. Please wait, or copy the text instead.") % {"count": LIMIT}
        )


def forget_reminders(activity: Activity) -> None:
    """Forget who was reminded, and so had not finished; the reveal needs nobody to know it any more."""
    Reminder.objects.filter(activity=activity).delete()


# --- sending ---------------------------------------------------------------------------------------------------------


def send_reminder(reminder_id: int) -> None:
    """Send some of the reminder's mails that nobody has claimed, each at most once, whenever the worker is killed.

    Without a mail server that answers nothing is claimed, and the next turn tries again.
    """
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        logger.warning("The mail server does not answer: %s", type(error).__name__)
        return
    try:
        for _turn in range(AT_ONCE):
            if (mail := claim_mail(reminder_id)) is None:
                return
            outcome = deliver(mail, connection)
            finish_mail(mail, outcome)
            if outcome == ReminderMail.State.FAILED:
                return  # the line may be broken, and with it every further mail of this turn
    finally:
        connection.close()


@transaction.atomic
def claim_mail(reminder_id: int) -> ReminderMail | None:
    """Take the next mail, or None; committed before it is sent, so that no second worker ever sends it, too."""
    waiting = ReminderMail.objects.filter(reminder=reminder_id, state=ReminderMail.State.QUEUED).order_by("pk")
    related = ("membership__user", "reminder__created_by__user", "reminder__activity__workshop__organisation")
    mail = waiting.select_for_update(skip_locked=True, of=("self",)).select_related(*related).first()
    if mail is not None:
        finish_mail(mail, ReminderMail.State.CLAIMED)
    return mail


def finish_mail(mail: ReminderMail, state: ReminderMail.State) -> None:
    """Note what became of it; a reveal may have taken the row away meanwhile."""
    ReminderMail.objects.filter(pk=mail.pk).update(state=state)


def deliver(mail: ReminderMail, connection: BaseEmailBackend) -> ReminderMail.State:
    """Send one claimed mail if it is still needed; whatever the mail server answers, there is no second try."""
    if not is_needed(mail):
        return ReminderMail.State.SKIPPED
    try:
        message_of(mail, connection).send()
    except OSError as error:
        logger.warning("The mail server did not take a reminder: %s", type(error).__name__)
        return ReminderMail.State.FAILED
    return ReminderMail.State.SENT


def is_needed(mail: ReminderMail) -> bool:
    """Whether the person may still answer and has not finished; minutes may lie between asking and sending."""
    activity = mail.reminder.activity
    workshop = activity.workshop_id
    person = Participant.objects.filter(workshop=workshop, membership=mail.membership_id).first()
    watches = WorkshopSpectator.objects.filter(workshop=workshop, membership=mail.membership_id).exists()
    if not takes_answers(activity) or sits_out(person, watches):
        return False
    return not Participation.objects.filter(activity=activity, participant=person, finished=True).exists()


def message_of(mail: ReminderMail, connection: BaseEmailBackend) -> EmailMessage:
    """The mail in its reader's language, with link and deadline as they are now; replies go to who asked for it."""
    reminder, activity = mail.reminder, mail.reminder.activity
    organisation = activity.workshop.organisation
    written = reminder.texts.get(mail.language) or reminder.texts.get(organisation.language) or {}
    with translation.override(mail.language), timezone.override(organisation.time_zone):
        body = f"{written.get('text', '')}\n\n{added_words(activity, member_link(activity))}\n"
    return EmailMessage(
        subject=one_line(written.get("subject", "")),
        body=body,
        to=[mail.membership.user.email],
        reply_to=[reminder.created_by.user.email] if reminder.created_by else None,
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    )


def one_line(text: str) -> str:
    """``text`` without line breaks and control characters: a subject can never become a second header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
