"""Pages of the reports app: asking, waiting, downloading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.decorators import member_required, require_POST, require_safe
from accounts.enums import READING, Role
from accounts.limits import attempt_key, count_attempt
from accounts.middleware import MemberRequest
from accounts.views.searching import answer_found
from config.htmx import render_partial
from reports import services
from reports.exports import organisation_zip
from reports.forms import ReportForm
from reports.models import Report
from reports.permissions import can_download_report, can_export_organisation
from reports.queries import report_shelf
from workshops.exports import readable
from workshops.models import Workshop

REPORTS = "reports/report_list.html"
STOP_POLLING = 286
"""htmx takes the fragment and asks no more."""
MOST_EXPORTS = 5
"""So many of a whole organisation in EXPORT_WINDOW; a double click is none too many."""
EXPORT_WINDOW = timedelta(minutes=1)


@require_safe
@member_required(*READING)
def report_list(request: MemberRequest) -> HttpResponse:
    """List what was made and what can be made; under HTMX only the latter, for the search."""
    check_permission(request)
    context = list_context(request)
    return answer_found(request, REPORTS, "report_results", context)


@require_POST
@member_required(*READING)
def report_create(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask for a report of a workshop and go to where it is made."""
    check_permission(request)
    workshop = get_object_or_404(Workshop, code=code)
    form = ReportForm(request.POST, language=request.organisation.language)
    if not form.is_valid():
        return answer_refusal(request, form)
    try:
        report = services.request_report(workshop=workshop, **form.cleaned_data, by=request.membership)
    except ValidationError as error:
        form.add_error(None, error)
        return answer_refusal(request, form)
    return redirect("reports:report_detail", org=request.organisation.slug, code=report.code)


@require_safe
@member_required(*READING)
def report_detail(request: MemberRequest, code: UUID) -> HttpResponse:
    """Show how far a report is; the fragment asks again every two seconds until it is there."""
    check_permission(request)
    report = find_report(code)
    context = {"report": report, "steps": len(Report.Step) + 1, "size": file_size(report)}
    waits = report.is_open or not request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    status = 200 if waits else STOP_POLLING
    return render_partial(request, "reports/report_detail.html", "report_progress", context, status=status)


@require_safe
@member_required(*READING)
def report_download(request: MemberRequest, code: UUID) -> FileResponse:
    """Hand out a finished report's file."""
    check_permission(request)
    report = find_report(code)
    if not report.is_done:
        raise Http404
    try:
        file = report.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, as_attachment=True, filename=file_name(report), content_type="application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@member_required(Role.OWNER)
def organisation_export(request: MemberRequest) -> HttpResponseBase:
    """Download everything of the organisation as one ZIP; not again and again, since it reads all of it."""
    organisation = request.organisation
    if not can_export_organisation(request.membership):
        raise PermissionDenied
    if count_attempt(attempt_key("organisation-export", str(organisation.code)), window=EXPORT_WINDOW) > MOST_EXPORTS:
        return render(request, "429.html", status=429)
    name = f"{organisation.slug} {timezone.localdate():%Y-%m-%d}.zip"
    answer = FileResponse(
        organisation_zip(request.membership), as_attachment=True, filename=name, content_type="application/zip"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def check_permission(request: MemberRequest) -> None:
    """Refuse who may not take results along."""
    if not can_download_report(request.membership):
        raise PermissionDenied


def find_report(code: UUID) -> Report:
    """Return the report of the organisation in scope, or raise Http404."""
    reports = Report.objects.select_related("workshop__cycle__journey", "workshop__organisation", "requested_by__user")
    report: Report = get_object_or_404(reports, code=code)
    return report


def file_size(report: Report) -> int | None:
    """Bytes of the finished file; None where there is none, or none any more."""
    if not report.is_done:
        return None
    try:
        return report.file.size
    except FileNotFoundError:
        return None


def file_name(report: Report) -> str:
    """What a download is called, such as "Ist-Stand Der Weg zur Arbeit 2026-11-22.pdf"."""
    with translation.override(report.language):
        kind = _("Ist report")
    day = timezone.localdate(report.requested_at)
    return f"{kind} {Truncator(readable(report.workshop.cycle.journey.name)).chars(80)} {day:%Y-%m-%d}.pdf"


def list_context(request: MemberRequest) -> dict[str, Any]:
    """Return what the page with all reports is drawn from."""
    page, results_page, words = (request.GET.get(name) for name in ("page", "results", "q"))
    shelf = report_shelf(page=page, results_page=results_page, words=words or "")
    return {"shelf": shelf, "found": shelf.found}


def answer_refusal(request: MemberRequest, form: ReportForm) -> HttpResponse:
    """Answer the page with all reports, with what was wrong in ``form``."""
    errors = [error for errors in form.errors.values() for error in errors]
    return render(request, REPORTS, list_context(request) | {"errors": errors}, status=422)
