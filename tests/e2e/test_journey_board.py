"""The journey board in real browsers: mouse, finger, keyboard, and two people at once."""

import pytest
from django.urls import reverse
from django_scopes import scopes_disabled
from playwright.sync_api import Locator, Page, expect

from accounts.models import Membership, Organisation
from journeys.models import Journey, Station
from tests.e2e.conftest import OpenPage
from tests.factories import JourneyFactory, StationFactory, TouchpointFactory

pytestmark = pytest.mark.e2e

PATH = [("Suche", "IB"), ("Forum", "IB"), ("Website", "PS"), ("Messe", "PS"), ("Angebot", "PU"), ("Rechnung", "PU")]


@pytest.fixture
def journey(site: str, organisation: Organisation) -> Journey:
    journey = JourneyFactory(organisation=organisation, name="Der Weg zur Arbeit")
    for position, (name, phase) in enumerate(PATH):
        touchpoint = TouchpointFactory(organisation=organisation, name=name, phase=phase, position=position)
        StationFactory(journey=journey, touchpoint=touchpoint, position=position)
    return journey


def address(journey: Journey) -> str:
    return reverse("journeys:journey_board", args=[journey.organisation.slug, journey.code])


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


def middle(locator: Locator, share: float = 0.5) -> tuple[float, float]:
    """Return a point on the element, at ``share`` of its height."""
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 3, box["y"] + box["height"] * share


def test_drag_by_mouse_inside_a_column_and_into_another(
    journey: Journey, mara: Membership, open_page: OpenPage
) -> None:
    page = open_page(address(journey), mara)

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


def test_drag_that_is_broken_off_changes_nothing(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara)

    page.mouse.move(*middle(card(page, "Suche"), 0.9))
    page.mouse.down()
    page.mouse.move(*middle(card(page, "Rechnung"), 0.9), steps=8)
    page.keyboard.press("Escape")
    page.mouse.up()

    expect_path(page, [name for name, _ in PATH])


def test_click_on_a_name_still_opens_it(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara)

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


PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize(("part", "hold"), [(".board__handle", 0), (".board__number", 600)], ids=["handle", "hold"])
def test_drag_by_finger(journey: Journey, mara: Membership, open_page: OpenPage, part: str, hold: int) -> None:
    page = open_page(address(journey), mara, **PHONE)
    card(page, "Suche").scroll_into_view_if_needed()

    Finger(page).drag(middle(card(page, "Suche").locator(part)), middle(card(page, "Forum"), 0.9), hold)

    expect_path(page, ["Forum", "Suche", "Website", "Messe", "Angebot", "Rechnung"])


def test_finger_that_does_not_rest_scrolls(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara, **PHONE)
    card(page, "Forum").scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    start = middle(card(page, "Forum"), 0.5)

    Finger(page).drag(start, (start[0], start[1] - 250), hold=0)

    page.wait_for_function("before => window.scrollY > before + 50", arg=before)
    expect_path(page, [name for name, _ in PATH])


def test_move_by_keyboard_is_announced(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara)
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


def test_escape_puts_a_station_back(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara)
    card(page, "Website").locator(".board__handle").focus()

    for key in ("Enter", "ArrowRight", "ArrowDown", "Escape"):
        page.keyboard.press(key)

    expect(page.locator("#board-voice")).to_have_text("„Website“ ist wieder, wo sie war.")
    expect_path(page, [name for name, _ in PATH])


def test_move_by_menu_step_by_step(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara)
    card(page, "Messe").locator("summary").press("Enter")

    card(page, "Messe").get_by_role("button", name="Eins nach oben").press("Enter")

    expect_path(page, ["Suche", "Forum", "Messe", "Website", "Angebot", "Rechnung"])
    expect(card(page, "Messe").locator("details")).to_have_attribute("open", "")


def test_without_scripts_the_board_works(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara, java_script_enabled=False)

    page.get_by_role("textbox", name="Touchpoint in Loyalty hinzufügen").fill("Dank")
    page.get_by_role("textbox", name="Touchpoint in Loyalty hinzufügen").press("Enter")
    expect(page.locator("#board .board__station h3")).to_have_count(7)
    card(page, "Dank").locator("summary").click()
    card(page, "Dank").get_by_role("button", name="Von der Journey nehmen").click()
    page.get_by_role("button", name="Rückgängig machen").click()

    expect_path(page, [*(name for name, _ in PATH), "Dank"])


def test_quick_add_goes_as_fast_as_one_types(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara)
    page.get_by_role("textbox", name="Touchpoint in Loyalty hinzufügen").focus()

    for name in ("Dank", "Hotline", "Club"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")

    expect_path(page, [*(name for name, _ in PATH), "Dank", "Hotline", "Club"])


def test_two_browsers_see_each_other(
    journey: Journey, mara: Membership, olga: Membership, emil: Membership, open_page: OpenPage
) -> None:
    hers, theirs, readers = (open_page(address(journey), member) for member in (mara, olga, emil))
    theirs.get_by_role("textbox", name="Touchpoint in Loyalty hinzufügen").fill("noch nicht fertig")

    hers.get_by_role("textbox", name="Touchpoint in Purchase hinzufügen").or_(
        hers.get_by_role("textbox", name="Touchpoint in Kauf hinzufügen")
    ).fill("Lieferung")
    hers.keyboard.press("Enter")

    expected = [*(name for name, _ in PATH), "Lieferung"]
    for page in (theirs, readers, hers):
        expect_path(page, expected)
    expect(theirs.get_by_role("textbox", name="Touchpoint in Loyalty hinzufügen")).to_have_value("noch nicht fertig")
    expect(readers.locator(".board__handle")).to_have_count(0)


def test_two_browsers_write_about_one_station(
    journey: Journey, mara: Membership, olga: Membership, open_page: OpenPage
) -> None:
    pages = [open_page(address(journey), member) for member in (mara, olga)]
    for page, words in zip(pages, ("Maras Satz", "Olgas Satz"), strict=True):
        page.get_by_role("link", name="Website").click()
        page.get_by_label("Was der Kunde erwartet").fill(words)

    for page in pages:
        page.get_by_role("button", name="Speichern", exact=True).click()

    expect(pages[0].get_by_role("dialog")).to_be_hidden()
    expect(pages[1].get_by_role("alert")).to_contain_text("Maras Satz")
    expect(pages[1].get_by_label("Was der Kunde erwartet")).to_have_value("Olgas Satz")


def test_what_was_typed_is_not_lost_by_escape(journey: Journey, mara: Membership, open_page: OpenPage) -> None:
    page = open_page(address(journey), mara)
    page.get_by_role("link", name="Website").click()
    page.get_by_label("Was der Kunde erwartet").fill("Ruhe")

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_text("Was Sie geschrieben haben, ist noch nicht gespeichert.")).to_be_visible()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(card(page, "Website")).to_contain_text("1 von 3 beschrieben")
