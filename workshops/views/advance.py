"""Blocks that are open in advance: their deadline, and who is reminded of it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_form, require_POST
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from workshops import services
from workshops.deadlines import deadline_words
from workshops.forms import DeadlineForm
from workshops.forms.reminders import ReminderForm
from workshops.joining import join_card
from workshops.models import Activity
from workshops.queries import room_state
from workshops.queries.reminders import member_link, open_guests, open_members, reminder_words, sent_words
from workshops.services import ActionRefused
from workshops.views.activities import find_activity, step
from workshops.views.workshops import workshop_url


@require_form
@member_required(*MODERATING)
def activity_deadline(request: MemberRequest, code: UUID) -> HttpResponse:
    """Open a planned block in advance, or move the deadline of one that is open. Sent twice, it is done once."""
    activity = find_activity(code)
    if activity.is_revealed or (activity.is_running and activity.answers_until is None):
        return redirect(workshop_url("workshop_console", activity.workshop))
    form = DeadlineForm(request.POST) if request.method == "POST" else DeadlineForm.of(activity)
    if not form.is_valid():
        return deadline_page(request, activity, form, status=422 if form.is_bound else 200)
    if activity.is_running and form.is_stale(activity):
        return answer_moved(request, activity, form)
    write = services.change_deadline if activity.is_running else services.open_in_advance
    try:
        write(activity=activity, until=form.cleaned_data["until"], by=request.membership)
    except ActionRefused as refusal:
        form.add_error(None, refusal.message)
        return deadline_page(request, activity, form, status=409)
    return redirect(workshop_url("workshop_console", activity.workshop))


def answer_moved(request: MemberRequest, activity: Activity, form: DeadlineForm) -> HttpResponse:
    """Say what the deadline is by now, and keep what was typed; saving again is then a decision."""
    assert activity.answers_until is not None  # noqa: S101 - narrows the type; the view has asked
    words = deadline_words(activity.answers_until)
    form.add_error(
        None,
        _("The deadline was changed in the meantime, to %(until)s. Save again if yours counts.") % {"until": words},
    )
    form.see(activity)
    return deadline_page(request, activity, form, status=409)


def deadline_page(request: MemberRequest, activity: Activity, form: DeadlineForm, *, status: int) -> HttpResponse:
    """The form as it stands."""
    context = {"activity": activity, "workshop": activity.workshop, "form": form}
    return render(request, "workshops/activity_deadline.html", context, status=status)


@require_POST
@member_required(*MODERATING)
def activity_end(request: MemberRequest, code: UUID) -> HttpResponse:
    """Take no more answers from now on; a later deadline takes them again."""
    return step(request, code, lambda activity: activity.is_over, services.end_answers)


@require_form
@member_required(*MODERATING)
def activity_remind(request: MemberRequest, code: UUID) -> HttpResponse:
    """Who has not finished; a mail to members, and the same words to copy for guests."""
    activity = find_activity(code)
    if not activity.is_running or activity.answers_until is None:
        return redirect(workshop_url("workshop_console", activity.workshop))
    form = reminder_form(request, activity)
    if not form.is_valid():
        return reminder_page(request, activity, form, status=422 if form.is_bound else 200)
    try:
        reminder = services.request_reminder(
            activity=activity,
            texts=form.texts,
            members=form.chosen,
            code=form.cleaned_data["code"],
            by=request.membership,
        )
    except ActionRefused as refusal:
        form.add_error(None, refusal.message)
        return reminder_page(request, activity, form, status=409)
    messages.success(request, on_their_way(reminder.mails.count()))
    return redirect("workshops:activity_remind", org=request.organisation.slug, code=activity.code)


def on_their_way(count: int) -> str:
    """How many mails are going to be sent, as a sentence."""
    sentence = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", count)
    return sentence % {"count": count}


def reminder_form(request: MemberRequest, activity: Activity) -> ReminderForm:
    """The form with the suggested words, in each language that somebody reads who has not finished."""
    people = open_members(activity)
    languages = sorted(
        {each.language for each in people}, key=lambda name: (name != request.organisation.language, name)
    )
    words = {name: reminder_words(activity, name, link=member_link(activity)) for name in languages}
    return ReminderForm(request.POST if request.method == "POST" else None, people=people, words=words)


def reminder_page(request: MemberRequest, activity: Activity, form: ReminderForm, *, status: int) -> HttpResponse:
    """The form as it stands, and the words for guests in both languages, the organisation's first."""
    link = join_card(activity.workshop.join_code).url
    own = request.organisation.language
    names = sorted(settings.LANGUAGES, key=lambda language: language[0] != own)
    context = {
        "activity": activity,
        "workshop": activity.workshop,
        "room": room_state(activity.workshop, with_result=False),
        "form": form,
        "guests": open_guests(activity),
        "copies": [(code, name, reminder_words(activity, code, link=link).whole) for code, name in names],
        "sent_words": sent_words(activity),
        "has_mail": settings.HAS_MAIL,
    }
    return render(request, "workshops/activity_remind.html", context, status=status)
