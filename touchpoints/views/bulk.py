"""Many touchpoints at once: ticked in a list or all that its filter shows, changed by one form, or by none of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_POST
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from touchpoints.forms.bulk import CHANGE, SKIP, BulkForm
from touchpoints.forms.touchpoints import FilterForm
from touchpoints.models import Touchpoint
from touchpoints.queries import channels_in_use, departments_in_order, touchpoints_matching
from touchpoints.services import RowsChanged, change_touchpoints
from touchpoints.views.lists import answer_list, query_without_page, shelf_address, shelf_of

# So many of the chosen touchpoints are named on the form.
NAMED = 300

Selection = dict[uuid.UUID, int]


@require_POST
@member_required(*MODERATING)
def touchpoint_bulk(request: MemberRequest) -> HttpResponseBase:
    """Show the form for the chosen touchpoints, and with ``save`` change all of them or none."""
    selection, shelf = read_selection(request), shelf_of(request.GET)
    if "merge" in request.POST:
        return lead_to_merge(request, selection)
    form = BulkForm(request.POST if "save" in request.POST else None, departments=departments_in_order(), shelf=shelf)
    if not selection or not form.is_bound:
        return answer_bulk(request, form, selection)
    if not form.is_valid():
        return answer_bulk(request, form, selection, status=422)
    try:
        count = change_touchpoints(
            versions=selection, fields=form.changes, archived=form.archived, by=request.membership
        )
    except RowsChanged as refusal:
        return answer_changed(request, form, selection, refusal)
    say_changed(request, form, count)
    return redirect(f"{shelf_address(request, shelf)}?{query_without_page(request.GET)}".rstrip("?"))


def read_selection(request: MemberRequest) -> Selection:
    """Return which touchpoints were chosen, and the version in which each was seen."""
    if "all" in request.POST:
        filters = FilterForm(request.GET, departments=departments_in_order()).values
        return dict(touchpoints_matching(filters, shelf_of(request.GET)).values_list("code", "version"))
    words = [*request.POST.getlist("row"), *request.POST.get("rows", "").split()]
    if request.POST.get("stale") == CHANGE:
        words += request.POST.get("stale_rows", "").split()
    return dict(read_row(word) for word in words)


def read_row(word: str) -> tuple[uuid.UUID, int]:
    """Return code and version from a tick's value, ``<code>.<version>``."""
    code, _dot, version = word.partition(".")
    if not (version.isdecimal() and len(version) < 10):
        raise Http404
    try:
        return uuid.UUID(code), int(version)
    except ValueError:
        raise Http404 from None


def answer_bulk(
    request: MemberRequest, form: BulkForm, selection: Selection, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """Answer the form, or the list with a sentence where nothing is chosen."""
    rows = list(Touchpoint.objects.filter(code__in=selection).select_related("department").in_order())
    if not rows and not extra:
        return answer_list(request, shelf_of(request.GET), status=422, nothing_ticked=True)
    form.say_present([*rows, *extra.get("stale", ())])
    context = {
        "form": form,
        "rows": rows,
        "named": rows[:NAMED],
        "more": max(0, len(rows) - NAMED),
        "row_values": " ".join(f"{row.code}.{selection[row.code]}" for row in rows),
        "channels": channels_in_use(),
        "shelf": shelf_of(request.GET),
        "list_url": shelf_address(request, shelf_of(request.GET)),
        "query": query_without_page(request.GET),
        **extra,
    }
    return render(request, "touchpoints/touchpoint_bulk.html", context, status=status)


def answer_changed(request: MemberRequest, form: BulkForm, selection: Selection, refusal: RowsChanged) -> HttpResponse:
    """Answer with everything that was chosen, and name the touchpoints that somebody else has changed or removed."""
    rest = {code: version for code, version in selection.items() if code not in {row.code for row in refusal.stale}}
    data = request.POST.copy()
    data.setdefault("stale", SKIP)
    form.data = data
    stale_values = " ".join(f"{row.code}.{row.version}" for row in refusal.stale)
    return answer_bulk(
        request, form, rest, status=409, stale=refusal.stale, gone=refusal.gone, stale_values=stale_values
    )


def say_changed(request: MemberRequest, form: BulkForm, count: int) -> None:
    """Say what was done."""
    if not count:
        messages.info(request, _("All of them were like this already; nothing had to be changed."))
        return
    text = ngettext(
        "%(count)d touchpoint was changed: %(fields)s.", "%(count)d touchpoints were changed: %(fields)s.", count
    )
    messages.success(request, text % {"count": count, "fields": ", ".join(form.names)})


def lead_to_merge(request: MemberRequest, selection: Selection) -> HttpResponseBase:
    """Lead to the two that were ticked, side by side."""
    if len(selection) != 2:
        messages.info(request, _("Please tick exactly two touchpoints to merge them."))
        return redirect(shelf_address(request, shelf_of(request.GET)))
    code, other = selection
    return redirect("touchpoints:touchpoint_merge", org=request.organisation.slug, code=code, other=other)
