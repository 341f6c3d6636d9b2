"""The drawing: where things stand, that it stays honest at the edges, and that no name can break out of it."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from touchpoints.enums import Phase
from workshops.curve import (
    PAGE,
    PRINT,
    SecondLine,
    StationLabel,
    curve_inline,
    curve_summary,
    curve_svg,
    distribution_bar,
    distribution_bar_svg,
    journey_curve,
    station_rows,
    strips,
    svg_data_uri,
)
from workshops.curve.palette import COLOURS
from workshops.curve.shapes import bar_parts
from workshops.curve.slopes import monotone_slopes
from workshops.curve.text import clean, clusters, width_of, wrap
from workshops.figures import CutPoints, StationAnswers, journey_figures

CUTS = CutPoints()
SVG = "{http://www.w3.org/2000/svg}"
PHASES = list(Phase)
EVIL = '<script>alert(1)</script>" onload="x" & \u202e\x00'


def curve_of(*counts, names=(), phases=(), layout=PAGE, **options):
    answers = [StationAnswers(str(at), *given_counts, 0) for at, given_counts in enumerate(counts)]
    figures = journey_figures(answers, raters=26, cut_points=CUTS)
    labels = [
        StationLabel(
            code=str(at),
            number=at + 1,
            name=names[at] if at < len(names) else f"Station {at + 1}",
            phase=phases[at] if at < len(phases) else PHASES[at * 5 // len(counts)],
            detail="online, direct",
        )
        for at in range(len(counts))
    ]
    return journey_curve(figures, labels, cut_points=CUTS, layout=layout, **options)


def drawn(curve, **options):
    return ET.fromstring(curve_svg(curve, **{"lang": "en", **options}))  # noqa: S314 - our own drawing


def texts(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def markers(root):
    """The large marks on the line: they alone have a rim in the colour of the card."""
    return [element for element in root.iter() if element.get("stroke") == COLOURS["light"]["card"]]


def points_of(path):
    """Curve points of path data, sampled between the stations."""
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
    at, found = (numbers[0], numbers[1]), []
    for step in range(2, len(numbers), 6):
        x1, y1, x2, y2, x3, y3 = numbers[step : step + 6]
        found.append([bezier(part / 20, at, (x1, y1), (x2, y2), (x3, y3)) for part in range(21)])
        at = (x3, y3)
    return found


def bezier(t, *corners):
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return tuple(sum(weight * corner[axis] for weight, corner in zip(weights, corners, strict=True)) for axis in (0, 1))


answered = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))


@given(st.lists(answered, min_size=2, max_size=15))
def test_line_never_overshoots_its_neighbours_and_always_runs_forward(counts):
    for path in curve_of(*counts).lines:
        for stretch in points_of(path):
            low, high = sorted((stretch[0][1], stretch[-1][1]))
            assert all(low - 0.2 <= y <= high + 0.2 for _, y in stretch)
            assert [x for x, _ in stretch] == sorted(x for x, _ in stretch)


@given(st.lists(st.one_of(st.none(), st.integers(-100, 100)), max_size=20))
def test_slopes_are_zero_at_tops_and_dips_and_mirror_with_the_values(values):
    slopes = monotone_slopes(values)

    assert len(slopes) == len(values)
    assert monotone_slopes([None if value is None else -value for value in values]) == [-slope for slope in slopes]
    for before, here, after, slope in zip(values, values[1:], values[2:], slopes[1:], strict=False):
        if None not in (before, here, after) and (here - before) * (after - here) <= 0:
            assert slope == 0


def test_stations_stand_on_their_balance_and_in_exact_columns():
    curve = curve_of((0, 0, 4), (4, 0, 0), (0, 4, 0), (1, 2, 1))

    tops = [column.y for column in curve.stations]
    assert tops[2] == tops[3] == curve.zero_y
    assert tops[0] < curve.delight_y < curve.zero_y < curve.disappoint_y < tops[1]
    assert curve.zero_y - tops[0] == pytest.approx(tops[1] - curve.zero_y)
    columns = curve.columns
    assert all(left.x + left.width == pytest.approx(right.x) for left, right in pairwise(columns))


@pytest.mark.parametrize("stations", [0, 1, 2, 18, 34, 200])
def test_curve_of_any_length_is_drawn_whole(stations):
    curve = curve_of(*[(at % 5, 3, at % 7) for at in range(stations)])

    root = drawn(curve)

    assert sum(text.startswith("n = ") for text in texts(root)) == stations
    assert len(curve.stations) == stations
    assert all(column.width >= PAGE.column_min for column in curve.columns)


def test_hidden_and_empty_stations_leave_a_gap_that_says_why():
    curve = curve_of((5, 0, 0), (0, 5, 0), (1, 0, 1), (0, 0, 5), (0, 5, 0), (0, 0, 0), phases=[Phase.PURCHASE] * 6)

    written = texts(drawn(curve))

    assert len(curve.lines) == 2
    assert "fewer than 3 ratings" in " ".join(written)
    assert "no rating" in written
    assert [text for text in written if text.startswith("n ")] == ["n = 5", "n = 5", "n < 3", "n = 5", "n = 5", "n = 0"]


def test_hidden_station_is_drawn_alike_whoever_rated_it():
    drawings = {
        curve_svg(curve_of((5, 0, 0), counts, (0, 5, 1)), lang="de")
        + station_rows(curve_of((5, 0, 0), counts, (0, 5, 1)))
        for counts in [(1, 0, 0), (0, 0, 1), (2, 0, 0), (0, 1, 1), (0, 0, 2)]
    }

    assert len(drawings) == 1


def test_phase_without_station_keeps_its_column_and_the_line_runs_through():
    curve = curve_of((5, 0, 0), (0, 0, 5), phases=[Phase.PRESALES, Phase.LOYALTY])

    assert [(band.phase, band.empty) for band in curve.phases] == [
        (Phase.INFLUENCING_BEFORE, True),
        (Phase.PRESALES, False),
        (Phase.PURCHASE, True),
        (Phase.LOYALTY, False),
        (Phase.INFLUENCING_AFTER, True),
    ]
    assert [band.shaded for band in curve.phases] == [True, False, True, False, True]
    assert len(curve.lines) == 1


def test_phase_that_the_path_returns_to_is_headed_twice():
    curve = curve_of((5, 0, 0), (0, 0, 5), (0, 5, 0), phases=[Phase.LOYALTY, Phase.PURCHASE, Phase.LOYALTY])

    assert [band.phase for band in curve.phases if not band.empty] == [Phase.LOYALTY, Phase.PURCHASE, Phase.LOYALTY]


def test_markers_and_numbers_follow_the_drawer_and_the_sign():
    root = drawn(curve_of((1, 2, 7), (7, 2, 1), (5, 1, 5), (200, 1, 199)))

    assert [text for text in texts(root) if text in ("+60", "−60", "0", "+0", "-0", "−0")] == ["+60", "−60", "0", "0"]
    assert [mark.tag.removeprefix(SVG) for mark in markers(root)] == ["path", "path", "circle", "circle"]
    assert [mark.get("fill") for mark in markers(root)] == [
        COLOURS["light"][drawer] for drawer in ("delighting", "disappointing", "ok", "ok")
    ]


def test_strips_are_even_and_carry_the_line_over_the_edge():
    counts = [(at % 5, 3, at % 7) for at in range(18)]
    whole = curve_of(*counts, layout=PRINT, phases=[Phase.PURCHASE] * 18)

    rows = strips(curve_of(*counts, layout=PRINT, phases=[Phase(PHASES[at * 5 // 18]) for at in range(18)]), 8)

    assert [[column.label.number for column in row.stations] for row in rows] == [
        [1, 2, 3, 4, 5, 6],
        [7, 8, 9, 10, 11, 12],
        [13, 14, 15, 16, 17, 18],
    ]
    assert len({row.width for row in rows}) == 1
    assert points_of(rows[0].lines[-1])[-1][-1][0] > rows[0].plot_right
    assert points_of(rows[1].lines[0])[0][0][0] < PRINT.gutter
    assert whole.figures == rows[0].figures


def test_second_line_is_drawn_quietly_and_named():
    curve = curve_of((5, 0, 0), (0, 5, 0), phases=[Phase.PURCHASE] * 2, second=SecondLine("Soll <b>", (20.0, 80.0)))

    root = drawn(curve)

    assert len(curve.second_lines) == 1
    assert len(curve.second_points) == 2
    assert {"Soll <b>", "now"} <= set(texts(root))


def test_curve_beside_an_earlier_round_is_called_by_its_own():
    curve = curve_of((5, 0, 0), (0, 5, 0), second=SecondLine("Runde 1", (20.0, 80.0), own="Runde <2>"))

    words = texts(drawn(curve))

    assert {"Runde 1", "Runde <2>"} <= set(words)
    assert "now" not in words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawing_alone_needs_no_style_and_no_class(scheme):
    svg = curve_svg(curve_of((5, 0, 0), (0, 0, 5)), lang="de", scheme=scheme)

    assert "class=" not in svg
    assert "style" not in svg
    assert COLOURS[scheme]["delighting"] in svg


def test_drawing_in_the_page_has_classes_and_no_colours():
    svg = curve_inline(curve_of((5, 0, 0), (0, 0, 5)))

    assert "style=" not in svg
    assert not re.search(r"#[0-9a-f]{6}", svg)
    assert 'role="img" aria-labelledby="curve-title curve-summary"' in svg


def test_every_class_of_the_drawing_is_painted():
    sheet = Path("static/css/curve.css").read_text()
    curve = curve_of((5, 0, 0), (0, 5, 0), (0, 0, 5), (1, 0, 0), second=SecondLine("Soll", (1.0, 2.0, 3.0, 4.0)))

    classes = set(re.findall(r'class="(curve__[a-z-]+)"', curve_inline(curve))) - {"curve__plot"}

    assert {name for name in classes if f".{name} " not in sheet} == set()


def test_colours_of_the_drawing_alone_are_those_of_the_tokens():
    sheet = Path("static/css/tokens.css").read_text()
    light, rest = sheet.split("@media (prefers-color-scheme: dark)")
    dark = rest.split("@media print")[0]
    for scheme, rules in (("light", light), ("dark", dark)):
        tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", rules))
        assert {name: tokens[name] for name in COLOURS[scheme]} == COLOURS[scheme]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def laid_over(colour, ground):
    alpha = int(colour[7:], 16) / 255
    mixed = (
        round(int(colour[at : at + 2], 16) * alpha + int(ground[at : at + 2], 16) * (1 - alpha)) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_and_words_keep_their_contrast_on_every_ground(scheme):
    colours = COLOURS[scheme]
    zones = [colours["card"]] + [
        laid_over(colours[f"curve-zone-{zone}"], colours["card"]) for zone in ("delighting", "disappointing")
    ]
    grounds = zones + [laid_over(colours["curve-phase"], zone) for zone in zones]

    for ground in grounds:
        for mark in ("curve-line", "curve-line-quiet", "curve-zero"):
            assert contrast(colours[mark], ground) >= 3
        assert contrast(colours["ink"], ground) >= 4.5
        assert contrast(colours["quiet"], ground) >= 4.5
    ok_grounds = [colours["card"], laid_over(colours["curve-phase"], colours["card"])]
    assert all(contrast(colours["ok"], ground) >= 3 for ground in ok_grounds)
    for drawer in ("delighting", "disappointing"):
        own = laid_over(colours[f"curve-zone-{drawer}"], colours["card"])
        assert contrast(colours[drawer], laid_over(colours["curve-phase"], own)) >= 3


def test_names_cannot_break_out_of_drawing_table_or_summary():
    curve = curve_of((5, 0, 0), (0, 0, 5), names=[EVIL, EVIL], second=SecondLine(EVIL, (1.0, 2.0)))

    for markup in (curve_svg(curve, lang="en"), curve_inline(curve), station_rows(curve)):
        root = ET.fromstring(f"<x>{markup}</x>")  # noqa: S314 - our own drawing
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert "script" not in tags
        assert not [element for element in root.iter() if "onload" in element.attrib]
        assert "\u202e" not in markup


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_a_drawing_that_parses(name, detail):
    curve = curve_of((5, 0, 0), names=[name])
    labels = (replace(curve.labels[0], detail=detail),)

    drawn(journey_curve(curve.figures, labels, cut_points=CUTS))


def test_name_of_ten_thousand_characters_is_cut_to_three_lines():
    column = curve_of((5, 0, 0), names=["Reisezentrum " * 800]).stations[0]

    assert len(column.name_lines) == 3
    assert column.name_lines[-1].endswith("…")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Zugfahrt", ("Zugfahrt",)),
        ("Reiseinformation", ("Reiseinforma-", "tion")),
        ("QR-Code-Ticket am Automaten", ("QR-Code-", "Ticket am", "Automaten")),
        ("   ", ()),
        ("Fahr\xadplan\xadauskunft\xadsystem", ("Fahrplan-", "auskunft-", "system")),
    ],
)
def test_wrap_breaks_where_a_reader_would(text, lines):
    assert wrap(text, 104, 13, 3, "de") == lines


@given(st.text(max_size=120), st.integers(60, 200))
def test_wrap_keeps_to_lines_and_width(text, width):
    lines = wrap(text, width, 13, 3, "de")

    assert len(lines) <= 3
    for line in lines:
        assert width_of(line, 13) <= width or len(list(clusters(line.rstrip("-…")))) <= 1


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N")), max_size=30))
def test_wrap_in_enough_room_changes_nothing(text):
    assert "".join(wrap(text, 10_000, 13, 3, "de")) == clean(text)


def test_clusters_keep_families_flags_and_accents_together():
    assert list(clusters("👩\u200d👩\u200d👧🇩🇪🇫🇷e\u0301👍🏽")) == ["👩\u200d👩\u200d👧", "🇩🇪", "🇫🇷", "e\u0301", "👍🏽"]


def test_name_that_needs_shaping_is_left_to_the_table_in_the_pdf_only():
    curve = curve_of((5, 0, 0), (0, 0, 5), names=["מידע", "Zugfahrt"])

    assert "see table" in texts(drawn(curve, for_pdf=True))
    assert "Zugfahrt" in texts(drawn(curve, for_pdf=True))
    assert "מידע" in texts(drawn(curve))


def test_summary_names_the_extremes_in_the_reader_s_language():
    curve = curve_of((4, 0, 0), (0, 0, 4), (1, 0, 0), names=["App", "Zug", "Bus"])

    with override("en"):
        assert curve_summary(curve) == (
            "Delight balance of 3 stations along the journey, from −100 to +100. "
            "Highest: Zug with +100. Lowest: App with −100. 1 station shows no figure."
        )
    with override("de"):
        assert curve_summary(curve) == (
            "Begeisterungssaldo von 3 Stationen entlang der Journey, von −100 bis +100. "
            "Am höchsten: Zug mit +100. Am tiefsten: App mit −100. 1 Station zeigt keine Zahl."
        )


@given(answered.filter(any), st.integers(40, 300))
def test_bar_fills_its_width_exactly_and_shows_only_what_was_given(counts, width):
    parts = bar_parts(counts, 0, width, gap=1.5)

    assert len(parts) == sum(count > 0 for count in counts)
    assert parts[0][1] == 0
    assert parts[-1][1] + parts[-1][2] == pytest.approx(width)


def test_distribution_bar_says_its_numbers_or_why_there_are_none():
    shown, hidden, empty = curve_of((3, 9, 12), (1, 0, 0), (0, 0, 0)).figures.stations

    with override("de"):
        assert 'aria-label="3 enttäuschend, 9 okay, 12 begeisternd"' in distribution_bar(shown)
        assert distribution_bar(hidden) == "unter 3 Bewertungen"
        assert distribution_bar(empty) == "keine Bewertung"
    assert 'aria-label="3 disappointing, 9 OK, 12 delighting"' in distribution_bar_svg(shown, lang="en")
    assert distribution_bar_svg(hidden, lang="en") is None


def test_station_rows_hold_every_figure_and_none_of_the_hidden():
    curve = curve_of((3, 9, 12), (1, 0, 1), names=["Zug", "Bus"], phases=[Phase.PURCHASE] * 2)

    with override("en"):
        table = ET.fromstring(f"<table>{station_rows(curve)}</table>")  # noqa: S314 - our own table

    rows = [["".join(cell.itertext()) for cell in row] for row in table]
    assert rows == [
        ["1", "Zug", "Purchase", "", "+38", "partly agreed (0.59)", "24", "0"],
        ["2", "Bus", "Purchase", "fewer than 3 ratings", "–", "–", "–", "–"],
    ]


def test_drawing_as_address_of_an_image():
    assert svg_data_uri("<svg/>") == "data:image/svg+xml;base64,PHN2Zy8+"
