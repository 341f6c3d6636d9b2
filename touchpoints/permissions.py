"""Who may, in the touchpoints app. Every member may read the catalogue."""

from accounts.models import Membership


def can_edit_touchpoints(member: Membership) -> bool:
    """Whether ``member`` changes the catalogue, ticks starter entries and imports files."""
    return member.moderates


def can_export_touchpoints(member: Membership) -> bool:
    """Whether ``member`` takes the catalogue out of the tool as a file."""
    return member.reads_results
