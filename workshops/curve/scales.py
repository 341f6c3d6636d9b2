"""The six scales as a table, with expectation and experience drawn on one line in every row."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from workshops.curve.palette import Paint, Scheme
from workshops.curve.parts import Curve, StationLabel
from workshops.curve.text import NOTHING, localised, signed, xml
from workshops.curve.words import fewer_than_three, middle_half_words
from workshops.enums import Scale
from workshops.figures import EFFECTS, ScaleFigures, StationFigures, StationScales

GAP_WIDTH, GAP_HEIGHT = 120, 14
_EDGE = 6
_COLUMNS = 9
"""Cells behind the station's name."""
_AFTER_GAP = (Scale.IMPORTANCE, Scale.PURCHASE, Scale.REPURCHASE, Scale.RECOMMENDATION)


def gap_words(scales: StationScales) -> str:
    """Both means as a sentence part; empty where one of them is not shown."""
    if scales.expectation is None or scales.experience is None:
        return ""
    means = {"expected": localised(scales.expectation.mean, 1), "experienced": localised(scales.experience.mean, 1)}
    return _("expected %(expected)s, experienced %(experienced)s") % means


def scale_words(scales: StationScales) -> str:
    """What a phone says of a station's scales, the three effects by their names, without those that are not shown."""
    parts = []
    if scales.experience is not None:
        parts.append(
            _("median %(median)s, middle half %(half)s")
            % {"median": localised(scales.experience.median, 1), "half": middle_half_words(scales.experience)}
        )
    if scales.expectation is not None and scales.gap is not None:
        gap = {"expected": localised(scales.expectation.mean, 1), "gap": signed(scales.gap, 1)}
        parts.append(_("expected %(expected)s, gap %(gap)s") % gap)
    if scales.importance is not None:
        parts.append(_("importance %(mean)s") % {"mean": localised(scales.importance.mean, 1)})
    parts.append(effect_words(scales))
    if scales.leverage is not None:
        parts.append(_("leverage %(mean)s") % {"mean": localised(scales.leverage, 1)})
    return " · ".join(filter(None, parts))


def effect_words(scales: StationScales) -> str:
    """The three effects by their names, without those that are not shown."""
    effects = [(scale.label, found) for scale in EFFECTS if (found := scales.of(scale)) is not None]
    return " · ".join(f"{label} {localised(found.mean, 1)}" for label, found in effects)


def gap_bar(scales: StationScales, *, width: int = GAP_WIDTH) -> SafeString:
    """Expectation (open circle) and experience (full circle) on a line from 0 to 10; nothing without both."""
    if scales.expectation is None or scales.experience is None:
        return SafeString()
    return mark_safe(  # noqa: S308 - numbers and our own words
        f'<svg class="distribution-bar" width="{width}" height="{GAP_HEIGHT}" viewBox="0 0 {width} {GAP_HEIGHT}" '
        f'role="img" aria-label="{xml(gap_words(scales))}">'
        f"{_gap_strokes(scales.expectation.mean, scales.experience.mean, width, Paint(None))}</svg>"
    )


def gap_bar_svg(scales: StationScales, *, lang: str, scheme: Scheme = "light", width: int = GAP_WIDTH) -> str | None:
    """The same as a document of its own, or None without both means."""
    if scales.expectation is None or scales.experience is None:
        return None
    with override(lang):
        label = xml(gap_words(scales))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{GAP_HEIGHT}" '
        f'viewBox="0 0 {width} {GAP_HEIGHT}" role="img" aria-label="{label}">'
        f"{_gap_strokes(scales.expectation.mean, scales.experience.mean, width, Paint(scheme))}</svg>"
    )


def _gap_strokes(expected: float, experienced: float, width: int, paint: Paint) -> str:
    middle, room = GAP_HEIGHT / 2, width - 2 * _EDGE
    start, end = (_EDGE + value * room / 10 for value in (expected, experienced))
    return (
        f'<path {paint("second")} stroke-width="1" d="M{_EDGE} {middle:g}H{width - _EDGE}"/>'
        f'<path {paint("line")} stroke-width="2.5" d="M{start:.1f} {middle:g}H{end:.1f}"/>'
        f'<circle {paint("open")} stroke-width="1.5" cx="{start:.1f}" cy="{middle:g}" r="4"/>'
        f'<circle {paint("text")} cx="{end:.1f}" cy="{middle:g}" r="4.5"/>'
    )


def scale_rows(curve: Curve) -> SafeString:
    """The body of the table of scales, see ``workshops/_scale_table.html``: every station that was asked for them.

    In a mixed journey those of quick mode are not in it; nobody knows then whether a hidden one belongs to it.
    """
    words = _Words()
    stations = zip(curve.labels, curve.figures.stations, strict=True)
    rows = "".join(
        _row(label, figures, words)
        for label, figures in stations
        if figures.scales or not (figures.shown or curve.figures.is_mixed)
    )
    return mark_safe(rows)  # noqa: S308 - built from numbers and escaped text only


class _Words:
    """The rows' words, translated once per table."""

    def __init__(self) -> None:
        self.hidden = xml(fewer_than_three())
        self.hidden_beside_table = xml(fewer_than_three(tables=1))
        self.empty = xml(pgettext("station", "no rating"))
        self.large = xml(pgettext("gap", "large"))


def _row(label: StationLabel, figures: StationFigures, words: _Words) -> str:
    head = f'<tr><td class="num">{label.number}</td><th scope="row">{xml(label.name)}</th>'
    scales = figures.scales
    if scales is None:
        hidden = words.hidden_beside_table if figures.tables else words.hidden
        why = hidden if figures.hidden else words.empty
        return f'{head}<td class="quiet" colspan="{_COLUMNS}">{why}</td></tr>'
    cells = "".join(_cell(scales.of(scale)) for scale in _AFTER_GAP)
    leverage = NOTHING if scales.leverage is None else localised(scales.leverage, 1)
    return (
        f"{head}{_cell(scales.expectation)}{_cell(scales.experience)}"
        f'<td class="num nowrap">{_gap(scales, words)}</td><td>{gap_bar(scales) or NOTHING}</td>'
        f'{cells}<td class="num">{leverage}</td></tr>'
    )


def _cell(figures: ScaleFigures | None) -> str:
    """A scale's mean with its own n."""
    if figures is None:
        return f'<td class="num">{NOTHING}</td>'
    return f'<td class="num nowrap">{localised(figures.mean, 1)} <span class="small quiet">({figures.n})</span></td>'


def _gap(scales: StationScales, words: _Words) -> str:
    if scales.gap is None:
        return NOTHING
    gap = signed(scales.gap, 1)
    return f"<strong>{gap}</strong> {words.large}" if scales.has_large_gap else gap
