"""Which parts of a group may be shown, so that no sum or difference of what is shown tells of fewer than five people.

The parts lie within each other: everybody ⊃ in-house and providers ⊃ their departments. What a reader can compute from
shown parts is a sum of *remainders*: of each shown part, and of everybody, what is left of it without the shown parts
directly within it. (Any sum or difference of shown parts is such a sum, since the parts are nested.) So it is enough
that every remainder is nobody at all, or at least five raters. Only numbers of people decide, never what they answered.

A remainder of people of whom nobody rated the station is not empty: "none of these two could judge it" is an answer of
known people. And whoever entered tables knows their answers, so the phones' remainder must do without them; people at
one of several tables know that one's, so a remainder must do without each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workshops.figures import MIN_PART


@dataclass(frozen=True)
class Size:
    """``people`` who rate in the block, and ``n`` of them who rated here."""

    people: int = 0
    n: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.people + other.people, self.n + other.n)

    def __sub__(self, other: Size) -> Size:
        return Size(self.people - other.people, self.n - other.n)

    @property
    def is_safe(self) -> bool:
        """Whether figures of exactly these people tell nothing of one of them."""
        return self.people == 0 or self.n >= MIN_PART


NOBODY = Size()


@dataclass(frozen=True)
class Division:
    """A department at one station, of in-house staff or (``is_provider``) a company of its own."""

    name: str
    is_provider: bool
    size: Size


@dataclass(frozen=True)
class Shown:
    """What may be shown: of in-house (False) and providers (True), and departments by whether provider and name."""

    relations: frozenset[bool] = frozenset()
    departments: frozenset[tuple[bool, str]] = frozenset()

    @property
    def rank(self) -> tuple[int, int]:
        """How much it shows, for choosing."""
        return len(self.relations) + len(self.departments), len(self.relations)


def parts_to_show(divisions: Sequence[Division], *, loose: Size = NOBODY, tables: Sequence[Size] = ()) -> Shown:
    """The parts that may be shown at one station: as many as possible, and of equally many those with both relations.

    ``loose`` are the phones whose people named no department, ``tables``, each by itself, those whose answers a
    moderator entered.
    """
    choices: tuple[frozenset[bool], ...] = (
        frozenset(),
        frozenset({False}),
        frozenset({True}),
        frozenset({False, True}),
    )
    options = [_with_relations(relations, divisions, loose, tables) for relations in choices]
    return max((option for option in options if option), key=lambda option: option.rank, default=Shown())


def departments_to_show(
    divisions: Sequence[Division], *, loose: Size = NOBODY, tables: Sequence[Size] = ()
) -> frozenset[tuple[bool, str]]:
    """As many departments as may be shown where nothing is said of in-house staff and providers as a whole.

    ``parts_to_show`` gives departments up for these: with six and three beside six and three it shows no department.
    """
    shown = _complementary(divisions, loose, tables, loose + together(tables) + total(divisions))
    return frozenset((each.is_provider, each.name) for each in shown)


def _with_relations(
    relations: frozenset[bool], divisions: Sequence[Division], loose: Size, tables: Sequence[Size]
) -> Shown | None:
    """What is shown if exactly these relations are; None where they must not be."""
    everybody = loose + together(tables) + total(divisions)
    of = {kind: [each for each in divisions if each.is_provider is kind] for kind in (False, True)}
    if not all(_is_part(total(of[kind]), everybody) for kind in relations):
        return None
    outside = [each for each in divisions if each.is_provider not in relations]
    at_root = _complementary(outside, loose, tables, everybody)
    rest = loose + total(outside) - total(at_root)
    if relations and not _tells_nothing(rest, tables):
        return None
    within = [each for kind in relations for each in _complementary(of[kind], NOBODY, (), everybody)]
    return Shown(relations, frozenset((each.is_provider, each.name) for each in (*at_root, *within)))


def _complementary(
    divisions: Sequence[Division], loose: Size, tables: Sequence[Size], everybody: Size
) -> list[Division]:
    """Those of five raters and more; where the others would be too few, the smallest of them hides with the others."""
    shown = [each for each in divisions if _is_part(each.size, everybody)]
    if shown and not _tells_nothing(loose + total(divisions) - total(shown), tables):
        shown.remove(min(shown, key=lambda each: (each.size.n, each.name)))
    return shown


def _is_part(size: Size, everybody: Size) -> bool:
    """Whether it is large enough, and not simply everybody."""
    return size.n >= MIN_PART and size.people < everybody.people


def _tells_nothing(rest: Size, tables: Sequence[Size]) -> bool:
    """Whether a remainder is safe from everybody, from the moderator who can take all tables off it, and from the
    people of each table, who can take theirs.
    """
    known = together(tables)
    return rest.is_safe and all((rest + known - own).is_safe for own in (NOBODY, *tables))


def total(divisions: Iterable[Division]) -> Size:
    """All of them together."""
    return together(each.size for each in divisions)


def together(sizes: Iterable[Size]) -> Size:
    """The same of sizes."""
    return sum(sizes, NOBODY)
