"""“The path”: what the analysis says of the way from the first station to the last, as far as one page holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workshops.queries import Result
from workshops.queries.analysis import PathWords, path_words

MOST_STEPS = 5
"""A team talks about no more drops in one meeting; the application lists all."""
MOST_DEPARTMENTS = 10


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
            falls=whole.falls[:MOST_STEPS],
            switches=whole.switches[:MOST_STEPS],
            departments=whole.departments[:MOST_DEPARTMENTS],
        ),
        falls_left=_left(whole.falls, MOST_STEPS),
        switches_left=_left(whole.switches, MOST_STEPS),
        departments_left=_left(whole.departments, MOST_DEPARTMENTS),
    )


def _left(lines: Sequence[object], most: int) -> int:
    return max(0, len(lines) - most)
