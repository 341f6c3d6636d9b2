"""What the lists of the catalogue show, assembled in a constant number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from accounts.models import Department
from touchpoints.enums import Phase, Shelf
from touchpoints.models import Touchpoint
from touchpoints.queries.counts import AFTER_SALES, CatalogueCounts, catalogue_counts

# A page of the catalogue; only a very large one has more than one page.
PAGE_SIZE = 300

WITHOUT = "none"

# Where a word of the search may stand: whatever the list shows of a touchpoint, and what only its page says.
SEARCHED = ("name", "description", "channel", "department__name", "place", "purpose", "process")
FILTERED = (
    "phase",
    "medium",
    "relation",
    "media",
    "contact",
    "contact_object",
    "existence",
    "contract",
    "criticality",
)


@dataclass(frozen=True)
class CatalogueRow:
    """A touchpoint and its place in its phase, which is None where the list does not show the whole phase."""

    touchpoint: Touchpoint
    index: int | None
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class CataloguePhase:
    """One phase of the list; ``total`` counts the whole phase, whatever the filter."""

    phase: Phase
    rows: Sequence[CatalogueRow]
    total: int


@dataclass(frozen=True)
class Catalogue:
    """What a list shows: the phases, how many touchpoints the filter found, and how many there are in all."""

    phases: Sequence[CataloguePhase]
    found: int
    is_filtered: bool
    page: int
    pages: int
    counts: CatalogueCounts
    shelf: Shelf = Shelf.ACTIVE

    @property
    def total(self) -> int:
        """How many touchpoints this list has without a filter."""
        return self.counts.on(self.shelf)

    @property
    def in_order(self) -> bool:
        """Whether the list shows whole phases, so that the order inside them can be changed."""
        return self.shelf == Shelf.ACTIVE and not self.is_filtered

    @property
    def previous_page(self) -> int | None:
        """The number of the page before."""
        return self.page - 1 if self.page > 1 else None

    @property
    def next_page(self) -> int | None:
        """The number of the page after."""
        return self.page + 1 if self.page < self.pages else None


def filter_condition(filters: Mapping[str, Any]) -> Q:
    """Turn what the filter form holds into a condition; empty filters add nothing."""
    condition = Q()
    if words := filters.get("q", "").split():
        for word in words:
            condition &= reduce(or_, (Q(**{f"{name}__icontains": word}) for name in SEARCHED))
    for name in FILTERED:
        if value := filters.get(name):
            condition &= Q(**{name: value})
    if filters.get("moment"):
        condition &= Q(moment_of_truth=True)
    if department := filters.get("department"):
        condition &= Q(department__isnull=True) if department == WITHOUT else Q(department__code=department)
    return condition


def on_shelf(shelf: Shelf) -> Any:
    """Return the touchpoints of one part of the catalogue."""
    if shelf == Shelf.ARCHIVED:
        return Touchpoint.objects.archived()
    active = Touchpoint.objects.active()
    return active.filter(AFTER_SALES) if shelf == Shelf.AFTER_SALES else active


def touchpoints_matching(filters: Mapping[str, Any], shelf: Shelf = Shelf.ACTIVE) -> Any:
    """Return the touchpoints of the filter along the phases, each with its department."""
    related = ("department", "merged_into") if shelf == Shelf.ARCHIVED else ("department",)
    return on_shelf(shelf).filter(filter_condition(filters)).select_related(*related).in_order()


def catalogue(filters: Mapping[str, Any], *, page: int = 1, shelf: Shelf = Shelf.ACTIVE) -> Catalogue:
    """Return one page of a list of the catalogue."""
    counts = catalogue_counts()
    is_filtered = bool(filter_condition(filters))
    matching = touchpoints_matching(filters, shelf)
    found = matching.count() if is_filtered else counts.on(shelf)
    pages = max(1, -(-found // PAGE_SIZE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    touchpoints = list(matching[start : start + PAGE_SIZE])
    in_order = shelf == Shelf.ACTIVE and not is_filtered
    phases = []
    skipped = start
    for phase in Phase:
        here = [touchpoint for touchpoint in touchpoints if touchpoint.phase == phase]
        total = counts.phases[phase].on(shelf)
        # How many of this phase stand on earlier pages; only asked of the list in order.
        earlier = min(skipped, total)
        skipped -= earlier
        phases.append(CataloguePhase(phase, catalogue_rows(here, total, earlier if in_order else None), total))
    return Catalogue(phases, found, is_filtered, page, pages, counts, shelf)


def catalogue_rows(touchpoints: Sequence[Touchpoint], total: int, start: int | None) -> list[CatalogueRow]:
    """Number the rows of a phase from ``start``, or leave them without a place when it is None."""
    if start is None:
        return [CatalogueRow(touchpoint, None, is_first=False, is_last=False) for touchpoint in touchpoints]
    return [
        CatalogueRow(touchpoint, index, is_first=index == 0, is_last=index == total - 1)
        for index, touchpoint in enumerate(touchpoints, start)
    ]


def catalogue_phase(phase: str) -> CataloguePhase:
    """Return one phase of the unfiltered list."""
    touchpoints = list(Touchpoint.objects.active().filter(phase=phase).select_related("department").in_order())
    return CataloguePhase(Phase(phase), catalogue_rows(touchpoints, len(touchpoints), 0), len(touchpoints))


def end_of_phase(phase: str, total: int) -> CataloguePhase:
    """Return one phase of the unfiltered list with its last two rows only: what one more touchpoint changes there."""
    last = Touchpoint.objects.active().filter(phase=phase).select_related("department").in_order().reverse()[:2]
    rows = catalogue_rows([*reversed(last)], total, max(0, total - 2))
    return CataloguePhase(Phase(phase), rows, total)


def places_in_phase(touchpoint: Touchpoint) -> list[tuple[int, str]]:
    """Return the places the touchpoint may take in its phase: (index, name of the touchpoint before it, or "")."""
    names = list(
        Touchpoint.objects.active()
        .filter(phase=touchpoint.phase)
        .exclude(pk=touchpoint.pk)
        .in_order()
        .values_list("name", flat=True)
    )
    return list(enumerate(["", *names]))


def place_in_phase(touchpoint: Touchpoint) -> int:
    """Return the index of the touchpoint in its phase, from 0."""
    before = Q(position__lt=touchpoint.position) | Q(position=touchpoint.position, pk__lt=touchpoint.pk)
    return int(Touchpoint.objects.active().filter(before, phase=touchpoint.phase).count())


def departments_in_order() -> list[Department]:
    """Return departments, then providers, each by name. Sorted here: the database knows no German order."""
    return sorted(Department.objects.all(), key=lambda row: (row.kind, row.name.casefold()))


def channels_in_use() -> list[str]:
    """Return the channels named so far, for the suggestions of the form."""
    names = Touchpoint.objects.active().exclude(channel="").order_by().values_list("channel", flat=True).distinct()
    return sorted(names, key=str.casefold)


def journeys_of(touchpoint: Touchpoint) -> list[str]:
    """Return the names of the journeys on which the touchpoint stands."""
    names = touchpoint.stations.order_by().values_list("journey__name", flat=True).distinct()
    return sorted(names, key=str.casefold)


def measures_of(touchpoint: Touchpoint) -> list[Any]:
    """Return every measure that is about the touchpoint by its title, known here only as what leads to one."""
    return sorted(touchpoint.measures.order_by("pk"), key=lambda measure: measure.title.casefold())


def namesakes(phase: str, name: str) -> list[Touchpoint]:
    """Return the touchpoints of this phase and name, whatever their case, those of the archive last."""
    found = Touchpoint.objects.filter(phase=phase, name__iexact=name)
    return sorted(found, key=lambda touchpoint: (touchpoint.archived_at is not None, touchpoint.pk))
