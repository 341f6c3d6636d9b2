"""Thresholds of the six scales, over HTTP and with real phones: what is hidden changes nothing that leaves.

Like test_thresholds_over_http: workshops that differ only in hidden answers must read alike, letter by letter.
"""

from __future__ import annotations

import pytest

from tests.workshops.files import assert_alike, book_of, book_readings, different, export_of, pdf_of, pdf_readings
from tests.workshops.phones import LEFT_OUT, HttpWorkshop, frozen_readings, readings, run
from workshops.enums import Mode, Scale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.whole]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def six(*numbers: int, **more: object) -> dict[str, object]:
    """All six scales of one station; fewer numbers leave the last ones out."""
    return {**dict(zip(Scale.values, numbers, strict=False)), **more}


def full(slug: str, answers: list[list[object]]) -> HttpWorkshop:
    return run(slug, answers, mode=Mode.FULL)


def everything(workshop: HttpWorkshop) -> dict[str, str]:
    """Pages, streams, polls, files and the frozen Ist; book and PDF before the workshop is frozen."""
    pages = readings(workshop)
    book = {f"book {name}": text for name, text in book_readings(workshop, book_of(workshop)).items()}
    pdf = {f"pdf {name}": text for name, text in pdf_readings(pdf_of(workshop)).items()}
    return {**pages, **book, **pdf, **frozen_readings(workshop)}


def stations_of(workshop: HttpWorkshop) -> list[dict[str, object]]:
    return workshop.browser("max").get(workshop.url("workshops:result_json")).json()["stations"]


# --- two people -----------------------------------------------------------------------------------------------------

GLAD, SAD = six(9, 5, 8, 7, 9, 10, reason="Schön"), six(1, 9, 3, 2, 0, 1, reason="Zu laut")
TWO = {
    "of one mind": [[GLAD, GLAD, GLAD], [GLAD, GLAD, GLAD]],
    "divided": [[SAD, GLAD, SAD], [GLAD, SAD, None]],
    "hardly any answer": [[six(1, 9), LEFT_OUT, LEFT_OUT], [LEFT_OUT, {"importance": 10}, None]],
}


def test_what_two_people_answered_changes_nothing_anywhere():
    first, *others = [everything(full(f"zwei-{place}", answers)) for place, answers in enumerate(TWO.values())]

    for other in others:
        assert_alike(first, other)
    for name, text in first.items():
        assert "Zu laut" not in text, name


def test_the_files_of_two_people_hold_no_scale():
    workshop = full("zwei-dateien", TWO["divided"])

    for station in stations_of(workshop):
        assert (station["state"], station["scales"], station["n"]) == ("hidden", None, None)
    # No column of full mode is there, since no station shows one.
    assert {len(row) for row in export_of(workshop)} == {15}


# --- three people ---------------------------------------------------------------------------------------------------


def test_three_people_show_the_scales_everywhere():
    """The control: from three on the same readings do differ, each of them that shows results."""
    glad, sad = (full(f"drei-{name}", [[tap, tap, tap]] * 3) for name, tap in (("froh", GLAD), ("trist", SAD)))
    found, others = everything(glad), everything(sad)

    changed = different(found, others)
    for name in (
        "workshops:workshop_result max de",
        "workshops:result_svg max de",
        "workshops:workshop_projector mara de",
        "board stream",
        "room stream",
        "room de",
        "document",
        "baseline max",
        "result emil",
    ):
        assert name in changed, name
    for name in ("workshops:workshop_result max de", "room de", "room stream", "board stream", "baseline max"):
        assert "9,0" in found[name], name
        assert "1,0" in others[name], name
    assert "Lücke +4,0" in found["room de"]
    assert "wichtig und schwach" in others["workshops:workshop_result max de"]
    (station, *_rest) = stations_of(glad)
    assert station["scales"]["experience"]["mean"] == 9.0
    assert (station["scales"]["gap"], station["scales"]["leverage"]) == (4.0, 8.67)
    assert export_of(glad)[0][15:27] == [
        *("9,00", "9,00", "9,00", "9,00", "5,00", "4,00", "8,00", "7,00", "9,00", "10,00", "8,67"),
        "wichtig und stark",
    ]


def test_the_pdf_of_three_people_says_the_scales():
    text = pdf_readings(pdf_of(full("drei-pdf", [[GLAD, SAD, GLAD]] * 3)))["text"]

    for words in ("Was wichtig ist und wie wir dort dastehen", "erwartet 9,0, erlebt 1,0 (−8,0)", "8,7", "9,0–9,0"):
        assert words in text, words


# --- twelve people --------------------------------------------------------------------------------------------------


def twelve(hidden: list[dict[str, object]], importance: list[int], purchase: list[int]) -> list[list[object]]:
    """Twelve people. Few rate the second station; few say how important the third is, or what it does for buying."""
    rows: list[list[object]] = []
    for person in range(12):
        open_scales = six((3, 5, 8)[person % 3], 6)
        open_scales |= {"repurchase": 4, "recommendation": (2, 9)[person % 2]}
        if person < len(importance):
            open_scales["importance"] = importance[person]
        if person < len(purchase):
            open_scales["purchase"] = purchase[person]
        rows.append(
            [
                six(7, 8, 9, 5, 5, 5),
                hidden[person] if person < len(hidden) else None,
                open_scales,
                six(4, 8, 2, 1, 1, 1),
            ]
        )
    return rows


HIDDEN = {
    "one each": twelve([six(10, 0, 10, 10, 10, 10)], [10], [0]),
    "two each": twelve([six(0, 10, 0, 0, 0, 0, reason="Verpetzt"), six(1, 1)], [0, 3], [10, 10]),
    "none of the scales": twelve([six(5), six(6, 2, 4)], [], []),
}


def test_what_one_or_two_answered_among_twelve_changes_nothing_anywhere():
    workshops = [full(f"zwoelf-{place}", answers) for place, answers in enumerate(HIDDEN.values())]
    documents = [stations_of(workshop) for workshop in workshops]
    first, *others = [everything(workshop) for workshop in workshops]

    for other in others:
        assert_alike(first, other)
    assert "Station 3" in first["pdf text"]
    for _shown, hidden, partly, _last in documents:
        assert (hidden["state"], hidden["scales"]) == ("hidden", None)
        assert partly["state"] == "shown"
        shown = {name for name, value in partly["scales"].items() if value not in (None, False)}
        assert shown == {"experience", "expectation", "gap", "repurchase", "recommendation"}
        assert partly["scales"]["experience"]["n"] == 12


# --- before the reveal ----------------------------------------------------------------------------------------------


def test_before_reveal_no_scale_changes_what_anybody_else_reads():
    found = []
    for place, tap in enumerate((GLAD, SAD)):
        workshop = HttpWorkshop.begin(f"vorher-{place}", mode=Mode.FULL).enter(4).open().rate([[tap, tap, None]] * 4)
        late = workshop.phones[0]
        workshop.phones.insert(0, type(late)(late.join_code, "Spät").enter())
        without = ("workshops:result_export", "workshops:result_json", "workshops:result_svg")
        found.append(readings(workshop, without=without))

    assert_alike(*found)
