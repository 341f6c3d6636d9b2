"""The analysis of a result: how the path rises and falls, who makes which impression, and what to begin with.

It reads nothing but a Result, that is figures that may be shown; filters choose among them and compute nothing anew
from answers, so no two views of it differ by a hidden value.
"""

from workshops.queries.analysis.charts import Cell, Chart
from workshops.queries.analysis.filters import Only, Wanted, chosen_codes
from workshops.queries.analysis.page import AnalysisPage, analysis_page
from workshops.queries.analysis.paper import PathWords, path_words
from workshops.queries.analysis.sources import Source, baseline_source, workshop_source

__all__ = [
    "AnalysisPage",
    "Cell",
    "Chart",
    "Only",
    "PathWords",
    "Source",
    "Wanted",
    "analysis_page",
    "baseline_source",
    "chosen_codes",
    "path_words",
    "workshop_source",
]
