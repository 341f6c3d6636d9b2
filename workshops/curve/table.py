"""The curve as a table, and the small distribution bar that stands in it and in every other list of figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from workshops.curve.palette import Paint, Scheme
from workshops.curve.parts import Curve, StationLabel
from workshops.curve.shapes import bar_parts
from workshops.curve.text import NOTHING, localised, signed, xml
from workshops.curve.words import fewer_than_three, middle_half_words
from workshops.enums import Band
from workshops.figures import StationFigures
from workshops.tables import at_table_words

BAR_WIDTH, BAR_HEIGHT = 150, 8


def distribution_words(counts: tuple[int, int, int]) -> str:
    """The distribution as a sentence part: "3 disappointing, 9 OK, 12 delighting"."""
    return _in_words(_distribution_template(), counts)


def distribution_bar(figures: StationFigures, *, width: int = BAR_WIDTH) -> SafeString:
    """The bar for a page; where no figure is shown, the words that say why."""
    return mark_safe(distribution_bars(width)(figures))  # noqa: S308 - numbers, our own translated words


def distribution_bars(width: int) -> Callable[[StationFigures], str]:
    """What draws the bars of a list, with words that are translated once for two hundred stations."""
    words = _distribution_template()

    def bar(figures: StationFigures) -> str:
        if figures.counts is None:
            return _reason(figures)
        return _bar(figures.counts, width, _in_words(words, figures.counts))

    return bar


def distribution_bar_svg(
    figures: StationFigures, *, lang: str, scheme: Scheme = "light", width: int = BAR_WIDTH
) -> str | None:
    """The bar as a document of its own, or ``None`` where no figure is shown; its words are ``distribution_words``."""
    if figures.counts is None:
        return None
    with override(lang):
        label = xml(distribution_words(figures.counts))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{BAR_HEIGHT}" '
        f'viewBox="0 0 {width} {BAR_HEIGHT}" role="img" aria-label="{label}">'
        f"{_rects(figures.counts, width, Paint(scheme))}</svg>"
    )


def station_rows(curve: Curve) -> SafeString:
    """The body of the table beside a curve, one row per station; see ``workshops/_station_table.html`` for its head."""
    words = _Words(has_scales=curve.figures.has_scales)
    stations = zip(curve.labels, curve.figures.stations, strict=True)
    rows = "".join(_row(label, figures, words) for label, figures in stations)
    return mark_safe(rows)  # noqa: S308 - built from numbers and escaped text only


class _Words:
    """The rows' words, translated once per table."""

    def __init__(self, *, has_scales: bool = False) -> None:
        self.has_scales = has_scales
        self.bands = {band: str(band.label) for band in Band}
        self.distribution = _distribution_template()
        self.hidden = xml(fewer_than_three())
        self.hidden_beside_table = xml(fewer_than_three(tables=1))
        self.empty = xml(pgettext("station", "no rating"))
        self.phases: dict[str, str] = {}


def _distribution_template() -> str:
    return _("%(disappointing)d disappointing, %(ok)d OK, %(delighting)d delighting")


@lru_cache(maxsize=4096)  # two hundred stations rated by a dozen people share a few distributions
def _in_words(template: str, counts: tuple[int, int, int]) -> str:
    return template % dict(zip(("disappointing", "ok", "delighting"), counts, strict=True))


def _reason(figures: StationFigures) -> str:
    return xml(fewer_than_three(figures.tables) if figures.hidden else pgettext("station", "no rating"))


def _row(label: StationLabel, figures: StationFigures, words: _Words) -> str:
    note = f' <span class="quiet nowrap">{xml(label.note)}</span>' if label.note else ""
    head = (
        f'<tr><td class="num">{label.number}</td><th scope="row">{xml(label.name)}{note}</th>'
        f"<td>{_phase(label, words)}</td>"
    )
    if figures.counts is None or figures.balance is None or figures.band is None or figures.disagreement is None:
        hidden = words.hidden_beside_table if figures.tables else words.hidden
        why = hidden if figures.hidden else words.empty
        n, unable = (NOTHING if count is None else count for count in (figures.n, figures.cannot_judge))
        return (
            f'{head}<td class="quiet">{why}</td>{_experience(figures, words)}<td class="num">{NOTHING}</td>'
            f'<td>{NOTHING}</td><td class="num">{n}</td><td class="num">{unable}</td></tr>'
        )
    bar = _bar(figures.counts, BAR_WIDTH, _in_words(words.distribution, figures.counts))
    return (
        f'{head}<td>{bar}</td>{_experience(figures, words)}<td class="num">{signed(figures.balance)}</td>'
        f'<td>{words.bands[figures.band]} <span class="quiet">({localised(figures.disagreement, 2)})</span></td>'
        f'<td class="num">{figures.n}{_at_table(figures)}</td><td class="num">{figures.cannot_judge}</td></tr>'
    )


def _at_table(figures: StationFigures) -> str:
    if not figures.at_table:
        return ""
    return f' <span class="quiet">({xml(at_table_words(figures.at_table))})</span>'


def _experience(figures: StationFigures, words: _Words) -> str:
    """Mean, median and middle half, where the table has these columns."""
    if not words.has_scales:
        return ""
    found = figures.scales.experience if figures.scales else None
    cells = (
        (localised(found.mean, 1), localised(found.median, 1), middle_half_words(found))
        if found
        else (NOTHING, NOTHING, NOTHING)
    )
    return "".join(f'<td class="num">{cell}</td>' for cell in cells)


def _phase(label: StationLabel, words: _Words) -> str:
    if label.phase not in words.phases:
        words.phases[label.phase] = xml(str(label.phase.label))
    return words.phases[label.phase]


@lru_cache(maxsize=4096)  # two hundred stations rated by a dozen people share a few distributions
def _bar(counts: tuple[int, int, int], width: int, label: str) -> str:
    return (
        f'<svg class="distribution-bar" width="{width}" height="{BAR_HEIGHT}" viewBox="0 0 {width} {BAR_HEIGHT}" '
        f'role="img" aria-label="{xml(label)}">{_rects(counts, width, Paint(None))}</svg>'
    )


def _rects(counts: tuple[int, int, int], width: int, paint: Paint) -> str:
    return "".join(
        f'<rect {paint(part)} x="{left:.1f}" y="0" width="{wide:.1f}" height="{BAR_HEIGHT}"/>'
        for part, left, wide in bar_parts(counts, 0, width, gap=1.5)
    )
