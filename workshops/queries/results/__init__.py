"""Results of revealed blocks, in the form that page, projector, phone, baseline, export and PDF all read.

Numbers come from workshops.figures, which hides what fewer than three people said. Reasons follow it: a station without
a figure shows none. They carry no name and stand in the random order that reveal wrote them in.
"""

from workshops.queries.results.baselines import frozen_result
from workshops.queries.results.blocks import activity_result, workshop_result
from workshops.queries.results.names import NamedAnswer, named_answers
from workshops.queries.results.rounds import rounds_before
from workshops.queries.results.stations import BlockResult, PartFigures, Reason, Result, RoundFigures, StationResult

__all__ = [
    "BlockResult",
    "NamedAnswer",
    "PartFigures",
    "Reason",
    "Result",
    "RoundFigures",
    "StationResult",
    "activity_result",
    "frozen_result",
    "named_answers",
    "rounds_before",
    "workshop_result",
]
