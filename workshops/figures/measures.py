"""Which measures come first: quick wins, then what moves most for its effort. Numbers only; pure.

Effort and impact are rated from 1 to 5. The four fields of effort × impact are general practice (much impact for little
effort is a quick win); quick wins on top are the method's own rule for the to-do plan. The formula is the one of the
method: quick win first (impact at least at the midpoint, effort below it), then by impact ÷ effort, then by due date.
What is not rated cannot be compared and follows; what is done or dropped needs nobody's attention and comes last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

LEAST, MOST = 1, 5
"""The ends of both scales."""

MIDPOINT = (LEAST + MOST) // 2
"""From here on an impact is high; below it an effort is low. Effort is usually rated too low, so the middle is not."""


@dataclass(frozen=True)
class Weight:
    """What the order of measures rests on. None: not rated, or without a due date."""

    effort: int | None
    impact: int | None
    due_on: date | None
    is_open: bool


def is_overdue(due_on: date | None, *, is_open: bool, today: date) -> bool:
    """Whether the last day of an open measure has passed; on that day itself there is still time."""
    return is_open and due_on is not None and due_on < today


Place = tuple[bool, bool, bool, Fraction, date]
"""Sorts measures; the smallest comes first."""


def is_quick_win(effort: int | None, impact: int | None) -> bool:
    """Whether a measure has much effect for little effort: impact >= midpoint and effort < midpoint."""
    return effort is not None and impact is not None and impact >= MIDPOINT and effort < MIDPOINT


def place_of(weight: Weight) -> Place:
    """Where a measure stands: open before closed, rated before unrated, quick wins first, then impact ÷ effort, then
    the due date, those without one at the end. What is equal in all of it keeps its order.
    """
    effort, impact = weight.effort, weight.impact
    is_rated = effort is not None and impact is not None
    ratio = Fraction(impact, effort) if effort and impact else Fraction(0)
    return (
        not weight.is_open,
        not is_rated,
        not is_quick_win(effort, impact),
        -ratio,
        weight.due_on or date.max,
    )
