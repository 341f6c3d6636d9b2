"""What changes personas, journeys and stations. Each noun has its module; what refuses a change is here."""


class StillInUse(Exception):
    """The row cannot be removed, because others rest on it."""
