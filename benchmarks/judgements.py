"""The direct count: what 100 people are given to answer, and what must come out. Knows nothing of the application."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PEOPLE = 100
SEED = 2026
# The file's words, as the three drawers of the application: disappointing, OK, delighting.
DRAWERS = {"negative": 0, "neutral": 5, "positive": 10}
FEWEST = 3  # people from whom on a figure may be shown


@dataclass(frozen=True)
class Expected:
    """What a direct count of a station's list gives."""

    disappointing: int
    ok: int
    delighting: int

    @property
    def n(self) -> int:
        return self.disappointing + self.ok + self.delighting

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.disappointing, self.ok, self.delighting

    @property
    def balance(self) -> float:
        """Share of delighting minus share of disappointing, in percentage points."""
        return 100 * (self.delighting - self.disappointing) / self.n

    @property
    def is_hidden(self) -> bool:
        """Whether one or two people rated, so that no figure may stand anywhere."""
        return 0 < self.n < FEWEST


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def seeded_lists(feedback: Sequence[Mapping[str, str]], names: Sequence[str]) -> dict[str, list[int]]:
    """At most 100 judgements of each touchpoint, drawn with a fixed seed; a name without any has an empty list."""
    chance = random.Random(SEED)
    found: dict[str, list[int]] = defaultdict(list)
    for row in feedback:
        if row["rating"] in DRAWERS:
            found[row["touchpoint"].strip()].append(DRAWERS[row["rating"]])
    return {name: chance.sample(found[name], min(PEOPLE, len(found[name]))) for name in names}


def hand_out(lists: Mapping[str, Sequence[int]]) -> list[dict[str, int | None]]:
    """What each of the 100 people answers at each station; None is "cannot judge"."""
    chance = random.Random(SEED + 1)
    people: list[dict[str, int | None]] = [dict.fromkeys(lists) for _ in range(PEOPLE)]
    for name, judgements in lists.items():
        for person, drawer in zip(chance.sample(range(PEOPLE), len(judgements)), judgements, strict=True):
            people[person][name] = drawer
    return people


def direct_count(judgements: Sequence[int]) -> Expected:
    counted = Counter(judgements)
    return Expected(*(counted[drawer] for drawer in DRAWERS.values()))
