"""How to read the figures of full mode, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from workshops.curve import middle_half_words
from workshops.curve.text import localised
from workshops.figures import LARGE_GAP, CutPoints, JourneyFigures, Quadrants
from workshops.queries import StationResult

_BORDER = 0.5


@dataclass(frozen=True)
class Fact:
    """A label with its text: a line of the title page, of the persona's card, or of this explanation."""

    label: str
    text: str


def reading_scales(figures: JourneyFigures) -> Iterator[Fact]:
    """Gap, effects and quadrants, and why the balance leads where both modes stand beside each other."""
    if figures.is_mixed:
        yield Fact(_("Two modes"), _mixed())
    yield Fact(_("Gap to the expectation"), _gap())
    yield Fact(_("Effects and leverage"), _effects())
    if figures.quadrants:
        yield Fact(_("Importance and experience"), _quadrants(figures.quadrants))


def question_of_scales() -> str:
    """What was asked, and how."""
    return _(
        "How does the customer experience this station, from 0 to 10? Further: what do customers expect here, how "
        "important is it to them, how much does it decide the first purchase, and would they buy again and recommend "
        "after it? Everybody answered alone, and nobody saw the others' answers before the moderator revealed them. "
        "Who could not judge a station said so; that is an answer, but no rating. Whoever left it out is counted "
        "there, too."
    )


def mean_and_half(station: StationResult | None) -> str:
    """The three, with the strongest station as an example."""
    text = _(
        "The mean is the sum of the ratings divided by their number. The median divides the ratings into two equal "
        "halves. The middle half lies between the two quartiles: a quarter of the ratings is lower, a quarter higher "
        "(linear interpolation, both ends included). Where a few ratings lie far away, the mean can leave the middle "
        "half."
    )
    experience = station.figures.scales.experience if station and station.figures.scales else None
    if station is None or experience is None:
        return text
    example = _("At “%(station)s”, %(n)s ratings have a mean of %(mean)s; their middle half is %(half)s.") % {
        "station": station.name,
        "n": experience.n,
        "mean": localised(experience.mean, 1),
        "half": middle_half_words(experience),
    }
    return f"{text} {example}"


def zero_of_mean(zero: float) -> str:
    """Where the zero line lies, and what it means."""
    return _(
        "The zero line lies at %(zero)s, the middle of the OK range: there the customer gets what is enough, and no "
        "more."
    ) % {"zero": localised(zero, 1)}


def signs_of_mean(cut_points: CutPoints) -> str:
    """From which means a station delights or disappoints."""
    return _(
        "A station carries ▲ (delighting) above a mean of %(upper)s, ▼ (disappointing) below %(lower)s, and ● (OK) in "
        "between. A single rating is delighting from %(delight)s on, and disappointing below %(ok)s."
    ) % {
        "upper": localised(cut_points.delight - _BORDER, 1),
        "lower": localised(cut_points.ok - _BORDER, 1),
        "delight": cut_points.delight,
        "ok": cut_points.ok,
    }


def disagreement_of_ratings() -> str:
    """The same measure as in quick mode, on the ratings themselves."""
    return _(
        "How far the ratings of a station lie apart: 1 minus the consensus after Tastle and Wierman. %(zero)s: all "
        "rated the same. %(one)s: one half gave 0, the other half 10. Below %(first)s we say agreed, below %(second)s "
        "mostly agreed, below %(third)s partly agreed, from there on divided."
    ) % {
        "zero": localised(0, 2),
        "one": localised(1, 2),
        "first": localised(0.2, 1),
        "second": localised(0.4, 1),
        "third": localised(0.6, 1),
    }


def _mixed() -> str:
    return _(
        "Some stations were rated in quick mode, which knows no mean. The curve therefore shows the delight balance of "
        "all stations: both modes have it. In full mode, the drawer follows from the experience."
    )


def _gap() -> str:
    return _(
        "Mean of the experience minus mean of the expectation. Below zero the customer gets less than expected. From "
        "%(large)s points on the gap is printed in bold and called large."
    ) % {"large": localised(LARGE_GAP, 0)}


def _effects() -> str:
    return _(
        "How much a station decides the first purchase, and how surely customers would buy again and recommend after "
        "it, each as a mean from 0 to 10. The leverage is the mean of the three, with equal weights. Each scale has an "
        "n of its own and shows nothing below three ratings."
    )


def _quadrants(borders: Quadrants) -> str:
    return _(
        "Weak is what lies below the zero line (%(experience)s). Important is what reaches the mean importance of the "
        "stations here (%(importance)s): asked for importance, people call nearly everything important, so only the "
        "comparison says something."
    ) % {"importance": localised(borders.importance, 1), "experience": localised(borders.experience, 1)}
