"""What the pages of the accounts app show."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Department, Invitation, Membership, Organisation, User
from accounts.tenancy import memberships_of


@dataclass(frozen=True)
class People:
    """Who belongs to the organisation, and who is invited; names sorted as a reader expects."""

    members: list[Membership]
    invitations: list[Invitation]


def organisations_of(user: User) -> list[tuple[Organisation, str]]:
    """Return the organisations of ``user`` with the role in each, by name."""
    rows = [(membership.organisation, membership.role) for membership in memberships_of(Membership, user)]
    return sorted(rows, key=lambda row: row[0].name.casefold())


def people() -> People:
    """Return members and open invitations of the organisation in scope."""
    members = list(Membership.objects.select_related("user", "department"))
    members.sort(key=lambda member: member.user.name.casefold())
    open_ones = Invitation.objects.filter(accepted_at__isnull=True, expires_at__gte=timezone.now())
    return People(members, list(open_ones.select_related("department").order_by("email")))


def departments() -> list[Department]:
    """Return departments and providers of the organisation in scope, by name. Sorted here: the database knows no Ä."""
    return sorted(Department.objects.all(), key=lambda department: department.name.casefold())
