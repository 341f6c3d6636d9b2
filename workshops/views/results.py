"""What came out: the result, the reasons behind it, and the Ist-Stand that is recorded from it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_form, require_safe
from accounts.enums import MODERATING, READING
from accounts.middleware import MemberRequest
from config.htmx import render_partial
from workshops import services
from workshops.enums import ActivityState
from workshops.exports import result_csv
from workshops.models import Baseline, Workshop
from workshops.permissions import can_export_results, can_read_reasons, can_read_results
from workshops.queries import workshop_result as result_of
from workshops.queries.pages import baseline_page, result_page, station_reasons
from workshops.services import ActionRefused
from workshops.views.workshops import find_workshop, workshop_url


@require_safe
@member_required()
def workshop_result(request: MemberRequest, code: UUID) -> HttpResponse:
    """All revealed blocks along the path. Employees read it once the workshop is closed."""
    workshop = find_workshop(code)
    if not can_read_results(request.membership, workshop):
        raise PermissionDenied
    context = {"workshop": workshop, "page": result_page(workshop, request.membership)}
    return render(request, "workshops/workshop_result.html", context)


@require_safe
@member_required()
def result_reasons(request: MemberRequest, code: UUID) -> HttpResponse:
    """The main reasons in the raters' own words; a page of its own, and a fragment of the result."""
    workshop = find_workshop(code)
    may = can_read_results(request.membership, workshop) and can_read_reasons(request.membership, workshop)
    if not may:
        raise PermissionDenied
    context = {"workshop": workshop, "stations": station_reasons(workshop, request.membership)}
    return render_partial(request, "workshops/result_reasons.html", "reason_list", context)


@require_safe
@member_required(*READING)
def result_export(request: MemberRequest, code: UUID) -> HttpResponse:
    """The figures of all revealed blocks as CSV. While nothing is revealed there is nothing to take along."""
    workshop = find_workshop(code)
    if not can_export_results(request.membership):
        raise PermissionDenied
    result = result_of(workshop)
    if result.is_empty:
        messages.info(request, _("There are no figures yet: reveal a block first."))
        return redirect(workshop_url("workshop_result", workshop))
    response = HttpResponse(result_csv(result), content_type="text/csv; charset=utf-8")
    name = f"{_('Result')} {readable(workshop.cycle.journey.name)[:80]} {timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


def readable(name: str) -> str:
    """What a file can be called on any computer."""
    kept = (sign if sign.isprintable() and sign not in '<>:"/\\|?*' else " " for sign in name)
    return " ".join("".join(kept).split())


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
    related = ("workshop__organisation", "workshop__cycle", "frozen_by__user")
    baseline = get_object_or_404(Baseline.objects.select_related(*related), code=code)
    if not can_read_results(request.membership, baseline.workshop):
        raise PermissionDenied
    context = {"workshop": baseline.workshop, "page": baseline_page(baseline, request.membership)}
    return render(request, "workshops/baseline_detail.html", context)
