"""What changes accounts, organisations and memberships."""

from accounts.enums import Role
from accounts.models import Membership
from accounts.tenancy import find_unscoped


def owner_exists() -> bool:
    """Whether any organisation of this installation has an owner, the demo's included."""
    return find_unscoped(Membership, role=Role.OWNER) is not None
