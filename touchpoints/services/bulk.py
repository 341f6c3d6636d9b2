"""What changes many touchpoints at once: all of them or none, in a number of statements that does not grow."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Membership
from touchpoints.enums import ChangeKind, Phase
from touchpoints.models import Touchpoint
from touchpoints.services.archive import bring_back, lock_touchpoints, put_away
from touchpoints.services.history import changes_to, record_all
from touchpoints.services.touchpoints import next_position


class RowsChanged(Exception):
    """Some of the touchpoints are not as they were seen; nothing was changed.

    ``stale`` were saved by somebody else since, as they are now; ``gone`` is how many are no longer there.
    """

    def __init__(self, stale: Sequence[Touchpoint], gone: int) -> None:
        super().__init__("stale")
        self.stale = stale
        self.gone = gone


@transaction.atomic
def change_touchpoints(
    *,
    versions: Mapping[uuid.UUID, int],
    fields: Mapping[str, Any],
    by: Membership,
    archived: bool | None = None,
) -> int:
    """Give all these touchpoints the same ``fields``, and move them into the archive or out of it; return how many
    were not like that before.

    ``versions`` says which touchpoints, and in which version each was seen. Raises RowsChanged when one that would
    change was saved since, or is gone, and ValidationError when a value does not fit.
    """
    check_values(fields, by)
    rows = in_catalogue_order(lock_touchpoints(versions.keys()))
    pending = [row for row in rows if changes_to(row, fields) or is_elsewhere(row, archived)]
    stale = [row for row in pending if row.version != versions[row.code]]
    if stale or len(rows) < len(versions):
        raise RowsChanged(stale, len(versions) - len(rows))
    write_fields(pending, fields, by)
    if archived is not None:
        (put_away if archived else bring_back)(pending, by)
    return len(pending)


def check_values(fields: Mapping[str, Any], by: Membership) -> None:
    """Raise ValidationError unless a touchpoint could hold these values; one stands for all of them."""
    sample = Touchpoint(organisation=by.organisation, **{"name": "x", "phase": Phase.PRESALES, **fields})
    sample.full_clean(validate_unique=False, validate_constraints=False)


def in_catalogue_order(rows: Sequence[Touchpoint]) -> list[Touchpoint]:
    """Sort as the list does, so that touchpoints that change their phase keep their order there."""
    return sorted(rows, key=lambda row: (Phase(row.phase).order, row.position, row.pk))


def is_elsewhere(row: Touchpoint, archived: bool | None) -> bool:
    """Whether the touchpoint has to go into the archive, or come out of it."""
    return archived is not None and (row.archived_at is not None) != archived


def write_fields(rows: Sequence[Touchpoint], fields: Mapping[str, Any], by: Membership) -> None:
    """Write the fields of those that differ, with their history."""
    changed = [(row, changes) for row in rows if (changes := changes_to(row, fields))]
    record_all(ChangeKind.EDITED, changed, by)
    keys = [row.pk for row, _changes in changed]
    if phase := fields.get("phase"):
        put_at_end(phase, [row.pk for row, changes in changed if "phase" in changes])
    Touchpoint.objects.filter(pk__in=keys).update(**fields, updated_at=timezone.now(), version=F("version") + 1)


def put_at_end(phase: str, keys: Sequence[int]) -> None:
    """Number these touchpoints behind the last one of a phase, in this order, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE touchpoints_touchpoint SET position = %s + list.place - 1"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS list(id, place)"
            " WHERE touchpoints_touchpoint.id = list.id",
            [next_position(phase), list(keys)],
        )
