"""How much it costs to see the first curve, counted by using it. docs/clicks.md names the same numbers."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import LazySettings
from playwright.sync_api import Locator, Page, expect

from accounts.services.organisations import create_setup_link
from reports.demo.loading import load_demo
from tests.e2e.rooms import DELIGHTING, DISAPPOINTING, OK, OpenPage, name_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "clicks.md"
ANSWERS = (DELIGHTING, OK, DISAPPOINTING)


@dataclass
class Costs:
    """Clicks, taps and typed fields; ticking a box is a click, and Enter is not used to save one."""

    clicks: int = 0
    fields: int = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def type(self, target: Locator, text: str) -> None:
        target.fill(text)
        self.fields += 1


class Uncounted(Costs):
    """The second and the third phone do the same as the first; they are not added up."""


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


def join(page: Page, code: str, costs: Costs) -> None:
    """The camera reads the code on the projector; nothing is typed."""
    page.goto(f"/{code}")
    costs.click(button(page, "Ohne Namen teilnehmen"))


def rate(page: Page, answer: str, costs: Costs) -> None:
    """Answer every station; behind the last one there is nothing left to tap."""
    cards = page.locator(".ballot__card[data-place]:not([data-place=overview])")
    expect(cards.first).to_be_visible()  # which, as every expectation, waits until the page has arrived whole
    count = cards.count()
    for number in range(count):
        costs.click(name_of(cards.nth(number), answer))
        expect(cards.nth(number).get_by_text("gespeichert ✓", exact=True)).to_be_visible()
        if number + 1 < count:
            costs.click(button(page, "Weiter"))


def run_the_room(console: Page, phones: list[Page], costs: Costs) -> None:
    """From the console's first look to the curve on all screens."""
    code = console.locator(".join-code").inner_text().replace(" ", "").replace("\xa0", "")
    for phone in phones:
        join(phone, code, costs if phone is phones[0] else Uncounted())
    expect(console.locator("#board-count")).to_contain_text("3")
    costs.click(button(console, "Bewerten starten"))
    for phone, answer in zip(phones, ANSWERS, strict=True):
        rate(phone, answer, costs if phone is phones[0] else Uncounted())
    costs.click(console.locator("#next-step"))
    costs.click(button(console.get_by_role("dialog").page, "Aufdecken"))
    for phone in phones:
        expect(phone.locator("svg.curve__plot")).to_be_visible()


def test_demo_costs_what_the_documentation_says(open_page: OpenPage, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the server checks it for real
    login = next(login for login in load_demo() if login.language == "de")
    page, costs = open_page(), Costs()

    page.goto("/")
    costs.click(link(page, "Anmelden"))
    costs.type(page.get_by_label("E-Mail-Adresse"), login.email)
    costs.type(page.get_by_label("Passwort"), login.password)
    costs.click(button(page, "Anmelden"))
    costs.click(link(page, "Zur Konsole"))
    run_the_room(page, [open_page(phone=True) for _ in range(3)], costs)

    assert costs == Costs(clicks=12, fields=2)
    assert documented("demo") == costs


def test_empty_organisation_costs_what_the_documentation_says(open_page: OpenPage) -> None:
    page, costs = open_page(), Costs()

    page.goto("/setup/" + create_setup_link().rstrip("/").rsplit("/", 1)[1] + "/")
    costs.type(page.get_by_label("Ihr Name"), "Grete Gründerin")
    costs.type(page.get_by_label("E-Mail-Adresse"), "grete@example.org")
    costs.type(page.get_by_label("Passwort"), "eine lange Passphrase")
    costs.click(button(page, "Konto anlegen"))
    costs.type(page.get_by_label("Name", exact=True), "Grünes Haus")
    costs.click(button(page, "Organisation anlegen"))
    costs.click(link(page, "Touchpoints auswählen"))
    phases = page.locator("fieldset.starter")
    expect(phases).to_have_count(5)  # all() would take those that have arrived
    for phase in phases.all():
        costs.click(phase.locator("input[name=entry]").first)
    costs.click(button(page, "In meinen Katalog übernehmen"))
    costs.click(link(page, "Journeys"))
    costs.click(link(page, "Erste Journey beginnen"))
    costs.type(page.get_by_label("Name", exact=True), "Der Weg zum Garten")
    costs.type(page.get_by_label("Persona"), "Petra")
    costs.click(button(page, "Weiter: Stationen setzen"))
    costs.click(page.get_by_role("button", name=re.compile("^Alle 5 Touchpoints des Katalogs")))
    costs.click(link(page, "Weiter: Workshop planen"))
    costs.click(button(page, "Workshop planen"))
    costs.click(link(page, "Zur Konsole"))
    run_the_room(page, [open_page(phone=True) for _ in range(3)], costs)

    assert costs == Costs(clicks=29, fields=6)
    assert documented("empty") == costs


def documented(path: str) -> Costs:
    """The numbers of the row of docs/clicks.md whose last cell says which test counts it."""
    row = re.search(rf"^\| .* \| (\d+) \| (\d+) \| .* \| `{path}` \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert row, f"docs/clicks.md has no row for {path}"
    return Costs(clicks=int(row[1]), fields=int(row[2]))
