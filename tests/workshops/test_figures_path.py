"""The way from one station to the next: drops, changes of medium, peak and end, and what a gap hides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchpoints.enums import Medium
from workshops.figures import CutPoints, StationAnswers, delight_balance, drawn_mean, journey_figures
from workshops.figures.path import BALANCE, Place, Step, experience_gauge, path_figures

EXPERIENCE = experience_gauge(CutPoints())


def path(*values, gauge=BALANCE, media=()):
    media = [*media, *[None] * (len(values) - len(media))]
    places = [Place(f"s{number}", value, media[number - 1]) for number, value in enumerate(values, 1)]
    return path_figures(places, gauge=gauge)


# --- drops ----------------------------------------------------------------------------------------------------------


def test_a_step_is_the_difference_to_the_station_before():
    found = path(20, 50, -20)

    assert found.steps == (None, Step("s1", "s2", 30, False, 1), Step("s2", "s3", -70, True, 2))


@pytest.mark.parametrize(
    ("gauge", "values", "marked"),
    [
        (EXPERIENCE, (8, 5), True),
        (EXPERIENCE, (8, 5.01), False),
        (EXPERIENCE, (7.3, 4.3), True),  # 4.3 − 7.3 is −3.0000000000000004 or −2.9999999999999996 in floating point
        (EXPERIENCE, (6.1, 3.1), True),
        (BALANCE, (40, -20), True),
        (BALANCE, (40, -19.9), False),
        (BALANCE, (-20, 40), False),
    ],
)
def test_a_drop_is_marked_from_three_points_on(gauge, values, marked):
    (step,) = path(*values, gauge=gauge).steps[1:]

    assert step.marked is marked
    assert path(*values, gauge=gauge).drops == ((step,) if marked else ())


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any))
def test_the_marks_of_both_scales_are_the_same_drop(counts):
    """Three points of the drawn mean are sixty of the balance, whatever was answered."""
    assert drawn_mean(*counts) == pytest.approx(5 + delight_balance(*counts) / 20)
    assert BALANCE.marked / 20 == EXPERIENCE.marked


def test_drops_stand_deepest_first_and_equal_ones_along_the_path():
    found = path(100, 30, 100, 0, 100, 30, gauge=BALANCE)

    assert [(step.after, step.change) for step in found.drops] == [("s4", -100), ("s2", -70), ("s6", -70)]


def test_a_drop_knows_how_many_good_stations_stood_before_it():
    found = path(10, -5, 20, 30, 40, -60, -100)

    assert [step.good_before for step in found.steps[1:]] == [1, 0, 1, 2, 3, 0]
    assert found.drops == (Step("s5", "s6", -100, True, 3),)


def test_the_zero_line_itself_is_not_good():
    assert path(0, -100).steps[1].good_before == 0
    assert path(5, 0, gauge=EXPERIENCE).steps[1].good_before == 0


def test_the_zero_line_of_the_experience_is_the_middle_of_the_ok_range():
    assert EXPERIENCE.zero == 5
    assert experience_gauge(CutPoints(ok=3, delight=6)).zero == 4
    assert experience_gauge(CutPoints(ok=5, delight=9)).zero == 6.5


# --- gaps -----------------------------------------------------------------------------------------------------------


def test_a_drop_next_to_a_gap_is_no_drop():
    found = path(100, None, -100)

    assert found.steps == (None, None, None)
    assert found.drops == ()


def test_a_gap_ends_a_run_of_good_stations():
    assert path(50, None, 50, -50).steps[3].good_before == 1


@given(st.lists(st.one_of(st.none(), st.floats(-100, 100)), max_size=12))
def test_nothing_of_a_path_names_a_gap(values):
    found = path(*values)
    gaps = {place.code for place in found.places if place.value is None}

    named = {code for step in found.steps if step for code in (step.before, step.after)}
    named |= {place.code for place in (found.peak, found.end) if place}
    assert not named & gaps
    assert len(found.steps) == len(values)


@pytest.mark.parametrize(("people", "shown"), [(2, False), (3, True), (12, True)])
def test_a_station_of_two_leaves_no_trace_in_its_neighbours_figures(people, shown):
    """The middle station is rated by 2, 3 or 12; below the threshold what they said changes nothing here."""

    def found(middle):
        figures = journey_figures(
            [StationAnswers("s1", 0, 0, 12, 0), StationAnswers("s2", *middle, 0), StationAnswers("s3", 0, 12, 0, 0)],
            raters=12,
            cut_points=CutPoints(),
        )
        return path_figures([Place(station.code, station.balance) for station in figures.stations], gauge=BALANCE)

    bad, good = found((people, 0, 0)), found((0, 0, people))

    assert (bad == good) is not shown
    assert (bad.steps[1] is not None) is shown
    assert (len(bad.drops) > 0) is shown
    if not shown:
        assert (bad.mean, bad.peak_end) == (50, 50)


# --- peak, end and mean ---------------------------------------------------------------------------------------------


def test_peak_and_end_count_half_each():
    found = path(20, -80, 40, 30)

    assert (found.peak.code, found.end.code, found.peak_end) == ("s2", "s4", -25)
    assert found.mean == 2.5


def test_of_two_equally_strong_moments_the_worse_one_is_the_peak_and_then_the_later():
    assert path(80, -80, 10).peak.code == "s2"
    assert path(-80, 80, 10).peak.code == "s1"
    assert path(-80, 10, -80, 10).peak.code == "s3"


def test_the_peak_of_the_experience_is_furthest_from_its_zero_line():
    assert path(9, 0.5, 7, gauge=EXPERIENCE).peak.code == "s2"


def test_without_a_last_impression_there_is_no_peak_end_score():
    found = path(20, 60, None)

    assert (found.peak.code, found.end, found.peak_end, found.mean) == ("s2", None, None, 40)


def test_a_path_that_shows_nothing_has_no_figures():
    for found in (path(), path(None, None)):
        assert (found.mean, found.peak, found.end, found.peak_end) == (None, None, None, None)
        assert (found.drops, found.switches) == ((), ())


# --- online and offline ---------------------------------------------------------------------------------------------


def test_a_change_of_medium_with_a_drop_is_a_break():
    found = path(50, 20, -60, -50, media=(Medium.ONLINE, Medium.OFFLINE, Medium.ONLINE, Medium.ONLINE))

    assert [(one.before, one.after, one.into, one.change, one.broken) for one in found.switches] == [
        ("s1", "s2", Medium.OFFLINE, -30, False),
        ("s2", "s3", Medium.ONLINE, -80, True),
    ]


def test_what_is_both_or_unknown_changes_no_medium():
    assert path(1, 2, 3, media=(Medium.ONLINE, Medium.BOTH, Medium.OFFLINE)).switches == ()
    assert path(1, 2, media=(None, Medium.OFFLINE)).switches == ()
    assert path(1, 2, media=(Medium.ONLINE, None)).switches == ()


def test_a_change_of_medium_beside_a_gap_says_nothing_of_its_height():
    (switch,) = path(100, None, media=(Medium.ONLINE, Medium.OFFLINE)).switches

    assert (switch.change, switch.broken) == (None, False)
