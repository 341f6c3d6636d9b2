"""How to read the figures of a file, in the sentences of the result page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workshops.figures import JourneyFigures, Ruler
from workshops.queries.results import Result
from workshops.tables import why_hidden_words


def reading(result: Result) -> Iterator[tuple[str, str]]:
    """Labels with their texts; a text without a label belongs to the one above."""
    figures = result.figures
    yield from _of_balance(figures)
    yield from _of_agreement(figures)
    if figures.has_scales:
        yield from _of_scales(figures)
    yield (
        _("Where no figure stands"),
        _(
            "n is the number of people who rated a station; “cannot judge” is an answer, but no rating. Whoever left "
            "the station out is counted there, too, so that nobody sees who left out which. With one or two ratings no "
            "figure is shown, since it would tell what somebody thinks."
        ),
    )
    if result.has_tables:
        yield "", why_hidden_words()


def _of_balance(figures: JourneyFigures) -> Iterator[tuple[str, str]]:
    if figures.ruler is Ruler.MEAN:
        yield (
            _("Delight balance"),
            _(
                "The ratings from 0 to 10 fall into three drawers, by the cut points of your organisation. The balance "
                "is the share of delighting minus the share of disappointing ratings, from −100 to +100."
            ),
        )
    else:
        yield (
            _("Delight balance"),
            _(
                "Everybody puts each station into one of three drawers. The balance is the share of delighting minus "
                "the share of disappointing ratings. It runs from −100 (all disappointed) to +100 (all delighted); the "
                "zero line is where both are equally many."
            ),
        )
    yield "", _("Balance = 100 × (delighting − disappointing) ÷ n")


def _of_agreement(figures: JourneyFigures) -> Iterator[tuple[str, str]]:
    if figures.ruler is Ruler.MEAN:
        yield (
            _("Agreement"),
            _(
                "The disagreement runs from 0 (all answer the same) to 1 (half answer 0, half 10). It is 1 minus the "
                "consensus of Tastle and Wierman (2007) of the ratings from 0 to 10."
            ),
        )
    else:
        yield (
            _("Agreement"),
            _(
                "The disagreement runs from 0 (all answer the same) to 1 (half are delighted, half disappointed). It "
                "is 1 minus the consensus of Tastle and Wierman (2007), the three drawers standing at 0, 5 and 10."
            ),
        )
    yield "", _("Four bands: below 0.2 agreed, from 0.2 mostly agreed, from 0.4 partly agreed, from 0.6 divided.")


def _of_scales(figures: JourneyFigures) -> Iterator[tuple[str, str]]:
    """Full mode; in a mixed journey also why the balance leads."""
    yield (
        _("Mean, median and middle half"),
        _(
            "Mean = sum of the ratings ÷ n · quartiles by linear interpolation, both ends included (as QUARTILE.INC "
            "in spreadsheets)"
        ),
    )
    if figures.is_mixed:
        yield (
            "",
            _(
                "Some stations were rated in quick mode, which knows no mean. The curve therefore shows the delight "
                "balance of all stations: both modes have it. In full mode, the drawer follows from the experience."
            ),
        )
    yield _("Gap to the expectation"), _("Gap = mean of the experience − mean of the expectation")
    yield _("Effects and leverage"), _("Leverage = (first purchase + repurchase + recommendation) ÷ 3")
    yield (
        "",
        _(
            "Each of the six scales has an n of its own; what is computed from several scales needs three ratings on "
            "each of them."
        ),
    )
