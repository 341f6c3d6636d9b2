"""The guest's door: codes, identities, languages, limits, and what stays outside."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import Attempt
from tests.factories import ActivityFactory, ActivityStationFactory, WorkshopFactory
from workshops.doors import FAILED_CODES
from workshops.enums import WorkshopState
from workshops.forms import normalise_code
from workshops.models import Participant, Workshop
from workshops.views import ballots, room

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organisation):
    return WorkshopFactory(organisation=organisation, join_code="K7M3QX", title="Ist der Pendlerin")


def enter(client, workshop, **typed):
    return client.post(f"/w/{workshop.join_code}/enter/", {"as": "guest", **typed})


def people(workshop):
    return list(Participant._base_manager.filter(workshop=workshop).order_by("pk"))


@pytest.mark.parametrize(
    "typed",
    [
        "K7M3QX",
        "k7m3qx",
        " k7m 3qx ",
        "K7M-3QX",
        "https://werkstatt.example/K7M3QX",
        "http://10.0.0.2:8000/w/K7M3QX/?go=1",
    ],
)
def test_code_is_read_however_it_is_typed(typed):
    assert normalise_code(typed) == "K7M3QX"


@pytest.mark.parametrize("typed", ["k7m3qx", "K7M 3QX", "http://testserver/w/K7M3QX/"])
def test_join_with_a_code_leads_to_its_room(client, workshop, typed):
    response = client.post("/join/", {"code": typed})

    assert (response.status_code, response["Location"]) == (302, "/w/K7M3QX/")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Bitte gib den Code ein."),
        ("   ", "Bitte gib den Code ein."),
        ("K7M", "Das ist kein Code: Ein Code hat sechs Zeichen"),
        ("K7M3Q0", "„0“ kommt in keinem Code vor"),
        ("<script>", "„&lt;“ kommt in keinem Code vor"),
        ("X" * 10_000, "Das ist kein Code: Ein Code hat sechs Zeichen"),
    ],
)
def test_join_with_something_else_says_what_and_counts_nothing(client, workshop, typed, sentence):
    response = client.post("/join/", {"code": typed}, headers={"accept-language": "de"})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Attempt.objects.count() == 0


def test_join_with_an_unknown_code_keeps_what_was_typed(client, workshop):
    response = client.post("/join/", {"code": "zzz 222"}, headers={"accept-language": "de"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Einen Workshop mit dem Code „zzz 222“ gibt es nicht." in page
    assert 'value="zzz 222"' in page


def test_unknown_address_shows_the_code_field(client, workshop):
    response = client.get("/w/ZZZ222/", headers={"accept-language": "de"})

    assert response.status_code == 404
    assert "Einen Workshop mit dem Code „ZZZ222“ gibt es nicht." in response.content.decode()
    assert 'name="code"' in response.content.decode()


def test_closed_workshop_says_so_to_newcomers(client, workshop):
    Workshop._base_manager.update(state=WorkshopState.CLOSED, closed_at=timezone.now())

    response = client.get("/w/K7M3QX/", headers={"accept-language": "de"})
    entering = enter(client, workshop, name="Anna")

    assert (response.status_code, entering.status_code) == (410, 410)
    assert "Dieser Workshop ist beendet; hinein kommt niemand mehr." in response.content.decode()
    assert people(workshop) == []


def test_short_address_leads_to_the_room_in_any_case(client):
    for path in ("/K7M3QX", "/k7m3qx", "/k7m3qx/"):
        assert client.get(path)["Location"] == "/w/K7M3QX/"


@pytest.mark.parametrize("path", ["/K7M3Q", "/K7M3QXX", "/K7M3Q0", "/o23456", "/K7M3QX/more"])
def test_short_address_catches_nothing_else(client, path):
    assert client.get(path).status_code == 404


def test_small_letters_in_the_address_lead_to_the_one_spelling(client, workshop):
    assert client.get("/w/k7m3qx/")["Location"] == "/w/K7M3QX/"


# --- limits ------------------------------------------------------------------------------------------------------


def test_a_hundred_people_join_from_one_address(workshop):
    for number in range(100):
        client = Client(REMOTE_ADDR="10.113.0.7")
        assert client.get("/K7M3QX", follow=True).status_code == 200
        assert enter(client, workshop, name=f"Gast {number}").status_code == 302

    assert len(people(workshop)) == 100
    assert Attempt.objects.count() == 0


def test_too_many_wrong_codes_from_one_address_have_to_wait(workshop):
    guesser = Client(REMOTE_ADDR="10.113.0.7", headers={"accept-language": "de"})
    answers = [guesser.post("/join/", {"code": "ZZZ222"}).status_code for _ in range(FAILED_CODES)]

    blocked = guesser.post("/join/", {"code": "ZZZ222"})

    assert answers == [422] * FAILED_CODES
    assert (blocked.status_code, blocked["Retry-After"]) == (429, "600")
    assert "noch 10 Minuten lang keiner angenommen" in blocked.content.decode()
    assert 'value="ZZZ222"' in blocked.content.decode()
    # A right code tells nothing either, or guessing would go on; another address is not concerned.
    assert guesser.get("/w/K7M3QX/").status_code == 429
    assert guesser.post("/join/", {"code": "K7M3QX"}).status_code == 429
    assert Client(REMOTE_ADDR="10.113.0.8").get("/w/K7M3QX/").status_code == 200


def test_wrong_codes_do_not_disturb_who_is_in_the_room(workshop):
    client = Client(REMOTE_ADDR="10.113.0.7")
    enter(client, workshop, name="Anna")
    for _ in range(FAILED_CODES + 1):
        client.get("/w/ZZZ222/")

    assert client.get("/w/ZZZ222/").status_code == 429
    assert client.get("/w/K7M3QX/").status_code == 200


def test_after_the_window_codes_are_taken_again(workshop):
    client = Client(REMOTE_ADDR="10.113.0.7")
    for _ in range(FAILED_CODES):
        client.get("/w/ZZZ222/")
    Attempt.objects.update(window_ends_at=timezone.now() - timedelta(seconds=1))

    assert client.get("/w/K7M3QX/").status_code == 200


def test_neighbours_in_one_ipv6_network_share_a_count(workshop):
    for number in range(FAILED_CODES):
        Client(REMOTE_ADDR=f"fd00:db8:1:2::{number + 1:x}").get("/w/ZZZ222/")

    assert Client(REMOTE_ADDR="fd00:db8:1:2:ffff::9").get("/w/ZZZ222/").status_code == 429
    assert Client(REMOTE_ADDR="fd00:db8:1:3::1").get("/w/ZZZ222/").status_code == 404


# --- who somebody is ----------------------------------------------------------------------------------------------


def test_guest_cookie_is_bound_to_the_room_and_no_session_is_written(client, workshop):
    enter(client, workshop, name="Anna")
    client.get("/w/K7M3QX/")

    cookie, secret = client.cookies["guest_K7M3QX"], client.cookies["ballot_K7M3QX"]
    for each in (cookie, secret):
        assert (each["path"], each["httponly"], each["samesite"]) == ("/w/K7M3QX/", True, "Lax")
        assert each["max-age"] == 24 * 3600
        assert each["secure"] == ""
    assert Session.objects.count() == 0
    assert "session" not in client.cookies


def test_cookies_are_secure_behind_https(client, workshop, settings):
    settings.IS_HTTPS = True

    enter(client, workshop, name="Anna")

    assert client.cookies["guest_K7M3QX"]["secure"] is True


def test_the_stored_hash_is_not_the_token(client, workshop):
    enter(client, workshop, name="Anna")

    token = client.cookies["guest_K7M3QX"].value.split(":")[0]
    assert people(workshop)[0].token_hash not in ("", token)


@pytest.mark.parametrize("value", ["", "nonsense", "a:b:c"])
def test_a_forged_cookie_is_nobody(client, workshop, value):
    client.cookies["guest_K7M3QX"] = value

    assert 'name="as"' in client.get("/w/K7M3QX/").content.decode()


def test_a_cookie_of_another_workshop_opens_nothing(client, workshop, organisation):
    other = WorkshopFactory(organisation=organisation, join_code="ABC234")
    enter(client, other, name="Anna")
    client.cookies["guest_K7M3QX"] = client.cookies["guest_ABC234"].value

    response = client.get("/w/K7M3QX/ballot/")

    assert (response.status_code, response["Location"]) == (302, "/w/K7M3QX/")


def test_another_organisations_member_is_a_guest(fremd_client, workshop):
    page = fremd_client.get("/w/K7M3QX/").content.decode()
    enter(fremd_client, workshop, name="Fremd")

    assert 'name="name"' in page
    assert [(each.name, each.membership_id) for each in people(workshop)] == [("Fremd", None)]


def test_stranger_gets_no_fragment_but_a_sentence(client, workshop):
    station = ActivityStationFactory(activity=ActivityFactory(workshop=workshop, running=True))

    response = client.post(
        f"/w/K7M3QX/stations/{station.code}/", {"drawer": "5"}, headers={"HX-Request": "true", "accept-language": "de"}
    )

    assert (response.status_code, response["HX-Retarget"]) == (409, "#room-stopped")
    assert "Dieses Telefon ist im Raum nicht mehr bekannt" in response.content.decode()


def test_stranger_gets_no_stream_and_no_poll(client, workshop):
    for path in ("stream", "poll"):
        assert client.get(f"/w/K7M3QX/{path}/", headers={"accept": "*/*"}).status_code == 403


def test_stream_of_somebody_who_is_no_longer_known_ends_without_a_complaint(client, workshop):
    response = client.get("/w/K7M3QX/stream/", headers={"accept": "text/event-stream"})

    assert (response.status_code, response.content) == (204, b"")


def test_poll_leads_a_forgotten_phone_to_the_way_in_which_says_why(client, workshop):
    response = client.get("/w/K7M3QX/poll/", headers={"X-Poll": "1"})
    page = client.get(response["X-Gone"], headers={"accept-language": "de"}).content.decode()

    assert (response.status_code, response.content, response["X-Gone"]) == (204, b"", "/w/K7M3QX/?ended=1")
    assert page.count("Dieses Telefon ist im Raum nicht mehr bekannt.") == 1
    assert 'href="/accounts/login/?next=/w/K7M3QX/"' in page
    assert "nicht mehr bekannt" not in client.get("/w/K7M3QX/", headers={"accept-language": "de"}).content.decode()


def test_poll_leads_who_has_left_to_the_room_which_says_so(client, workshop):
    enter(client, workshop, name="Anna")
    client.post("/w/K7M3QX/leave/")

    response = client.get("/w/K7M3QX/poll/", headers={"X-Poll": "1"})

    assert (response.status_code, response["X-Gone"]) == (204, "/w/K7M3QX/")
    page = client.get(response["X-Gone"], headers={"accept-language": "de"}).content.decode()
    assert "<h1>Du hast den Raum verlassen</h1>" in page


def test_two_rooms_at_once_are_two_identities(client, workshop, organisation):
    other = WorkshopFactory(organisation=organisation, join_code="ABC234")
    enter(client, workshop, name="Anna")
    enter(client, other, name="Bea")

    assert [each.name for each in people(workshop)] == ["Anna"]
    assert [each.name for each in people(other)] == ["Bea"]
    assert client.get("/w/K7M3QX/").status_code == client.get("/w/ABC234/").status_code == 200


# --- language -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "browser", "organisation_language", "expected"),
    [
        ("", "", "de", "de"),
        ("", "", "en", "en"),
        ("", "fr,*;q=0.5", "en", "en"),
        ("", "en-GB,de;q=0.5", "de", "en"),
        ("de", "en-GB", "en", "de"),
        ("xx", "", "en", "en"),
    ],
)
def test_language_is_the_visitors_else_the_organisations(
    client, workshop, organisation, chosen, browser, organisation_language, expected
):
    type(organisation).objects.filter(pk=organisation.pk).update(language=organisation_language)
    if chosen:
        client.cookies["django_language"] = chosen

    page = client.get("/w/K7M3QX/", headers={"accept-language": browser}).content.decode()

    assert f'<html lang="{expected}">' in page


def test_every_view_behind_the_door_is_stamped():
    behind = [room.room, room.room_enter, room.room_leave, room.room_seen, room.room_stream, room.room_poll]
    assert {view.door for view in [*behind, ballots.ballot_detail, ballots.station_rate]} == {"guest"}
    assert {view.door for view in (room.join, room.join_short)} == {"public"}


def test_removed_participant_stays_out(client, workshop):
    enter(client, workshop, name="Anna")
    Participant._base_manager.update(removed_at=timezone.now())

    page = client.get("/w/K7M3QX/", headers={"accept-language": "de"})
    again = enter(client, workshop, name="Anna")

    assert page.status_code == 403
    assert "Die Moderation hat dich aus diesem Workshop genommen" in page.content.decode()
    assert again.status_code == 302
    assert len(people(workshop)) == 1
    assert people(workshop)[0].removed_at is not None
