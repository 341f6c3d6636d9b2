"""What the pages of the accounts app show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils import timezone

from accounts.models import Department, Invitation, Membership, Organisation, User
from accounts.tenancy import memberships_of

# A shorter list is read faster than a word is typed.
SEARCHED_FROM = 8
LONGEST_SEARCH = 200

Row = TypeVar("Row")


@dataclass(frozen=True)
class Found(Generic[Row]):
    """What a search leaves of a list, in its order; ``total`` counts the whole list."""

    rows: Sequence[Row]
    total: int
    words: str

    @property
    def is_searchable(self) -> bool:
        """Whether the list is worth a search; a search that is there can be taken back."""
        return self.total >= SEARCHED_FROM or bool(self.words)


def search(rows: Sequence[Row], words: str, texts: Callable[[Row], Iterable[str]]) -> Found[Row]:
    """Leave the rows in whose ``texts`` every word stands, whatever its case. The rows are loaded: no query."""
    words = words[:LONGEST_SEARCH].strip()
    wanted = words.casefold().split()
    if not wanted:
        return Found(rows, len(rows), "")
    left = [row for row in rows if holds_all(wanted, "\n".join(texts(row)).casefold())]
    return Found(left, len(rows), words)


def holds_all(words: Iterable[str], text: str) -> bool:
    """Whether each of the words stands in the text."""
    return all(word in text for word in words)


@dataclass(frozen=True)
class People:
    """Who belongs to the organisation, and who is invited; names sorted as a reader expects."""

    members: list[Membership]
    invitations: list[Invitation]
    found: Found[Membership | Invitation]


def organisations_of(user: User) -> list[tuple[Organisation, str]]:
    """Return the organisations of ``user`` with the role in each, by name."""
    rows = [(membership.organisation, membership.role) for membership in memberships_of(Membership, user)]
    return sorted(rows, key=lambda row: row[0].name.casefold())


def is_of_the_demo(user: User) -> bool:
    """Whether ``user`` is one of the people whom the demo organisation brings along."""
    organisations = [organisation for organisation, _role in organisations_of(user)]
    return bool(organisations) and all(organisation.is_demo for organisation in organisations)


def people(words: str = "") -> People:
    """Return members and open invitations of the organisation in scope, those that a search leaves."""
    members = list(Membership.objects.select_related("user", "department"))
    members.sort(key=lambda member: member.user.name.casefold())
    open_ones = Invitation.objects.filter(accepted_at__isnull=True, expires_at__gte=timezone.now())
    invitations = list(open_ones.select_related("department").order_by("email"))
    found = search([*members, *invitations], words, words_of)
    return People(
        [row for row in found.rows if isinstance(row, Membership)],
        [row for row in found.rows if isinstance(row, Invitation)],
        found,
    )


def words_of(row: Membership | Invitation) -> list[str]:
    """Return what the list shows of somebody."""
    department = row.department.name if row.department else ""
    who = [row.email] if isinstance(row, Invitation) else [row.user.name, row.user.email, department]
    return [*who, str(row.get_role_display())]


@dataclass(frozen=True)
class DepartmentUse:
    """How much hangs on a department."""

    members: int
    invitations: int
    touchpoints: int
    measures: int


def department_use(department: Department) -> DepartmentUse:
    """Count what would have no department without this one. What later apps keep is known only by the way to it."""
    touchpoints: Any = Department._meta.get_field("touchpoints").related_model
    measures: Any = Department._meta.get_field("measures").related_model
    return DepartmentUse(
        members=department.members.count(),
        invitations=Invitation.objects.filter(department=department, accepted_at__isnull=True).count(),
        touchpoints=touchpoints.objects.filter(department=department).count(),
        measures=measures.objects.filter(department=department).count(),
    )


def departments() -> list[Department]:
    """Return departments and providers of the organisation in scope, by name. Sorted here: the database knows no Ä."""
    return sorted(Department.objects.all(), key=lambda department: department.name.casefold())
