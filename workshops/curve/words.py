"""The drawing's own words, and what the picture says in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workshops.curve.parts import Curve
from workshops.curve.text import signed
from workshops.enums import Drawer
from workshops.figures import MIN_GROUP, StationFigures


def curve_summary(curve: Curve) -> str:
    """What the picture says, in sentences: for those who do not see it, and for the PDF's alternative text."""
    figures, names = curve.figures, {label.code: label.name for label in curve.labels}
    shown = sum(station.shown for station in figures.stations)
    total = len(figures.stations)
    parts = [
        ngettext(
            "Delight balance of %(count)d station along the journey, from −100 to +100.",
            "Delight balance of %(count)d stations along the journey, from −100 to +100.",
            total,
        )
        % {"count": total}
    ]
    if figures.strongest and figures.weakest:
        high, low = figures.strongest, figures.weakest
        parts.append(
            _("Highest: %(high)s with %(high_balance)s. Lowest: %(low)s with %(low_balance)s.")
            % {
                "high": names[high.code],
                "high_balance": signed(high.balance or 0),
                "low": names[low.code],
                "low_balance": signed(low.balance or 0),
            }
        )
    if shown < total:
        parts.append(
            ngettext("%(count)d station shows no figure.", "%(count)d stations show no figure.", total - shown)
            % {"count": total - shown}
        )
    return " ".join(parts)


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
