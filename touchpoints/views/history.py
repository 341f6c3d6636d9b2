"""Who changed what and when."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.decorators import member_required, require_safe
from accounts.middleware import MemberRequest
from touchpoints.models import Touchpoint
from touchpoints.permissions import can_export_touchpoints
from touchpoints.queries import entry_of, history_rows

ENTRIES_ON_A_PAGE = 100


@require_safe
@member_required()
def touchpoint_history(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Show everything that was done to a touchpoint, the newest first."""
    touchpoint = get_object_or_404(Touchpoint, code=code)
    page = Paginator(history_rows(touchpoint), ENTRIES_ON_A_PAGE).get_page(request.GET.get("page"))
    entries = [entry_of(row) for row in page.object_list]
    may_export = can_export_touchpoints(request.membership)
    context = {"touchpoint": touchpoint, "entries": entries, "page": page, "may_export": may_export}
    return render(request, "touchpoints/touchpoint_history.html", context)
