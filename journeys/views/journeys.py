"""Journeys: list and form. The path itself is in journeys.views.board."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import MODERATING
from accounts.forms import take_version
from accounts.middleware import MemberRequest
from accounts.queries import search
from accounts.services.edits import StaleEdit
from accounts.views.searching import answer_found
from journeys.forms import JourneyForm
from journeys.models import Journey
from journeys.permissions import can_edit_journeys
from journeys.queries import journey_rows
from journeys.services import StillInUse
from journeys.services.journeys import create_journey, remove_journey, update_journey

FIELDS = ("name", "persona", "persona_name", "industry", "description")


@require_safe
@member_required()
def journey_list(request: MemberRequest) -> HttpResponse:
    """Show all journeys and how far they are; under HTMX only the list, for the search."""
    found = search(journey_rows(), request.GET.get("q", ""), lambda row: row.words)
    context = {"found": found, "may_edit": can_edit_journeys(request.membership)}
    return answer_found(request, "journeys/journey_list.html", "journey_list", context)


@require_form
@member_required(*MODERATING)
def journey_create(request: MemberRequest) -> HttpResponse:
    """Ask for a new journey, create it and lead to its board."""
    form = JourneyForm(request.POST or None, organisation=request.organisation)
    if request.method != "POST":
        return render(request, "journeys/journey_form.html", {"form": form})
    if not form.is_valid():
        return render(request, "journeys/journey_form.html", {"form": form}, status=422)
    data: dict[str, Any] = {name: form.cleaned_data.get(name) for name in FIELDS}
    journey = create_journey(
        organisation=request.organisation, code=form.cleaned_data["code"], by=request.membership, **data
    )
    return redirect("journeys:journey_board", org=request.organisation.slug, code=journey.code)


@require_form
@member_required(*MODERATING)
def journey_edit(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Change name, persona, description or industry; who was slower sees both versions."""
    journey = get_object_or_404(Journey.objects.select_related("persona"), code=code)
    organisation = request.organisation
    if request.method != "POST":
        form = JourneyForm(instance=journey, initial={"version": journey.details_version}, organisation=organisation)
        return render(request, "journeys/journey_form.html", {"form": form, "journey": journey})
    form = JourneyForm(request.POST, instance=journey, organisation=organisation)
    if not form.is_valid():
        journey.refresh_from_db()
        return render(request, "journeys/journey_form.html", {"form": form, "journey": journey}, status=422)
    data: dict[str, Any] = {name: form.cleaned_data.get(name) for name in FIELDS}
    try:
        update_journey(journey=journey, version=form.cleaned_data["version"], by=request.membership, **data)
    except StaleEdit as stale:
        return answer_stale(request, form, stale.current)
    messages.success(request, _("Saved."))
    return redirect("journeys:journey_board", org=organisation.slug, code=code)


@require_POST
@member_required(*MODERATING)
def journey_remove(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Delete a journey on which nobody has worked yet."""
    journey = get_object_or_404(Journey, code=code)
    try:
        remove_journey(journey=journey, by=request.membership)
    except StillInUse:
        messages.warning(
            request,
            _("“%(name)s” stays: workshops were planned or held on this journey, and their results rest on it.")
            % {"name": journey.name},
        )
        return redirect("journeys:journey_edit", org=request.organisation.slug, code=code)
    messages.success(request, _("The journey “%(name)s” was removed.") % {"name": journey.name})
    return redirect("journeys:journey_list", org=request.organisation.slug)


def answer_stale(request: HttpRequest, form: JourneyForm, current: Any) -> HttpResponse:
    """Show what was typed and, where it differs, what is saved by now; saving again is then a decision."""
    theirs = [
        {"label": form.fields[name].label, "value": getattr(current, name)}
        for name in ("name", "persona", "industry", "description")
        if getattr(current, name) != form.cleaned_data.get(name)
    ]
    take_version(form, current.details_version)
    context = {"form": form, "journey": current, "stale": True, "theirs": theirs}
    return render(request, "journeys/journey_form.html", context, status=409)
