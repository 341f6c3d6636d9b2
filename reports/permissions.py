"""Who may, in the reports app (design.md, "Roles, doors, and who sees what")."""

from accounts.enums import Role
from accounts.models import Membership
from workshops.permissions import can_export_results


def can_download_report(member: Membership) -> bool:
    """Whether ``member`` asks for reports, sees the list and downloads: whoever may take results along."""
    return can_export_results(member)


def can_export_organisation(member: Membership) -> bool:
    """Whether ``member`` takes everything along: an owner, who also may erase it all."""
    return member.role == Role.OWNER
