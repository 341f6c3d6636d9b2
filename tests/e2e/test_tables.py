"""A table without devices in real browsers: from the console to the revealed curve, with phones and a projector."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from tests.e2e.conftest import PHONE
from tests.e2e.rooms import DELIGHTING, DISAPPOINTING, OK, PATH, OpenPage, Phone, console_path, planned, ring, running
from tests.e2e.test_accessibility import violations
from workshops import services
from workshops.enums import Mode
from workshops.models import Activity

STATIONS = tuple(name for name, _phase in PATH)
# disappointing, OK, delighting, cannot judge; of five people at the table
TABLE = ((1, 1, 3, 0), (0, 5, 0, 0), (2, 0, 3, 0), (0, 0, 4, 1))
ANSWERS = (DISAPPOINTING, OK, DELIGHTING)


def count(page: Page, station: str, counts: tuple[int, ...]) -> None:
    """Type the four numbers of one station."""
    group = page.get_by_role("group", name=re.compile(re.escape(station)))
    for label, number in zip(("enttäuschend", "okay", "begeisternd", "Ohne Urteil"), counts, strict=True):
        group.get_by_label(label).fill(str(number))


@pytest.mark.timeout(240)
def test_two_phones_and_a_table_to_the_reveal(open_page: OpenPage, mara: Membership, watch) -> None:
    watch.expected = ["422"]
    workshop = running(mara)
    console = open_page(mara)
    console.goto(console_path(workshop))
    projector = open_page(mara)
    projector.goto(console_path(workshop).replace("console", "projector"))
    phones = [Phone(open_page(phone=True)) for _number in range(2)]
    for phone in phones:
        phone.join(workshop.join_code)
        phone.rate_all(dict.fromkeys(STATIONS, OK))
    for board in (console, projector):
        expect(ring(board).get_by_role("img", name="2 von 2 fertig")).to_be_visible()

    # A tablet beside the console: one station too many first.
    tablet = open_page(mara, viewport=PHONE)
    tablet.goto(console_path(workshop))
    tablet.get_by_role("link", name="Tisch erfassen").click()
    tablet.get_by_label("Name des Tisches").fill("Fenster")
    tablet.get_by_label("Personen am Tisch").fill("5")
    for station, counts in zip(STATIONS, TABLE, strict=True):
        count(tablet, station, counts)
    count(tablet, STATIONS[1], (2, 5, 0, 0))
    expect(tablet.get_by_text("2 zu viel")).to_be_visible()
    tablet.get_by_role("button", name="Speichern", exact=True).click()
    expect(tablet.get_by_text(f"„{STATIONS[1]}“: 7 Antworten bei 5 Personen am Tisch, also 2 zu viel.")).to_be_visible()
    assert violations(tablet) == []
    count(tablet, STATIONS[1], TABLE[1])
    expect(tablet.get_by_text("alle erfasst")).to_have_count(len(STATIONS))
    tablet.get_by_role("button", name="Speichern, dann zur Konsole").click()

    # It counts at once, on every board, without a reload.
    for board in (console, projector):
        expect(ring(board).get_by_role("img", name="7 von 7 fertig")).to_be_visible()
        expect(ring(board)).to_contain_text("5 Personen an Tischen mitgezählt")
    expect(console.get_by_role("link", name="Fenster")).to_be_visible()
    expect(console.get_by_text("vollständig, alle 4 Stationen")).to_be_visible()

    # Two phones would stand alone without the table: nothing is shown. A third one comes.
    third = Phone(open_page(phone=True))
    third.join(workshop.join_code)
    third.rate_all(dict.fromkeys(STATIONS, DELIGHTING))
    expect(ring(console).get_by_role("img", name="8 von 8 fertig")).to_be_visible()
    console.get_by_role("link", name="Aufdecken").click()
    question = console.get_by_role("dialog")
    expect(question).to_contain_text("Fenster (5 Personen): vollständig, alle 4 Stationen")
    question.get_by_role("button", name="Aufdecken").click()

    expect(projector.locator("svg.curve__plot")).to_be_visible()
    expect(projector.get_by_text("8 Personen haben bewertet, davon 5 am Tisch erfasst")).to_be_visible()
    for phone in (*phones, third):
        phone.sees("Das Ergebnis")
        expect(phone.page.get_by_text("Davon wurden 5 am Tisch erfasst.")).to_be_visible()
    expect(console.get_by_role("heading", name="Tische ohne Geräte")).to_have_count(0)
    console.get_by_role("link", name="Zum Ergebnis").click()
    expect(console.get_by_text(re.compile("8 Personen haben bewertet, davon 5 am Tisch erfasst"))).to_be_visible()
    console.get_by_text("Alle Stationen als Tabelle").click()
    assert [n_of(console, station) for station in STATIONS] == [
        "8 (davon 5 am Tisch erfasst)",
        "8 (davon 5 am Tisch erfasst)",
        "8 (davon 5 am Tisch erfasst)",
        "7",
    ]


def n_of(page: Page, station: str) -> str:
    """The cell with the number of raters."""
    row = page.locator("#station-table tbody tr").filter(has_text=station)
    return " ".join(row.locator("td.num").nth(2).inner_text().split())


@pytest.mark.timeout(120)
def test_two_phones_beside_a_table_show_nothing(open_page: OpenPage, mara: Membership, watch) -> None:
    workshop = running(mara)
    console = open_page(mara)
    console.goto(console_path(workshop))
    phones = [Phone(open_page(phone=True)) for _number in range(2)]
    for phone in phones:
        phone.join(workshop.join_code)
        phone.rate_all(dict.fromkeys(STATIONS, OK))
    console.get_by_role("link", name="Tisch erfassen").click()
    console.get_by_label("Personen am Tisch").fill("5")
    for station, counts in zip(STATIONS, TABLE, strict=True):
        count(console, station, counts)
    console.get_by_role("button", name="Speichern, dann zur Konsole").click()
    console.get_by_role("link", name="Aufdecken").click()
    console.get_by_role("dialog").get_by_role("button", name="Aufdecken").click()
    console.get_by_role("link", name="Zum Ergebnis").click()
    console.get_by_text("Alle Stationen als Tabelle").click()
    expect(console.locator("#station-table").get_by_text("unter 3 Bewertungen per Telefon")).to_have_count(
        len(STATIONS)
    )
    for phone in phones:
        phone.sees("Das Ergebnis")
        expect(phone.page.locator(".result-row__figures strong")).to_have_count(0)


@pytest.mark.timeout(120)
def test_a_table_in_full_mode(open_page: OpenPage, mara: Membership, watch) -> None:
    """One number per person and scale, typed as one pleases; what is wrong is named where it stands."""
    watch.expected = ["422"]
    workshop = planned(mara, PATH[:2])
    with member_scope(mara.organisation):
        block = Activity.objects.get(workshop=workshop)
        Activity.objects.filter(pk=block.pk).update(mode=Mode.FULL)
        services.open_activity(activity=block, by=mara)
    page = open_page(mara, viewport=PHONE, locale="en-GB", color_scheme="dark")
    page.goto(console_path(workshop))
    page.get_by_role("link", name="Enter a table").click()
    page.get_by_label("People at the table").fill("5")
    for station, _phase in PATH[:2]:
        group = page.get_by_role("group", name=re.compile(re.escape(station)))
        for scale in ("Experience", "Expectation", "Importance", "First purchase", "Repurchase", "Recommendation"):
            group.get_by_label(scale).fill("8 7,9 10 8")
    first = page.get_by_role("group", name=re.compile(re.escape(PATH[0][0])))
    first.get_by_label("Importance").fill("8 8 8 8 11")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(first.get_by_text("Importance: “11” is no number from 0 to 10.")).to_be_visible()
    assert violations(page) == []
    first.get_by_label("Importance").fill("8 8 8 8 10")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("all entered")).to_have_count(2)
    expect(first.get_by_label("Experience")).to_have_value("7 8 8 9 10")
