"""Coming in, being there, going out."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.tenancy import member_scope
from tests.factories import (
    ActivityFactory,
    ActivityStationFactory,
    DepartmentFactory,
    StationTallyFactory,
    WorkshopFactory,
)
from workshops.enums import WorkshopState
from workshops.models import Participant, Workshop

pytestmark = pytest.mark.django_db

ROOM = "/w/K7M3QX/"


@pytest.fixture
def workshop(organisation):
    return WorkshopFactory(organisation=organisation, join_code="K7M3QX", title="Ist der Pendlerin")


@pytest.fixture
def phone(workshop):
    """Anna's phone, in the room."""
    client = Client(headers={"accept-language": "de"})
    client.post(f"{ROOM}enter/", {"as": "guest", "name": "Anna"})
    return client


def people(workshop):
    return list(Participant._base_manager.filter(workshop=workshop).order_by("pk"))


def read(client, path=ROOM, **kwargs):
    return client.get(path, **kwargs).content.decode()


# --- the way in ----------------------------------------------------------------------------------------------------


def test_way_in_says_who_sees_what_before_anything_is_typed(workshop):
    page = read(Client(headers={"accept-language": "de"}))

    assert "In anonymen Runden wird dein Name nie zusammen mit deinen Antworten gespeichert." in page
    assert "Wenn du eine Abteilung angibst, steht sie bis zum Aufdecken neben deinen Antworten." in page
    assert "Deshalb lässt sich eine anonyme Antwort später auch nicht löschen." in page
    assert '<a href="/stored-data/">Was gespeichert wird, im Einzelnen</a>' in page


def test_way_in_links_the_operators_pages(workshop, settings):
    settings.IMPRINT_URL, settings.PRIVACY_URL = "https://example.org/impressum", "https://example.org/datenschutz"

    page = read(Client())

    assert 'href="https://example.org/impressum"' in page
    assert 'href="https://example.org/datenschutz"' in page


def test_guest_comes_in_with_name_and_department(client, workshop, organisation):
    sales = DepartmentFactory(organisation=organisation, name="Vertrieb")

    response = client.post(f"{ROOM}enter/", {"as": "guest", "name": "  Anna   Schmidt ", "department": sales.code})

    assert (response.status_code, response["Location"]) == (302, ROOM)
    assert [(each.name, each.department_id) for each in people(workshop)] == [("Anna Schmidt", sales.pk)]


def test_guest_comes_in_without_a_name_whatever_stands_in_the_field(client, workshop):
    client.post(f"{ROOM}enter/", {"as": "nameless", "name": "x" * 10_000})

    assert [(each.name, each.department) for each in people(workshop)] == [("", None)]


@pytest.mark.parametrize("name", ["   ", "\u202e", "\t\n"])
def test_a_name_of_nothing_is_no_name(client, workshop, name):
    client.post(f"{ROOM}enter/", {"as": "guest", "name": name})

    assert [each.name for each in people(workshop)] == [""]


@pytest.mark.parametrize("name", ["Zoë 👩‍🚀", "محمد", "<script>alert(1)</script>", "Anna\u202egnp.exe"])
def test_any_name_is_shown_harmlessly(client, workshop, name):
    client.post(f"{ROOM}enter/", {"as": "guest", "name": name})

    assert people(workshop)[0].name == name.replace("\u202e", "")
    assert "<script>alert" not in read(client)


def test_too_long_a_name_is_kept_in_the_field(client, workshop):
    response = client.post(f"{ROOM}enter/", {"as": "guest", "name": "A" * 10_000}, headers={"accept-language": "de"})

    assert response.status_code == 422
    assert "Bitte kürze deinen Namen auf 80 Zeichen; er hat 10000." in response.content.decode()
    assert "A" * 10_000 in response.content.decode()
    assert people(workshop) == []


def test_department_of_another_organisation_is_refused(client, workshop):
    foreign = DepartmentFactory(name="Fremde Abteilung")

    response = client.post(f"{ROOM}enter/", {"as": "guest", "name": "Anna", "department": foreign.code})

    assert response.status_code in (302, 422)
    assert [each.department_id for each in people(workshop)] in ([], [None])
    assert "Fremde Abteilung" not in read(Client())


def test_departments_and_providers_are_listed_apart_by_name(client, workshop, organisation):
    for name in ("Vertrieb", "abrechnung"):
        DepartmentFactory(organisation=organisation, name=name)
    DepartmentFactory(organisation=organisation, name="SaubereZüge GmbH", kind="provider")

    page = read(Client(headers={"accept-language": "de"}))

    assert re.findall(r"<option[^>]*>([^<]*)</option>", page) == [
        "Keine Angabe",
        "abrechnung",
        "Vertrieb",
        "SaubereZüge GmbH",
    ]
    assert re.findall(r'<optgroup label="([^"]*)">', page) == ["Abteilungen", "Dienstleister"]


def test_double_tap_joins_one_person(workshop):
    page = read(Client())
    token = re.search(r'name="guest" value="([^"]+)"', page)[1]

    for _ in range(2):
        Client().post(f"{ROOM}enter/", {"as": "guest", "name": "Anna", "guest": token})

    assert [each.name for each in people(workshop)] == ["Anna"]


def test_member_is_recognised_and_joins_with_one_tap(emil_client, emil, workshop, organisation):
    page = read(emil_client, headers={"accept-language": "de"})
    emil_client.post(f"{ROOM}enter/", {"as": "member"})

    assert "Als Emil teilnehmen" in page
    assert 'name="name"' not in page
    assert [(each.name, each.membership_id, each.token_hash) for each in people(workshop)] == [("Emil", emil.pk, "")]


def test_member_is_found_by_login_on_a_second_device(emil, emil_client, workshop):
    emil_client.post(f"{ROOM}enter/", {"as": "member"})
    other = Client()
    other.force_login(emil.user)

    assert 'id="room-stage"' in read(other)
    assert len(people(workshop)) == 1


def test_entering_address_is_not_a_dead_end(client, workshop):
    assert client.get(f"{ROOM}enter/")["Location"] == ROOM


# --- the room ------------------------------------------------------------------------------------------------------


def test_room_waits_and_says_that_nothing_is_to_do(phone):
    page = read(phone)

    assert "Du bist dabei." in page
    assert 'data-stage="waiting"' in page
    assert 'data-stream="/w/K7M3QX/stream/" data-poll="/w/K7M3QX/poll/"' in page


def test_room_page_holds_the_fragments_the_stream_would_send(phone, workshop):
    digest = re.search(r'id="room-stage"[^>]*data-digest="([^"]+)"', read(phone))[1]
    version = Workshop._base_manager.get().version

    poll = phone.get(f"{ROOM}poll/", {"version": version - 1})

    assert f'data-digest="{digest}"' in poll.content.decode()
    assert phone.get(f"{ROOM}poll/", {"version": version}).status_code == 204


def test_poll_answers_in_the_visitors_language(phone):
    english = phone.get(f"{ROOM}poll/", headers={"accept-language": "en"}).content.decode()

    assert "You are in." in english


def test_room_page_costs_the_same_for_one_and_three_stations(phone, workshop, django_assert_num_queries):
    activity = ActivityFactory(workshop=workshop, running=True)
    ActivityStationFactory(activity=activity, position=0)
    read(phone)
    with django_assert_num_queries(10):
        read(phone)
    for position in (1, 2):
        ActivityStationFactory(activity=activity, position=position)

    with django_assert_num_queries(10):
        read(phone)


def test_sign_of_life_is_kept_at_most_every_thirty_seconds(phone, workshop):
    now = timezone.now()
    Participant._base_manager.update(last_seen_at=now - timedelta(seconds=10))
    phone.post(f"{ROOM}seen/")
    first = people(workshop)[0].last_seen_at
    Participant._base_manager.update(last_seen_at=now - timedelta(seconds=40))

    response = phone.post(f"{ROOM}seen/")

    assert response.status_code == 204
    assert first == now - timedelta(seconds=10)
    assert people(workshop)[0].last_seen_at >= now


def test_nobody_gets_a_session_by_taking_part(phone):
    read(phone)
    phone.post(f"{ROOM}seen/")
    phone.post(f"{ROOM}leave/")

    assert Session.objects.count() == 0


def test_leaving_and_coming_back_is_one_person(phone, workshop):
    phone.post(f"{ROOM}leave/")
    left = people(workshop)[0]
    page = read(phone)
    phone.post(f"{ROOM}enter/", {"as": "back"})

    assert left.left_at is not None
    assert "Du hast den Raum verlassen" in page
    assert [(each.name, each.left_at) for each in people(workshop)] == [("Anna", None)]
    assert 'id="room-stage"' in read(phone)


def test_removed_phone_learns_it_from_its_sign_of_life(phone):
    Participant._base_manager.update(removed_at=timezone.now())

    assert phone.post(f"{ROOM}seen/", headers={"accept": "*/*"}).status_code == 403


def test_closed_workshop_thanks_those_who_were_there(phone):
    Workshop._base_manager.update(state=WorkshopState.CLOSED, closed_at=timezone.now())

    assert "Der Workshop ist beendet. Danke!" in read(phone)


def test_who_left_before_the_end_cannot_come_back(phone, workshop):
    phone.post(f"{ROOM}leave/")
    Workshop._base_manager.update(state=WorkshopState.CLOSED, closed_at=timezone.now())

    phone.post(f"{ROOM}enter/", {"as": "back"})

    assert people(workshop)[0].left_at is not None
    assert "Der Workshop ist beendet" in read(phone)


@pytest.mark.parametrize(("raters", "figures"), [(2, False), (3, True)])
def test_shown_result_keeps_the_threshold(phone, workshop, organisation, raters, figures):
    activity = ActivityFactory(workshop=workshop, revealed=True, raters=raters)
    station = ActivityStationFactory(activity=activity, name="Durchsage bei Verspätung")
    StationTallyFactory(station=station, delighting=raters)
    with member_scope(organisation):
        Workshop.objects.update(shown_activity=activity)

    page = read(phone)

    assert "Durchsage bei Verspätung" in page
    assert f'data-own-station="{station.code}"' in page
    assert ("+100" in page) is figures
    assert ("Weniger als drei haben bewertet" in page) is not figures


def test_a_result_that_is_not_shown_is_not_in_the_page(phone, workshop):
    activity = ActivityFactory(workshop=workshop, revealed=True, raters=3)
    station = ActivityStationFactory(activity=activity, name="Durchsage bei Verspätung")
    StationTallyFactory(station=station, fine=3)

    assert "Durchsage" not in read(phone)


@pytest.mark.parametrize("path", ["leave", "seen"])
def test_what_changes_something_is_a_post(phone, path):
    assert phone.get(f"{ROOM}{path}/").status_code == 405
