"""How many touchpoints there are of each kind, and what the catalogue lacks: one query for all of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from touchpoints.enums import Contract, Phase, Shelf
from touchpoints.models import Touchpoint

# R8: what happens after the purchase: the phase Loyalty, and wherever a contact is said to lie behind the contract.
AFTER_SALES = Q(phase=Phase.LOYALTY) | Q(contract=Contract.AFTER)


@dataclass(frozen=True)
class PhaseCounts:
    """How many touchpoints one phase has; ``ownerless`` are active ones without department or provider."""

    active: int = 0
    archived: int = 0
    after_sales: int = 0
    ownerless: int = 0

    def on(self, shelf: Shelf) -> int:
        """How many of them a list shows."""
        return {Shelf.ACTIVE: self.active, Shelf.ARCHIVED: self.archived, Shelf.AFTER_SALES: self.after_sales}[shelf]


@dataclass(frozen=True)
class CatalogueWarning:
    """A calm sentence about what is missing, and the filter that shows it, to be put behind a question mark."""

    text: str
    label: str
    query: str


@dataclass(frozen=True)
class CatalogueCounts:
    """The counts of all five phases."""

    phases: Mapping[str, PhaseCounts]

    def on(self, shelf: Shelf) -> int:
        """How many touchpoints a list shows without a filter."""
        return sum(counts.on(shelf) for counts in self.phases.values())

    @property
    def active(self) -> int:
        """How many touchpoints are in use."""
        return self.on(Shelf.ACTIVE)

    @property
    def after_sales(self) -> int:
        """How many of them lie after the purchase."""
        return self.on(Shelf.AFTER_SALES)

    @property
    def archived(self) -> int:
        """How many lie in the archive."""
        return self.on(Shelf.ARCHIVED)

    @property
    def warnings(self) -> tuple[CatalogueWarning, ...]:
        """Touchpoints without an owner and phases without a touchpoint (R6, R136); an empty catalogue lacks nothing."""
        if not self.active:
            return ()
        empty = [
            CatalogueWarning(
                _("The phase “%(phase)s” has no touchpoint yet.") % {"phase": phase.label},
                _("Look at this phase"),
                f"phase={phase}",
            )
            for phase in Phase
            if not self.phases[phase].active
        ]
        return (*self.without_owner(), *empty)

    def without_owner(self) -> tuple[CatalogueWarning, ...]:
        """The sentence about touchpoints that nobody answers for, if there are any."""
        count = sum(counts.ownerless for counts in self.phases.values())
        if not count:
            return ()
        text = ngettext(
            "%(count)d touchpoint has no department or provider that answers for it.",
            "%(count)d touchpoints have no department or provider that answers for them.",
            count,
        )
        return (CatalogueWarning(text % {"count": count}, _("Show them"), "department=none"),)


def catalogue_counts() -> CatalogueCounts:
    """Count the touchpoints of the organisation in scope."""
    active = Q(archived_at__isnull=True)
    rows = (
        Touchpoint.objects.order_by()
        .values_list("phase")
        .annotate(
            active=Count("pk", filter=active),
            archived=Count("pk", filter=~active),
            after_sales=Count("pk", filter=active & AFTER_SALES),
            ownerless=Count("pk", filter=active & Q(department__isnull=True)),
        )
    )
    found = {phase: PhaseCounts(*numbers) for phase, *numbers in rows}
    return CatalogueCounts({phase: found.get(phase, PhaseCounts()) for phase in Phase})
