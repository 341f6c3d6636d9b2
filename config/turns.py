"""The ASGI handler: a few requests work at the same time, the others wait for their turn.

Under ASGI every request works in a thread of its own. Three hundred phones that load a page at once would be three
hundred threads, which share one interpreter and one pool: all of them crawl, and some wait longer for a connection than
the pool lets them. So requests take turns, in the order they came; those that wait cost an idle thread. What a request
brings along is read before its turn, and what it answers is sent after it, when its connection is back in the pool: so
neither a slow line nor an open stream holds a turn or a connection. Who takes long gives the turn back, so that three
large files do not stop a room.
"""

import asyncio
import sys

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponseBase

from config.lines import WrittenResponse
from config.uploads import Send

AT_ONCE = 3
"""Threads of one interpreter hinder each other: three finish a page every 31 ms, six every 50 ms."""
PATIENCE = 0.5  # seconds
# Seconds after which a thread that computes lets another one go on; Python's own is 5 ms. Streams wait for it to be
# written to, at every turn of the loop. Under WSGI, where nothing waits but other requests, it only costs.
SWITCH_AFTER = 0.0005
# Says whether the server lives, over a connection of its own: a full house is no failure. Anybody may ask: few at once.
HEALTH = "/healthz"
HEALTH_AT_ONCE = 2


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
        self.health = asyncio.Semaphore(HEALTH_AT_ONCE)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == HEALTH:
            async with self.health:
                return await super().run_get_response(request)
        await self.turns.acquire()
        turn = Turn(self.turns)
        late = asyncio.get_running_loop().call_later(PATIENCE, turn.give_back)
        try:
            response = await super().run_get_response(request)
            await sync_to_async(connections.close_all)()
            return response
        except asyncio.CancelledError:
            # Nobody waits for the answer any more, but the request's own thread works on to its end: wait behind it.
            await asyncio.shield(sync_to_async(do_nothing)())
            raise
        finally:
            late.cancel()
            turn.give_back()

    async def send_response(self, response: HttpResponseBase, send: Send) -> None:
        """As Django does; a response that is written to from outside learns where."""
        if isinstance(response, WrittenResponse):
            response.line.send = send
        await super().send_response(response, send)


def do_nothing() -> None:
    """What a thread does when it has done everything else."""


def turns_application() -> TurnsHandler:
    """Set Django up, as ``get_asgi_application`` does, and return the handler. Threads change over more often then."""
    django.setup(set_prefix=False)
    sys.setswitchinterval(SWITCH_AFTER)
    return TurnsHandler()
