"""The projector stands on one screen: the code before the start, and curve with talk list after the reveal."""

import pytest

from accounts.tenancy import member_scope
from tests.workshops.support import make_room

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
