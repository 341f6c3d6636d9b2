"""Who answered what in a revealed block with names; for moderators only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from workshops.enums import Drawer
from workshops.models import Activity, Rating


@dataclass(frozen=True)
class NamedAnswer:
    """Who answered what in a block with names; for moderators only."""

    name: str
    drawer: Drawer | None
    cannot_judge: bool
    reason: str


def named_answers(activity: Activity) -> dict[str, tuple[NamedAnswer, ...]]:
    """Answers by station's code in a revealed block with names, by name; raises ValueError for any other block."""
    if not (activity.is_revealed and activity.is_named):
        raise ValueError("Only a revealed block with names has named answers.")
    found: dict[str, list[NamedAnswer]] = defaultdict(list)
    rows = Rating.objects.filter(ballot__activity=activity).select_related(
        "station", "ballot__participant__membership__user"
    )
    for row in rows:
        found[str(row.station.code)].append(_named_answer(row))
    return {code: tuple(sorted(answers, key=lambda answer: answer.name.casefold())) for code, answers in found.items()}


def _named_answer(row: Rating) -> NamedAnswer:
    person = row.ballot.participant
    member = person.membership if person else None
    return NamedAnswer(
        name=(person.name if person else "") or (str(member.user) if member else ""),
        drawer=None if row.drawer is None else Drawer(row.drawer),
        cannot_judge=row.cannot_judge,
        reason=row.reason,
    )
