"""From counted answers to the figures that pages, charts, PDF and exports show: the only place with formulas.

Who is protected, and how. A station is rated by *n* people. With one or two of them a figure would tell what somebody
thinks, so such a station is *hidden*: it keeps its code and the flag, and every number of it is ``None``, also the
number of those who cannot judge, because raters minus "cannot judge" would give n back. Nothing that is computed over
several stations (mean, extremes, lists, borders of the quadrants) takes a hidden station in, so no remainder of a total
or of a mean leads to it, and no total of answers is given at all. Where only one or two people rated the whole journey,
every station is hidden, even one that nobody rated: in so small a group "nobody could judge this" already is an answer
of known people.

In a block of full mode each of the six scales has an n of its own and hides below three of its own; what is computed
from several scales (gap, leverage, quadrant) needs all of them shown, so that nothing is found by subtraction.

Where a moderator entered a table without devices, that moderator knows its answers and could take them off the figures.
So those with a phone of their own must be nobody or at least three, too, at the station, on the scale and in the block.
People at one of several tables know what theirs answered: where tables alone rated, the others together must be nobody
or at least three for each of them, which reveal notes while it still knows the tables apart.
How many of a station's raters were entered at a table is told from five up: below, the number would say of a small
table who could not judge. How many of the whole block were is told always; it is no answer.
What is hidden is gone from the dataclasses, not merely marked; a stored document cannot leak it either.
"""

from workshops.figures.answers import (
    DRAWERS,
    MIN_GROUP,
    MIN_PART,
    UNABLE,
    CutPoints,
    Ruler,
    StationAnswers,
    too_few,
)
from workshops.figures.documents import from_document, station_document, station_from_document, to_document
from workshops.figures.formulas import band_of, delight_balance, disagreement, drawn_mean, mean_of, quantile
from workshops.figures.journeys import FORMULA_VERSION, JourneyFigures, criticality_order, journey_figures, ruler_of
from workshops.figures.path import BALANCE, Gauge, PathFigures, Place, Step, Switch, experience_gauge, path_figures
from workshops.figures.quadrants import Quadrants, Spot, quadrants_of
from workshops.figures.scales import EFFECTS, LARGE_GAP, ScaleFigures, StationScales, scale_figures, station_scales
from workshops.figures.stations import StationFigures, station_figures

__all__ = [
    "BALANCE",
    "DRAWERS",
    "EFFECTS",
    "FORMULA_VERSION",
    "LARGE_GAP",
    "MIN_GROUP",
    "MIN_PART",
    "UNABLE",
    "CutPoints",
    "Gauge",
    "JourneyFigures",
    "PathFigures",
    "Place",
    "Quadrants",
    "Ruler",
    "ScaleFigures",
    "Spot",
    "StationAnswers",
    "StationFigures",
    "StationScales",
    "Step",
    "Switch",
    "band_of",
    "criticality_order",
    "delight_balance",
    "disagreement",
    "drawn_mean",
    "experience_gauge",
    "from_document",
    "journey_figures",
    "mean_of",
    "path_figures",
    "quadrants_of",
    "quantile",
    "ruler_of",
    "scale_figures",
    "station_document",
    "station_figures",
    "station_from_document",
    "station_scales",
    "to_document",
    "too_few",
]
