"""Figures in templates: numbers as the language writes them, the distribution bar, the curve and its table."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from workshops import curve as drawn
from workshops.curve.text import NOTHING, localised
from workshops.curve.text import signed as with_sign
from workshops.figures import StationFigures

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
