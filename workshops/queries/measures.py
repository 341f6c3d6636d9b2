"""What pages say of measures: the plan in its order, the progress, what is open at a touchpoint and for a member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, When
from django.utils import timezone
from django.utils.translation import ngettext, pgettext

from accounts.models import Membership
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from touchpoints.queries import WITHOUT
from workshops.enums import MeasureStatus
from workshops.figures.measures import Place, Weight, is_overdue, is_quick_win, place_of
from workshops.models import Measure, MeasureTouchpoint
from workshops.permissions import can_set_measure_status

PAGE_SIZE = 250
"""A page of the list; only a very long plan has more than one."""

SHOWN_AT_HOME = 3

OPEN, DONE, ALL = "open", "done", "all"
"""What the list shows: what is still to be done, what is done, or everything, dropped measures too."""

# Where a word of the search may stand, besides the names of the touchpoints.
_SEARCHED = ("title", "wanted_result", "measured_by", "department__name", "responsible__user__name")
_NAMED = ("responsible__user", "department")


class Standing(NamedTuple):
    """What places and counts one measure, as columns of the table."""

    pk: int
    effort: int | None
    impact: int | None
    due_on: date | None
    status: str
    responsible_id: int | None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return MeasureStatus(self.status).is_open

    @property
    def is_quick_win(self) -> bool:
        """Whether it has much effect for little effort."""
        return is_quick_win(self.effort, self.impact)

    @property
    def place(self) -> Place:
        """Where it stands among the others."""
        return place_of(Weight(self.effort, self.impact, self.due_on, self.is_open))


@dataclass(frozen=True)
class About:
    """A touchpoint that a measure is about."""

    code: UUID
    name: str
    is_archived: bool


@dataclass(frozen=True)
class NextStatus:
    """What one tap makes of a measure, and how its button says so."""

    status: MeasureStatus
    label: str


@dataclass(frozen=True)
class MeasureRow:
    """A measure with what it is about; ``steps`` are the taps that this reader may make, the likeliest first."""

    measure: Measure
    about: tuple[About, ...]
    steps: tuple[NextStatus, ...]

    @property
    def is_for_somebody(self) -> bool:
        """Whether it says who takes it: a person, a department or a provider."""
        return self.measure.responsible_id is not None or self.measure.department_id is not None


@dataclass(frozen=True)
class Progress:
    """How much of the plan is done (R50): of its quick wins where it has some, else of all measures."""

    done: int
    total: int
    words: str


@dataclass(frozen=True)
class MeasureCounts:
    """How many measures there are, how many of them are open, and how many of those overdue."""

    total: int
    open: int
    overdue: int
    progress: Progress | None

    @property
    def facts(self) -> str:
        """What is open and what waits too long, in a few words."""
        words = ngettext("%(count)d open measure", "%(count)d open measures", self.open) % {"count": self.open}
        if not self.overdue:
            return words
        late = ngettext("%(count)d overdue", "%(count)d overdue", self.overdue) % {"count": self.overdue}
        return f"{words} · {late}"


@dataclass(frozen=True)
class MeasureList:
    """One page of the list. ``counts`` are of every measure, ``found`` are those that the filter leaves."""

    rows: tuple[MeasureRow, ...]
    found: int
    counts: MeasureCounts
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


def measure_list(filters: Mapping[str, Any], member: Membership, *, page: int = 1) -> MeasureList:
    """One page of what the filters leave, in order, in four queries whatever their number."""
    counts = plan_counts()
    matching = in_order(standings(measures_matching(filters, member)))
    pages = max(1, -(-len(matching) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = matching[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = tuple(rows_of([standing.pk for standing in shown], member))
    return MeasureList(rows, len(matching), counts, page, pages)


def standings(measures: Any) -> list[Standing]:
    """What places and counts these measures; one query, without their texts."""
    return [Standing(*row) for row in measures.order_by("pk").values_list(*Standing._fields)]


def in_order(measures: Iterable[Standing]) -> list[Standing]:
    """By the rule of workshops.figures.measures; equal ones in the order in which they were planned."""
    return sorted(measures, key=lambda standing: standing.place)


def measures_matching(filters: Mapping[str, Any], member: Membership) -> Any:
    """The measures that the filters leave, for ``member``, who may ask for their own."""
    measures = Measure.objects.all()
    state = filters.get("state") or OPEN
    if state == OPEN:
        measures = measures.open()
    elif state == DONE:
        measures = measures.filter(status=MeasureStatus.DONE)
    return measures.filter(_condition(filters, member))


def _condition(filters: Mapping[str, Any], member: Membership) -> Q:
    condition = Q()
    for word in filters.get("q", "").split():
        at = MeasureTouchpoint.objects.filter(measure=OuterRef("pk"), touchpoint__name__icontains=word)
        condition &= reduce(or_, (Q(**{f"{name}__icontains": word}) for name in _SEARCHED)) | Q(Exists(at))
    if kind := filters.get("kind"):
        condition &= Q(kind=kind)
    if department := filters.get("department"):
        condition &= Q(department__isnull=True) if department == WITHOUT else Q(department__code=department)
    if filters.get("mine"):
        condition &= Q(responsible=member)
    return condition


def rows_of(keys: Collection[int], member: Membership) -> Iterator[MeasureRow]:
    """The measures of these keys in their order, as ``member`` reads them; two queries."""
    found = {measure.pk: measure for measure in with_names(Measure.objects.filter(pk__in=keys))}
    return (row_of(found[key], member) for key in keys if key in found)


def with_names(measures: Any) -> Any:
    """Measures with whom and what they name; one query more for the touchpoints, along the phases."""
    order = Case(*(When(touchpoint__phase=phase, then=phase.order) for phase in Phase), default=9)
    links = MeasureTouchpoint.objects.select_related("touchpoint").order_by(order, "touchpoint__position", "touchpoint")
    return measures.select_related(*_NAMED).prefetch_related(Prefetch("links", links))


def row_of(measure: Measure, member: Membership) -> MeasureRow:
    """A measure that was loaded ``with_names``, as ``member`` reads it."""
    about = (link.touchpoint for link in measure.links.all())
    return MeasureRow(
        measure,
        tuple(About(each.code, each.name, each.archived_at is not None) for each in about),
        next_steps(measure) if can_set_measure_status(member, measure) else (),
    )


def next_steps(measure: Measure) -> tuple[NextStatus, ...]:
    """The one or two taps that most often follow; every other status is on the measure's own page."""
    status = MeasureStatus(measure.status)
    done = NextStatus(MeasureStatus.DONE, pgettext("measure", "Done"))
    if status is MeasureStatus.PLANNED:
        return (NextStatus(MeasureStatus.UNDER_WAY, pgettext("measure", "Begin")), done)
    if status is MeasureStatus.UNDER_WAY:
        return (done,)
    again = MeasureStatus.UNDER_WAY if status is MeasureStatus.DONE else MeasureStatus.PLANNED
    return (NextStatus(again, pgettext("measure", "Take up again")),)


# ---- counts ----------------------------------------------------------------------------------------------------------


def plan_counts() -> MeasureCounts:
    """The counts of the whole plan; one query."""
    return counts_of(standings(Measure.objects.all()))


def counts_of(measures: Collection[Standing]) -> MeasureCounts:
    """Count; overdue by the calendar of the active time zone."""
    left = [standing for standing in measures if standing.is_open]
    today = timezone.localdate()
    overdue = sum(is_overdue(each.due_on, is_open=True, today=today) for each in left)
    return MeasureCounts(len(measures), len(left), overdue, progress_of(measures))


def progress_of(measures: Iterable[Standing]) -> Progress | None:
    """How many quick wins are done, which is what motivates; dropped ones do not count. None without a measure."""
    kept = [standing for standing in measures if standing.status != MeasureStatus.DROPPED]
    quick = [standing for standing in kept if standing.is_quick_win]
    counted = quick or kept
    if not counted:
        return None
    done, total = sum(standing.status == MeasureStatus.DONE for standing in counted), len(counted)
    if quick:
        words = ngettext("%(done)d of %(total)d quick win is done", "%(done)d of %(total)d quick wins are done", total)
    else:
        words = ngettext("%(done)d of %(total)d measure is done", "%(done)d of %(total)d measures are done", total)
    return Progress(done, total, words % {"done": done, "total": total})


# ---- at touchpoints --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeasuresHere:
    """What is done about one touchpoint: the open measures in order, and how many are done."""

    open: tuple[Measure, ...] = ()
    done: int = 0


def measures_at(touchpoints: Collection[Touchpoint]) -> dict[int, MeasuresHere]:
    """What is done about each of these touchpoints, by its key; one query whatever their number."""
    related = tuple(f"measure__{name}" for name in _NAMED)
    links = MeasureTouchpoint.objects.filter(touchpoint__in=touchpoints).select_related(*related).order_by("measure")
    found: dict[int, list[Measure]] = defaultdict(list)
    for link in links:
        found[link.touchpoint_id].append(link.measure)
    return {key: _here(measures) for key, measures in found.items()}


def _here(every: Collection[Measure]) -> MeasuresHere:
    left = [measure for measure in every if measure.is_open]
    left.sort(key=lambda each: place_of(Weight(each.effort, each.impact, each.due_on, is_open=True)))
    return MeasuresHere(tuple(left), sum(measure.status == MeasureStatus.DONE for measure in every))


# ---- at home ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenMeasures:
    """The open measures that a member finds at home: their own first, and how many there are."""

    rows: tuple[MeasureRow, ...]
    own: int
    counts: MeasureCounts

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.counts.open - len(self.rows)


def open_measures(member: Membership) -> OpenMeasures | None:
    """What is open for ``member``: everything for those who read results, else their own; None where there is nothing.

    One query, and two more where there is something.
    """
    measures = Measure.objects.open()
    every = standings(measures if member.reads_results else measures.filter(responsible=member))
    if not every:
        return None
    first = sorted(every, key=lambda standing: (standing.responsible_id != member.pk, standing.place))
    rows = tuple(rows_of([standing.pk for standing in first[:SHOWN_AT_HOME]], member))
    own = sum(standing.responsible_id == member.pk for standing in every)
    return OpenMeasures(rows, own, counts_of(every))
