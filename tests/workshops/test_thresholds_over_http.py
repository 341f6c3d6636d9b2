"""Thresholds, over HTTP and with real phones: what is hidden has no influence on anything that leaves the server.

Two workshops that differ only in hidden answers must read alike, letter by letter: pages, drawings, streams, polls,
exports, the frozen Ist and the PDF with its tags and metadata. That says more than looking for a number, since it also
catches widths, remainders, orders and words that a number could be computed from.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.workshops.files import (
    assert_alike,
    book_of,
    book_readings,
    different,
    export_of,
    figure_cells,
    numbers_in,
    pdf_of,
    pdf_readings,
)
from tests.workshops.phones import EXPORTS, LEFT_OUT, HttpWorkshop, frozen_readings, readings, run
from workshops.enums import Drawer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.whole]

BAD, OK, GOOD = Drawer.DISAPPOINTING.value, Drawer.OK.value, Drawer.DELIGHTING.value


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# --- two people -----------------------------------------------------------------------------------------------------


TWO = {
    "of one mind": [[GOOD, GOOD, GOOD], [GOOD, GOOD, GOOD]],
    "divided, with reasons": [[(BAD, "Zu laut"), OK, (GOOD, "Schön")], [(GOOD, "Ruhig"), BAD, None]],
    "could not judge": [[None, None, None], [None, None, None]],
    "hardly any answer": [[BAD, LEFT_OUT, LEFT_OUT], [LEFT_OUT, LEFT_OUT, OK]],
}


def of_the_pdf(workshop: HttpWorkshop) -> dict[str, str]:
    """What the PDF holds; asked for before the workshop is frozen, which changes what it is called."""
    return {f"pdf {name}": text for name, text in pdf_readings(pdf_of(workshop)).items()}


def test_what_two_people_answered_changes_nothing_anywhere():
    workshops = {name: run(f"zwei-{place}", answers) for place, (name, answers) in enumerate(TWO.items())}
    books = {name: book_of(workshop) for name, workshop in workshops.items()}
    first, *others = [
        readings(workshop) | book_readings(workshop, books[name]) | of_the_pdf(workshop) | frozen_readings(workshop)
        for name, workshop in workshops.items()
    ]
    for other in others:
        assert_alike(first, other)
    assert [row[5:13] for row in export_of(workshops["divided, with reasons"])] == [[""] * 8] * 3
    for name, text in first.items():
        assert not re.search("Zu laut|Ruhig|Schön", text), name
    # Only the scale and its bands are named, where they are explained.
    assert set(re.findall(r"[+−]\d+", first["pdf text"])) <= {"+100", "−100", "+30", "−30"}
    for book in books.values():
        assert figure_cells(book) == [[None] * 7] * 3
        assert numbers_in(book) == {2}, "the number of raters, which the page says too"


def test_the_document_of_two_people_holds_no_figure():
    workshop = run("zwei-json", TWO["divided, with reasons"])
    document = workshop.browser("max").get(workshop.url("workshops:result_json")).json()
    over_all = [document[key] for key in ("balance", "first", "last", "strongest", "weakest", "talk_list")]
    assert over_all == [None, None, None, None, None, []]
    for station in document["stations"]:
        figures = ("n", "counts", "cannot_judge", "balance", "drawer", "disagreement", "agreement")
        assert (station["state"], station["reasons"]) == ("hidden", [])
        assert {station[key] for key in figures} == {None}


# --- three people ---------------------------------------------------------------------------------------------------


def test_three_people_show_figures_everywhere():
    """The control: from three on the same readings do differ, each of them that shows results."""
    glad = run("drei-froh", [[GOOD, (GOOD, "Schön"), OK]] * 3)
    sad = run("drei-trist", [[BAD, (BAD, "Schade"), OK]] * 3)

    found, others = readings(glad), readings(sad)
    changed = {name.rsplit(" ", 2)[0] if " mara" in name else name for name in different(found, others)}

    assert {
        "workshops:workshop_result",
        "workshops:result_reasons",
        "workshops:result_export",
        "workshops:result_json",
        "workshops:result_svg",
        "workshops:workshop_projector",
        "workshops:workshop_poll",
        "board stream",
        "room stream",
        "room de",
        "room_poll de",
    } <= changed
    assert [row[5:11] for row in export_of(glad)] == [
        ["3", "0", "0", "3", "0", "100,00"],
        ["3", "0", "0", "3", "0", "100,00"],
        ["3", "0", "3", "0", "0", "0,00"],
    ]
    assert figure_cells(book_of(glad)) == [[3, 0, 0, 3, 0, 100, 0], [3, 0, 0, 3, 0, 100, 0], [3, 0, 3, 0, 0, 0, 0]]
    assert different(book_readings(glad, book_of(glad)), book_readings(sad, book_of(sad)))
    for name in (
        "workshops:workshop_result max de",
        "workshops:result_svg max de",
        "board stream",
        "room stream",
        "room de",
    ):
        assert "+100" in found[name], name
        assert "−100" in others[name], name
    text = pdf_readings(pdf_of(glad))["text"]
    assert "+100" in text
    assert different(frozen_readings(glad), frozen_readings(sad)) >= {"document", "baseline max", "result emil"}


# --- twelve people --------------------------------------------------------------------------------------------------


def twelve(second: list[object], last: list[object], rest: object = None) -> list[list[object]]:
    """Twelve people; two of the four stations are hidden, since only those named rated them."""
    rows = []
    for person in range(12):
        hidden = [taps[person] if person < len(taps) else rest for taps in (second, last)]
        rows.append([(OK, "Ein Grund"), hidden[0], (BAD, OK, GOOD)[person % 3], hidden[1]])
    return rows


HIDDEN = {
    "one each": twelve([GOOD], [BAD]),
    "two each": twelve([(BAD, "Verpetzt"), BAD], [(GOOD, "Auch verpetzt"), (OK, "Dazu")]),
    "the others left them out": twelve([OK, GOOD], [GOOD], rest=LEFT_OUT),
}


def test_stations_with_one_or_two_ratings_change_nothing_anywhere():
    workshops = [run(f"zwoelf-{place}", answers) for place, answers in enumerate(HIDDEN.values())]
    found = [readings(workshop) for workshop in workshops]
    exports = [export_of(workshop) for workshop in workshops]
    books = [book_of(workshop) for workshop in workshops]
    unpacked = [book_readings(workshop, book) for workshop, book in zip(workshops, books, strict=True)]
    reports = [of_the_pdf(workshop) for workshop in workshops]
    frozen = [frozen_readings(workshop) for workshop in workshops]

    for others in (found, unpacked, reports, frozen):
        assert_alike(others[0], others[1])
        assert_alike(others[0], others[2])
    for rows in exports:
        assert [row[5:11] for row in rows] == [
            ["12", "0", "12", "0", "0", "0,00"],
            [""] * 6,
            ["12", "4", "4", "4", "0", "0,00"],
            [""] * 6,
        ]
    for book in books:
        assert figure_cells(book)[1::2] == [[None] * 7] * 2
    assert "Station 2" in reports[0]["pdf text"]
    for name, text in {**found[1], **unpacked[1], **reports[1], **frozen[1]}.items():
        assert "erpetzt" not in text, name


# --- before the reveal ----------------------------------------------------------------------------------------------


def test_before_reveal_no_answer_changes_what_anybody_else_reads():
    """Also not the number of finished ballots: both rooms have answered equally much."""
    answers = ([[GOOD, OK, BAD]] * 4, [[BAD, (BAD, "Verpetzt"), None]] * 4)
    found = []
    for place, given in enumerate(answers):
        workshop = HttpWorkshop.begin(f"vorher-{place}").enter(4).open().rate(given)
        found.append(before_reveal(workshop))
    assert_alike(*found)


def before_reveal(workshop: HttpWorkshop) -> dict[str, str]:
    """What moderators and another phone read while the block runs; the export leads back to the page."""
    late = workshop.phones[0]
    workshop.phones.insert(0, type(late)(late.join_code, "Spät").enter())
    pages = readings(workshop, without=EXPORTS)
    for name in (*EXPORTS, "workshops:result_xlsx"):
        refused = workshop.browser("max").get(workshop.url(name))
        assert (refused.status_code, refused["Location"]) == (302, workshop.url("workshops:workshop_result"))
    asked = workshop.browser("max").post(workshop.url("reports:report_create"), {"language": "de"})
    assert asked.status_code == 422
    home = reverse("workshops:home", kwargs={"org": workshop.organisation.slug})
    assert workshop.browser("emil").get(home).status_code == 200
    assert workshop.browser("emil").get(workshop.url("workshops:workshop_result")).status_code == 403
    return pages
