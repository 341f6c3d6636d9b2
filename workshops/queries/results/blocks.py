"""The result of revealed blocks, from what reveal counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from accounts.models import Organisation
from accounts.readings import Reading
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
from workshops.models import Activity, ActivityStation, StationTally, Workshop
from workshops.queries.results.parts import with_parts
from workshops.queries.results.rounds import place_of, rounds_before, standing_rows, with_rounds
from workshops.queries.results.stations import (
    BlockResult,
    Reason,
    Result,
    RoundFigures,
    StationResult,
    assemble_result,
)

OF_BLOCKS = Reading(ActivityStation, where="workshops_activitystation.activity_id = ANY(%(activities)s)")
TALLIES = Reading(
    StationTally,
    where="workshops_stationtally.station_id = ANY(%(stations)s)",
    order="workshops_stationtally.rater_group",
)


def activity_result(activity: Activity) -> Result:
    """The result of one revealed block in its own round alone, as the room sees it; raises ValueError before."""
    if not activity.is_revealed:
        raise ValueError("A block has no result before it is revealed.")
    return _result(activity.title, [activity], _organisation_of(activity), before=rounds_before(activity))


def workshop_result(workshop: Workshop, *, last_round: int | None = None) -> Result:
    """All revealed blocks of a workshop along the path; of a station placed in two, the one revealed last counts.

    Of the rounds of a block counts the last one that shows a figure at the station. ``last_round`` asks for the result
    as it was after an earlier one.
    """
    revealed = Activity.objects.filter(workshop=workshop).revealed().order_by("revealed_at", "pk")
    if last_round is not None:
        revealed = revealed.filter(round__lte=last_round)
    return _result(workshop.title, list(revealed), workshop.organisation, whole=True)


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
    rated = _rated(together)
    cut_points = _cut_points(activities, organisation)
    tallies = _tallies([station.pk for station in rated if together[station.activity_id].is_revealed])

    def answers_of(row: ActivityStation) -> StationAnswers:
        return _protected(row, tallies.get(row.pk, ()), together[row.activity_id])

    def shows(row: ActivityStation) -> bool:
        return station_figures(answers_of(row), cut_points=cut_points).shown

    stations = _path(rated, together)
    if whole:
        stations = standing_rows(stations, rated, together, shows)
    figures = journey_figures(
        [answers_of(station) for station in stations],
        raters=max((activity.raters or 0 for activity in activities), default=0),
        cut_points=cut_points,
    )
    blocks = [_block(activity) for activity in activities]
    results = [
        _station_result(station, number, found, _reasons(tallies.get(station.pk, ())) if found.shown else ())
        for number, (station, found) in enumerate(zip(stations, figures.stations, strict=True), 1)
    ]

    def round_of(number: int, row: ActivityStation) -> RoundFigures:
        found = station_figures(answers_of(row), cut_points=cut_points, ruler=figures.ruler)
        return RoundFigures(number, found, _reasons(tallies.get(row.pk, ())) if found.shown else ())

    results = with_rounds(results, stations, rated, together, round_of)
    if whole:
        results = with_parts(results, stations, cut_points=cut_points, ruler=figures.ruler)
    return assemble_result(title, figures, results, blocks, cut_points)


def _rated(activities: Mapping[int, Activity]) -> list[ActivityStation]:
    """All stations of these blocks, in the order of their reveal."""
    order = {activity: place for place, activity in enumerate(activities)}
    rows = OF_BLOCKS.all(activities=list(activities))
    return sorted(rows, key=lambda row: (order[row.activity_id], row.position))


def _path(rated: Sequence[ActivityStation], activities: Mapping[int, Activity]) -> list[ActivityStation]:
    """Along the path, each place of the journey once; one that has left the journey is known by its block's rounds."""
    order = {activity: place for place, activity in enumerate(activities)}
    latest = {(row.station_id or place_of(row, activities[row.activity_id])): row for row in rated}
    return sorted(latest.values(), key=lambda row: (row.position, order[row.activity_id], row.pk))


def _tallies(stations: Sequence[int]) -> dict[int, list[StationTally]]:
    """What reveal counted at each of these stations of revealed blocks, one tally per group of raters."""
    found: dict[int, list[StationTally]] = defaultdict(list)
    for tally in TALLIES.all(stations=list(stations)):
        found[tally.station_id].append(tally)
    return found


def _cut_points(activities: Sequence[Activity], organisation: Organisation) -> CutPoints:
    """Those by which the last full block put its ratings into drawers; in quick mode people chose the drawers
    themselves, and the organisation's present ones only draw the borders.
    """
    full = next((activity for activity in reversed(activities) if activity.mode == Mode.FULL), None)
    if full is None:
        return CutPoints(organisation.cut_ok, organisation.cut_delight)
    return CutPoints(full.cut_ok, full.cut_delight)


def _protected(station: ActivityStation, own: Sequence[StationTally], activity: Activity) -> StationAnswers:
    """The counts of a station. One from a block of one or two raters is put below the threshold whatever was answered:
    beside a larger block "nobody could judge this" would be an answer of known people. So is one from a block that one
    or two rated on a phone beside a table, whose answers somebody knows.
    """
    is_full = activity.mode == Mode.FULL
    raters, at_table = activity.raters or 0, activity.raters_at_table
    if too_few(raters) or too_few(raters - at_table):
        return StationAnswers(str(station.code), 0, 1, 0, 0, {} if is_full else None, tables=at_table)
    return StationAnswers(
        str(station.code),
        sum(tally.disappointing for tally in own),
        sum(tally.fine for tally in own),
        sum(tally.delighting for tally in own),
        sum(tally.unable for tally in own),
        _scales(own) if is_full else None,
        at_table=sum(tally.at_table for tally in own),
        unable_at_table=sum(tally.unable_at_table for tally in own),
        scales_at_table={scale: sum(tally.scales_at_table.get(scale, 0) for tally in own) for scale in Scale},
        tables=at_table,
        between_tables={measure for tally in own for measure in tally.between_tables},
    )


def _scales(tallies: Sequence[StationTally]) -> dict[Scale, list[int]]:
    """The eleven counts of each scale, all groups of raters together."""
    return {
        scale: [sum(counts) for counts in zip(*given, strict=True)]
        for scale in Scale
        if (given := [tally.scales[scale] for tally in tallies if scale in tally.scales])
    }


def _reasons(tallies: Iterable[StationTally]) -> tuple[Reason, ...]:
    """The reasons in the order that reveal drew at random."""
    return tuple(Reason(given["text"], Drawer(given["drawer"])) for tally in tallies for given in tally.reasons)


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
    row: ActivityStation, number: int, figures: StationFigures, reasons: tuple[Reason, ...]
) -> StationResult:
    return StationResult(
        code=str(row.code),
        number=number,
        name=row.name,
        prompt=row.prompt,
        phase=Phase(row.phase),
        channel=row.channel,
        medium=Medium(row.medium) if row.medium else None,
        relation=Relation(row.relation) if row.relation else None,
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
    tallies = _tallies([row.pk for row in rows])
    return [_protected(row, tallies.get(row.pk, ()), row.activity) for row in rows]
