"""The journey curve: one drawing for page, projector and PDF, made of text, geometry and paint, and its table."""

from workshops.curve.drawing import curve_inline, curve_svg, curve_whole, svg_data_uri
from workshops.curve.geometry import journey_curve, strips
from workshops.curve.parts import PAGE, PRINT, PROJECTOR, PROJECTOR_OVERVIEW, Curve, Layout, SecondLine, StationLabel
from workshops.curve.spark import sparkline
from workshops.curve.table import distribution_bar, distribution_bar_svg, distribution_words, station_rows
from workshops.curve.text import prepare_hyphenation
from workshops.curve.words import curve_summary

__all__ = [
    "PAGE",
    "PRINT",
    "PROJECTOR",
    "PROJECTOR_OVERVIEW",
    "Curve",
    "Layout",
    "SecondLine",
    "StationLabel",
    "curve_inline",
    "curve_summary",
    "curve_svg",
    "curve_whole",
    "distribution_bar",
    "distribution_bar_svg",
    "distribution_words",
    "journey_curve",
    "prepare_hyphenation",
    "sparkline",
    "station_rows",
    "strips",
    "svg_data_uri",
]
