"""The archive: what lies there is out of sight, stays on every journey that has it, and can come back."""

import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Membership
from touchpoints.enums import ChangeKind
from touchpoints.models import Touchpoint
from touchpoints.services.history import record_all


def lock_touchpoints(codes: Collection[uuid.UUID]) -> list[Touchpoint]:
    """Lock these touchpoints until the end of the transaction, always in the same order, and return them."""
    rows = Touchpoint.objects.select_for_update(of=("self",)).select_related("department").filter(code__in=codes)
    return list(rows.order_by("pk"))


@transaction.atomic
def archive_touchpoint(*, touchpoint: Touchpoint, by: Membership) -> None:
    """Move a touchpoint to the archive; one that lies there already stays as it is."""
    put_away(lock_touchpoints([touchpoint.code]), by)


@transaction.atomic
def restore_touchpoint(*, touchpoint: Touchpoint, by: Membership) -> None:
    """Bring a touchpoint back to its old place; one that is back already stays as it is."""
    bring_back(lock_touchpoints([touchpoint.code]), by)


def put_away(locked: Sequence[Touchpoint], by: Membership) -> None:
    """Archive those of the locked touchpoints that are in use."""
    rows = [touchpoint for touchpoint in locked if touchpoint.archived_at is None]
    now = timezone.now()
    Touchpoint.objects.filter(pk__in=[row.pk for row in rows]).update(
        archived_at=now, updated_at=now, version=F("version") + 1
    )
    record_all(ChangeKind.ARCHIVED, [(row, {}) for row in rows], by)


def bring_back(locked: Sequence[Touchpoint], by: Membership) -> None:
    """Restore those of the locked touchpoints that lie in the archive.

    An entry of the starter catalogue that was ticked again in the meantime belongs to the newer touchpoint.
    """
    rows = [touchpoint for touchpoint in locked if touchpoint.archived_at is not None]
    taken = set(Touchpoint.objects.active().exclude(starter_number="").values_list("starter_number", flat=True))
    twice = []
    for row in rows:
        if row.starter_number in taken:
            twice.append(row.pk)
        elif row.starter_number:
            taken.add(row.starter_number)
    Touchpoint.objects.filter(pk__in=twice).update(starter_number="")
    Touchpoint.objects.filter(pk__in=[row.pk for row in rows]).update(
        archived_at=None, merged_into=None, updated_at=timezone.now(), version=F("version") + 1
    )
    record_all(ChangeKind.RESTORED, [(row, {}) for row in rows], by)
