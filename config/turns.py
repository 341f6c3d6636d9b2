"""The ASGI handler, with as many requests at work at the same time as the process has connections for.

Under ASGI every request works in a thread of its own. Three hundred phones that load a page at once would be three
hundred threads, which share one interpreter and one pool: all of them crawl, and some wait longer for a connection than
the pool lets them. So requests take turns, in the order they came; those that wait cost nothing. What a request brings
along is read before its turn, and what it answers is sent after it, so that neither a slow line nor an open stream
holds one.
"""

import asyncio

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase

# Connections that are left to the hub, which renders for everybody, and to whoever ends a stream.
KEPT_FREE = 2
# Says whether the server lives, over a connection of its own: a full house is no failure.
WITHOUT_A_TURN = "/healthz"


class TurnsHandler(ASGIHandler):
    """Django's handler; ``at_once`` requests work, the others wait."""

    def __init__(self, at_once: int) -> None:
        super().__init__()
        self.turns = asyncio.Semaphore(at_once)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == WITHOUT_A_TURN:
            return await super().run_get_response(request)
        async with self.turns:
            return await super().run_get_response(request)


def turns_application() -> TurnsHandler:
    """Set Django up, as ``get_asgi_application`` does, and return the handler that fits the process's pool."""
    django.setup(set_prefix=False)
    return TurnsHandler(max(1, settings.DATABASE_POOL - KEPT_FREE))
