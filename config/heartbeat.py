"""How a worker shows that it lives: an open database connection that says so, and nothing else.

Each worker holds one connection named after its queues and uses it every few seconds. PostgreSQL itself then knows who
is there and since when: no row to clean up, and it keeps working while the bus is gone.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from celery.signals import celeryd_after_setup, worker_shutdown
from django.db import connection

PREFIX = "worker:"
EVERY = 5  # seconds
STALE_AFTER = 20  # seconds without a sign

_stop = threading.Event()


def connect_aside(**options: Any) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection of our own, beside Django's pool, so that a busy pool or a fork cannot disturb it."""
    params = connection.get_connection_params()
    params.pop("pool", None)
    for name in ("context", "cursor_factory"):
        params.pop(name, None)
    return psycopg.connect(**{**params, "autocommit": True, "connect_timeout": 2, **options})


def beat(queues: list[str], stop: threading.Event, sleep: Callable[[float], Any] = time.sleep) -> None:
    """Show until ``stop`` that these queues are worked on; a lost database is tried again every second."""
    name = PREFIX + ",".join(sorted(queues))
    while not stop.is_set():
        try:
            with connect_aside(application_name=name) as own:
                while not stop.is_set():
                    own.execute("SELECT 1")
                    stop.wait(EVERY)
        except psycopg.Error:
            sleep(1)


def queues_alive(own: psycopg.Connection[tuple[Any, ...]]) -> set[str]:
    """Return the queues whose worker gave a sign within the last seconds."""
    rows = own.execute(
        "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE %s AND state_change > now() - make_interval(secs => %s)",
        [PREFIX + "%", STALE_AFTER],
    )
    return {queue for (name,) in rows for queue in name.removeprefix(PREFIX).split(",")}


@celeryd_after_setup.connect
def start_beating(sender: str, instance: Any, **kwargs: Any) -> None:
    """Begin as soon as a worker knows its queues, before it has reached the bus."""
    queues = list(instance.app.amqp.queues.consume_from)
    threading.Thread(target=beat, args=(queues, _stop), name="heartbeat", daemon=True).start()


@worker_shutdown.connect
def stop_beating(**kwargs: Any) -> None:
    _stop.set()
