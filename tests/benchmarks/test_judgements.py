"""The direct count of benchmarks/workshop.py, on a file small enough to count by hand."""

from pathlib import Path

import pytest

from benchmarks.judgements import PEOPLE, Expected, direct_count, hand_out, in_full, read_rows, seeded_lists
from benchmarks.simulation import check_csv, check_page, check_pdf, check_phone

FILE = "touchpoint,rating,comment\n" + "\n".join(
    [
        *["Kauf,positive,gut"] * 3,
        *["Kauf,neutral,"] * 1,
        *["Kauf,negative,schlecht"] * 1,
        *["Gepäck,negative,weg"] * 2,
        *["Zugfahrt,negative,voll"] * 150,
        "Kauf,unknown,",
        ",positive,ohne Station",
    ]
)
NAMES = ["Kauf", "Gepäck", "Zugfahrt", "Design"]


@pytest.fixture
def lists(tmp_path: Path):
    file = tmp_path / "feedback.csv"
    file.write_text(FILE, encoding="utf-8")
    return seeded_lists(read_rows(file), NAMES)


def test_lists_hold_at_most_a_hundred_judgements_of_each_station(lists):
    assert {name: len(judgements) for name, judgements in lists.items()} == {
        "Kauf": 5,
        "Gepäck": 2,
        "Zugfahrt": 100,
        "Design": 0,
    }
    assert sorted(lists["Kauf"]) == [0, 5, 10, 10, 10]


def test_direct_count_gives_n_and_balance(lists):
    assert direct_count(lists["Kauf"]) == Expected(1, 1, 3)
    assert direct_count(lists["Kauf"]).balance == 40
    assert direct_count(lists["Gepäck"]).is_hidden is True
    assert direct_count(lists["Design"]).is_hidden is False


def test_everybody_gets_an_answer_for_every_station(lists):
    people = hand_out(lists)

    assert len(people) == PEOPLE
    assert all(person.keys() == lists.keys() for person in people)
    given = [person["Kauf"] for person in people if person["Kauf"] is not None]
    assert sorted(given) == [0, 5, 10, 10, 10]


def test_full_mode_keeps_the_drawer_and_counts_every_scale(lists):
    people = in_full(hand_out(lists))

    answers = [person["Kauf"] for person in people]
    found = direct_count(lists["Kauf"], answers)
    given = [answer for answer in answers if answer is not None]
    assert sorted(len(answer) for answer in given) == [6] * 5
    experiences = sorted(answer["experience"] for answer in given)
    assert [0 <= experiences[0] <= 3, 4 <= experiences[1] <= 6, min(experiences[2:]) >= 7] == [True] * 3
    assert (found.n, found.counts) == (5, (1, 1, 3))
    assert sorted(found.scales["experience"]) == experiences
    assert found.mean("experience") == sum(experiences) / 5
    assert in_full(hand_out(lists)) == people


FULL_CSV = (
    "1;Kauf;Kauf;App;;5;1;1;3;95;40,00;0,50;geteilt;;eigen;"
    "6,00;7,00;4,00;8,00;5,00;1,00;4,00;3,00;2,00;1,00;2,00;;5;5;5;5;5;5\r\n"
)
NUMBERS = {"experience": (1, 4, 7, 8, 10), "expectation": (5,) * 5, "importance": (4,) * 5, "purchase": (3,) * 5}
FULL = {"Kauf": Expected(1, 1, 3, {**NUMBERS, "repurchase": (2,) * 5, "recommendation": (1,) * 5})}


def test_scales_of_the_export_are_compared_with_the_count():
    heading = ";" * 32 + "\r\n"

    assert check_csv(heading + FULL_CSV, FULL) == []
    assert check_csv(heading + FULL_CSV.replace(";6,00;7,00", ";6,10;7,00"), FULL) == [
        "CSV: Kauf shows mean experience 6.1, counted 6.0"
    ]
    assert check_csv(heading + FULL_CSV.replace("5;5;5\r\n", "5;5;4\r\n"), FULL) == [
        "CSV: Kauf shows n recommendation 4.0, counted 5"
    ]


EXPECTED = {"Kauf": Expected(1, 1, 3), "Gepäck": Expected(2, 0, 0), "Design": Expected(0, 0, 0)}
CSV = (
    "Nr.;Station;Phase;Kanal;Abteilung;n;enttäuschend;okay;begeisternd;Ohne Urteil;"
    "Saldo;Uneinigkeit;Einigkeit;Hinweis;Eigen oder extern\r\n"
    "1;Kauf;Kauf;App;;5;1;1;3;95;40,00;0,50;geteilt;;eigen\r\n"
    "2;Gepäck;Loyalty;Zug;;;;;;;;;;weniger als drei Bewertungen;eigen\r\n"
    "3;Design;Loyalty;Zug;;;;;;100;;;;keine Bewertung;\r\n"
)


def test_csv_that_equals_the_count_gives_no_finding():
    assert check_csv(CSV, EXPECTED) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("40,00", "41,00", "CSV: Kauf shows balance 41.0, counted 40.0"),
        (";5;1;1;3;", ";5;1;2;2;", "CSV: Kauf shows ok 2.0, counted 1"),
        ("Zug;;;;;;;;;;w", "Zug;;2;;;;;;;;w", "CSV: Gepäck was rated by 2 and shows {'n': 2.0}"),
        ("3;Design", "3;Anders", "CSV: Design is missing"),
    ],
)
def test_csv_that_differs_is_found(old, new, finding):
    assert old in CSV

    assert finding in check_csv(CSV.replace(old, new), EXPECTED)


ROW = (
    '<tr><td class="num">{}</td><th scope="row">{}</th><td>Kauf</td><td><svg aria-label="{}"></svg></td>'
    '<td class="num">{}</td><td>geteilt (0,50)</td><td class="num">{}</td><td class="num">{}</td></tr>'
)
HEADING = "<tr>" + "".join(f"<th>{word}</th>" for word in ("Nr.", "Station", *"abcd", "n", "ohne Urteil")) + "</tr>"
# What stands beside it in full mode: as many columns, and no n before the last one.
OTHER = "<table><tr>" + "<th>Skala</th>" * 8 + "</tr><tr>" + "<td>7,0 (3)</td>" * 8 + "</tr></table>"
PAGE = (
    f"{OTHER}<table>{HEADING}"
    + ROW.format(1, "Kauf", "1 enttäuschend, 1 okay, 3 begeisternd", "+40", 5, 95)
    + ROW.format(2, "Gepäck", "", "–", "–", "–")
    + ROW.format(3, "Design", "", "–", 0, 100)
    + "</table>"
)


def test_page_is_compared_with_the_count():
    assert check_page(PAGE, EXPECTED) == []
    assert check_page(PAGE.replace("+40", "−40"), EXPECTED) == ["page: Kauf shows balance -40.0, counted 40.0"]
    shown = PAGE.replace(ROW.format(2, "Gepäck", "", "–", "–", "–"), ROW.format(2, "Gepäck", "", "–", "2", "–"))
    assert check_page(shown, EXPECTED) == ["page: Gepäck was rated by 2 and shows {'n': 2.0}"]


def tagged(*cells: str, kind: str = "TD") -> str:
    return "TR\n" + "".join(f'  {kind} <1>\n    Span (inline)\n      "{cell}"\n' for cell in cells)


HEAD = tagged("Nr.", "Station", "Verteilung", "Saldo", "Einigkeit", "n", kind="TH")
PDF = (
    HEAD
    + tagged("1", "Kauf", "Bild", "+40", "geteilt", "5")
    + tagged("2", "Ge-päck", "unter 3 Bewertungen", "–", "–", "–")
    + HEAD
    + tagged("3", "Design", "keine Bewertung", "–", "–", "0")
    + 'P (block)\n  "0 is a sentence behind the table"\n'
    + tagged("Rang", "Station", "Einigkeit", "Verteilung", "Saldo", "n", kind="TH")
    + tagged("1", "Anders", "geteilt", "Bild", "−100", "9")
)


def test_pdf_is_compared_with_the_count():
    assert check_pdf(PDF, list(EXPECTED), EXPECTED) == []
    assert check_pdf(PDF.replace('"5"', '"6"'), list(EXPECTED), EXPECTED) == ["PDF: Kauf shows n 6.0, counted 5"]
    assert check_pdf(PDF.replace("Ge-päck", "Koffer"), list(EXPECTED), EXPECTED) == ["PDF: Gepäck has no row"]


def test_phone_shows_no_digit_at_a_hidden_station():
    row = '<li class="result-row"><p><bdi>{}</bdi></p><p class="result-row__figures">{}</p></li>'
    html = row.format("Kauf", "+40") + row.format("Gepäck", "weniger als drei") + row.format("Design", "–")

    assert check_phone(html, EXPECTED) == []
    assert check_phone(html.replace("weniger als drei", "<strong>−100</strong>"), EXPECTED) == [
        "phone: Gepäck was rated by 2 and shows <strong>−100</strong>"
    ]
