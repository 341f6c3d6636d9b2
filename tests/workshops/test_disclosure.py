"""Which parts may be shown: tried with every small group that there is, against everything a reader can compute.

The reader knows every shown part, everybody together, and how large each group is. A moderator knows the answers of
the tables as well, people at a table those of their own. Whatever they add and subtract, no set of one to four people
may come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshops.services.disclosure import NOBODY, Division, Shown, Size, departments_to_show, parts_to_show

IN_HOUSE, PROVIDER = False, True


def division(name: str, n: int, people: int | None = None, *, is_provider: bool = False) -> Division:
    return Division(name, is_provider, Size(n if people is None else people, n))


def shown(*divisions: Division, loose: Size = NOBODY, tables: Sequence[Size] = ()) -> tuple[set[bool], set[str]]:
    found = parts_to_show(divisions, loose=loose, tables=tables)
    return set(found.relations), {name for _kind, name in found.departments}


# --- by hand --------------------------------------------------------------------------------------------------------


def test_six_four_and_two_show_the_six():
    parts = (division("A", 6), division("B", 4), division("C", 2))
    assert shown(*parts) == (set(), {"A"})


def test_six_four_and_two_of_a_provider_show_the_six_and_not_in_house():
    """In-house would leave the provider's two; the six leave six."""
    parts = (division("A", 6), division("B", 4), division("C", 2, is_provider=True))
    assert shown(*parts) == (set(), {"A"})


def test_seven_and_two_show_neither():
    assert shown(division("A", 7), division("B", 2)) == (set(), set())


def test_one_more_hides_with_those_who_are_too_few():
    parts = (division("A", 9), division("B", 5), division("C", 2))
    assert shown(*parts) == (set(), {"A"})


def test_in_house_and_provider_stand_beside_each_other():
    parts = (division("A", 6), division("B", 5), division("C", 7, is_provider=True))
    assert shown(*parts) == ({IN_HOUSE, PROVIDER}, {"A", "B", "C"})


def test_everybody_is_no_part():
    assert shown(division("A", 12)) == (set(), set())
    assert shown(division("A", 7), division("B", 5)) == (set(), {"A", "B"})


def test_people_without_a_department_count_in_the_remainder():
    assert shown(division("A", 6), loose=Size(4, 4)) == (set(), set())
    assert shown(division("A", 6), loose=Size(5, 5)) == ({IN_HOUSE}, {"A"})


def test_those_of_whom_nobody_could_judge_are_not_nobody():
    assert shown(division("A", 6), division("B", 6), division("C", 0, people=2)) == (set(), {"B"})
    assert shown(division("A", 6), division("B", 6), division("C", 0, people=0)) == (set(), {"A", "B"})


def test_a_table_neither_is_left_over_nor_fills_a_remainder():
    """Three at the table beside six would be known by subtraction; and five of them hide no two from the moderator."""
    assert shown(division("A", 6), tables=[Size(3, 3)]) == (set(), set())
    assert shown(division("A", 6), division("B", 2), tables=[Size(5, 5)]) == ({IN_HOUSE}, set())
    assert shown(division("A", 6), tables=[Size(5, 5)]) == ({IN_HOUSE}, {"A"})
    assert shown(division("A", 6), division("B", 5), tables=[Size(2, 2)]) == (set(), {"A"})


def test_each_of_several_tables_must_leave_five_of_the_others():
    """Five at one table take themselves off, and would hold the only one at the other."""
    assert shown(division("A", 6), tables=[Size(6, 6)]) == ({IN_HOUSE}, {"A"})
    assert shown(division("A", 6), tables=[Size(5, 5), Size(1, 1)]) == (set(), set())
    assert shown(division("A", 6), tables=[Size(5, 5), Size(5, 5)]) == ({IN_HOUSE}, {"A"})
    assert shown(division("A", 6), loose=Size(5, 5), tables=[Size(5, 5), Size(1, 1)]) == ({IN_HOUSE}, {"A"})


def test_departments_alone_are_not_given_up_for_in_house_and_providers():
    """In-house and the provider's people would each leave three beside a shown department; together they leave six."""
    parts = (division("A", 6), division("a", 3), division("P", 6, is_provider=True), division("p", 3, is_provider=True))
    assert shown(*parts) == ({IN_HOUSE, PROVIDER}, set())
    assert departments_to_show(parts) == {(IN_HOUSE, "A"), (PROVIDER, "P")}


# --- every small group ----------------------------------------------------------------------------------------------


def atoms(divisions: Sequence[Division], loose: Size, tables: Sequence[Size]) -> list[Size]:
    """The groups of which every part is made; the tables are the last."""
    return [*(each.size for each in divisions), loose, *tables]


def vectors(divisions: Sequence[Division], found: Shown, tables: Sequence[Size]) -> list[list[int]]:
    """What is shown, as which of the atoms it adds up; the first is everybody."""
    others = [0] * (1 + len(tables))
    rows = [[1] * (len(divisions) + len(others))]
    keys = [(each.is_provider, each.name) for each in divisions]
    rows += [[int(key[0] is kind) for key in keys] + others for kind in found.relations]
    rows += [[int(key == chosen) for key in keys] + others for chosen in found.departments]
    return rows


def readers(size: int, tables: Sequence[Size]) -> Iterator[set[int]]:
    """Which of the atoms somebody knows anyway: a reader none, a moderator all tables, people at a table their own."""
    places = range(size - len(tables), size)
    yield set()
    if tables:
        yield set(places)
    yield from ({place} for place in places if len(tables) > 1)


def computable(rows: Sequence[Sequence[int]], wanted: Sequence[int]) -> bool:
    """Whether ``wanted`` is any sum and difference of ``rows``, with any factors (Gaussian elimination)."""
    matrix = [[Fraction(value) for value in row] for row in rows]
    target = [Fraction(value) for value in wanted]
    for column in range(len(target)):
        pivot = next((row for row in matrix if row[column]), None)
        if pivot is None:
            continue
        matrix = [row for row in matrix if row is not pivot]
        matrix = [[a - b * row[column] / pivot[column] for a, b in zip(row, pivot, strict=True)] for row in matrix]
        target = [a - b * target[column] / pivot[column] for a, b in zip(target, pivot, strict=True)]
    return not any(target)


def alone(divisions: Sequence[Division], *, loose: Size, tables: Sequence[Size]) -> Shown:
    """What is shown where only departments are."""
    return Shown(departments=departments_to_show(divisions, loose=loose, tables=tables))


def betrayals(
    divisions: Sequence[Division], loose: Size, tables: Sequence[Size], decide: Callable[..., Shown] = parts_to_show
) -> Iterator[tuple[int, ...]]:
    """Sets of atoms that somebody can compute and that tell of one to four raters, or of people who did not rate."""
    found = decide(divisions, loose=loose, tables=tables)
    if not found.relations and not found.departments:
        return
    groups = atoms(divisions, loose, tables)
    public = vectors(divisions, found, tables)
    for known in readers(len(groups), tables):
        rows = [*public, *([int(place == each) for place in range(len(groups))] for each in known)]
        for wanted in product((0, 1), repeat=len(groups)):
            inside = [group for place, group in enumerate(groups) if wanted[place] and place not in known]
            people, n = sum(size.people for size in inside), sum(size.n for size in inside)
            if people and n < 5 and computable(rows, wanted):
                yield wanted


SIZES = [Size(n + more, n) for n, more in ((0, 0), (1, 0), (3, 0), (4, 1), (5, 0), (6, 0), (0, 2), (9, 0))]


@pytest.mark.parametrize("decide", [parts_to_show, alone])
@pytest.mark.parametrize(
    "tables",
    [
        [], [Size(2, 2)], [Size(5, 3)], [Size(6, 6)],
        [Size(5, 5), Size(1, 1)], [Size(5, 5), Size(6, 6)], [Size(6, 6), Size(6, 0)],
    ],
    ids=str,
)  # fmt: skip
def test_nothing_that_can_be_computed_tells_of_one_to_four_people(tables, decide):
    """Two departments in-house, one provider, and people without any, of every size near the threshold."""
    for first, second, third, loose in product(SIZES, SIZES, SIZES, (NOBODY, Size(1, 1), Size(6, 6))):
        divisions = [Division("A", False, first), Division("B", False, second), Division("C", True, third)]
        assert list(betrayals(divisions, loose, tables, decide)) == [], (divisions, loose, tables)
        of_departments = len(alone(divisions, loose=loose, tables=tables).departments)
        assert of_departments >= len(decide(divisions, loose=loose, tables=tables).departments)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 3)), max_size=6),
    st.tuples(st.integers(0, 8), st.integers(0, 2)),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), max_size=3),
)
def test_nor_does_it_in_larger_companies(parts, loose, tables):
    divisions = [Division(str(number), kind, Size(n + more, n)) for number, (kind, n, more) in enumerate(parts)]
    for decide in (parts_to_show, alone):
        sizes = [Size(sum(table), table[0]) for table in tables]
        assert list(betrayals(divisions, Size(sum(loose), loose[0]), sizes, decide)) == []


@pytest.mark.parametrize("sizes", list(combinations([5, 6, 7, 8, 9, 12], 3)))
def test_only_one_more_hides_than_must(sizes):
    """Complementary hiding costs no more than it has to."""
    parts = [division(str(number), n) for number, n in enumerate(sizes)]
    assert shown(*parts) == (set(), {"0", "1", "2"})
    assert shown(*parts, division("small", 2)) == (set(), {"1", "2"})
