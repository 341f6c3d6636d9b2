"""What changes the catalogue, one touchpoint at a time."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from accounts.models import Membership
from accounts.services.edits import StaleEdit, insert_once
from touchpoints.enums import ChangeKind
from touchpoints.models import Touchpoint
from touchpoints.services.history import changes_to, record


class OrderChanged(Exception):
    """The touchpoint no longer stands where the reader saw it."""


class TouchpointInUse(Exception):
    """The touchpoint stands on journeys, or measures are about it; ``journeys`` and ``measures`` hold their names."""

    def __init__(self, journeys: Sequence[str], measures: Sequence[str]) -> None:
        super().__init__(journeys, measures)
        self.journeys, self.measures = journeys, measures


def next_position(phase: str) -> int:
    """Return the place after the last touchpoint of ``phase``."""
    last = Touchpoint.objects.filter(phase=phase).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def create_touchpoint(
    *, name: str, phase: str, by: Membership, code: uuid.UUID | None = None, **fields: Any
) -> Touchpoint:
    """Add a touchpoint at the end of its phase. Called twice with the same ``code`` it returns the first one."""
    code = code or uuid.uuid4()
    if (existing := Touchpoint.objects.filter(code=code).first()) is not None:
        return existing
    touchpoint = Touchpoint(
        organisation=by.organisation, code=code, name=name, phase=phase, position=next_position(phase), **fields
    )
    touchpoint.full_clean(validate_unique=False)
    saved = insert_once(touchpoint)
    if saved is touchpoint:
        record(ChangeKind.CREATED, saved, by)
    return saved


@transaction.atomic
def update_touchpoint(*, touchpoint: Touchpoint, version: int, fields: Mapping[str, Any], by: Membership) -> Touchpoint:
    """Save ``fields`` if nobody was faster; a touchpoint that changes its phase goes to the end of the new one."""
    current = Touchpoint.objects.select_for_update(of=("self",)).select_related("department").get(pk=touchpoint.pk)
    changes = changes_to(current, fields)
    if not changes:
        return current  # sent twice, or nothing was changed
    if current.version != version:
        raise StaleEdit(current)
    if fields.get("phase", current.phase) != current.phase:
        current.position = next_position(fields["phase"])
    for name, value in fields.items():
        setattr(current, name, value)
    current.full_clean(validate_unique=False)
    current.version += 1
    current.save(update_fields=[*fields, "position", "version", "updated_at"])
    record(ChangeKind.EDITED, current, by, changes)
    return current


@transaction.atomic
def move_touchpoint(
    *, touchpoint: Touchpoint, index: int, seen_at: int | None = None, by: Membership
) -> list[Touchpoint]:
    """Put the touchpoint at place ``index`` (from 0) of its phase and return the phase in its new order.

    With ``seen_at``, the place where the reader saw it, a touchpoint that stands elsewhere by now is left alone.
    """
    phase = list(
        Touchpoint.objects.active()
        .filter(phase=touchpoint.phase)
        .select_for_update(no_key=True)
        .order_by("position", "pk")
    )
    places = [row.pk for row in phase]
    if touchpoint.pk not in places or (seen_at is not None and places.index(touchpoint.pk) != seen_at):
        raise OrderChanged
    before = places.index(touchpoint.pk)
    moved = phase.pop(before)
    after = min(max(index, 0), len(phase))
    phase.insert(after, moved)
    changed = []
    for position, row in enumerate(phase):
        if row.position != position:
            row.position = position
            changed.append(row)
    Touchpoint.objects.bulk_update(changed, ["position"])
    if after != before:
        record(ChangeKind.MOVED, moved, by, {"position": [before + 1, after + 1]})
    return phase


@transaction.atomic
def remove_touchpoint(*, touchpoint: Touchpoint, by: Membership) -> None:
    """Delete the touchpoint, unless it stands on a journey or a measure is about it."""
    # The lock keeps a station or a measure from being added between the look and the deletion.
    locked = Touchpoint.objects.select_for_update().filter(pk=touchpoint.pk).first()
    if locked is None:
        return
    stations = locked.stations.annotate(journey_name=F("journey__name"))
    journeys = sorted({station.journey_name for station in stations}, key=str.casefold)
    measures = sorted(locked.measures.values_list("title", flat=True), key=str.casefold)
    if journeys or measures:
        raise TouchpointInUse(journeys, measures)
    locked.delete()
