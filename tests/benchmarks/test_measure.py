"""The table of the benchmarks, and what --check makes of it."""

import re

import pytest

from benchmarks.__main__ import parse, verdict
from benchmarks.measure import Figure, Row, number, percentile, ratio, table


def test_ratio_compares_round_by_round_and_names_the_floor():
    figure = ratio("", [0.030, 0.020, 0.090], [0.010, 0.010, 0.030], 2.0)

    assert (figure.value, figure.low, figure.high) == pytest.approx((3.0, 2.0, 3.0))
    assert figure.floor == "10 ms"
    assert figure.met is False


def test_percentile_is_the_value_that_the_share_does_not_exceed():
    values = list(range(1, 101))

    assert [percentile(values, share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert percentile([7], 0.95) == 7


def test_number_has_as_many_digits_as_it_can_carry():
    assert [number(value) for value in (0, 1.234, 12.34, 123.4, 42.0)] == ["0", "1.23", "12.3", "123", "42"]


def test_table_names_figure_goal_floor_and_whether_it_is_met():
    rows = {
        "page": Row([Figure("", 8.4, 20, " ×", 7.9, 9.1, "21 ms")], ["200 stations"]),
        "fanout": Row([Figure("embedded", 2.5, 2, " ×", floor="4 ms")]),
    }

    text = table(rows)

    lines = [re.split(r"  +", line) for line in text.splitlines()]
    assert lines[0] == ["name", "figure", "goal", "floor"]
    assert lines[2] == ["page", "8.40 × (7.90–9.10)", "≤ 20 ×", "21 ms", "met"]
    assert lines[3] == ["fanout: embedded", "2.50 ×", "≤ 2 ×", "4 ms", "SHORT"]
    assert lines[5] == ["page: 200 stations"]


@pytest.mark.parametrize(("value", "check", "code"), [(2.5, True, 1), (2.0, True, 0), (2.5, False, 0)])
def test_check_ends_with_1_when_a_figure_is_short(value, check, code):
    assert verdict({"fanout": Row([Figure("", value, 2)])}, check=check) == code


def test_rounds_are_never_fewer_than_five():
    assert parse(["page", "--rounds", "2"]).rounds == 5
    assert parse([]).names == []
    with pytest.raises(SystemExit):
        parse(["nothing"])
