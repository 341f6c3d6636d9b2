"""“The path”: what the analysis says of the way from the first station to the last, as far as one page holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workshops.queries import Result
from workshops.queries.analysis import PathWords, path_words

LONGEST_LIST = 10
"""As in the other lists of the report; the application has all lines."""


@dataclass(frozen=True)
class PathPage:
    """The first lines of each list, and how many of each stand in the application only."""

    words: PathWords
    falls_left: int
    switches_left: int
    departments_left: int


def path_page(result: Result) -> PathPage | None:
    """The page of a result; None where there is no way, or no station on it shows a figure."""
    if len(result.stations) < 2 or not any(station.figures.shown for station in result.stations):
        return None
    whole = path_words(result)
    return PathPage(
        words=PathWords(
            facts=whole.facts,
            falls=whole.falls[:LONGEST_LIST],
            switches=whole.switches[:LONGEST_LIST],
            departments=whole.departments[:LONGEST_LIST],
        ),
        falls_left=_left(whole.falls),
        switches_left=_left(whole.switches),
        departments_left=_left(whole.departments),
    )


def _left(lines: Sequence[object]) -> int:
    return max(0, len(lines) - LONGEST_LIST)
