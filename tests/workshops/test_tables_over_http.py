"""Tables without devices over HTTP: what is hidden beside them, and what the mark "am Tisch erfasst" may tell.

The moderator who entered a table can take its answers off every figure. So two workshops that differ only in what one
or two phones answered must read alike, letter by letter, and so must two that differ only in who of a small table gave
which kind of answer where the sums are the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.tenancy import member_scope
from tests.workshops.phones import LEFT_OUT, HttpWorkshop, Tap, frozen_readings, readings
from tests.workshops.test_thresholds_over_http import assert_alike, book_of, book_readings, pdf_of, pdf_readings
from workshops.enums import Mode, Scale
from workshops.models import TableEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.whole]

BAD, OK, GOOD = 0, 5, 10
# disappointing, OK, delighting, cannot judge; one row per station.
Counts = Sequence[tuple[int, int, int, int]]
NAMES = ("disappointing", "fine", "delighting", "unable")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def seat(workshop: HttpWorkshop, tables: Mapping[int, Counts]) -> HttpWorkshop:
    """Enter one table per head count, as mara does."""
    activity = workshop.room.activity
    with member_scope(workshop.organisation):
        stations = workshop.room.stations
    url = reverse("workshops:table_create", kwargs={"org": workshop.organisation.slug, "code": activity.code})
    for heads, rows in tables.items():
        counts = {
            f"{station.code}-{name}": value
            for station, row in zip(stations, rows, strict=True)
            for name, value in zip(NAMES, row, strict=True)
        }
        sent = {"code": uuid4(), "name": "Fenster", "heads": heads, **counts}
        assert workshop.browser("mara").post(url, sent).status_code == 302
    return workshop


def run(slug: str, phones: Sequence[Sequence[Tap]], tables: Mapping[int, Counts]) -> HttpWorkshop:
    """From the code to the revealed curve, with phones and tables; somebody without an answer listens in."""
    stations = len(next(iter(tables.values()), phones[0] if phones else ()))
    workshop = HttpWorkshop.begin(slug, stations=stations).enter(len(phones)).open().rate(phones)
    seat(workshop, tables).reveal()
    if not workshop.phones:
        workshop.enter(1)
    return workshop


def figures(workshop: HttpWorkshop) -> list[list[str]]:
    """n, the three drawers, without judgement, balance; and the note."""
    response = workshop.browser("max").get(workshop.url("workshops:result_export"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))[1:]
    return [[*row[5:11], row[13]] for row in rows]


EMPTY = ["", "", "", "", "", "", "unter 3 Bewertungen per Telefon"]


def test_two_phones_beside_a_table_of_four_are_hidden_everywhere():
    table = {4: [(0, 4, 0, 0)] * 3}
    answers: list[list[list[Tap]]] = [
        [[BAD, BAD, GOOD], [BAD, (BAD, "Verpetzt"), GOOD]],
        [[GOOD, None, OK], [OK, GOOD, None]],
    ]
    found = [run(f"zwei-am-{place}", given, table) for place, given in enumerate(answers)]
    for workshop in found:
        assert figures(workshop) == [EMPTY] * 3
    one, other = ({**readings(workshop), **frozen_readings(workshop)} for workshop in found)
    assert_alike(one, other)
    for name, text in one.items():
        assert "Verpetzt" not in text, name
    books = [book_readings(workshop, book_of(workshop)) for workshop in found]
    assert_alike(*books)


def test_three_phones_and_a_table_of_one_are_shown():
    workshop = run("drei-und-eins", [[GOOD], [GOOD], [OK]], {1: [(1, 0, 0, 0)]})
    assert figures(workshop) == [["4", "1", "1", "2", "0", "25,00", "davon bis zu 1 am Tisch erfasst"]]


def test_a_table_alone_of_five_is_shown_and_one_of_two_is_not():
    five = run("fuenf-allein", [], {5: [(1, 1, 3, 0)]})
    assert figures(five) == [["5", "1", "1", "3", "0", "40,00", "davon 5 am Tisch erfasst"]]
    two = run("zwei-allein", [], {2: [(1, 1, 0, 0)]})
    assert figures(two) == [EMPTY]


def test_a_station_that_two_of_twelve_phones_rated_is_hidden_beside_a_table():
    """Six ratings and more; taking off the table would leave two."""
    rest: list[list[Tap]] = [[(BAD, OK, GOOD)[person % 3], LEFT_OUT] for person in range(10)]
    table = {4: [(0, 2, 2, 0), (1, 1, 2, 0)]}
    one = run("zwoelf-a", [[GOOD, (GOOD, "Verpetzt")], [BAD, BAD], *rest], table)
    other = run("zwoelf-b", [[GOOD, OK], [BAD, OK], *rest], table)
    for workshop in (one, other):
        assert figures(workshop)[1] == EMPTY
        assert figures(workshop)[0][0] == "16"
    assert_alike(readings(one), readings(other))
    assert_alike(frozen_readings(one), frozen_readings(other))


def test_the_mark_tells_nothing_of_a_small_table():
    """The only one at a table judged the second station in one room, and in the other a phone did in their place."""
    phones: list[list[Tap]] = [[OK, OK], [GOOD, GOOD], [BAD, BAD]]
    at_table = run("klein-a", [*phones, [OK, None]], {1: [(0, 1, 0, 0), (0, 1, 0, 0)]})
    by_phone = run("klein-b", [*phones, [OK, OK]], {1: [(0, 1, 0, 0), (0, 0, 0, 1)]})
    assert figures(at_table) == figures(by_phone)
    assert figures(at_table)[1] == ["4", "1", "2", "1", "1", "0,00", "davon bis zu 1 am Tisch erfasst"]
    one, other = ({**readings(workshop), **frozen_readings(workshop)} for workshop in (at_table, by_phone))
    assert_alike(one, other)
    assert_alike(pdf_readings(pdf_of(at_table)), pdf_readings(pdf_of(by_phone)))


def test_the_mark_stands_wherever_the_figures_do():
    phones: list[list[Tap]] = [[GOOD, OK]] * 3
    workshop = run("marke", phones, {4: [(0, 2, 2, 0), (0, 0, 4, 0)], 2: [(0, 1, 1, 0), (0, 0, 0, 2)]})
    found = readings(workshop)
    mark = "davon 6 am Tisch erfasst"
    for name in (
        "workshops:workshop_result max de",
        "workshops:result_svg max de",
        "workshops:workshop_projector mara de",
    ):
        assert mark in found[name], name
    for name in ("board stream", "workshops:workshop_poll mara de"):
        assert mark in found[name], name
    for name in ("room stream", "room de"):
        assert "Davon wurden 6 am Tisch erfasst." in found[name], name
    assert "6 of them entered at a table" in found["workshops:workshop_result mara en"]
    assert figures(workshop) == [
        ["9", "0", "3", "6", "0", "66,67", mark],
        ["7", "0", "3", "4", "2", "57,14", "davon bis zu 6 am Tisch erfasst"],
    ]
    about = load_workbook(io.BytesIO(book_of(workshop))).worksheets[0]
    facts = {row[0]: row[1] for row in about.iter_rows(values_only=True)}
    assert (facts["Bewertende"], facts["Am Tisch erfasst"]) == (9, 6)
    document = workshop.browser("max").get(workshop.url("workshops:result_json")).json()
    assert (document["raters"], document["raters_at_table"]) == (9, 6)
    assert [station["at_table"] for station in document["stations"]] == [6, None]
    text = re.sub(r"\s+", " ", pdf_readings(pdf_of(workshop))["text"])
    assert mark in text
    assert "Davon wurden 6 am Tisch erfasst." in text
    frozen = frozen_readings(workshop)
    for name in ("baseline max", "baseline svg max"):
        assert mark in frozen[name], name


def test_nothing_of_tables_stands_where_there_was_none():
    found = readings(run("ohne", [[GOOD]] * 3, {}))
    for name, text in found.items():
        assert "am Tisch" not in text, name
        assert "at a table" not in text, name


def test_the_table_is_forgotten_at_the_reveal():
    workshop = run("vergessen", [[GOOD]] * 3, {4: [(0, 4, 0, 0)]})
    with member_scope(workshop.organisation):
        assert [table.answers for table in TableEntry.objects.all()] == [{}]


def test_before_the_reveal_nobody_else_reads_what_a_table_answers():
    found = []
    for place, rows in enumerate([[(4, 0, 0, 0)], [(0, 0, 3, 1)]]):
        workshop = HttpWorkshop.begin(f"vorher-tisch-{place}", stations=1).enter(2).open()
        seat(workshop, {4: rows})
        found.append(
            readings(workshop, without=("workshops:result_export", "workshops:result_json", "workshops:result_svg"))
        )
    assert_alike(*found)


# --- full mode ------------------------------------------------------------------------------------------------------


def six(*numbers: int) -> dict[str, int | str]:
    """What one phone taps on the six scales."""
    return dict(zip(Scale.values, numbers, strict=True))


def full(slug: str, phones: Sequence[Sequence[Tap]], typed: str, heads: int) -> HttpWorkshop:
    """Phones in full mode, and a table that types the same numbers on all scales of all stations."""
    workshop = HttpWorkshop.begin(slug, stations=2, mode=Mode.FULL).enter(len(phones)).open().rate(phones)
    with member_scope(workshop.organisation):
        stations = workshop.room.stations
    kwargs = {"org": workshop.organisation.slug, "code": workshop.room.activity.code}
    numbers = {f"{station.code}-{scale}": typed for station in stations for scale in Scale.values}
    sent = {"code": uuid4(), "name": "Fenster", "heads": heads, **numbers}
    response = workshop.browser("mara").post(reverse("workshops:table_create", kwargs=kwargs), sent)
    assert response.status_code == 302
    return workshop.reveal()


def test_in_full_mode_two_phones_beside_a_table_are_hidden_everywhere():
    one = full("voll-zwei-a", [[six(1, 2, 3, 4, 5, 6)] * 2, [six(9, 9, 9, 9, 9, 9)] * 2], "7 8 8 5", 4)
    other = full("voll-zwei-b", [[six(0, 0, 0, 0, 0, 0)] * 2, [six(4, 5, 4, 5, 4, 5)] * 2], "7 8 8 5", 4)
    for workshop in (one, other):
        document = workshop.browser("max").get(workshop.url("workshops:result_json")).json()
        assert [(station["state"], station["n"]) for station in document["stations"]] == [("hidden", None)] * 2
    assert_alike({**readings(one), **frozen_readings(one)}, {**readings(other), **frozen_readings(other)})


def test_in_full_mode_a_table_counts_on_each_scale():
    workshop = full("voll-drei", [[six(5, 8, 9, 5, 5, 5)] * 2] * 3, "7", 1)
    document = workshop.browser("max").get(workshop.url("workshops:result_json")).json()
    assert (document["raters"], document["raters_at_table"]) == (4, 1)
    station = document["stations"][0]
    assert (station["state"], station["n"]) == ("shown", 4)
    assert (station["scales"]["experience"]["n"], station["scales"]["experience"]["mean"]) == (4, 5.5)
    assert (station["scales"]["expectation"]["n"], station["scales"]["expectation"]["mean"]) == (4, 7.75)
