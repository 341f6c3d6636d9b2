"""The catalogue in a real browser: one line adds row after row to the list, which stays where it is."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django_scopes import scopes_disabled
from playwright.sync_api import Page, expect

from accounts.models import Membership, Organisation
from tests.e2e.conftest import PHONE
from touchpoints.models import Touchpoint

OpenPage = Callable[..., Page]


@pytest.fixture
def long_list(transactional_db: None, organisation: Organisation) -> list[str]:
    """A catalogue of 250, none of them in the last phase."""
    with scopes_disabled():
        Touchpoint.objects.bulk_create(
            Touchpoint(organisation=organisation, name=f"Punkt {number}", phase="PS", position=number)
            for number in range(250)
        )
    return [f"Punkt {number}" for number in range(250)]


def names(page: Page, phase: str) -> list[str]:
    return page.locator(f"#phase-group-{phase} .catalogue__name bdi").all_inner_texts()


def add(page: Page, name: str) -> None:
    """Type a name and press Enter, as often as one has touchpoints in mind."""
    expect(page.locator("#quick_name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator("#quick-add [role=status]")).to_contain_text(name)


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desktop", "phone"])
def test_quick_add_to_250_rows(open_page: OpenPage, mara: Membership, long_list: list[str], options):
    page = open_page(mara, **options)
    page.goto(reverse("touchpoints:touchpoint_list", args=[mara.organisation.slug]))
    page.evaluate("document.querySelector('#phase-group-PS').dataset.kept = 'yes'")
    page.select_option("#quick_phase", "PS")
    page.locator("#quick_name").focus()

    add(page, "Anruf")
    add(page, "Angebot")

    assert names(page, "PS") == [*long_list, "Anruf", "Angebot"]
    expect(page.locator("#touchpoint-count")).to_have_text("252 Touchpoints")
    expect(page.locator("#phase-total-PS")).to_have_text("252")
    # The list was not sent again: it is the one that the page came with.
    assert page.locator("#phase-group-PS").get_attribute("data-kept") == "yes"
    down = page.get_by_role("button", name="„Anruf“ nach unten")
    assert down.get_attribute("aria-disabled") is None
    with page.expect_response(lambda response: response.request.method == "POST"):
        down.click()
    expect(page.locator("#phase-group-PS .catalogue__name bdi").last).to_have_text("Anruf")


def test_the_next_name_may_follow_in_the_same_moment(open_page: OpenPage, mara: Membership, long_list: list[str]):
    """A form that has just come with an answer is alive at once: whoever is quick does not send it as a page."""
    page = open_page(mara)
    page.goto(reverse("touchpoints:touchpoint_list", args=[mara.organisation.slug]))
    page.evaluate("document.querySelector('#phase-group-PS').dataset.kept = 'yes'")
    page.select_option("#quick_phase", "PS")
    page.evaluate("""() => document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
        document.querySelector("#quick_name").value = "Angebot";
        document.querySelector("#quick_name").form.requestSubmit();
    }), { once: true })""")
    page.locator("#quick_name").focus()

    page.keyboard.type("Anruf")
    page.keyboard.press("Enter")

    expect(page.locator("#quick-add [role=status]")).to_contain_text("Angebot")
    assert names(page, "PS")[-2:] == ["Anruf", "Angebot"]
    assert page.locator("#phase-group-PS").get_attribute("data-kept") == "yes"


def test_quick_add_to_an_empty_phase(open_page: OpenPage, mara: Membership, long_list: list[str]):
    page = open_page(mara)
    page.goto(reverse("touchpoints:touchpoint_list", args=[mara.organisation.slug]))
    expect(page.locator("#phase-empty-LO")).to_have_count(1)
    page.select_option("#quick_phase", "LO")
    page.locator("#quick_name").focus()

    add(page, "Wartung")

    assert names(page, "LO") == ["Wartung"]
    expect(page.locator("#phase-empty-LO")).to_have_count(0)
