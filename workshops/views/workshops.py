"""Workshops before they run: the list, a new one, its plan, and the poster with which people get in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import MODERATING
from accounts.forms import take_version
from accounts.middleware import MemberRequest
from accounts.models import Membership
from accounts.queries import search
from accounts.readings import Reading
from accounts.services.edits import StaleEdit
from accounts.tenancy import open_organisation
from accounts.views.searching import answer_found
from journeys.models import Journey, Station
from workshops import services
from workshops.forms import ActivityForm, NewWorkshopForm, WorkshopEditForm, changed_ticks
from workshops.joining import join_card
from workshops.models import Activity, Workshop
from workshops.queries.agenda import plan_state, workshop_rows
from workshops.services import ActionRefused

BY_CODE = Reading(
    Workshop,
    "organisation",
    "cycle__journey__persona",
    "steered_by__user",
    "shown_activity",
    where="workshops_workshop.code = %(code)s AND workshops_workshop.organisation_id = %(organisation)s",
)


def find_workshop(code: UUID) -> Workshop:
    """The workshop in the open scope, with what every page of it names; 404 otherwise."""
    workshop = BY_CODE.find(code=code, organisation=open_organisation())
    if workshop is None:
        raise Http404
    return workshop


def workshop_url(name: str, workshop: Workshop) -> str:
    """The address of one of the workshop's pages."""
    return reverse(f"workshops:{name}", kwargs={"org": workshop.organisation.slug, "code": workshop.code})


def asked_round(typed: str) -> int | None:
    """The round that an address asks for; anything else means the last one."""
    return int(typed) if typed.isascii() and typed.isdecimal() and 0 < len(typed) < 4 and int(typed) else None


def earlier_round(workshop: Workshop, typed: str) -> int | None:
    """The same where it is earlier than the last revealed one, else None; queries only where a round is asked for."""
    asked = asked_round(typed)
    if asked is None:
        return None
    last = Activity.objects.filter(workshop=workshop).revealed().aggregate(last=Max("round"))["last"] or 1
    return asked if asked < last else None


def result_url(workshop: Workshop, last_round: int | None) -> str:
    """The address of the result, as it was after an earlier round or as it is."""
    address = workshop_url("workshop_result", workshop)
    return f"{address}?round={last_round}" if last_round else address


@require_safe
@member_required()
def workshop_list(request: MemberRequest) -> HttpResponse:
    """All workshops; under HTMX only the list, for the search."""
    rows = workshop_rows(request.organisation, request.membership)
    found = search(rows, request.GET.get("q", ""), lambda row: [row.title, row.journey, row.state])
    return answer_found(request, "workshops/workshop_list.html", "workshop_list", {"found": found})


@require_form
@member_required(*MODERATING)
def workshop_create(request: MemberRequest) -> HttpResponse:
    """A new workshop begins with one block of all stations, so that it can run at once."""
    wanted = Journey.objects.filter(code=_uuid(request.GET.get("journey"))).first()
    form = NewWorkshopForm(request.POST or None, organisation=request.organisation, journey=wanted)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "workshops/workshop_create.html", {"form": form}, status=status)
    workshop = services.create_workshop(**form.cleaned_data, by=request.membership)
    plan_first_block(request, workshop)
    return redirect("workshops:workshop_detail", org=request.organisation.slug, code=workshop.code)


def plan_first_block(request: MemberRequest, workshop: Workshop) -> None:
    """Plan one block of the whole path, unless there is one already (a form sent twice) or the path is empty."""
    path = find_path(workshop)
    if not path or workshop.activities.exists():
        return
    suggestion = ActivityForm.suggestion(path, blocks=0)
    services.plan_activity(
        workshop=workshop,
        title=suggestion["title"],
        stations=path,
        is_named=False,
        asks_reason=suggestion["asks_reason"],
        minutes=suggestion["minutes"],
        by=request.membership,
    )


def find_path(workshop: Workshop) -> list[Station]:
    """The stations of the workshop's journey in order, each with its touchpoint."""
    stations = Station.objects.filter(journey=workshop.cycle.journey_id)
    return list(stations.in_order().select_related("touchpoint"))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


@require_safe
@member_required(*MODERATING)
def workshop_detail(request: MemberRequest, code: UUID) -> HttpResponse:
    """The plan: the agenda of blocks, who does not rate, and the way to poster and console."""
    workshop = find_workshop(code)
    context = {"workshop": workshop, "plan": plan_state(workshop), "join": join_card(workshop.join_code)}
    return render(request, "workshops/workshop_detail.html", context)


@require_form
@member_required(*MODERATING)
def workshop_edit(request: MemberRequest, code: UUID) -> HttpResponse:
    workshop = find_workshop(code)
    form = WorkshopEditForm(request.POST) if request.method == "POST" else WorkshopEditForm.of(workshop)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "workshops/workshop_edit.html", {"workshop": workshop, "form": form}, status=status)
    try:
        services.update_workshop(workshop=workshop, **form.cleaned_data, by=request.membership)
    except StaleEdit:
        return answer_stale(request, form, find_workshop(code))
    return redirect(workshop_url("workshop_detail", workshop))


def answer_stale(request: MemberRequest, form: WorkshopEditForm, current: Workshop) -> HttpResponse:
    """Show what was typed and, where it differs, what is saved by now; saving again is then a decision."""
    when = current.planned_for
    saved = {
        "title": current.title,
        "planned_for": date_format(timezone.localtime(when), "DATETIME_FORMAT") if when else "",
    }
    theirs = [
        {"label": form.fields[name].label, "value": value}
        for name, value in saved.items()
        if getattr(current, name) != form.cleaned_data[name]
    ]
    take_version(form, current.details_version)
    context = {"workshop": current, "form": form, "stale": True, "theirs": theirs}
    return render(request, "workshops/workshop_edit.html", context, status=409)


@require_POST
@member_required(*MODERATING)
def workshop_spectators(request: MemberRequest, code: UUID) -> HttpResponse:
    """Mark in advance who will only watch, such as superiors; the marks count when these people join."""
    workshop = find_workshop(code)
    add, drop = changed_ticks(request.POST, Membership.objects.filter(organisation=request.organisation))
    try:
        services.mark_spectators(workshop=workshop, add=add, drop=drop, by=request.membership)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved."))
    return redirect(workshop_url("workshop_detail", workshop))


@require_safe
@member_required(*MODERATING)
def workshop_invite(request: MemberRequest, code: UUID) -> HttpResponse:
    """The poster: code, address and QR code, to project or to print on one sheet."""
    workshop = find_workshop(code)
    context = {"workshop": workshop, "join": join_card(workshop.join_code)}
    return render(request, "workshops/workshop_invite.html", context)


@require_form
@member_required(*MODERATING)
def workshop_close(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask once, then close the room: its code no longer opens, its results stay."""
    workshop = find_workshop(code)
    if request.method != "POST":
        return render(request, "workshops/workshop_close.html", {"workshop": workshop})
    try:
        services.close_workshop(workshop=workshop, by=request.membership)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(workshop_url("workshop_console", workshop))
    messages.success(request, _("The workshop is closed. Its results stay."))
    return redirect(workshop_url("workshop_result", workshop))
