"""The board: a journey's path as five columns, and what an open board asks every few seconds."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import reswap, trigger_client_event

from accounts.decorators import member_required, require_safe
from accounts.middleware import MemberRequest
from journeys.forms import new_code
from journeys.models import Journey
from journeys.permissions import can_edit_journeys
from journeys.queries import board_stamp, board_state, effective_industry, is_recorded, with_steps

BOARD = "journeys/journey_board.html"
# Where a note waits for the board when a change came from a form without HTMX.
NOTE = "board_note"
POLLED = {"oob": True, "polled": True}


@dataclass(frozen=True)
class Note:
    """A sentence above the path about what was just done, with a form that undoes it."""

    text: str
    warns: bool = False
    # Address and fields of the form that undoes it.
    undo_url: str = ""
    undo_fields: dict[str, str] | None = None


@require_safe
@member_required()
def journey_board(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Show the path; owner and moderator change it, the others read."""
    journey = find_journey(code)
    note = request.session.pop(NOTE, None)
    return render(request, BOARD, board_context(request, journey, note and Note(**note)))


@require_safe
@member_required()
def journey_changes(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Answer 204 while the board still is what the stamp ``v`` stands for, else the fragments to replace."""
    journey = find_journey(code)
    if request.GET.get("v") == board_stamp(journey):
        return HttpResponse(status=204)
    # The note of one's own last change stays: it may still be undone.
    return reswap(render(request, f"{BOARD}#board_changes", {**board_context(request, journey), **POLLED}), "none")


def find_journey(code: uuid.UUID) -> Journey:
    """Return the journey with its persona and the steps of its cycles, or answer 404."""
    return get_object_or_404(with_steps(Journey.objects.select_related("persona")), code=code)


def board_context(request: HttpRequest, journey: Journey, note: Note | None = None) -> dict[str, Any]:
    """Return what the board and its fragments are drawn from."""
    organisation = request.organisation  # type: ignore[attr-defined]  # a MemberRequest
    board = board_state(journey)
    return {
        "journey": journey,
        "is_recorded": is_recorded(journey),
        "industry": effective_industry(journey, organisation),
        "board": board,
        "columns": [(column, {"column": column, "code": new_code()}) for column in board.columns],
        "note": note,
        "may_edit": can_edit_journeys(request.membership),  # type: ignore[attr-defined]  # a MemberRequest
    }


def render_changes(
    request: HttpRequest,
    journey: Journey,
    note: Note | None = None,
    *,
    status: int = 200,
    event: str = "",
    fresh_phase: str = "",
) -> HttpResponse:
    """Render all moving parts of the board out-of-band; the page keeps those that did not change.

    The quick add of ``fresh_phase`` gets a new code, so that what is typed next is a new station.
    """
    context = {**board_context(request, journey, note), "oob": True, "fresh_phase": fresh_phase}
    response = render(request, f"{BOARD}#board_changes", context, status=status)
    if event:
        # After the swap: the page then closes the dialog that the swap starts from.
        trigger_client_event(response, event, after="settle")
    return reswap(response, "none")


def answer_change(
    request: HttpRequest,
    code: uuid.UUID,
    note: Note | None = None,
    *,
    status: int = 200,
    event: str = "",
    fresh_phase: str = "",
) -> HttpResponse:
    """Answer a change: the fragments under HTMX, otherwise the board itself, with the note in both."""
    journey = find_journey(code)  # as it is after the change
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return render_changes(request, journey, note, status=status, event=event, fresh_phase=fresh_phase)
    if status != 200:
        return render(request, BOARD, board_context(request, journey, note), status=status)
    if note is not None:
        request.session[NOTE] = asdict(note)
    organisation = request.organisation  # type: ignore[attr-defined]  # a MemberRequest
    return redirect("journeys:journey_board", org=organisation.slug, code=code)
