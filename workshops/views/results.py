"""What came out: the result, the reasons behind it, and the Ist-Stand that is recorded from it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_form, require_safe
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from config.htmx import render_partial
from workshops import services
from workshops.enums import ActivityState
from workshops.models import Workshop
from workshops.permissions import can_read_reasons, can_read_results
from workshops.queries.pages import baseline_page, result_page
from workshops.queries.reasons import station_reasons
from workshops.services import ActionRefused
from workshops.views.exports import baseline_downloads, find_baseline, workshop_downloads
from workshops.views.workshops import asked_round, earlier_round, find_workshop, result_url, workshop_url


@require_safe
@member_required()
def workshop_result(request: MemberRequest, code: UUID) -> HttpResponse:
    """All revealed blocks along the path. Employees read it once the workshop is closed."""
    workshop = find_workshop(code)
    if not can_read_results(request.membership, workshop):
        raise PermissionDenied
    page = result_page(workshop, request.membership, last_round=asked_round(request.GET.get("round", "")))
    downloads = workshop_downloads(workshop, request.membership, last_round=page.last_round)
    context = {"workshop": workshop, "page": page, "downloads": downloads}
    return render(request, "workshops/workshop_result.html", context)


@require_safe
@member_required()
def result_reasons(request: MemberRequest, code: UUID) -> HttpResponse:
    """The main reasons in the raters' own words; a page of its own, and a fragment of the result."""
    workshop = find_workshop(code)
    may = can_read_results(request.membership, workshop) and can_read_reasons(request.membership, workshop)
    if not may:
        raise PermissionDenied
    last_round = earlier_round(workshop, request.GET.get("round", ""))
    stations = station_reasons(workshop, request.membership, last_round=last_round)
    context = {
        "workshop": workshop,
        "stations": stations,
        "has_names": any(each.named for station in stations for each in station.rounds),
        "last_round": last_round,
        "result_url": result_url(workshop, last_round),
    }
    return render_partial(request, "workshops/result_reasons.html", "reason_list", context)


@require_form
@member_required(*MODERATING)
def ist_freeze(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask once, then record the Ist with today's date. Recording twice is one Ist-Stand."""
    workshop = find_workshop(code)
    if request.method != "POST":
        context = {"workshop": workshop, "planned_words": planned_words(workshop)}
        return render(request, "workshops/ist_freeze.html", context)
    try:
        baseline = services.freeze_ist(workshop=workshop, by=request.membership)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(workshop_url("workshop_console", workshop))
    return redirect(reverse("workshops:baseline_detail", args=[request.organisation.slug, baseline.code]))


def planned_words(workshop: Workshop) -> str:
    """What is still on the agenda and would not be part of it."""
    planned = workshop.activities.filter(state=ActivityState.PLANNED).count()
    if not planned:
        return ""
    sentence = ngettext(
        "%(count)d block has not been rated yet and will not be part of it.",
        "%(count)d blocks have not been rated yet and will not be part of it.",
        planned,
    )
    return sentence % {"count": planned}


@require_safe
@member_required()
def baseline_detail(request: MemberRequest, code: UUID) -> HttpResponse:
    """A recorded Ist-Stand, read from its document."""
    baseline = find_baseline(code)
    if not can_read_results(request.membership, baseline.workshop):
        raise PermissionDenied
    page = baseline_page(baseline, request.membership)
    context = {
        "workshop": baseline.workshop,
        "page": page,
        "downloads": baseline_downloads(baseline, request.membership),
    }
    return render(request, "workshops/baseline_detail.html", context)
