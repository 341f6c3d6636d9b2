"""The figures of one station."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from workshops.enums import Band, Drawer
from workshops.figures.answers import MIN_PART, CutPoints, Ruler, StationAnswers
from workshops.figures.formulas import band_of, delight_balance, disagreement, drawn_mean
from workshops.figures.scales import StationScales, station_scales


@dataclass(frozen=True)
class StationFigures:
    """What may be shown of one station. Tuples run disappointing, OK, delighting; ``None`` is "not shown".

    ``drawer`` and ``disagreement`` are measured on ``ruler``, the journey's, so that its stations compare.
    """

    code: str
    n: int | None
    cannot_judge: int | None
    counts: tuple[int, int, int] | None
    shares: tuple[float, float, float] | None
    balance: float | None
    drawer: Drawer | None
    disagreement: float | None
    band: Band | None
    hidden: bool = False
    empty: bool = False
    ruler: Ruler = Ruler.BALANCE
    scales: StationScales | None = None
    # How many of n were entered at a table, where that many may be told; and how many people the block's tables have.
    at_table: int | None = None
    tables: int = 0

    @property
    def shown(self) -> bool:
        """Whether there is a figure to draw."""
        return self.balance is not None

    @property
    def level(self) -> float | None:
        """Where the station stands: its balance, or its mean experience where the journey is measured by that."""
        if self.ruler is Ruler.BALANCE:
            return self.balance
        return self.scales.experience.mean if self.scales and self.scales.experience else None


def station_figures(answers: StationAnswers, *, cut_points: CutPoints, ruler: Ruler | None = None) -> StationFigures:
    """The figures of one station, or none of them below the threshold (see the package's first paragraphs).

    Where nobody rated, n is an honest 0; how many could not judge is then a group of its own and needs three as well.
    Without a ``ruler`` the station is measured by itself: by its mean where it has one.
    """
    n = answers.n
    scales = station_scales(answers)
    ruler = ruler or (Ruler.MEAN if scales and scales.experience else Ruler.BALANCE)
    if answers.is_hidden:
        return without_figures(answers.code, ruler, hidden=True, tables=answers.tables)
    if n == 0:
        return without_figures(answers.code, ruler, empty=True, n=0, cannot_judge=answers.unable_told)
    counts = (answers.disappointing, answers.ok, answers.delighting)
    mean, value = _on_ruler(counts, scales if ruler is Ruler.MEAN else None)
    return StationFigures(
        code=answers.code,
        n=n,
        cannot_judge=answers.cannot_judge,
        counts=counts,
        shares=(100 * counts[0] / n, 100 * counts[1] / n, 100 * counts[2] / n),
        balance=delight_balance(*counts),
        drawer=cut_points.drawer_of_mean(mean),
        disagreement=value,
        band=band_of(value),
        ruler=ruler,
        scales=scales,
        at_table=answers.at_table if answers.at_table >= MIN_PART else None,
        tables=answers.tables,
    )


def _on_ruler(counts: tuple[int, int, int], scales: StationScales | None) -> tuple[float, float]:
    """Mean and disagreement: of the experience on 0 to 10, or of the three drawers drawn at 0, 5 and 10."""
    if scales is not None and scales.experience is not None:
        experience = scales.experience
        return experience.mean, disagreement(dict(enumerate(experience.counts)))
    return _of_drawers(counts)


@lru_cache(maxsize=4096)  # two hundred stations rated by a dozen people share a few distributions
def _of_drawers(counts: tuple[int, int, int]) -> tuple[float, float]:
    return drawn_mean(*counts), disagreement(dict(zip(Drawer.values, counts, strict=True)))


def without_figures(
    code: str,
    ruler: Ruler = Ruler.BALANCE,
    *,
    hidden: bool = False,
    empty: bool = False,
    n: int | None = None,
    cannot_judge: int | None = None,
    tables: int = 0,
) -> StationFigures:
    """A station of which nothing is shown but why."""
    return StationFigures(
        code=code,
        n=n,
        cannot_judge=cannot_judge,
        counts=None,
        shares=None,
        balance=None,
        drawer=None,
        disagreement=None,
        band=None,
        hidden=hidden,
        empty=empty,
        ruler=ruler,
        tables=tables,
    )
