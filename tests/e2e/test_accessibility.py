"""axe finds nothing on any page: both languages, both schemes; with rows, with an error, after reveal, and empty."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.tenancy import member_scope
from tests.e2e.conftest import PHONE
from tests.e2e.rooms import planned
from tests.factories import (
    ActivityFactory,
    CycleFactory,
    DepartmentFactory,
    JourneyFactory,
    MeasureFactory,
    MembershipFactory,
    OrganisationFactory,
    ReportFactory,
    StationFactory,
    TouchpointFactory,
    WorkshopFactory,
)
from tests.guards.test_permission_table import TABLE
from tests.workshops.support import Room
from tests.world import address
from touchpoints.enums import Phase
from workshops import services
from workshops.models import Activity, Participant

NO_PAGE = {
    "accounts:member_export": "a file",
    "touchpoints:touchpoint_export": "a file",
    "touchpoints:touchpoint_export_workbook": "a file",
    "touchpoints:history_export": "a file",
    "reports:organisation_export": "a file",
    "reports:report_download": "a file",
    "journeys:persona_picture": "a picture",
    "workshops:measure_export": "a file",
    "workshops:measure_xlsx": "a file",
    "workshops:result_export": "a file",
    "workshops:result_xlsx": "a file",
    "workshops:result_json": "a file",
    "workshops:result_svg": "a picture",
    "workshops:result_png": "a picture",
    "workshops:baseline_export": "a file",
    "workshops:baseline_xlsx": "a file",
    "workshops:baseline_json": "a file",
    "workshops:baseline_svg": "a picture",
    "workshops:baseline_png": "a picture",
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
# A page is loaded once per language; each look at it is one at both schemes, the one that it was loaded in first.
LOOKS = [("de-DE", "light"), ("en-GB", "dark")]
OTHER = {"light": "dark", "dark": "light"}
SCHEME = "matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'"
# Other colours are there at once: inherited ones would go from element to element, a transition of its own in each.
CALM = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# tokens.css is the one place that asks for the scheme, and it changes colours alone: only axe's rules on colours can
# find something else in the other one. The enhanced contrast is of a level that axe leaves out by itself.
OF_COLOURS = """axe.run({
  resultTypes: ["violations"],
  runOnly: ["cat.color"],
  rules: {"color-contrast-enhanced": {enabled: false}},
})"""


def violations(page):
    """Return what axe finds in both colour schemes, in a form that a person can act on."""
    scheme = page.evaluate(SCHEME)
    found = {scheme: Axe().run(page).response["violations"]}
    page.evaluate(CALM)
    page.emulate_media(color_scheme=OTHER[scheme])
    assert page.evaluate(SCHEME) == OTHER[scheme]
    found[OTHER[scheme]] = page.evaluate(OF_COLOURS)["violations"]
    page.emulate_media(color_scheme=scheme)
    return [
        (shown, rule["id"], node["target"], node["failureSummary"])
        for shown, rules in found.items()
        for rule in rules
        for node in rule["nodes"]
    ]


# Nobody can read the labels, in one colour scheme only.
SPOIL = """scheme => {
  const sheet = new CSSStyleSheet();
  const rule = "label { color: #777 !important; background: #888 !important }";
  sheet.replaceSync(`* { transition: none !important } @media (prefers-color-scheme: ${scheme}) { ${rule} }`);
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_a_violation_in_either_scheme_is_found(open_page, locale, scheme):
    page = open_page(locale=locale, color_scheme=scheme)
    page.goto("/join/", wait_until="domcontentloaded")

    for spoilt in OTHER:
        page.evaluate(SPOIL, spoilt)

        assert {(shown, rule) for shown, rule, *_where in violations(page)} == {(spoilt, "color-contrast")}
        assert page.evaluate(SCHEME) == scheme


@pytest.mark.timeout(360)  # some sixty pages, each looked at whole
@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_every_page_of_an_organisation(open_page, world, watch, subtests, locale, scheme):
    watch.expected = ["404"]  # the persona's picture lies in this process's folder, not in the server's
    TouchpointFactory.create_batch(250, organisation=world.organisation, phase=Phase.LOYALTY)
    page = open_page(world.people["olga"], locale=locale, color_scheme=scheme)

    for name, row in PAGES.items():
        with subtests.test(name):
            page.goto(address(name, row.needs, world), wait_until="domcontentloaded")
            assert violations(page) == []


def test_lists_of_250_rows(open_page, transactional_db, organisation, olga, subtests):
    journey = JourneyFactory.create_batch(250, organisation=organisation)[0]
    for position, touchpoint in enumerate(TouchpointFactory.create_batch(250, organisation=organisation)):
        StationFactory(journey=journey, position=position, touchpoint=touchpoint)
    workshops = WorkshopFactory.create_batch(250, organisation=organisation, cycle=CycleFactory(journey=journey))
    for workshop in workshops:
        ActivityFactory(workshop=workshop, revealed=True)
    ReportFactory.create_batch(250, workshop=workshops[0])
    MeasureFactory.create_batch(250, organisation=organisation, responsible=olga)
    MembershipFactory.create_batch(250, organisation=organisation)
    DepartmentFactory.create_batch(250, organisation=organisation)
    pages = [open_page(olga, locale=locale, color_scheme=scheme) for locale, scheme in LOOKS]

    plan = f"workshops/{workshops[0].code}/"  # all members, as those who may only watch
    lists = ("personas/", "workshops/", plan, "members/", "departments/", "reports/", "measures/", "measures/new/")
    for path, page in product(("journeys/", f"journeys/{journey.code}/", *lists), pages):
        with subtests.test(path):
            page.goto(f"/o/regio-bahn/{path}", wait_until="domcontentloaded")
            page.evaluate("document.querySelectorAll('main details.disclosure').forEach(one => { one.open = true })")
            assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_pages_of_an_empty_organisation(open_page, transactional_db, subtests, locale, scheme):
    owner = MembershipFactory(organisation=OrganisationFactory(slug="leer"), role="owner")
    page = open_page(owner, locale=locale, color_scheme=scheme, viewport=PHONE)

    lists = (
        "touchpoints/",
        "personas/",
        "journeys/",
        "workshops/",
        "measures/",
        "reports/",
        "members/",
        "departments/",
    )
    for path in ("", *lists):
        with subtests.test(path):
            page.goto(f"/o/leer/{path}", wait_until="domcontentloaded")
            assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_a_station_as_it_is_read(open_page, world, watch, subtests, locale, scheme):
    """Those who do not edit see other pages at the same address: in the dialog, and as a page."""
    watch.expected = ["404"]  # the persona's picture
    page = open_page(world.people["emil"], locale=locale, color_scheme=scheme, viewport=PHONE)
    page.goto(address("journeys:journey_board", "org journey", world))
    link = page.locator(".board__station a").first
    station = link.get_attribute("href")

    with subtests.test("dialog"):
        link.click()
        page.locator("#station-dialog #station-detail").wait_for()
        assert violations(page) == []
    with subtests.test("page"):
        page.goto(station)
        page.locator("main #station-detail").wait_for()
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
            expect(page.locator(".field__error, .notice--error").first).to_be_visible()
            assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_the_ways_out_of_a_room(open_page, mara, watch, subtests, locale, scheme):
    watch.expected = ["403", "410"]
    workshop = planned(mara)
    page = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)
    newcomer = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)
    room = f"/w/{workshop.join_code}/"

    def look(name, shown, page=page):
        with subtests.test(name):
            page.locator(shown).wait_for()
            assert violations(page) == []

    enter(page, workshop)
    page.locator("form[action$='/leave/'] button").click()
    look("left", "form[action$='/enter/'] [value=back]")
    page.context.clear_cookies()
    page.goto(f"{room}?ended=1")
    look("forgotten", "main .notice--warn")
    enter(page, workshop)
    with member_scope(mara.organisation):
        services.close_workshop(workshop=workshop, by=mara)
    look("closed, from inside", ".room-stage--closed")
    page.locator("form[action$='/leave/'] button").click()
    look("closed, after leaving", "main h1:not(#room-stage h1)")
    newcomer.goto(room)
    look("closed, from outside", "#join-problem", newcomer)


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_somebody_who_was_removed(open_page, mara, watch, locale, scheme):
    watch.expected = ["403"]
    workshop = planned(mara)
    page = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)
    enter(page, workshop)

    with member_scope(mara.organisation):
        services.remove_participant(participant=Participant.objects.get(), by=mara)

    page.locator("#room-stage").wait_for(state="detached")
    page.locator("main h1").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_round_with_names_asks_for_one(open_page, mara, watch, subtests, locale, scheme):
    watch.expected = ["422"]
    workshop = planned(mara)
    with member_scope(mara.organisation):
        Activity.objects.update(is_named=True)
        services.open_activity(activity=Activity.objects.get(), by=mara)
    page = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)
    enter(page, workshop)

    with subtests.test("asked"):
        page.locator("#room-ballot [value=named]").wait_for()
        assert violations(page) == []
    with subtests.test("without an answer"):
        page.locator("#room-ballot [value=named]").click()
        page.locator(".field__error").wait_for()
        assert violations(page) == []
    with subtests.test("stations with a name"):
        page.locator("input[name=name]").fill("Bea")
        page.locator("#room-ballot [value=named]").click()
        page.locator(".ballot__card:visible").wait_for()
        assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_rounds_are_asked_about_shown_and_kept(open_page, mara, subtests, locale, scheme):
    """Both questions as dialog and as page, the agenda that shows earlier results, and a result that keeps a round."""
    workshop = planned(mara)
    page = open_page(mara, locale=locale, color_scheme=scheme, viewport=PHONE)
    plan = f"/o/{mara.organisation.slug}/workshops/{workshop.code}/"

    def look(name, shown):
        with subtests.test(name):
            page.locator(shown).first.wait_for()
            assert violations(page) == []
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, "nothing scrolls sideways"

    with member_scope(mara.organisation):
        room = Room(workshop, Activity.objects.get(), [], mara).open()
        room.answer([[5, 10, 0, 5]] * 3)
        room.reveal()
    page.goto(f"{plan}console/")
    page.locator("#next-round").click()
    look("start, as a dialog", "#round-dialog[open] #round-question button")
    page.locator("#round-dialog [data-closes]").click()
    expect(page.locator("#round-dialog")).to_be_hidden()
    page.goto(page.locator("#next-round").get_attribute("href"))
    look("start, as a page", "main #round-question button")
    page.locator("#round-question button").click()
    page.locator("#discard-round").click()
    look("discard, as a dialog", "#round-dialog[open] #round-question button")
    page.goto(f"{plan}discard/")
    look("discard, as a page", "main #round-question button")
    with member_scope(mara.organisation):
        services.reveal_activity(activity=Activity.objects.get(round=2), by=mara)
    page.goto(f"{plan}console/")
    look("earlier results on the agenda", ".agenda form button")
    page.goto(f"{plan}result/")
    look("a kept round", "#rounds-heading")


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_login_after_one_has_ended(open_page, transactional_db, locale, scheme):
    page = open_page(locale=locale, color_scheme=scheme)

    page.goto("/accounts/login/?ended=1")

    page.locator("main .notice:visible").wait_for()
    assert violations(page) == []


def enter(page, workshop):
    """Come in without a name."""
    page.goto(f"/{workshop.join_code}")
    page.locator("[name=as][value=nameless]").click()
    page.locator("#room-stage").wait_for(state="attached")
