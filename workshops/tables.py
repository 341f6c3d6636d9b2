"""What a table without devices answers at one station: counts that a moderator types, never above the head count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.enums import SCALE_VALUES, Drawer, Scale


@dataclass(frozen=True)
class TableAnswer:
    """How many people of a table gave each answer at one station.

    In full mode ``scales`` holds the numbers from 0 to 10 that were given on each scale, sorted: in the order in which
    they were typed, the first ones of all scales would be one person's. The drawers are then those of the experience.
    """

    disappointing: int = 0
    fine: int = 0
    delighting: int = 0
    unable: int = 0
    scales: Mapping[str, tuple[int, ...]] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no count of people, and what is no answer on a scale."""
        if min(self.disappointing, self.fine, self.delighting, self.unable) < 0:
            raise ValueError("Nobody counts less than none.")
        if any(value not in SCALE_VALUES for values in (self.scales or {}).values() for value in values):
            raise ValueError("The scales run from 0 to 10.")

    @property
    def rated(self) -> int:
        """How many put the station into a drawer."""
        return self.disappointing + self.fine + self.delighting

    @property
    def people(self) -> int:
        """How many gave any answer: in full mode as many as on the scale with the most."""
        return self.unable + max(self.rated, *(len(values) for values in (self.scales or {}).values()), 0)

    @property
    def complete(self) -> int:
        """How many have answered all that is asked: in full mode as many as on the scale with the fewest."""
        if self.scales is None:
            return self.people
        return self.unable + min(len(self.scales.get(scale, ())) for scale in Scale.values)

    @property
    def document(self) -> dict[str, Any]:
        """The form in ``TableEntry.answers``."""
        return asdict(self)

    def in_drawers(self, drawer_of: Callable[[int], Drawer]) -> TableAnswer:
        """The same with the drawers of the experience, in full mode."""
        found = Counter(drawer_of(value) for value in (self.scales or {}).get(Scale.EXPERIENCE, ()))
        return replace(
            self,
            disappointing=found[Drawer.DISAPPOINTING],
            fine=found[Drawer.OK],
            delighting=found[Drawer.DELIGHTING],
        )

    def histogram(self, scale: str) -> list[int]:
        """How often each number from 0 to 10 was given on a scale."""
        given = Counter((self.scales or {}).get(scale, ()))
        return [given[value] for value in SCALE_VALUES]

    def __add__(self, other: TableAnswer) -> TableAnswer:
        return TableAnswer(
            self.disappointing + other.disappointing,
            self.fine + other.fine,
            self.delighting + other.delighting,
            self.unable + other.unable,
            _together(self.scales, other.scales),
        )


def _together(
    first: Mapping[str, tuple[int, ...]] | None, second: Mapping[str, tuple[int, ...]] | None
) -> Mapping[str, tuple[int, ...]] | None:
    if first is None or second is None:
        return first or second
    names = first.keys() | second.keys()
    return {name: tuple(sorted((*first.get(name, ()), *second.get(name, ())))) for name in names}


def read_answers(stored: Mapping[str, Mapping[str, Any]]) -> dict[int, TableAnswer]:
    """``TableEntry.answers`` by primary key of the block's station."""
    return {int(station): _read_answer(answer) for station, answer in stored.items()}


def _read_answer(stored: Mapping[str, Any]) -> TableAnswer:
    scales = stored["scales"]
    sorted_scales = None if scales is None else {name: tuple(values) for name, values in scales.items()}
    return TableAnswer(**{**stored, "scales": sorted_scales})


def too_many_words(station: str, people: int, heads: int) -> str:
    """By how many the answers at a station exceed the people at the table."""
    sentence = ngettext(
        "“%(station)s”: %(people)d answers, but %(heads)d person at the table. That is %(over)d too many.",
        "“%(station)s”: %(people)d answers, but %(heads)d people at the table. That is %(over)d too many.",
        heads,
    )
    return sentence % {"station": station, "people": people, "heads": heads, "over": people - heads}


def finished_of(answers: Mapping[int, TableAnswer], stations: int) -> int:
    """For how many people every one of the ``stations`` has an answer: as many as at the station with the fewest.

    Counts cannot tell persons apart, so this is the most that may have finished.
    """
    return min((answer.complete for answer in answers.values()), default=0) if len(answers) == stations else 0


def raters_of(answers: Iterable[TableAnswer]) -> int:
    """How many of a table rated at all: as many as answered at the station with the most."""
    return max((answer.people for answer in answers), default=0)


def at_table_words(count: int | None) -> str:
    """What stands beside a number of raters: how many of them were entered at a table; empty where none was."""
    if not count:
        return ""
    template = ngettext("%(count)d of them entered at a table", "%(count)d of them entered at a table", count)
    return template % {"count": count}


def at_table_note(at_table: int | None, tables: int) -> str:
    """The same beside one station: its own number where that many may be told, else how many it is at most.

    "At most" is said alike at every station of the block, so that it tells nothing about any of them.
    """
    if at_table or not tables:
        return at_table_words(at_table)
    template = ngettext(
        "up to %(count)d of them entered at a table", "up to %(count)d of them entered at a table", tables
    )
    return template % {"count": tables}


def why_hidden_words() -> str:
    """What a table changes about which figures are shown."""
    return _(
        "Whoever entered a table knows its answers. So a station is shown only where nobody, or at least three people, "
        "rated it on a phone of their own: nothing is left over that could be worked out. Where only tables "
        "rated it, as many must be left when any one table takes its own answers off."
    )
