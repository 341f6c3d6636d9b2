"""What makes one touchpoint of two. Nothing is deleted: the other one goes to the archive and can come back."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Membership
from accounts.services.edits import StaleEdit
from touchpoints.csv_exchange.headings import FIELDS
from touchpoints.enums import ChangeKind
from touchpoints.models import Touchpoint, TouchpointPair
from touchpoints.services.archive import lock_touchpoints
from touchpoints.services.history import changes_to, record_all
from touchpoints.services.touchpoints import next_position


class CannotMerge(Exception):
    """One of the two lies in the archive, so that there is nothing to merge."""


@transaction.atomic
def merge_touchpoints(
    *, kept: Touchpoint, other: Touchpoint, versions: tuple[int, int], taken: Collection[str], by: Membership
) -> Touchpoint:
    """Give ``kept`` the values of ``other`` in the fields ``taken``, move all stations and measures to it, and archive
    ``other``.

    ``versions`` are those in which the two were seen; raises StaleEdit when one was saved since. What was rated keeps
    its words: blocks hold copies. Called twice, it finds the work done.
    """
    lock_journeys(kept, other)
    lock_measures(kept, other)
    locked = {row.pk: row for row in lock_touchpoints([kept.code, other.code])}
    kept, other = locked[kept.pk], locked[other.pk]
    if other.merged_into_id == kept.pk:
        return kept
    if kept.archived_at or other.archived_at:
        raise CannotMerge
    if (kept.version, other.version) != versions:
        raise StaleEdit(kept)
    changes = changes_to(kept, {name: getattr(other, name) for name in FIELDS if name in taken})
    before, after = move_stations(kept, other)
    if before:
        changes["stations"] = [after - before, after]
    away = {"stations": [before, 0]} if before else {}
    if moved := move_measures(kept, other):
        changes["measures"], away["measures"] = [moved.kept, moved.together], [moved.other, 0]
    record_all(ChangeKind.MERGED, [(kept, changes)], by, note=other.name)
    record_all(ChangeKind.MERGED_AWAY, [(other, away)], by, note=kept.name)
    put_aside(other, kept)
    return take_over(kept, other, taken)


def lock_journeys(*touchpoints: Touchpoint) -> None:
    """Lock the journeys on which these stand, before the touchpoints: in the order in which a board locks them.

    Journeys and stations belong to a later app, which this one reaches through the relation only.
    """
    stations = station_model().objects.filter(touchpoint__in=touchpoints)
    journeys = station_model()._meta.get_field("journey").related_model.objects
    list(journeys.select_for_update().filter(pk__in=stations.values("journey")).order_by("pk").only("pk"))


def move_stations(kept: Touchpoint, other: Touchpoint) -> tuple[int, int]:
    """Put ``kept`` in the place of ``other`` on every journey, in sight of open boards; return how many stations moved,
    and how many it has now."""
    stations = station_model().objects
    journeys = station_model()._meta.get_field("journey").related_model.objects
    touched = list(stations.filter(touchpoint=other).values_list("journey", flat=True))
    stations.filter(touchpoint=other).update(touchpoint=kept)
    journeys.filter(pk__in=touched).update(version=F("version") + 1)
    return len(touched), stations.filter(touchpoint=kept).count()


@dataclass(frozen=True)
class MovedMeasures:
    """How many measures were about each of the two before, and are about the one that stays."""

    kept: int
    other: int
    together: int


def lock_measures(*touchpoints: Touchpoint) -> None:
    """Lock the measures that are about these, before the touchpoints: in the order in which a measure is saved."""
    links = link_model().objects.filter(touchpoint__in=touchpoints)
    measures = link_model()._meta.get_field("measure").related_model.objects
    list(measures.select_for_update().filter(pk__in=links.values("measure")).order_by("pk").only("pk"))


def move_measures(kept: Touchpoint, other: Touchpoint) -> MovedMeasures | None:
    """Let what is done about ``other`` be about ``kept``; a measure about both is about it once. Open forms see that it
    has changed. None where there is nothing to move.
    """
    links = link_model().objects
    measures = link_model()._meta.get_field("measure").related_model.objects
    about = set(links.filter(touchpoint=kept).values_list("measure", flat=True))
    moved = set(links.filter(touchpoint=other).values_list("measure", flat=True))
    if not moved:
        return None
    links.filter(touchpoint=other, measure__in=about).delete()
    links.filter(touchpoint=other).update(touchpoint=kept)
    measures.filter(pk__in=moved).update(version=F("version") + 1)
    return MovedMeasures(len(about), len(moved), len(about | moved))


def link_model() -> Any:
    """Return the model that says which measures are about a touchpoint, known here only as what leads to one."""
    return Touchpoint._meta.get_field("measure_links").related_model


def station_model() -> Any:
    """Return the model of stations, known here only as what leads to a touchpoint."""
    return Touchpoint._meta.get_field("stations").related_model


def put_aside(other: Touchpoint, kept: Touchpoint) -> None:
    """Archive the touchpoint that was replaced."""
    now = timezone.now()
    Touchpoint.objects.filter(pk=other.pk).update(
        archived_at=now, merged_into=kept, updated_at=now, version=F("version") + 1
    )


def take_over(kept: Touchpoint, other: Touchpoint, taken: Collection[str]) -> Touchpoint:
    """Save the chosen values; a touchpoint that changes its phase goes to the end of the new one."""
    if "phase" in taken and kept.phase != other.phase:
        kept.position = next_position(other.phase)
    for name in FIELDS:
        if name in taken:
            setattr(kept, name, getattr(other, name))
    kept.full_clean(validate_unique=False)
    kept.version += 1
    kept.save(update_fields=[*FIELDS, "position", "version", "updated_at"])
    return kept


@transaction.atomic
def keep_apart(*, first: Touchpoint, second: Touchpoint, by: Membership) -> None:
    """Remember that these two are two, so that they are suggested no more. Saying it twice is once."""
    keys = sorted((first.pk, second.pk))
    pair = TouchpointPair(organisation=by.organisation, first_id=keys[0], second_id=keys[1])
    TouchpointPair.objects.bulk_create([pair], ignore_conflicts=True)
