"""The result of revealed blocks, counted from their ratings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Count, Q

from accounts.models import Organisation
from touchpoints.enums import Medium, Phase, Relation
from workshops.enums import Drawer, Mode
from workshops.figures import MIN_GROUP, CutPoints, StationAnswers, StationFigures, journey_figures
from workshops.models import Activity, ActivityStation, Rating, Workshop
from workshops.queries.results.stations import BlockResult, Reason, Result, StationResult, assemble_result


def activity_result(activity: Activity) -> Result:
    """The result of one revealed block; raises ValueError before, whoever asks."""
    if not activity.is_revealed:
        raise ValueError("A block has no result before it is revealed.")
    return _result(activity.title, [activity], _organisation_of(activity))


def workshop_result(workshop: Workshop) -> Result:
    """All revealed blocks of a workshop along the path; of a station placed in two, the one revealed last counts."""
    revealed = Activity.objects.filter(workshop=workshop).revealed().order_by("revealed_at", "pk")
    return _result(workshop.title, list(revealed), workshop.organisation)


def _organisation_of(activity: Activity) -> Organisation:
    return activity.workshop.organisation


def _result(title: str, activities: Sequence[Activity], organisation: Organisation) -> Result:
    stations = _path(activities)
    cut_points = CutPoints(organisation.cut_ok, organisation.cut_delight)
    raters = {activity.pk: activity.raters or 0 for activity in activities}
    answers = _answers([station.pk for station in stations])
    figures = journey_figures(
        [_protected(station, answers, raters[station.activity_id]) for station in stations],
        raters=max(raters.values(), default=0),
        cut_points=cut_points,
    )
    shown = [station.pk for station, found in zip(stations, figures.stations, strict=True) if found.shown]
    reasons = _reasons(shown)
    blocks = [_block(activity) for activity in activities]
    results = [
        _station_result(station, number, found, reasons.get(station.pk, ()))
        for number, (station, found) in enumerate(zip(stations, figures.stations, strict=True), 1)
    ]
    return assemble_result(title, figures, results, blocks, cut_points)


def _path(activities: Sequence[Activity]) -> list[ActivityStation]:
    """The stations of these blocks (in the order of their reveal) along the path, each place of the journey once."""
    order = {activity.pk: place for place, activity in enumerate(activities)}
    rated = sorted(ActivityStation.objects.filter(activity__in=activities), key=lambda row: order[row.activity_id])
    latest = {(row.station_id or f"gone:{row.pk}"): row for row in rated}
    return sorted(latest.values(), key=lambda row: (row.position, order[row.activity_id], row.pk))


def _answers(stations: Sequence[int]) -> dict[int, tuple[int, int, int, int]]:
    """How often each answer was given: disappointing, OK, delighting, cannot judge."""
    counted = (
        Rating.objects.filter(station__in=stations, ballot__activity__revealed_at__isnull=False)
        .values("station_id")
        .annotate(
            disappointing=Count("pk", filter=Q(drawer=Drawer.DISAPPOINTING)),
            fine=Count("pk", filter=Q(drawer=Drawer.OK)),
            delighting=Count("pk", filter=Q(drawer=Drawer.DELIGHTING)),
            unable=Count("pk", filter=Q(cannot_judge=True)),
        )
        .values_list("station_id", "disappointing", "fine", "delighting", "unable")
    )
    return {station: (low, fine, high, unable) for station, low, fine, high, unable in counted}


def _protected(
    station: ActivityStation, answers: Mapping[int, tuple[int, int, int, int]], raters: int
) -> StationAnswers:
    """The counts of a station. One from a block of one or two raters is put below the threshold whatever was answered:
    beside a larger block "nobody could judge this" would be an answer of known people.
    """
    low, fine, high, unable = answers.get(station.pk, (0, 0, 0, 0))
    if 0 < raters < MIN_GROUP:
        low, fine, high, unable = 0, 1, 0, 0
    return StationAnswers(str(station.code), low, fine, high, unable)


def _reasons(stations: Sequence[int]) -> dict[int, tuple[Reason, ...]]:
    """The reasons of these stations in the order of their ids, which reveal drew at random."""
    found: dict[int, list[Reason]] = defaultdict(list)
    rows = (
        Rating.objects.filter(station__in=stations, drawer__isnull=False, ballot__activity__revealed_at__isnull=False)
        .exclude(reason="")
        .order_by("pk")
        .values_list("station_id", "reason", "drawer")
    )
    for station, text, drawer in rows:
        found[station].append(Reason(text, Drawer(drawer)))
    return {station: tuple(reasons) for station, reasons in found.items()}


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
    )
