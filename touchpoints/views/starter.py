"""The starter catalogue: tick what applies, and it is copied."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_POST, require_safe
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from touchpoints.queries import starter_phases
from touchpoints.services import add_starter_entries


@require_safe
@member_required(*MODERATING)
def starter_list(request: MemberRequest) -> HttpResponse:
    """Show the starter catalogue in the language in which it would be copied."""
    return answer_starter(request)


def answer_starter(request: MemberRequest, status: int = 200) -> HttpResponse:
    """Answer the page; a search hides entries but keeps their ticks."""
    search = request.GET.get("q", "")[:200]
    phases = starter_phases(language=request.organisation.language, search=search)
    context = {"phases": phases, "search": search, "found": any(phase.matches for phase in phases)}
    return render(request, "touchpoints/starter_list.html", context | {"nothing_ticked": status == 422}, status=status)


@require_POST
@member_required(*MODERATING)
def starter_add(request: MemberRequest) -> HttpResponseBase:
    """Copy the ticked entries into the catalogue."""
    numbers = set(request.POST.getlist("entry"))
    if not numbers:
        return answer_starter(request, 422)
    added = add_starter_entries(numbers=numbers, by=request.membership)
    if added:
        text = ngettext("%(count)d touchpoint was added.", "%(count)d touchpoints were added.", added)
        messages.success(request, text % {"count": added})
    else:
        messages.info(request, _("Everything you ticked was in your catalogue already."))
    return redirect("touchpoints:touchpoint_list", org=request.organisation.slug)
