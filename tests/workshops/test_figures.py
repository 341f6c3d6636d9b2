"""The formulas: by hand-counted examples, and by what must hold for every possible group of raters."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.enums import Band, Drawer
from workshops.figures import (
    CutPoints,
    StationAnswers,
    StationFigures,
    band_of,
    criticality_order,
    disagreement,
    from_document,
    journey_figures,
    station_figures,
    to_document,
)

CUTS = CutPoints()
counted = st.integers(min_value=0, max_value=60)


@st.composite
def answers(draw, code="s"):
    return StationAnswers(code, draw(counted), draw(counted), draw(counted), draw(counted))


@st.composite
def paths(draw):
    found = draw(st.lists(answers(), max_size=12))
    return [replace(station, code=str(number)) for number, station in enumerate(found)]


def figures_of(*counts, cannot_judge=0, code="s"):
    return station_figures(StationAnswers(code, *counts, cannot_judge), cut_points=CUTS)


def journey_of(*stations, raters=26):
    given_answers = [StationAnswers(str(number), *counts, 0) for number, counts in enumerate(stations)]
    return journey_figures(given_answers, raters=raters, cut_points=CUTS)


def test_station_figures_hand_counted_example():
    station = figures_of(3, 9, 12, cannot_judge=2)

    assert station == StationFigures(
        code="s",
        n=24,
        cannot_judge=2,
        counts=(3, 9, 12),
        shares=(12.5, 37.5, 50.0),
        balance=37.5,
        drawer=Drawer.DELIGHTING,
        disagreement=pytest.approx(0.5924, abs=1e-4),
        band=Band.PARTLY,
        hidden=False,
        empty=False,
    )
    assert station.shown


@pytest.mark.parametrize("counts", [(1, 0, 0), (0, 1, 1), (0, 0, 2)])
def test_station_with_one_or_two_ratings_holds_no_number(counts):
    station = figures_of(*counts, cannot_judge=24)

    assert station == StationFigures("s", None, None, None, None, None, None, None, None, hidden=True, empty=False)


def test_station_without_rating_is_empty_and_not_hidden():
    station = figures_of(0, 0, 0, cannot_judge=5)

    assert (station.n, station.cannot_judge, station.empty, station.hidden, station.shown) == (0, 5, True, False, False)


def test_station_without_rating_keeps_back_that_two_could_not_judge():
    assert figures_of(0, 0, 0, cannot_judge=2).cannot_judge is None


def test_station_with_three_ratings_is_shown():
    assert figures_of(0, 0, 3).balance == 100.0


@pytest.mark.parametrize(
    ("counts", "drawer"),
    [
        ((65, 0, 35), Drawer.OK),  # mean 3.5 lies on the border
        ((66, 0, 34), Drawer.DISAPPOINTING),
        ((35, 0, 65), Drawer.OK),  # mean 6.5 lies on the border
        ((34, 0, 66), Drawer.DELIGHTING),
        ((0, 24, 0), Drawer.OK),
    ],
)
def test_drawer_of_the_mean_changes_half_way_between_whole_answers(counts, drawer):
    assert figures_of(*counts).drawer == drawer


def test_drawer_follows_the_cut_points_of_the_organisation():
    strict = station_figures(StationAnswers("s", 0, 1, 2, 0), cut_points=CutPoints(ok=5, delight=9))

    assert strict.drawer == Drawer.OK


@pytest.mark.parametrize("cuts", [(0, 7), (7, 7), (8, 4), (4, 11)])
def test_cut_points_that_leave_a_drawer_empty_are_refused(cuts):
    with pytest.raises(ValueError, match="Cut points"):
        CutPoints(*cuts)


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (0.0, Band.AGREED),
        (0.1999, Band.AGREED),
        (0.2, Band.MOSTLY),
        (0.4, Band.PARTLY),
        (0.5999, Band.PARTLY),
        (0.6, Band.DIVIDED),
        (1.0, Band.DIVIDED),
    ],
)
def test_band_begins_at_its_floor(value, band):
    assert band_of(value) == band


@given(st.sampled_from(range(11)), st.integers(min_value=1, max_value=300))
def test_disagreement_of_equal_answers_is_zero(value, n):
    assert disagreement({value: n}) == 0.0


@given(st.integers(min_value=1, max_value=300))
def test_disagreement_of_two_extreme_halves_is_one(half):
    assert disagreement({0: half, 10: half}) == 1.0


@given(st.dictionaries(st.integers(0, 10), st.integers(1, 50), min_size=1))
def test_disagreement_stays_in_its_range_and_ignores_direction_and_group_size(distribution):
    value = disagreement(distribution)

    assert 0.0 <= value <= 1.0
    assert disagreement({10 - answer: n for answer, n in distribution.items()}) == pytest.approx(value, abs=1e-9)
    assert disagreement({answer: 7 * n for answer, n in distribution.items()}) == pytest.approx(value, abs=1e-9)
    assert disagreement(dict(reversed(distribution.items()))) == pytest.approx(value, abs=1e-9)


@given(answers())
def test_station_figures_are_bounded_and_add_up(given_answers):
    station = station_figures(given_answers, cut_points=CUTS)

    if station.shown:
        assert station.n == sum(station.counts) >= 3
        assert -100 <= station.balance <= 100
        assert sum(station.shares) == pytest.approx(100)
        assert station.balance == pytest.approx(station.shares[2] - station.shares[0])
    else:
        assert station.hidden != station.empty
        assert (station.counts, station.shares, station.drawer, station.disagreement, station.band) == (None,) * 5


@given(answers())
def test_station_mirrored_answers_mirror_the_figures(given_answers):
    mirrored = replace(given_answers, disappointing=given_answers.delighting, delighting=given_answers.disappointing)

    one, other = (station_figures(side, cut_points=CUTS) for side in (given_answers, mirrored))

    if one.shown:
        assert one.balance == -other.balance
        assert one.drawer == 10 - other.drawer
        assert one.disagreement == pytest.approx(other.disagreement, abs=1e-9)


@given(st.integers(0, 60))
def test_hidden_station_is_the_same_whoever_rated_it(unable):
    """Nothing in a hidden station depends on the answers, so nothing about them can be computed from it."""
    hidden = [
        station_figures(StationAnswers("s", *counts, unable), cut_points=CUTS)
        for counts in [(1, 0, 0), (0, 0, 1), (2, 0, 0), (0, 1, 1), (1, 0, 1)]
    ]

    assert set(hidden) == {StationFigures("s", *(None,) * 8, hidden=True, empty=False)}


@given(paths(), paths())
def test_journey_figures_of_the_shown_do_not_depend_on_the_hidden(path, others):
    def with_hidden(counts):
        return journey_figures([StationAnswers("hidden", *counts, 3), *path], raters=60, cut_points=CUTS)

    assert with_hidden((1, 0, 0)) == with_hidden((0, 0, 2)) == with_hidden((1, 0, 1))
    assert with_hidden((1, 0, 0)).balance == journey_figures(path, raters=60, cut_points=CUTS).balance


@given(paths())
def test_journey_figures_sort_and_choose(path):
    journey = journey_figures(path, raters=60, cut_points=CUTS)
    shown = [station for station in journey.stations if station.shown]

    assert [station.code for station in journey.stations] == [station.code for station in path]
    assert sorted(journey.talk_list, key=lambda station: station.code) == sorted(shown, key=lambda s: s.code)
    assert all(a.disagreement >= b.disagreement - 1e-9 for a, b in pairwise(journey.talk_list))
    if shown:
        assert journey.weakest.balance == min(station.balance for station in shown)
        assert journey.strongest.balance == max(station.balance for station in shown)
        assert journey.weakest.balance - 1e-9 <= journey.balance <= journey.strongest.balance + 1e-9
    else:
        assert (journey.strongest, journey.weakest, journey.most_disputed, journey.balance) == (None,) * 4


@given(paths(), st.randoms(use_true_random=False))
def test_journey_extremes_do_not_depend_on_the_order_of_the_path(path, random):
    shuffled = list(path)
    random.shuffle(shuffled)

    one, other = (journey_figures(order, raters=60, cut_points=CUTS) for order in (path, shuffled))

    assert set(one.stations) == set(other.stations)
    for name in ("strongest", "weakest"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert (mine and mine.balance) == (theirs and theirs.balance)
    assert [round(station.disagreement, 9) for station in one.talk_list] == [
        round(station.disagreement, 9) for station in other.talk_list
    ]


def test_talk_list_ties_go_to_the_larger_group_then_along_the_path():
    journey = journey_of((2, 0, 2), (3, 0, 3), (0, 5, 0), (3, 0, 3), (1, 3, 1))

    assert [station.code for station in journey.talk_list] == ["1", "3", "0", "4", "2"]
    assert journey.most_disputed.code == "1"


def test_most_disputed_is_nobody_where_all_agree():
    assert journey_of((0, 4, 0), (0, 0, 4)).most_disputed is None


def test_first_and_last_are_the_ends_of_the_path_or_nothing():
    journey = journey_of((1, 0, 1), (0, 4, 0), (4, 0, 0))

    assert journey.first is None
    assert journey.last.code == "2"


def test_journey_balance_counts_each_station_once():
    assert journey_of((0, 0, 20), (3, 0, 0), (1, 0, 0)).balance == 0.0


def test_journey_of_two_raters_hides_even_the_station_nobody_could_judge():
    journey = journey_figures([StationAnswers("a", 0, 0, 0, 2)], raters=2, cut_points=CUTS)

    assert journey.stations == (StationFigures("a", *(None,) * 8, hidden=True, empty=False),)


def test_journey_without_stations_or_raters_has_no_figures():
    assert journey_figures([], raters=0, cut_points=CUTS).stations == ()
    assert journey_figures([StationAnswers("a", 0, 0, 0, 0)], raters=0, cut_points=CUTS).stations[0].empty


def test_criticality_order_puts_the_critical_and_weak_first_and_the_unrated_nowhere():
    journey = journey_of((0, 0, 5), (5, 0, 0), (0, 5, 0), (1, 0, 0), (0, 6, 0))

    order = criticality_order(journey, {"0": 3, "1": 1, "2": 3, "3": 3, "4": None})

    assert [station.code for station in order] == ["2", "0", "1", "4"]


@given(paths())
def test_document_through_json_gives_the_same_figures(path):
    journey = journey_figures(path, raters=60, cut_points=CUTS)

    assert from_document(json.loads(json.dumps(to_document(journey)))) == journey


def test_document_of_a_hidden_station_holds_nothing_but_its_code_and_the_flag():
    stored = to_document(journey_of((1, 0, 1)))["stations"][0]

    assert {name for name, value in stored.items() if value not in (None, False)} == {"code", "hidden", "ruler"}
