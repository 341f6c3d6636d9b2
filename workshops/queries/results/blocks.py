"""The result of revealed blocks, from what reveal counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from accounts.models import Organisation
from touchpoints.enums import Medium, Phase, Relation
from workshops.enums import Drawer, Mode, Scale
from workshops.figures import (
    CutPoints,
    StationAnswers,
    StationFigures,
    journey_figures,
    station_figures,
    too_few,
)
from workshops.models import Activity, ActivityStation, Workshop
from workshops.queries.results.parts import with_parts
from workshops.queries.results.rounds import place_of, rounds_before, standing_rows, with_rounds
from workshops.queries.results.rows import NOBODY, RatedStation, Tally, read_rated, read_tallies
from workshops.queries.results.stations import (
    BlockResult,
    Reason,
    Result,
    RoundFigures,
    StationResult,
    assemble_result,
)

V = TypeVar("V")

# What is stored as what it means, for hundreds of rows a page: asking the enumeration takes five times as long.
DRAWERS = {drawer.value: drawer for drawer in Drawer}
PHASES = {phase.value: phase for phase in Phase}
MEDIA: dict[str, Medium | None] = {"": None, **{medium.value: medium for medium in Medium}}
RELATIONS: dict[str, Relation | None] = {"": None, **{relation.value: relation for relation in Relation}}


def activity_result(activity: Activity) -> Result:
    """The result of one revealed block in its own round alone, as the room sees it; raises ValueError before."""
    if not activity.is_revealed:
        raise ValueError("A block has no result before it is revealed.")
    return _result(activity.title, [activity], _organisation_of(activity), before=rounds_before(activity))


def workshop_result(
    workshop: Workshop, *, last_round: int | None = None, activities: Iterable[Activity] | None = None
) -> Result:
    """All revealed blocks of a workshop along the path; of a station placed in two, the one revealed last counts.

    Of the rounds of a block counts the last one that shows a figure at the station. ``last_round`` asks for the result
    as it was after an earlier one. ``activities`` are the workshop's, where they have been read already.
    """
    if activities is None:
        activities = Activity.objects.filter(workshop=workshop).revealed()
    counted = [each for each in activities if each.is_revealed and (last_round is None or each.round <= last_round)]
    counted.sort(key=lambda activity: (activity.revealed_at, activity.pk))
    return _result(workshop.title, counted, workshop.organisation, whole=True)


def _organisation_of(activity: Activity) -> Organisation:
    return activity.workshop.organisation


def _result(
    title: str,
    activities: Sequence[Activity],
    organisation: Organisation,
    *,
    before: Sequence[Activity] = (),
    whole: bool = False,
) -> Result:
    """The result of ``activities`` in the order of their reveal, beside the rounds ``before`` them.

    That of a ``whole`` workshop has the parts of the raters as well, and at each station the round that counts.
    """
    together = {activity.pk: activity for activity in (*before, *activities)}
    rated = read_rated(list(together))
    cut_points = _cut_points(activities, organisation)
    tallies = read_tallies([station.id for station in rated if together[station.activity_id].is_revealed])

    def answers_of(row: RatedStation) -> StationAnswers:
        return _protected(row.code, tallies.get(row.id, NOBODY), together[row.activity_id])

    def shows(row: RatedStation) -> bool:
        return station_figures(answers_of(row), cut_points=cut_points).shown

    stations = _path(standing_rows(rated, together, shows) if whole else rated, together)
    figures = journey_figures(
        [answers_of(station) for station in stations],
        raters=max((activity.raters or 0 for activity in activities), default=0),
        cut_points=cut_points,
    )
    blocks = [_block(activity) for activity in activities]
    results = [
        _station_result(station, number, found, _reasons(tallies.get(station.id, NOBODY)) if found.shown else ())
        for number, (station, found) in enumerate(zip(stations, figures.stations, strict=True), 1)
    ]

    def round_of(number: int, row: RatedStation) -> RoundFigures:
        found = station_figures(answers_of(row), cut_points=cut_points, ruler=figures.ruler)
        return RoundFigures(number, found, _reasons(tallies.get(row.id, NOBODY)) if found.shown else ())

    results = with_rounds(results, stations, rated, together, round_of)
    if whole:
        results = with_parts(results, stations, cut_points=cut_points, ruler=figures.ruler)
    return assemble_result(title, figures, results, blocks, cut_points)


def _path(rated: Sequence[RatedStation], activities: Mapping[int, Activity]) -> list[RatedStation]:
    """Along the path, each place of the journey once; one that has left the journey is known by its block's rounds."""
    order = {activity: place for place, activity in enumerate(activities)}
    latest = {(row.station_id or place_of(row, activities[row.activity_id])): row for row in rated}
    return sorted(latest.values(), key=lambda row: (row.position, order[row.activity_id], row.id))


def _cut_points(activities: Sequence[Activity], organisation: Organisation) -> CutPoints:
    """Those by which the last full block put its ratings into drawers; in quick mode people chose the drawers
    themselves, and the organisation's present ones only draw the borders.
    """
    full = next((activity for activity in reversed(activities) if activity.mode == Mode.FULL), None)
    if full is None:
        return CutPoints(organisation.cut_ok, organisation.cut_delight)
    return CutPoints(full.cut_ok, full.cut_delight)


def _protected(code: UUID, tally: Tally, activity: Activity) -> StationAnswers:
    """The counts of a station. One from a block of one or two raters is put below the threshold whatever was answered:
    beside a larger block "nobody could judge this" would be an answer of known people. So is one from a block that one
    or two rated on a phone beside a table, whose answers somebody knows.
    """
    is_full = activity.mode == Mode.FULL
    raters, at_table = activity.raters or 0, activity.raters_at_table
    if too_few(raters) or too_few(raters - at_table):
        return StationAnswers(str(code), 0, 1, 0, 0, {} if is_full else None, tables=at_table)
    return StationAnswers(
        str(code),
        tally.disappointing,
        tally.fine,
        tally.delighting,
        tally.unable,
        _by_scale(tally.scales) if is_full else None,
        at_table=tally.at_table,
        unable_at_table=tally.unable_at_table,
        scales_at_table=_by_scale(tally.scales_at_table),
        tables=at_table,
        between_tables=tally.between_tables,
    )


def _by_scale(stored: Mapping[str, V]) -> dict[Scale, V]:
    return {scale: stored[scale] for scale in Scale if scale in stored} if stored else {}


def _reasons(tally: Tally) -> tuple[Reason, ...]:
    """The reasons in the order that reveal drew at random."""
    return tuple(Reason(given["text"], DRAWERS[given["drawer"]]) for given in tally.reasons)


def _block(activity: Activity) -> BlockResult:
    return BlockResult(
        code=activity.code,
        title=activity.title,
        mode=Mode(activity.mode),
        is_named=activity.is_named,
        asks_reason=activity.asks_reason,
        raters=activity.raters or 0,
        opened_at=activity.opened_at,
        revealed_at=activity.revealed_at,
        at_table=activity.raters_at_table,
        round=activity.round,
    )


def _station_result(
    row: RatedStation, number: int, figures: StationFigures, reasons: tuple[Reason, ...]
) -> StationResult:
    return StationResult(
        code=str(row.code),
        number=number,
        name=row.name,
        prompt=row.prompt,
        phase=PHASES[row.phase],
        channel=row.channel,
        medium=MEDIA[row.medium],
        relation=RELATIONS[row.relation],
        criticality=row.criticality,
        department=row.department_name,
        expectation=row.expectation,
        reality=row.reality,
        reaction=row.reaction,
        figures=figures,
        reasons=reasons,
        by_provider=row.by_provider,
    )


def answers_at(rows: Sequence[ActivityStation]) -> list[StationAnswers]:
    """The counts of stations of revealed blocks, whose blocks are loaded, protected as in every result; one query."""
    tallies = read_tallies([row.pk for row in rows])
    return [_protected(row.code, tallies.get(row.id, NOBODY), row.activity) for row in rows]
