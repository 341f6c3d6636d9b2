"""How much one request may bring along: what is more is refused before it is read.

Django bounds the fields of a form, but not its files: a gigabyte would lie on the disk, under ASGI twice, before a form
could say that five megabytes are enough. The page that says it is made where the other pages are (SizeMiddleware);
under ASGI, where Django takes the whole body before it does anything else, ``bounded`` keeps it from arriving.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

NOTHING: Message = {"type": "http.request", "body": b"", "more_body": False}


class SizeMiddleware:
    """Answers 413 to a request that is larger than MAX_REQUEST_BYTES, and leaves its body alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if content_length(request.META.get("CONTENT_LENGTH")) > settings.MAX_REQUEST_BYTES:
            return too_much(request)
        return self.get_response(request)


def too_much(request: HttpRequest) -> HttpResponse:
    """Say how much can be sent at once."""
    return render(request, "413.html", {"megabytes": settings.MAX_REQUEST_BYTES // 1024 // 1024}, status=413)


def content_length(value: str | bytes | None) -> int:
    """Return what a request says about its length; what is no number counts as nothing, as it does for Django."""
    try:
        return int(value or 0)
    except ValueError:
        return 0


def bounded(application: Application) -> Application:
    """Let ``application`` see of a request that is too large no more than its length."""

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope}
            receive = BoundedBody(scope, receive)
        await application(scope, receive, send)

    return inner


class BoundedBody:
    """The body of a request; one that is too large, or becomes it, ends at once, and its length stands in the scope."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self.receive = scope, receive
        declared = [value for name, value in scope["headers"] if name == b"content-length"]
        self.length = max(map(content_length, declared), default=0)
        self.read = 0
        self.ended = False

    async def __call__(self) -> Message:
        if self.ended:
            return await self.after_the_end()
        if self.length > settings.MAX_REQUEST_BYTES:
            return self.end()
        message = await self.receive()
        self.read += len(message.get("body", b""))
        if self.read > settings.MAX_REQUEST_BYTES:
            return self.end()
        return message

    def end(self) -> Message:
        """Pretend that nothing more comes, and say how long it is at least: what is sent in chunks did not."""
        self.ended = True
        others = [(name, value) for name, value in self.scope["headers"] if name != b"content-length"]
        length = max(self.length, self.read)
        self.scope["headers"] = [*others, (b"content-length", str(length).encode())]
        return NOTHING

    async def after_the_end(self) -> Message:
        """What still arrives is thrown away; only that the other side has gone is worth knowing."""
        while (message := await self.receive())["type"] == "http.request":
            pass
        return message
