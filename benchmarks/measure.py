"""Rounds, medians, spreads, and the table that shows them."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its goal. ``value`` is better the smaller it is."""

    name: str
    value: float
    goal: float
    unit: str = ""
    # How far the rounds lie apart; equal for a figure without rounds.
    low: float | None = None
    high: float | None = None
    # What the floor took by itself, in words; "–" for a figure that has none.
    floor: str = "–"

    @property
    def met(self) -> bool:
        return self.value <= self.goal

    @property
    def text(self) -> str:
        """The figure with its spread over the rounds."""
        spread = "" if self.low is None or self.high is None else f" ({number(self.low)}–{number(self.high)})"
        return f"{number(self.value)}{self.unit}{spread}"

    @property
    def goal_text(self) -> str:
        if math.isinf(self.goal):
            return "report"  # a figure to know, without a goal
        return f"≤ {number(self.goal)}{self.unit}" if self.goal else f"0{self.unit}"


@dataclass
class Row:
    """What one benchmark found: the figures its goal is about, and lines that explain them."""

    figures: list[Figure]
    notes: list[str] = field(default_factory=list)

    @property
    def met(self) -> bool:
        return all(figure.met for figure in self.figures)


def number(value: float) -> str:
    """A figure with as many digits as it can carry."""
    if value == int(value) or value >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio(
    name: str,
    ours: Sequence[float],
    floors: Sequence[float],
    goal: float,
    *,
    floor_unit: str = "ms",
    factor: float = 1e3,
) -> Figure:
    """Our figure over the floor's, round by round: the median of the rounds' ratios, and how far they lie apart."""
    ratios = [mine / floor for mine, floor in zip(ours, floors, strict=True)]
    own = f"{number(statistics.median(floors) * factor)} {floor_unit}"
    return Figure(name, statistics.median(ratios), goal, " ×", min(ratios), max(ratios), own)


def progress(words: str) -> None:
    """Tell whoever waits how far it is; the table alone goes to standard output."""
    print(f"  {words}", file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def milliseconds(seconds: Sequence[float]) -> str:
    """Median and spread of several durations, for a note."""
    return f"{number(statistics.median(seconds) * 1e3)} ms ({number(min(seconds) * 1e3)}–{number(max(seconds) * 1e3)})"


def table(rows: dict[str, Row]) -> str:
    """All figures as a table, with the notes below it."""
    head = ("name", "figure", "goal", "floor", "")
    lines = [head, *(cells(name, figure) for name, row in rows.items() for figure in row.figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text.insert(1, "  ".join("-" * width for width in widths[:-1]))
    notes = [f"{name}: {note}" for name, row in rows.items() for note in row.notes]
    return "\n".join([*text, *([""] if notes else []), *notes])


def cells(name: str, figure: Figure) -> tuple[str, str, str, str, str]:
    """One line of the table."""
    label = name if figure.name in ("", name) else f"{name}: {figure.name}"
    return label, figure.text, figure.goal_text, figure.floor, "met" if figure.met else "SHORT"
