"""What a curve is made of. Nothing here knows colours or words; one unit is one pixel on the page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from touchpoints.enums import Phase
from workshops.figures import CutPoints, JourneyFigures, StationFigures


@dataclass(frozen=True)
class Layout:
    """Measures in drawing units; on the page one unit is one pixel. A column is never narrower than ``column_min``."""

    width: float
    gutter: float
    column_min: float
    column_max: float
    per_row: int
    plot_height: float
    text: float
    heading: float
    details: bool = True
    # Only the station's number hangs below: for many stations on a screen that is read from afar.
    numbers_only: bool = False

    @property
    def line_height(self) -> float:
        """From one line of text to the next."""
        return round(self.text * 1.3)

    @property
    def marker(self) -> float:
        """Half the size of a marker."""
        return self.text * 0.5


PAGE = Layout(width=1180, gutter=98, column_min=118, column_max=164, per_row=9, plot_height=268, text=13, heading=15)
PRINT = Layout(width=660, gutter=76, column_min=73, column_max=150, per_row=8, plot_height=176, text=9.5, heading=10.5)
PROJECTOR = Layout(
    width=1840,
    gutter=216,
    column_min=232,
    column_max=400,
    per_row=7,
    plot_height=400,
    text=28,
    heading=32,
    details=False,
)
PROJECTOR_OVERVIEW = replace(PROJECTOR, column_min=1, plot_height=560, numbers_only=True, text=30, heading=33)
"""All stations across one screen, however many; names of those that matter stand beside it."""


@dataclass(frozen=True)
class StationLabel:
    """What is written at a station: its number on the path, name, phase, and a short line such as its channel.

    ``note`` stands beside the name in the table alone.
    """

    code: str
    number: int
    name: str
    phase: Phase
    detail: str = ""
    note: str = ""


@dataclass(frozen=True)
class SecondLine:
    """A quieter line behind the curve, such as a target or an earlier round: one level or ``None`` per
    station, on the ruler of the curve. ``own`` is what the curve itself is called beside it; empty: as things are now.
    """

    label: str
    levels: tuple[float | None, ...]
    own: str = ""


@dataclass(frozen=True)
class Column:
    """One station, or with neither label nor figures the place of a phase that has none."""

    slot: int
    x: float
    width: float
    label: StationLabel | None
    figures: StationFigures | None
    y: float
    name_lines: tuple[str, ...] = ()
    detail_lines: tuple[str, ...] = ()
    value_above: bool = True
    value_shift: float = 0.0

    @property
    def middle(self) -> float:
        """Where the marker stands."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class PhaseBand:
    """A phase over the neighbouring columns that belong to it; ``shaded`` alternates along the path."""

    phase: Phase
    x: float
    width: float
    shaded: bool
    empty: bool


@dataclass(frozen=True)
class Curve:
    """Everything a drawing needs. ``lines``, ``bands`` (the middle half) and ``second_lines`` are SVG path data, one
    per unbroken stretch.
    """

    figures: JourneyFigures
    labels: tuple[StationLabel, ...]
    layout: Layout
    cut_points: CutPoints
    second: SecondLine | None
    columns: tuple[Column, ...]
    phases: tuple[PhaseBand, ...]
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    second_lines: tuple[str, ...]
    second_points: tuple[tuple[float, float], ...]
    width: float
    plot_right: float
    head: float
    zero_y: float
    delight_y: float
    disappoint_y: float
    name_rows: int
    detail_rows: int

    @property
    def stations(self) -> tuple[Column, ...]:
        """The columns that hold a station."""
        return tuple(column for column in self.columns if column.label)

    @property
    def plot_bottom(self) -> float:
        """The lower edge of the zones."""
        return self.head + self.layout.plot_height

    @property
    def foot(self) -> float:
        """Height of what hangs below: number, name, channel, distribution, counts, n, and the key of a second line."""
        if self.layout.numbers_only:
            return self.layout.line_height * 1.6
        rows = 1 + self.name_rows + self.detail_rows + 2 + (2 if self.second else 0)
        return rows * self.layout.line_height + self.layout.text * 2.7

    @property
    def height(self) -> float:
        """Height of the whole drawing."""
        return self.plot_bottom + self.foot
