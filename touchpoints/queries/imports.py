"""What the preview of an import shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Department
from touchpoints.csv_exchange.checking import Candidate, Checked, FaultyRow
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint


@dataclass(frozen=True)
class ImportPreview:
    """What the preview of an import shows. ``sample`` are the first rows as they would be in the catalogue."""

    phases: Sequence[tuple[Phase, int]]
    new: int
    sample: Sequence[Touchpoint]
    departments: Sequence[Department]
    duplicates: Sequence[Candidate]
    archived: Sequence[Candidate]
    faulty: Sequence[FaultyRow]

    @property
    def all(self) -> int:
        """How many rows can be taken in, duplicates and names of the archive included."""
        return self.new + len(self.duplicates) + len(self.archived)


def import_preview_of(checked: Checked) -> ImportPreview:
    """Return the preview of a checked upload."""
    new = [candidate for candidate in checked.candidates if not (candidate.is_duplicate or candidate.is_archived)]
    return ImportPreview(
        phases=[(phase, sum(candidate.fields["phase"] == phase for candidate in new)) for phase in Phase],
        new=len(new),
        sample=[sample_touchpoint(candidate) for candidate in new[:10]],
        departments=[Department(name=name, kind=kind) for name, kind in checked.departments],
        duplicates=checked.duplicates,
        archived=checked.archived,
        faulty=checked.faulty,
    )


def sample_touchpoint(candidate: Candidate) -> Touchpoint:
    """Return what a row would become; nothing is saved."""
    department = Department(name=candidate.department) if candidate.department else None
    return Touchpoint(**candidate.fields, department=department)
