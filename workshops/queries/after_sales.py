"""What customers meet after the purchase (R8): who looks after it, how it was rated last, what is done about it."""

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
from workshops.queries.measures import MeasuresHere, measures_at
from workshops.queries.results.blocks import answers_at
from workshops.queries.results.rounds import standing_rows
from workshops.queries.results.stations import round_that_counts


@dataclass(frozen=True)
class LastRating:
    """How a touchpoint was rated last on one journey, and in which workshop."""

    figures: StationFigures
    journey: str
    revealed_at: datetime
    workshop: UUID
    # Which round counts, where a later one of the block shows no figure; else empty.
    round_words: str


@dataclass(frozen=True)
class RatedTouchpoint:
    """A touchpoint, its last rating on each of its journeys, and what is done about it."""

    touchpoint: Touchpoint
    ratings: tuple[LastRating, ...]
    measures: MeasuresHere


@dataclass(frozen=True)
class RatedPhase:
    """The touchpoints of one phase."""

    phase: Phase
    rows: tuple[RatedTouchpoint, ...]


@dataclass(frozen=True)
class AfterSales:
    """The list with ratings and measures; ``ruler`` is what all of its figures stand on, so that they compare."""

    phases: tuple[RatedPhase, ...]
    ruler: Ruler


def after_sales_ratings(catalogue: Catalogue, organisation: Organisation) -> AfterSales:
    """Put the last rating and the measures beside each touchpoint of a list, in three queries whatever its length.

    The thresholds are those of every result. What is
    shown here stands on the page of its workshop as well, so no difference between the two tells more than either.
    """
    touchpoints = [row.touchpoint for group in catalogue.phases for row in group.rows]
    ratings, ruler = last_ratings(touchpoints, organisation)
    measures = measures_at(touchpoints)

    def row_of(touchpoint: Touchpoint) -> RatedTouchpoint:
        key = touchpoint.pk
        return RatedTouchpoint(touchpoint, tuple(ratings.get(key, ())), measures.get(key, MeasuresHere()))

    phases = tuple(
        RatedPhase(group.phase, tuple(row_of(row.touchpoint) for row in group.rows))
        for group in catalogue.phases
        if group.rows
    )
    return AfterSales(phases, ruler)


def last_ratings(
    touchpoints: Sequence[Touchpoint], organisation: Organisation
) -> tuple[dict[int, list[LastRating]], Ruler]:
    """The rating that was revealed last for each place of a touchpoint on a journey, by the touchpoint's key.

    Of the rounds of its block counts the last one that shows a figure at the station, as on the page of its workshop.
    """
    rated = rated_ever(touchpoints)
    answers = dict(zip((row.pk for row in rated), answers_at(rated), strict=True))

    def figures_of(row: ActivityStation, ruler: Ruler | None = None) -> StationFigures:
        return station_figures(answers[row.pk], cut_points=cut_points_of(row, organisation), ruler=ruler)

    blocks = {row.activity_id: row.activity for row in rated}
    # They come in the order of their reveal, so of each station the last one stays.
    standing = {row.station_id: row for row in standing_rows(rated, blocks, lambda row: figures_of(row).shown)}
    last_rounds = {row.activity.first_round: row.activity.round for row in sorted(rated, key=_round_of)}
    ruler = ruler_of([answers[row.pk] for row in standing.values()])
    found: dict[int, list[LastRating]] = defaultdict(list)
    for row in standing.values():
        assert row.station is not None  # noqa: S101 - narrows the type; the query asks for its touchpoint
        is_last = row.activity.round == last_rounds[row.activity.first_round]
        found[row.station.touchpoint_id].append(last_rating(row, figures_of(row, ruler), is_last=is_last))
    for ratings in found.values():
        ratings.sort(key=lambda rating: rating.revealed_at, reverse=True)
    return found, ruler


def last_rating(row: ActivityStation, figures: StationFigures, *, is_last: bool) -> LastRating:
    """The rating in words; ``is_last`` unless a later round of its block shows no figure."""
    assert row.station is not None  # noqa: S101 - narrows the type; the query asks for its touchpoint
    assert row.activity.revealed_at is not None  # noqa: S101 - narrows the type; the query asks for revealed ones
    return LastRating(
        figures=figures,
        journey=row.station.journey.name,
        revealed_at=row.activity.revealed_at,
        workshop=row.activity.workshop.code,
        round_words="" if is_last else round_that_counts(row.activity.round),
    )


def rated_ever(touchpoints: Sequence[Touchpoint]) -> list[ActivityStation]:
    """The stations of these touchpoints in every revealed block, in the order of the reveals; one query."""
    rows = ActivityStation.objects.filter(
        station__touchpoint__in=touchpoints, activity__state=ActivityState.REVEALED
    ).select_related("station__journey", "activity__workshop")
    return list(rows.order_by("activity__revealed_at", "activity_id"))


def _round_of(row: ActivityStation) -> int:
    return row.activity.round


def cut_points_of(row: ActivityStation, organisation: Organisation) -> CutPoints:
    """Those by which a full block put its ratings into drawers; in quick mode the present ones only draw borders."""
    if row.activity.mode == Mode.FULL:
        return CutPoints(row.activity.cut_ok, row.activity.cut_delight)
    return CutPoints(organisation.cut_ok, organisation.cut_delight)
