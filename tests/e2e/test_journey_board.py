"""The journey board in real browsers: mouse, finger, keyboard, and two people at once."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django_scopes import scopes_disabled
from playwright.sync_api import Locator, Page, expect

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from journeys.models import Journey, Station
from journeys.services.journeys import update_journey
from tests.e2e.conftest import Watch
from tests.factories import JourneyFactory, StationFactory, TouchpointFactory

OpenPage = Callable[..., Page]

PATH = [("Suche", "IB"), ("Forum", "IB"), ("Website", "PS"), ("Messe", "PS"), ("Angebot", "PU"), ("Rechnung", "PU")]


@pytest.fixture
def journey(transactional_db: None, organisation: Organisation) -> Journey:
    journey = JourneyFactory(organisation=organisation, name="Der Weg zur Arbeit")
    for position, (name, phase) in enumerate(PATH):
        touchpoint = TouchpointFactory(organisation=organisation, name=name, phase=phase, position=position)
        StationFactory(journey=journey, touchpoint=touchpoint, position=position)
    return journey


@pytest.fixture
def open_board(open_page: OpenPage, journey: Journey) -> OpenPage:
    """Return a function that opens the journey's board in a browser of its own."""

    def open_one(member: Membership, **options: object) -> Page:
        page = open_page(member, **options)
        page.goto(reverse("journeys:journey_board", args=[journey.organisation.slug, journey.code]))
        return page

    return open_one


def saved() -> list[str]:
    """Return the path as the database has it."""
    with scopes_disabled():
        return [station.touchpoint.name for station in Station.objects.select_related("touchpoint").in_order()]


def card(page: Page, name: str) -> Locator:
    return page.locator(f'.board__station[data-name="{name}"]:not(.board__ghost)')


def expect_path(page: Page, names: list[str]) -> None:
    """Wait until the board shows the path with its numbers, and compare with what is saved."""
    expect(page.locator("#board .board__station h3")).to_have_text(names)
    expect(page.locator("#board .board__number")).to_have_text([str(place + 1) for place in range(len(names))])
    assert saved() == names


def to_the_middle(locator: Locator) -> None:
    """Scroll the element to the middle of the window, where a drag does not scroll by itself."""
    locator.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")


def middle(locator: Locator, share: float = 0.5) -> tuple[float, float]:
    """Return a point on the element, at ``share`` of its height."""
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 3, box["y"] + box["height"] * share


def test_drag_by_mouse_inside_a_column_and_into_another(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)

    page.mouse.move(*middle(card(page, "Suche"), 0.9))
    page.mouse.down()
    page.mouse.move(*middle(card(page, "Forum"), 0.9), steps=8)
    page.mouse.up()
    expect_path(page, ["Forum", "Suche", "Website", "Messe", "Angebot", "Rechnung"])

    page.mouse.move(*middle(card(page, "Website").locator(".board__handle")))
    page.mouse.down()
    page.mouse.move(*middle(card(page, "Rechnung"), 0.1), steps=8)
    page.mouse.up()
    expect(page.locator("#board-note")).to_contain_text("„Website“ gehört jetzt zur Phase")
    expect_path(page, ["Forum", "Suche", "Messe", "Angebot", "Website", "Rechnung"])

    page.get_by_role("button", name="Rückgängig machen").click()
    expect_path(page, ["Forum", "Suche", "Website", "Messe", "Angebot", "Rechnung"])


def test_drag_that_is_broken_off_changes_nothing(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)

    page.mouse.move(*middle(card(page, "Suche"), 0.9))
    page.mouse.down()
    page.mouse.move(*middle(card(page, "Rechnung"), 0.9), steps=8)
    page.keyboard.press("Escape")
    page.mouse.up()

    expect_path(page, [name for name, _ in PATH])


def test_click_on_a_name_still_opens_it(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)

    page.get_by_role("link", name="Website").click()

    expect(page.get_by_role("dialog")).to_contain_text("Station 3 von 6")


class Finger:
    """One finger on the screen, through the browser's own protocol: Playwright can only tap."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *point: float) -> None:
        points = [{"x": point[0], "y": point[1]}] if point else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: tuple[float, float], end: tuple[float, float], hold: int) -> None:
        """Touch, wait ``hold`` milliseconds, move in ten steps, lift."""
        self.touch("touchStart", *start)
        self.page.wait_for_timeout(hold)
        for step in range(1, 11):
            self.touch("touchMove", *(a + (b - a) * step / 10 for a, b in zip(start, end, strict=True)))
            self.page.wait_for_timeout(20)
        self.touch("touchEnd")


@pytest.mark.parametrize(("part", "hold"), [(".board__handle", 0), (".board__number", 600)], ids=["handle", "hold"])
def test_drag_by_finger(mara: Membership, open_board: OpenPage, part: str, hold: int) -> None:
    page = open_board(mara, phone=True)
    to_the_middle(card(page, "Suche"))

    Finger(page).drag(middle(card(page, "Suche").locator(part)), middle(card(page, "Forum"), 0.9), hold)

    expect_path(page, ["Forum", "Suche", "Website", "Messe", "Angebot", "Rechnung"])


def test_finger_that_does_not_rest_scrolls(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara, phone=True)
    to_the_middle(card(page, "Forum"))
    before = page.evaluate("window.scrollY")
    start = middle(card(page, "Forum"), 0.5)

    Finger(page).drag(start, (start[0], start[1] - 250), hold=0)

    page.wait_for_function("before => window.scrollY > before + 50", arg=before)
    expect_path(page, [name for name, _ in PATH])


def test_move_by_keyboard_is_announced(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)
    voice = page.locator("#board-voice")
    card(page, "Website").locator(".board__handle").focus()

    page.keyboard.press("Space")
    expect(voice).to_have_text(
        "„Website“ ist aufgenommen. Pfeiltasten bewegen sie, die Leertaste legt sie ab, Escape legt sie zurück."
    )
    page.keyboard.press("ArrowDown")
    expect(voice).to_have_text("Presales, Platz 2 von 2.")
    page.keyboard.press("ArrowDown")
    expect(voice).to_have_text("Weiter geht es nicht.")
    page.keyboard.press("Space")
    expect(voice).to_have_text("„Website“ ist abgelegt: Presales, Platz 2 von 2.")

    expect_path(page, ["Suche", "Forum", "Messe", "Website", "Angebot", "Rechnung"])
    expect(card(page, "Website").locator(".board__handle")).to_be_focused()


def test_escape_puts_a_station_back(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)
    card(page, "Website").locator(".board__handle").focus()

    for key in ("Enter", "ArrowRight", "ArrowDown", "Escape"):
        page.keyboard.press(key)

    expect(page.locator("#board-voice")).to_have_text("„Website“ ist wieder, wo sie war.")
    expect_path(page, [name for name, _ in PATH])


def test_move_by_menu_step_by_step(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)
    card(page, "Messe").locator("summary").press("Enter")

    card(page, "Messe").get_by_role("button", name="Eins nach oben").press("Enter")

    expect_path(page, ["Suche", "Forum", "Messe", "Website", "Angebot", "Rechnung"])
    expect(card(page, "Messe").locator("details")).to_have_attribute("open", "")


def test_without_scripts_the_board_works(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara, java_script_enabled=False)

    page.get_by_label("Touchpoint in Loyalty hinzufügen").fill("Dank")
    page.get_by_label("Touchpoint in Loyalty hinzufügen").press("Enter")
    expect(page.locator("#board .board__station h3")).to_have_count(7)
    card(page, "Dank").locator("summary").click()
    card(page, "Dank").get_by_role("button", name="Von der Journey nehmen").click()
    page.get_by_role("button", name="Rückgängig machen").click()

    expect_path(page, [*(name for name, _ in PATH), "Dank"])


def test_quick_add_goes_as_fast_as_one_types(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)
    page.get_by_label("Touchpoint in Loyalty hinzufügen").focus()

    for name in ("Dank", "Hotline", "Club"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")

    expect_path(page, [*(name for name, _ in PATH), "Dank", "Hotline", "Club"])


def test_two_browsers_see_each_other(
    mara: Membership, olga: Membership, emil: Membership, open_board: OpenPage, journey: Journey
) -> None:
    hers, theirs, readers = (open_board(member) for member in (mara, olga, emil))
    theirs.get_by_label("Touchpoint in Loyalty hinzufügen").fill("noch nicht fertig")

    hers.get_by_label("Touchpoint in Kauf hinzufügen").fill("Lieferung")
    hers.keyboard.press("Enter")

    expected = [*(name for name, _ in PATH), "Lieferung"]
    for page in (theirs, readers, hers):
        expect_path(page, expected)
    expect(theirs.get_by_label("Touchpoint in Loyalty hinzufügen")).to_have_value("noch nicht fertig")
    expect(readers.locator(".board__handle")).to_have_count(0)

    with member_scope(mara.organisation):
        update_journey(journey=journey, version=1, by=mara, persona=journey.persona, name="Der Heimweg")
    for page in (theirs, readers, hers):
        expect(page.locator("h1")).to_have_text("Der Heimweg")
    expect(theirs.get_by_label("Touchpoint in Loyalty hinzufügen")).to_have_value("noch nicht fertig")


def test_two_browsers_write_about_one_station(
    mara: Membership, olga: Membership, open_board: OpenPage, watch: Watch
) -> None:
    watch.expected = ["status of 409"]
    pages = [open_board(member) for member in (mara, olga)]
    for page, words in zip(pages, ("Maras Satz", "Olgas Satz"), strict=True):
        page.get_by_role("link", name="Website").click()
        page.get_by_label("Was der Kunde erwartet").fill(words)

    for page in pages:
        page.get_by_role("button", name="Speichern", exact=True).click()

    expect(pages[0].get_by_role("dialog")).to_be_hidden()
    expect(pages[1].get_by_role("alert")).to_contain_text("Maras Satz")
    expect(pages[1].get_by_label("Was der Kunde erwartet")).to_have_value("Olgas Satz")


def test_what_was_typed_is_not_lost_by_escape(mara: Membership, open_board: OpenPage) -> None:
    page = open_board(mara)
    page.get_by_role("link", name="Website").click()
    page.get_by_label("Was der Kunde erwartet").fill("Ruhe")

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_text("Was Sie geschrieben haben, ist noch nicht gespeichert.")).to_be_visible()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(card(page, "Website")).to_contain_text("1 von 3 beschrieben")


def test_station_is_read_in_the_dialog_and_the_next_one_after_it(emil: Membership, open_board: OpenPage) -> None:
    with scopes_disabled():
        Station.objects.filter(touchpoint__name="Forum").update(expectation="Ehrliche Antworten")
    page = open_board(emil)
    dialog = page.locator("#station-dialog")

    page.get_by_role("link", name="Suche").press("Enter")
    expect(dialog.locator("#station-title")).to_be_focused()
    expect(dialog.locator("#station-title")).to_have_text("Suche")
    dialog.get_by_role("link", name="Nächste Station").press("Enter")

    expect(dialog.locator("#station-title")).to_have_text("Forum")
    expect(dialog).to_contain_text("Ehrliche Antworten")
    expect(dialog.locator("textarea")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Suche")).to_be_focused()


def test_station_is_read_without_scripts(emil: Membership, open_board: OpenPage) -> None:
    page = open_board(emil, java_script_enabled=False)

    page.get_by_role("link", name="Suche").click()
    page.get_by_role("link", name="Nächste Station").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Forum")
    page.get_by_role("link", name="Zurück zur Journey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Der Weg zur Arbeit")
