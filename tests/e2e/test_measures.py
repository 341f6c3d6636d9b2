"""From a bad rating to something done: planned on the desktop, done on a phone, seen after the purchase."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Membership, Organisation
from tests.e2e.conftest import PHONE
from tests.factories import MeasureFactory, MeasureTouchpointFactory, TouchpointFactory
from touchpoints.enums import Phase
from workshops.models import Measure

OpenPage = Callable[..., Page]
AFTER_SALES, LIST = "/o/regio-bahn/after-sales/", "/o/regio-bahn/measures/"


@pytest.fixture
def catalogue(transactional_db: None, organisation: Organisation) -> None:
    """250 touchpoints, one of them after the purchase."""
    TouchpointFactory.create_batch(249, organisation=organisation)
    TouchpointFactory(organisation=organisation, name="Störung am Wochenende", phase=Phase.LOYALTY)


@pytest.mark.usefixtures("catalogue")
def test_measure_is_planned_after_the_purchase_done_on_a_phone_and_counted(
    open_page: OpenPage, mara: Membership, emil: Membership
) -> None:
    desk = open_page(mara)
    desk.goto(AFTER_SALES)
    desk.get_by_role("link", name=re.compile("^Maßnahme planen")).click()

    ticked = desk.get_by_role("checkbox", name="Störung am Wochenende")
    expect(ticked).to_be_checked()
    desk.get_by_label("Was wird getan?").fill("Der Notruf schickt einen Monteur")
    desk.get_by_label("Enttäuschung beseitigen").check()
    desk.get_by_role("searchbox", name="Touchpoints durchsuchen").fill("wochenende")
    expect(desk.locator("#measure-touchpoints label:visible")).to_have_count(1)
    desk.get_by_label("Wer ist verantwortlich?").select_option("Emil")
    desk.locator("#id_due_on").fill("2040-12-31")
    desk.get_by_label("Wirkung").select_option("5, sehr hoch")
    desk.get_by_label("Aufwand").select_option("2, gering")
    desk.get_by_role("button", name="Maßnahme planen").click()

    expect(desk).to_have_url(re.compile(rf"{AFTER_SALES}#touchpoint-"))
    row = desk.get_by_role("row", name=re.compile("Störung am Wochenende"))
    expect(row).to_contain_text("Der Notruf schickt einen Monteur")
    expect(row).to_contain_text("Emil · bis 31.12.2040")
    expect(row).to_contain_text("Quick Win")

    phone = open_page(emil, phone=True)
    phone.goto("/o/regio-bahn/")
    phone.get_by_role("link", name="Der Notruf schickt einen Monteur").click()
    phone.get_by_role("button", name="Erledigt").click()
    expect(phone.get_by_role("button", name="Erledigt")).to_have_attribute("aria-pressed", "true")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    desk.reload()
    expect(row).to_contain_text("1 Maßnahme ist erledigt")
    expect(row).not_to_contain_text("Der Notruf schickt einen Monteur")
    desk.goto(LIST)
    expect(desk.locator("#measure-progress")).to_contain_text("1 von 1 Quick Win ist erledigt")


def test_one_tap_in_the_list_moves_the_progress_and_is_taken_back(
    open_page: OpenPage, transactional_db: None, organisation: Organisation, mara: Membership
) -> None:
    measure = MeasureFactory(organisation=organisation, title="Rückruf", effort=1, impact=5)
    page = open_page(mara, viewport=PHONE)
    page.goto(LIST)
    row = page.locator(f"#measure-row-{measure.code}")

    row.get_by_role("button", name=re.compile("^Erledigt")).click()
    expect(page.locator("#measure-progress")).to_contain_text("1 von 1 Quick Win ist erledigt")
    row.get_by_role("button", name=re.compile("^Wieder aufnehmen")).click()

    expect(row.get_by_text("In Arbeit")).to_be_visible()
    expect(page.locator("#measure-progress")).to_contain_text("0 von 1 Quick Win ist erledigt")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_tap_on_what_somebody_has_changed_shows_how_it_is_now(
    open_page: OpenPage, transactional_db: None, organisation: Organisation, mara: Membership, watch
) -> None:
    watch.expected = ["409"]
    measure = MeasureFactory(organisation=organisation, title="Rückruf")
    page = open_page(mara)
    page.goto(LIST)
    Measure._base_manager.filter(pk=measure.pk).update(status="dropped", version=7)
    row = page.locator(f"#measure-row-{measure.code}")

    row.get_by_role("button", name=re.compile("^Erledigt")).click()

    expect(row.get_by_text("Verworfen")).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("Jemand hat „Rückruf“ inzwischen geändert.")


def test_without_scripts_a_measure_is_planned_found_and_done(
    open_page: OpenPage, transactional_db: None, organisation: Organisation, mara: Membership
) -> None:
    for name in ("Hotline", "Rechnung"):
        touchpoint = TouchpointFactory(organisation=organisation, name=name)
    link = MeasureTouchpointFactory(measure__organisation=organisation, touchpoint=touchpoint)
    page = open_page(mara, java_script_enabled=False)
    page.goto(LIST)
    page.get_by_role("link", name="Maßnahme planen").click()
    page.get_by_label("Was wird getan?").fill("Rückruf")
    page.get_by_label("Begeisterung schaffen").check()
    page.get_by_role("checkbox", name="Hotline").check()
    page.get_by_role("button", name="Maßnahme planen").click()

    page.goto(LIST)
    page.get_by_label("Suche").fill("hotline")
    page.get_by_role("button", name="Filtern").click()
    expect(page).to_have_url(re.compile(r"q=hotline"))
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Erledigt")).click()

    expect(page.get_by_text("„Rückruf“: Erledigt")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=hotline#measure-row-"))
    page.goto(LIST)
    expect(page.get_by_role("row", name=re.compile(link.measure.title))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Rückruf"))).to_have_count(0)


@pytest.mark.parametrize("role", ["mara", "max", "emil"])
def test_navigation_fits_on_a_phone(
    open_page: OpenPage, transactional_db: None, request: pytest.FixtureRequest, role: str
) -> None:
    page = open_page(request.getfixturevalue(role), viewport=PHONE)
    page.goto(LIST)

    boxes = [link.bounding_box() for link in page.locator("nav .nav a").all()]

    assert len(boxes) == (4 if role == "emil" else 5)
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in boxes)
    assert all(box["height"] >= 44 for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
