"""The after-sales part of the catalogue with its ratings: here, since the catalogue knows no results."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import member_required, require_safe
from accounts.enums import READING
from accounts.middleware import MemberRequest
from touchpoints.enums import Shelf
from touchpoints.views.lists import list_context
from workshops.queries.after_sales import after_sales_ratings


@require_safe
@member_required(*READING)
def after_sales_list(request: MemberRequest) -> HttpResponse:
    """Show the touchpoints after the purchase with owner and last rating, narrowed down by the catalogue's filters."""
    context = list_context(request, request.GET, Shelf.AFTER_SALES)
    rated = after_sales_ratings(context["catalogue"], request.organisation)
    return render(request, "workshops/after_sales_list.html", context | {"rated": rated})
