"""The main job in real browsers: from the set-up link to the PDF, with two consoles, a projector and three phones."""

import re
import subprocess

import pytest
from playwright.sync_api import Page, expect

from accounts.services.organisations import create_setup_link
from tests.e2e.rooms import DELIGHTING, DISAPPOINTING, OK, SKIP, OpenPage, Phone, ring

STATIONS = ("Suche im Netz", "Beratung", "Vertrag", "Lieferung", "Wartung")
# What each phone answers; "Vertrag" is rated by two only, so that it may show no figure anywhere.
ANSWERS = (
    (DELIGHTING, OK, DELIGHTING, DISAPPOINTING, DELIGHTING),
    (DELIGHTING, DISAPPOINTING, SKIP, DISAPPOINTING, OK),
    (OK, DELIGHTING, OK, DISAPPOINTING, DELIGHTING),
)
HIDDEN = "Vertrag"
VALUE = {DELIGHTING: 1, OK: 0, DISAPPOINTING: -1}


def counted() -> dict[str, tuple[int, int]]:
    """Station → n and balance, counted here from the taps."""
    found = {}
    for place, station in enumerate(STATIONS):
        values = [VALUE[person[place]] for person in ANSWERS if person[place] != SKIP]
        found[station] = (len(values), round(100 * sum(values) / len(values)))
    return found


def signed(value: int) -> str:
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def sign_up(page: Page, name: str, email: str) -> None:
    page.get_by_label("Ihr Name").fill(name)
    page.get_by_role("textbox", name="E-Mail-Adresse").fill(email)
    page.get_by_label("Passwort", exact=True).fill("eine lange Passphrase")
    page.get_by_role("button", name="Konto anlegen").click()


def found_organisation(page: Page) -> None:
    """From the printed link to an organisation of one's own."""
    page.goto("/setup/" + create_setup_link().rstrip("/").rsplit("/", 1)[1] + "/")
    sign_up(page, "Grete Gründerin", "grete@example.org")
    page.get_by_label("Name", exact=True).fill("Grünes Haus")
    page.get_by_role("button", name="Organisation anlegen").click()
    page.wait_for_url("**/o/gruenes-haus/")


def invite(page: Page, email: str, role: str) -> str:
    """Return the one-time link that the owner hands over."""
    page.goto("/o/gruenes-haus/members/")
    page.get_by_role("textbox", name="E-Mail-Adresse").fill(email)
    page.get_by_label("Rolle").select_option(role)
    page.get_by_role("button", name="Einladen").click()
    return page.get_by_label("Einmal-Link").input_value()


def accept(page: Page, link: str, name: str, email: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="Konto anlegen").click()
    sign_up(page, name, email)
    page.get_by_role("button", name="Einladung annehmen").click()
    page.wait_for_url("**/o/gruenes-haus/")


def lay_out_journey(page: Page) -> None:
    """Persona, journey, and the stations typed into the board's columns."""
    page.goto("/o/gruenes-haus/personas/new/")
    page.get_by_label("Name", exact=True).fill("Sabine Krüger")
    page.get_by_role("button", name="Speichern").click()
    page.goto("/o/gruenes-haus/journeys/new/")
    page.get_by_label("Name", exact=True).fill("Der Weg zur Wartung")
    page.get_by_role("button", name="Weiter: Stationen setzen").click()
    phases = ("Influencing (davor)", "Presales", "Kauf", "Kauf", "Loyalty")
    for station, phase in zip(STATIONS, phases, strict=True):
        field = page.get_by_label(f"Touchpoint in {phase} hinzufügen")
        field.fill(station)
        field.press("Enter")
        expect(page.locator("#board h3").filter(has_text=station)).to_be_visible()


def plan_workshop(page: Page) -> str:
    """Plan it with the suggested title and time; return the join code from the poster."""
    page.get_by_role("link", name="Weiter: Workshop planen").click()
    page.get_by_role("button", name="Workshop planen").click()
    page.get_by_role("link", name="Plakat").click()
    return page.locator(".join-code").inner_text().replace(" ", "").replace("\xa0", "")


@pytest.mark.timeout(300)
def test_the_main_job_from_the_set_up_link_to_the_pdf(open_page: OpenPage, worker, tmp_path) -> None:
    first, second, member_page = open_page(), open_page(), open_page(phone=True)
    found_organisation(first)
    accept(second, invite(first, "otto@example.org", "moderator"), "Otto Zweiter", "otto@example.org")
    accept(member_page, invite(first, "emil@example.org", "employee"), "Emil Vogt", "emil@example.org")
    lay_out_journey(first)
    code = plan_workshop(first)

    # The room fills.
    first.get_by_role("link", name="Zur Konsole").click()
    second.goto(first.url)
    with first.expect_popup() as popup:
        first.get_by_role("link", name="Beamer-Ansicht öffnen").click()
    projector = popup.value
    boards = (first, second, projector)
    phones = (
        Phone(member_page),
        Phone(open_page(phone=True)),
        Phone(open_page(phone=True, locale="en-GB", color_scheme="dark"), english=True),
    )
    member_page.goto(f"/{code}")
    member_page.get_by_role("button", name="Als Emil Vogt teilnehmen").click()
    phones[1].join(code.lower(), "Gisela")
    phones[2].join(code)
    for phone in phones:
        phone.sees("Du bist dabei.", "You are in.")
    for board in boards:
        expect(ring(board)).to_contain_text("3")
    expect(first.locator("#console-people")).to_contain_text("Gisela")
    expect(projector.get_by_text("Gisela")).to_have_count(0)

    # Open: the cards come by themselves, and the clock runs everywhere.
    first.get_by_role("button", name="Bewerten starten").click()
    for phone in phones:
        phone.sees(STATIONS[0], STATIONS[0])
        expect(phone.page.get_by_role("timer")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    for board in boards:
        expect_ring(board, 0)
        expect(board.locator("time.timer")).to_have_text(re.compile(r"^\d\d:\d\d$"))

    # Back and change, a reason, "cannot judge".
    emil = phones[0]
    emil.tap(STATIONS[0], DISAPPOINTING)
    emil.next()
    emil.page.get_by_role("button", name="Zurück").locator("visible=true").click()
    emil.tap(STATIONS[0], DELIGHTING)
    emil.card(STATIONS[0]).get_by_label("Warum vor allem?").fill("Man findet uns sofort.")
    emil.next()
    for place, station in enumerate(STATIONS[1:], 1):
        emil.tap(station, ANSWERS[0][place])
        emil.next()
    emil.sees("Fertig, danke.")
    for board in boards:
        expect_ring(board, 1)

    # Pause and go on, and a minute more, steered by the second console after it took over.
    first.get_by_role("button", name="Pause").click()
    for phone in phones:
        phone.sees("Kurze Pause", "A short pause")
    expect(projector.get_by_text("Wir machen Pause.")).to_be_visible()
    expect(second.get_by_role("button", name="Weiter bewerten")).to_have_count(0)
    second.get_by_role("button", name="Übernehmen").click()
    expect(first.get_by_role("button", name="Übernehmen")).to_be_visible()
    expect(first.get_by_text("Gerade steuert Otto Zweiter.")).to_be_visible()
    second.get_by_role("button", name="Weiter bewerten").click()
    phones[1].sees(STATIONS[0])
    # A tap on a picture that is out of date adds nothing; the console has to show that it goes on.
    expect(second.get_by_role("button", name="Pause")).to_be_visible()
    before = ends_at(second)
    second.get_by_role("button", name="+1 Min").click()
    for board in boards:
        expect(board.locator("time.timer")).to_have_attribute("data-ends-at", str(before + 60))

    for number in (1, 2):
        phones[number].rate_all(dict(zip(STATIONS, ANSWERS[number], strict=True)))
        phones[number].sees("Fertig, danke.", "Done, thank you.")
        for board in boards:
            expect_ring(board, number + 1)

    # Nothing is shown before the reveal; its one question; then everything everywhere, without a reload.
    pages = (*boards, *(phone.page for phone in phones))
    for page in pages:
        page.evaluate("window.sameDocument = true")
        expect(page.locator(".curve__plot")).to_have_count(0)
    second.get_by_role("link", name="Aufdecken").click()
    question = second.get_by_role("dialog")
    expect(question).to_contain_text("Alle sind fertig.")
    question.get_by_role("button", name="Aufdecken").click()
    for page in (first, second):
        expect(page.get_by_role("heading", name="Darüber sprechen wir zuerst")).to_be_visible()
    expect(projector.locator("svg.curve__plot")).to_be_visible()
    for phone in phones:
        phone.sees("Das Ergebnis", "The result")
        expect(phone.page.locator("svg.curve__plot")).to_be_visible()
        assert_rows_of_the_phone(phone)
    for page in (first, projector, *(phone.page for phone in phones)):
        assert page.evaluate("window.sameDocument") is True

    # The result page, the frozen Ist, the report.
    second.get_by_role("link", name="Zum Ergebnis").click()
    assert_table_of_the_result(second)
    second.get_by_role("link", name="Ist festhalten").click()
    second.get_by_role("button", name="Ist festhalten").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Der Weg zur Wartung")
    phones[1].sees("Der Workshop ist beendet. Danke!")
    assert_pdf(second, tmp_path)


def expect_ring(board: Page, finished: int) -> None:
    expect(ring(board).get_by_role("img", name=f"{finished} von 3 fertig")).to_be_visible()


def ends_at(page: Page) -> int:
    """The end of the block in seconds since 1970; what is left as minutes may change while one looks."""
    return int(page.locator("time.timer").get_attribute("data-ends-at") or 0)


def assert_rows_of_the_phone(phone: Phone) -> None:
    """Each station with its balance, none at the one with two raters, and the own answer beside it."""
    for station, (n, balance) in counted().items():
        row = phone.page.locator(".result-row").filter(has_text=station)
        expect(row).to_have_count(1)
        figure = row.locator(".result-row__figures strong")
        if n < 3:
            expect(figure).to_have_count(0)
        else:
            expect(figure).to_have_text(signed(balance))


def assert_table_of_the_result(page: Page) -> None:
    page.get_by_text("Alle Stationen als Tabelle").click()
    for station, (n, balance) in counted().items():
        row = page.locator("#station-table tbody tr").filter(has_text=station)
        cells = " ".join(row.inner_text().split())
        if n < 3:
            assert not re.search(r"[+−]\d|\bn = \d", cells), cells
        else:
            assert signed(balance) in cells, cells
            assert re.search(rf"\b{n}\b", cells), cells


def assert_pdf(page: Page, folder) -> None:
    """Ask for the report, wait for it, and read every figure back from its text."""
    page.get_by_role("button", name=re.compile("^PDF-Bericht")).click()
    page.wait_for_url("**/reports/*/")
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name="Bericht herunterladen").click(timeout=60_000)
    file = folder / "report.pdf"
    download.value.save_as(file)
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True).stdout
    for station, (n, balance) in counted().items():
        rows = table_rows(text, station)
        assert rows, f"{station} stands in no table"
        for row in rows:
            if n < 3:
                assert not re.search(r"[+−]\d", row), row
            else:
                assert re.search(rf"{re.escape(signed(balance))}\s.*\s{n}\s*$", row), row


def table_rows(text: str, station: str) -> list[str]:
    """The lines of the tables by phase and of the talk list: number and name in columns, then the figures."""
    return [line for line in text.splitlines() if re.match(rf"\s*\d+\s{{2,}}{re.escape(station)}\s", line)]
