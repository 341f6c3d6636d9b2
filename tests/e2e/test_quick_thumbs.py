"""Thumbs that are quicker than the line: the newest tap of a card is the one that is saved and shown."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from tests.answers import given
from tests.e2e.conftest import Watch
from tests.e2e.rooms import DELIGHTING, DISAPPOINTING, OK, SKIP, OpenPage, Phone, planned, running
from tests.e2e.test_disturbances import OFFLINE, ONE, RESTARTED, STATION, entered, ratings
from tests.e2e.test_full_mode import QUESTIONS, rate
from tests.e2e.test_overtaken import Held
from workshops import services
from workshops.enums import Mode
from workshops.models import Activity, Participant

pytestmark = pytest.mark.django_db(transaction=True)


def type_reason(phone: Phone, text: str) -> None:
    """Type and stay in the field."""
    phone.card(STATION).get_by_label("Warum vor allem?").fill(text)


def hold_tap(page: Page) -> Held:
    """The next tap is saved at once, and its answer stays under way."""
    return Held(page, "**/stations/**")


def press_slowly(phone: Phone, word: str, between: Held) -> None:
    """Put a finger on an answer, let the held one arrive, and lift the finger."""
    box = phone.answer(STATION, word).bounding_box()
    assert box is not None
    phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.mouse.down()
    between.arrive()
    phone.page.mouse.up()


def tap_in_vain(phone: Phone, word: str) -> None:
    """Tap an answer that the server does not take this time; the phone keeps it."""
    phone.page.route("**/stations/**", lambda route: route.fulfill(status=503, body=""), times=1)
    phone.answer(STATION, word).click()
    expect(phone.answer(STATION, word)).to_have_class(re.compile("is-unsaved"))


@pytest.mark.parametrize("first", [None, OK])
def test_answer_tapped_straight_from_the_reason(
    mara: Membership, open_page: OpenPage, watch: Watch, first: str
) -> None:
    watch.expected = ["status of 422"]
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    if first:
        phone.tap(STATION, first)
    type_reason(phone, "Weil es dauert")

    phone.answer(STATION, DISAPPOINTING).click()

    phone.expect_saved(STATION, DISAPPOINTING)
    expect(phone.card(STATION).locator(".notice")).to_have_count(0)
    assert ratings(workshop) == [(0, "Weil es dauert")]


def test_answer_corrected_while_the_first_is_under_way(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    held = hold_tap(phone.page)
    phone.answer(STATION, DELIGHTING).click()
    held.wait()

    phone.answer(STATION, DISAPPOINTING).click()
    held.arrive()

    phone.expect_saved(STATION, DISAPPOINTING)
    assert ratings(workshop) == [(0, "")]


def test_answer_pressed_while_the_one_before_arrives(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    phone.tap(STATION, OK)
    held = hold_tap(phone.page)
    phone.answer(STATION, DELIGHTING).click()
    held.wait()

    press_slowly(phone, OK, held)

    phone.expect_saved(STATION, OK)
    assert ratings(workshop) == [(5, "")]


def test_tap_that_waits_goes_along_with_the_reason(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected = OFFLINE + RESTARTED
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    tap_in_vain(phone, DELIGHTING)

    type_reason(phone, "Sofort da")
    phone.page.keyboard.press("Tab")

    phone.expect_saved(STATION, DELIGHTING)
    assert ratings(workshop) == [(10, "Sofort da")]


def test_tap_that_waits_never_comes_after_a_newer_one(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected = OFFLINE + RESTARTED
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    tap_in_vain(phone, DELIGHTING)

    phone.tap(STATION, DISAPPOINTING)
    phone.page.wait_for_timeout(5000)  # by now it would have been sent again

    phone.expect_saved(STATION, DISAPPOINTING)
    assert ratings(workshop) == [(0, "")]


def test_numbers_and_cannot_judge_straight_from_the_reason(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE, mode=Mode.FULL)
    phone = entered(open_page(phone=True), workshop)
    rate(phone, STATION, (7, 7, 7, 7, 7, 7))

    type_reason(phone, "Weil es dauert")
    phone.card(STATION).get_by_role("button", name=re.compile("^Erlebnis")).click()
    phone.choose(STATION, QUESTIONS["experience"], 3)
    assert [(answer.scales["experience"], answer.reason) for answer in given(activity__workshop=workshop)] == [
        (3, "Weil es dauert")
    ]

    type_reason(phone, "Doch nicht")
    phone.answer(STATION, SKIP).click()
    phone.expect_saved(STATION, SKIP)
    expect(phone.card(STATION).locator("input[type=radio]:checked")).to_have_count(0)
    assert [answer.cannot_judge for answer in given(activity__workshop=workshop)] == [True]


def test_phone_that_slept_rates_as_soon_as_it_may(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE)
    phone = Phone(open_page(phone=True))
    with phone.page.expect_response("**/stream/"):
        phone.join(workshop.join_code)
    somebody = Participant._base_manager.get()
    with member_scope(mara.organisation):
        services.set_does_not_rate(participant=somebody, value=True, by=mara)
    phone.sees("Du bist ohne Bewertung dabei")

    # Asleep: no stream, and nothing is missed that would come again.
    phone.page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    phone.page.wait_for_timeout(500)
    with member_scope(mara.organisation):
        services.set_does_not_rate(participant=somebody, value=False, by=mara)
    phone.page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")

    phone.tap(STATION, OK)
    assert ratings(workshop) == [(5, "")]


@pytest.mark.parametrize("step", [services.pause_activity, services.reveal_activity])
def test_cards_that_come_after_their_block_stay_away(mara: Membership, open_page: OpenPage, step) -> None:
    workshop = planned(mara, ONE)
    phone = Phone(open_page(phone=True))
    with phone.page.expect_response("**/stream/"):
        phone.join(workshop.join_code)
    held = Held(phone.page, "**/ballot/")
    with member_scope(mara.organisation):
        activity = Activity.objects.get()
        services.open_activity(activity=activity, by=mara)
        held.wait()
        step(activity=activity, by=mara)
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(re.compile("Kurze Pause|Das Ergebnis"))

    held.arrive()

    expect(phone.page.locator(".ballot__card:visible")).to_have_count(0)
