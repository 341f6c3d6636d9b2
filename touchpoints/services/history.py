"""What writes the history: every other service calls it in the transaction that changes something."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from accounts.models import Department, Membership
from touchpoints.enums import ChangeKind
from touchpoints.models import Touchpoint, TouchpointChange

Changes = dict[str, list[Any]]


def stored(value: Any) -> Any:
    """Return a field's value as the history keeps it: of a department its name, which may be gone one day."""
    if isinstance(value, Department):
        return value.name
    return value.value if isinstance(value, Enum) else value


def changes_to(touchpoint: Touchpoint, fields: Mapping[str, Any]) -> Changes:
    """Return what ``fields`` would change: {name: [before, after]}."""
    before = {name: getattr(touchpoint, name) for name in fields}
    return {name: [stored(before[name]), stored(value)] for name, value in fields.items() if before[name] != value}


def record(kind: ChangeKind, touchpoint: Touchpoint, by: Membership, changes: Changes | None = None) -> None:
    """Write what one member did to one touchpoint."""
    record_all(kind, [(touchpoint, changes or {})], by)


def record_all(
    kind: ChangeKind, changed: Iterable[tuple[Touchpoint, Changes]], by: Membership, *, note: str = ""
) -> None:
    """Write what one member did to several touchpoints in one step, in one statement."""
    rows = [
        TouchpointChange(
            organisation_id=touchpoint.organisation_id,
            touchpoint=touchpoint,
            by=by,
            kind=kind,
            changes=changes,
            note=note[:200],
        )
        for touchpoint, changes in changed
    ]
    for row in rows:
        row.together = len(rows)
    TouchpointChange.objects.bulk_create(rows)
