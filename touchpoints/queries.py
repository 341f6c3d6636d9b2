"""What the pages of the catalogue show, assembled in a constant number of queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from accounts.models import Department
from touchpoints.csv_exchange.checking import Candidate, Checked, FaultyRow
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from touchpoints.starter import StarterEntry, starter_entries

# A page of the catalogue; only a very large one has more than one page.
PAGE_SIZE = 300

WITHOUT = "none"


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
    """What the list shows: the phases, how many touchpoints the filter found, and how many there are."""

    phases: Sequence[CataloguePhase]
    found: int
    total: int
    is_filtered: bool
    page: int
    pages: int

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
            condition &= Q(name__icontains=word) | Q(description__icontains=word) | Q(channel__icontains=word)
    for name in ("phase", "medium", "relation", "media", "contact", "existence", "criticality"):
        if value := filters.get(name):
            condition &= Q(**{name: value})
    if filters.get("moment"):
        condition &= Q(moment_of_truth=True)
    if department := filters.get("department"):
        condition &= Q(department__isnull=True) if department == WITHOUT else Q(department__code=department)
    return condition


def touchpoints_matching(filters: Mapping[str, Any]) -> Any:
    """Return the touchpoints of the filter along the phases, each with its department."""
    return Touchpoint.objects.filter(filter_condition(filters)).select_related("department").in_order()


def catalogue(filters: Mapping[str, Any], *, page: int = 1) -> Catalogue:
    """Return one page of the catalogue."""
    totals = dict(Touchpoint.objects.order_by().values_list("phase").annotate(Count("pk")))
    is_filtered = bool(filter_condition(filters))
    matching = touchpoints_matching(filters)
    found = matching.count() if is_filtered else sum(totals.values())
    pages = max(1, -(-found // PAGE_SIZE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    touchpoints = list(matching[start : start + PAGE_SIZE])
    phases = []
    skipped = start
    for phase in Phase:
        here = [touchpoint for touchpoint in touchpoints if touchpoint.phase == phase]
        total = totals.get(phase, 0)
        # How many of this phase stand on earlier pages; only asked of the unfiltered list.
        earlier = min(skipped, total)
        skipped -= earlier
        phases.append(CataloguePhase(phase, catalogue_rows(here, total, None if is_filtered else earlier), total))
    return Catalogue(phases, found, sum(totals.values()), is_filtered, page, pages)


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
    touchpoints = list(Touchpoint.objects.filter(phase=phase).select_related("department").in_order())
    return CataloguePhase(Phase(phase), catalogue_rows(touchpoints, len(touchpoints), 0), len(touchpoints))


def end_of_phase(phase: str) -> CataloguePhase:
    """Return one phase of the unfiltered list with its last two rows only: what one more touchpoint changes there."""
    total = Touchpoint.objects.filter(phase=phase).count()
    last = Touchpoint.objects.filter(phase=phase).select_related("department").in_order().reverse()[:2]
    rows = catalogue_rows([*reversed(last)], total, max(0, total - 2))
    return CataloguePhase(Phase(phase), rows, total)


def places_in_phase(touchpoint: Touchpoint) -> list[tuple[int, str]]:
    """Return the places the touchpoint may take in its phase: (index, name of the touchpoint before it, or "")."""
    names = list(
        Touchpoint.objects.filter(phase=touchpoint.phase)
        .exclude(pk=touchpoint.pk)
        .in_order()
        .values_list("name", flat=True)
    )
    return list(enumerate(["", *names]))


def place_in_phase(touchpoint: Touchpoint) -> int:
    """Return the index of the touchpoint in its phase, from 0."""
    before = Q(position__lt=touchpoint.position) | Q(position=touchpoint.position, pk__lt=touchpoint.pk)
    return Touchpoint.objects.filter(before, phase=touchpoint.phase).count()


def departments_in_order() -> list[Department]:
    """Return departments, then providers, each by name. Sorted here: the database knows no German order."""
    return sorted(Department.objects.all(), key=lambda row: (row.kind, row.name.casefold()))


def channels_in_use() -> list[str]:
    """Return the channels named so far, for the suggestions of the form."""
    names = Touchpoint.objects.exclude(channel="").order_by().values_list("channel", flat=True).distinct()
    return sorted(names, key=str.casefold)


def journeys_of(touchpoint: Touchpoint) -> list[str]:
    """Return the names of the journeys on which the touchpoint stands."""
    names = touchpoint.stations.order_by().values_list("journey__name", flat=True).distinct()
    return sorted(names, key=str.casefold)


@dataclass(frozen=True)
class StarterRow:
    """An entry of the starter catalogue as one organisation sees it."""

    entry: StarterEntry
    name: str
    description: str
    is_taken: bool
    matches: bool


@dataclass(frozen=True)
class StarterPhase:
    """The entries of one phase."""

    phase: Phase
    rows: Sequence[StarterRow]

    @property
    def taken(self) -> int:
        """How many are in the organisation's catalogue already."""
        return sum(row.is_taken for row in self.rows)

    @property
    def matches(self) -> bool:
        """Whether the search found anything here."""
        return any(row.matches for row in self.rows)

    @property
    def is_open(self) -> bool:
        """Whether anything here can still be ticked."""
        return self.taken < len(self.rows)


def entries_taken() -> set[str]:
    """Return the numbers of the entries that the catalogue has: ticked before, or with the same phase and name."""
    rows = list(Touchpoint.objects.order_by().values_list("starter_number", "phase", "name"))
    numbers = {number for number, _phase, _name in rows if number}
    names = {(phase, name.casefold()) for _number, phase, name in rows}
    return numbers | {
        entry.number
        for entry in starter_entries()
        if any((entry.phase, name.casefold()) in names for name in entry.names.values())
    }


def starter_phases(*, language: str, search: str = "") -> list[StarterPhase]:
    """Return the starter catalogue by phase."""
    taken = entries_taken()
    rows = [starter_row(entry, language, taken, search) for entry in starter_entries()]
    return [StarterPhase(phase, [row for row in rows if row.entry.phase == phase]) for phase in Phase]


def starter_row(entry: StarterEntry, language: str, taken: Collection[str], search: str) -> StarterRow:
    """Return how one entry is shown; every word of the search has to occur in its name or its sentence."""
    name, description = entry.name(language), entry.description(language)
    text = f"{name} {description}".casefold()
    matches = all(word in text for word in search.casefold().split())
    return StarterRow(entry, name, description, entry.number in taken, matches)


@dataclass(frozen=True)
class ImportPreview:
    """What the preview of an import shows. ``sample`` are the first rows as they would be in the catalogue."""

    phases: Sequence[tuple[Phase, int]]
    new: int
    sample: Sequence[Touchpoint]
    departments: Sequence[Department]
    duplicates: Sequence[Candidate]
    faulty: Sequence[FaultyRow]

    @property
    def all(self) -> int:
        """How many rows can be taken in, duplicates included."""
        return self.new + len(self.duplicates)


def import_preview_of(checked: Checked) -> ImportPreview:
    """Return the preview of a checked upload."""
    new = [candidate for candidate in checked.candidates if not candidate.is_duplicate]
    return ImportPreview(
        phases=[(phase, sum(candidate.fields["phase"] == phase for candidate in new)) for phase in Phase],
        new=len(new),
        sample=[sample_touchpoint(candidate) for candidate in new[:10]],
        departments=[Department(name=name, kind=kind) for name, kind in checked.departments],
        duplicates=checked.duplicates,
        faulty=checked.faulty,
    )


def sample_touchpoint(candidate: Candidate) -> Touchpoint:
    """Return what a row would become; nothing is saved."""
    department = Department(name=candidate.department) if candidate.department else None
    return Touchpoint(**candidate.fields, department=department)
