"""Results as a table that a spreadsheet program opens: the figures of the result page, and nothing that it hides."""

from __future__ import annotations

import csv
import io

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from touchpoints.csv_exchange.cells import defuse
from touchpoints.csv_exchange.writing import BYTE_ORDER_MARK, DELIMITERS
from workshops.curve.words import fewer_than_three
from workshops.figures import StationFigures
from workshops.queries import Result
from workshops.queries.results import StationResult


def result_csv(result: Result) -> str:
    """The stations along the path with their figures, in the present language; a hidden one keeps only its words."""
    output = io.StringIO(newline="")
    output.write(BYTE_ORDER_MARK)
    writer = csv.writer(output, delimiter=DELIMITERS.get(str(get_language()), ","), lineterminator="\r\n")
    writer.writerow(headings())
    writer.writerows(row_of(station) for station in result.stations)
    return output.getvalue()


def headings() -> list[str]:
    """What stands above the columns, in the words of the result page."""
    return [
        pgettext("station", "No."),
        _("Station"),
        _("Phase"),
        _("Channel"),
        _("Department or provider"),
        "n",
        pgettext("drawer", "disappointing"),
        pgettext("drawer", "OK"),
        pgettext("drawer", "delighting"),
        pgettext("number of answers", "No judgement"),
        pgettext("delight balance", "Balance"),
        _("Disagreement"),
        pgettext("among the raters", "Agreement"),
        _("Note"),
    ]


def row_of(station: StationResult) -> list[str]:
    """One station. Its words were typed by somebody and are defused; figures are ours and stay numbers."""
    words = [station.name, str(station.phase.label), station.channel, station.department]
    return [str(station.number), *map(defuse, words), *figure_cells(station.figures)]


def figure_cells(figures: StationFigures) -> list[str]:
    """The figures of a station; one that shows none has a note instead, which says why."""
    if figures.counts is None or figures.band is None:
        # None is “not shown”, not zero: one or two who cannot judge are no more shown than one or two who rate.
        numbers = [str(figures.n or ""), "", "", "", str(figures.cannot_judge or "")]
        note = fewer_than_three() if figures.hidden else pgettext("station", "no rating")
        return [*numbers, "", "", "", str(note)]
    counts = [str(count) for count in (figures.n, *figures.counts, figures.cannot_judge)]
    return [*counts, decimal(figures.balance), decimal(figures.disagreement), str(figures.band.label), ""]


def decimal(value: float | None) -> str:
    """A number as the spreadsheet of this language reads it, with two places."""
    text = "" if value is None else f"{value + 0:.2f}"
    return text.replace(".", ",") if get_language() == "de" else text
