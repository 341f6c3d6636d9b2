"""Two transactions that meet: the second waits for a lock of the first, and only then does the first end."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from django.db import connection, connections, transaction

First = TypeVar("First")
Second = TypeVar("Second")

WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def wait_for_waiting() -> int:
    """Return the process id of the one connection to this database that waits for a lock, once it does."""
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(WAITING)
            if (row := cursor.fetchone()) is not None:
                return int(row[0])
            time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def aside(call: Callable[[], Second]) -> tuple[threading.Thread, Future[Second]]:
    """Begin ``call`` in a thread with a connection of its own; the future holds what came of it."""
    outcome: Future[Second] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as problem:
            outcome.set_exception(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def meeting(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """Do ``first`` and commit it while ``second`` waits for it; return what both returned. Needs real transactions."""
    with transaction.atomic():
        one = first()
        thread, two = aside(second)
        wait_for_waiting()
    thread.join(30)
    return one, two.result(0)
