"""Who answered what in a revealed block with names; for moderators only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshops.enums import Drawer, Scale
from workshops.models import Activity, ActivityStation, Ballot


@dataclass(frozen=True)
class NamedAnswer:
    """Who answered what in a block with names; for moderators only."""

    name: str
    drawer: Drawer | None
    cannot_judge: bool
    reason: str
    # Full mode: those of the six scales that this person answered, with their names.
    scales: tuple[tuple[str, int], ...] = ()


def named_answers(activity: Activity) -> dict[str, tuple[NamedAnswer, ...]]:
    """Answers by station's code in a revealed block with names, by name; raises ValueError for any other block."""
    if not (activity.is_revealed and activity.is_named):
        raise ValueError("Only a revealed block with names has named answers.")
    found: dict[str, list[NamedAnswer]] = defaultdict(list)
    codes = dict(ActivityStation.objects.filter(activity=activity).values_list("pk", "code"))
    for ballot in Ballot.objects.filter(activity=activity).select_related("participant__membership__user"):
        for station, given in ballot.answers.items():
            found[str(codes[int(station)])].append(_named_answer(ballot, given))
    return {code: tuple(sorted(answers, key=lambda answer: answer.name.casefold())) for code, answers in found.items()}


def _named_answer(ballot: Ballot, given: Mapping[str, Any]) -> NamedAnswer:
    person = ballot.participant
    scales = given.get("scales", {})
    member = person.membership if person else None
    return NamedAnswer(
        name=(person.name if person else "") or (str(member.user) if member else ""),
        drawer=None if given["drawer"] is None else Drawer(given["drawer"]),
        cannot_judge=given["cannot_judge"],
        reason=given["reason"],
        scales=tuple((str(scale.label), scales[scale]) for scale in Scale if scale in scales),
    )
