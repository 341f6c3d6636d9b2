"""How to read the figures: the formulas in plain words, with an example from this very report."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.queries.path import path_page
from reports.queries.reading_scales import (
    Fact,
    disagreement_of_ratings,
    mean_and_half,
    question_of_scales,
    reading_scales,
    signs_of_mean,
    zero_of_mean,
)
from workshops.curve.text import localised, signed
from workshops.figures import MIN_GROUP, CutPoints, Ruler
from workshops.queries import Result, StationResult
from workshops.tables import why_hidden_words

__all__ = ["Fact", "reading_help"]

# The balance at which the mean of the three drawers, drawn at 0, 5 and 10, crosses a border (workshops.figures).
_BALANCE_PER_POINT, _MIDDLE, _BORDER = 20, 5, 0.5


def reading_help(result: Result) -> tuple[Fact, ...]:
    """One entry per figure that is printed."""
    own = _of_mean(result) if result.figures.ruler is Ruler.MEAN else _of_balance(result)
    facts = (
        *own,
        Fact(_("Disagreement"), _disagreement(result.figures.ruler)),
        Fact(pgettext("report", "n and thresholds"), _thresholds(result)),
        Fact(pgettext("report", "Whole journey"), _whole(result.figures.ruler)),
        *(reading_scales(result.figures) if result.figures.has_scales else ()),
        *(_of_path(result.figures.ruler) if path_page(result) else ()),
        Fact(_("Criticality"), _criticality() if result.critical_list else ""),
        Fact(pgettext("report", "What is not here"), "" if result.figures.has_scales else _not_here()),
    )
    return tuple(fact for fact in facts if fact.text)


def _of_balance(result: Result) -> tuple[Fact, ...]:
    """Quick mode, and the balance that leads in a mixed journey."""
    return (
        Fact(pgettext("report", "The question"), _question()),
        Fact(_("Delight balance"), " ".join(part for part in (_balance(), _example(result.strongest)) if part)),
        Fact(pgettext("report", "Zero line"), _zero_line()),
        Fact(pgettext("report", "The three signs"), _signs(result.cut_points)),
    )


def _of_mean(result: Result) -> tuple[Fact, ...]:
    """Full mode at every station."""
    return (
        Fact(pgettext("report", "The question"), question_of_scales()),
        Fact(_("Mean, median and middle half"), mean_and_half(result.strongest)),
        Fact(pgettext("report", "Zero line"), zero_of_mean(result.figures.zero)),
        Fact(pgettext("report", "The three signs"), signs_of_mean(result.cut_points)),
    )


def _question() -> str:
    return _(
        "How does the customer experience this station: disappointing, OK or delighting? Everybody answered alone, "
        "and nobody saw the others' answers before the moderator revealed them. Who could not judge a station said so; "
        "that is an answer, but no rating. Whoever left it out is counted there, too."
    )


def _balance() -> str:
    return _(
        "The share of delighting ratings minus the share of disappointing ones, in percentage points, from −100 (all "
        "disappointing) to +100 (all delighting). It is built like the Net Promoter Score."
    )


def _example(station: StationResult | None) -> str:
    """The arithmetic at the strongest station, so that everybody can follow it once."""
    if station is None or station.figures.counts is None:
        return ""
    low, _fine, high = station.figures.counts
    template = _(
        "At “%(station)s”, %(high)s of %(n)s ratings are delighting and %(low)s disappointing: "
        "(%(high)s − %(low)s) ÷ %(n)s × 100 = %(balance)s."
    )
    values = {"station": station.name, "high": high, "low": low, "n": station.figures.n}
    return template % {**values, "balance": signed(station.figures.balance or 0)}


def _zero_line() -> str:
    return _(
        "At zero, delight and disappointment keep each other in balance: expectations are met, no more and no less."
    )


def _signs(cut_points: CutPoints) -> str:
    lower = (cut_points.ok - _BORDER - _MIDDLE) * _BALANCE_PER_POINT
    upper = (cut_points.delight - _BORDER - _MIDDLE) * _BALANCE_PER_POINT
    return _(
        "A station carries ▲ (delighting) above a balance of %(upper)s, ▼ (disappointing) below %(lower)s, and ● (OK) "
        "in between."
    ) % {"upper": signed(upper), "lower": signed(lower)}


def _disagreement(ruler: Ruler) -> str:
    if ruler is Ruler.MEAN:
        return disagreement_of_ratings()
    return _(
        "How far the ratings of a station lie apart: 1 minus the consensus after Tastle and Wierman. %(zero)s: all "
        "rated the same. %(one)s: one half delighted, the other half disappointed. Below %(first)s we say agreed, "
        "below %(second)s mostly agreed, below %(third)s partly agreed, from there on divided."
    ) % {
        "zero": localised(0, 2),
        "one": localised(1, 2),
        "first": localised(0.2, 1),
        "second": localised(0.4, 1),
        "third": localised(0.6, 1),
    }


def _thresholds(result: Result) -> str:
    rule = _(
        "n is the number of people who rated a station. Below %(count)s ratings nothing is shown, since a figure would "
        "tell what single people think; such a station also counts in no total and in no list."
    ) % {"count": MIN_GROUP}
    return f"{rule} {why_hidden_words()}" if result.has_tables else rule


def _whole(ruler: Ruler) -> str:
    if ruler is Ruler.MEAN:
        return _(
            "The figure of the whole journey is the plain mean of the stations' means. Each station counts once, "
            "however many people rated it."
        )
    return _(
        "The figure of the whole journey is the plain mean of the stations' balances. Each station counts once, "
        "however many people rated it."
    )


def _of_path(ruler: Ruler) -> tuple[Fact, ...]:
    drop = (
        _("The height of a station minus the height of the one before. From three points on it is marked.")
        if ruler is Ruler.MEAN
        else _(
            "The height of a station minus the height of the one before. From 60 points on it is marked: with the "
            "three drawers drawn at 0, 5 and 10, these are three points of ten."
        )
    )
    peak_end = _(
        "People remember a journey by its strongest moment and by its end. The figure is the mean of the station "
        "furthest from the zero line and the last one. Of two equally strong moments the worse one counts."
    )
    return Fact(_("Peak and end"), peak_end), Fact(pgettext("along the path", "Drop"), drop)


def _criticality() -> str:
    return _(
        "How much damage a bad experience does at a station: low, medium or high. The organisation has set it in its "
        "catalogue; nobody rated it, and it changes no figure. It only says what to look at first."
    )


def _not_here() -> str:
    return _(
        "Three answers carry no mean on a scale of ten, and nobody was asked what they had expected. A gap to the "
        "expectation or an effect on recommendations would therefore be invented, and this report shows none."
    )
