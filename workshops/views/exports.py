"""Results to take along: the same figures in four files, for a workshop and for a recorded Ist-Stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.decorators import member_required, require_safe
from accounts.enums import READING
from accounts.middleware import MemberRequest
from accounts.models import Membership
from workshops import exports
from workshops.exports import Export, readable
from workshops.models import Baseline, Workshop
from workshops.permissions import can_export_results
from workshops.views.workshops import earlier_round, find_workshop, result_url, workshop_url


@dataclass(frozen=True)
class FileKind:
    """How an export is written, and what the browser is told about it."""

    ending: str
    content_type: str
    write: Callable[[Export], str | bytes]


CSV = FileKind("csv", "text/csv; charset=utf-8", exports.result_csv)
XLSX = FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", exports.result_xlsx)
JSON = FileKind("json", "application/json; charset=utf-8", exports.result_json)
SVG = FileKind("svg", "image/svg+xml; charset=utf-8", exports.result_svg)
PNG = FileKind("png", "image/png", exports.result_png)


@require_safe
@member_required(*READING)
def result_export(request: MemberRequest, code: UUID) -> HttpResponse:
    """The figures of all revealed blocks as CSV."""
    return workshop_file(request, code, CSV)


@require_safe
@member_required(*READING)
def result_xlsx(request: MemberRequest, code: UUID) -> HttpResponse:
    """The figures of all revealed blocks as Excel."""
    return workshop_file(request, code, XLSX)


@require_safe
@member_required(*READING)
def result_json(request: MemberRequest, code: UUID) -> HttpResponse:
    """The figures of all revealed blocks for other programs (docs/result-json.md)."""
    return workshop_file(request, code, JSON)


@require_safe
@member_required(*READING)
def result_svg(request: MemberRequest, code: UUID) -> HttpResponse:
    """The curve of all revealed blocks as a picture."""
    return workshop_file(request, code, SVG)


@require_safe
@member_required(*READING)
def result_png(request: MemberRequest, code: UUID) -> HttpResponse:
    """The curve of all revealed blocks as a picture for slides and documents that know no SVG."""
    return workshop_file(request, code, PNG)


@require_safe
@member_required(*READING)
def baseline_export(request: MemberRequest, code: UUID) -> HttpResponse:
    """The figures of a recorded Ist-Stand as CSV."""
    return baseline_file(request, code, CSV)


@require_safe
@member_required(*READING)
def baseline_xlsx(request: MemberRequest, code: UUID) -> HttpResponse:
    """The figures of a recorded Ist-Stand as Excel."""
    return baseline_file(request, code, XLSX)


@require_safe
@member_required(*READING)
def baseline_json(request: MemberRequest, code: UUID) -> HttpResponse:
    """The figures of a recorded Ist-Stand for other programs."""
    return baseline_file(request, code, JSON)


@require_safe
@member_required(*READING)
def baseline_svg(request: MemberRequest, code: UUID) -> HttpResponse:
    """The curve of a recorded Ist-Stand as a picture."""
    return baseline_file(request, code, SVG)


@require_safe
@member_required(*READING)
def baseline_png(request: MemberRequest, code: UUID) -> HttpResponse:
    """The curve of a recorded Ist-Stand as a picture for slides and documents that know no SVG."""
    return baseline_file(request, code, PNG)


# --- what they share ------------------------------------------------------------------------------------------------


def workshop_file(request: MemberRequest, code: UUID, kind: FileKind) -> HttpResponse:
    """All revealed blocks. While nothing is revealed there is nothing to take along."""
    workshop = find_workshop(code)
    if not can_export_results(request.membership):
        raise PermissionDenied
    last_round = earlier_round(workshop, request.GET.get("round", ""))
    export = exports.workshop_export(workshop, request.membership, last_round=last_round)
    if export.result.is_empty:
        messages.info(request, _("There are no figures yet: reveal a block first."))
        return redirect(workshop_url("workshop_result", workshop))
    return download_or_say(request, export, kind, result_url(workshop, last_round))


def baseline_file(request: MemberRequest, code: UUID, kind: FileKind) -> HttpResponse:
    """A recorded Ist-Stand, which always has figures."""
    baseline = find_baseline(code)
    if not can_export_results(request.membership):
        raise PermissionDenied
    page = reverse("workshops:baseline_detail", args=[request.organisation.slug, baseline.code])
    return download_or_say(request, exports.baseline_export(baseline, request.membership), kind, page)


def find_baseline(code: UUID) -> Baseline:
    """The recorded Ist-Stand in the open scope, with what a page of it names; 404 otherwise."""
    related = ("workshop__organisation", "workshop__cycle", "frozen_by__user")
    return get_object_or_404(Baseline.objects.select_related(*related), code=code)


def download_or_say(request: MemberRequest, export: Export, kind: FileKind, page: str) -> HttpResponse:
    """The file, or back to its page with the sentence why there is none."""
    try:
        return download(export, kind)
    except exports.PictureError:
        messages.error(request, _("The picture could not be drawn just now. The SVG holds the same curve."))
        return redirect(page)


def download(export: Export, kind: FileKind) -> HttpResponse:
    """A file with a name that people recognise, kept by no cache."""
    response = HttpResponse(kind.write(export), content_type=kind.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name(export, kind))
    response["Cache-Control"] = "private, no-store"
    return response


def file_name(export: Export, kind: FileKind) -> str:
    """A result is named with today's date, since it may grow; an Ist-Stand with its own."""
    what = _("Ist baseline") if export.frozen_at else _("Result")
    if export.last_round:
        what = _("Result after round %(number)d") % {"number": export.last_round}
    return f"{what} {readable(export.journey)[:80]} {timezone.localdate(export.frozen_at):%Y-%m-%d}.{kind.ending}"


# --- links on the pages -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Download:
    """One file that a page offers."""

    label: str
    url: str


def workshop_downloads(
    workshop: Workshop, member: Membership, *, last_round: int | None = None
) -> tuple[Download, ...]:
    """The files of a result, also as it was after ``last_round``, for those who may take it along; else none."""
    files = _downloads("result", workshop, workshop.code, member)
    if last_round is None:
        return files
    return tuple(Download(file.label, f"{file.url}?round={last_round}") for file in files)


def baseline_downloads(baseline: Baseline, member: Membership) -> tuple[Download, ...]:
    """The files of a recorded Ist-Stand for those who may take it along; none for everybody else."""
    return _downloads("baseline", baseline.workshop, baseline.code, member)


def _downloads(what: str, workshop: Workshop, code: UUID, member: Membership) -> tuple[Download, ...]:
    if not can_export_results(member):
        return ()
    files = (
        ("CSV", "export"),
        ("Excel", "xlsx"),
        ("JSON", "json"),
        (pgettext("download", "Picture (SVG)"), "svg"),
        (pgettext("download", "Picture (PNG)"), "png"),
    )
    address = {"org": workshop.organisation.slug, "code": code}
    return tuple(Download(label, reverse(f"workshops:{what}_{name}", kwargs=address)) for label, name in files)
