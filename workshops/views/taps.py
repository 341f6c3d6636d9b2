"""What the phone gets after a tap in quick mode. A whole room taps at once, so what never differs is rendered once.

The four buttons of a card differ in nothing but the answer that is pressed and the card's code, the head of the
overview in nothing but how many stations are open, a line of it without a reason in nothing but station and answer:
per language these are a few dozen texts, which a process keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from workshops.views.cards import OwnAnswer, answer_buttons

# Stands in what is kept where a card's code belongs; like every code, nothing that HTML would write in another way.
CODE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class AnyCard:
    """A card of which only the pressed answer is known."""

    own: str
    code: str = CODE


@dataclass(frozen=True)
class ShownRow:
    """What the overview's line of a card says."""

    code: str
    name: str
    reason: str
    own: str
    mark: str
    word: str

    @property
    def station(self) -> ShownRow:
        """Where the template looks for name and reason."""
        return self


@dataclass(frozen=True)
class Overview:
    """What the overview's head says: how many stations are open, the code of the first of them (or the overview's own
    name), and until when a block in advance takes answers.
    """

    open_count: int
    first_open: str
    until_words: str


def tap_answer(card: OwnAnswer, overview: Overview) -> SafeString:
    """The card's buttons, its line on the overview, and the overview's head, the latter two placed by their ids."""
    language = get_language()
    buttons = _buttons(language, card.own).replace(CODE, card.code)
    shown = ShownRow(card.code, card.station.name, card.station.reason, card.own, card.mark, card.word)
    # A reason is a person's own, and stays in no memory.
    row = (_row if shown.reason else _plain_row)(language, shown)
    head = _head(language, overview.open_count, overview.until_words).replace(CODE, overview.first_open)
    return mark_safe(f"{buttons}{row}{head}")  # noqa: S308 - rendered by our own template


@lru_cache(maxsize=64)
def _buttons(language: str, own: str) -> str:
    context = {"card": AnyCard(own), "drawers": answer_buttons()}
    return render_to_string("workshops/_room_ballot.html#station_answers", context)


def _row(_language: str, row: ShownRow) -> str:
    return render_to_string("workshops/_room_ballot.html#ballot_row", {"card": row, "out_of_band": True})


_plain_row = lru_cache(maxsize=2048)(_row)


@lru_cache(maxsize=256)
def _head(language: str, open_count: int, until_words: str) -> str:
    context = {"open_count": open_count, "first_open": CODE, "until_words": until_words, "out_of_band": True}
    return render_to_string("workshops/_room_ballot.html#ballot_head", context)
