"""The six scales of full mode at one station: each with its own n, and what two or three of them say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workshops.enums import Scale
from workshops.figures.answers import MIN_GROUP, StationAnswers, too_few
from workshops.figures.formulas import mean_of, quantile

LARGE_GAP = 2.0
"""From this difference of two means on 0 to 10, in either direction, a gap is marked: a fifth of the scale, and two
thirds of the drop that is marked along the path (−3, method.md 5.3), since two means of one group lie closer together
than two stations."""

EFFECTS = (Scale.PURCHASE, Scale.REPURCHASE, Scale.RECOMMENDATION)


@dataclass(frozen=True)
class ScaleFigures:
    """One scale at one station, 0 to 10. ``lower`` and ``upper`` are the quartiles: the middle half of the ratings."""

    n: int
    counts: tuple[int, ...]
    mean: float
    median: float
    lower: float
    upper: float


@dataclass(frozen=True)
class StationScales:
    """What may be shown of the six scales; a scale that fewer than three people answered is None.

    ``gap`` is mean(experience) − mean(expectation), −10 … +10: below zero the customer gets less than expected.
    ``leverage`` is the mean of the three effects' means with equal weights, 0 … 10. Derived, method.md 5.3.
    """

    experience: ScaleFigures | None = None
    expectation: ScaleFigures | None = None
    importance: ScaleFigures | None = None
    purchase: ScaleFigures | None = None
    repurchase: ScaleFigures | None = None
    recommendation: ScaleFigures | None = None
    gap: float | None = None
    leverage: float | None = None

    @property
    def has_large_gap(self) -> bool:
        """Whether expectation and experience lie so far apart that it is marked."""
        return self.gap is not None and round(abs(self.gap), 9) >= LARGE_GAP

    def of(self, scale: Scale) -> ScaleFigures | None:
        """The figures of one scale."""
        found: ScaleFigures | None = getattr(self, scale.value)
        return found


def scale_figures(counts: Sequence[int], *, at_table: int = 0, between_tables: bool = False) -> ScaleFigures | None:
    """The figures of one scale from its eleven counts, or None below the threshold, with and without ``at_table``.

    ``between_tables``: one of the tables would hold the answers of one or two people at the others.
    """
    n = sum(counts)
    if n < MIN_GROUP or too_few(n - at_table) or (between_tables and n == at_table):
        return None
    return ScaleFigures(
        n=n,
        counts=tuple(counts),
        mean=mean_of(counts),
        median=quantile(counts, 0.5),
        lower=quantile(counts, 0.25),
        upper=quantile(counts, 0.75),
    )


def station_scales(answers: StationAnswers) -> StationScales | None:
    """The scales of a station that shows figures; None in a quick block, and where the station itself is hidden."""
    if answers.scales is None or not answers.n or answers.is_hidden:
        return None
    found = {
        scale: scale_figures(
            answers.scales.get(scale, ()),
            at_table=answers.scales_at_table.get(scale, 0),
            between_tables=scale in answers.between_tables,
        )
        for scale in Scale
    }
    if not _leaves_enough(answers, found[Scale.EXPERIENCE]):
        found[Scale.EXPERIENCE] = None
    effects = [figures.mean for scale in EFFECTS if (figures := found[scale]) is not None]
    return StationScales(
        **{scale.value: figures for scale, figures in found.items()},
        gap=_gap(found[Scale.EXPERIENCE], found[Scale.EXPECTATION]),
        leverage=sum(effects) / len(EFFECTS) if len(effects) == len(EFFECTS) else None,
    )


def _leaves_enough(answers: StationAnswers, experience: ScaleFigures | None) -> bool:
    """Whether nobody is found by subtracting the experience from the drawers.

    Some may be counted in a drawer only. If they are one or two, the drawers minus those of the scale are theirs.
    """
    return experience is None or answers.n - experience.n == 0 or answers.n - experience.n >= MIN_GROUP


def _gap(experience: ScaleFigures | None, expectation: ScaleFigures | None) -> float | None:
    if experience is None or expectation is None:
        return None
    return experience.mean - expectation.mean
