"""The analysis page: charts with their tables, figures of the whole path, and lists, ready to be read."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.queries.analysis.charts import Chart
from workshops.queries.analysis.departments import DepartmentRow, department_rows
from workshops.queries.analysis.dispute_chart import dispute_chart
from workshops.queries.analysis.effects_chart import effects_chart
from workshops.queries.analysis.filters import Wanted, chosen_codes
from workshops.queries.analysis.importance_chart import importance_chart
from workshops.queries.analysis.levels import Levels, levels_of
from workshops.queries.analysis.path_chart import path_chart
from workshops.queries.analysis.sources import Source
from workshops.queries.analysis.words import Fact, Fall, facts, falls, switches
from workshops.queries.results import Result

FIRST_ROWS = 5
"""How many lines the list of drops begins with; a team talks about no more in one meeting."""
FIRST_SWITCHES = 3


@dataclass(frozen=True)
class AnalysisPage:
    """A result as one analyses it. Without charts nothing is revealed yet."""

    facts: tuple[Fact, ...] = ()
    main_charts: tuple[Chart, ...] = ()
    scale_charts: tuple[Chart, ...] = ()
    falls: tuple[Fall, ...] = ()
    falls_rest: tuple[Fall, ...] = ()
    switches: tuple[Fall, ...] = ()
    switches_rest: tuple[Fall, ...] = ()
    departments: tuple[DepartmentRow, ...] = ()
    level_label: str = ""
    selection_words: str = ""
    missing_words: str = ""


def analysis_page(source: Source, wanted: Wanted) -> AnalysisPage:
    """Everything on the page; asks the database for nothing."""
    result = source.result
    if result.is_empty:
        return AnalysisPage()
    levels = levels_of(result)
    chosen = chosen_codes(result, levels.path, wanted)
    fallen, switched = falls(result, levels, chosen), switches(result, levels, chosen)
    return AnalysisPage(
        facts=facts(result, levels, source.first_words),
        main_charts=(path_chart(result, levels, chosen), dispute_chart(result, levels, chosen)),
        scale_charts=tuple(
            chart for chart in (importance_chart(result, chosen), effects_chart(result, chosen)) if chart is not None
        ),
        falls=fallen[:FIRST_ROWS],
        falls_rest=fallen[FIRST_ROWS:],
        switches=switched[:FIRST_SWITCHES],
        switches_rest=switched[FIRST_SWITCHES:],
        departments=department_rows(result, levels, chosen),
        level_label=levels.short,
        selection_words=_selection_words(result, levels, chosen) if wanted.narrows else "",
        missing_words=_missing_words(result),
    )


def _selection_words(result: Result, levels: Levels, chosen: frozenset[str]) -> str:
    total = len(result.stations)
    values = [place.value for place in levels.path.places if place.code in chosen and place.value is not None]
    words = ngettext("%(found)d of %(total)d station.", "%(found)d of %(total)d stations.", total)
    words %= {"found": len(chosen), "total": total}
    if values and levels.path.mean is not None:
        words += " " + _("Their mean is %(mean)s, that of the whole path %(whole)s.") % {
            "mean": levels.words(sum(values) / len(values)),
            "whole": levels.words(levels.path.mean),
        }
    return words


def _missing_words(result: Result) -> str:
    """Why importance and effects are absent, everywhere or at some stations; empty where everybody was asked."""
    if not any(station.figures.shown for station in result.stations):
        return ""
    if not result.figures.has_scales:
        return _(
            "Gap to the expectation, importance and effects on purchase are not shown: quick mode asks one question "
            "per station, and nothing is computed that nobody was asked."
        )
    if not result.figures.is_mixed:
        return ""
    known = sum(station.figures.scales is not None for station in result.stations)
    return ngettext(
        "Importance and effects are known of %(count)d station only: the others were rated in quick mode, which asks "
        "one question per station. So all stations stand on the delight balance, which both modes have.",
        "Importance and effects are known of %(count)d stations only: the others were rated in quick mode, which asks "
        "one question per station. So all stations stand on the delight balance, which both modes have.",
        known,
    ) % {"count": known}
