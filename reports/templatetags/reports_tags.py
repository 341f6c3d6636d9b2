"""Small pieces of a printed report: a drawer's sign beside its word or number, bars, and why a figure is missing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reports.charts import Picture
from workshops.curve import middle_half_words
from workshops.curve.text import NOTHING, localised, signed
from workshops.curve.words import fewer_than_three
from workshops.enums import Drawer, Scale
from workshops.figures import Ruler, StationFigures
from workshops.queries import StationResult

register = template.Library()

# Written, not drawn: read aloud, searched and copied like the words beside it.
SIGNS = {Drawer.DELIGHTING: ("▲", "delighting"), Drawer.OK: ("●", "ok"), Drawer.DISAPPOINTING: ("▼", "disappointing")}


@register.simple_tag
def drawer_sign(drawer: Drawer | None) -> SafeString:
    """The drawer's shape in its colour, with a space behind; nothing without a drawer."""
    if drawer is None:
        return SafeString()
    sign, part = SIGNS[drawer]
    return format_html('<span class="sign sign--{}">{}</span> ', part, sign)


@register.simple_tag
def drawer_legend() -> SafeString:
    """What the three signs mean."""
    words = [(drawer_sign(drawer), drawer.label) for drawer in reversed(Drawer)]
    return format_html('<span class="legend">{}</span>', format_html_join("\u2003", "{}{}", words))


@register.simple_tag
def bar_picture(bars: Mapping[str, Picture], station: StationResult) -> SafeString:
    """The distribution as a bar with its counts below, or why there is none."""
    bar, counts = bars.get(station.code), station.figures.counts
    if bar is None or counts is None:
        return format_html('<span class="quiet">{}</span>', no_figure(station.figures))
    signs = [(drawer_sign(drawer), count) for drawer, count in zip(Drawer, counts, strict=True)]
    below = format_html_join("", '<span class="count">{}{}</span>', signs) + unable(station.figures)
    return format_html('<img class="bar" src="{}" alt="{}"><span class="counts">{}</span>', bar.src, bar.alt, below)


@register.simple_tag
def middle_half(station: StationResult) -> SafeString:
    """Below the mean the middle half, in quiet type; nothing where the mean does not lead."""
    figures = station.figures
    if figures.ruler is not Ruler.MEAN or figures.scales is None or figures.scales.experience is None:
        return SafeString()
    return format_html('<span class="detail">{}</span>', middle_half_words(figures.scales.experience))


@register.simple_tag
def gap_picture(gaps: Mapping[str, Picture], station: StationResult) -> SafeString:
    """Expectation and experience on one line, the gap below; a dash without both means."""
    gap, scales = gaps.get(station.code), station.figures.scales
    if gap is None or scales is None or scales.gap is None:
        return format_html('<span class="quiet">{}</span>', NOTHING)
    return format_html(
        '<img class="gap" src="{}" alt="{}"><span class="counts">{}</span>', gap.src, gap.alt, station_gap(station)
    )


@register.simple_tag
def station_gap(station: StationResult) -> SafeString:
    """The gap between expectation and experience, a large one in bold with its word; a dash without both means."""
    scales = station.figures.scales
    if scales is None or scales.gap is None:
        return SafeString(NOTHING)
    if scales.has_large_gap:
        return format_html("<strong>{}</strong> {}", signed(scales.gap, 1), pgettext("gap", "large"))
    return SafeString(signed(scales.gap, 1))


@register.simple_tag
def scale_mean(station: StationResult, scale: str) -> SafeString:
    """A scale's mean with its own n in small type; a dash below its threshold."""
    scales = station.figures.scales
    found = scales.of(Scale(scale)) if scales else None
    if found is None:
        return SafeString(NOTHING)
    return format_html('{} <span class="own-n">{}</span>', localised(found.mean, 1), found.n)


@register.simple_tag
def experience_median(station: StationResult) -> str:
    """The median of the experience; a dash where it is not shown."""
    found = station.figures.scales.experience if station.figures.scales else None
    return NOTHING if found is None else localised(found.median, 1)


@register.simple_tag
def experience_half(station: StationResult) -> str:
    """The middle half of the experience, whatever the journey is measured by; a dash where it is not shown."""
    found = station.figures.scales.experience if station.figures.scales else None
    return NOTHING if found is None else middle_half_words(found)


@register.simple_tag
def no_figure(figures: StationFigures) -> str:
    """Why a station shows no figure."""
    return fewer_than_three(figures.tables) if figures.hidden else pgettext("station", "no rating")


@register.simple_tag
def station_detail(station: StationResult) -> SafeString:
    """Channel, who makes the touchpoint, and which round counts if not the last, in a quiet line of its own."""
    relation = {"indirect": _("by third parties")}.get(station.relation or "", "")
    parts = [part for part in (station.channel, relation, station.department_words, station.round_words) if part]
    return format_html('<span class="detail">{}</span>', " · ".join(parts)) if parts else SafeString()


def unable(figures: StationFigures) -> SafeString:
    """How many could not judge, where it was said and may be shown."""
    if not figures.cannot_judge:
        return SafeString()
    words = ngettext("%(count)d cannot judge", "%(count)d cannot judge", figures.cannot_judge)
    return format_html("· {}", words % {"count": figures.cannot_judge})


@register.simple_tag
def new_key() -> uuid.UUID:
    """A key for a form that asks for a report; whoever sends it twice has asked once."""
    return uuid.uuid4()
