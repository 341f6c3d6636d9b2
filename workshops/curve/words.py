"""The drawing's own words, and what the picture says in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workshops.curve.parts import Curve
from workshops.curve.text import localised, signed
from workshops.enums import Drawer
from workshops.figures import MIN_GROUP, JourneyFigures, Ruler, ScaleFigures, StationFigures


def curve_summary(curve: Curve) -> str:
    """What the picture says, in sentences: for those who do not see it, and for the PDF's alternative text."""
    figures, names = curve.figures, {label.code: label.name for label in curve.labels}
    shown = sum(station.shown for station in figures.stations)
    total = len(figures.stations)
    parts = [_what_is_drawn(figures.ruler, total) % {"count": total}]
    if figures.strongest and figures.weakest:
        high, low = figures.strongest, figures.weakest
        parts.append(
            _("Highest: %(high)s with %(high_balance)s. Lowest: %(low)s with %(low_balance)s.")
            % {
                "high": names[high.code],
                "high_balance": level_words(high),
                "low": names[low.code],
                "low_balance": level_words(low),
            }
        )
    if shown < total:
        parts.append(
            ngettext("%(count)d station shows no figure.", "%(count)d stations show no figure.", total - shown)
            % {"count": total - shown}
        )
    return " ".join(parts)


def _what_is_drawn(ruler: Ruler, total: int) -> str:
    if ruler is Ruler.MEAN:
        return ngettext(
            "Mean experience at %(count)d station along the journey, from 0 to 10, and the middle half of ratings.",
            "Mean experience at %(count)d stations along the journey, from 0 to 10, and the middle half of ratings.",
            total,
        )
    return ngettext(
        "Delight balance of %(count)d station along the journey, from −100 to +100.",
        "Delight balance of %(count)d stations along the journey, from −100 to +100.",
        total,
    )


def level_on(ruler: Ruler, level: float | None) -> str:
    """A place on a ruler as it is written: "+35", or "7.4" in full mode; empty where there is none."""
    if level is None:
        return ""
    return localised(level, 1) if ruler is Ruler.MEAN else signed(level)


def level_words(station: StationFigures) -> str:
    """Where a station stands, as it is written at the curve and in every list."""
    return level_on(station.ruler, station.level)


def level_name(ruler: Ruler) -> str:
    """What the number at a station is called, as a column's heading."""
    return pgettext("of ratings", "Mean") if ruler is Ruler.MEAN else pgettext("delight balance", "Balance")


@dataclass(frozen=True)
class Words:
    """The drawing's own words, translated once."""

    title: str
    delighting: str
    zero: str
    disappointing: str
    hidden: str
    hidden_beside_table: str
    empty: str
    no_station: str
    today: str
    in_table: str

    def no_figure(self, figures: StationFigures) -> str:
        """Why a station shows none."""
        if figures.hidden:
            return self.hidden_beside_table if figures.tables else self.hidden
        return self.empty

    @classmethod
    def translated(cls) -> Words:
        return cls(
            title=_("Journey curve"),
            delighting=str(Drawer.DELIGHTING.label),
            zero=pgettext("journey curve", "zero line"),
            disappointing=str(Drawer.DISAPPOINTING.label),
            hidden=fewer_than_three(),
            hidden_beside_table=fewer_than_three(tables=1),
            empty=pgettext("station", "no rating"),
            no_station=pgettext("phase", "no station"),
            today=pgettext("journey curve", "now"),
            in_table=pgettext("journey curve", "see table"),
        )


def fewer_than_three(tables: int = 0) -> str:
    """Why a rated station shows no figure; where ``tables`` people of its block sat at a table, phones decide."""
    words = _("fewer than %(count)d ratings by phone") if tables else _("fewer than %(count)d ratings")
    return words % {"count": MIN_GROUP}


def middle_half_words(figures: ScaleFigures) -> str:
    """From the lower to the upper quartile: "4.0–7.5"."""
    return f"{localised(figures.lower, 1)}–{localised(figures.upper, 1)}"


def journey_level(figures: JourneyFigures) -> str:
    """The whole journey in one figure, in words; empty where no station shows one."""
    if figures.level is None:
        return ""
    level = level_on(figures.ruler, figures.level)
    if figures.ruler is Ruler.MEAN:
        return _("mean %(mean)s of 10") % {"mean": level}
    return _("mean balance %(balance)s") % {"balance": level}
