"""Full mode's formulas: counted by hand, and what must hold for every group of raters."""

import json
import statistics
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.enums import Band, Drawer, Quadrant, Scale
from workshops.figures import (
    CutPoints,
    Ruler,
    ScaleFigures,
    StationAnswers,
    from_document,
    journey_figures,
    mean_of,
    quantile,
    scale_figures,
    station_figures,
    station_scales,
    to_document,
)

CUTS = CutPoints()
ratings = st.lists(st.integers(0, 10), min_size=1, max_size=40)


def counts_of(*values: int) -> tuple[int, ...]:
    """Eleven counts from single answers."""
    return tuple(values.count(value) for value in range(11))


def full(code: str = "s", experience: tuple[int, ...] = (), cannot_judge: int = 0, **scales: tuple[int, ...]):
    """A station of a full block from single answers; the drawers are those of the experience."""
    drawers = [sum(value in part for value in experience) for part in (range(4), range(4, 7), range(7, 11))]
    given_scales = {"experience": experience, **scales}
    return StationAnswers(
        code, *drawers, cannot_judge, {Scale(name): counts_of(*values) for name, values in given_scales.items()}
    )


SIX = {
    "experience": (2, 4, 4, 7, 8),
    "expectation": (7, 8, 8, 9, 8),
    "importance": (9, 9, 10, 8, 9),
    "purchase": (5, 5, 5, 6, 4),
    "repurchase": (8, 8, 8, 8, 8),
    "recommendation": (1, 3, 2, 2, 2),
}


# --- one station ------------------------------------------------------------------------------------------------------


def test_a_scale_counted_by_hand():
    assert scale_figures(counts_of(2, 4, 4, 7, 8)) == ScaleFigures(
        n=5, counts=(0, 0, 1, 0, 2, 0, 0, 1, 1, 0, 0), mean=5.0, median=4.0, lower=4.0, upper=7.0
    )


@pytest.mark.parametrize(
    ("values", "lower", "median", "upper"),
    [
        ((0, 10, 10), 5.0, 10.0, 10.0),
        ((1, 2, 3, 4), 1.75, 2.5, 3.25),
        ((3, 3, 3, 3, 3, 3), 3.0, 3.0, 3.0),
        ((0, 1, 2, 8, 9, 10), 1.25, 5.0, 8.75),
    ],
)
def test_quartiles_are_those_of_a_spreadsheet(values, lower, median, upper):
    figures = scale_figures(counts_of(*values))

    assert (figures.lower, figures.median, figures.upper) == (lower, median, upper)


@given(values=ratings)
def test_mean_and_quartiles_agree_with_the_standard_library(values):
    counts = counts_of(*values)

    assert mean_of(counts) == pytest.approx(statistics.fmean(values))
    assert quantile(counts, 0.5) == statistics.median(values)
    if len(values) > 1:
        expected = statistics.quantiles(values, n=4, method="inclusive")
        assert [quantile(counts, share) for share in (0.25, 0.5, 0.75)] == pytest.approx(expected)
    assert min(values) <= quantile(counts, 0.25) <= quantile(counts, 0.75) <= max(values)


def test_quantile_refuses_a_share_beyond_the_answers():
    with pytest.raises(ValueError, match="no answer"):
        quantile(counts_of(3, 4), 3)


def test_a_station_counted_by_hand():
    station = station_figures(full(**SIX, cannot_judge=2), cut_points=CUTS)

    assert (station.n, station.cannot_judge, station.counts, station.balance) == (5, 2, (1, 2, 2), 20.0)
    assert (station.ruler, station.level, station.drawer) == (Ruler.MEAN, 5.0, Drawer.OK)
    assert station.disagreement == pytest.approx(0.3310, abs=1e-4)
    assert station.band is Band.MOSTLY
    assert (station.scales.gap, station.scales.leverage) == (-3.0, 5.0)
    assert [round(station.scales.of(scale).mean, 9) for scale in Scale] == [5.0, 8.0, 9.0, 5.0, 8.0, 2.0]


@pytest.mark.parametrize(
    ("experience", "expectation", "large"),
    [((5, 5, 5), (7, 7, 7), True), ((7, 7, 7), (5, 5, 5), True), ((5, 5, 6), (7, 7, 7), False)],
)
def test_a_gap_is_large_from_two_points_on(experience, expectation, large):
    scales = station_scales(full(experience=experience, expectation=expectation))

    assert scales.has_large_gap is large


# --- thresholds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [(), (5,), (5, 6)])
def test_a_scale_of_fewer_than_three_shows_nothing_and_nothing_that_needs_it(hidden):
    expectation = station_scales(full(**{**SIX, "expectation": hidden}))
    assert (expectation.expectation, expectation.gap) == (None, None)
    assert expectation.leverage == 5.0

    purchase = station_scales(full(**{**SIX, "purchase": hidden}))
    assert (purchase.purchase, purchase.leverage) == (None, None), "leverage minus two effects would be the third"
    assert purchase.gap == -3.0

    path = [full(str(place), **{**SIX, "importance": hidden if place == 2 else (5, 6, 7)}) for place in range(4)]
    spots = journey_figures(path, raters=5, cut_points=CUTS).quadrants.spots
    assert [spot.code for spot in spots] == ["0", "1", "3"]


def test_a_scale_that_nobody_was_asked_shows_nothing():
    scales = station_scales(full(experience=(5, 5, 5)))

    assert [scale for scale in Scale if scales.of(scale)] == [Scale.EXPERIENCE]


@pytest.mark.parametrize("experience", [(), (7,), (7, 2)])
def test_a_station_of_fewer_than_three_shows_no_scale_whatever_their_n(experience):
    station = station_figures(full(**{**SIX, "experience": experience}), cut_points=CUTS)

    assert (station.shown, station.scales, station.level) == (False, None, None)


@pytest.mark.parametrize(("only_drawers", "shown"), [(0, True), (1, False), (2, False), (3, True)])
def test_nobody_is_found_by_subtracting_the_experience_from_the_drawers(only_drawers, shown):
    answers = full(**SIX)
    answers = replace(answers, delighting=answers.delighting + only_drawers)

    scales = station_scales(answers)

    assert (scales.experience is not None, scales.gap is not None) == (shown, shown)


few = st.fixed_dictionaries({scale.value: st.lists(st.integers(0, 10), min_size=1, max_size=2) for scale in Scale})


@given(values=few, others=few)
def test_what_one_or_two_answered_on_any_scale_changes_nothing(values, others):
    """At a station with enough ratings (behind), and at one with too few (alone)."""

    def journey(rated):
        behind = full("behind", **{**rated, "experience": (5, 5, 5)})
        return journey_figures([full("beside", **SIX), behind, full("alone", **rated)], raters=9, cut_points=CUTS)

    assert journey(values) == journey(others)


# --- a journey --------------------------------------------------------------------------------------------------------


def test_a_journey_of_full_blocks_stands_on_the_mean():
    low, high = full("a", (1, 2, 3, 3)), full("b", (9, 9, 8, 10))

    journey = journey_figures([low, high], raters=4, cut_points=CUTS)

    assert (journey.ruler, journey.zero, journey.mean, journey.level) == (Ruler.MEAN, 5.0, 5.625, 5.625)
    assert (journey.weakest.code, journey.strongest.code) == ("a", "b")
    assert [station.drawer for station in journey.stations] == [Drawer.DISAPPOINTING, Drawer.DELIGHTING]
    assert not journey.is_mixed


def test_the_order_goes_by_the_mean_where_the_balance_says_otherwise():
    """Both have a balance of 50, but different means."""
    one, other = full("one", (6, 6, 7, 7)), full("other", (5, 4, 10, 10))

    journey = journey_figures([one, other], raters=4, cut_points=CUTS)

    assert [station.balance for station in journey.stations] == [50.0, 50.0]
    assert (journey.strongest.code, journey.weakest.code) == ("other", "one")


def test_a_mixed_journey_stands_on_the_balance_with_one_measure_for_all():
    quick, rated = StationAnswers("quick", 1, 2, 2, 0), full("full", **SIX)

    journey = journey_figures([quick, rated], raters=5, cut_points=CUTS)

    assert (journey.ruler, journey.zero, journey.mean, journey.is_mixed) == (Ruler.BALANCE, 0.0, None, True)
    assert [station.level for station in journey.stations] == [20.0, 20.0]
    assert len({station.disagreement for station in journey.stations}) == 1, "the same drawers disagree alike"
    assert journey.stations[1].scales.experience.mean == 5.0


def test_a_shown_station_without_a_mean_puts_all_on_the_balance():
    drawers_only = StationAnswers("table", 1, 2, 2, 0, {})

    journey = journey_figures([full(**SIX), drawers_only], raters=5, cut_points=CUTS)

    assert journey.ruler is Ruler.BALANCE
    assert [station.level for station in journey.stations] == [20.0, 20.0]


def test_hidden_stations_do_not_choose_the_ruler():
    rated = full(**SIX)
    for hidden in (StationAnswers("h", 0, 1, 0, 0, {}), full("h", (7, 2)), StationAnswers("h", 0, 0, 0, 4, {})):
        assert journey_figures([rated, hidden], raters=5, cut_points=CUTS).ruler is Ruler.MEAN
    assert journey_figures([full(experience=(1, 9))], raters=2, cut_points=CUTS).level is None
    assert journey_figures([], raters=0, cut_points=CUTS).ruler is Ruler.BALANCE


@pytest.mark.parametrize(("ok", "delight", "zero"), [(4, 7, 5.0), (3, 7, 4.5), (5, 9, 6.5), (1, 2, 1.0)])
def test_the_zero_line_is_the_middle_of_the_ok_range(ok, delight, zero):
    cuts = CutPoints(ok, delight)

    assert cuts.zero == zero
    assert journey_figures([full(**SIX)], raters=5, cut_points=cuts).zero == zero
    assert cuts.drawer_of_mean(zero) is Drawer.OK


def test_both_rulers_run_from_end_to_end():
    assert [Ruler.MEAN.points(level) for level in (0, 2.5, 5, 10)] == [-100, -50, 0, 100]
    assert [Ruler.BALANCE.points(level) for level in (-100, 35, 100)] == [-100, 35, 100]


# --- quadrants --------------------------------------------------------------------------------------------------------


def placed(code: str, importance: int, experience: int):
    return full(code, (experience,) * 3, importance=(importance,) * 3)


def test_quadrants_divide_at_the_mean_importance_and_at_the_zero_line():
    path = [placed("a", 10, 2), placed("b", 8, 9), placed("c", 4, 4), placed("d", 6, 5), placed("e", 8, 1)]

    found = journey_figures(path, raters=3, cut_points=CUTS).quadrants

    assert (found.importance, found.experience) == (7.2, 5.0)
    assert {spot.code: spot.quadrant for spot in found.spots} == {
        "a": Quadrant.CONCENTRATE,
        "b": Quadrant.KEEP,
        "c": Quadrant.LOW,
        "d": Quadrant.OVERKILL,
        "e": Quadrant.CONCENTRATE,
    }
    assert found.weak == ("e", "a"), "8 × 4 is more than 10 × 3"


def test_equal_importance_is_important_on_both_sides():
    path = [full(code, (level,) * 3, importance=(7, 8, 8)) for code, level in (("a", 4), ("b", 6), ("c", 3))]

    found = journey_figures(path, raters=3, cut_points=CUTS).quadrants

    assert [spot.quadrant for spot in found.spots] == [Quadrant.CONCENTRATE, Quadrant.KEEP, Quadrant.CONCENTRATE]


def test_one_or_two_stations_have_no_others_to_compare_with():
    path = [placed("a", 6, 2), placed("b", 4, 2)]

    assert journey_figures(path, raters=3, cut_points=CUTS).quadrants is None
    assert journey_figures([*path, placed("c", 5, 8)], raters=3, cut_points=CUTS).quadrants.importance == 5.0


def test_hidden_stations_move_no_border():
    path = [placed(str(place), place + 4, place) for place in range(4)]
    hidden = [full("h", (0, 0), importance=(10, 10, 10)), full("i", (5, 5, 5), importance=(0, 0))]

    alone, beside = (journey_figures(stations, raters=3, cut_points=CUTS) for stations in (path, [*path, *hidden]))

    assert alone.quadrants == beside.quadrants


# --- documents --------------------------------------------------------------------------------------------------------


@given(
    path=st.lists(
        st.builds(
            lambda values: full(**values),
            st.fixed_dictionaries({scale.value: st.lists(st.integers(0, 10), max_size=6) for scale in Scale}),
        ),
        max_size=5,
    )
)
def test_a_document_gives_back_the_same_figures(path):
    path = [replace(station, code=str(place)) for place, station in enumerate(path)]
    journey = journey_figures(path, raters=6, cut_points=CUTS)

    stored = json.loads(json.dumps(to_document(journey)))

    assert from_document(stored) == journey


VERSION_1 = {
    "formula_version": 1,
    "raters": 12,
    "balance": 25.0,
    "stations": [
        {
            "code": "a",
            "n": 4,
            "cannot_judge": 8,
            "counts": [1, 1, 2],
            "shares": [25.0, 25.0, 50.0],
            "balance": 25.0,
            "drawer": 5,
            "disagreement": 0.62,
            "band": "divided",
            "hidden": False,
            "empty": False,
        },
        {
            "code": "b",
            "n": None,
            "cannot_judge": None,
            "counts": None,
            "shares": None,
            "balance": None,
            "drawer": None,
            "disagreement": None,
            "band": None,
            "hidden": True,
            "empty": False,
        },
    ],
    "talk_list": ["a"],
    "first": "a",
    "last": None,
    "strongest": "a",
    "weakest": "a",
    "most_disputed": "a",
}


def test_a_document_of_formula_version_1_is_read_as_it_was_frozen():
    journey = from_document(VERSION_1)

    assert (journey.formula_version, journey.ruler, journey.zero) == (1, Ruler.BALANCE, 0.0)
    assert (journey.balance, journey.level, journey.mean, journey.quadrants) == (25.0, 25.0, None, None)
    shown, hidden = journey.stations
    assert (shown.level, shown.disagreement, shown.band, shown.scales) == (25.0, 0.62, Band.DIVIDED, None)
    assert (hidden.hidden, hidden.level) == (True, None)
    assert (journey.first, journey.last, journey.talk_list) == (shown, None, (shown,))
