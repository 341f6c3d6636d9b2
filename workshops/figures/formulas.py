"""The formulas themselves: numbers in, one number out. None knows a threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from workshops.enums import Band, Drawer
from workshops.figures.answers import SCALE_END

_BAND_FLOORS = ((0.6, Band.DIVIDED), (0.4, Band.PARTLY), (0.2, Band.MOSTLY))


def delight_balance(disappointing: int, ok: int, delighting: int) -> float:
    """%delighting − %disappointing, −100 … +100, zero line 0. Derived, method.md 5.3, built like the NPS [S16, S41]."""
    return 100 * (delighting - disappointing) / (disappointing + ok + delighting)


def drawn_mean(disappointing: int, ok: int, delighting: int) -> float:
    """Mean of the three drawers drawn at 0, 5 and 10; it chooses the drawer and is itself never shown in quick mode."""
    total = disappointing * Drawer.DISAPPOINTING + ok * Drawer.OK + delighting * Drawer.DELIGHTING
    return total / (disappointing + ok + delighting)


def mean_of(counts: Sequence[int]) -> float:
    """The arithmetic mean of answers on 0 to 10, given as the eleven counts of 0, 1, … 10."""
    return sum(value * count for value, count in enumerate(counts)) / sum(counts)


def quantile(counts: Sequence[int], share: float) -> float:
    """The value below which a ``share`` (0 … 1) of the answers lies; 0.5 is the median, 0.25 and 0.75 the quartiles.

    Linear interpolation between the neighbouring answers in order, both ends included: type 7 of Hyndman and Fan
    (Sample quantiles in statistical packages, 1996), as QUARTILE.INC of spreadsheets and the "inclusive" method of
    Python, so that anybody can check a figure. ``counts`` are the eleven counts of 0 to 10.
    """
    place = share * (sum(counts) - 1)
    below = math.floor(place)
    low = _answer_at(counts, below)
    return low if place == below else low + (place - below) * (_answer_at(counts, below + 1) - low)


def _answer_at(counts: Sequence[int], place: int) -> int:
    """The answer at a place, from 0, when all answers stand in order."""
    passed = 0
    for value, count in enumerate(counts):
        passed += count
        if place < passed:
            return value
    raise ValueError("There is no answer at this place.")


def disagreement(distribution: Mapping[int, int]) -> float:
    """1 − consensus of Tastle and Wierman for answers on 0 to 10, given as value → count; 0 … 1.

    Consensus is 1 + Σ pᵢ · log₂(1 − |xᵢ − μ| ÷ 10): 1 where all answer the same, 0 where two halves stand at the two
    ends (W. J. Tastle, M. J. Wierman: Consensus and dissention, 2007; method.md 5.3). The range is the scale's, never
    that of the answers, so that stations compare.
    """
    n = sum(distribution.values())
    given = [(value, count) for value, count in distribution.items() if count]
    mean = sum(value * count for value, count in given) / n
    spread = -sum(count / n * math.log2(1 - abs(value - mean) / SCALE_END) for value, count in given)
    return min(1.0, max(0.0, spread))


def band_of(value: float) -> Band:
    """The word for a disagreement: below 0.2 agreed, then mostly, partly, and from 0.6 divided."""
    return next((band for floor, band in _BAND_FLOORS if value >= floor), Band.AGREED)
