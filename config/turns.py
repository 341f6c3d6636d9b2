"""The ASGI handler: a few requests work at the same time, the others wait for their turn.

Under ASGI every request works in a thread of its own. Three hundred phones that load a page at once would be three
hundred threads, which share one interpreter and one pool: all of them crawl, and some wait longer for a connection than
the pool lets them. So requests take turns, in the order they came; those that wait sleep. What a request brings
along is read before its turn, and what it answers is sent after it, so that neither a slow line nor an open stream
holds one. Who takes long gives the turn back, so that three large files do not stop a room.
"""

import asyncio

import django
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase

AT_ONCE = 3
"""Threads of one interpreter hinder each other: three finish a page every 31 ms, six every 50 ms."""
PATIENCE = 0.5  # seconds
# Says whether the server lives, over a connection of its own: a full house is no failure.
WITHOUT_A_TURN = "/healthz"


class Turn:
    """The turn of one request, which is given back once."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self.turns = turns
        self.is_held = True

    def give_back(self) -> None:
        if self.is_held:
            self.is_held = False
            self.turns.release()


class TurnsHandler(ASGIHandler):
    """Django's handler; AT_ONCE requests work, and those that have worked for longer than PATIENCE."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = asyncio.Semaphore(AT_ONCE)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == WITHOUT_A_TURN:
            return await super().run_get_response(request)
        await self.turns.acquire()
        turn = Turn(self.turns)
        late = asyncio.get_running_loop().call_later(PATIENCE, turn.give_back)
        try:
            return await super().run_get_response(request)
        finally:
            late.cancel()
            turn.give_back()


def turns_application() -> TurnsHandler:
    """Set Django up, as ``get_asgi_application`` does, and return the handler."""
    django.setup(set_prefix=False)
    return TurnsHandler()
