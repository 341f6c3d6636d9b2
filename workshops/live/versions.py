"""Where workshops stand, for the hub and for polls."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection


def read_versions(workshop_ids: Sequence[int]) -> dict[int, int]:
    """The versions of these workshops by id, in one query and outside any scope: the ids come from open streams."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, version FROM workshops_workshop WHERE id = ANY(%s)", [list(workshop_ids)])
        return dict(cursor.fetchall())
