"""A result: its stations with their figures and reasons, the blocks it rests on, and what stands out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from touchpoints.enums import Criticality, Medium, Phase, Relation
from workshops.curve import PAGE, PROJECTOR, PROJECTOR_OVERVIEW, Curve, SecondLine, StationLabel, journey_curve
from workshops.curve.text import rounded
from workshops.enums import Drawer, Mode, Partition, RunBy
from workshops.figures import CutPoints, JourneyFigures, Ruler, StationFigures, criticality_order
from workshops.models import name_of_round

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
    # How many of the raters a moderator entered at a table; older Ist-Stände have none.
    at_table: int = 0
    round: int = 1

    @property
    def name(self) -> str:
        """The title with its round, in the active language."""
        return name_of_round(self.title, self.round)


@dataclass(frozen=True)
class RoundFigures:
    """What another round showed at a station, with the reasons given in it where it showed a figure."""

    number: int
    figures: StationFigures
    reasons: tuple[Reason, ...] = ()

    @property
    def code(self) -> str:
        """Of the station as it was rated in that round."""
        return self.figures.code


@dataclass(frozen=True)
class PartFigures:
    """What may be shown of a part of the raters of a station. ``name`` is a department's; empty for a relation."""

    partition: Partition
    name: str
    is_provider: bool
    figures: StationFigures

    @property
    def words(self) -> str:
        """What the part is called."""
        if self.partition == Partition.DEPARTMENT:
            return self.name
        return pgettext("raters", "Providers") if self.is_provider else pgettext("raters", "In-house")


def round_that_counts(number: int) -> str:
    """Say so where a later round shows no figure."""
    return _("Round %(number)d counts") % {"number": number}


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
    # The round that counts: the last one that shows a figure here. The rounds after it, ``later``, show none.
    round: int = 1
    earlier: tuple[RoundFigures, ...] = ()
    later: tuple[RoundFigures, ...] = ()
    parts: tuple[PartFigures, ...] = ()
    # Whether the department is a provider; None where there is none, and in older Ist-Stände.
    by_provider: bool | None = None

    @property
    def run_by(self) -> RunBy | None:
        """What third parties make is theirs, whoever looks after it; else the department says it, or that the contact
        is direct. None where the catalogue says nothing of either.
        """
        if self.relation == Relation.INDIRECT:
            return RunBy.THIRD_PARTIES
        if self.by_provider is None and self.relation is None:
            return None
        return RunBy.PROVIDER if self.by_provider else RunBy.IN_HOUSE

    @property
    def department_words(self) -> str:
        """The department, and that it is a provider; empty where none is named."""
        return f"{self.department} · {RunBy.PROVIDER.label}" if self.by_provider else self.department

    @property
    def before(self) -> RoundFigures | None:
        """The round before the one that counts."""
        return self.earlier[-1] if self.earlier else None

    @property
    def round_words(self) -> str:
        """Which round counts, where that is an earlier one because the last shows no figure; else empty."""
        return round_that_counts(self.round) if self.later else ""

    @property
    def moved(self) -> float | None:
        """By how much the station moved since the round before, as the shown figures differ; None unless both show.

        On the ruler of the journey: whole points of the balance, or tenths of the mean.
        """
        level, before = self.figures.level, self.before.figures.level if self.before else None
        if level is None or before is None:
            return None
        places = 1 if self.figures.ruler is Ruler.MEAN else 0
        return float(rounded(level, places) - rounded(before, places)) + 0.0

    @property
    def level(self) -> str:
        """The criticality in words; empty where nobody has set it."""
        return "" if self.criticality is None else str(Criticality(self.criticality).label)

    @property
    def label(self) -> StationLabel:
        """What the curve writes at the station."""
        return StationLabel(self.code, self.number, self.name, self.phase, self.channel, self.round_words)


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
    def at_table(self) -> int:
        """How many of ``figures.raters`` were entered at a table: of the block with the most raters, as they are."""
        return max(self.blocks, key=lambda block: (block.raters, block.at_table)).at_table if self.blocks else 0

    @property
    def has_tables(self) -> bool:
        """Whether a table without devices is part of any of its blocks."""
        return any(block.at_table for block in self.blocks)

    @property
    def labels(self) -> tuple[StationLabel, ...]:
        """The curve's words, one per station."""
        return tuple(station.label for station in self.stations)

    @property
    def name(self) -> str:
        """What stands above it: of one block its name with the round, in the active language."""
        return self.blocks[0].name if len(self.blocks) == 1 else self.title

    @property
    def second_line(self) -> SecondLine | None:
        """The rounds before, for the drawing; None where there is none or it shows nothing."""
        levels = tuple(station.before.figures.level if station.before else None for station in self.stations)
        before = {station.before.number for station in self.stations if station.before}
        now = {station.round for station in self.stations}
        if all(level is None for level in levels):
            return None
        label = _("Round %(number)d") % {"number": max(before)} if len(before) == 1 else _("the round before")
        own = _("Round %(number)d") % {"number": max(now)} if len(now) == 1 else ""
        return SecondLine(label, levels, own)

    @property
    def moved_list(self) -> tuple[StationResult, ...]:
        """The stations that moved since the round before, the largest movement first, ties along the path."""
        moved = [(station.moved, station) for station in self.stations if station.moved]
        return tuple(station for _moved, station in sorted(moved, key=lambda each: -abs(each[0])))

    @property
    def curve(self) -> Curve:
        """The drawing for a page, in the active language."""
        return journey_curve(
            self.figures, self.labels, cut_points=self.cut_points, layout=PAGE, second=self.second_line
        )

    @property
    def projector_curve(self) -> Curve:
        """The drawing for the projector, in the active language."""
        layout = PROJECTOR if len(self.stations) <= PROJECTOR.per_row else PROJECTOR_OVERVIEW
        second = self.second_line
        drawn = journey_curve(self.figures, self.labels, cut_points=self.cut_points, layout=layout, second=second)
        room = drawn.width * PROJECTOR_SHARE - drawn.height
        if room <= 0:
            return drawn
        taller = replace(layout, plot_height=round(layout.plot_height + room))
        return journey_curve(self.figures, self.labels, cut_points=self.cut_points, layout=taller, second=second)

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
    def has_ends(self) -> bool:
        """Whether some station lies higher than another; else “highest” and “lowest” are chance."""
        high, low = self.figures.strongest, self.figures.weakest
        return high is not None and low is not None and high.level != low.level

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

    @property
    def weak_list(self) -> tuple[StationResult, ...]:
        """Important and weak, what weighs most first; empty where nobody was asked for importance."""
        found = self.figures.quadrants
        return tuple(self.by_code[code] for code in found.weak) if found else ()

    @property
    def gap_list(self) -> tuple[StationResult, ...]:
        """The stations where the customer gets less than expected, the largest gap first, ties along the path."""
        missed = [
            (round(scales.gap, 9), station)
            for station in self.stations
            if (scales := station.figures.scales) and scales.gap is not None and scales.gap < 0
        ]
        return tuple(station for _gap, station in sorted(missed, key=lambda found: found[0]))

    @property
    def lever_list(self) -> tuple[StationResult, ...]:
        """The stations that weigh on buying, buying again and recommending, the largest leverage first, ties along the
        path.
        """
        levers = [
            (round(scales.leverage, 9), station)
            for station in self.stations
            if (scales := station.figures.scales) and scales.leverage is not None
        ]
        return tuple(station for _leverage, station in sorted(levers, key=lambda found: -found[0]))

    def _at(self, figures: StationFigures | None) -> StationResult | None:
        return None if figures is None else self.by_code[figures.code]


def assemble_result(
    title: str,
    figures: JourneyFigures,
    stations: Sequence[StationResult],
    blocks: Iterable[BlockResult],
    cut_points: CutPoints,
) -> Result:
    """A result from its parts; a station is found again by its code."""
    by_code = {station.code: station for station in stations}
    return Result(title, figures, tuple(stations), tuple(blocks), cut_points, by_code)
