"""What the page of the starter catalogue shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from touchpoints.starter import StarterEntry, starter_entries


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
    """Return the numbers of the entries that the catalogue has: ticked before, or with the same phase and name.

    What lies in the archive does not count: ticking its entry is the way to begin anew with it.
    """
    rows = list(Touchpoint.objects.active().order_by().values_list("starter_number", "phase", "name"))
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
