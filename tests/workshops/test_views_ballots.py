"""Rating on the phone: one tap at a time, saved and said so, and a clear sentence for everything that stops it."""

import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from tests.answers import given
from tests.factories import ActivityFactory, ActivityStationFactory, WorkshopFactory
from workshops.enums import ActivityState
from workshops.models import Activity, ActivityStation, Ballot, Participant, Participation, Workshop
from workshops.views import taps

pytestmark = pytest.mark.django_db

ROOM = "/w/K7M3QX/"


@pytest.fixture
def workshop(organisation):
    return WorkshopFactory(organisation=organisation, join_code="K7M3QX", title="Ist der Pendlerin")


@pytest.fixture
def activity(workshop):
    return ActivityFactory(workshop=workshop, running=True, title="Ist bewerten")


@pytest.fixture
def stations(activity):
    return [
        ActivityStationFactory(
            activity=activity,
            position=position,
            name=name,
            prompt=f"Du erlebst: {name}",
            channel="App",
            expectation="Eine klare Ansage" if position == 0 else "",
        )
        for position, name in enumerate(["Auskunft", "Automat", "Durchsage"])
    ]


def new_phone(name="Anna"):
    client = Client(headers={"accept-language": "de"})
    client.post(f"{ROOM}enter/", {"as": "guest" if name else "nameless", "name": name})
    return client


@pytest.fixture
def phone(stations):
    """Anna's phone, in the room, the block being open."""
    return new_phone()


def tap(client, station, htmx=True, **answer):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(f"{ROOM}stations/{station.code}/", answer, headers=headers)


def ratings():
    names = dict(ActivityStation._base_manager.values_list("pk", "name"))
    return [(names[each.station], each.drawer, each.cannot_judge, each.reason) for each in given()]


def set_state(state):
    Activity._base_manager.update(state=state, revealed_at=timezone.now() if state == "revealed" else None)


# --- the cards -------------------------------------------------------------------------------------------------------


def test_cards_are_a_fragment_with_one_station_in_sight(phone, stations):
    response = phone.get(f"{ROOM}ballot/", headers={"HX-Request": "true"})

    fragment = response.content.decode()
    assert fragment.lstrip().startswith('<div id="room-ballot"')
    assert re.findall(r'data-place="([^"]+)">', fragment) == [str(stations[0].code)]
    assert re.findall(r'data-place="([^"]+)" hidden>', fragment) == [
        str(stations[1].code),
        str(stations[2].code),
        "overview",
    ]
    assert re.findall(r"\d von \d", fragment) == ["1 von 3", "2 von 3", "3 von 3"]


def test_card_says_phase_channel_name_prompt_and_expectation(phone, stations):
    page = phone.get(ROOM).content.decode()

    assert "Presales · App" in page
    assert '<h1 tabindex="-1" dir="auto">Auskunft</h1>' in page
    assert "Du erlebst: Auskunft" in page
    assert page.count("Was Kunden erwarten:") == 1
    assert [page.count(gloss) for gloss in ("mehr als erwartet", "wie erwartet", "weniger als erwartet")] == [3, 3, 3]


def test_promise_stands_before_the_first_tap_in_full(phone, stations):
    before = phone.get(ROOM).content.decode()
    tap(phone, stations[0], drawer="10")
    after = phone.get(ROOM).content.decode()

    sentence = "Vor dem Aufdecken wird nichts gezeigt, danach ist nichts zurückverfolgbar."
    assert sentence in before
    assert before.index(sentence) < before.index('name="drawer"')
    assert "Deshalb lassen sich Antworten später auch nicht löschen." in before
    assert sentence not in after
    assert "Niemand sieht, wer wie bewertet hat, auch nicht die Moderation." in after


def test_without_a_running_block_there_are_no_cards(phone):
    set_state(ActivityState.PAUSED)

    fragment = phone.get(f"{ROOM}ballot/", headers={"HX-Request": "true"}).content.decode()

    assert 'data-ballot=""' in fragment
    assert "drawer" not in fragment
    assert "Kurze Pause" in phone.get(ROOM).content.decode()


def test_cards_without_htmx_are_the_rooms_page(phone):
    assert phone.get(f"{ROOM}ballot/")["Location"] == ROOM


def test_question_for_the_reason_can_be_switched_off(phone, stations):
    Activity._base_manager.update(asks_reason=False)

    assert "<textarea" not in phone.get(ROOM).content.decode()


# --- one tap ---------------------------------------------------------------------------------------------------------


def test_tap_is_saved_at_once_and_says_so(phone, stations):
    response = tap(phone, stations[0], drawer="10")

    fragment = response.content.decode()
    assert response.status_code == 200
    assert ratings() == [("Auskunft", 10, False, "")]
    assert f'id="station-answers-{stations[0].code}"' in fragment
    assert fragment.count('aria-pressed="true"') == 1
    assert fragment.count("gespeichert ✓") == 1
    assert fragment.index('value="10" aria-pressed="true"') < fragment.index("gespeichert ✓")


def test_tap_updates_line_and_count_of_the_overview(phone, stations):
    fragment = tap(phone, stations[0], drawer="0").content.decode()

    assert f'<li id="ballot-row-{stations[0].code}" hx-swap-oob="true">' in fragment
    assert 'id="ballot-head" hx-swap-oob="true"' in fragment
    assert "2 Stationen sind noch offen" in fragment


def test_second_tap_changes_the_answer_and_keeps_the_reason(phone, stations):
    tap(phone, stations[0], drawer="10", reason="Schnell")
    tap(phone, stations[0], drawer="0", reason="Schnell")

    assert ratings() == [("Auskunft", 0, False, "Schnell")]
    assert Ballot._base_manager.count() == 1


def test_same_tap_sent_twice_counts_once(phone, stations):
    for _ in range(2):
        tap(phone, stations[0], drawer="5", reason="Geht so")

    assert ratings() == [("Auskunft", 5, False, "Geht so")]


def test_cannot_judge_is_an_answer(phone, stations):
    tap(phone, stations[0], drawer="10")

    fragment = tap(phone, stations[0], cannot_judge="on").content.decode()

    assert ratings() == [("Auskunft", None, True, "")]
    assert 'value="on" aria-pressed="true"' in fragment


def test_line_with_a_reason_stays_in_no_memory_of_the_process(phone, stations):
    taps._plain_row.cache_clear()
    with_reason = tap(phone, stations[0], drawer="5", reason="Zu leise")
    without = [tap(phone, station, drawer="5") for station in stations[1:] for _twice in range(2)]

    assert "Zu leise" in with_reason.content.decode()
    assert all(stations[1].name in answer.content.decode() for answer in without[:2])
    assert taps._plain_row.cache_info().currsize == len(stations) - 1


def test_reason_alone_joins_the_answer_given_before(phone, stations):
    tap(phone, stations[0], drawer="5")
    tap(phone, stations[0], reason="  Zu   leise\n am Gleis ")

    assert ratings() == [("Auskunft", 5, False, "Zu leise am Gleis")]


def test_reason_before_any_answer_is_kept_and_asks_for_one(phone, stations):
    response = tap(phone, stations[0], reason="Zu leise")

    assert response.status_code == 422
    assert "Dein Satz bleibt hier stehen. Tippe eine Antwort an" in response.content.decode()
    assert "gespeichert ✓" not in response.content.decode()
    assert ratings() == []


def test_reason_of_ten_thousand_characters_is_refused_and_nothing_is_lost(phone, stations):
    tap(phone, stations[0], drawer="5", reason="Geht so")

    fragment = tap(phone, stations[0], drawer="0", reason="x" * 10_000)
    page = tap(phone, stations[0], htmx=False, drawer="0", reason="x" * 10_000)

    assert (fragment.status_code, page.status_code) == (422, 422)
    assert "10000" in fragment.content.decode()
    assert "x" * 10_000 in page.content.decode()
    assert ratings() == [("Auskunft", 5, False, "Geht so")]


@pytest.mark.parametrize("drawer", ["7", "-1", "11", "zehn", "1e1"])
def test_answer_out_of_range_is_refused(phone, stations, drawer):
    response = tap(phone, stations[0], drawer=drawer)

    assert response.status_code == 422
    assert "Diese Antwort gibt es nicht." in response.content.decode()
    assert ratings() == []


def test_drawer_and_cannot_judge_at_once_are_refused(phone, stations):
    assert tap(phone, stations[0], drawer="5", cannot_judge="on").status_code == 422
    assert ratings() == []


def test_markup_and_other_scripts_in_a_reason_are_text(phone, stations):
    tap(phone, stations[0], drawer="5", reason="<script>alert(1)</script> 😀 مرحبا")

    assert "&lt;script&gt;alert(1)&lt;/script&gt; 😀 مرحبا</textarea>" in phone.get(ROOM).content.decode()


def test_after_the_last_answer_the_phone_says_done(phone, stations):
    for station in stations:
        fragment = tap(phone, station, drawer="5").content.decode()

    page = phone.get(ROOM).content.decode()
    assert "Fertig, danke." in fragment
    assert re.findall(r'data-place="([^"]+)">', page) == ["overview"]
    assert Participation._base_manager.get().finished is True


def test_phone_goes_on_at_the_first_open_station(phone, stations):
    tap(phone, stations[0], drawer="5")

    assert re.findall(r'data-place="([^"]+)">', phone.get(ROOM).content.decode()) == [str(stations[1].code)]


def test_tap_costs_the_same_for_three_and_thirty_stations(phone, stations, activity, django_assert_num_queries):
    tap(phone, stations[0], drawer="5")
    with django_assert_num_queries(TAP_QUERIES):
        tap(phone, stations[0], drawer="0")
    for position in range(3, 30):
        ActivityStationFactory(activity=activity, position=position)

    with django_assert_num_queries(TAP_QUERIES):
        tap(phone, stations[0], drawer="10")


TAP_QUERIES = 3


# --- without JavaScript ----------------------------------------------------------------------------------------------


def test_plain_tap_comes_back_to_its_station(phone, stations):
    response = tap(phone, stations[1], htmx=False, drawer="5", reason="Geht so")

    assert (response.status_code, response["Location"]) == (302, f"{ROOM}?go={stations[1].code}")
    assert re.findall(r'data-place="([^"]+)">', phone.get(response["Location"]).content.decode()) == [
        str(stations[1].code)
    ]


def test_plain_next_saves_the_reason_and_goes_on(phone, stations):
    tap(phone, stations[0], htmx=False, drawer="5")

    response = tap(phone, stations[0], htmx=False, reason="Zu leise", go=str(stations[1].code))

    assert response["Location"] == f"{ROOM}?go={stations[1].code}"
    assert ratings() == [("Auskunft", 5, False, "Zu leise")]


def test_plain_next_without_an_answer_just_goes_on(phone, stations):
    response = tap(phone, stations[0], htmx=False, reason="", go="overview")

    assert response["Location"] == f"{ROOM}?go=overview"
    assert ratings() == []


def test_plain_reason_without_an_answer_is_written_back(phone, stations):
    response = tap(phone, stations[0], htmx=False, reason="Zu leise", go=str(stations[1].code))

    page = response.content.decode()
    assert response.status_code == 422
    assert re.findall(r'data-place="([^"]+)">', page) == [str(stations[0].code)]
    assert page.count("Dein Satz bleibt hier stehen.") == 1
    assert "Zu leise</textarea>" in page


# --- what stops a tap ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (ActivityState.PAUSED, "Deine Antwort wurde nicht gespeichert"),
        (ActivityState.REVEALED, "aufgedeckt"),
        (ActivityState.PLANNED, "nicht geöffnet"),
    ],
)
def test_tap_into_a_block_that_is_not_open(phone, stations, state, sentence):
    set_state(state)

    response = tap(phone, stations[0], drawer="5")

    assert response.status_code == 409
    assert sentence in response.content.decode()
    assert "gespeichert ✓" not in response.content.decode()
    assert ratings() == []


def test_plain_tap_after_the_pause_began_keeps_the_sentence(phone, stations):
    set_state(ActivityState.PAUSED)

    response = tap(phone, stations[0], htmx=False, drawer="5", reason="Zu leise")

    assert response.status_code == 409
    assert "Deine Antwort wurde nicht gespeichert" in response.content.decode()
    assert "Zu leise" in response.content.decode()


def test_tap_of_a_removed_participant(phone, stations):
    tap(phone, stations[0], drawer="5")
    Participant._base_manager.update(removed_at=timezone.now())

    response = tap(phone, stations[1], drawer="5")

    assert (response.status_code, response["HX-Retarget"]) == (409, "#room-stopped")
    assert "Die Moderation hat dich aus diesem Workshop genommen" in response.content.decode()
    assert ratings() == [("Auskunft", 5, False, "")]


def test_tap_of_somebody_who_left(phone, stations):
    phone.post(f"{ROOM}leave/")

    response = tap(phone, stations[0], drawer="5")

    assert response.status_code == 409
    assert "Du hast den Raum verlassen" in response.content.decode()
    assert ratings() == []


def test_tap_of_somebody_who_does_not_rate(phone, stations):
    Participant._base_manager.update(does_not_rate=True)

    response = tap(phone, stations[0], drawer="5")

    assert response.status_code == 409
    assert ratings() == []
    assert "Du bist ohne Bewertung dabei" in phone.get(ROOM).content.decode()


def test_member_on_a_second_device_is_sent_back_to_the_first(emil, stations):
    first, second = (Client(headers={"accept-language": "de"}) for _ in range(2))
    for device in (first, second):
        device.force_login(emil.user)
    first.post(f"{ROOM}enter/", {"as": "member"})
    second.get(ROOM)
    tap(first, stations[0], drawer="5")

    response = tap(second, stations[0], drawer="0")

    assert response.status_code == 409
    assert "Du bewertest auf einem anderen Gerät" in second.get(ROOM).content.decode()
    assert ratings() == [("Auskunft", 5, False, "")]


def test_lost_ballot_cookie_means_no_change_and_no_second_ballot(phone, stations):
    tap(phone, stations[0], drawer="5")
    del phone.cookies["ballot_K7M3QX"]

    response = tap(phone, stations[0], drawer="0")

    assert response.status_code == 409
    assert "Wurden die Cookies dieses Telefons gelöscht?" in phone.get(ROOM).content.decode()
    assert ratings() == [("Auskunft", 5, False, "")]
    assert Ballot._base_manager.count() == 1


def test_lost_identity_says_so_and_changes_nothing(phone, stations):
    tap(phone, stations[0], drawer="5")
    del phone.cookies["guest_K7M3QX"]

    fragment = tap(phone, stations[0], drawer="0")
    page = tap(phone, stations[0], htmx=False, drawer="0")

    assert "Dieses Telefon ist im Raum nicht mehr bekannt" in fragment.content.decode()
    assert page["Location"] == ROOM
    assert ratings() == [("Auskunft", 5, False, "")]


def test_station_of_another_workshop_is_not_there(phone, organisation, other_organisation):
    for owner in (organisation, other_organisation):
        elsewhere = ActivityStationFactory(activity=ActivityFactory(workshop__organisation=owner, running=True))
        assert tap(phone, elsewhere, drawer="5").status_code == 404

    assert phone.post(f"{ROOM}stations/{uuid.uuid4()}/", {"drawer": "5"}).status_code == 404
    assert ratings() == []


def test_tap_is_a_post(phone, stations):
    assert phone.get(f"{ROOM}stations/{stations[0].code}/").status_code == 405


def test_tap_needs_the_forms_token(phone, stations):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = phone.cookies

    assert tap(strict, stations[0], drawer="5").status_code == 403
    assert ratings() == []


def test_tap_bumps_no_version_until_somebody_is_finished(phone, stations):
    before = Workshop._base_manager.get().version
    for station in stations[:2]:
        tap(phone, station, drawer="5")
    between = Workshop._base_manager.get().version

    tap(phone, stations[2], drawer="5")

    assert (between, Workshop._base_manager.get().version) == (before, before + 1)


# --- two phones, and names ------------------------------------------------------------------------------------------


def test_two_phones_have_two_ballots_and_see_only_their_own(phone, stations):
    other = new_phone("Bea")
    tap(phone, stations[0], drawer="10", reason="Von Anna")
    tap(other, stations[0], drawer="0", reason="Von Bea")

    assert Ballot._base_manager.count() == 2
    assert "Von Bea" not in phone.get(ROOM).content.decode()
    assert "Von Anna" not in other.get(ROOM).content.decode()


def test_anonymous_ballot_holds_nobody_and_the_secret_only_as_a_hash(phone, stations):
    tap(phone, stations[0], drawer="5")

    ballot = Ballot._base_manager.get()
    assert ballot.participant is None
    assert ballot.secret_hash not in ("", phone.cookies["ballot_K7M3QX"].value)


def test_block_with_names_asks_for_one_before_the_first_card(stations):
    Activity._base_manager.update(is_named=True)
    nameless = new_phone("")
    asked = nameless.get(ROOM).content.decode()

    refused = nameless.post(f"{ROOM}enter/", {"as": "named", "name": "  "})
    nameless.post(f"{ROOM}enter/", {"as": "named", "name": "Bea"})

    assert "Diese Runde geht mit Namen" in asked
    assert 'name="drawer"' not in asked
    assert refused.status_code == 422
    assert "Bitte gib deinen Namen ein: Er wird bei deinen Antworten stehen." in refused.content.decode()
    assert 'name="drawer"' in nameless.get(ROOM).content.decode()
    assert [each.name for each in Participant._base_manager.all()] == ["Bea"]


def test_block_with_names_says_so_before_the_first_tap(phone, stations):
    Activity._base_manager.update(is_named=True)

    page = phone.get(ROOM).content.decode()
    tap(phone, stations[0], drawer="5")

    sentence = "Nach dem Aufdecken sieht die Moderation deinen Namen bei deinen Antworten."
    assert page.index(sentence) < page.index('name="drawer"')
    assert "Niemand sieht, wer wie bewertet hat" not in page
    assert Ballot._base_manager.get().participant == Participant._base_manager.get()
