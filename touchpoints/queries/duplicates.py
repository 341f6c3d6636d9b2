"""What the pages about duplicates show: likely pairs, and two touchpoints side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from touchpoints.csv_exchange.headings import FIELDS, heading
from touchpoints.csv_exchange.writing import cell_of
from touchpoints.duplicates import Likeness, Named, likely_duplicates
from touchpoints.models import Touchpoint, TouchpointPair

# So many pairs stand on the page; the others come as these are dealt with.
SHOWN = 50


@dataclass(frozen=True)
class DuplicatePair:
    """Two touchpoints that are probably one; ``kept`` is the one that is proposed to stay."""

    kept: Touchpoint
    other: Touchpoint
    is_same_name: bool
    is_same_phase: bool


@dataclass(frozen=True)
class Duplicates:
    """The likeliest pairs, and how many more there are."""

    pairs: Sequence[DuplicatePair]
    more: int


def duplicates() -> Duplicates:
    """Return the likeliest pairs of active touchpoints in three queries, without those that are known to be two."""
    rows = [Named(*row) for row in Touchpoint.objects.active().order_by().values_list("pk", "phase", "name")]
    apart = set(TouchpointPair.objects.values_list("first", "second"))
    found = [pair for pair in likely_duplicates(rows) if (pair.first.pk, pair.second.pk) not in apart]
    shown = found[:SHOWN]
    touchpoints = with_stations({named.pk for pair in shown for named in (pair.first, pair.second)})
    return Duplicates([side_by_side(pair, touchpoints) for pair in shown], len(found) - len(shown))


def with_stations(keys: set[int]) -> dict[int, Touchpoint]:
    """Return touchpoints by key, each with its department and the number of its stations as ``station_count``."""
    found = Touchpoint.objects.filter(pk__in=keys).select_related("department")
    return {row.pk: row for row in found.annotate(station_count=Count("stations"))}


def side_by_side(pair: Likeness, touchpoints: dict[int, Touchpoint]) -> DuplicatePair:
    """Put the one first that stands on more journeys, or else the older one."""
    first, second = touchpoints[pair.first.pk], touchpoints[pair.second.pk]
    kept, other = sorted((first, second), key=lambda row: (-row.station_count, row.pk))  # type: ignore[attr-defined]
    return DuplicatePair(kept, other, pair.is_same_name, pair.is_same_phase)


@dataclass(frozen=True)
class MergeField:
    """One field of two touchpoints that are merged. ``takes_other`` is the proposal: where the kept one is empty."""

    name: str
    label: str
    kept: str
    other: str
    takes_other: bool


def merge_fields(kept: Touchpoint, other: Touchpoint) -> tuple[list[MergeField], list[MergeField]]:
    """Return the fields in which two touchpoints differ, and those in which they agree and say something."""
    fields = [
        MergeField(name, heading(name), cell_of(kept, name), cell_of(other, name), takes_other=takes_other(kept, name))
        for name in FIELDS
    ]
    differing = [field for field in fields if getattr(kept, field.name) != getattr(other, field.name)]
    return differing, [field for field in fields if field not in differing and field.kept]


def takes_other(kept: Touchpoint, name: str) -> bool:
    """Whether the kept touchpoint says nothing here: no text, no choice, no tick."""
    return getattr(kept, name) in ("", None, False)
