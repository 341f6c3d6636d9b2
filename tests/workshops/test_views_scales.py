"""Full mode on the phone: six scales a station, each tap saved and said so, with and without JavaScript."""

import re

import pytest
from django.test import Client

from tests.answers import given
from tests.factories import ActivityFactory, ActivityStationFactory, WorkshopFactory
from workshops.enums import ActivityState, Mode, Scale
from workshops.models import Activity, ActivityStation, Participation

pytestmark = pytest.mark.django_db

ROOM = "/w/K7M3QX/"
ALL = {"experience": 7, "expectation": 8, "importance": 9, "purchase": 0, "repurchase": 10, "recommendation": 4}


@pytest.fixture
def activity(organisation):
    workshop = WorkshopFactory(organisation=organisation, join_code="K7M3QX")
    return ActivityFactory(workshop=workshop, running=True, title="Ist bewerten", mode=Mode.FULL)


@pytest.fixture
def stations(activity):
    return [
        ActivityStationFactory(activity=activity, position=position, name=name)
        for position, name in enumerate(["Auskunft", "Automat", "Durchsage"])
    ]


@pytest.fixture
def phone(stations):
    """Anna's phone, in the room, the block being open."""
    client = Client(headers={"accept-language": "de"})
    client.post(f"{ROOM}enter/", {"as": "guest", "name": "Anna"})
    return client


def tap(client, station, htmx=True, **answer):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(f"{ROOM}stations/{station.code}/", answer, headers=headers)


def answers():
    names = dict(ActivityStation._base_manager.values_list("pk", "name"))
    return [(names[each.station], each.scales, each.cannot_judge, each.reason) for each in given()]


def checked(html):
    """The chosen numbers, by scale, in the order of the page."""
    return re.findall(r'name="(\w+)" value="(\d+)" id="[^"]+" checked', html)


def states(html):
    """What the page says is saved, by scale."""
    return re.findall(r'id="scale-state-[0-9a-f-]{36}-(\w+)" data-saved="(\d*)"', html)


# --- the cards -------------------------------------------------------------------------------------------------------


def test_card_has_six_groups_of_eleven_numbers_with_words_at_their_ends(phone, stations):
    page = phone.get(ROOM).content.decode()
    card = page[page.index('data-place="') : page.index(f'data-place="{stations[1].code}"')]

    assert re.findall(r'data-scale="(\w+)" role="radiogroup"', card) == Scale.values
    for scale in Scale:
        assert re.findall(rf'name="{scale}" value="(\d+)"', card) == [str(number) for number in range(11)]
    assert re.findall(r"<span>(\d+ = [^<]+)</span>", card) == [
        "0 = enttäuschend",
        "10 = begeisternd",
        "0 = sehr wenig",
        "10 = das Allerbeste",
        "0 = unwichtig",
        "10 = entscheidend",
        "0 = gar nicht",
        "10 = ganz und gar",
        "0 = sicher nicht",
        "10 = ganz sicher",
        "0 = sicher nicht",
        "10 = ganz sicher",
    ]
    assert "Wie erleben Kunden diese Station?" in card
    assert 'name="drawer"' not in page


def test_promise_stands_before_the_first_number(phone):
    page = phone.get(ROOM).content.decode()

    sentence = "Vor dem Aufdecken wird nichts gezeigt, danach ist nichts zurückverfolgbar."
    assert page.index(sentence) < page.index('name="experience"')


def test_numbers_given_stand_on_the_card_again(phone, stations):
    tap(phone, stations[0], experience="7", importance="0")

    page = phone.get(ROOM).content.decode()

    assert checked(page) == [("experience", "7"), ("importance", "0")]
    assert states(page)[:6] == [
        ("experience", "7"),
        ("expectation", ""),
        ("importance", "0"),
        ("purchase", ""),
        ("repurchase", ""),
        ("recommendation", ""),
    ]
    assert re.findall(r'data-place="([^"]+)">', page) == [str(stations[0].code)]
    assert "2 von 6" in page


# --- one tap ---------------------------------------------------------------------------------------------------------


def test_tap_is_saved_at_once_and_only_its_scale_comes_back(phone, stations):
    tap(phone, stations[0], experience="7")
    response = tap(phone, stations[0], recommendation="10")

    fragment = response.content.decode()
    assert response.status_code == 200
    assert answers() == [("Auskunft", {"experience": 7, "recommendation": 10}, False, "")]
    assert fragment.lstrip().startswith(f'<div id="station-state-{stations[0].code}"')
    assert 'data-own-answer="7 - - - - 10"' in fragment
    assert states(fragment) == [("recommendation", "10")]
    assert fragment.count("gespeichert ✓") == 1
    assert f'<li id="ballot-row-{stations[0].code}" hx-swap-oob="true">' in fragment
    assert "3 Stationen sind noch offen" in fragment


def test_sixth_number_answers_the_station(phone, stations):
    for scale, number in ALL.items():
        fragment = tap(phone, stations[0], **{scale: str(number)}).content.decode()

    assert answers() == [("Auskunft", ALL, False, "")]
    assert "2 Stationen sind noch offen" in fragment
    assert "Erlebnis 7" in fragment
    assert re.findall(r'data-place="([^"]+)">', phone.get(ROOM).content.decode()) == [str(stations[1].code)]


def test_after_the_last_number_the_phone_says_done(phone, stations):
    for station in stations:
        fragment = tap(phone, station, **ALL).content.decode()

    assert "Fertig, danke." in fragment
    assert Participation._base_manager.get().finished is True


def test_cannot_judge_empties_all_six(phone, stations):
    tap(phone, stations[0], **ALL)

    fragment = tap(phone, stations[0], cannot_judge="on").content.decode()

    assert answers() == [("Auskunft", {}, True, "")]
    assert states(fragment) == [(scale.value, "") for scale in Scale]
    assert 'data-own-answer="none"' in fragment
    assert 'aria-pressed="true"' in fragment


def test_reason_joins_the_numbers(phone, stations):
    tap(phone, stations[0], experience="7")
    fragment = tap(phone, stations[0], reason="  Zu   leise\n am Gleis ").content.decode()

    assert answers() == [("Auskunft", {"experience": 7}, False, "Zu leise am Gleis")]
    assert states(fragment) == []


def test_reason_before_any_number_is_kept_and_asks_for_one(phone, stations):
    response = tap(phone, stations[0], reason="Zu leise")

    assert response.status_code == 422
    assert f'id="station-scales-{stations[0].code}"' in response.content.decode()
    assert "Dein Satz bleibt hier stehen." in response.content.decode()
    assert answers() == []


@pytest.mark.parametrize("number", ["-1", "11", "zehn", "1e1", "7.0", "07"])
def test_number_out_of_range_is_refused_and_what_is_saved_is_shown(phone, stations, number):
    tap(phone, stations[0], experience="5")

    response = tap(phone, stations[0], experience=number)

    assert response.status_code == 422
    assert f'id="station-scales-{stations[0].code}"' in response.content.decode()
    assert "Diese Antwort gibt es nicht. Tippe bitte eine Zahl von 0 bis 10 an." in response.content.decode()
    assert checked(response.content.decode()) == [("experience", "5")]
    assert answers() == [("Auskunft", {"experience": 5}, False, "")]


def test_scale_that_does_not_exist_is_no_answer(phone, stations):
    assert tap(phone, stations[0], price="5").status_code == 422
    assert tap(phone, stations[0], drawer="5").status_code == 422
    assert answers() == []


def test_quick_block_takes_no_numbers(phone, stations):
    Activity._base_manager.update(mode=Mode.QUICK)

    assert tap(phone, stations[0], experience="5").status_code == 422
    assert answers() == []


def test_tap_after_the_pause_began_changes_nothing(phone, stations):
    tap(phone, stations[0], experience="5")
    Activity._base_manager.update(state=ActivityState.PAUSED)

    response = tap(phone, stations[0], experience="6")

    assert (response.status_code, response["HX-Retarget"]) == (409, "#room-stopped")
    assert "Deine Antwort wurde nicht gespeichert" in response.content.decode()
    assert answers() == [("Auskunft", {"experience": 5}, False, "")]


def test_tap_costs_as_many_queries_as_in_quick_mode(phone, stations, activity, django_assert_num_queries):
    tap(phone, stations[0], experience="5")
    with django_assert_num_queries(TAP_QUERIES):
        tap(phone, stations[0], experience="0")
    for position in range(3, 30):
        ActivityStationFactory(activity=activity, position=position)

    with django_assert_num_queries(TAP_QUERIES):
        tap(phone, stations[0], recommendation="10")


TAP_QUERIES = 3


# --- without JavaScript ----------------------------------------------------------------------------------------------


def test_plain_next_saves_all_six_and_goes_on(phone, stations):
    response = tap(phone, stations[0], htmx=False, **ALL, reason="Gut", go=str(stations[1].code))

    assert (response.status_code, response["Location"]) == (302, f"{ROOM}?go={stations[1].code}")
    assert answers() == [("Auskunft", ALL, False, "Gut")]


def test_plain_next_without_an_answer_just_goes_on(phone, stations):
    response = tap(phone, stations[0], htmx=False, reason="", go="overview")

    assert response["Location"] == f"{ROOM}?go=overview"
    assert answers() == []


def test_plain_cannot_judge_counts_more_than_the_numbers_beside_it(phone, stations):
    tap(phone, stations[0], htmx=False, **ALL, reason="", cannot_judge="on")

    assert answers() == [("Auskunft", {}, True, "")]


def test_plain_refusal_keeps_the_numbers_and_the_reason(phone, stations):
    response = tap(phone, stations[0], htmx=False, **ALL, reason="x" * 501, go="overview")

    page = response.content.decode()
    assert response.status_code == 422
    assert checked(page) == [(scale, str(number)) for scale, number in ALL.items()]
    assert "x" * 501 in page
    assert [saved for _scale, saved in states(page)] == [""] * 18
    assert answers() == []


def test_enter_in_a_field_presses_a_button_that_stays_here(phone, stations):
    page = phone.get(ROOM).content.decode()
    form = page[page.index(f'action="{ROOM}stations/{stations[0].code}/"') :]

    assert re.search(r"<button[^>]*>", form).group() == (
        f'<button class="visually-hidden" name="go" value="{stations[0].code}" tabindex="-1" aria-hidden="true">'
    )
