"""Whose names are kept of those who came to a workshop without an account, whether they are in the room or not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from workshops.models import Participant, Workshop


@dataclass(frozen=True)
class Guest:
    """A guest with a name."""

    code: UUID
    name: str
    department: str
    in_the_room: bool


def guests_with_names(workshop: Workshop) -> tuple[Guest, ...]:
    """Guests whose names are kept, by name; those of former members, who have no account any more, too."""
    named = Participant.objects.filter(workshop=workshop, membership__isnull=True).exclude(name="")
    found = [
        Guest(row.code, row.name, row.department.name if row.department else "", row.takes_part)
        for row in named.select_related("department")
    ]
    return tuple(sorted(found, key=lambda guest: (guest.name.casefold(), str(guest.code))))
