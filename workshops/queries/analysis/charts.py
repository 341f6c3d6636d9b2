"""What a chart of the analysis page is made of. Its drawing and its table say the same; static/js/analysis.js draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from workshops.curve.text import NOTHING, clean
from workshops.curve.words import fewer_than_three
from workshops.enums import Drawer
from workshops.queries.results import StationResult

DRAWER_ROLES = {
    Drawer.DELIGHTING: "delighting",
    Drawer.OK: "ok",
    Drawer.DISAPPOINTING: "disappointing",
}
_NOTE = 28


@dataclass(frozen=True)
class Axis:
    """One axis. Without ``ticks`` it counts whole numbers, and the drawing chooses how many of them it writes."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Point:
    """One mark. ``words`` are read when it is pointed at, line by line; ``y`` is None where the line breaks."""

    x: float
    y: float | None
    label: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """Marks that look alike. ``role`` chooses shape and colour; without a ``name`` the legend leaves it out."""

    role: str
    points: tuple[Point, ...]
    name: str = ""

    @property
    def is_drawer(self) -> bool:
        """Whether it has the shape and colour of a drawer, which nothing else may have."""
        return self.role in DRAWER_ROLES.values()


@dataclass(frozen=True)
class Rule:
    """A line across the drawing, at a value of one axis."""

    axis: str
    at: float
    quiet: bool = False


@dataclass(frozen=True)
class Zone:
    """Words in the drawing: over a stretch of the x axis, beside a height of the y axis, or in one of the corners."""

    words: str
    start: float | None = None
    end: float | None = None
    height: float | None = None
    corner: str = ""
    shaded: bool = False


@dataclass(frozen=True)
class Drawing:
    """Everything that is drawn, in values that JSON knows."""

    x: Axis
    y: Axis
    series: tuple[Series, ...]
    rules: tuple[Rule, ...] = ()
    zones: tuple[Zone, ...] = ()
    notes: tuple[Point, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """What the page hands to its script."""
        return asdict(self)


@dataclass(frozen=True)
class Cell:
    """One cell of a chart's table."""

    words: str
    is_number: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Chart:
    """A drawing, what it is for, and the table that says the same. A row begins with the station's number and name."""

    ident: str
    heading: str
    lead: str
    summary: str
    drawing: Drawing
    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    none_words: str


def number(words: str) -> Cell:
    """A cell of figures."""
    return Cell(words, is_number=True)


def note(text: str) -> str:
    """A name short enough to stand in a drawing."""
    cleaned = clean(text)
    return cleaned if len(cleaned) <= _NOTE else cleaned[: _NOTE - 1].rstrip() + "…"


def why_not(station: StationResult) -> str:
    """Why a station shows no figure."""
    return fewer_than_three(station.figures.tables) if station.figures.hidden else NOTHING


def place_line(station: StationResult) -> str:
    """Where a station belongs, in one line."""
    return joined((str(station.phase.label), station.channel, station.department_words))


def joined(parts: Iterable[str]) -> str:
    """What is known of several things, in one line."""
    return " · ".join(part for part in parts if part)


def title_line(station: StationResult) -> str:
    """The station's number and name."""
    return f"{station.number}. {station.name}"
