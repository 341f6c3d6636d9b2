"""Figures in templates: numbers as the language writes them, the distribution bar, the curve and its table."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from workshops import curve as drawn
from workshops.curve.text import NOTHING, localised, xml
from workshops.curve.text import signed as with_sign
from workshops.enums import MeasureStatus
from workshops.figures import JourneyFigures, StationFigures, StationScales
from workshops.joining import JoinCard, join_card
from workshops.measures import amount_words
from workshops.models import Measure
from workshops.queries import Reason, Result, StationResult
from workshops.queries.analysis import Cell, Chart
from workshops.queries.pages import Row
from workshops.queries.rounds import direction_of, moved_words
from workshops.tables import at_table_words

register = template.Library()


@register.filter
def signed(value: float | None, digits: int = 0) -> str:
    """ "+35", "−29", "0"; a dash where there is no figure."""
    return NOTHING if value is None else with_sign(value, digits)


@register.filter
def decimal1(value: float | None) -> str:
    """One place behind the comma (German) or point (English)."""
    return NOTHING if value is None else localised(value, 1)


@register.filter
def decimal2(value: float | None) -> str:
    """Two places, for the disagreement from 0 to 1."""
    return NOTHING if value is None else localised(value, 2)


@register.filter
def amount(value: int | None) -> str:
    """Money in whole units: "1.500 €" (German), "€1,500" (English)."""
    return amount_words(value)


@register.simple_tag
def measure_state(measure: Measure) -> SafeString:
    """Where a measure stands as a word in a badge, and whether it waits too long."""
    kind = "" if measure.status == MeasureStatus.UNDER_WAY else " badge--quiet"
    state = format_html('<span class="badge{}">{}</span>', kind, measure.get_status_display())
    if not measure.is_overdue:
        return state
    return format_html('{} <span class="badge badge--warn">{}</span>', state, pgettext("measure", "overdue"))


@register.filter
def level(figures: StationFigures) -> str:
    """Where a station stands: "+35", or "7.4" in full mode; a dash where there is no figure."""
    return drawn.level_words(figures) or NOTHING


@register.filter
def level_name(figures: StationFigures | JourneyFigures) -> str:
    """What that number is called: balance or mean."""
    return drawn.level_name(figures.ruler)


@register.filter
def journey_level(figures: JourneyFigures) -> str:
    """The whole journey in one figure, in words."""
    return drawn.journey_level(figures)


@register.filter
def percent(value: float | None) -> str:
    """A share from 0 to 100 as the language writes it: "38 %" or "38%"."""
    if value is None:
        return NOTHING
    return pgettext("share", "%(number)s%%") % {"number": localised(value)}


@register.simple_tag
def distribution_bar(figures: StationFigures, width: int = 150) -> SafeString:
    """The three-part bar with its words, or the reason why there is none."""
    return drawn.distribution_bar(figures, width=width)


@register.simple_tag
def curve_inline(curve: drawn.Curve, ident: str = "curve") -> SafeString:
    """The drawing in the page; two on one page need two idents."""
    return drawn.curve_inline(curve, ident=ident)


@register.simple_tag
def station_rows(curve: drawn.Curve) -> SafeString:
    """The rows of the table beside the curve."""
    return drawn.station_rows(curve)


@register.simple_tag
def scale_line(scales: StationScales) -> str:
    """Median, middle half, gap, importance and effects in one short line; nothing of a scale that is not shown."""
    return drawn.scale_words(scales)


@register.simple_tag
def effect_words(scales: StationScales) -> str:
    """The three effects in one short line."""
    return drawn.effect_words(scales)


@register.simple_tag
def expected_and_experienced(scales: StationScales) -> str:
    """Both means in words; empty without one of them."""
    return drawn.gap_words(scales)


@register.simple_tag
def scale_rows(curve: drawn.Curve) -> SafeString:
    """The rows of the table of the six scales."""
    return drawn.scale_rows(curve)


@register.simple_tag
def quadrant_inline(curve: drawn.Curve) -> SafeString:
    """Importance against experience, drawn in the page."""
    return drawn.quadrant_inline(curve.figures, curve.labels)


@register.simple_tag
def quadrant_rows(curve: drawn.Curve) -> SafeString:
    """The rows of the table beside that drawing."""
    return drawn.quadrant_rows(curve.figures, curve.labels)


@register.simple_tag
def gap_list(rows: Iterable[Row]) -> SafeString:
    """Items of a .talk-list with expectation and experience on one line; joined here like station_list."""
    items = "".join(
        f'<li><span class="talk-list__name">{escape(row.name)}</span>'
        f'<span class="talk-list__words">{escape(row.words)}</span>'
        f"{drawn.gap_bar(row.figures.scales, width=72) if row.figures.scales else ''}</li>"
        for row in rows
    )
    return mark_safe(items)  # noqa: S308 - numbers, our words and escaped names


@register.simple_tag
def progress_ring(finished: int, total: int) -> SafeString:
    """The ring with "19 of 26 done" in it; the words are the picture's name too."""
    share = round(100 * finished / total) if total else 0
    words = gettext("of %(total)d done") % {"total": total}
    circle = 'cx="60" cy="60" r="54" pathLength="100"'
    value = (
        f'<circle class="progress-ring__value" {circle} stroke-dasharray="{share} 100" transform="rotate(-90 60 60)"/>'
    )
    return format_html(
        '<svg class="progress-ring" viewBox="0 0 120 120" role="img" aria-label="{} {}">'
        '<circle class="progress-ring__track" {}/>{}<text x="60" y="66">{}</text><text x="60" y="82">{}</text></svg>',
        finished,
        words,
        mark_safe(circle),  # noqa: S308 - numbers of ours
        mark_safe(value if share else ""),  # noqa: S308 - a number of ours
        finished,
        words,
    )


@register.simple_tag
def at_table(count: int) -> str:
    """ "4 of them entered at a table"."""
    return at_table_words(count)


@register.simple_tag
def joining(code: str) -> JoinCard:
    """Code, address and QR code of a room; {% joining room.join_code as join %}."""
    return join_card(code)


@register.simple_tag
def projector_curve(result: Result) -> SafeString:
    """The curve as large as the room needs it: with names while they fit, else with the stations' numbers alone."""
    return drawn.curve_whole(result.projector_curve, ident="board-curve")


@register.simple_tag
def reason_items(reasons: Iterable[Reason]) -> SafeString:
    """Items of a .result-reasons; joined here, since three hundred reasons must not cost three hundred loops."""
    items = "".join(f'<li dir="auto">{escape(reason.text)}</li>' for reason in reasons)
    return mark_safe(items)  # noqa: S308 - escaped words


@register.simple_tag
def station_list(rows: Iterable[Row]) -> SafeString:
    """Items of a .talk-list; joined here, since two hundred stations must not cost two hundred template loops."""
    bar = drawn.distribution_bars(72)
    items = "".join(
        f'<li><span class="talk-list__name">{xml(row.name)}</span>'
        f'<span class="talk-list__words">{xml(row.words)}</span>{bar(row.figures)}</li>'
        for row in rows
    )
    return mark_safe(items)  # noqa: S308 - numbers, our words and escaped names


@register.simple_tag
def chart_rows(chart: Chart) -> SafeString:
    """The rows of the table beside a chart; the second cell is the station's name and heads the row."""
    return mark_safe("".join(_chart_row(row) for row in chart.rows))  # noqa: S308 - escaped cell by cell


def _chart_row(row: Iterable[Cell]) -> str:
    cells = []
    for place, cell in enumerate(row):
        kind = ' class="num"' if cell.is_number else ' class="quiet"' if cell.quiet else ""
        words = escape(cell.words)
        cells.append(f'<th scope="row">{words}</th>' if place == 1 else f"<td{kind}>{words}</td>")
    return f"<tr>{''.join(cells)}</tr>"


@register.simple_tag
def moved_mark(words: str, direction: str) -> SafeString:
    """A movement since the round before: an arrow and the number, which says the same by its sign."""
    if direction == "same":
        words = pgettext("since the round before", "unchanged")
    arrow = {"up": "▲", "down": "▼"}.get(direction, "")
    mark = format_html('<span aria-hidden="true">{}</span> ', arrow) if arrow else ""
    return format_html('<span class="moved nowrap">{}{}</span>', mark, words)


@register.simple_tag
def station_moved(station: StationResult) -> SafeString:
    """The movement of a station of a result."""
    return moved_mark(moved_words(station), direction_of(station))


@register.simple_tag
def round_before(station: StationResult) -> SafeString:
    """What the round before showed at a station, and the movement since: "Round 1: +20 (n = 12) · ▲ +15"."""
    if station.before is None:
        return mark_safe("")
    figures, number = station.before.figures, {"number": station.before.number}
    if figures.level is None:
        return format_html("{}", gettext("Round %(number)d: too few ratings") % number)
    facts = number | {"level": drawn.level_words(figures), "n": figures.n}
    words = gettext("Round %(number)d: %(level)s (n = %(n)d)") % facts
    return format_html("{}", words) if station.moved is None else format_html("{} · {}", words, station_moved(station))
