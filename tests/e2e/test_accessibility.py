"""axe finds nothing on any page: both languages, both schemes; with rows, with an error, after reveal, and empty."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import PHONE
from tests.factories import MembershipFactory, OrganisationFactory, TouchpointFactory
from tests.guards.test_permission_table import TABLE
from tests.world import address
from touchpoints.enums import Phase

NO_PAGE = {
    "accounts:member_export": "a file",
    "touchpoints:touchpoint_export": "a file",
    "reports:report_download": "a file",
    "journeys:persona_picture": "a picture",
    "workshops:result_export": "a file",
    "journeys:journey_changes": "a fragment",
    "workshops:console_parts": "a fragment",
    "workshops:console_people": "a fragment",
    "workshops:workshop_stream": "a stream",
    "workshops:workshop_poll": "fragments",
    "workshops:room_stream": "a stream",
    "workshops:room_poll": "fragments",
    "workshops:ballot_detail": "a fragment of the room",
    "workshops:join_short": "leads on to the room",
    "accounts:setup": "leads on to the sign-up",
    "accounts:landing": "leads members on to their home; looked at as a stranger below",
}
PAGES = {name: row for name, row in TABLE.items() if row.method == "get" and name not in NO_PAGE}
LOOKS = [("de-DE", "light"), ("en-GB", "dark")]


def violations(page):
    """Return what axe finds, in a form that a person can act on."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_every_page_of_an_organisation(open_page, world, watch, subtests, locale, scheme):
    watch.expected = ["404"]  # the persona's picture lies in this process's folder, not in the server's
    TouchpointFactory.create_batch(250, organisation=world.organisation, phase=Phase.LOYALTY)
    page = open_page(world.people["olga"], locale=locale, color_scheme=scheme)

    for name, row in PAGES.items():
        with subtests.test(name):
            page.goto(address(name, row.needs, world), wait_until="domcontentloaded")
            assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_pages_of_an_empty_organisation(open_page, transactional_db, subtests, locale, scheme):
    owner = MembershipFactory(organisation=OrganisationFactory(slug="leer"), role="owner")
    page = open_page(owner, locale=locale, color_scheme=scheme, viewport=PHONE)

    for path in ("", "touchpoints/", "personas/", "journeys/", "workshops/", "reports/", "members/", "departments/"):
        with subtests.test(path):
            page.goto(f"/o/leer/{path}", wait_until="domcontentloaded")
            assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_pages_of_a_stranger(open_page, world, watch, subtests, locale, scheme):
    watch.expected = ["404", "422"]
    page = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)

    for path in ("/", "/accounts/login/", "/accounts/password/reset/", "/join/", "/nothing/here/", "/stored-data/"):
        with subtests.test(path):
            page.goto(path, wait_until="domcontentloaded")
            assert violations(page) == []
    with subtests.test("room"):
        page.goto(f"/{world.running.join_code}")
        assert violations(page) == []
    with subtests.test("wrong code"):
        page.goto("/join/")
        page.locator("input[name=code]").fill("ZZZZZZ")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_forms_with_an_error(open_page, world, watch, subtests, locale, scheme):
    watch.expected = ["422"]
    page = open_page(world.people["olga"], locale=locale, color_scheme=scheme, viewport=PHONE)

    for path in ("journeys/new/", "personas/new/", "departments/", "settings/remove/"):
        with subtests.test(path):
            page.goto(f"/o/regio-bahn/{path}")
            page.evaluate("document.querySelectorAll('main form').forEach(form => { form.noValidate = true })")
            page.locator("main form .button--primary, main form .button--danger").last.click()
            page.wait_for_load_state()
            assert page.locator(".field__error, .notice--error").count() > 0
            assert violations(page) == []
