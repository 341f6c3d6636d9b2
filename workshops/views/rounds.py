"""Further rounds of a block: started once somebody has said yes, and taken back while nearly nobody has rated."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.decorators import member_required, require_form
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from config.htmx import render_partial
from workshops import services
from workshops.models import Activity, Workshop
from workshops.queries.agenda import blocks_of
from workshops.queries.console import few_people
from workshops.queries.room import RUNNING, room_state
from workshops.queries.turnout import discard_problem, turnout_of
from workshops.services import ActionRefused
from workshops.views.activities import find_activity, step
from workshops.views.console import answer_console
from workshops.views.workshops import find_workshop, workshop_url


@require_form
@member_required(*MODERATING)
def round_start(request: MemberRequest, code: UUID) -> HttpResponse:
    """GET asks once; POST asks the stations of a revealed block once more. Starting a round twice is one round."""
    if request.method == "POST":
        return step(request, code, lambda activity: False, services.start_round)
    activity = find_activity(code)
    room = room_state(activity.workshop, with_result=False)
    block = next(block for block in blocks_of(room.agenda) if block.code == activity.code)
    if room.running or not block.may_go_round:
        return redirect(workshop_url("workshop_console", activity.workshop))
    warning = few_people(room.joined, block)
    context = {"workshop": activity.workshop, "again": block, "warning": warning}
    return render_partial(request, "workshops/round_start.html", "round_question", context)


@require_form
@member_required(*MODERATING)
def round_discard(request: MemberRequest, code: UUID) -> HttpResponse:
    """GET asks once, or says why it is too late; POST takes the running round back. Twice is once."""
    workshop = find_workshop(code)
    running = Activity.objects.filter(workshop=workshop, state__in=RUNNING).first()
    if request.method == "POST":
        return discard(request, workshop, running)
    if running is None or running.round == 1:
        return redirect(workshop_url("workshop_console", workshop))
    context = {
        "workshop": workshop,
        "activity": running,
        "problem": discard_problem(running),
        "people": turnout_of(running).people,
    }
    return render_partial(request, "workshops/round_discard.html", "round_question", context)


def discard(request: MemberRequest, workshop: Workshop, running: Activity | None) -> HttpResponse:
    """Discard the round that the form was about, if it still runs, and answer the console."""
    if running is not None and str(running.code) == request.POST.get("round"):
        try:
            services.discard_round(activity=running, by=request.membership)
        except Activity.DoesNotExist:
            pass  # Somebody else has discarded it a moment ago.
        except ActionRefused as refusal:
            messages.error(request, refusal.message)
    return answer_console(request, workshop)
