"""What a test looks at below the views: answers in ballots, and what reveal has counted."""

from __future__ import annotations

from dataclasses import dataclass

from workshops.models import ActivityStation, Ballot, StationTally


@dataclass(frozen=True)
class Answer:
    """One answer of one ballot."""

    station: int
    drawer: int | None
    cannot_judge: bool
    reason: str
    scales: dict[str, int] | None = None


def given(**where: object) -> list[Answer]:
    """All answers in ballots, outside any scope, along the path; ``where`` filters the ballots."""
    ballots = Ballot._base_manager.filter(**where)
    places = dict(ActivityStation._base_manager.values_list("pk", "position"))
    found = [Answer(int(key), **answer) for ballot in ballots for key, answer in ballot.answers.items()]
    return sorted(found, key=lambda answer: places[answer.station])


def counted(**where: object) -> list[tuple[int, int, int, int]]:
    """Per station along the path: disappointing, OK, delighting, cannot judge; ``where`` filters the tallies."""
    rows = StationTally._base_manager.filter(**where).order_by("station__position", "station")
    return list(rows.values_list("disappointing", "fine", "delighting", "unable"))
