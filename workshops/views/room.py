"""The way into the room, the room itself, and out of it."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from accounts.decorators import public, require_form, require_POST, require_safe
from accounts.limits import count_attempt
from accounts.models import Department
from accounts.tenancy import find_unscoped
from workshops import services
from workshops.doors import (
    FAILED_WINDOW,
    GuestRequest,
    RoomRequest,
    failed_key,
    guest_required,
    join_page,
    minutes_to_wait,
    new_secret,
    read_secret,
    read_token,
    remember_guest,
    sign,
    unsign,
)
from workshops.enums import ActivityState, WorkshopState
from workshops.forms import MAX_NAME, EnterForm, JoinCodeForm
from workshops.live.streams import poll_response, stream_response
from workshops.models import Activity, Workshop
from workshops.views.ballots import room_page, until_words


@require_form
@public
def join(request: HttpRequest) -> HttpResponse:
    """The code field. A code that exists leads to its room, which says the rest."""
    if request.method != "POST":
        return render(request, "workshops/join.html", {"code": ""})
    typed = request.POST.get("code", "")
    form = JoinCodeForm(request.POST)
    if not form.is_valid():
        return render(request, "workshops/join.html", {"code": typed[:300], "errors": form.errors["code"]}, status=422)
    if minutes := minutes_to_wait(request):
        return join_page(request, typed, "limited", status=429, minutes=minutes)
    code = form.cleaned_data["code"]
    if find_unscoped(Workshop, join_code=code) is None:
        count_attempt(failed_key(request), window=FAILED_WINDOW)
        return join_page(request, typed, "unknown", status=422)
    return redirect("workshops:room", code=code)


@require_safe
@public
def join_short(request: HttpRequest, code: str) -> HttpResponse:
    """The short address on the poster; whether there is such a room is not for this view to tell."""
    return redirect("workshops:room", code=code.upper())


@require_safe
@guest_required(joined=False)
def room(request: GuestRequest) -> HttpResponse:
    """The one page of the phone: the way in, the room, or why it is closed to this visitor."""
    if request.participant is None:
        return enter_page(request, enter_form(request))
    if not request.participant.takes_part:
        return left_page(request)
    services.mark_seen(participant=request.participant)
    return room_page(cast(RoomRequest, request), place=request.GET.get("go", ""))


@require_form
@guest_required(joined=False)
def room_enter(request: GuestRequest) -> HttpResponse:
    """Come in as a member, as a guest with or without a name, or come back; also give the name for a named block."""
    if request.method != "POST" or (request.participant and request.participant.removed_at):
        return redirect("workshops:room", code=request.workshop.join_code)
    wants = request.POST.get("as", "guest")
    if request.participant is None and not (request.member and wants == "member"):
        return enter_as_guest(request, nameless=wants == "nameless")
    if wants == "named":
        return enter_name(request)
    join_again_or_as_member(request)
    return redirect("workshops:room", code=request.workshop.join_code)


@require_POST
@guest_required(joined=False)
def room_leave(request: GuestRequest) -> HttpResponse:
    """Go out. Answers stay, and the phone keeps the key to them."""
    if request.participant is not None and request.participant.takes_part:
        services.leave_workshop(participant=request.participant)
    return redirect("workshops:room", code=request.workshop.join_code)


@require_POST
@guest_required()
def room_seen(request: RoomRequest) -> HttpResponse:
    """A sign of life; it says nothing about ratings and is kept at most every 30 seconds."""
    services.mark_seen(participant=request.participant)
    response = HttpResponse(status=204)
    # Whether this person rates, for a phone that slept while the moderator changed it.
    response["X-Rates"] = "no" if request.participant.does_not_rate else "yes"
    return response


@require_safe
@guest_required()
def room_stream(request: RoomRequest) -> HttpResponseBase:
    """The stream of what everybody in the room sees."""
    return stream_response(request, request.workshop, "room", get_language())


@require_safe
@guest_required()
def room_poll(request: RoomRequest) -> HttpResponse:
    """The same by asking, for phones behind a proxy that holds streams back."""
    return poll_response(request, request.workshop, "room", get_language())


# --- coming in ------------------------------------------------------------------------------------------------------


def enter_form(request: GuestRequest, data: Any = None) -> EnterForm:
    """The form of a guest. The token is made with the page, so that a double tap joins one person."""
    initial = {"guest": sign(request.workshop, new_secret())}
    return EnterForm(data, departments=list(Department.objects.all()), initial=initial)


def enter_page(request: GuestRequest, form: EnterForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The way in: one tap for a member, an optional name and department for a guest."""
    in_advance = Activity.objects.filter(workshop=request.workshop, answers_until__isnull=False)
    block = in_advance.filter(state=ActivityState.OPEN).first()
    context = {
        "workshop": request.workshop,
        "member": request.member,
        "form": form,
        "problem": problem,
        "until_words": until_words(block) if block and not block.is_over else "",
        "was_here": bool(read_secret(request)) and not request.user.is_authenticated,
    }
    return render(request, "workshops/room_enter.html", context, status=status)


def enter_as_guest(request: GuestRequest, *, nameless: bool) -> HttpResponse:
    """Join as a guest and give the phone its identity."""
    form = enter_form(request, request.POST)
    if not nameless and not form.is_valid():
        return enter_page(request, form, status=422)
    name, department = ("", None) if nameless else (form.cleaned_data["name"], form.cleaned_data.get("department"))
    token = unsign(request.workshop, request.POST.get("guest", "")) or new_secret()
    try:
        services.join_workshop(workshop=request.workshop, name=name, department=department, token=token)
    except services.ActionRefused as refusal:
        return enter_page(request, form, problem=refusal.message, status=409)
    response = redirect("workshops:room", code=request.workshop.join_code)
    remember_guest(response, request.workshop, token)
    return response


def join_again_or_as_member(request: GuestRequest) -> None:
    """Join by login, or come back as who this phone is. Coming back changes neither name nor department."""
    known, member = request.participant, request.member
    if known is not None and known.takes_part:
        return
    name = known.name if known is not None else member.user.name if member is not None else ""
    department = known.department if known is not None else member.department if member is not None else None
    rejoin(request, name=name, department=department)


def rejoin(request: GuestRequest, *, name: str, department: Department | None) -> None:
    """Join with the identity that the door found. A workshop closed meanwhile lets nobody in; its page says so."""
    known = request.participant
    by_login = known is None or known.membership_id is not None
    try:
        services.join_workshop(
            workshop=request.workshop,
            membership=request.member if by_login else None,
            name=name[:MAX_NAME],
            department=department,
            token="" if by_login else read_token(request),
        )
    except services.ActionRefused:
        return


def enter_name(request: GuestRequest) -> HttpResponse:
    """Take the name that a block with names needs, and go on to its stations."""
    known = request.participant
    assert known is not None  # noqa: S101 - narrows the type; room_enter has asked
    form = EnterForm(request.POST, departments=[], needs_name=True)
    if not form.is_valid():
        return room_page(cast(RoomRequest, request), name_form=form, status=422)
    rejoin(request, name=form.cleaned_data["name"], department=known.department)
    return redirect("workshops:room", code=request.workshop.join_code)


def left_page(request: GuestRequest) -> HttpResponse:
    """What somebody sees who has left or was removed."""
    closed = request.workshop.state == WorkshopState.CLOSED
    context = {"workshop": request.workshop, "participant": request.participant, "closed": closed}
    status = 403 if request.participant and request.participant.removed_at else 200
    return render(request, "workshops/room_left.html", context, status=status)
