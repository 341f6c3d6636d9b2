"""The journey curve: one drawing for page, projector and PDF, made of text, geometry and paint, and its table.

Beside it, by the same means: the quadrants of importance and experience, and the table of the six scales.
"""

from workshops.curve.drawing import curve_inline, curve_svg, curve_whole, svg_data_uri
from workshops.curve.geometry import journey_curve, strips
from workshops.curve.parts import PAGE, PRINT, PROJECTOR, PROJECTOR_OVERVIEW, Curve, Layout, SecondLine, StationLabel
from workshops.curve.quadrants import (
    QUADRANT_PRINT,
    QuadrantLayout,
    quadrant_inline,
    quadrant_rows,
    quadrant_summary,
    quadrant_svg,
)
from workshops.curve.scales import effect_words, gap_bar, gap_bar_svg, gap_words, scale_rows, scale_words
from workshops.curve.spark import sparkline
from workshops.curve.table import (
    distribution_bar,
    distribution_bar_svg,
    distribution_bars,
    distribution_words,
    station_rows,
)
from workshops.curve.text import prepare_hyphenation
from workshops.curve.words import curve_summary, journey_level, level_name, level_on, level_words, middle_half_words

__all__ = [
    "PAGE",
    "PRINT",
    "PROJECTOR",
    "PROJECTOR_OVERVIEW",
    "QUADRANT_PRINT",
    "Curve",
    "Layout",
    "QuadrantLayout",
    "SecondLine",
    "StationLabel",
    "curve_inline",
    "curve_summary",
    "curve_svg",
    "curve_whole",
    "distribution_bar",
    "distribution_bar_svg",
    "distribution_bars",
    "distribution_words",
    "effect_words",
    "gap_bar",
    "gap_bar_svg",
    "gap_words",
    "journey_curve",
    "journey_level",
    "level_name",
    "level_on",
    "level_words",
    "middle_half_words",
    "prepare_hyphenation",
    "quadrant_inline",
    "quadrant_rows",
    "quadrant_summary",
    "quadrant_svg",
    "scale_rows",
    "scale_words",
    "sparkline",
    "station_rows",
    "strips",
    "svg_data_uri",
]
