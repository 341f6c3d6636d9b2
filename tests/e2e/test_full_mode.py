"""Full mode in real browsers: six scales on the phone, from the planning form to the reveal on every screen."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Membership
from tests.answers import counted, given
from tests.e2e.conftest import PHONE, Watch
from tests.e2e.rooms import OpenPage, Phone, console_path, planned, ring, running
from tests.e2e.test_accessibility import LOOKS, enter, violations
from tests.e2e.test_disturbances import NO_CONNECTION, OFFLINE
from tests.e2e.test_keyboard import Keyboard
from touchpoints.enums import Phase
from workshops.enums import Mode
from workshops.models import Activity, StationTally, Workshop

pytestmark = pytest.mark.django_db(transaction=True)

TWO = (("Beratung am Telefon", Phase.PRESALES), ("Vertrag", Phase.PURCHASE))
FIRST, SECOND = (name for name, _phase in TWO)
QUESTIONS = {
    "experience": "Wie erleben Kunden diese Station?",
    "expectation": "Wie viel erwarten sie hier?",
    "importance": "Wie wichtig ist ihnen diese Station?",
    "purchase": "Wie sehr entscheidet sie, ob sie überhaupt kaufen?",
    "repurchase": "Würden sie danach wieder kaufen?",
    "recommendation": "Würden sie uns danach weiterempfehlen?",
}


def rate(phone: Phone, station: str, numbers: tuple[int, ...]) -> None:
    """Six taps; the next scale comes by itself."""
    for question, number in zip(QUESTIONS.values(), numbers, strict=True):
        phone.choose(station, question, number)


def scales() -> list[dict[str, int] | None]:
    return [answer.scales for answer in given()]


def entered(page: Page, workshop: Workshop) -> Phone:
    phone = Phone(page)
    phone.join(workshop.join_code)
    expect(phone.card(FIRST)).to_be_visible()
    return phone


@pytest.mark.timeout(240)
def test_a_full_block_from_the_plan_to_the_reveal(mara: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara, TWO)
    console, projector = open_page(mara), open_page(mara)
    console.goto(console_path(workshop).replace("console/", ""))
    console.get_by_role("link", name="Ändern").last.click()
    console.get_by_role("radio", name=re.compile("^Ausführlich")).check()
    console.get_by_role("button", name="Block speichern").click()
    assert Activity._base_manager.get().mode == Mode.FULL
    console.goto(console_path(workshop))
    projector.goto(console_path(workshop).replace("console", "projector"))
    phones = [Phone(open_page(phone=True)) for _ in range(3)]
    for phone in phones:
        phone.join(workshop.join_code)
        phone.sees("Du bist dabei.")
    console.get_by_role("button", name="Bewerten starten").click()

    # The first phone goes back and changes a number, gives a reason, and cannot judge the second station.
    phone = phones[0]
    rate(phone, FIRST, (2, 8, 9, 0, 10, 4))
    expect(phone.card(FIRST).locator("[data-scale]:visible")).to_have_count(0)
    phone.card(FIRST).get_by_role("button", name=re.compile("^Erlebnis 2")).tap()
    phone.choose(FIRST, QUESTIONS["experience"], 9)
    phone.card(FIRST).get_by_label("Warum vor allem?").fill("Sie hören zu.")
    phone.next()
    phone.answer(SECOND, "Kann ich nicht beurteilen").tap()
    phone.expect_saved(SECOND, "Kann ich nicht beurteilen")
    phone.next()
    phone.sees("Fertig, danke.")
    for board in (console, projector):
        expect(ring(board)).to_contain_text(re.compile(r"1\s*von 3"))

    # A reload in between changes nothing.
    for number, phone in enumerate(phones[1:], 7):
        rate(phone, FIRST, (number, 8, 9, 1, 5, 5))
        phone.page.reload()
        expect(phone.card(SECOND)).to_be_visible()
        rate(phone, SECOND, (3, 3, 3, 3, 3, 3))
        phone.next()
        phone.sees("Fertig, danke.")
    for board in (console, projector):
        expect(ring(board)).to_contain_text(re.compile(r"3\s*von 3"))

    console.get_by_role("link", name="Aufdecken").click()
    console.get_by_role("dialog").get_by_role("button", name="Aufdecken").click()
    expect(console.get_by_role("heading", name="Darüber sprechen wir zuerst")).to_be_visible()
    expect(projector.locator("svg.curve__plot")).to_be_visible()
    for phone in phones:
        phone.sees("Das Ergebnis")
    expect(phones[0].page.locator(".result-row__own").first).to_contain_text("Erlebnis 9 · Erwartung 8 · Wichtigkeit 9")
    expect(phones[0].page.locator(".result-row__own").last).to_contain_text("deine Antwort: kann ich nicht beurteilen")
    assert counted() == [(0, 0, 3, 0), (2, 0, 0, 1)]
    first = StationTally._base_manager.order_by("station__position")[0]
    assert first.scales["experience"] == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]
    assert [reason["text"] for reason in first.reasons] == ["Sie hören zu."]


def test_quick_taps_without_waiting_all_arrive(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, TWO, mode=Mode.FULL)
    phone = entered(open_page(phone=True), workshop)

    for code in QUESTIONS:
        scale = phone.card(FIRST).locator(f"[data-scale={code}]")
        scale.locator("label").nth(6).tap()
    expect(phone.card(FIRST).locator(".scale-step__saved:visible")).to_have_count(6)

    assert scales() == [dict.fromkeys(QUESTIONS, 6)]


def test_numbers_tapped_without_a_connection_are_sent_once_it_is_back(
    mara: Membership, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected = OFFLINE
    workshop = running(mara, TWO, mode=Mode.FULL)
    phone = entered(open_page(phone=True), workshop)
    phone.choose(FIRST, QUESTIONS["experience"], 7)

    phone.page.context.set_offline(True)
    for code in ("expectation", "importance"):
        phone.card(FIRST).locator(f"[data-scale={code}] label").nth(5).tap()
    expect(phone.page.get_by_text(NO_CONNECTION)).to_be_visible()
    expect(phone.card(FIRST).locator(".scale-steps__unsaved")).to_be_visible()
    expect(phone.card(FIRST).locator(".scale-step__saved:visible")).to_have_count(1)
    assert scales() == [{"experience": 7}]
    phone.page.context.set_offline(False)

    expect(phone.card(FIRST).locator(".scale-step__saved:visible")).to_have_count(3)
    expect(phone.page.get_by_text(NO_CONNECTION)).to_be_hidden()
    assert scales() == [{"experience": 7, "expectation": 5, "importance": 5}]


def test_numbers_from_two_tabs_do_not_overwrite_each_other(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, TWO, mode=Mode.FULL)
    phone = entered(open_page(phone=True), workshop)
    phone.choose(FIRST, QUESTIONS["experience"], 2)
    other = Phone(phone.page.context.new_page())
    other.page.goto(f"/w/{workshop.join_code}/")
    other.card(FIRST).get_by_role("button", name=re.compile("^Erlebnis 2")).tap()
    other.choose(FIRST, QUESTIONS["experience"], 9)

    phone.choose(FIRST, QUESTIONS["expectation"], 5)

    assert scales() == [{"experience": 9, "expectation": 5}]


def test_cannot_judge_and_back(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, TWO[:1], mode=Mode.FULL)
    phone = entered(open_page(phone=True), workshop)
    phone.choose(FIRST, QUESTIONS["experience"], 2)
    phone.answer(FIRST, "Kann ich nicht beurteilen").tap()
    phone.expect_saved(FIRST, "Kann ich nicht beurteilen")
    expect(phone.card(FIRST).locator(".scale-step__number")).to_have_text(["–"] * 6)

    phone.card(FIRST).get_by_role("button", name=re.compile("^Erwartung")).tap()
    phone.choose(FIRST, QUESTIONS["expectation"], 4)

    expect(phone.answer(FIRST, "Kann ich nicht beurteilen")).to_have_attribute("aria-pressed", "false")
    assert scales() == [{"expectation": 4}]
    assert [answer.cannot_judge for answer in given()] == [False]


def test_tap_into_a_pause_shows_what_is_saved(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected = ["409"]
    workshop = running(mara, TWO, mode=Mode.FULL)
    phone = entered(open_page(phone=True), workshop)
    phone.choose(FIRST, QUESTIONS["experience"], 2)
    Activity._base_manager.update(state="paused")  # no hint: the phone does not know yet

    phone.scale(FIRST, QUESTIONS["expectation"]).get_by_text("5", exact=True).tap()

    expect(phone.page.get_by_text("Deine Antwort wurde nicht gespeichert")).to_be_visible()
    expect(phone.card(FIRST).locator(".scale-step__number")).to_have_text(["2", *["–"] * 5])
    expect(phone.scale(FIRST, QUESTIONS["expectation"])).to_be_visible()
    assert scales() == [{"experience": 2}]


def test_six_scales_by_keyboard(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, TWO, mode=Mode.FULL)
    phone = entered(open_page(), workshop)
    keys = Keyboard(phone.page)
    scale = phone.scale(FIRST, QUESTIONS["experience"])

    keys.press(scale.get_by_role("radio").first, "Space")
    keys.page.keyboard.press("ArrowRight")
    keys.page.keyboard.press("ArrowRight")
    expect(scale.get_by_role("radio", name="2")).to_be_focused()
    expect(scale).to_be_visible()
    keys.page.keyboard.press("Enter")
    expect(phone.scale(FIRST, QUESTIONS["expectation"]).get_by_role("radio").first).to_be_focused()
    for _ in range(5):
        keys.page.keyboard.press("Space")
        keys.page.keyboard.press("Enter")
    expect(phone.card(FIRST).locator(".scale-step__saved:visible")).to_have_count(6)
    keys.type(phone.card(FIRST).get_by_label("Warum vor allem?"), "Weil.")
    keys.press(phone.card(FIRST).get_by_role("button", name="Weiter", exact=True))

    expect(phone.card(SECOND)).to_be_visible()
    assert scales() == [{"experience": 2, **dict.fromkeys(list(QUESTIONS)[1:], 0)}]


def test_without_javascript_all_six_stand_on_the_card(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, TWO, mode=Mode.FULL)
    page = open_page(phone=True, java_script_enabled=False)
    page.goto(f"/{workshop.join_code}")
    page.get_by_role("button", name="Ohne Namen teilnehmen").tap()
    card = page.locator(".ballot__card:visible")

    for question in QUESTIONS.values():
        card.get_by_role("radiogroup", name=question).get_by_text("6", exact=True).tap()
    card.get_by_label("Warum vor allem?").fill("Weil.")
    card.get_by_role("button", name="Weiter", exact=True).tap()

    expect(page.get_by_role("heading", name=SECOND, level=1)).to_be_visible()
    assert [(answer.scales, answer.reason) for answer in given()] == [(dict.fromkeys(QUESTIONS, 6), "Weil.")]


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_axe_finds_nothing_on_the_scales(open_page, mara, watch, subtests, locale, scheme):
    watch.expected = ["422"]
    workshop = running(mara, TWO, mode=Mode.FULL)
    page = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)
    enter(page, workshop)

    with subtests.test("first scale"):
        page.locator(".ballot__card:visible .scale-card.is-current").wait_for()
        assert violations(page) == []
    with subtests.test("refused reason"):
        page.locator(".ballot__card:visible .scale-card.is-current label").nth(3).click()
        page.locator(".ballot__card:visible textarea").evaluate("field => { field.value = 'x'.repeat(501) }")
        page.locator(".ballot__card:visible textarea").dispatch_event("change", {"bubbles": True})
        page.locator(".ballot__card:visible .notice--error").wait_for()
        assert violations(page) == []
    with subtests.test("cannot judge"):
        page.locator(".ballot__card:visible textarea").evaluate("field => { field.value = '' }")
        page.locator(".ballot__card:visible [name=cannot_judge]").click()
        page.locator(".ballot__card:visible .answer--skip .saved-text").wait_for()
        assert violations(page) == []
