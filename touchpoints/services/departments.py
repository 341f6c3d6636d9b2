"""What happens to the touchpoints of a department that goes, and what their history says of it."""

from django.db.models import F
from django.utils import timezone

from accounts.models import Department, Membership
from touchpoints.enums import ChangeKind
from touchpoints.models import Touchpoint
from touchpoints.services.history import changes_to, record_all


def follow_department(*, department: Department, into: Department | None, by: Membership) -> None:
    """Let the touchpoints of ``department``, archived ones too, belong to ``into``, or to nobody.

    Called by accounts.services.departments in the transaction that takes the department away.
    """
    locked = Touchpoint.objects.filter(department=department).select_for_update(of=("self",)).order_by("pk")
    rows = list(locked.select_related("department"))
    record_all(ChangeKind.EDITED, [(row, changes_to(row, {"department": into})) for row in rows], by)
    Touchpoint.objects.filter(pk__in=[row.pk for row in rows]).update(
        department=into, version=F("version") + 1, updated_at=timezone.now()
    )
