"""The projector stands on one screen: the code before the start, and curve with talk list after the reveal."""

import pytest

from accounts.tenancy import member_scope
from tests.workshops.support import make_room
from workshops.enums import Mode
from workshops.models import ActivityStation

SCREENS = [(1280, 720), (1440, 860), (1920, 1080)]


def lowest(page, selector):
    """Return the lower edge of the last element, and whether the page scrolls."""
    edge = page.locator(selector).last.evaluate("element => element.getBoundingClientRect().bottom")
    tall = page.evaluate("document.documentElement.scrollHeight")
    return edge, tall


@pytest.mark.parametrize("stations", [7, 18])
def test_projector_fits_one_screen_before_the_start_and_after_the_reveal(open_page, world, stations):
    mara = world.people["mara"]
    with member_scope(world.organisation):
        room = make_room(world.organisation, mara, stations)
    page = open_page(mara)
    address = f"/o/{world.organisation.slug}/workshops/{room.workshop.code}/projector/"

    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        code_edge, tall = lowest(page, ".join-code")
        qr_right = page.locator(".qr").evaluate("element => element.getBoundingClientRect().right")
        code_left = page.locator(".join-code").evaluate("element => element.getBoundingClientRect().left")
        assert (code_edge < height, tall <= height, qr_right < code_left) == (True, True, True)

    with member_scope(world.organisation):
        room.open().answer([[10, 5, 0] * 6] * 3)
        room.reveal()
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        talk_edge, tall = lowest(page, ".board-stage__talk li")
        curve_edge, _ = lowest(page, "svg.curve__plot")
        talk_top = page.locator(".board-stage__talk").evaluate("element => element.getBoundingClientRect().top")
        assert (talk_edge <= height, tall <= height, curve_edge <= talk_top) == (True, True, True)


LONG = "Auftragsbestätigung und Termin für den Einbau"
# Experience, expectation, importance, the three effects: weak and missed, in the middle, strong.
WEAK, MIDDLE, STRONG = (1, 8, 9, 3, 2, 1), (5, 6, 4, 5, 5, 5), (9, 8, 3, 7, 8, 9)


@pytest.mark.parametrize("stations", [7, 18])
def test_projector_shows_what_to_begin_with_after_a_full_block(open_page, world, stations):
    mara = world.people["mara"]
    with member_scope(world.organisation):
        room = make_room(world.organisation, mara, stations, mode=Mode.FULL)
        room.open()
        ActivityStation.objects.filter(activity=room.activity, position__lt=3).update(name=LONG)
        room.answer_scales([[WEAK, MIDDLE, STRONG] * 6, [WEAK, STRONG, MIDDLE] * 6, [WEAK, MIDDLE, STRONG] * 6])
        room.reveal()
    page = open_page(mara)

    for width, height in [*SCREENS, (1280, 800)]:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/o/{world.organisation.slug}/workshops/{room.workshop.code}/projector/")
        boxes = page.locator(".board-stage__talk").evaluate_all("all => all.map(one => one.getBoundingClientRect())")
        letters = page.locator(".board-stage__talk li").first.evaluate(
            "element => parseFloat(getComputedStyle(element).fontSize)"
        )
        curve_edge, tall = lowest(page, "svg.curve__plot")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert len(boxes) == 3
        assert (tall <= height, wide <= width, letters >= 28) == (True, True, True)
        assert all(curve_edge <= box["top"] and box["bottom"] <= height for box in boxes)
        assert curve_edge >= height / 2, "the curve keeps its height"
        lever = page.locator(".board-stage__lever").bounding_box()
        assert lever is not None
        assert max(box["bottom"] for box in boxes) <= lever["y"]
        assert lever["y"] + lever["height"] <= height

    rows = [" ".join(row.split()) for row in page.locator(".board-stage__talk:has(#board-weak) li").all_inner_texts()]
    assert rows[0] == f"1. {LONG} 1,0"
    gaps = [" ".join(row.split()) for row in page.locator(".board-stage__talk:has(#board-gaps) li").all_inner_texts()]
    assert gaps[0] == f"1. {LONG} −7,0"
