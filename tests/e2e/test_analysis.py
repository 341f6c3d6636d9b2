"""The analysis page in a browser: Plotly draws under the strict policy, and the tables say the same without it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.tenancy import member_scope
from tests.e2e.conftest import PHONE
from tests.e2e.test_accessibility import LOOKS, violations
from tests.workshops.support import make_room

BAD, OK, GOOD = 0, 5, 10
ANSWERS = [[GOOD, GOOD, BAD, OK]] * 2 + [[GOOD, OK, BAD, GOOD]] * 2
VENDOR = Path(settings.BASE_DIR) / "static" / "vendor" / "plotly"


@pytest.fixture
def room(world):
    with member_scope(world.organisation):
        room = make_room(world.organisation, world.people["mara"], 4)
        room.open().answer(ANSWERS)
        room.reveal()
        facts = [("Marketing", "online"), ("Vertrieb", "offline"), ("<b>Büro</b>", "online"), ("", "offline")]
        for station, (department, medium) in zip(room.stations, facts, strict=True):
            station.department_name, station.medium = department, medium
            station.save(update_fields=["department_name", "medium"])
    return room


def address(room):
    return f"/o/{room.workshop.organisation.slug}/workshops/{room.workshop.code}/analysis/"


def wait_until_drawn(page, charts=2):
    expect(page.locator("[data-chart][data-drawn]")).to_have_count(charts)


def test_every_chart_is_drawn_and_nothing_complains(open_page, world, room):
    page = open_page(world.people["max"])

    page.goto(address(room))

    wait_until_drawn(page)
    expect(page.locator("[data-chart] svg.main-svg .scatterlayer .trace")).not_to_have_count(0)
    expect(page.locator("#path-heading ~ [data-chart] .trace .point")).to_have_count(4)
    expect(page.locator("#dispute-heading ~ [data-chart] .trace .point")).to_have_count(4)
    titles = page.locator("#path-heading ~ [data-chart] .xtitle").all_text_contents()
    assert titles == ["Stationen entlang des Wegs"]
    assert page.locator(".modebar-btn").count() == 0
    assert page.locator("style").count() == 0, "no rules written into the page"
    heading = page.locator("#path-heading").bounding_box()
    drawing = page.locator("#path-heading ~ [data-chart] .main-svg").first.bounding_box()
    assert drawing["y"] > heading["y"], "with Plotly's own rules the drawing lies where it belongs"
    assert drawing["width"] > 500


def test_pointing_at_a_station_tells_its_words(open_page, world, room):
    page = open_page(world.people["max"])
    page.goto(address(room))
    wait_until_drawn(page)

    page.locator("#path-heading ~ [data-chart]").scroll_into_view_if_needed()
    box = page.locator("#path-heading ~ [data-chart] .trace .point").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    words = page.locator(".hoverlayer .hovertext")
    expect(words).to_contain_text("3. Station 3")
    expect(words).to_contain_text("<b>Büro</b>")
    expect(words).to_contain_text("−150 zur Station davor")


def test_a_filter_changes_drawing_lists_and_address(open_page, world, room):
    page = open_page(world.people["max"])
    page.goto(address(room))
    wait_until_drawn(page)

    page.get_by_label("Abteilung", exact=True).select_option("Vertrieb")

    expect(page.get_by_text("1 von 4 Stationen.")).to_be_visible()
    expect(page).to_have_url(re.compile("/analysis/\\?department=Vertrieb$"))
    wait_until_drawn(page)
    expect(page.locator("#dispute-heading ~ [data-chart] .trace .point")).to_have_count(1)
    page.reload()
    expect(page.get_by_text("1 von 4 Stationen.")).to_be_visible()


def test_without_javascript_the_tables_are_there(open_page, world, room):
    page = open_page(world.people["max"], java_script_enabled=False)
    page.goto(address(room))

    assert page.locator("[data-chart]:visible").count() == 0
    page.locator("#path-table summary").click()
    expect(page.locator("#path-table tbody tr")).to_have_count(4)
    page.get_by_label("Abteilung", exact=True).select_option("Marketing")
    page.get_by_role("button", name="Filtern").click()
    expect(page.get_by_text("1 von 4 Stationen.")).to_be_visible()
    expect(page).to_have_url(re.compile("/analysis/\\?department=Marketing$"))


def test_where_plotly_does_not_come_the_tables_open(open_page, world, room, watch):
    watch.expected = ["Failed to load resource", "Plotly", "undefined"]
    page = open_page(world.people["max"])
    page.route("**/plotly-basic*", lambda route: route.abort())

    page.goto(address(room))

    expect(page.locator("#path-table tbody tr").first).to_be_visible()
    expect(page.locator("#dispute-table tbody tr").first).to_be_visible()
    expect(page.locator("[data-chart]:visible")).to_have_count(0)


def test_colours_follow_the_scheme(open_page, world, room):
    page = open_page(world.people["max"], color_scheme="light")
    page.goto(address(room))
    wait_until_drawn(page)
    mark = page.locator("#path-heading ~ [data-chart] .xtitle")
    expect(mark).to_have_css("fill", "rgb(28, 34, 39)")

    page.emulate_media(color_scheme="dark")

    expect(mark).to_have_css("fill", "rgb(238, 236, 231)")


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_axe_finds_nothing_with_charts_and_open_tables(open_page, world, room, subtests, locale, scheme):
    for shape in ({}, {"viewport": PHONE}):
        page = open_page(world.people["max"], locale=locale, color_scheme=scheme, **shape)
        for query in ("", "?phase=PS&only=drops", "?phase=XX", "?phase=LO"):
            with subtests.test(f"{shape} {query}"):
                page.goto(address(room) + query)
                page.wait_for_function(
                    "[...document.querySelectorAll('[data-chart]')].every(one => 'drawn' in one.dataset)"
                )
                page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_plotlys_rules_lie_in_our_file(chromium):
    """Without our link Plotly writes its rules itself; they must be those of the file."""
    page = chromium.new_page()
    page.add_script_tag(path=VENDOR / "plotly-basic.min.js")

    rules = page.evaluate(
        "[...document.getElementById('plotly.js-style-global').sheet.cssRules].map(rule => rule.cssText).join('\\n')"
    )

    page.close()
    assert rules == (VENDOR / "plotly.css").read_text().strip()
