"""The reveal of a block, and which result the screens show after it.

Every step answers with the console as it is now, also when it was refused or done already: a double click and a stale
tab see how things stand, and a sentence says so where something did not happen.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_form, require_POST
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from config.htmx import render_partial
from workshops import services
from workshops.deadlines import deadline_words
from workshops.models import Activity, Workshop
from workshops.queries import room_state
from workshops.queries.tables import few_phones_words, tables_words
from workshops.queries.turnout import nothing_to_show_words
from workshops.services import ActionRefused
from workshops.views.activities import find_activity, step
from workshops.views.console import answer_console
from workshops.views.workshops import find_workshop, workshop_url


@require_form
@member_required(*MODERATING)
def activity_reveal(request: MemberRequest, code: UUID) -> HttpResponse:
    """GET asks once and names how many are still open; POST reveals. Revealing twice is harmless."""
    if request.method == "POST":
        return reveal(request, code)
    activity = find_activity(code)
    if activity.is_revealed:
        return redirect(workshop_url("workshop_console", activity.workshop))
    few_phones = few_phones_words(activity)
    context = {
        "activity": activity,
        "workshop": activity.workshop,
        "open_words": open_words(activity.workshop),
        "early_words": early_words(activity),
        "tables": tables_words(activity),
        "few_phones_words": few_phones,
        "nothing_words": "" if few_phones else nothing_to_show_words(activity),
    }
    return render_partial(request, "workshops/activity_reveal.html", "reveal_question", context)


def reveal(request: MemberRequest, code: UUID) -> HttpResponse:
    """Reveal, and answer the console.

    A page whose stream is open gets the step from there like everybody else, and no answer here that would be rendered
    while the whole room waits for the same processor. Whoever tries again gets the console.
    """
    try:
        is_new = services.reveal_block(code=code, by=request.membership)
    except Activity.DoesNotExist:
        raise Http404 from None
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        if is_new and request.headers.get("X-Live") == "open":
            return HttpResponse(status=204)
    return answer_console(request, find_activity(code).workshop)


def early_words(activity: Activity) -> str:
    """That the deadline of a block in advance has not passed, as a sentence; empty otherwise."""
    if activity.answers_until is None or activity.is_over:
        return ""
    sentence = _("The deadline, %(until)s, has not passed yet: answers can still come in until then.")
    return sentence % {"until": deadline_words(activity.answers_until)}


def open_words(workshop: Workshop) -> str:
    """How many have not finished, as a sentence."""
    room = room_state(workshop, with_result=False)
    still_open = room.open_count
    if not room.joined:
        return _("Nobody is in the room to rate.")
    if still_open <= 0:
        return _("Everybody has finished.")
    sentence = ngettext(
        "%(count)d person has not finished yet. What they have answered so far counts.",
        "%(count)d people have not finished yet. What they have answered so far counts.",
        still_open,
    )
    return sentence % {"count": still_open}


@require_POST
@member_required(*MODERATING)
def result_show(request: MemberRequest, code: UUID) -> HttpResponse:
    """Let the room see a revealed block's curve."""
    return step(
        request, code, lambda activity: activity.workshop.shown_activity_id == activity.pk, services.show_result
    )


@require_POST
@member_required(*MODERATING)
def result_hide(request: MemberRequest, code: UUID) -> HttpResponse:
    """Take the curve off the room's screens; it stays on the result page."""
    workshop = find_workshop(code)
    try:
        services.hide_result(workshop=workshop, by=request.membership)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return answer_console(request, workshop)
