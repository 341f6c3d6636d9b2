"""Home of an organisation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import member_required, require_safe
from accounts.middleware import MemberRequest
from workshops.queries.home import home_state


@require_safe
@member_required()
def home(request: MemberRequest) -> HttpResponse:
    """Where the journeys stand and what to do next."""
    state = home_state(request.organisation, request.membership)
    return render(request, "workshops/home.html", {"home": state})
