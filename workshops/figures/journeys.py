"""The figures of a whole journey, from its stations in the order of the path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workshops.figures.answers import CutPoints, Ruler, StationAnswers, too_few
from workshops.figures.quadrants import Quadrants, quadrants_of
from workshops.figures.scales import station_scales
from workshops.figures.stations import StationFigures, station_figures, without_figures

FORMULA_VERSION = 2
"""1 knew quick mode only; its documents are read as they are."""


@dataclass(frozen=True)
class JourneyFigures:
    """What may be shown of a whole journey; every station named here besides ``stations`` is a shown one.

    ``first`` and ``last`` are the two ends of the path, the first and last impression, or ``None`` where the end itself
    shows no figure: its neighbour is not the first impression. ``strongest`` and ``weakest`` are the same station when
    only one is shown or all stand level. ``most_disputed`` is ``None`` when all are of one mind everywhere.
    They and the drawers go by ``ruler``. ``zero`` is its zero line: 0 for the balance, for the mean the middle of the
    OK range. ``balance`` and ``mean`` are the plain means of the shown stations' balances and mean experiences: each
    station counts once, however many rated it; ``mean`` is None on the other ruler.
    """

    stations: tuple[StationFigures, ...]
    raters: int
    first: StationFigures | None
    last: StationFigures | None
    strongest: StationFigures | None
    weakest: StationFigures | None
    most_disputed: StationFigures | None
    talk_list: tuple[StationFigures, ...]
    balance: float | None
    formula_version: int = FORMULA_VERSION
    ruler: Ruler = Ruler.BALANCE
    zero: float = 0.0
    mean: float | None = None
    quadrants: Quadrants | None = None

    @property
    def level(self) -> float | None:
        """The whole journey on its ruler."""
        return self.balance if self.ruler is Ruler.BALANCE else self.mean

    @property
    def has_scales(self) -> bool:
        """Whether some station shows figures of full mode."""
        return any(station.scales for station in self.stations)

    @property
    def is_mixed(self) -> bool:
        """Whether some shown stations have the scales and others have not, so that only the balance compares them."""
        return self.ruler is Ruler.BALANCE and self.has_scales


def ruler_of(answers: Sequence[StationAnswers]) -> Ruler:
    """On what these stations compare: the mean where each was rated in full mode and every shown one has a mean.

    Modes and hidden stations are public, so the choice tells nothing about an answer.
    """
    if not answers or any(given.scales is None for given in answers):
        return Ruler.BALANCE
    shown = [station_scales(given) for given in answers if given.n and not given.is_hidden]
    return Ruler.MEAN if all(scales and scales.experience for scales in shown) else Ruler.BALANCE


def journey_figures(answers: Sequence[StationAnswers], *, raters: int, cut_points: CutPoints) -> JourneyFigures:
    """The figures of a journey from its stations in the order of the path, and of ``raters`` people in all."""
    ruler = ruler_of(answers)
    if too_few(raters):
        stations = tuple(without_figures(given.code, ruler, hidden=True, tables=given.tables) for given in answers)
    else:
        stations = tuple(station_figures(given, cut_points=cut_points, ruler=ruler) for given in answers)
    shown = [station for station in stations if station.shown]
    talk_list = tuple(sorted(shown, key=_most_disputed_first))
    return JourneyFigures(
        stations=stations,
        raters=raters,
        first=_if_shown(stations[:1]),
        last=_if_shown(stations[-1:]),
        strongest=min(shown, key=lambda station: (-_number(station.level), -_number(station.n)), default=None),
        weakest=min(shown, key=lambda station: (_number(station.level), -_number(station.n)), default=None),
        most_disputed=talk_list[0] if talk_list and talk_list[0].disagreement else None,
        talk_list=talk_list,
        balance=_plain_mean([_number(station.balance) for station in shown]),
        ruler=ruler,
        zero=cut_points.zero if ruler is Ruler.MEAN else 0.0,
        mean=_plain_mean([_number(station.level) for station in shown]) if ruler is Ruler.MEAN else None,
        quadrants=quadrants_of(stations, cut_points),
    )


def _plain_mean(levels: Sequence[float]) -> float | None:
    return sum(levels) / len(levels) if levels else None


def criticality_order(figures: JourneyFigures, criticality: Mapping[str, int | None]) -> tuple[StationFigures, ...]:
    """The shown stations, what matters most and works least first (R117): by the touchpoint's criticality, given as
    station code → level (higher is more critical, none or missing comes last), then the lower place on the ruler, the
    larger n, the path.
    """

    def rank(station: StationFigures) -> tuple[bool, int, float, float]:
        level = criticality.get(station.code)
        return level is None, -(level or 0), _number(station.level), -_number(station.n)

    return tuple(sorted((station for station in figures.stations if station.shown), key=rank))


def _number(value: float | None) -> float:
    """A figure of a shown station, for sorting; shown stations have them all."""
    if value is None:
        raise ValueError("A station that is not shown has no figure to sort by.")
    return value


def _most_disputed_first(station: StationFigures) -> tuple[float, float]:
    """Rounded, because two mirrored distributions must tie although their sums differ in the last bit."""
    return -round(_number(station.disagreement), 9), -_number(station.n)


def _if_shown(end: tuple[StationFigures, ...]) -> StationFigures | None:
    return end[0] if end and end[0].shown else None
