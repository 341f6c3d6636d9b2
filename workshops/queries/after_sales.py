"""What customers meet after the purchase (R8), with who looks after it and how it was rated last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Organisation
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from touchpoints.queries import Catalogue
from workshops.enums import ActivityState, Mode
from workshops.figures import CutPoints, Ruler, StationFigures, ruler_of, station_figures
from workshops.models import ActivityStation
from workshops.queries.results.blocks import answers_at


@dataclass(frozen=True)
class LastRating:
    """How a touchpoint was rated last on one journey, and in which workshop."""

    figures: StationFigures
    journey: str
    revealed_at: datetime
    workshop: UUID


@dataclass(frozen=True)
class RatedTouchpoint:
    """A touchpoint and its last rating on each of its journeys."""

    touchpoint: Touchpoint
    ratings: tuple[LastRating, ...]


@dataclass(frozen=True)
class RatedPhase:
    """The touchpoints of one phase."""

    phase: Phase
    rows: tuple[RatedTouchpoint, ...]


@dataclass(frozen=True)
class AfterSales:
    """The rated list; ``ruler`` is what all of its figures stand on, so that they compare."""

    phases: tuple[RatedPhase, ...]
    ruler: Ruler


def after_sales_ratings(catalogue: Catalogue, organisation: Organisation) -> AfterSales:
    """Put the last rating beside each touchpoint of a list, in two queries whatever its length.

    The thresholds are those of every result. What is shown here stands on the page of its workshop as well, so no
    difference between the two tells more than each of them.
    """
    touchpoints = [row.touchpoint for group in catalogue.phases for row in group.rows]
    ratings, ruler = last_ratings(touchpoints, organisation)
    phases = tuple(
        RatedPhase(
            group.phase,
            tuple(RatedTouchpoint(row.touchpoint, tuple(ratings.get(row.touchpoint.pk, ()))) for row in group.rows),
        )
        for group in catalogue.phases
        if group.rows
    )
    return AfterSales(phases, ruler)


def last_ratings(
    touchpoints: Sequence[Touchpoint], organisation: Organisation
) -> tuple[dict[int, list[LastRating]], Ruler]:
    """The rating that was revealed last for each place of a touchpoint on a journey, by the touchpoint's key."""
    rows = list(rated_last(touchpoints))
    answers = answers_at(rows)
    ruler = ruler_of(answers)
    found: dict[int, list[LastRating]] = defaultdict(list)
    for row, given in zip(rows, answers, strict=True):
        figures = station_figures(given, cut_points=cut_points_of(row, organisation), ruler=ruler)
        assert row.station is not None  # noqa: S101 - narrows the type; the query asks for its touchpoint
        assert row.activity.revealed_at is not None  # noqa: S101 - narrows the type; the query asks for revealed ones
        rating = LastRating(
            figures, row.station.journey.name, row.activity.revealed_at, workshop=row.activity.workshop.code
        )
        found[row.station.touchpoint_id].append(rating)
    for ratings in found.values():
        ratings.sort(key=lambda rating: rating.revealed_at, reverse=True)
    return found, ruler


def rated_last(touchpoints: Sequence[Touchpoint]) -> Sequence[ActivityStation]:
    """The newest revealed block of each station of these touchpoints, its last round; one query."""
    return (
        ActivityStation.objects.filter(station__touchpoint__in=touchpoints, activity__state=ActivityState.REVEALED)
        .select_related("station__journey", "activity__workshop")
        .order_by("station_id", "-activity__revealed_at", "-activity_id")
        .distinct("station_id")
    )


def cut_points_of(row: ActivityStation, organisation: Organisation) -> CutPoints:
    """Those by which a full block put its ratings into drawers; in quick mode the present ones only draw borders."""
    if row.activity.mode == Mode.FULL:
        return CutPoints(row.activity.cut_ok, row.activity.cut_delight)
    return CutPoints(organisation.cut_ok, organisation.cut_delight)
