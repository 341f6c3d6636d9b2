"""Everything that changes a measure. Several people see one plan, so every change says which version it saw."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from accounts.services.edits import StaleEdit, insert_once
from touchpoints.models import Touchpoint
from touchpoints.services.archive import lock_touchpoints
from workshops.enums import MeasureStatus
from workshops.models import Measure, MeasureTouchpoint


class TouchpointsGone(Exception):
    """A touchpoint was removed, or merged into another one, after it had been ticked; nothing was changed."""


@transaction.atomic
def create_measure(*, code: UUID, touchpoints: Collection[Touchpoint], by: Membership, **fields: Any) -> Measure:
    """Plan a measure, or return the one that the same form planned before. Raises TouchpointsGone, ValidationError."""
    if (existing := Measure.objects.filter(code=code).first()) is not None:
        return existing
    lock_ticked(touchpoints)
    measure = Measure(organisation=by.organisation, code=code, **fields)
    measure.done_on = day_of(measure.status, measure.done_on)
    measure.full_clean(validate_unique=False)
    saved = insert_once(measure)
    if saved is measure:
        set_touchpoints(saved, touchpoints)
    return saved


@transaction.atomic
def update_measure(
    *, measure: Measure, version: int, touchpoints: Collection[Touchpoint], by: Membership, **fields: Any
) -> Measure:
    """Save ``fields`` and what it is about. Raises StaleEdit when ``version`` is not the present one and something
    would change, TouchpointsGone, ValidationError.
    """
    current = lock_measure(measure)
    fields["done_on"] = day_of(fields["status"], fields["done_on"] or current.done_on)
    wanted = {touchpoint.pk for touchpoint in touchpoints}
    about = set(current.links.values_list("touchpoint", flat=True))
    if wanted == about and all(getattr(current, name) == value for name, value in fields.items()):
        return current  # sent twice, or nothing was changed
    if current.version != version:
        raise StaleEdit(current)
    lock_ticked([touchpoint for touchpoint in touchpoints if touchpoint.pk not in about])
    for name, value in fields.items():
        setattr(current, name, value)
    current.full_clean(validate_unique=False)
    current.version += 1
    current.save(update_fields=[*fields, "version"])
    set_touchpoints(current, touchpoints)
    return current


@transaction.atomic
def set_measure_status(*, measure: Measure, version: int, status: str, by: Membership) -> Measure:
    """Say where a measure stands; done means done today. Raises StaleEdit when somebody changed it meanwhile."""
    current = lock_measure(measure)
    if current.status == status:
        return current  # tapped twice
    if current.version != version:
        raise StaleEdit(current)
    current.status = MeasureStatus(status)
    current.done_on = day_of(status, None)
    current.version += 1
    current.save(update_fields=["status", "done_on", "version"])
    return current


@transaction.atomic
def remove_measure(*, measure: Measure, by: Membership) -> None:
    """Delete a measure; one that is gone already is no fault."""
    Measure.objects.filter(pk=measure.pk).delete()


def lock_measure(measure: Measure) -> Measure:
    """The measure as it is now, locked until the transaction ends, with those whom it names."""
    rows = Measure.objects.select_for_update(of=("self",)).select_related("responsible__user", "department")
    found: Measure = rows.get(pk=measure.pk)
    return found


def lock_ticked(touchpoints: Collection[Touchpoint]) -> None:
    """Lock what a measure begins to be about, so that none of it is merged or removed before the measure is saved.

    After the measure, in the order of a merge. Raises TouchpointsGone where that has happened since it was loaded.
    """
    codes = [touchpoint.code for touchpoint in touchpoints]
    present = {row.pk: row.merged_into_id for row in lock_touchpoints(codes)} if codes else {}
    if present != {touchpoint.pk: touchpoint.merged_into_id for touchpoint in touchpoints}:
        raise TouchpointsGone


def day_of(status: str, day: date | None) -> date | None:
    """The day on which a measure was done: the one that is known, or today; none for one that is not done."""
    if status != MeasureStatus.DONE:
        return None
    return day or timezone.localdate()


def set_touchpoints(measure: Measure, touchpoints: Collection[Touchpoint]) -> None:
    """Let the measure be about these touchpoints and no others."""
    wanted = {touchpoint.pk for touchpoint in touchpoints}
    measure.links.exclude(touchpoint__in=wanted).delete()
    about = set(measure.links.values_list("touchpoint", flat=True))
    MeasureTouchpoint.objects.bulk_create(
        MeasureTouchpoint(measure=measure, touchpoint_id=key) for key in sorted(wanted - about)
    )
