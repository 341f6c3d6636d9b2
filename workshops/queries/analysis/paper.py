"""What the analysis page says in words and lists, of the whole path and without its charts: for paper."""

from __future__ import annotations

from dataclasses import dataclass

from workshops.queries.analysis.departments import DepartmentRow, department_rows
from workshops.queries.analysis.levels import levels_of
from workshops.queries.analysis.words import Fact, Fall, facts, falls, switches
from workshops.queries.results import Result


@dataclass(frozen=True)
class PathWords:
    """The figures of a whole path with their sentences, its marked drops, its changes of medium, and who is
    responsible; in the order of the page, which can filter them.
    """

    facts: tuple[Fact, ...]
    falls: tuple[Fall, ...]
    switches: tuple[Fall, ...]
    departments: tuple[DepartmentRow, ...]


def path_words(result: Result) -> PathWords:
    """The words of a result that has stations; asks the database for nothing."""
    levels, every = levels_of(result), frozenset(result.by_code)
    return PathWords(
        facts=facts(result, levels),
        falls=falls(result, levels, every),
        switches=switches(result, levels, every),
        departments=department_rows(result, levels, every),
    )
