"""What changes personas, journeys and stations. Each noun has its module; what refuses a change is here."""

from django.db import models


class StaleEdit(Exception):
    """Somebody else saved in the meantime; nothing was changed. ``current`` is the row as it is now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("stale")
        self.current = current


class StillInUse(Exception):
    """The row cannot be removed, because others rest on it."""
