"""The page with all reports: what was made, and of what a report can be made."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, Max, OuterRef

from reports.models import Report
from workshops.enums import ActivityState
from workshops.models import Activity, Workshop

PER_PAGE = 25


@dataclass(frozen=True)
class Reportable:
    """A workshop with a revealed block."""

    workshop: Workshop
    has_running_block: bool


@dataclass(frozen=True)
class Shelf:
    """Reports, newest first, in pages, and the workshops that can be reported, newest result first."""

    reports: Page[Report]
    workshops: tuple[Reportable, ...]


def report_shelf(page: str | None) -> Shelf:
    """Everything that the page with all reports shows; the same number of queries however long it is."""
    reports = Report.objects.newest_first().select_related("workshop__cycle__journey", "requested_by__user")
    return Shelf(Paginator(reports, PER_PAGE).get_page(page), _reportable())


def _reportable() -> tuple[Reportable, ...]:
    running = Activity.objects.filter(workshop=OuterRef("pk"), state__in=[ActivityState.OPEN, ActivityState.PAUSED])
    workshops = (
        Workshop.objects.filter(activities__state=ActivityState.REVEALED)
        .annotate(has_running=Exists(running), last_revealed=Max("activities__revealed_at"))
        .select_related("cycle__journey")
        .order_by("-last_revealed")
    )
    return tuple(Reportable(workshop, workshop.has_running) for workshop in workshops)
