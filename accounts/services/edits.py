"""What all rows that forms make and change have in common: inserted once, and never overwritten unseen."""

from typing import Any, TypeVar
from uuid import uuid4

from django.db import IntegrityError, models, transaction

Row = TypeVar("Row", bound=models.Model)


class StaleEdit(Exception):
    """Somebody else saved in the meantime; nothing was changed. ``current`` is the row as it is now."""

    def __init__(self, current: Any) -> None:
        super().__init__("stale")
        self.current = current


def insert_once(row: Row) -> Row:
    """Insert a row whose code came from a form, and return it, or the one that the same form made at the same moment.

    A code that is somebody else's, hence out of sight, is replaced by one of our own.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if (existing := type(row)._default_manager.filter(code=row.code).first()) is not None:  # type: ignore[attr-defined]
            return existing
        row.code = uuid4()  # type: ignore[attr-defined]  # every row that a form makes has a code
        row.save(force_insert=True)
    return row
