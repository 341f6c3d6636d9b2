"""The direct count: what 100 people are given to answer, and what must come out. Knows nothing of the application."""

from __future__ import annotations

import csv
import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PEOPLE = 100
SEED = 2026
# The file's words, as the three drawers of the application: disappointing, OK, delighting.
DRAWERS = {"negative": 0, "neutral": 5, "positive": 10}
FEWEST = 3  # people from whom on a figure may be shown


# Full mode: an experience in the drawer of the judgement, by the cut points that a new organisation has.
EXPERIENCES = {0: range(4), 5: range(4, 7), 10: range(7, 11)}
SCALES = ("experience", "expectation", "importance", "purchase", "repurchase", "recommendation")
# What somebody answers at a station: a drawer, a number on each scale in full mode, or None, “cannot judge”.
Given = int | Mapping[str, int] | None


@dataclass(frozen=True)
class Expected:
    """What a direct count of a station's list gives; ``scales`` holds the numbers of full mode, scale by scale."""

    disappointing: int
    ok: int
    delighting: int
    scales: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

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

    def mean(self, scale: str) -> float:
        """The plain mean of a scale, 0 to 10."""
        return statistics.fmean(self.scales[scale])

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


def hand_out(lists: Mapping[str, Sequence[int]]) -> list[dict[str, Given]]:
    """What each of the 100 people answers at each station; None is "cannot judge"."""
    chance = random.Random(SEED + 1)
    people: list[dict[str, Given]] = [dict.fromkeys(lists) for _ in range(PEOPLE)]
    for name, judgements in lists.items():
        for person, drawer in zip(chance.sample(range(PEOPLE), len(judgements)), judgements, strict=True):
            people[person][name] = drawer
    return people


def in_full(people: Sequence[Mapping[str, Given]]) -> list[dict[str, Given]]:
    """The same people in full mode: an experience that falls into the drawer they chose, and five seeded numbers."""
    chance = random.Random(SEED + 2)
    return [{name: on_six_scales(answer, chance) for name, answer in person.items()} for person in people]


def on_six_scales(drawer: Given, chance: random.Random) -> Given:
    if not isinstance(drawer, int):
        return drawer
    return {scale: chance.choice(EXPERIENCES[drawer] if scale == "experience" else range(11)) for scale in SCALES}


def direct_count(judgements: Sequence[int], given: Sequence[Given] = ()) -> Expected:
    """The counts of a list; ``given`` is what people answered there in full mode."""
    counted = Counter(judgements)
    numbers = [answer for answer in given if isinstance(answer, Mapping)]
    scales = {scale: tuple(answer[scale] for answer in numbers) for scale in SCALES} if numbers else {}
    return Expected(*(counted[drawer] for drawer in DRAWERS.values()), scales=scales)
