"""Answers of the live addresses; both doors call the same two functions after they have let somebody in."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.lines import Line, WrittenResponse
from workshops.live.bus import FRAGMENTS, identity_of_participant, identity_of_user
from workshops.live.fragments import render_fragments
from workshops.live.hub import hub
from workshops.live.versions import read_versions
from workshops.models import Workshop

# Tells the browser to come back at once when the hub ends the stream after its ten minutes.
HELLO = b"retry: 1000\n\n"
# The version of the room that an answer shows, for js/live.js.
VERSION_HEADER = "X-Version"


def stream_response(request: HttpRequest, workshop: Workshop, audience: str, language: str) -> HttpResponseBase:
    """A stream of the ``audience``'s fragments ("board" or "room"). The caller has checked who is asking.

    A WSGI server answers 204, which tells a browser to stop asking; its pages poll.
    """
    if not isinstance(request, ASGIRequest) or request.method == "HEAD":
        return HttpResponse(status=204)
    line = Line()
    chunks = _chunks(line, workshop.pk, audience, language, identities_of(request))
    response = WrittenResponse(chunks, line=line, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def identities_of(request: HttpRequest) -> frozenset[str]:
    """Under which names this stream can be ended: its login's, and its participant's."""
    names = set()
    if request.user.is_authenticated:
        names.add(identity_of_user(request.user.pk))
    if (participant := getattr(request, "participant", None)) is not None:
        names.add(identity_of_participant(participant.pk))
    return frozenset(names)


async def _chunks(
    line: Line, workshop_id: int, audience: str, language: str, identities: frozenset[str]
) -> AsyncGenerator[bytes, None]:
    # The request's thread still holds the connection that authorised it; ten minutes of it would empty the pool.
    await sync_to_async(connections.close_all)()
    own = hub()
    client = own.connect(line, workshop_id, audience, language, identities)
    try:
        yield HELLO
        # No timeout per message: it doubles the processor time. Heartbeats come from the hub.
        while (chunk := await client.next_chunk()) is not None:
            yield chunk
    finally:
        own.disconnect(client)


def poll_response(request: HttpRequest, workshop: Workshop, audience: str, language: str) -> HttpResponse:
    """204 when the page's ``version`` is current, else all fragments of the audience, placed by their ids."""
    asked = request.GET.get("version") or request.GET.get("v") or ""
    current = read_versions([workshop.pk]).get(workshop.pk)
    if asked == str(current):
        response = HttpResponse(status=204)
    else:
        rendered = render_fragments(workshop.pk, {language: FRAGMENTS[audience]})
        fragments = rendered.fragments.values() if rendered else ()
        response = HttpResponse("\n".join(fragment.out_of_band for fragment in fragments))
        current = rendered.version if rendered else current
    response[VERSION_HEADER] = str(current)
    response["Cache-Control"] = "no-store"
    return response
