"""Full mode drawn: the mean with its band, the quadrants, expectation and experience on one line, and their tables."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.utils import translation

from tests.workshops.test_curve import EVIL, SVG, texts
from tests.workshops.test_scale_figures import SIX, full
from touchpoints.enums import Phase
from workshops.curve import (
    PAGE,
    StationLabel,
    curve_inline,
    curve_summary,
    curve_svg,
    gap_bar,
    gap_bar_svg,
    journey_curve,
    quadrant_inline,
    quadrant_rows,
    quadrant_summary,
    quadrant_svg,
    scale_rows,
    scale_words,
    sparkline,
    station_rows,
    strips,
)
from workshops.curve.quadrants import QUADRANT_PAGE, QUADRANT_PHONE, QUADRANT_PRINT
from workshops.curve.text import width_of
from workshops.figures import CutPoints, StationAnswers, StationScales, journey_figures, station_scales

CUTS = CutPoints()


def labels_of(figures, names=()):
    return [
        StationLabel(station.code, at + 1, names[at] if at < len(names) else f"Station {at + 1}", Phase.LOYALTY)
        for at, station in enumerate(figures.stations)
    ]


def curve_of(*answers, cuts=CUTS, names=(), layout=PAGE):
    figures = journey_figures(answers, raters=9, cut_points=cuts)
    return journey_curve(figures, labels_of(figures, names), cut_points=cuts, layout=layout)


def ends_of(path):
    """All heights at which a path stands on a station, in order."""
    return [float(numbers.split()[-1]) for _letter, numbers in re.findall(r"([MCL])([^MCLZ]+)", path)]


# --- the curve --------------------------------------------------------------------------------------------------------


def test_the_number_at_a_station_is_its_mean():
    curve = curve_of(full("a", (2, 4, 4, 7, 8)), full("b", (9, 9, 8, 8)), full("c", (0, 1, 1)))

    with translation.override("de"):
        drawn = ET.fromstring(curve_svg(curve, lang="de"))  # noqa: S314 - our own drawing
        summary = curve_summary(curve)

    assert [text for text in texts(drawn) if re.fullmatch(r"\d,\d", text)] == ["5,0", "8,5", "0,7"]
    assert summary == (
        "Mittelwert des Erlebnisses an 3 Stationen der Journey, von 0 bis 10, mit der mittleren Hälfte der Bewertungen."
        " Am höchsten: Station 2 mit 8,5. Am tiefsten: Station 3 mit 0,7."
    )


def test_mean_and_zero_line_stand_where_the_scale_says():
    curve = curve_of(full("a", (0, 0, 0)), full("b", (10, 10, 10)), full("c", (5, 5, 5)))
    low, high, middle = (column.y for column in curve.stations)

    assert (low + high) / 2 == pytest.approx(middle)
    assert curve.zero_y == pytest.approx(middle)
    assert high < curve.delight_y < curve.zero_y < curve.disappoint_y < low


def test_other_cut_points_move_the_zero_line_and_the_zones():
    usual, strict = (
        curve_of(full("a", (0, 0, 0)), full("b", (10, 10, 10)), cuts=cuts) for cuts in (CUTS, CutPoints(5, 9))
    )

    assert [column.y for column in usual.stations] == [column.y for column in strict.stations]
    assert strict.zero_y < usual.zero_y
    assert (strict.delight_y < usual.delight_y, strict.disappoint_y < usual.disappoint_y) == (True, True)


def test_the_band_runs_from_quartile_to_quartile():
    answers = [full("a", (2, 4, 4, 7, 8)), full("b", (9, 9, 8, 8)), full("c", (0, 1, 1))]
    curve = curve_of(*answers)
    (band,) = curve.bands
    scale = [column.y for column in curve_of(*(full(str(v), (v, v, v)) for v in range(11))).stations]

    def height(value):
        return scale[0] + (scale[10] - scale[0]) * value / 10

    upper, lower = [height(7), height(9), height(1)], [height(0.5), height(8), height(4)]
    assert ends_of(band) == pytest.approx([*upper, *lower], abs=0.2)


def test_a_station_between_two_gaps_has_a_bar_and_a_gap_has_nothing():
    curve = curve_of(full("a", (1, 2)), full("b", (4, 5, 6)), full("c", ()), full("d", (4, 5, 6)), full("e", (1, 1, 1)))

    bar, area = curve.bands

    assert re.fullmatch(r"M[\d.]+ [\d.]+h[\d.]+V[\d.]+h-[\d.]+Z", bar)
    assert area.count("C") == 2
    assert len(curve.lines) == 1


def test_the_balance_has_no_band():
    quick = StationAnswers("q", 1, 2, 3, 0)
    for answers in ([quick, quick], [quick, full("f", (5, 6, 9))]):
        curve = curve_of(*answers)
        assert curve.bands == ()
        assert 'class="curve__band"' not in curve_inline(curve)
    assert 'class="curve__band"' in curve_inline(curve_of(full("f", (5, 6, 9))))


def test_the_band_runs_on_over_the_edge_of_a_row():
    curve = curve_of(*(full(str(at), (at, at, 9)) for at in range(6)))

    first, second = strips(curve, 5)  # three empty phases stand before the stations, one behind

    assert [[band.count("C") for band in row.bands] for row in (first, second)] == [[4], [8]]


def test_the_small_curve_has_the_zero_line_of_its_ruler():
    quick = journey_figures([StationAnswers("q", 1, 2, 3, 0)], raters=6, cut_points=CUTS)
    rated = journey_figures([full("f", (5, 6, 9))], raters=3, cut_points=CutPoints(3, 9))

    assert rated.zero == 5.5
    assert "M0 44H480" in sparkline(quick, label="")
    assert "M0 40.4H480" in sparkline(rated, label="")


# --- the tables -------------------------------------------------------------------------------------------------------


def cells_of(rows):
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", rows)]


def test_the_table_has_mean_median_and_middle_half():
    with translation.override("de"):
        cells = cells_of(station_rows(curve_of(full("a", (2, 4, 4, 7, 8), cannot_judge=1))))

    assert cells == [
        "1",
        "Station 1",
        "Loyalty",
        "",
        "5,0",
        "4,0",
        "4,0–7,0",
        "+20",
        "weitgehend einig (0,33)",
        "5",
        "1",
    ]


def test_a_table_without_scales_has_none_of_their_columns():
    cells = cells_of(station_rows(curve_of(StationAnswers("q", 1, 2, 3, 0))))

    assert len(cells) == 8


def test_the_table_of_scales_says_each_n_and_marks_a_large_gap():
    answers = full("a", **{**SIX, "importance": (9, 9), "purchase": (5, 5, 5)})
    with translation.override("de"):
        cells = cells_of(scale_rows(curve_of(answers, full("hidden", (1, 2)), full("empty", ()))))

    assert cells == [
        *("1", "Station 1", "8,0 (5)", "5,0 (5)", "−3,0 groß", "", "–", "5,0 (3)", "8,0 (5)", "2,0 (5)", "5,0"),
        *("2", "Station 2", "unter 3 Bewertungen"),
        *("3", "Station 3", "keine Bewertung"),
    ]


def test_the_table_of_scales_of_a_mixed_journey_holds_the_full_stations_alone():
    answers = [StationAnswers("q", 1, 2, 3, 0), full("f", **SIX), full("hidden", (1, 2))]

    assert cells_of(scale_rows(curve_of(*answers)))[:2] == ["2", "Station 2"]
    assert scale_rows(curve_of(*answers)).count("<tr>") == 1


def test_expectation_and_experience_stand_on_one_line():
    bar = gap_bar(station_scales(full(**SIX)), width=112)

    assert re.findall(r'<circle class="curve__(\w+)"[^>]* cx="([\d.]+)"', bar) == [("open", "86.0"), ("text", "56.0")]
    with translation.override("de"):
        assert 'aria-label="erwartet 8,0, erlebt 5,0"' in gap_bar(station_scales(full(**SIX)))
    assert gap_bar_svg(station_scales(full(experience=(5, 5, 5))), lang="de") is None
    assert gap_bar(StationScales()) == ""


def test_a_phone_says_what_is_shown_and_nothing_else():
    with translation.override("de"):
        assert scale_words(station_scales(full(**SIX))) == (
            "Median 4,0, mittlere Hälfte 4,0–7,0 · erwartet 8,0, Lücke −3,0 · Wichtigkeit 9,0 · "
            "Erstkauf 5,0 · Wiederkauf 8,0 · Weiterempfehlung 2,0 · Hebel 5,0"
        )
        assert scale_words(station_scales(full(**{**SIX, "expectation": (8, 8), "importance": ()}))) == (
            "Median 4,0, mittlere Hälfte 4,0–7,0 · Erstkauf 5,0 · Wiederkauf 8,0 · Weiterempfehlung 2,0 · Hebel 5,0"
        )
        assert scale_words(station_scales(full(experience=(2, 4, 4, 7, 8), purchase=(5, 5), repurchase=(8, 8, 8)))) == (
            "Median 4,0, mittlere Hälfte 4,0–7,0 · Wiederkauf 8,0"
        )
    assert scale_words(StationScales()) == ""


# --- the quadrants ----------------------------------------------------------------------------------------------------


def placed(code, importance, experience):
    return full(code, (experience,) * 3, importance=(importance,) * 3)


FOUR = (placed("a", 9, 2), placed("b", 9, 8), placed("c", 4, 3), placed("d", 4, 7))


def test_the_drawing_names_its_stations_and_quadrants():
    figures = journey_figures(FOUR, raters=3, cut_points=CUTS)
    drawn = ET.fromstring(quadrant_svg(figures, labels_of(figures), lang="de"))  # noqa: S314 - our own drawing

    written = texts(drawn)
    for words in ("1 Station 1", "4 Station 4", "wichtig und schwach", "weniger wichtig und stark"):
        assert words in written, words
    assert "Erlebnis (Mittelwert, 0 bis 10)" in written
    with translation.override("de"):
        assert quadrant_summary(figures, {label.code: label.name for label in labels_of(figures)}) == (
            "Wichtigkeit und Erlebnis von 4 Stationen auf 0 bis 10. Wichtig und schwach: Station 1."
        )


def test_on_a_phone_the_quadrants_names_stay_in_their_corners():
    figures = journey_figures(FOUR, raters=3, cut_points=CUTS)
    svg = quadrant_svg(figures, labels_of(figures), lang="de", layout=QUADRANT_PHONE)
    drawn = ET.fromstring(svg)  # noqa: S314 - our own drawing
    lines = [each for each in drawn.iter(f"{SVG}text") if re.search("wichtig|schwach|stark", each.text or "")]
    assert " ".join(each.text for each in lines).count("weniger wichtig und") == 2
    middle = QUADRANT_PHONE.width / 2
    for each in lines:
        at, wide = float(each.get("x")), width_of(each.text, QUADRANT_PHONE.text)
        assert at + wide < middle + 20 if each.get("text-anchor") == "start" else at - wide > middle - 20, each.text
    tops = [float(each.get("y")) for each in lines if each.get("text-anchor") == "start"]
    assert len(set(tops)) == len(tops), "no line lies on another"


def middle_of(mark):
    """Where a shape stands, to a unit or two."""
    if mark.get("cx"):
        return float(mark.get("cx")), float(mark.get("cy"))
    x, y, wide, tall = re.match(r"M(\S+) (\S+)h(\S+)l\S+ (\S+)z", mark.get("d")).groups()
    return float(x) + float(wide) / 2, float(y) + float(tall) / 2


@pytest.mark.parametrize("layout", [QUADRANT_PHONE, QUADRANT_PAGE, QUADRANT_PRINT])
def test_no_name_of_a_quadrant_lies_under_a_station(layout):
    crowd = [placed("e", 10, 0), placed("f", 10, 1), placed("g", 10, 10), placed("h", 0, 0), placed("i", 1, 10)]
    figures = journey_figures([*FOUR, *crowd], raters=3, cut_points=CUTS)
    drawn = ET.fromstring(quadrant_svg(figures, labels_of(figures), lang="de", layout=layout))  # noqa: S314 - our own
    (marks,) = [each for each in drawn.iter(f"{SVG}g") if each.get("stroke-linejoin")]
    places = [middle_of(mark) for mark in marks]
    lines = [each for each in drawn.iter(f"{SVG}text") if re.search("wichtig|schwach|stark", each.text or "")]

    assert len(places) == 9
    for each in lines:
        at, foot, wide = float(each.get("x")), float(each.get("y")), width_of(each.text, layout.text)
        left = at if each.get("text-anchor") == "start" else at - wide
        under = [x for x, y in places if left < x < left + wide and foot - layout.text < y < foot]
        assert not under, each.text


def test_the_table_begins_with_what_is_important_and_weak():
    figures = journey_figures([*FOUR, placed("e", 10, 0)], raters=3, cut_points=CUTS)
    with translation.override("en"):
        cells = cells_of(quadrant_rows(figures, labels_of(figures)))

    assert cells[::5] == ["5", "1", "2", "3", "4"]
    assert cells[:5] == ["5", "Station 5", "10.0", "0.0", "important and weak"]


def test_many_stations_in_one_place_keep_their_marks_and_lose_names():
    figures = journey_figures([placed(str(at), 8, 8) for at in range(40)], raters=3, cut_points=CUTS)
    drawn = ET.fromstring(quadrant_svg(figures, labels_of(figures), lang="en"))  # noqa: S314 - our own drawing

    named = [text for text in texts(drawn) if "Station" in text]
    assert 1 <= len(named) <= 4
    assert len([mark for mark in drawn.iter(f"{SVG}path") if "z" in mark.get("d", "")]) == 40


def test_names_can_do_nothing_in_the_drawings():
    figures = journey_figures(FOUR, raters=3, cut_points=CUTS)
    labels = labels_of(figures, [EVIL] * 4)
    curve = journey_curve(figures, labels, cut_points=CUTS)

    for text in (quadrant_inline(figures, labels), quadrant_rows(figures, labels), scale_rows(curve)):
        assert "<script" not in text
        assert "\x00" not in text
    ET.fromstring(quadrant_svg(figures, labels, lang="de"))  # noqa: S314 - our own drawing


def test_the_page_has_two_drawings_with_ids_of_their_own():
    figures = journey_figures(FOUR, raters=3, cut_points=CUTS)
    page = quadrant_inline(figures, labels_of(figures))

    ids = re.findall(r' id="([\w-]+)"', page)
    assert sorted(ids) == sorted({*ids})
    assert len(ids) == 4
    assert "style=" not in page


def test_nothing_is_drawn_where_nobody_was_asked():
    figures = journey_figures([StationAnswers("q", 1, 2, 3, 0)], raters=6, cut_points=CUTS)

    assert (quadrant_inline(figures, []), quadrant_rows(figures, []), quadrant_summary(figures, {})) == ("", "", "")
    assert quadrant_svg(figures, [], lang="de") is None
