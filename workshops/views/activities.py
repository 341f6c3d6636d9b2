"""The blocks of an agenda: plan them and run them.

Every step answers with the console as it is now, also when it was refused or done already: a double click and a stale
tab see how things stand, and a sentence says so where something did not happen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.decorators import member_required, require_form, require_POST
from accounts.enums import MODERATING
from accounts.forms import take_version
from accounts.middleware import MemberRequest
from accounts.services.edits import StaleEdit
from workshops import services
from workshops.enums import ActivityState
from workshops.forms import ActivityEditForm, ActivityForm
from workshops.models import Activity, Workshop
from workshops.queries import Timer
from workshops.queries.agenda import plan_words
from workshops.queries.console import clock_stamp
from workshops.services import ActionRefused
from workshops.views.console import answer_console
from workshops.views.workshops import find_path, find_workshop, workshop_url


def find_activity(code: UUID) -> Activity:
    """The block in the open scope, with the workshop and the journey it belongs to; 404 otherwise."""
    related = ("workshop__organisation", "workshop__cycle__journey__persona", "workshop__steered_by__user")
    return get_object_or_404(Activity.objects.select_related(*related), code=code)


@require_form
@member_required(*MODERATING)
def activity_create(request: MemberRequest, code: UUID) -> HttpResponse:
    workshop = find_workshop(code)
    path = find_path(workshop)
    suggestion = ActivityForm.suggestion(path, blocks=workshop.activities.count())
    form = ActivityForm(request.POST or None, path=path, initial=suggestion)
    if not form.is_valid():
        return show_form(request, form, workshop)
    plan = {"workshop": workshop, "code": form.cleaned_data["code"], **written(request, form)}
    return saved(request, form, workshop, lambda: services.plan_activity(**plan))


@require_form
@member_required(*MODERATING)
def activity_edit(request: MemberRequest, code: UUID) -> HttpResponse:
    activity = find_activity(code)
    workshop = activity.workshop
    path = find_path(workshop)
    form = ActivityEditForm(request.POST or None, path=path, initial=ActivityForm.stored(activity, placed(activity)))
    if not form.is_valid():
        return show_form(request, form, workshop, activity)
    change = {"activity": activity, **written(request, form)}
    try:
        return saved(request, form, workshop, lambda: services.update_activity(**change), activity)
    except StaleEdit:
        return answer_stale(request, form, find_activity(code))


def placed(activity: Activity) -> list[str]:
    """The codes of the stations of the block that still stand on the journey."""
    return [str(station) for station in activity.stations.values_list("station__code", flat=True) if station]


def answer_stale(request: MemberRequest, form: ActivityEditForm, current: Activity) -> HttpResponse:
    """Show what was typed and, where it differs, what is saved by now; saving again is then a decision."""
    stored = ActivityForm.stored(current, placed(current))
    by_code = {str(station.code): station for station in form.path}
    stored |= {"is_named": current.is_named, "stations": [by_code[code] for code in stored["stations"]]}
    typed, saved_now = plan_words(form.cleaned_data), plan_words(stored)
    theirs = [
        {"label": form.fields[name].label, "value": words} for name, words in saved_now.items() if words != typed[name]
    ]
    take_version(form, current.details_version)
    return show_form(request, form, current.workshop, current, status=409, theirs=theirs)


def written(request: MemberRequest, form: ActivityForm) -> dict[str, Any]:
    """What was typed, as the services take it; without the code, which only a new block has."""
    typed = {name: value for name, value in form.cleaned_data.items() if name != "code"}
    return {**typed, "by": request.membership}


def saved(
    request: MemberRequest,
    form: ActivityForm,
    workshop: Workshop,
    write: Callable[[], Any],
    activity: Activity | None = None,
) -> HttpResponse:
    """Write and go back to the plan; a refusal keeps what was typed and says why (409)."""
    try:
        write()
    except ActionRefused as refusal:
        form.add_error(None, refusal.message)
        return show_form(request, form, workshop, activity, status=409)
    return redirect(workshop_url("workshop_detail", workshop))


def show_form(
    request: MemberRequest,
    form: ActivityForm,
    workshop: Workshop,
    activity: Activity | None = None,
    status: int | None = None,
    theirs: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """The form as it stands, 422 when it was sent and is not right; ``theirs`` is what somebody else has saved."""
    context = {"form": form, "workshop": workshop, "activity": activity, "stale": theirs is not None, "theirs": theirs}
    return render(request, "workshops/activity_form.html", context, status=status or (422 if form.is_bound else 200))


@require_form
@member_required(*MODERATING)
def activity_remove(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask once, then take a block that never ran off the agenda."""
    activity = find_activity(code)
    workshop = activity.workshop
    if request.method != "POST":
        return render(request, "workshops/activity_remove.html", {"workshop": workshop, "activity": activity})
    try:
        services.remove_activity(activity=activity, by=request.membership)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect(workshop_url("workshop_detail", workshop))


def step(request: MemberRequest, code: UUID, done: Callable[[Activity], bool], act: Callable[..., Any]) -> HttpResponse:
    """Take one step with a block, unless it has been taken, and answer the console."""
    activity = get_object_or_404(Activity.objects.select_related("workshop"), code=code)
    if not done(activity):
        try:
            act(activity=activity, by=request.membership)
        except ActionRefused as refusal:
            messages.error(request, refusal.message)
        except Activity.DoesNotExist:
            pass  # a round that another console has discarded in this moment; the console shows what is there
    return answer_console(request, activity.workshop)


@require_POST
@member_required(*MODERATING)
def activity_open(request: MemberRequest, code: UUID) -> HttpResponse:
    """Open it as planned; the console says "meeting" where the planned deadline has passed."""
    act = partial(services.open_activity, in_meeting=request.POST.get("meeting") == "1")
    return step(request, code, lambda activity: activity.is_running, act)


@require_POST
@member_required(*MODERATING)
def activity_pause(request: MemberRequest, code: UUID) -> HttpResponse:
    return step(request, code, lambda activity: activity.state == ActivityState.PAUSED, services.pause_activity)


@require_POST
@member_required(*MODERATING)
def activity_resume(request: MemberRequest, code: UUID) -> HttpResponse:
    return step(request, code, lambda activity: activity.state == ActivityState.OPEN, services.resume_activity)


@require_POST
@member_required(*MODERATING)
def activity_extend(request: MemberRequest, code: UUID) -> HttpResponse:
    """One more minute. The form carries the time it saw, so that a second tap on the same picture adds nothing."""
    seen = request.POST.get("clock", "")

    def moved(activity: Activity) -> bool:
        return activity.is_running and seen != clock_stamp(Timer(activity.ends_at, activity.seconds_left))

    return step(request, code, moved, services.extend_activity)
