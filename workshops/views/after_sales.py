"""The after-sales part of the catalogue with ratings and measures: here, since the catalogue knows neither."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import member_required, require_safe
from accounts.enums import READING
from accounts.middleware import MemberRequest
from touchpoints.enums import Shelf
from touchpoints.views.lists import list_context
from workshops.permissions import can_edit_measures
from workshops.queries.after_sales import after_sales_ratings


@require_safe
@member_required(*READING)
def after_sales_list(request: MemberRequest) -> HttpResponse:
    """Show what comes after the purchase with owner, last rating and measures (R8), by the catalogue's filters."""
    context = list_context(request, request.GET, Shelf.AFTER_SALES)
    rated = after_sales_ratings(context["catalogue"], request.organisation)
    may_plan = can_edit_measures(request.membership)
    return render(request, "workshops/after_sales_list.html", context | {"rated": rated, "may_plan": may_plan})
