"""Names of guests: which are kept, and erasing one before its time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import member_required, require_form, require_safe
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from workshops import services
from workshops.models import Participant
from workshops.queries import guests_with_names
from workshops.views.workshops import find_workshop, workshop_url


@require_safe
@member_required(*MODERATING)
def guest_list(request: MemberRequest, code: UUID) -> HttpResponse:
    """The names that are kept, also of those who have left the room."""
    workshop = find_workshop(code)
    context = {"workshop": workshop, "guests": guests_with_names(workshop)}
    return render(request, "workshops/guest_list.html", context)


@require_form
@member_required(*MODERATING)
def guest_erase(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask once, then erase a guest's name; figures stay. Members are erased with their membership."""
    people = Participant.objects.select_related("workshop__organisation", "workshop__cycle__journey__persona")
    guest = get_object_or_404(people, code=code, membership__isnull=True)
    if request.method != "POST":
        return render(request, "workshops/guest_erase.html", {"workshop": guest.workshop, "guest": guest})
    services.erase_guest(participant=guest, by=request.membership)
    messages.success(request, _("The name is erased."))  # without the name, which would lie on in the session
    return redirect(workshop_url("guest_list", guest.workshop))
