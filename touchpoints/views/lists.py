"""The lists of the catalogue: by phase, after the purchase, and the archive, each at its address with its filters."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django_htmx.http import replace_url

from accounts.decorators import member_required, require_safe
from accounts.middleware import MemberRequest
from config.htmx import render_partial
from touchpoints.enums import Shelf
from touchpoints.forms.touchpoints import FilterForm, TouchpointForm
from touchpoints.permissions import can_edit_touchpoints, can_export_touchpoints
from touchpoints.queries import catalogue, departments_in_order

LIST = "touchpoints/touchpoint_list.html"
ADDRESSES = {
    Shelf.ACTIVE: "touchpoints:touchpoint_list",
    Shelf.AFTER_SALES: "touchpoints:after_sales_list",
    Shelf.ARCHIVED: "touchpoints:archive_list",
}


def shelf_of(query: Mapping[str, Any]) -> Shelf:
    """Return the part of the catalogue that an address names; the whole one where it names none that we know."""
    name = query.get("shelf", "")
    return Shelf(name) if name in Shelf.values else Shelf.ACTIVE


def list_context(request: MemberRequest, query: QueryDict, shelf: Shelf = Shelf.ACTIVE) -> dict[str, Any]:
    """Return what a list shows for the filters of an address."""
    departments = departments_in_order()
    filters = FilterForm(query, departments=departments)
    page = query.get("page", "")
    clean = query_without_page(query)
    found = catalogue(filters.values, page=int(page) if page.isdecimal() and len(page) < 6 else 1, shelf=shelf)
    return {
        "filters": filters,
        "catalogue": found,
        "query": clean,
        # The same for addresses that serve all lists: they are told which one.
        "shelf_query": "&".join(part for part in (clean, "" if shelf == Shelf.ACTIVE else f"shelf={shelf}") if part),
        "list_url": shelf_address(request, shelf),
        "departments": departments,
        "may_edit": can_edit_touchpoints(request.membership),
        "may_export": can_export_touchpoints(request.membership),
        "warnings": found.counts.warnings if can_edit_touchpoints(request.membership) else (),
    }


def query_without_page(query: QueryDict) -> str:
    """Return the filters of an address, without the empty ones and the page, to be put behind a question mark."""
    query = query.copy()
    for name in list(query):
        if name in ("page", "shelf") or not query[name]:
            del query[name]
    return query.urlencode()


def quick_form(phase: str, departments: list[Any]) -> TouchpointForm:
    """Return an empty form of one line, with the phase of the last one."""
    return TouchpointForm(initial={"phase": phase, "code": uuid.uuid4()}, departments=departments, auto_id="quick_%s")


def shelf_address(request: MemberRequest, shelf: Shelf) -> str:
    """Return the address of a list."""
    return reverse(ADDRESSES[shelf], args=[request.organisation.slug])


def list_address(request: MemberRequest, phase: str) -> str:
    """Return the address of the list, scrolled to ``phase``."""
    return f"{shelf_address(request, Shelf.ACTIVE)}#phase-group-{phase}"


@require_safe
@member_required()
def touchpoint_list(request: MemberRequest) -> HttpResponse:
    """Show the catalogue by phase; under HTMX only the list, for the filters."""
    return answer_list(request, Shelf.ACTIVE)


@require_safe
@member_required()
def after_sales_list(request: MemberRequest) -> HttpResponse:
    """Show what customers meet after the purchase (R8): for those who serve them, not for those who sell."""
    return answer_list(request, Shelf.AFTER_SALES)


@require_safe
@member_required()
def archive_list(request: MemberRequest) -> HttpResponse:
    """Show what was put away, to be brought back."""
    return answer_list(request, Shelf.ARCHIVED)


def answer_list(
    request: MemberRequest, shelf: Shelf, *, status: int = 200, nothing_ticked: bool = False
) -> HttpResponse:
    """Answer a list; the filters stay in the address, without those that are empty."""
    context = list_context(request, request.GET, shelf) | {"nothing_ticked": nothing_ticked}
    context["form"] = quick_form(request.GET.get("phase", ""), context["departments"])
    response = render_partial(request, LIST, "touchpoint_list", context, status=status)
    return replace_url(response, f"?{context['query']}" if context["query"] else context["list_url"])
