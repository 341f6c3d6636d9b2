"""Importance against experience as a drawing: the same on page, projector and PDF, made by hand like the curve.

The axes begin and end where the stations do, on whole points, since people rate importance high and the stations would
otherwise stand on one heap. Every station is its drawer's shape with its number on the path, and with its name where
there is room; the table beside the drawing has them all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from workshops.curve.palette import DRAWER_PART, Paint, Scheme
from workshops.curve.parts import StationLabel
from workshops.curve.shapes import shape
from workshops.curve.text import clean, language, localised, needs_shaping, width_of, wrap, xml
from workshops.enums import Drawer, Quadrant
from workshops.figures import JourneyFigures, Quadrants, Spot

_NARROWEST_CORNER = 7  # times the size of the letters
_LONGEST_NAME = 26
"""Longer names end in an ellipsis; the list beside the drawing has them whole."""
_SQUARE = 40
"""Width of a square of the ground, in drawing units."""
_SHORTEST_AXIS = 4
"""Fewest whole points of an axis, so that a small difference does not look large."""


@dataclass(frozen=True)
class QuadrantLayout:
    """Measures in drawing units; on the page one unit is one pixel."""

    width: float
    height: float
    text: float
    names: bool = True

    @property
    def left(self) -> float:
        """Room for the numbers and the name of the upright axis."""
        return self.text * 3.6

    @property
    def bottom(self) -> float:
        """Room for the numbers and the name of the level axis."""
        return self.text * 3.8


QUADRANT_PAGE = QuadrantLayout(width=760, height=500, text=13)
QUADRANT_PHONE = QuadrantLayout(width=300, height=300, text=12, names=False)
QUADRANT_PRINT = QuadrantLayout(width=673, height=520, text=10)


@dataclass(frozen=True)
class _Box:
    """A place that is taken."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: _Box) -> bool:
        """Whether two places overlap."""
        level = self.x < other.x + other.width and other.x < self.x + self.width
        return level and self.y < other.y + other.height and other.y < self.y + self.height


@dataclass(frozen=True)
class _Taken:
    """All places that are taken, by squares of the ground: two thousand stations need no million comparisons."""

    squares: dict[tuple[int, int], list[_Box]] = field(default_factory=dict)

    def add(self, *boxes: _Box) -> None:
        for box in boxes:
            for square in self._under(box):
                self.squares.setdefault(square, []).append(box)

    def holds(self, box: _Box) -> bool:
        """Whether some place here overlaps with this one."""
        return any(box.meets(other) for square in self._under(box) for other in self.squares.get(square, ()))

    def _under(self, box: _Box) -> Iterator[tuple[int, int]]:
        for column in range(int(box.x // _SQUARE), int((box.x + box.width) // _SQUARE) + 1):
            for row in range(int(box.y // _SQUARE), int((box.y + box.height) // _SQUARE) + 1):
                yield column, row


def quadrant_svg(
    figures: JourneyFigures,
    labels: Sequence[StationLabel],
    *,
    lang: str,
    scheme: Scheme = "light",
    layout: QuadrantLayout = QUADRANT_PRINT,
) -> str | None:
    """The drawing as a document of its own, or None where no station shows both means."""
    if figures.quadrants is None:
        return None
    with override(lang):
        named = {label.code: label for label in labels}
        drawing = _Drawing(figures, figures.quadrants, named, layout, Paint(scheme), "quadrants")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{layout.width:g}" height="{layout.height:g}" '
            f'viewBox="0 0 {layout.width:g} {layout.height:g}" font-family="Inter, system-ui, sans-serif" '
            f'xml:lang="{lang}" role="img" aria-labelledby="quadrants-title quadrants-summary">'
            f"{drawing.titles()}{drawing.strokes()}</svg>"
        )


def quadrant_inline(figures: JourneyFigures, labels: Sequence[StationLabel]) -> SafeString:
    """The drawing for a page, in its colours; empty where no station shows both means.

    Two of them: one for a phone, with the stations' numbers alone, and one for every wider screen.
    """
    if figures.quadrants is None:
        return SafeString()
    named = {label.code: label for label in labels}
    drawings = "".join(
        f'<svg class="{ident}" width="{layout.width:g}" height="{layout.height:g}" '
        f'viewBox="0 0 {layout.width:g} {layout.height:g}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-summary">{drawing.titles()}{drawing.strokes()}</svg>'
        for layout, ident in ((QUADRANT_PAGE, "quadrants"), (QUADRANT_PHONE, "quadrants-narrow"))
        for drawing in [_Drawing(figures, figures.quadrants, named, layout, Paint(None), ident)]
    )
    return mark_safe(drawings)  # noqa: S308 - built from numbers and escaped text only


def quadrant_summary(figures: JourneyFigures, names: Mapping[str, str]) -> str:
    """What the drawing says, in sentences."""
    found = figures.quadrants
    if found is None:
        return ""
    count = len(found.spots)
    what = ngettext(
        "Importance and experience of %(count)d station on 0 to 10.",
        "Importance and experience of %(count)d stations on 0 to 10.",
        count,
    ) % {"count": count}
    weak = ", ".join(names[code] for code in found.weak)
    return f"{what} " + (
        _("Important and weak: %(stations)s.") % {"stations": weak} if weak else _("None is important and weak.")
    )


@dataclass(frozen=True)
class _Axis:
    """Whole points from ``low`` to ``high``, drawn between two places."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        """An axis with every value on it and at least half a point of room, as far as the scale goes."""
        low, high = max(0, math.floor(min(values) - 0.5)), min(10, math.ceil(max(values) + 0.5))
        while high - low < _SHORTEST_AXIS:
            low, high = max(0, low - 1), min(10, high + 1)
        return cls(low, high, start, end)

    def at(self, value: float) -> float:
        """The place of a value."""
        return self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low)

    @property
    def ticks(self) -> range:
        return range(self.low, self.high + 1)


@dataclass
class _Drawing:
    figures: JourneyFigures
    found: Quadrants
    labels: Mapping[str, StationLabel]
    layout: QuadrantLayout
    paint: Paint
    ident: str
    taken: _Taken = field(default_factory=lambda: _Taken())

    def __post_init__(self) -> None:
        layout, spots = self.layout, self.found.spots
        right, foot = layout.width - layout.text, layout.height - layout.bottom
        self.x = _Axis.around([self.found.experience, *(spot.experience for spot in spots)], layout.left, right)
        self.y = _Axis.around([self.found.importance, *(spot.importance for spot in spots)], foot, layout.text)
        # Taken before the first word is placed, so that none lies under a station.
        self.places = {spot.code: (self.x.at(spot.experience), self.y.at(spot.importance)) for spot in spots}
        self.radius = layout.text * 0.5
        self.taken.add(*(self._around(*place) for place in self.places.values()))
        self.drawers = {station.code: station.drawer for station in self.figures.stations}

    def _around(self, x: float, y: float) -> _Box:
        return _Box(x - self.radius, y - self.radius, 2 * self.radius, 2 * self.radius)

    def titles(self) -> str:
        names = {code: label.name for code, label in self.labels.items()}
        title = xml(_("Importance and experience"))
        return (
            f'<title id="{self.ident}-title">{title}</title>'
            f'<desc id="{self.ident}-summary">{xml(quadrant_summary(self.figures, names))}</desc>'
        )

    def strokes(self) -> str:
        """Ground and axes first, then the borders, the corners' words, and the stations above them."""
        return "".join((self._ground(), self._ticks(), self._corners(), self._stations()))

    def _ground(self) -> str:
        x, y = self.x, self.y
        border_x, border_y = x.at(self.found.experience), y.at(self.found.importance)
        dash = f"{self.layout.text * 0.25:g} {self.layout.text * 0.3:g}"
        return (
            f'<rect {self.paint("band")} x="{x.start:g}" y="{y.end:g}" width="{border_x - x.start:.1f}" '
            f'height="{border_y - y.end:.1f}"/>'
            f'<g stroke-width="1"><path {self.paint("rule")} d="M{x.start:g} {y.end:g}H{x.end:g}V{y.start:g}'
            f'H{x.start:g}Z"/>'
            f'<path {self.paint("zero")} stroke-dasharray="{dash}" d="M{border_x:.1f} {y.end:g}V{y.start:g}'
            f'M{x.start:g} {border_y:.1f}H{x.end:g}"/></g>'
        )

    def _ticks(self) -> str:
        size, x, y = self.layout.text, self.x, self.y
        level = "".join(
            f'<text x="{x.at(value):.1f}" y="{y.start + size * 1.35:.1f}" text-anchor="middle">{value}</text>'
            for value in x.ticks
        )
        upright = "".join(
            f'<text x="{x.start - size * 0.5:.1f}" y="{y.at(value) + size * 0.35:.1f}" text-anchor="end">{value}</text>'
            for value in y.ticks
        )
        level_name, upright_name = xml(_("Experience (mean, 0 to 10)")), xml(_("Importance (mean, 0 to 10)"))
        middle_x, middle_y = (x.start + x.end) / 2, (y.start + y.end) / 2
        return (
            f'<g {self.paint("quiet")} font-size="{size:g}">{level}{upright}'
            f'<text x="{middle_x:.1f}" y="{y.start + size * 3:.1f}" text-anchor="middle">'
            f"{level_name}</text>"
            f'<text transform="translate({size:.1f} {middle_y:.1f}) rotate(-90)" text-anchor="middle">'
            f"{upright_name}</text></g>"
        )

    def _corners(self) -> str:
        """The quadrants' names in the four corners, so that no border passes through them."""
        words = (
            self._corner(Quadrant.CONCENTRATE, is_left=True, is_top=True),
            self._corner(Quadrant.KEEP, is_left=False, is_top=True),
            self._corner(Quadrant.LOW, is_left=True, is_top=False),
            self._corner(Quadrant.OVERKILL, is_left=False, is_top=False),
        )
        return f'<g {self.paint("quiet")} font-size="{self.layout.text:g}">{"".join(words)}</g>'

    def _corner(self, quadrant: Quadrant, *, is_left: bool, is_top: bool) -> str:
        """One name; where it is wider than its corner, in lines below each other."""
        size, high = self.layout.text, self.layout.text * 1.25
        border = min(max(self.x.at(self.found.experience), self.x.start), self.x.end)
        room = (border - self.x.start if is_left else self.x.end - border) - size * 1.4
        lines = wrap(str(quadrant.label), max(room, size * _NARROWEST_CORNER), size, 3, language())
        box = self._corner_place(max(width_of(line, size) for line in lines), len(lines), is_left, is_top)
        self.taken.add(box)
        at, anchor = (box.x, "start") if is_left else (box.x + box.width, "end")
        weight = ' font-weight="600"' if quadrant is Quadrant.CONCENTRATE else ""
        feet = [box.y + size + place * high for place in range(len(lines))]
        return "".join(
            f'<text x="{at:.1f}" y="{foot:.1f}" text-anchor="{anchor}"{weight}>{xml(line)}</text>'
            for foot, line in zip(feet, lines, strict=True)
        )

    def _corner_place(self, wide: float, lines: int, is_left: bool, is_top: bool) -> _Box:
        """Where a name of this size stands: in the corner, or where a station is there further along its edge."""
        size, high = self.layout.text, self.layout.text * 1.25
        x = self.x.start + size * 0.7 if is_left else self.x.end - size * 0.7 - wide
        border = min(max(self.y.at(self.found.importance), self.y.end), self.y.start)
        first = self.y.end + size * 0.4 if is_top else self.y.start - size * 0.55 - lines * high
        room = border - first - lines * high if is_top else first - border
        steps = range(max(0, int(room // (high / 2))) + 1)
        places = [_Box(x, first + (step if is_top else -step) * high / 2, wide, lines * high) for step in steps]
        return next((place for place in places if not self.taken.holds(place)), places[0])

    def _stations(self) -> str:
        """First all shapes, so that no name covers one, then the names: the weak before the others, and none across a
        border.
        """
        border_x, border_y = self.x.at(self.found.experience), self.y.at(self.found.importance)
        self.taken.add(_Box(border_x, 0, 1, self.layout.height), _Box(0, border_y, self.layout.width, 1))
        marks = "".join(
            shape(drawer, self.paint(f"{DRAWER_PART[drawer]}-marker"), *self.places[spot.code], self.radius)
            for spot in self.found.spots
            if (drawer := self._drawer(spot)) is not None
        )
        first = {code: place for place, code in enumerate(self.found.weak)}
        ordered = sorted(self.found.spots, key=lambda spot: first.get(spot.code, len(first)))
        names = "".join(self._name(spot, *self.places[spot.code]) for spot in ordered)
        return (
            f'<g stroke-width="{self.layout.text / 8:.1f}" stroke-linejoin="round">{marks}</g>'
            f'<g {self.paint("text")} font-size="{self.layout.text:g}">{names}</g>'
        )

    def _drawer(self, spot: Spot) -> Drawer | None:
        return self.drawers[spot.code]

    def _name(self, spot: Spot, x: float, y: float) -> str:
        """Number and name at the first free place, or the number alone; without any place the table must do."""
        label = self.labels[spot.code]
        for text in self._texts(label):
            for box in self._places(text, x, y):
                if self._is_free(box):
                    self.taken.add(box)
                    return f'<text x="{box.x:.1f}" y="{box.y + self.layout.text:.1f}">{xml(text)}</text>'
        return ""

    def _texts(self, label: StationLabel) -> tuple[str, ...]:
        name = clean(label.name)
        if not self.layout.names or needs_shaping(name):
            return (str(label.number),)
        short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip(" ,;:-") + "…"
        return f"{label.number} {short}", str(label.number)

    def _places(self, text: str, x: float, y: float) -> Iterator[_Box]:
        """Right, left, above, below."""
        size, radius = self.layout.text, self.radius
        wide, high = width_of(text, size), size * 1.25
        yield _Box(x + radius + size * 0.35, y - high / 2, wide, high)
        yield _Box(x - radius - size * 0.35 - wide, y - high / 2, wide, high)
        yield _Box(x - wide / 2, y - radius - size * 0.2 - high, wide, high)
        yield _Box(x - wide / 2, y + radius + size * 0.2, wide, high)

    def _is_free(self, box: _Box) -> bool:
        inside = self.x.start < box.x and box.x + box.width < self.x.end
        inside = inside and self.y.end < box.y and box.y + box.height < self.y.start
        return inside and not self.taken.holds(box)


def quadrant_rows(figures: JourneyFigures, labels: Sequence[StationLabel]) -> SafeString:
    """The body of the table beside the drawing, quadrant by quadrant; see ``workshops/_quadrants.html``."""
    if figures.quadrants is None:
        return SafeString()
    by_code = {label.code: label for label in labels}
    weak = {code: place for place, code in enumerate(figures.quadrants.weak)}
    order = {quadrant: place for place, quadrant in enumerate(Quadrant)}
    spots = sorted(figures.quadrants.spots, key=lambda spot: (order[spot.quadrant], weak.get(spot.code, 0)))
    words = {quadrant: xml(str(quadrant.label)) for quadrant in Quadrant}
    rows = "".join(
        f'<tr><td class="num">{by_code[spot.code].number}</td><th scope="row">{xml(by_code[spot.code].name)}</th>'
        f'<td class="num">{localised(spot.importance, 1)}</td><td class="num">{localised(spot.experience, 1)}</td>'
        f"<td>{words[spot.quadrant]}</td></tr>"
        for spot in spots
    )
    return mark_safe(rows)  # noqa: S308 - built from numbers and escaped text only
