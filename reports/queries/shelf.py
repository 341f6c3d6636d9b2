"""The page with all reports: what was made, and of what a report can be made."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, Max, OuterRef

from accounts.queries import Found, search
from reports.models import Report
from workshops.enums import ActivityState
from workshops.models import Activity, Workshop

PER_PAGE = 25
# Fewer, since the reports that were made stand below them.
RESULTS_PER_PAGE = 10


@dataclass(frozen=True)
class Reportable:
    """A workshop with a revealed block."""

    workshop: Workshop
    has_running_block: bool

    @property
    def texts(self) -> tuple[str, str]:
        """What a search looks at."""
        return self.workshop.cycle.journey.name, self.workshop.title


@dataclass(frozen=True)
class Shelf:
    """Reports, newest first, and the workshops that can be reported, newest result first; both in pages."""

    reports: Page[Report]
    found: Found[Reportable]
    results: Page[Reportable]


def report_shelf(*, page: str | None, results_page: str | None, words: str) -> Shelf:
    """Everything that the page with all reports shows; the same number of queries however long it is.

    ``words`` are searched for among what can be reported.
    """
    reports = Report.objects.newest_first().select_related("workshop__cycle__journey", "requested_by__user")
    found = search(_reportable(), words, lambda row: row.texts)
    return Shelf(
        reports=Paginator(reports, PER_PAGE).get_page(page),
        found=found,
        results=Paginator(found.rows, RESULTS_PER_PAGE).get_page(results_page),
    )


def _reportable() -> tuple[Reportable, ...]:
    running = Activity.objects.filter(workshop=OuterRef("pk"), state__in=[ActivityState.OPEN, ActivityState.PAUSED])
    workshops = (
        Workshop.objects.filter(activities__state=ActivityState.REVEALED)
        .annotate(has_running=Exists(running), last_revealed=Max("activities__revealed_at"))
        .select_related("cycle__journey")
        .order_by("-last_revealed")
    )
    return tuple(Reportable(workshop, workshop.has_running) for workshop in workshops)
