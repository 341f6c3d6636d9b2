"""The strokes of the drawing, from the ground up: zones, lines, marks, and what hangs below each station."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from workshops.curve.palette import DRAWER_PART, Paint
from workshops.curve.parts import Column, Curve, PhaseBand
from workshops.curve.shapes import bar_parts, shape
from workshops.curve.text import language, needs_shaping, width_of, wrap, xml
from workshops.curve.words import Words, curve_summary, level_words
from workshops.enums import Drawer
from workshops.figures import MIN_GROUP


@dataclass(frozen=True)
class Pen:
    """Draws one curve; holds what every part needs, so that nothing is looked up per station."""

    curve: Curve
    paint: Paint
    ident: str
    words: Words
    lang: str
    for_pdf: bool

    @classmethod
    def for_curve(cls, curve: Curve, paint: Paint, ident: str, *, for_pdf: bool = False) -> Pen:
        return cls(curve, paint, ident, Words.translated(), language(), for_pdf)

    @property
    def size(self) -> float:
        return self.curve.layout.text

    def titles(self) -> str:
        summary = xml(curve_summary(self.curve))
        return (
            f'<title id="{self.ident}-title">{self.words.title}</title><desc id="{self.ident}-summary">{summary}</desc>'
        )

    def axis(self) -> str:
        """The words of the three zones, at the left edge."""
        size, x = self.size, self.curve.layout.gutter - self.size * 0.8
        words = "".join(f'<text x="{x:g}" y="{y + size * 0.35:.1f}">{word}</text>' for y, word in self._zones())
        return f'<g {self.paint("quiet")} font-size="{size:g}" text-anchor="end">{words}</g>'

    def upright_axis(self) -> str:
        """The same words turned by a quarter, each centred on its zone."""
        x = self.size * 1.1
        words = "".join(
            f'<text transform="translate({x:g} {y:.1f}) rotate(-90)">{word}</text>' for y, word in self._zones()
        )
        return f'<g {self.paint("quiet")} font-size="{self.size:g}" text-anchor="middle">{words}</g>'

    def _zones(self) -> tuple[tuple[float, str], ...]:
        """Middle and word of each zone."""
        curve = self.curve
        return (
            ((curve.head + curve.delight_y) / 2, xml(self.words.delighting)),
            (curve.zero_y, xml(self.words.zero)),
            ((curve.disappoint_y + curve.plot_bottom) / 2, xml(self.words.disappointing)),
        )

    def plot(self) -> str:
        """Ground first, then the lines, then what must stay readable above them."""
        return "".join((self._ground(), self._lines(), self._markers(), self._feet(), self._key()))

    def _ground(self) -> str:
        curve, paint = self.curve, self.paint
        left, right = curve.layout.gutter, curve.plot_right
        wide = right - left
        shades = "".join(
            f'<rect x="{band.x:g}" y="{curve.head:g}" width="{band.width:g}" height="{curve.layout.plot_height:g}"/>'
            for band in curve.phases
            if band.shaded
        )
        return (
            f'<rect {paint("zone-delighting")} x="{left:g}" y="{curve.head:g}" width="{wide:g}" '
            f'height="{curve.delight_y - curve.head:.1f}"/>'
            f'<rect {paint("zone-disappointing")} x="{left:g}" y="{curve.disappoint_y:g}" width="{wide:g}" '
            f'height="{curve.plot_bottom - curve.disappoint_y:.1f}"/>'
            f"<g {paint('phase')}>{shades}</g>"
            f'<g stroke-width="{self.size / 13:.2f}">{self._zero_line()}{self._rules()}</g>{self._heads()}'
        )

    def _zero_line(self) -> str:
        """Dashed, and interrupted where a number stands on it: a struck-out figure is a misread one."""
        curve, size = self.curve, self.curve.layout.heading
        steps = [f"M{curve.layout.gutter:g} {curve.zero_y:g}"]
        for column in curve.stations:
            baseline = self._value_y(column)
            if column.figures and column.figures.shown and baseline - size * 0.9 < curve.zero_y < baseline + size * 0.2:
                middle, half = column.middle + column.value_shift, size * 1.4
                steps.append(f"H{middle - half:.1f}M{middle + half:.1f} {curve.zero_y:g}")
        dash = f"{size * 0.2:g} {size * 0.27:g}"
        return f'<path {self.paint("zero")} stroke-dasharray="{dash}" d="{"".join(steps)}H{curve.plot_right:g}"/>'

    def _heads(self) -> str:
        curve, size = self.curve, self.curve.layout.heading
        heads = "".join(self._head(band, size) for band in curve.phases)
        empty = "".join(
            self._in_columns(band.x, band.width, curve.zero_y, self.words.no_station, middle=True)
            for band in curve.phases
            if band.empty
        )
        return (
            f'<g {self.paint("text")} font-size="{size:g}" font-weight="600">{heads}</g>'
            f'<g {self.paint("quiet")} font-size="{self.size:g}" text-anchor="middle">{empty}</g>'
        )

    def _head(self, band: PhaseBand, size: float) -> str:
        lines = wrap(str(band.phase.label), band.width - size, size, 2, self.lang)
        high = size * 1.2
        x, y = band.x + size * 0.6, self.curve.head - size * 0.75 - (len(lines) - 1) * high
        return "".join(
            f'<text x="{x:.1f}" y="{y + row * high:.1f}">{xml(line)}</text>' for row, line in enumerate(lines)
        )

    def _rules(self) -> str:
        """Hairlines: a tall one where a phase begins, a short one between stations."""
        curve = self.curve
        foot, end = curve.plot_bottom + self.size * 0.6, self._foot_end()
        tall = "".join(f"M{band.x:g} 4V{end:g}" for band in curve.phases)
        starts = {band.x for band in curve.phases}
        short = "".join(f"M{column.x:g} {foot:g}V{end:g}" for column in curve.stations if column.x not in starts)
        return f'<path {self.paint("rule")} d="{tall}{short}"/>'

    def _foot_end(self) -> float:
        return round(self.curve.height - (2 * self.curve.layout.line_height if self.curve.second else 0) - 2, 1)

    def _lines(self) -> str:
        curve, paint, left = self.curve, self.paint, self.curve.layout.gutter
        clip = f"{self.ident}-clip"
        second = "".join(f'<path d="{line}"/>' for line in curve.second_lines)
        points = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{self.size * 0.24:.1f}"/>' for x, y in curve.second_points)
        lines = "".join(f'<path d="{line}"/>' for line in curve.lines)
        bands = "".join(f'<path {paint("band")} d="{band}"/>' for band in curve.bands)
        thick = round(self.size / 6.5, 1)
        place = f'x="{left:g}" y="0" width="{curve.plot_right - left:g}" height="{curve.height:g}"'
        return (
            f'<clipPath id="{clip}"><rect {place}/></clipPath>'
            f'<g clip-path="url(#{clip})">{bands}'
            f'<g {paint("second")} stroke-width="{thick * 0.75:.1f}">{second}</g>'
            f'<g {paint("second-point")} stroke-width="{thick * 0.75:.1f}">{points}</g>'
            f'<g {paint("line")} stroke-width="{thick:g}" stroke-linejoin="round" stroke-linecap="round">{lines}</g>'
            "</g>"
        )

    def _markers(self) -> str:
        marks = "".join(self._marker(column) for column in self.curve.stations)
        values = "".join(self._value(column) for column in self.curve.stations)
        return (
            f'<g stroke-width="{self.size / 6.5:.1f}" stroke-linejoin="round">{marks}</g>'
            f'<g {self.paint("text")} font-size="{self.curve.layout.heading:g}" font-weight="600" '
            f'text-anchor="middle">{values}</g>{self._gaps()}'
        )

    def _marker(self, column: Column) -> str:
        figures = column.figures
        if figures is None or figures.drawer is None:
            radius, dash = self.curve.layout.marker * 0.85, f"{self.size / 6.5:.1f}"
            return (
                f'<circle {self.paint("open")} stroke-dasharray="{dash} {dash}" cx="{column.middle:.1f}" '
                f'cy="{self.curve.zero_y:g}" r="{radius:.1f}"/>'
            )
        paint = self.paint(f"{DRAWER_PART[figures.drawer]}-marker")
        return shape(figures.drawer, paint, column.middle, column.y, self.curve.layout.marker)

    def _value(self, column: Column) -> str:
        level = level_words(column.figures) if column.figures else ""
        if not level:
            return ""
        if self.curve.layout.numbers_only and column.width < width_of("−100", self.curve.layout.heading) * 0.8:
            return ""
        x, y = column.middle + column.value_shift, self._value_y(column)
        return f'<text x="{x:.1f}" y="{y:.1f}">{level}</text>'

    def _value_y(self, column: Column) -> float:
        size = self.curve.layout.heading
        return column.y - size * 0.85 if column.value_above else column.y + size * 1.5

    def _gaps(self) -> str:
        """Under an open marker the reason for the gap, so that nobody reads the place on the zero line as a figure."""
        reasons = "".join(
            self._in_columns(
                column.x,
                column.width,
                self.curve.zero_y + self.size * 1.9,
                self.words.no_figure(column.figures),
            )
            for column in self.curve.stations
            if column.figures and not column.figures.shown
        )
        return f'<g {self.paint("quiet")} font-size="{self.size:g}" text-anchor="middle">{reasons}</g>'

    def _in_columns(self, x: float, width: float, y: float, words: str, *, middle: bool = False) -> str:
        lines = wrap(words, width - self.size * 0.6, self.size, 3, self.lang)
        high = self.curve.layout.line_height
        top = y - (len(lines) * high) / 2 - self.size * 0.4 if middle else y
        return "".join(
            f'<text x="{x + width / 2:.1f}" y="{top + row * high:.1f}">{xml(line)}</text>'
            for row, line in enumerate(lines)
        )

    def _feet(self) -> str:
        """What hangs below each station; equal rows across all columns, so that the eye can run along."""
        feet = "".join(self._foot(column) for column in self.curve.stations)
        return f'<g {self.paint("text")} font-size="{self.size:g}">{feet}</g>'

    def _foot(self, column: Column) -> str:
        label, figures, curve = column.label, column.figures, self.curve
        if label is None or figures is None:
            return ""
        if curve.layout.numbers_only:
            return self._number(column, label.number)
        high, quiet = curve.layout.line_height, self.paint("quiet")
        y = curve.plot_bottom + self.size * 0.6 + high * 0.8
        parts = [
            f'<g transform="translate({column.x + self.size * 0.6:.1f} 0)">'
            f'<text {quiet} y="{y:.1f}">{label.number}</text>'
        ]
        parts += [
            f'<text font-weight="600" y="{y + high * (row + 1):.1f}">{xml(line)}</text>'
            for row, line in enumerate(self._name(column))
        ]
        y += high * (1 + curve.name_rows) + self.size * 0.25
        parts += [
            f'<text {quiet} y="{y + high * row:.1f}">{xml(line)}</text>' for row, line in enumerate(column.detail_lines)
        ]
        y += high * curve.detail_rows - self.size * 0.3
        parts.append(_distribution(figures.counts, y, column.width - self.size * 1.2, self.size, high, self.paint))
        y += self.size * 0.6 + high * 2
        count = f"n = {figures.n}" if figures.n is not None else "" if figures.tables else f"n &lt; {MIN_GROUP}"
        parts.append(f'<text {quiet} y="{y:.1f}">{count}</text></g>')
        return "".join(parts)

    def _number(self, column: Column, number: int) -> str:
        """The number alone, centred; every second one where two would touch."""
        step = 1 + int(width_of(str(number), self.size) > column.width * 0.9)
        if (number - 1) % step:
            return ""
        y = self.curve.plot_bottom + self.size * 1.3
        place = f'x="{column.middle:.1f}" y="{y:.1f}" text-anchor="middle"'
        return f"<text {self.paint('quiet')} {place}>{number}</text>"

    def _name(self, column: Column) -> tuple[str, ...]:
        if self.for_pdf and any(needs_shaping(line) for line in column.name_lines):
            return (self.words.in_table,)
        return column.name_lines

    def _key(self) -> str:
        """Which line is which, where there are two."""
        second = self.curve.second
        if second is None:
            return ""
        x, y = self.curve.layout.gutter + self.size * 0.6, self.curve.height - self.size * 0.7
        dash, gap = self.size * 2, self.size * 0.6
        middle = y - self.size * 0.35
        own = second.own or self.words.today
        beside = x + dash + gap + width_of(own, self.size) + self.size * 2
        return (
            f'<path {self.paint("line")} stroke-width="2" d="M{x:g} {middle:.1f}h{dash:g}"/>'
            f'<path {self.paint("second")} stroke-width="1.5" d="M{beside:.1f} {middle:.1f}h{dash:g}"/>'
            f'<g {self.paint("text")} font-size="{self.size:g}">'
            f'<text x="{x + dash + gap:.1f}" y="{y:.1f}">{xml(own)}</text>'
            f'<text x="{beside + dash + gap:.1f}" y="{y:.1f}">{xml(second.label)}</text></g>'
        )


@lru_cache(maxsize=4096)  # two hundred stations rated by a dozen people share a few distributions
def _distribution(
    counts: tuple[int, int, int] | None, y: float, width: float, size: float, line_height: float, paint: Paint
) -> str:
    """The bar with its upper edge at ``y``, and under it the three counts; a hollow bar alone where none are shown."""
    high = round(size * 0.6, 1)
    if counts is None:
        return f'<rect {paint("hollow")} x="0.5" y="{y:.1f}" width="{width - 1:.1f}" height="{high:g}"/>'
    bar = "".join(
        f'<rect {paint(part)} x="{left:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:g}"/>'
        for part, left, wide in bar_parts(counts, 0, width, gap=round(size / 9, 1))
    )
    return bar + _counts(counts, y + size * 0.6 + line_height, width / 3, size, paint)


def _counts(counts: tuple[int, int, int], y: float, third: float, size: float, paint: Paint) -> str:
    """The three counts with their shapes: the bar's colours never speak alone."""
    radius, middle = size * 0.27, y - size * 0.36
    return "".join(
        shape(drawer, paint(DRAWER_PART[drawer]), third * at + radius, middle, radius)
        + f'<text x="{third * at + radius * 2 + size * 0.25:.1f}" y="{y:.1f}">{count}</text>'
        for at, (drawer, count) in enumerate(zip(Drawer, counts, strict=True))
    )
