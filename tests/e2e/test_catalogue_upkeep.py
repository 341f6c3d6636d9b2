"""A catalogue of 250 is put in order: many at once and two made one, by keyboard, on a phone, and seen by axe."""

import re

import pytest
from django_scopes import scopes_disabled
from playwright.sync_api import Page, expect

from accounts.models import Membership, Organisation
from tests.e2e.rooms import OpenPage
from tests.e2e.test_accessibility import LOOKS, violations
from tests.e2e.test_keyboard import Keyboard
from tests.factories import DepartmentFactory, JourneyFactory, StationFactory, TouchpointFactory
from touchpoints.models import Touchpoint

LIST = "/o/regio-bahn/touchpoints/"


@pytest.fixture
def many(transactional_db: None, organisation: Organisation) -> None:
    """A catalogue of 250 in two phases."""
    DepartmentFactory(organisation=organisation, name="Kundenservice")
    with scopes_disabled():
        Touchpoint.objects.bulk_create(
            Touchpoint(organisation=organisation, name=f"Punkt {n}", phase="PS" if n < 130 else "LO", position=n)
            for n in range(250)
        )


def stored(**lookup: object) -> int:
    with scopes_disabled():
        return Touchpoint.objects.filter(**lookup).count()


def tick(page: Page, name: str):
    return page.get_by_role("checkbox", name=f"„{name}“ ankreuzen", exact=True)


def test_bulk_edit_by_keyboard_only(open_page: OpenPage, mara: Membership, many: None) -> None:
    keys = Keyboard(open_page(mara))
    keys.page.goto(LIST)

    keys.press(tick(keys.page, "Punkt 0"), "Space")
    keys.press(tick(keys.page, "Punkt 1"), "Space")
    expect(keys.page.locator("[data-bulk-count]")).to_have_text("2 angekreuzt.")
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_role("heading", name="2 Touchpoints ändern")).to_be_visible()
    keys.to(keys.page.get_by_label("Online oder offline"))
    keys.page.keyboard.type("online")
    keys.to(keys.page.get_by_label("Abteilung oder Dienstleister"))
    keys.page.keyboard.type("Kunden")
    note = keys.page.locator("[data-bulk-summary]")
    expect(note).to_have_text("Ändert: Online oder offline, Abteilung oder Dienstleister.")
    keys.press(keys.button("2 Touchpoints ändern"))

    expect(keys.page.locator(".messages")).to_contain_text("2 Touchpoints wurden geändert")
    assert (stored(medium="online"), stored(department__name="Kundenservice")) == (2, 2)


def test_all_that_the_filter_shows_go_to_the_archive_on_a_phone(
    open_page: OpenPage, mara: Membership, many: None
) -> None:
    page = open_page(mara, phone=True)
    page.goto(LIST)
    page.get_by_label("Phase").nth(1).select_option("LO")
    expect(page.locator("#touchpoint-count")).to_contain_text("120 von 250")

    page.get_by_label("Alle hier gezeigten ankreuzen").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("120 angekreuzt.")
    tick(page, "Punkt 130").uncheck()
    expect(page.locator("[data-bulk-count]")).to_have_text("119 angekreuzt.")
    page.get_by_label("Alle hier gezeigten ankreuzen").check()
    page.get_by_label("Alle hier gezeigten ankreuzen").uncheck()
    page.get_by_role("button", name="Alle 120 ändern, die der Filter zeigt").click()
    page.get_by_label("Archiv").select_option("archive")
    page.get_by_role("button", name="120 Touchpoints ändern").click()

    expect(page.locator(".messages")).to_contain_text("120 Touchpoints wurden geändert: Archiv.")
    assert stored(archived_at__isnull=False) == 120
    page.get_by_role("link", name="Archiv 120").click()
    page.get_by_role("button", name=re.compile(r"^Zurückholen ?: Punkt 130$")).click()
    expect(page.locator(".messages")).to_contain_text("„Punkt 130“ ist wieder im Katalog.")
    assert stored(archived_at__isnull=False) == 119


def test_merge_by_keyboard_only(open_page: OpenPage, mara: Membership, organisation: Organisation) -> None:
    kept = TouchpointFactory(organisation=organisation, name="Newsletter", phase="LO")
    other = TouchpointFactory(organisation=organisation, name="News letter", phase="LO", description="Ich lese mit.")
    TouchpointFactory(organisation=organisation, name="Anruf", phase="LO")
    station = StationFactory(journey=JourneyFactory(organisation=organisation), touchpoint=other)
    keys = Keyboard(open_page(mara))
    keys.page.goto(LIST)

    keys.press(keys.link("Dubletten"))
    keys.press(keys.page.get_by_role("link", name="Die beiden vergleichen"))
    keys.press(keys.link("Andersherum"))
    name = keys.page.get_by_role("group", name="Name")
    keys.to(name.get_by_label("Newsletter", exact=True))
    keys.page.keyboard.press("ArrowRight")
    keys.press(keys.button("Die beiden zusammenführen"))

    expect(keys.page.locator(".messages")).to_contain_text("„News letter“ ist in „Newsletter“ aufgegangen")
    station.refresh_from_db()
    kept.refresh_from_db()
    assert (station.touchpoint_id, kept.name, kept.description) == (kept.pk, "News letter", "Ich lese mit.")
    keys.page.goto(f"{LIST}{kept.code}/")
    expect(keys.page.locator("#history ~ .history")).to_contain_text("mit einem anderen Touchpoint zusammengeführt")


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_axe_finds_nothing_on_forms_that_are_reached_by_a_button(
    open_page: OpenPage, mara: Membership, many: None, watch, subtests, locale, scheme
) -> None:
    watch.expected = ["409", "422"]
    page = open_page(mara, locale=locale, color_scheme=scheme)
    page.goto(LIST)
    with subtests.test("list with ticks"):
        page.locator("[data-bulk-all] input").check()
        assert violations(page) == []
    with subtests.test("form"):
        page.locator("[data-bulk-button]").click()
        page.locator("[name=save]").wait_for()
        assert violations(page) == []
    with subtests.test("nothing chosen"):
        page.locator("[name=save]").click()
        page.locator(".notice--error").wait_for()
        assert violations(page) == []
    with subtests.test("stale"):
        with scopes_disabled():
            Touchpoint.objects.filter(name="Punkt 7").update(version=2)
        page.locator("#bulk_phase").select_option("IA")
        page.locator("[name=save]").click()
        page.locator(".notice--warn").wait_for()
        assert violations(page) == []
        assert page.locator("#bulk_phase").input_value() == "IA"
