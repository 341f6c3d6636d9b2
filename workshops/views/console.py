"""Running a workshop: console, projector, who steers, and who is in the room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from config.htmx import render_partial
from workshops import services
from workshops.joining import join_card
from workshops.live.fragments import fragment_html, render_fragment
from workshops.live.streams import VERSION_HEADER, poll_response, stream_response
from workshops.models import Activity, Participant, Workshop
from workshops.queries import people_here, room_state
from workshops.queries.attendance import attendance_now
from workshops.queries.console import console_state
from workshops.queries.room import RUNNING
from workshops.services import ActionRefused
from workshops.views.workshops import find_workshop, workshop_url

CONSOLE = "workshops/workshop_console.html"


@require_safe
@member_required(*MODERATING)
def workshop_console(request: MemberRequest, code: UUID) -> HttpResponse:
    """The first moderator who opens the console steers; the next ones watch and may take over."""
    workshop = find_workshop(code)
    if workshop.steered_by_id is None:
        services.begin_steering(workshop=workshop, by=request.membership)
        workshop = find_workshop(code)
    context = console_context(request, workshop)
    room = context["console"].room
    context |= {
        "board_people": fragment_html(room, "board-people"),
        "stage_digest": render_fragment(room, "board-stage").digest,
        **people_context(workshop),
        "join": join_card(workshop.join_code),
    }
    return render(request, CONSOLE, context)


def console_context(request: MemberRequest, workshop: Workshop) -> dict[str, Any]:
    """What the agenda and the stage of the console show."""
    console = console_state(workshop, request.membership)
    return {"workshop": workshop, "console": console, "board_count": fragment_html(console.room, "board-count")}


@require_safe
@member_required(*MODERATING)
def console_parts(request: MemberRequest, code: UUID) -> HttpResponse:
    """Agenda and stage, asked for again whenever something on them has changed."""
    context = console_context(request, find_workshop(code))
    return with_version(render(request, f"{CONSOLE}#console_parts", context), context)


@require_safe
@member_required(*MODERATING)
def console_people(request: MemberRequest, code: UUID) -> HttpResponse:
    """The names, which no stream carries."""
    workshop = find_workshop(code)
    return render(request, f"{CONSOLE}#console_people", people_context(workshop))


def people_context(workshop: Workshop) -> dict[str, Any]:
    """Who is in the room by name, and in numbers by department and role."""
    running = Activity.objects.filter(workshop=workshop, state__in=RUNNING).first()
    lines = attendance_now(workshop, running)
    return {
        "workshop": workshop,
        "people": people_here(workshop).people,
        "attendance": [[line for line in lines if line.by == by] for by in ("department", "role")],
    }


def answer_console(request: MemberRequest, workshop: Workshop) -> HttpResponse:
    """The console as it is after a step: its parts under HTMX, else the page."""
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return redirect(workshop_url("workshop_console", workshop))
    context = console_context(request, find_workshop(workshop.code))
    return with_version(render_partial(request, CONSOLE, "console_parts", context), context)


def with_version(response: HttpResponse, context: dict[str, Any]) -> HttpResponse:
    """Say how old the live count in an answer is: the page may have got a newer one while it waited for it."""
    response[VERSION_HEADER] = str(context["console"].version)
    return response


@require_safe
@member_required(*MODERATING)
def workshop_projector(request: MemberRequest, code: UUID) -> HttpResponse:
    """What the room may see, in large, and nothing else."""
    workshop = find_workshop(code)
    room = room_state(workshop)
    context = {
        "workshop": workshop,
        "version": room.version,
        "board_stage": fragment_html(room, "board-stage"),
        "board_count": fragment_html(room, "board-count"),
        "now": f"{timezone.now().timestamp():.3f}",
    }
    return render(request, "workshops/workshop_projector.html", context)


@require_safe
@member_required(*MODERATING)
def workshop_stream(request: MemberRequest, code: UUID) -> HttpResponseBase:
    """What console and projector listen to; nothing in it is personal."""
    return stream_response(request, find_workshop(code), "board", get_language() or "")


@require_safe
@member_required(*MODERATING)
def workshop_poll(request: MemberRequest, code: UUID) -> HttpResponse:
    """The same without a stream: 204 while the page's version is current."""
    return poll_response(request, find_workshop(code), "board", get_language() or "")


@require_POST
@member_required(*MODERATING)
def steering_take(request: MemberRequest, code: UUID) -> HttpResponse:
    """Steer from now on; the other console shows at once who does."""
    workshop = find_workshop(code)
    try:
        services.take_over(workshop=workshop, by=request.membership)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return answer_console(request, workshop)


def find_participant(code: UUID) -> Participant:
    """Somebody in the room, with the workshop; 404 otherwise."""
    related = ("workshop__organisation", "workshop__cycle__journey__persona")
    return get_object_or_404(Participant.objects.select_related(*related), code=code)


@require_form
@member_required(*MODERATING)
def participant_remove(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask once, then let somebody go; what they rated stays."""
    participant = find_participant(code)
    workshop = participant.workshop
    if request.method != "POST":
        context = {"workshop": workshop, "participant": participant}
        return render(request, "workshops/participant_remove.html", context)
    services.remove_participant(participant=participant, by=request.membership)
    return redirect(workshop_url("workshop_console", workshop))


@require_POST
@member_required(*MODERATING)
def participant_rating(request: MemberRequest, code: UUID) -> HttpResponse:
    """Let somebody only watch, or rate again. The form says which, so that a second tap changes nothing."""
    participant = find_participant(code)
    workshop = participant.workshop
    value = request.POST.get("does_not_rate") == "1"
    services.set_does_not_rate(participant=participant, value=value, by=request.membership)
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return render_partial(request, CONSOLE, "console_people", people_context(workshop))
    back = "workshop_detail" if request.POST.get("back") == "plan" else "workshop_console"
    return redirect(workshop_url(back, workshop))
