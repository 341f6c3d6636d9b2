"""The order of measures: quick wins, then impact by effort, then the due date; and money as people type it."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from workshops.figures.measures import LEAST, MOST, Weight, is_overdue, is_quick_win, place_of
from workshops.measures import amount_words, read_amount

DAY = date(2026, 11, 28)
LEVELS = st.integers(LEAST, MOST)
WEIGHTS = st.builds(
    Weight,
    effort=st.none() | LEVELS,
    impact=st.none() | LEVELS,
    due_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    is_open=st.booleans(),
)


def is_rated(weight: Weight) -> bool:
    return weight.effort is not None and weight.impact is not None


def ratio(weight: Weight) -> Fraction:
    return Fraction(weight.impact, weight.effort)


@pytest.mark.parametrize(
    ("effort", "impact", "quick"),
    [
        (2, 3, True),
        (1, 5, True),
        (3, 3, False),
        (3, 5, False),
        (2, 2, False),
        (1, 1, False),
        (None, 5, False),
        (1, None, False),
        (None, None, False),
    ],
)
def test_quick_win_has_impact_from_the_midpoint_on_for_effort_below_it(effort, impact, quick):
    assert is_quick_win(effort, impact) is quick


@given(effort=LEVELS, impact=LEVELS)
def test_less_effort_or_more_impact_never_takes_a_quick_win_away(effort, impact):
    if is_quick_win(effort, impact):
        assert is_quick_win(max(LEAST, effort - 1), impact)
        assert is_quick_win(effort, min(MOST, impact + 1))


@given(st.lists(WEIGHTS, max_size=12))
def test_order_is_the_methods_rule(weights):
    for before, after in zip(ordered := sorted(weights, key=place_of), ordered[1:], strict=False):
        assert before.is_open >= after.is_open
        if before.is_open != after.is_open:
            continue
        assert is_rated(before) >= is_rated(after)
        if not is_rated(after):
            continue
        quick = [is_quick_win(weight.effort, weight.impact) for weight in (before, after)]
        assert quick[0] >= quick[1]
        if quick[0] != quick[1]:
            continue
        assert ratio(before) >= ratio(after)
        if ratio(before) == ratio(after):
            assert (before.due_on or date.max) <= (after.due_on or date.max)


@given(st.lists(WEIGHTS, max_size=8), st.randoms(use_true_random=False))
def test_order_does_not_depend_on_the_order_before(weights, shuffle):
    shuffled = list(weights)
    shuffle.shuffle(shuffled)

    assert [place_of(weight) for weight in sorted(shuffled, key=place_of)] == sorted(map(place_of, weights))


def test_order_of_a_plan():
    quick = Weight(effort=1, impact=4, due_on=None, is_open=True)
    later_quick = Weight(effort=2, impact=5, due_on=DAY, is_open=True)
    big = Weight(effort=4, impact=5, due_on=DAY, is_open=True)
    small_soon = Weight(effort=2, impact=2, due_on=DAY, is_open=True)
    small_late = Weight(effort=1, impact=1, due_on=DAY + timedelta(1), is_open=True)
    small_whenever = Weight(effort=1, impact=1, due_on=None, is_open=True)
    unrated_soon = Weight(effort=None, impact=5, due_on=DAY, is_open=True)
    unrated = Weight(effort=None, impact=None, due_on=None, is_open=True)
    done = Weight(effort=1, impact=5, due_on=DAY, is_open=False)
    plan = [quick, later_quick, big, small_soon, small_late, small_whenever, unrated_soon, unrated, done]

    mixed = [*plan[5:], *reversed(plan[:5])]
    assert sorted(mixed, key=place_of) == plan


@pytest.mark.parametrize(
    ("due_on", "is_open", "overdue"),
    [(DAY - timedelta(1), True, True), (DAY, True, False), (None, True, False), (DAY - timedelta(1), False, False)],
)
def test_overdue_is_what_is_open_after_its_last_day(due_on, is_open, overdue):
    assert is_overdue(due_on, is_open=is_open, today=DAY) is overdue


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("0", 0),
        ("1500", 1500),
        ("1.500 €", 1500),
        ("€1,500", 1500),
        ("1 500 EUR", 1500),
        ("1.234.567", 1234567),
        ("1.500,00", 1500),
        ("1500,-", 1500),
        ("12,50", None),
        ("1.5", None),
        ("1.500,500", None),
        ("-5", None),
        ("viel", None),
        ("٣", None),
        ("9" * 12, None),
    ],
)
def test_amount_is_read_as_people_type_it(typed, amount):
    assert read_amount(typed) == amount


@given(st.integers(0, 999_999_999), st.sampled_from(["de", "en"]))
def test_amount_is_read_as_it_is_written(amount, language):
    with translation.override(language):
        assert read_amount(amount_words(amount)) == amount


def test_amount_in_both_languages():
    with translation.override("de"):
        assert (amount_words(1500), amount_words(0), amount_words(None)) == ("1.500\xa0€", "0\xa0€", "")
    with translation.override("en"):
        assert amount_words(1500) == "€1,500"
