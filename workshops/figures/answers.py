"""What figures are made from: counted answers, the thresholds, and where the drawers and the zero line lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from workshops.enums import Drawer, Scale

MIN_GROUP = 3
"""Fewest raters of the whole group for whom a figure is shown."""
MIN_PART = 5
"""Fewest raters of any part of the group, a department for example."""

DRAWERS = "drawers"
"""The measure that every station has; in full mode its scales stand beside it."""
UNABLE = "unable"
"""How many cannot judge it, beside its measures."""

SCALE_END = 10
"""The scales run from 0 to this."""


class Ruler(StrEnum):
    """On what a journey's stations are compared: the delight balance, −100 … +100, or the mean experience, 0 … 10.

    The mean needs a full block at every station; as soon as one station was rated in quick mode, which knows no mean,
    all stand on the balance, which both modes have.
    """

    BALANCE = "balance"
    MEAN = "mean"

    def points(self, level: float) -> float:
        """Where a level lies between the two ends, −100 … +100 on either ruler: one point of the mean is 20."""
        return level if self is Ruler.BALANCE else (level - SCALE_END / 2) * 200 / SCALE_END


@dataclass(frozen=True)
class CutPoints:
    """Where the OK drawer and the delighting drawer begin on 0 to 10; 4 and 7 make 0–3, 4–6 and 7–10."""

    ok: int = 4
    delight: int = 7

    def __post_init__(self) -> None:
        """Refuse cut points that leave a drawer without a value."""
        if not 1 <= self.ok < self.delight <= SCALE_END:
            raise ValueError(f"Cut points must satisfy 1 <= ok < delight <= 10, not {self.ok} and {self.delight}.")

    @property
    def zero(self) -> float:
        """The zero line of a mean on 0 to 10: the middle of the OK range, 5 by default. Source: design.md."""
        return (self.ok + self.delight - 1) / 2

    def drawer_of_mean(self, mean: float) -> Drawer:
        """The drawer of a mean, which may fall between two whole answers.

        The border lies half-way between the neighbouring whole answers, that is 0.5 above the last answer of the lower
        drawer (3.5 and 6.5 by default). A mean exactly on a border is OK, on either side, so that delight and
        disappointment are claimed by the same rule. Source: design.md, "Rating modes".
        """
        if mean < self.ok - 0.5:
            return Drawer.DISAPPOINTING
        return Drawer.DELIGHTING if mean > self.delight - 0.5 else Drawer.OK


@dataclass(frozen=True)
class StationAnswers:
    """How often each answer was given at one station; not for the screen, since it knows no threshold.

    ``scales`` is None in a quick block. In a full block it holds eleven counts, of 0 to 10, for each scale that
    somebody answered; the three drawers are then those of the experience.
    """

    code: str
    disappointing: int
    ok: int
    delighting: int
    cannot_judge: int
    scales: Mapping[Scale, Sequence[int]] | None = None
    # How many of n, and how many of those who cannot judge, were entered at a table; and how many people the tables of
    # the block have in all.
    at_table: int = 0
    unable_at_table: int = 0
    scales_at_table: Mapping[Scale, int] = field(default_factory=dict)
    tables: int = 0
    # Measures of which one table, taking its own answers off those of all tables, would hold those of one or two.
    between_tables: Collection[str] = ()

    @property
    def n(self) -> int:
        """Everybody who put the station into a drawer; "cannot judge" is an answer, but no rating."""
        return self.disappointing + self.ok + self.delighting

    @property
    def is_hidden(self) -> bool:
        """Whether a figure would tell what one or two people think, also to whoever entered the tables.

        Beside a table, nobody with a phone having rated is an honest nothing only if none or three of them could not
        judge: otherwise the rest of "cannot judge" would be theirs. And people at one table know what it answered:
        where tables alone rated, what is left to each of them must be nobody or three as well.
        """
        if too_few(self.n) or too_few(self.n - self.at_table):
            return True
        return 0 < self.n == self.at_table and (DRAWERS in self.between_tables or self._tells_of_unable)

    @property
    def _tells_of_unable(self) -> bool:
        """Where nobody with a phone rated: whether "cannot judge" leaves one or two to whoever knows the tables, or
        to the people of one of them.
        """
        by_phone = self.cannot_judge - self.unable_at_table
        return too_few(by_phone) or (by_phone == 0 and UNABLE in self.between_tables)

    @property
    def unable_told(self) -> int | None:
        """Where nobody rated, how many could not judge: a group of its own, which needs three, by phone as well."""
        return self.cannot_judge if self.cannot_judge >= MIN_GROUP and not self._tells_of_unable else None


def too_few(people: int) -> bool:
    """Whether so many are somebody, but not enough that nobody could tell who thinks what."""
    return 0 < people < MIN_GROUP
