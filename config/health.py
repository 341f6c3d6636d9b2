"""/healthz: do database, bus and worker answer?"""

import psycopg
import redis
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.heartbeat import connect_aside, queues_alive

QUEUES = {"default", "reports"}
TIMEOUT = 2  # seconds


def database_and_worker() -> tuple[bool, bool]:
    """Ask the database beside the pool, and whether every queue has a worker that lives."""
    try:
        with connect_aside(application_name="healthz") as own:
            return True, queues_alive(own) >= QUEUES
    except psycopg.Error:
        return False, False


def bus_answers() -> bool:
    """Ask the bus, on a connection of its own."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT, retry=None
        ) as bus:
            return bool(bus.ping())
    except (redis.RedisError, OSError):
        return False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all three answer, else 503, and say which. Names no version and no address."""
    database, worker = database_and_worker()
    answers = {"database": database, "bus": bus_answers(), "worker": worker}
    well = all(answers.values())
    parts = {name: "ok" if ok else "down" for name, ok in answers.items()}
    response = JsonResponse({"status": "ok" if well else "down", **parts}, status=200 if well else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark: a probe a second is no error
    return response
