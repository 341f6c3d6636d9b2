"""The stations along the path as rows, for CSV and Excel: the figures of the result page, and nothing that it hides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from touchpoints.csv_exchange.cells import defuse
from touchpoints.csv_exchange.writing import csv_text
from workshops.curve.words import fewer_than_three
from workshops.enums import Scale
from workshops.exports.rounds_and_parts import figures_behind
from workshops.exports.source import Export
from workshops.figures import ScaleFigures, StationFigures, StationScales
from workshops.queries.results import Reason, StationResult
from workshops.tables import at_table_note

Cell = str | int | float | None
"""Text, a number, or nothing; a float has two places."""

NOTE = 14
"""Which column, from 1, is the note."""


def result_csv(export: Export) -> str:
    """The rows in the present language. A last row without a station says which block still runs."""
    titles = headings(export)
    rows = (map(csv_cell, row) for row in chain(rows_of(export), behind_rows(export)))
    running = [*[""] * (NOTE - 1), defuse(export.running_words), *[""] * (len(titles) - NOTE)]
    return csv_text(chain([titles], rows, [running] if export.running else []))


def csv_cell(cell: Cell) -> str:
    """A cell as text. Words were typed by somebody and are defused; figures are ours and stay numbers."""
    if isinstance(cell, float):
        return decimal(cell)
    return defuse(cell) if isinstance(cell, str) else str("" if cell is None else cell)


def decimal(value: float) -> str:
    """A number as the spreadsheet of this language reads it, with two places."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if get_language() == "de" else text


def headings(export: Export) -> list[str]:
    """What stands above the columns, in the words of the result page; with the scales where some were answered."""
    return [*_headings(), *(scale_headings() if export.result.figures.has_scales else [])]


def scale_headings() -> list[str]:
    """The columns of full mode, behind those of both modes."""
    return [
        pgettext("of ratings", "Mean"),
        _("Median"),
        _("Lower quartile"),
        _("Upper quartile"),
        pgettext("scale", "Expectation"),
        pgettext("expectation", "Gap"),
        pgettext("scale", "Importance"),
        pgettext("scale", "First purchase"),
        pgettext("scale", "Repurchase"),
        pgettext("scale", "Recommendation"),
        _("Leverage"),
        _("Quadrant"),
        *(_("n of %(scale)s") % {"scale": scale.label} for scale in Scale),
    ]


def _headings() -> list[str]:
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
        _("In-house or external"),
    ]


def rows_of(export: Export) -> Iterator[list[Cell]]:
    """The stations along the path: number, words, figures, and the scales where some were answered."""
    figures = export.result.figures
    spots = figures.quadrants.spots if figures.quadrants else ()
    quadrants = {spot.code: str(spot.quadrant.label) for spot in spots}
    for station in export.result.stations:
        words = [station.name, str(station.phase.label), station.channel, station.department]
        *shown, note = figure_cells(station.figures)
        note = " · ".join(filter(None, [str(note or ""), station.round_words])) or None
        cells: list[Cell] = [station.number, *words, *shown, note, run_by(station)]
        if figures.has_scales:
            cells += scale_cells(station.figures.scales, quadrants.get(station.code))
        yield cells


def scale_cells(scales: StationScales | None, quadrant: str | None) -> list[Cell]:
    """The columns of full mode; nothing of a scale that is not shown, nor what needs it."""
    shown = scales or StationScales()
    experience = shown.experience
    own = [experience.mean, experience.median, experience.lower, experience.upper] if experience else [None] * 4
    behind = (Scale.IMPORTANCE, Scale.PURCHASE, Scale.REPURCHASE, Scale.RECOMMENDATION)
    means = [_mean(shown.of(scale)) for scale in behind]
    figures = [*own, _mean(shown.expectation), shown.gap, *means, shown.leverage]
    counts = [found.n if (found := shown.of(scale)) else None for scale in Scale]
    return [*map(places, figures), quadrant, *counts]


def _mean(figures: ScaleFigures | None) -> float | None:
    return figures.mean if figures else None


def behind_rows(export: Export) -> Iterator[list[Cell]]:
    """Other rounds and parts in the columns of the stations; the note says what a row is of."""
    for station, words, figures in figures_behind(export):
        names = [station.name, str(station.phase.label), station.channel, station.department]
        *cells, note = figure_cells(figures)
        row: list[Cell] = [station.number, *names, *cells, f"{words}: {note}" if note else words, run_by(station)]
        yield [*row, *scale_cells(figures.scales, None)] if export.result.figures.has_scales else row


def reason_headings() -> list[str]:
    """What stands above the reasons."""
    number = pgettext("station", "No.")
    return [number, _("Station"), _("Phase"), pgettext("of a reason", "Rated"), _("Reasons, without names")]


def reason_rows(export: Export) -> Iterator[list[Cell]]:
    """The main reasons along the path, for those who may read them; a station without figures has none."""
    for station in export.result.stations if export.with_reasons else ():
        for reason in ordered_reasons(station.reasons):
            yield [station.number, station.name, str(station.phase.label), str(reason.drawer.label), reason.text]


def ordered_reasons(reasons: Iterable[Reason]) -> list[Reason]:
    """In the order of the page: disappointing first, and within a drawer the random order that reveal drew."""
    return sorted(reasons, key=lambda reason: reason.drawer)


def run_by(station: StationResult) -> str | None:
    """Who runs a station, as the result compares them; nothing where the catalogue does not say it."""
    return str(station.run_by.label) if station.run_by else None


def figure_cells(figures: StationFigures) -> list[Cell]:
    """The figures of a station; one that shows none has a note instead, which says why."""
    if figures.counts is None or figures.band is None:
        # None is “not shown”, not zero: one or two who cannot judge are no more shown than one or two who rate.
        numbers: list[Cell] = [figures.n or None, None, None, None, figures.cannot_judge or None]
        note = fewer_than_three(figures.tables) if figures.hidden else pgettext("station", "no rating")
        return [*numbers, None, None, None, str(note)]
    counts = [figures.n, *figures.counts, figures.cannot_judge]
    note = at_table_note(figures.at_table, figures.tables)
    return [*counts, places(figures.balance), places(figures.disagreement), str(figures.band.label), note or None]


def places(value: float | None) -> float | None:
    """Two places, as everywhere in an export; a zero has no sign."""
    return None if value is None else round(value, 2) + 0.0
