"""What copies the starter catalogue into the organisation's own."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import Membership
from touchpoints.enums import ChangeKind, Phase
from touchpoints.models import Touchpoint
from touchpoints.queries import entries_taken
from touchpoints.services.history import record_all
from touchpoints.services.touchpoints import next_position
from touchpoints.starter import StarterEntry, starter_entries


@transaction.atomic
def add_starter_entries(*, numbers: Collection[str], by: Membership) -> int:
    """Copy the ticked entries in the organisation's language and return how many were new.

    Entries that are in the catalogue already are left alone, so that sending the ticks twice adds nothing twice.
    """
    taken = entries_taken()
    wanted = [entry for entry in starter_entries() if entry.number in numbers and entry.number not in taken]
    codes = []
    for phase in Phase:
        entries = [entry for entry in wanted if entry.phase == phase]
        start = next_position(phase)
        rows = [copy_entry(entry, start + place, by) for place, entry in enumerate(entries)]
        Touchpoint.objects.bulk_create(rows, ignore_conflicts=True)
        codes += [row.code for row in rows]
    # Somebody may have ticked the same entry a moment ago; then ours was not added.
    added = list(Touchpoint.objects.filter(code__in=codes))
    record_all(ChangeKind.STARTER, [(row, {}) for row in added], by)
    return len(added)


def copy_entry(entry: StarterEntry, position: int, by: Membership) -> Touchpoint:
    """Return the touchpoint, not saved yet, that ``entry`` becomes in the organisation's language."""
    language = by.organisation.language
    return Touchpoint(
        organisation=by.organisation,
        name=entry.name(language),
        description=entry.description(language),
        phase=entry.phase,
        position=position,
        medium=entry.medium,
        relation=entry.relation,
        media=entry.media,
        contact=entry.contact,
        starter_number=entry.number,
    )
