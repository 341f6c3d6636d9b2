"""What goes wrong in a room, and what people see of it: nothing is lost, and a sentence says what is going on."""

import re
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from config.embedded import valkey
from tests.answers import counted, given
from tests.e2e.conftest import Watch, free_port, serving
from tests.e2e.rooms import (
    DELIGHTING,
    DISAPPOINTING,
    OK,
    PATH,
    OpenPage,
    Phone,
    console_path,
    journey_of,
    planned,
    ring,
    running,
)
from touchpoints.enums import Phase
from workshops import services
from workshops.enums import ActivityState
from workshops.live.bus import end_streams
from workshops.models import Activity, Participant, Workshop

ONE = (("Beratung am Telefon", Phase.PRESALES),)
STATION = ONE[0][0]
NO_CONNECTION = (
    "Keine Verbindung. Die letzte Antwort ist noch nicht gespeichert; sie wird gesendet, sobald die Verbindung wieder "
    "da ist."
)
# What a browser itself says about a connection that is not there, and about a server that is just being restarted.
OFFLINE = ["net::ERR", "htmx:sendError", "htmx:afterRequest"]
RESTARTED = ["503", "Response Status Error"]

pytestmark = pytest.mark.django_db(transaction=True)


def ratings(workshop: Workshop) -> list[tuple[int | None, str]]:
    return [(answer.drawer, answer.reason) for answer in given(activity__workshop=workshop)]


def entered(page: Page, workshop: Workshop, name: str = "") -> Phone:
    phone = Phone(page)
    phone.join(workshop.join_code, name)
    return phone


# --- the console ------------------------------------------------------------------------------------------------------


def test_console_opened_again_shows_the_time_that_is_left(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, minutes=20)
    page = open_page(mara)

    page.goto(console_path(workshop))
    page.reload()

    expect(page.locator("time.timer")).to_have_text(re.compile(r"^(20:00|19:\d\d)$"))
    page.wait_for_timeout(1200)
    expect(page.locator("time.timer")).to_have_text(re.compile(r"^19:\d\d$"))


def test_request_that_a_newer_one_replaces_is_no_complaint(mara: Membership, open_page: OpenPage) -> None:
    journey_of(mara)
    page = open_page(mara)
    page.goto("/o/regio-bahn/touchpoints/")
    search = page.get_by_role("search").get_by_role("searchbox")
    first, held = re.compile(r"[?&]q=W(&|$)"), list[Route]()
    page.route(first, lambda route: held.append(route))

    with page.expect_request(first):
        search.press_sequentially("W")
    search.press_sequentially("artung")

    expect(page.get_by_role("link", name="Vertrag")).to_have_count(0)
    expect(page.get_by_role("link", name="Wartung")).to_be_visible()


def test_lost_session_leads_to_the_login_as_a_whole_page(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    workshop = running(mara)
    page = open_page(mara)
    with page.expect_response("**/stream/"):
        page.goto(console_path(workshop))
    Session.objects.all().delete()

    page.get_by_role("button", name="Pause").click()

    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_role("heading", name="Anmelden", level=1)).to_be_visible()
    expect(page.locator("#console-parts")).to_have_count(0)
    with member_scope(mara.organisation):
        assert Activity.objects.get().state == ActivityState.OPEN


def test_logout_in_another_tab_leads_an_open_console_to_the_login_and_back(
    mara: Membership, open_page: OpenPage, settings: LazySettings
) -> None:
    """The stream ends, connects again without a login, and is told to stop: no complaint stands in the console."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the server checks it for real
    mara.user.set_password("a long enough one")
    mara.user.save()
    workshop = running(mara)
    page = open_page(mara)
    with page.expect_response("**/stream/"):
        page.goto(console_path(workshop))
    streams: list[int] = []
    page.on("response", lambda answer: streams.append(answer.status) if answer.url.endswith("/stream/") else None)

    other = page.context.new_page()
    other.goto("/accounts/logout/")
    other.locator("main form button").click()

    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_text("Ihre Anmeldung ist beendet.")).to_be_visible()
    assert streams == [204]
    page.get_by_label("E-Mail").fill(mara.user.email)
    page.get_by_label("Passwort", exact=True).fill("a long enough one")
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(f"**{console_path(workshop)}")
    expect(page.locator("time.timer")).to_be_visible()


def test_double_click_reveals_once(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE)
    phones = [entered(open_page(phone=True), workshop) for _ in range(3)]
    for phone, answer in zip(phones, (DELIGHTING, DELIGHTING, OK), strict=True):
        phone.tap(STATION, answer)
    page = open_page(mara)
    page.goto(console_path(workshop))

    page.locator("#next-step").click()
    page.get_by_role("dialog").get_by_role("button", name="Aufdecken").dblclick()

    expect(page.get_by_role("heading", name="Darüber sprechen wir zuerst")).to_be_visible()
    expect(page.locator(".notice--error")).to_have_count(0)
    for phone in phones:
        phone.sees("Das Ergebnis")
        expect(phone.page.locator(".result-row strong")).to_have_text("+67")
    assert counted(station__activity__workshop=workshop) == [(0, 1, 2, 0)]


def test_question_of_last_time_cannot_be_answered(mara: Membership, open_page: OpenPage) -> None:
    """The dialog is opened again while the fresh question is still on its way: meanwhile it may be another one."""
    workshop = running(mara, ONE)
    entered(open_page(phone=True), workshop)
    page = open_page(mara)
    page.goto(console_path(workshop))
    reveal = page.get_by_role("dialog").get_by_role("button", name="Aufdecken")
    page.locator("#next-step").click()
    expect(reveal).to_be_enabled()
    page.locator("[data-closes]").click()

    page.route("**/reveal/", lambda route: None)  # never answers
    page.locator("#next-step").click()
    expect(reveal).to_be_visible()
    expect(reveal).to_be_disabled()


def test_question_that_cannot_be_fetched_hides_nothing(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected += ["ERR_FAILED", "htmx:afterRequest", "htmx:sendError"]
    workshop = running(mara, ONE)
    entered(open_page(phone=True), workshop)
    page = open_page(mara)
    page.goto(console_path(workshop))
    page.route("**/reveal/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.locator("#next-step").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#next-step")).to_be_visible()


def fail_once(page: Page, address: str, status: int) -> list[str]:
    """Let the next request for ``address`` fail, with ``status`` or without an answer (0); return all that are made."""
    made: list[str] = []

    def fail(route: Route) -> None:
        made.append(route.request.url)
        if len(made) > 1:
            route.continue_()
        elif status:
            route.fulfill(status=status, body="")
        else:
            route.abort()

    page.route(address, fail)
    return made


@pytest.mark.parametrize("status", [0, 503])
def test_part_of_the_console_that_failed_is_fetched_again(
    mara: Membership, open_page: OpenPage, watch: Watch, status: int
) -> None:
    watch.expected += OFFLINE + RESTARTED
    workshop = planned(mara, ONE)
    page = open_page(mara)
    with page.expect_response("**/stream/"):
        page.goto(console_path(workshop))
    made = fail_once(page, "**/parts/", status)

    with member_scope(mara.organisation):
        services.open_activity(activity=Activity.objects.get(), by=mara)

    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert len(made) == 2


# --- the phone --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 503])
def test_cards_that_failed_are_fetched_again(mara: Membership, open_page: OpenPage, watch: Watch, status: int) -> None:
    watch.expected += OFFLINE + RESTARTED
    workshop = planned(mara, ONE)
    phone = Phone(open_page(phone=True))
    with phone.page.expect_response("**/stream/"):
        phone.join(workshop.join_code)
    made = fail_once(phone.page, "**/ballot/", status)

    with member_scope(mara.organisation):
        services.open_activity(activity=Activity.objects.get(), by=mara)

    phone.tap(STATION, OK)
    assert len(made) == 2
    assert ratings(workshop) == [(5, "")]


def test_block_that_opens_while_scripts_are_coming_is_not_missed(mara: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    held: list[Route] = []
    phone.page.route("**/js/room*.js", lambda route: held.append(route))
    with phone.page.expect_request("**/js/room*.js"):
        phone.page.reload(wait_until="commit")

    with member_scope(mara.organisation):
        services.open_activity(activity=Activity.objects.get(), by=mara)
    phone.page.wait_for_timeout(1500)  # what a stream has to say is said by now
    held.pop().continue_()

    phone.tap(STATION, OK)
    assert ratings(workshop) == [(5, "")]


def test_two_tabs_of_one_phone_are_one_person(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE)
    first = entered(open_page(phone=True), workshop)
    second = Phone(first.page.context.new_page())
    second.page.goto(f"/w/{workshop.join_code}/")
    board = open_page(mara)
    board.goto(console_path(workshop))

    first.tap(STATION, DELIGHTING)
    second.tap(STATION, DISAPPOINTING)
    first.page.reload()

    first.sees("Fertig, danke.")
    expect(first.page.get_by_role("button", name=f"{STATION} {DISAPPOINTING}")).to_be_visible()
    expect(ring(board).get_by_role("img", name="1 von 1 fertig")).to_be_visible()
    assert ratings(workshop) == [(0, "")]


def test_second_device_of_a_member_says_so(mara: Membership, emil: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE)
    first, second = Phone(open_page(emil, phone=True)), Phone(open_page(emil, phone=True))
    first.page.goto(f"/{workshop.join_code}")
    first.page.get_by_role("button", name="Als Emil teilnehmen").click()
    first.tap(STATION, OK)

    second.page.goto(f"/{workshop.join_code}")

    second.sees("Du bewertest auf einem anderen Gerät")
    expect(second.page.locator(".answer")).to_have_count(0)
    assert ratings(workshop) == [(5, "")]


def test_a_minute_without_connection_costs_nothing(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected = OFFLINE
    workshop = running(mara)
    phone = entered(open_page(phone=True), workshop)
    stations = [name for name, _phase in PATH[:2]]
    answered: list[str] = []
    phone.page.on(
        "requestfinished",
        lambda request: answered.append(request.post_data or "") if "/stations/" in request.url else None,
    )

    phone.page.context.set_offline(True)
    phone.answer(stations[0], DELIGHTING).click()
    expect(phone.answer(stations[0], DELIGHTING).get_by_text("noch nicht gespeichert")).to_be_visible()
    expect(phone.page.get_by_text(NO_CONNECTION)).to_be_visible()
    expect(phone.answer(stations[0], DELIGHTING).get_by_text("gespeichert ✓", exact=True)).to_be_hidden()
    phone.page.wait_for_timeout(30_000)
    phone.next()
    phone.answer(stations[1], OK).click()
    phone.page.wait_for_timeout(30_000)
    assert ratings(workshop) == []
    phone.page.context.set_offline(False)

    phone.expect_saved(stations[1], OK)
    expect(phone.page.get_by_text(NO_CONNECTION)).to_be_hidden()
    phone.page.get_by_role("button", name="Zurück").locator("visible=true").click()
    phone.expect_saved(stations[0], DELIGHTING)
    assert sorted(ratings(workshop)) == [(5, ""), (10, "")]
    assert len(answered) == 2


def test_forgotten_phone_is_led_to_the_way_in_and_keeps_its_reason(
    mara: Membership, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected = ["403"]  # the phone's sign of life, should it come before the stream's end
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    phone.tap(STATION, OK)
    phone.page.get_by_label("Warum vor allem?").press_sequentially("noch im Satz")
    phone.page.context.clear_cookies()
    with member_scope(mara.organisation):
        end_streams(workshop, participant=Participant.objects.get())

    expect(phone.page.get_by_text("Dieses Telefon ist im Raum nicht mehr bekannt.")).to_be_visible()
    phone.page.get_by_role("button", name="Ohne Namen teilnehmen").click()
    expect(phone.card(STATION)).to_be_visible()
    phone.answer(STATION, DELIGHTING).click()
    phone.expect_saved(STATION, DELIGHTING)
    expect(phone.page.get_by_label("Warum vor allem?")).to_have_value("noch im Satz")


def test_removed_person_reads_so_while_the_page_is_open(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected = ["status of 4"]
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop, "Gisela")
    phone.tap(STATION, OK)
    page = open_page(mara)
    page.goto(console_path(workshop))

    page.get_by_text("Namen", exact=True).click()
    page.get_by_role("link", name=re.compile("^Entfernen …")).click()
    page.get_by_role("button", name="Aus dem Raum entfernen").click()

    phone.sees("Die Moderation hat dich aus diesem Workshop genommen")
    phone.page.reload()
    phone.sees("Die Moderation hat dich aus diesem Workshop genommen")
    assert ratings(workshop) == [(5, "")]


NAMES = {
    "Ömer 🚂👩‍👩‍👧": "Ömer 🚂👩‍👩‍👧",
    "שרה לוי": "שרה לוי",
    "Ada\u202eesreveR": "AdaesreveR",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "   ": "Gast",
}


def test_strange_names_come_in_and_stand_on_the_console_as_text(mara: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara)
    console = open_page(mara)
    console.goto(console_path(workshop))

    for typed in NAMES:
        page = open_page(phone=True)
        page.goto(f"/{workshop.join_code}")
        page.get_by_label("Dein Name").fill(typed)
        page.get_by_role("button", name="Teilnehmen", exact=True).click()
        Phone(page).sees("Du bist dabei.")

    people = console.locator("#console-people .people-list li")
    expect(people).to_have_count(len(NAMES))
    for shown in NAMES.values():
        expect(people.get_by_text(shown, exact=True)).to_be_attached()


def test_name_of_ten_thousand_characters_is_kept_and_explained(
    mara: Membership, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected = ["status of 422"]
    workshop = planned(mara)
    page = open_page(phone=True)
    page.goto(f"/{workshop.join_code}")

    page.get_by_label("Dein Name").fill("N" * 10_000)
    page.get_by_role("button", name="Teilnehmen", exact=True).click()

    expect(page.get_by_text("Bitte kürze deinen Namen auf 80 Zeichen; er hat 10000.")).to_be_visible()
    expect(page.get_by_label("Dein Name")).to_have_value("N" * 10_000)
    with member_scope(mara.organisation):
        assert Participant.objects.count() == 0


def test_strange_reasons_are_kept_as_they_are(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected = ["status of 422"]
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    phone.tap(STATION, OK)
    reason = phone.page.get_by_label("Warum vor allem?")

    for typed, kept in (("<script>alert('🚂')</script> שלום", "<script>alert('🚂')</script> שלום"), ("   ", "")):
        with phone.page.expect_response("**/stations/*/"):
            reason.fill(typed)
            reason.blur()
        phone.expect_saved(STATION, OK)
        assert ratings(workshop) == [(5, kept)]
    reason.fill("w" * 10_000)
    reason.blur()
    expect(phone.page.get_by_text(re.compile(r"Der Grund hat 10\.?000 Zeichen"))).to_be_visible()
    expect(reason).to_have_value("w" * 10_000)
    assert ratings(workshop) == [(5, "")]


CODES = {
    "unknown": ("ZZZZZ9", "Einen Workshop mit dem Code „ZZZZZ9“ gibt es nicht."),
    "too short": ("K7M", "Das ist kein Code: Ein Code hat sechs Zeichen, zum Beispiel K7M 3QX."),
    "a zero": ("K0M3QX", "„0“ kommt in keinem Code vor"),
}


@pytest.mark.parametrize(("typed", "sentence"), CODES.values(), ids=CODES)
def test_wrong_code_says_what_is_wrong_with_it(open_page: OpenPage, watch: Watch, typed: str, sentence: str) -> None:
    watch.expected = ["status of 4"]
    page = open_page(phone=True)
    page.goto("/join/")

    page.get_by_label("Code").fill(typed)
    page.get_by_role("button", name="Weiter").click()

    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_label("Code")).to_have_value(typed)


def test_closed_workshop_says_so_to_those_inside_and_outside(
    mara: Membership, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected = ["status of 4"]
    workshop = planned(mara)
    phone, late = entered(open_page(phone=True), workshop), open_page(phone=True)

    with member_scope(mara.organisation):
        services.close_workshop(workshop=workshop, by=mara)
    late.goto(f"/{workshop.join_code}")

    phone.sees("Der Workshop ist beendet. Danke!")
    expect(late.get_by_text("Dieser Workshop ist beendet; hinein kommt niemand mehr.")).to_be_visible()


# --- servers that go away ---------------------------------------------------------------------------------------------


@pytest.mark.fault
def test_restarted_server_finds_the_phones_where_they_were(
    environment: dict[str, str], mara: Membership, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected = OFFLINE
    workshop = running(mara)
    port = free_port()
    with serving(environment, port) as url:
        watch.server = url
        phone = entered(open_page(phone=True, base_url=url), workshop)
        board = open_page(mara, base_url=url)
        board.goto(console_path(workshop))
        phone.tap("Anzeige im Netz", OK)
        phone.next()
        phone.card("Beratung am Telefon").get_by_label("Warum vor allem?").fill("noch im Satz")
    phone.answer("Beratung am Telefon", DELIGHTING).click()
    expect(phone.answer("Beratung am Telefon", DELIGHTING).get_by_text("noch nicht gespeichert")).to_be_visible()
    with member_scope(mara.organisation):  # while no server runs
        services.pause_activity(activity=Activity.objects.get(), by=mara)
        services.resume_activity(activity=Activity.objects.get(), by=mara)

    with serving(environment, port):
        expect(phone.answer("Beratung am Telefon", DELIGHTING).get_by_text("gespeichert ✓", exact=True)).to_be_visible(
            timeout=20_000
        )
        expect(board.locator("#connection")).to_be_hidden(timeout=20_000)
        phone.page.get_by_role("button", name="Zurück").locator("visible=true").click()
        phone.expect_saved("Anzeige im Netz", OK)
        board.get_by_role("button", name="Pause").click()
        phone.sees("Kurze Pause")
        assert sorted(ratings(workshop)) == [(5, ""), (10, "noch im Satz")]
        for page in (phone.page, board):
            page.goto("about:blank")


@contextmanager
def bus(port: int, folder: Path) -> Generator[None]:
    """A Valkey of this test's own."""
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--loglevel", "warning"]
    process = subprocess.Popen([str(valkey.program()), *words], start_new_session=True)
    try:
        wait_for_bus(port)
        yield
    finally:
        process.kill()
        process.wait(10)


def wait_for_bus(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            with redis.Redis(port=port) as client:
                client.ping()
            return
        except redis.RedisError:
            time.sleep(0.05)
    raise AssertionError("the bus did not answer")


@pytest.mark.fault
def test_bus_that_is_gone_for_half_a_minute_stops_nobody(
    environment: dict[str, str], mara: Membership, open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    workshop, port = running(mara), free_port()
    stations = [name for name, _phase in PATH[:3]]
    with serving(environment | {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}) as url:
        watch.server = url
        with bus(port, tmp_path):
            phones = [entered(open_page(phone=True, base_url=url), workshop) for _ in range(2)]
            board = open_page(mara, base_url=url)
            board.goto(console_path(workshop))
            expect(ring(board).get_by_role("img", name="0 von 2 fertig")).to_be_visible()

        gone = time.monotonic()
        for phone in phones:
            phone.rate_all({**dict.fromkeys(stations, OK), "Wartung": DELIGHTING})
            phone.sees("Fertig, danke.")
        expect(ring(board).get_by_role("img", name="2 von 2 fertig")).to_be_visible(timeout=15_000)
        board.get_by_role("button", name="Pause").click()
        for phone in phones:
            expect(phone.page.get_by_role("heading", name="Kurze Pause")).to_be_visible(timeout=15_000)
        board.wait_for_timeout(max(0.0, 30 - (time.monotonic() - gone)) * 1000)

        with bus(port, tmp_path):
            board.get_by_role("button", name="Weiter bewerten").click()
            for phone in phones:
                expect(phone.page.get_by_role("heading", name="Fertig, danke.")).to_be_visible(timeout=15_000)
            phones[0].page.get_by_role("button", name=re.compile("^Vertrag")).click()
            phones[0].tap("Vertrag", DISAPPOINTING)
            board.locator("#next-step").click()
            board.get_by_role("dialog").get_by_role("button", name="Aufdecken").click()
            for phone in phones:
                expect(phone.page.get_by_role("heading", name="Das Ergebnis")).to_be_visible(timeout=15_000)
            assert sum(map(sum, counted(station__activity__workshop=workshop))) == 8
        for page in (board, *(phone.page for phone in phones)):
            page.goto("about:blank")
