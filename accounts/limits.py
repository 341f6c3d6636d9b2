"""Rate limits in PostgreSQL: they hold while the bus is gone, and one statement counts without a race."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Attempt


def attempt_key(kind: str, *parts: str) -> str:
    """Return the key of an attempt: its kind and a keyed hash of ``parts``, so that no address is stored."""
    return f"{kind}:{_digest(parts)}"


def hashed_cache_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key under which the cache keeps ``key``: the login's limits name addresses and people in theirs.

    allauth counts per address (an IPv6 host by its /64), per account and per e-mail address; all of it becomes one
    keyed hash, from which nobody reads or tries out an address without SECRET_KEY.
    """
    return f"{version}:{_digest(['cache', key_prefix, key])}"


def _digest(parts: Iterable[str]) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()[:48]


def count_attempt(key: str, *, window: timedelta) -> int:
    """Count one more attempt under ``key`` and return how many there were in its window, this one included.

    The window begins with the first attempt; after its end counting begins anew.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_attempt AS a (key, count, window_ends_at) VALUES (%(key)s, 1, %(ends)s)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN a.window_ends_at < %(now)s THEN 1 ELSE a.count + 1 END,
                window_ends_at = CASE WHEN a.window_ends_at < %(now)s THEN %(ends)s ELSE a.window_ends_at END
            RETURNING count
            """,
            {"key": key, "now": now, "ends": now + window},
        )
        row = cursor.fetchone()
    return int(row[0])


def attempts_left(key: str, *, limit: int) -> int:
    """Return how many attempts ``key`` has left of ``limit`` in its present window, never below 0. Counts nothing."""
    count = Attempt.objects.filter(key=key, window_ends_at__gte=timezone.now()).values_list("count", flat=True).first()
    return max(0, limit - (count or 0))


def window_end(key: str) -> datetime:
    """Return when counting under ``key`` begins anew; now, when nothing is counted."""
    ends_at = Attempt.objects.filter(key=key).values_list("window_ends_at", flat=True).first()
    return ends_at or timezone.now()


def forget_old_attempts() -> int:
    """Delete attempts whose window has ended and return how many, those that the login counted included.

    The cache by itself drops a row only when somebody asks for it again.
    """
    deleted, _ = Attempt.objects.filter(window_ends_at__lt=timezone.now()).delete()
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [timezone.now()])  # noqa: S608 - our own table
        return deleted + int(cursor.rowcount)
