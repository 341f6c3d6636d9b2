"""Results of revealed blocks, in the form that page, projector, phone, baseline, export and PDF all read.

Numbers come from workshops.figures, which hides what fewer than three people said. Reasons follow it: a station without
a figure shows none. They carry no name and stand in the random order that reveal wrote them in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from accounts.models import Organisation
from touchpoints.enums import Criticality, Medium, Phase, Relation
from workshops.curve import PAGE, PROJECTOR, PROJECTOR_OVERVIEW, Curve, StationLabel, journey_curve
from workshops.enums import Drawer, Mode
from workshops.figures import (
    MIN_GROUP,
    CutPoints,
    JourneyFigures,
    StationAnswers,
    StationFigures,
    criticality_order,
    from_document,
    journey_figures,
)
from workshops.models import Activity, ActivityStation, Baseline, Rating, Workshop

PROJECTOR_SHARE = 0.42
"""Height of the projector's drawing by its width: what a 16:9 screen leaves between the title and the talk list."""


@dataclass(frozen=True)
class Reason:
    """The main reason beside one rating, without its author."""

    text: str
    drawer: Drawer


@dataclass(frozen=True)
class BlockResult:
    """What a result rests on: one revealed block and how many rated in it."""

    code: UUID
    title: str
    mode: Mode
    is_named: bool
    asks_reason: bool
    raters: int
    opened_at: datetime | None
    revealed_at: datetime | None


@dataclass(frozen=True)
class StationResult:
    """A station as it was rated, in the words of that moment, with its figures. ``number`` counts the path from 1."""

    code: str
    number: int
    name: str
    prompt: str
    phase: Phase
    channel: str
    medium: Medium | None
    relation: Relation | None
    criticality: int | None
    department: str
    expectation: str
    reality: str
    reaction: str
    figures: StationFigures
    reasons: tuple[Reason, ...]

    @property
    def level(self) -> str:
        """The criticality in words; empty where nobody has set it."""
        return "" if self.criticality is None else str(Criticality(self.criticality).label)

    @property
    def label(self) -> StationLabel:
        """What the curve writes at the station."""
        return StationLabel(self.code, self.number, self.name, self.phase, self.channel)


@dataclass(frozen=True)
class Result:
    """The figures along the path; ``stations`` belong to ``figures.stations`` one by one."""

    title: str
    figures: JourneyFigures
    stations: tuple[StationResult, ...]
    blocks: tuple[BlockResult, ...]
    cut_points: CutPoints
    by_code: Mapping[str, StationResult] = field(repr=False, default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no station is part of it, because no block has been revealed."""
        return not self.stations

    @property
    def labels(self) -> tuple[StationLabel, ...]:
        """The curve's words, one per station."""
        return tuple(station.label for station in self.stations)

    @property
    def curve(self) -> Curve:
        """The drawing for a page, in the active language."""
        return journey_curve(self.figures, self.labels, cut_points=self.cut_points, layout=PAGE)

    @property
    def projector_curve(self) -> Curve:
        """The drawing for the projector, in the active language."""
        layout = PROJECTOR if len(self.stations) <= PROJECTOR.per_row else PROJECTOR_OVERVIEW
        drawn = journey_curve(self.figures, self.labels, cut_points=self.cut_points, layout=layout)
        room = drawn.width * PROJECTOR_SHARE - drawn.height
        if room <= 0:
            return drawn
        taller = replace(layout, plot_height=round(layout.plot_height + room))
        return journey_curve(self.figures, self.labels, cut_points=self.cut_points, layout=taller)

    @property
    def talk_list(self) -> tuple[StationResult, ...]:
        """The shown stations, most disputed first: what to talk about."""
        return tuple(self.by_code[station.code] for station in self.figures.talk_list)

    @property
    def first(self) -> StationResult | None:
        """The first impression, where it shows a figure."""
        return self._at(self.figures.first)

    @property
    def last(self) -> StationResult | None:
        """The last impression, where it shows a figure."""
        return self._at(self.figures.last)

    @property
    def strongest(self) -> StationResult | None:
        return self._at(self.figures.strongest)

    @property
    def weakest(self) -> StationResult | None:
        return self._at(self.figures.weakest)

    @property
    def most_disputed(self) -> StationResult | None:
        return self._at(self.figures.most_disputed)

    @property
    def critical_list(self) -> tuple[StationResult, ...]:
        """The shown stations whose criticality somebody has set, what matters most and works least first.

        An unset criticality says nothing about what matters.
        """
        levels = {station.code: station.criticality for station in self.stations}
        ordered = [self.by_code[station.code] for station in criticality_order(self.figures, levels)]
        return tuple(station for station in ordered if station.criticality is not None)

    def _at(self, figures: StationFigures | None) -> StationResult | None:
        return None if figures is None else self.by_code[figures.code]


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
    return _assembled(title, figures, results, blocks, cut_points)


def _assembled(
    title: str,
    figures: JourneyFigures,
    stations: Sequence[StationResult],
    blocks: Iterable[BlockResult],
    cut_points: CutPoints,
) -> Result:
    by_code = {station.code: station for station in stations}
    return Result(title, figures, tuple(stations), tuple(blocks), cut_points, by_code)


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


# --- with names -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedAnswer:
    """Who answered what in a block with names; for moderators only."""

    name: str
    drawer: Drawer | None
    cannot_judge: bool
    reason: str


def named_answers(activity: Activity) -> dict[str, tuple[NamedAnswer, ...]]:
    """Answers by station's code in a revealed block with names, by name; raises ValueError for any other block."""
    if not (activity.is_revealed and activity.is_named):
        raise ValueError("Only a revealed block with names has named answers.")
    found: dict[str, list[NamedAnswer]] = defaultdict(list)
    rows = Rating.objects.filter(ballot__activity=activity).select_related(
        "station", "ballot__participant__membership__user"
    )
    for row in rows:
        found[str(row.station.code)].append(_named_answer(row))
    return {code: tuple(sorted(answers, key=lambda answer: answer.name.casefold())) for code, answers in found.items()}


def _named_answer(row: Rating) -> NamedAnswer:
    person = row.ballot.participant
    member = person.membership if person else None
    return NamedAnswer(
        name=(person.name if person else "") or (str(member.user) if member else ""),
        drawer=None if row.drawer is None else Drawer(row.drawer),
        cannot_judge=row.cannot_judge,
        reason=row.reason,
    )


# --- frozen ---------------------------------------------------------------------------------------------------------


def frozen_result(baseline: Baseline) -> Result:
    """The result exactly as it was frozen, whatever has changed since."""
    document = baseline.document
    figures = from_document(document["figures"])
    stations = [
        _frozen_station(stored, found) for stored, found in zip(document["stations"], figures.stations, strict=True)
    ]
    blocks = [_frozen_block(stored) for stored in document["blocks"]]
    return _assembled(document["workshop"]["title"], figures, stations, blocks, CutPoints(**document["cut_points"]))


def _frozen_station(stored: Mapping[str, Any], figures: StationFigures) -> StationResult:
    return StationResult(
        **{
            **stored,
            "phase": Phase(stored["phase"]),
            "medium": Medium(stored["medium"]) if stored["medium"] else None,
            "relation": Relation(stored["relation"]) if stored["relation"] else None,
            "reasons": tuple(Reason(reason["text"], Drawer(reason["drawer"])) for reason in stored["reasons"]),
        },
        figures=figures,
    )


def _frozen_block(stored: Mapping[str, Any]) -> BlockResult:
    return BlockResult(
        **{
            **stored,
            "code": UUID(stored["code"]),
            "mode": Mode(stored["mode"]),
            "opened_at": _time(stored["opened_at"]),
            "revealed_at": _time(stored["revealed_at"]),
        }
    )


def _time(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
