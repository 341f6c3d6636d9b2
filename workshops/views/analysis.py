"""The analysis of a result: charts that one explores, their tables, filters in the address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import replace_url

from accounts.decorators import member_required, require_safe
from accounts.middleware import MemberRequest
from config.htmx import render_partial
from workshops.forms.analysis import AnalysisFilterForm
from workshops.permissions import can_read_results
from workshops.queries.analysis import Source, analysis_page, baseline_source, workshop_source
from workshops.views.exports import find_baseline
from workshops.views.workshops import earlier_round, find_workshop, result_url

PAGE = "workshops/result_analysis.html"


@require_safe
@member_required()
def result_analysis(request: MemberRequest, code: UUID) -> HttpResponse:
    """All revealed blocks of a workshop, or one of them; for whoever may read the result."""
    workshop = find_workshop(code)
    if not can_read_results(request.membership, workshop):
        raise PermissionDenied
    last_round = earlier_round(workshop, request.GET.get("round", ""))
    source = workshop_source(workshop, request.GET.get("block", ""), last_round=last_round)
    back = {"url": result_url(workshop, last_round), "label": _("Result")}
    return answer(request, source, back)


@require_safe
@member_required()
def baseline_analysis(request: MemberRequest, code: UUID) -> HttpResponse:
    """A recorded Ist-Stand, from its document."""
    baseline = find_baseline(code)
    if not can_read_results(request.membership, baseline.workshop):
        raise PermissionDenied
    address = reverse("workshops:baseline_detail", args=[request.organisation.slug, baseline.code])
    return answer(request, baseline_source(baseline), {"url": address, "label": _("Ist baseline")})


def answer(request: MemberRequest, source: Source, back: dict[str, str]) -> HttpResponse:
    """The page, or under HTMX what a filter changes; the address then keeps the filters without the empty ones."""
    query = shortened(request.GET)
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]  # set by HtmxMiddleware
    if not is_fragment and query != request.GET.urlencode():
        return redirect(f"{request.path}?{query}" if query else request.path)
    filters = AnalysisFilterForm(request.GET, source=source)
    context: dict[str, Any] = {
        "source": source,
        "back": back,
        "filters": filters,
        "page": analysis_page(source, filters.wanted),
        "address": request.path,
        "whole_address": f"{request.path}?round={source.last_round}" if source.last_round else request.path,
    }
    response = render_partial(request, PAGE, "analysis_view", context)
    if is_fragment:
        replace_url(response, f"{request.path}?{query}" if query else request.path)
    return response


def shortened(query: QueryDict) -> str:
    """The filters of an address without the empty ones."""
    return "&".join(part for part in query.urlencode().split("&") if not part.endswith("=") and part)
