"""The main job without a mouse: Tab, Enter, Space and Escape, with a focus that can be seen wherever it goes."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Locator, Page, expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from tests.e2e.rooms import DELIGHTING, DISAPPOINTING, OK, PATH, OpenPage, Phone, console_path, planned, running
from tests.workshops.support import make_room
from workshops.enums import Drawer

STATIONS = ("Suche im Netz", "Beratung", "Vertrag")
MOST_STOPS = 80
# Asked at once: between two questions the stream may put a fresh element in the place of the one asked about.
FOCUS = """element => {
  if (element !== document.activeElement) return "elsewhere";
  const style = getComputedStyle(element);
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return element.matches(":focus-visible") && (drawn || style.boxShadow !== "none") ? "shown" : "unseen";
}"""


@dataclass
class Keyboard:
    """Somebody who has no mouse."""

    page: Page

    def to(self, target: Locator) -> None:
        """Press Tab until ``target`` has the focus, and see that it shows it."""
        expect(target).to_be_visible()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if (focus := target.evaluate(FOCUS)) != "elsewhere":
                assert focus == "shown", "nobody sees that it has the focus"
                return
        raise AssertionError(f"{target} cannot be reached by Tab")

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.to(target)
        self.page.keyboard.press(key)

    def type(self, target: Locator, text: str) -> None:
        self.to(target)
        self.page.keyboard.type(text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)


def log_in(keys: Keyboard, member: Membership, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the server checks it for real
    member.user.set_password("eine lange Passphrase")
    member.user.save()
    keys.page.goto("/")
    keys.press(keys.link("Anmelden"))
    keys.type(keys.page.get_by_label("E-Mail-Adresse"), member.user.email)
    keys.type(keys.page.get_by_label("Passwort"), "eine lange Passphrase")
    keys.page.keyboard.press("Enter")
    keys.page.wait_for_url("**/o/regio-bahn/")


def describe_persona_and_begin(keys: Keyboard) -> None:
    keys.press(keys.link("Journeys"))
    keys.press(keys.link("Personas"))
    keys.press(keys.link("Erste Persona beschreiben"))
    keys.type(keys.page.get_by_label("Name", exact=True), "Sabine Krüger")
    keys.press(keys.button("Speichern"))
    keys.press(keys.link("Journeys"))
    keys.press(keys.link("Erste Journey beginnen"))
    keys.type(keys.page.get_by_label("Name", exact=True), "Der Weg zum Vertrag")
    keys.press(keys.button("Weiter: Stationen setzen"))


def lay_out_and_plan(keys: Keyboard) -> None:
    for number, station in enumerate(STATIONS, 1):
        field = keys.page.get_by_label("Touchpoint in Presales hinzufügen")
        if number == 1:
            keys.to(field)  # and stays there, so that names can be typed one after another
        keys.page.keyboard.type(station)
        keys.page.keyboard.press("Enter")
        expect(keys.page.locator("#board .board__station")).to_have_count(number)
        expect(field).to_be_focused()
    handle = keys.page.get_by_role("button", name="„Vertrag“ verschieben")
    keys.page.keyboard.press("Shift+Tab")  # what was just added stands before its field
    keys.press(handle, "Space")
    keys.page.keyboard.press("ArrowRight")
    keys.page.keyboard.press("Space")
    expect(keys.page.locator("#board-list-pu h3")).to_have_text("Vertrag")
    keys.press(keys.link("Weiter: Workshop planen"))
    keys.press(keys.button("Workshop planen"))
    keys.press(keys.link("Zur Konsole"))


def rate_by_keyboard(keys: Keyboard, code: str) -> Phone:
    """Join and answer every station; the last one is reached and changed by going back."""
    phone = Phone(keys.page)
    keys.page.goto(f"/{code}")
    keys.press(keys.button("Ohne Namen teilnehmen"))
    for number, station in enumerate(STATIONS):
        expect(phone.card(station)).to_be_visible()
        keys.press(phone.answer(station, OK if number else DISAPPOINTING), "Space")
        phone.expect_saved(station, OK if number else DISAPPOINTING)
        expect(phone.answer(station, OK if number else DISAPPOINTING)).to_be_focused()
        keys.press(phone.card(station).get_by_role("button", name=re.compile("^(Weiter|Übersicht)")))
    keys.press(keys.page.get_by_role("button", name=re.compile("^Suche im Netz")))
    keys.press(phone.answer(STATIONS[0], DELIGHTING))
    phone.expect_saved(STATIONS[0], DELIGHTING)
    return phone


@pytest.mark.timeout(240)
def test_main_job_by_keyboard_only(
    mara: Membership, open_page: OpenPage, settings: LazySettings, worker: None, tmp_path: Path
) -> None:
    keys = Keyboard(open_page())
    log_in(keys, mara, settings)
    describe_persona_and_begin(keys)
    lay_out_and_plan(keys)
    code = keys.page.locator(".join-code").inner_text().replace(" ", "").replace("\xa0", "")
    others = [Phone(open_page(phone=True)) for _ in range(2)]
    for phone in others:
        phone.join(code)
    expect(keys.page.locator("#board-count")).to_contain_text("2")

    keys.press(keys.button("Bewerten starten"))
    phones = [rate_by_keyboard(Keyboard(open_page()), code), *others]
    for phone in others:
        phone.rate_all(dict.fromkeys(STATIONS, DELIGHTING))

    reveal = keys.page.locator("#next-step")
    keys.press(reveal)
    question = keys.page.get_by_role("dialog")
    expect(question).to_contain_text("Alle sind fertig.")
    keys.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(reveal).to_be_focused()
    keys.page.keyboard.press("Enter")
    keys.press(question.get_by_role("button", name="Aufdecken"))

    expect(keys.page.get_by_role("heading", name="Darüber sprechen wir zuerst")).to_be_visible()
    for phone in phones:
        phone.sees("Das Ergebnis")
        balances = phone.page.locator(".result-row__figures strong")
        expect(balances).to_have_text(["+100", "+67", "+67"])
    freeze_and_report(keys, tmp_path / "bericht.pdf")


def freeze_and_report(keys: Keyboard, target: Path) -> None:
    """Record the Ist, and take its report along."""
    keys.press(keys.link("Ist festhalten"))
    keys.press(keys.button("Ist festhalten"))
    expect(keys.page.get_by_role("heading", level=1)).to_contain_text("Der Weg zum Vertrag")
    keys.press(keys.page.get_by_role("button", name=re.compile("^PDF-Bericht")))
    file = keys.page.get_by_role("link", name="Bericht herunterladen")
    expect(file).to_be_visible(timeout=60_000)
    with keys.page.expect_download() as download:
        keys.press(file)
    download.value.save_as(target)
    assert target.read_bytes().startswith(b"%PDF")


def test_a_table_and_a_second_round_by_keyboard_only(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara)
    keys = Keyboard(open_page(mara))
    keys.page.goto(console_path(workshop))

    keys.press(keys.link("Tisch erfassen"))
    keys.type(keys.page.get_by_label("Name des Tisches"), "Fenster")
    keys.type(keys.page.get_by_label("Personen am Tisch"), "4")
    group = keys.page.get_by_role("group", name=re.compile(PATH[0][0]))
    keys.type(group.get_by_label("okay"), "3")
    keys.type(group.get_by_label("begeisternd"), "1")
    keys.press(keys.button("Speichern, dann zur Konsole"))
    expect(keys.link("Fenster")).to_be_visible()

    keys.press(keys.page.locator("#next-step"))
    question = keys.page.get_by_role("dialog")
    expect(question).to_contain_text("Fenster (4 Personen)")
    keys.press(question.get_by_role("button", name="Aufdecken"))
    keys.press(keys.link("Zweite Runde …"))
    keys.press(question.get_by_role("button", name="Runde starten"))
    expect(keys.page.get_by_role("heading", name="Alle Stationen · Runde 2")).to_be_visible()


def test_a_block_in_advance_by_keyboard_only(mara: Membership, emil: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara)
    keys = Keyboard(open_page(mara))
    keys.page.goto(console_path(workshop))

    keys.press(keys.link("Im Voraus öffnen, mit einer Frist …"))
    keys.press(keys.button("Im Voraus öffnen"))
    expect(keys.page.get_by_text("im Voraus offen").first).to_be_visible()
    keys.press(keys.link("Einladen und erinnern"))
    reminded = keys.page.get_by_label("Emil")
    expect(reminded).to_be_checked()
    keys.press(reminded, "Space")
    expect(reminded).not_to_be_checked()
    keys.page.keyboard.press("Space")
    keys.press(keys.button("An die Angehakten senden"))
    expect(keys.page.get_by_text("1 Mail ist unterwegs.")).to_be_visible()

    keys.press(keys.link(workshop.title))
    keys.press(keys.button("Jetzt beenden"))
    expect(keys.page.get_by_text("Antworten werden nicht mehr angenommen.")).to_be_visible()


def test_the_filters_of_the_analysis_by_keyboard_only(mara: Membership, open_page: OpenPage) -> None:
    with member_scope(mara.organisation):
        room = make_room(mara.organisation, mara).open()
        room.answer([[Drawer.DELIGHTING, Drawer.OK, Drawer.OK]] * 3)
        room.reveal()
        for station, department in zip(room.stations, ("Marketing", "Vertrieb", ""), strict=True):
            station.department_name = department
            station.save(update_fields=["department_name"])
    keys = Keyboard(open_page(mara))
    keys.page.goto(console_path(room.workshop).replace("/console/", "/analysis/"))
    department = keys.page.get_by_label("Abteilung", exact=True)

    keys.to(department)
    keys.page.keyboard.type("Vert")
    expect(keys.page.get_by_text("1 von 3 Stationen.")).to_be_visible()
    expect(department).to_be_focused()
    keys.page.keyboard.press("Home")
    expect(keys.page.get_by_text("1 von 3 Stationen.")).to_have_count(0)
    expect(department).to_be_focused()
