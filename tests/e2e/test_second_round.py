"""A second round in real browsers: a console, a projector and three phones, from the first reveal to both results."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from tests.e2e.rooms import DELIGHTING, DISAPPOINTING, OK, SKIP, OpenPage, Phone, console_path, planned
from workshops.models import Activity, Workshop

FIRST = {"Anzeige im Netz": OK, "Beratung am Telefon": DISAPPOINTING, "Vertrag": OK, "Wartung": DELIGHTING}
SECOND = {"Anzeige im Netz": OK, "Beratung am Telefon": DELIGHTING, "Vertrag": SKIP, "Wartung": DISAPPOINTING}


def reveal(console: Page, workshop: Workshop, number: int) -> None:
    """Ask, wait for the question about this round, and answer it."""
    with member_scope(workshop.organisation):
        code = Activity.objects.get(workshop=workshop, round=number).code
    console.get_by_role("link", name="Aufdecken").click()
    question = console.locator(f'#reveal-question[action*="{code}"]')
    question.get_by_role("button", name="Aufdecken").click()


def start_round(console: Page) -> None:
    """Ask, and say yes."""
    console.get_by_role("link", name="Zweite Runde").click()
    console.get_by_role("dialog").get_by_role("button", name="Runde starten").click()


@pytest.mark.timeout(240)
def test_a_second_round_beside_the_first(open_page: OpenPage, mara: Membership, max: Membership) -> None:
    workshop = planned(mara)
    console, projector = open_page(mara), open_page(mara)
    console.goto(console_path(workshop))
    projector.goto(console_path(workshop).replace("/console/", "/projector/"))
    phones = [Phone(open_page(phone=True)), Phone(open_page(phone=True, color_scheme="dark")),
              Phone(open_page(phone=True, locale="en-GB"), english=True)]  # fmt: skip
    for phone in phones:
        phone.join(workshop.join_code)

    console.get_by_role("button", name="Bewerten starten").click()
    for phone in phones:
        phone.rate_all(FIRST)
    reveal(console, workshop, 1)
    for phone in phones:
        phone.sees("Das Ergebnis", "The result")

    # Started by a slip and taken back before three have rated: everybody sees the first result again, live.
    start_round(console)
    for phone in phones:
        phone.sees("Anzeige im Netz", "Anzeige im Netz")
    console.get_by_role("link", name="Runde verwerfen").click()
    console.locator("#round-dialog").get_by_role("button", name="Runde verwerfen").click()
    expect(console.get_by_role("link", name="Zweite Runde")).to_be_visible()
    for phone in phones:
        phone.sees("Das Ergebnis", "The result")
    expect(projector.locator(".board-stage__curve")).to_be_visible()

    # One button and one question; everybody starts blank.
    start_round(console)
    expect(console.get_by_role("heading", name="Alle Stationen · Runde 2")).to_be_visible()
    expect(projector.get_by_role("heading", name="Alle Stationen · Runde 2")).to_be_visible()
    for phone in phones:
        phone.sees("Anzeige im Netz", "Anzeige im Netz")
        expect(phone.page.locator('[aria-pressed="true"]')).to_have_count(0)
        expect(phone.page.get_by_text(phone.say("Runde 2", "Round 2")).locator("visible=true")).to_have_count(1)
        phone.rate_all(SECOND)
    reveal(console, workshop, 2)

    # Both rounds on every phone, and what moved.
    for phone in phones:
        phone.sees("Das Ergebnis", "The result")
        rows = phone.page.locator(".result-row")
        word = phone.say("Runde 1", "Round 1")
        expect(rows.nth(0)).to_contain_text(f"{word}: 0 (n = 3) · {phone.say('unverändert', 'unchanged')}")
        expect(rows.nth(1)).to_contain_text(f"{word}: −100 (n = 3) · ▲ +200")
        expect(rows.nth(2)).to_contain_text(f"{word}: 0 (n = 3)")
        expect(rows.nth(2)).not_to_contain_text("unverändert")
        expect(rows.nth(3)).to_contain_text(f"{word}: +100 (n = 3) · ▼ −200")

    # The projector says first what moved most.
    moved = projector.locator(".board-stage__talk li")
    expect(moved).to_have_text([re.compile(r"2\. Beratung am Telefon\s*▲ \+200"), re.compile(r"4\. Wartung\s*▼ −200")])
    expect(projector.locator(".board-stage__curve")).to_contain_text("Runde 1")

    # The result: round beside round, and the first one as it was.
    reader = open_page(max)
    reader.goto(console_path(workshop).replace("/console/", "/result/"))
    table = reader.get_by_role("region", name="Runde neben Runde")
    expect(table.get_by_role("row").nth(2)).to_contain_text(
        re.compile(r"−100\s*n\s=\s3.*\+100\s*n\s=\s3.*▲ \+200", re.S)
    )
    table.get_by_role("link", name="Runde 1").click()
    expect(reader.get_by_text("Sie sehen das Ergebnis nach Runde 1.")).to_be_visible()
    expect(reader.get_by_role("region", name="Runde neben Runde")).to_have_count(0)
    reader.get_by_role("link", name="Zur letzten Runde").click()
    expect(reader.get_by_role("region", name="Runde neben Runde")).to_be_visible()
