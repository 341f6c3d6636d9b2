"""How steep the curve is at each station, so that it stays honest between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def monotone_slopes(values: Sequence[float | None]) -> list[float]:
    """Slopes per step for a curve that never leaves the range of two neighbours, so it claims no peak nobody rated.

    Fritsch and Carlson, Monotone piecewise cubic interpolation (1980), with the harmonic mean of the two secants, which
    is zero at tops, dips and beside a level stretch. At the end of a stretch the curve leaves by the parabola through
    the last three points, within the same bounds; two points alone are joined by a straight line.
    """
    secants = [None if here is None or after is None else after - here for here, after in pairwise(values)]
    before, behind = [None, *secants], [*secants, None]
    inner = [
        2 * left * right / (left + right) if left and right and left * right > 0 else 0.0
        for left, right in zip(before, behind, strict=True)
    ]
    slopes = list(inner)
    for at, (left, right) in enumerate(zip(before, behind, strict=True)):
        if left is None and right is not None:
            slopes[at] = _end_slope(right, inner[at + 1] if behind[at + 1] is not None else right)
        elif right is None and left is not None:
            slopes[at] = _end_slope(left, inner[at - 1] if before[at - 1] is not None else left)
    return slopes[: len(values)]


def _end_slope(secant: float, neighbour: float) -> float:
    slope = 1.5 * secant - 0.5 * neighbour
    return slope if slope * secant > 0 else 0.0
