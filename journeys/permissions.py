"""Who may, in the journeys app."""

from accounts.models import Membership


def can_edit_journeys(member: Membership) -> bool:
    """Whether ``member`` changes personas, journeys and the path. Everybody else in the organisation reads them."""
    return member.moderates
