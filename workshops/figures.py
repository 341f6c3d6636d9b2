"""From counted answers to the figures that pages, charts, PDF and exports show: the only place with formulas.

Who is protected, and how. A station is rated by *n* people. With one or two of them a figure would tell what somebody
thinks, so such a station is *hidden*: it keeps its code and the flag, and every number of it is ``None``, also the
number of those who cannot judge, because raters minus "cannot judge" would give n back. Nothing that is computed over
several stations (mean, extremes, lists) takes a hidden station in, so no remainder of a total or of a mean leads to it,
and no total of answers is given at all. Where only one or two people rated the whole journey, every station is hidden,
even one that nobody rated: in so small a group "nobody could judge this" already is an answer of known people.
What is hidden is gone from the dataclasses, not merely marked; a stored document cannot leak it either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workshops.enums import Band, Drawer

FORMULA_VERSION = 1
MIN_GROUP = 3
"""Fewest raters of the whole group for whom a figure is shown."""
MIN_PART = 5
"""Fewest raters of any part of the group, a department for example."""

_SCALE = 10
_BAND_FLOORS = ((0.6, Band.DIVIDED), (0.4, Band.PARTLY), (0.2, Band.MOSTLY))


@dataclass(frozen=True)
class CutPoints:
    """Where the OK drawer and the delighting drawer begin on 0 to 10; 4 and 7 make 0–3, 4–6 and 7–10."""

    ok: int = 4
    delight: int = 7

    def __post_init__(self) -> None:
        """Refuse cut points that leave a drawer without a value."""
        if not 1 <= self.ok < self.delight <= _SCALE:
            raise ValueError(f"Cut points must satisfy 1 <= ok < delight <= 10, not {self.ok} and {self.delight}.")

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
    """How often each answer was given at one station; not for the screen, since it knows no threshold."""

    code: str
    disappointing: int
    ok: int
    delighting: int
    cannot_judge: int

    @property
    def n(self) -> int:
        """Everybody who put the station into a drawer; "cannot judge" is an answer, but no rating."""
        return self.disappointing + self.ok + self.delighting


@dataclass(frozen=True)
class StationFigures:
    """What may be shown of one station. Tuples run disappointing, OK, delighting; ``None`` is "not shown"."""

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

    @property
    def shown(self) -> bool:
        """Whether there is a figure to draw."""
        return self.balance is not None


@dataclass(frozen=True)
class JourneyFigures:
    """What may be shown of a whole journey; every station named here besides ``stations`` is a shown one.

    ``first`` and ``last`` are the two ends of the path, the first and last impression, or ``None`` where the end itself
    shows no figure: its neighbour is not the first impression. ``strongest`` and ``weakest`` are the same station when
    only one is shown or all balances are equal. ``most_disputed`` is ``None`` when all are of one mind everywhere.
    ``balance`` is the plain mean of the shown stations' balances: each station counts once, however many rated it.
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


def delight_balance(disappointing: int, ok: int, delighting: int) -> float:
    """%delighting − %disappointing, −100 … +100, zero line 0. Derived, method.md 5.3, built like the NPS [S16, S41]."""
    return 100 * (delighting - disappointing) / (disappointing + ok + delighting)


def drawn_mean(disappointing: int, ok: int, delighting: int) -> float:
    """Mean of the three drawers drawn at 0, 5 and 10; it chooses the drawer and is itself never shown in quick mode."""
    total = disappointing * Drawer.DISAPPOINTING + ok * Drawer.OK + delighting * Drawer.DELIGHTING
    return total / (disappointing + ok + delighting)


def disagreement(distribution: Mapping[int, int]) -> float:
    """1 − consensus of Tastle and Wierman for answers on 0 to 10, given as value → count; 0 … 1.

    Consensus is 1 + Σ pᵢ · log₂(1 − |xᵢ − μ| ÷ 10): 1 where all answer the same, 0 where two halves stand at the two
    ends (W. J. Tastle, M. J. Wierman: Consensus and dissention, 2007; method.md 5.3). The range is the scale's, never
    that of the answers, so that stations compare.
    """
    n = sum(distribution.values())
    given = [(value, count) for value, count in distribution.items() if count]
    mean = sum(value * count for value, count in given) / n
    spread = -sum(count / n * math.log2(1 - abs(value - mean) / _SCALE) for value, count in given)
    return min(1.0, max(0.0, spread))


def band_of(value: float) -> Band:
    """The word for a disagreement: below 0.2 agreed, then mostly, partly, and from 0.6 divided."""
    return next((band for floor, band in _BAND_FLOORS if value >= floor), Band.AGREED)


def station_figures(answers: StationAnswers, *, cut_points: CutPoints) -> StationFigures:
    """The figures of one station, or none of them below the threshold (see the module's first paragraph).

    Where nobody rated, n is an honest 0; how many could not judge is then a group of its own and needs three as well.
    """
    n = answers.n
    if 0 < n < MIN_GROUP:
        return _without_figures(answers.code, hidden=True)
    if n == 0:
        unable = answers.cannot_judge if answers.cannot_judge >= MIN_GROUP else None
        return _without_figures(answers.code, empty=True, n=0, cannot_judge=unable)
    counts = (answers.disappointing, answers.ok, answers.delighting)
    value = disagreement(dict(zip(Drawer.values, counts, strict=True)))
    return StationFigures(
        code=answers.code,
        n=n,
        cannot_judge=answers.cannot_judge,
        counts=counts,
        shares=(100 * counts[0] / n, 100 * counts[1] / n, 100 * counts[2] / n),
        balance=delight_balance(*counts),
        drawer=cut_points.drawer_of_mean(drawn_mean(*counts)),
        disagreement=value,
        band=band_of(value),
    )


def journey_figures(answers: Sequence[StationAnswers], *, raters: int, cut_points: CutPoints) -> JourneyFigures:
    """The figures of a journey from its stations in the order of the path, and of ``raters`` people in all."""
    if 0 < raters < MIN_GROUP:
        stations = tuple(_without_figures(given.code, hidden=True) for given in answers)
    else:
        stations = tuple(station_figures(given, cut_points=cut_points) for given in answers)
    shown = [station for station in stations if station.shown]
    talk_list = tuple(sorted(shown, key=_most_disputed_first))
    return JourneyFigures(
        stations=stations,
        raters=raters,
        first=_if_shown(stations[:1]),
        last=_if_shown(stations[-1:]),
        strongest=min(shown, key=lambda station: (-_number(station.balance), -_number(station.n)), default=None),
        weakest=min(shown, key=lambda station: (_number(station.balance), -_number(station.n)), default=None),
        most_disputed=talk_list[0] if talk_list and talk_list[0].disagreement else None,
        talk_list=talk_list,
        balance=sum(_number(station.balance) for station in shown) / len(shown) if shown else None,
    )


def criticality_order(figures: JourneyFigures, criticality: Mapping[str, int | None]) -> tuple[StationFigures, ...]:
    """The shown stations, what matters most and works least first (R117): by the touchpoint's criticality, given as
    station code → level (higher is more critical, none or missing comes last), then the lower balance, the larger n,
    the path.
    """

    def rank(station: StationFigures) -> tuple[bool, int, float, float]:
        level = criticality.get(station.code)
        return level is None, -(level or 0), _number(station.balance), -_number(station.n)

    return tuple(sorted((station for station in figures.stations if station.shown), key=rank))


def to_document(figures: JourneyFigures) -> dict[str, Any]:
    """Plain values for a JSON column: a frozen Ist-Stand keeps the figures themselves, not a recipe for them."""
    named = {name: getattr(figures, name) for name in _NAMED}
    return {
        "formula_version": figures.formula_version,
        "raters": figures.raters,
        "balance": figures.balance,
        "stations": [_station_document(station) for station in figures.stations],
        "talk_list": [station.code for station in figures.talk_list],
        **{name: station.code if station else None for name, station in named.items()},
    }


def from_document(document: Mapping[str, Any]) -> JourneyFigures:
    """The figures of a stored document exactly as they were frozen, whatever the formulas are today."""
    stations = tuple(_station_from_document(stored) for stored in document["stations"])
    by_code = {station.code: station for station in stations}
    return JourneyFigures(
        stations=stations,
        raters=document["raters"],
        talk_list=tuple(by_code[code] for code in document["talk_list"]),
        balance=document["balance"],
        formula_version=document["formula_version"],
        **{name: by_code[document[name]] if document[name] is not None else None for name in _NAMED},
    )


_NAMED = ("first", "last", "strongest", "weakest", "most_disputed")


def _without_figures(
    code: str, *, hidden: bool = False, empty: bool = False, n: int | None = None, cannot_judge: int | None = None
) -> StationFigures:
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
    )


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


def _station_document(station: StationFigures) -> dict[str, Any]:
    document = asdict(station)
    document["drawer"] = None if station.drawer is None else station.drawer.value
    document["band"] = None if station.band is None else station.band.value
    return document


def _station_from_document(stored: Mapping[str, Any]) -> StationFigures:
    return StationFigures(
        **{
            **stored,
            "counts": None if stored["counts"] is None else tuple(stored["counts"]),
            "shares": None if stored["shares"] is None else tuple(stored["shares"]),
            "drawer": None if stored["drawer"] is None else Drawer(stored["drawer"]),
            "band": None if stored["band"] is None else Band(stored["band"]),
        }
    )
