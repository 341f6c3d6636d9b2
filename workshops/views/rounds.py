"""Further rounds of a block."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from accounts.decorators import member_required, require_POST
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from workshops import services
from workshops.views.activities import step


@require_POST
@member_required(*MODERATING)
def round_start(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask the stations of a revealed block once more. Starting a round twice is one round."""
    return step(request, code, lambda activity: False, services.start_round)
