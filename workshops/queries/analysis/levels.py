"""What the height of a station is called and how it is written, on either ruler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workshops.curve.text import NOTHING, localised, signed
from workshops.enums import Scale
from workshops.figures import BALANCE, Gauge, PathFigures, Place, Ruler, experience_gauge, path_figures
from workshops.queries.results import Result


@dataclass(frozen=True)
class Levels:
    """The path of a result, and the words of its ruler. ``ticks`` are the marked places of its axis."""

    path: PathFigures
    short: str
    axis: str
    ticks: tuple[tuple[float, str], ...]
    write: Callable[[float], str]
    write_change: Callable[[float], str]

    @property
    def gauge(self) -> Gauge:
        """The ruler itself."""
        return self.path.gauge

    def words(self, value: float | None) -> str:
        """A height as the language writes it; a dash where none is shown."""
        return NOTHING if value is None else self.write(value)

    def change(self, value: float | None) -> str:
        """A difference of two heights with its sign; a dash where there is none."""
        return NOTHING if value is None else self.write_change(value)


def levels_of(result: Result) -> Levels:
    """The path of ``result`` on the ruler on which all of its stations compare."""
    places = [Place(station.code, station.figures.level, station.medium) for station in result.stations]
    if result.figures.ruler is Ruler.MEAN:
        return Levels(
            path=path_figures(places, gauge=experience_gauge(result.cut_points)),
            short=str(Scale.EXPERIENCE.label),
            axis=_("Mean experience, from 0 to 10"),
            ticks=tuple((float(value), str(value)) for value in range(0, 11, 2)),
            write=one_place,
            write_change=signed_place,
        )
    return Levels(
        path=path_figures(places, gauge=BALANCE),
        short=pgettext("delight balance", "Balance"),
        axis=_("Delight balance, from −100 to +100"),
        ticks=tuple((float(value), signed(value)) for value in (-100, -50, 0, 50, 100)),
        write=signed,
        write_change=signed,
    )


def one_place(value: float) -> str:
    """A mean on 0 to 10, with one place."""
    return localised(value, 1)


def signed_place(value: float) -> str:
    """A difference of two means, with its sign and one place."""
    return signed(value, 1)
