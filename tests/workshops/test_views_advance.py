"""A block in advance over HTTP: its deadline, the console, the projector, the home page, and the phone."""

import re
import time
from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner, b62_encode
from django.test import Client
from django.utils import timezone

from accounts.tenancy import member_scope
from tests.conftest import client_of
from tests.factories import MembershipFactory
from tests.workshops.advance import in_advance, pass_deadline, refreshed
from tests.workshops.pages import HTMX, room_of, url
from workshops import services
from workshops.deadlines import deadline_words
from workshops.doors import COOKIE_AGE, LONG_COOKIE_AGE, unsign
from workshops.enums import ActivityState
from workshops.forms.deadlines import DeadlineField
from workshops.models import Activity, Participant, Workshop

pytestmark = pytest.mark.django_db


def typed(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def whole_minute(**ahead):
    return (timezone.now() + timedelta(**ahead)).replace(second=0, microsecond=0)


def words_of(room):
    with timezone.override("Europe/Berlin"):
        return deadline_words(room.activity.answers_until)


# --- the moderator sets the deadline ---------------------------------------------------------------------------------


def test_console_offers_to_open_in_advance_and_the_form_suggests_when(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    page = url("activity_deadline", room.activity.code)

    console = mara_client.get(url("workshop_console", room.workshop.code)).content.decode()
    form = mara_client.get(page).content.decode()

    assert f'id="open-in-advance" href="{page}"' in console
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert f'value="{tomorrow:%Y-%m-%d}T18:00"' in form


def test_opening_in_advance_sent_twice_is_done_once(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    until = whole_minute(days=2)

    answers = [mara_client.post(url("activity_deadline", room.activity.code), {"until": typed(until)}) for _ in "ab"]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (refreshed(room).activity.answers_until, room.activity.state) == (until, ActivityState.OPEN)


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("", "Bitte wählen Sie Datum und Uhrzeit."),
        ("gestern", "zum Beispiel 24. November"),
        ("9999-12-31T23:59", "höchstens 60 Tage"),
        ("0001-01-01T00:00", "zum Beispiel 24. November"),
        ("2020-01-01T10:00", "Dieser Zeitpunkt ist vorbei."),
        ("2027-03-28T02:30", "die Uhren vorgestellt"),
    ],
)
def test_impossible_deadline_gets_a_sentence_and_keeps_what_was_typed(mara_client, organisation, mara, until, sentence):
    room = room_of(organisation, mara)

    response = mara_client.post(url("activity_deadline", room.activity.code), {"until": until})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert f'value="{until}"' in response.content.decode() or not until
    assert refreshed(room).activity.state == ActivityState.PLANNED


def test_hour_that_comes_twice_means_the_second_one():
    with timezone.override("Europe/Berlin"):
        moment = DeadlineField().to_python("2026-10-25T02:30")

    assert moment.isoformat() == "2026-10-25T02:30:00+01:00"


def test_deadline_moves_and_an_old_page_does_not_move_it_back(mara_client, organisation, mara):
    room = in_advance(organisation, mara)
    page = url("activity_deadline", room.activity.code)
    seen = re.search(r'name="seen" value="([^"]+)"', mara_client.get(page).content.decode()).group(1)
    first, second = whole_minute(days=3), whole_minute(days=4)

    assert mara_client.post(page, {"until": typed(first), "seen": seen}).status_code == 302
    stale = mara_client.post(page, {"until": typed(second), "seen": seen})

    html = stale.content.decode()
    assert (stale.status_code, refreshed(room).activity.answers_until) == (409, first)
    assert "Die Frist wurde inzwischen geändert" in html
    assert f'value="{typed(second)}"' in html
    now_seen = re.search(r'name="seen" value="([^"]+)"', html).group(1)
    assert mara_client.post(page, {"until": typed(second), "seen": now_seen}).status_code == 302
    assert refreshed(room).activity.answers_until == second


def test_who_does_not_steer_reads_who_does(organisation, mara):
    room = in_advance(organisation, mara)
    other = client_of(MembershipFactory(organisation=organisation, role="moderator"))
    page = url("activity_deadline", room.activity.code)
    seen = re.search(r'name="seen" value="([^"]+)"', other.get(page).content.decode()).group(1)

    response = other.post(page, {"until": typed(whole_minute(days=3)), "seen": seen})

    assert response.status_code == 409
    assert "Mara steuert gerade" in response.content.decode()


def test_form_of_a_block_that_runs_with_a_timer_leads_to_the_console(mara_client, organisation, mara):
    room = room_of(organisation, mara, state="open")

    for state in ("open", "revealed"):
        if state == "revealed":
            with member_scope(organisation):
                room.reveal()
        response = mara_client.get(url("activity_deadline", room.activity.code))
        assert (response.status_code, response["Location"]) == (302, url("workshop_console", room.workshop.code))


def test_plan_takes_a_deadline_and_shows_it(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    until = whole_minute(days=2)
    block = {
        "title": "Vorab",
        "stations": [str(station.code) for station in room.path],
        "is_named": "anonymous",
        "mode": "quick",
        "minutes": "20",
        "answers_until": typed(until),
        "version": "1",
    }

    assert mara_client.post(url("activity_edit", room.activity.code), block).status_code == 302

    plan = mara_client.get(url("workshop_detail", room.workshop.code)).content.decode()
    assert f"im Voraus bis {words_of(refreshed(room))}" in plan
    console = mara_client.get(url("workshop_console", room.workshop.code)).context["console"]
    assert (console.next.label, console.next.posts) == ("Im Voraus öffnen", True)
    mara_client.post(url("activity_open", room.activity.code))
    assert refreshed(room).activity.ends_at is None


def test_planned_deadline_that_has_passed_opens_for_the_meeting_from_the_console(mara_client, organisation, mara):
    room = pass_deadline(room_of(organisation, mara))

    console = mara_client.get(url("workshop_console", room.workshop.code))
    assert console.context["console"].next.in_meeting is True
    assert '<input type="hidden" name="meeting" value="1">' in console.content.decode()
    refused = mara_client.post(url("activity_open", room.activity.code), headers=HTMX)
    assert "Die Frist von „Bewerten, verdeckt“ ist abgelaufen." in refused.content.decode()
    mara_client.post(url("activity_open", room.activity.code), {"meeting": "1"})

    assert (refreshed(room).activity.answers_until, room.activity.is_running) == (None, True)


# --- the console and the projector -----------------------------------------------------------------------------------


def test_console_says_who_has_begun_until_when_and_what_comes_next(mara_client, organisation, mara):
    room = in_advance(organisation, mara)
    with member_scope(organisation):
        phones = [room.join(f"P{number}") for number in range(3)]
        for phone in phones[:2]:
            phone.rate(room.stations[0], 5)
        for station in room.stations:
            phones[0].rate(station, 5)

    response = mara_client.get(url("workshop_console", room.workshop.code))

    html = response.content.decode()
    assert "2 haben begonnen,<br>1 davon ist fertig" in html
    assert f"Antworten bis {words_of(room)}" in html
    assert "hat begonnen" in html
    assert "gerade nicht hier" not in html
    assert response.context["console"].next.url == url("activity_remind", room.activity.code)
    assert 'id="pause"' not in html
    assert 'id="extend"' not in html


def test_console_says_how_another_block_can_follow(mara_client, organisation, mara):
    room = in_advance(organisation, mara)
    with member_scope(organisation):
        services.plan_activity(
            workshop=room.workshop,
            title="Zwei",
            stations=room.path,
            is_named=False,
            asks_reason=True,
            minutes=5,
            by=mara,
        )

    html = mara_client.get(url("workshop_console", room.workshop.code)).content.decode()

    assert "Es läuft immer nur ein Block. „Bewerten, verdeckt“ ist im Voraus geöffnet" in html


def test_ending_early_is_harmless_twice_and_makes_reveal_the_next_step(mara_client, organisation, mara):
    room = in_advance(organisation, mara)

    for _ in "ab":
        assert mara_client.post(url("activity_end", room.activity.code), headers=HTMX).status_code == 200

    console = mara_client.get(url("workshop_console", room.workshop.code))
    assert console.context["console"].next.url == url("activity_reveal", room.activity.code)
    assert "Antworten werden nicht mehr angenommen." in console.content.decode()
    assert "Wieder Antworten annehmen" in console.content.decode()


def test_ending_a_block_with_a_timer_is_refused_with_a_sentence(mara_client, organisation, mara):
    room = room_of(organisation, mara, state="open")

    html = mara_client.post(url("activity_end", room.activity.code), headers=HTMX).content.decode()

    assert "läuft mit einer Uhr und hat keine Frist" in html


def test_reveal_before_the_deadline_says_so_and_after_it_does_not(mara_client, organisation, mara):
    room = in_advance(organisation, mara)
    with member_scope(organisation):
        room.join()

    before = mara_client.get(url("activity_reveal", room.activity.code)).content.decode()
    pass_deadline(room)
    after = mara_client.get(url("activity_reveal", room.activity.code)).content.decode()

    assert "ist noch nicht abgelaufen: Bis dahin können noch Antworten kommen." in before
    assert "ist noch nicht abgelaufen" not in after
    assert all("1 Person ist noch nicht fertig." in html for html in (before, after))


def test_projector_says_until_when_and_shows_no_value(mara_client, organisation, mara):
    room = in_advance(organisation, mara)
    page = url("workshop_projector", room.workshop.code)

    before = mara_client.get(page).content.decode()
    pass_deadline(room)
    after = mara_client.get(page).content.decode()

    assert "Antworten bis " in before
    assert "Antworten bis " not in after
    assert "Die Frist ist abgelaufen. Das Ergebnis erscheint hier, sobald es aufgedeckt wird." in after


# --- the phone -------------------------------------------------------------------------------------------------------


def enter(room, name="Anna"):
    phone = Client(headers={"accept-language": "de"})
    phone.get(path(room))
    phone.post(path(room, "enter/"), {"as": "guest", "name": name})
    return phone


def path(room, more=""):
    return f"/w/{room.workshop.join_code}/{more}"


def tap(phone, room, place=0, htmx=True, **answer):
    with member_scope(room.mara.organisation):
        station = room.stations[place]
    return phone.post(path(room, f"stations/{station.code}/"), answer, headers=HTMX if htmx else {})


def test_phone_says_until_when_from_the_door_to_the_last_answer(organisation, mara):
    room = in_advance(organisation, mara)

    door = Client(headers={"accept-language": "de"}).get(path(room)).content.decode()
    phone = enter(room)
    page = phone.get(path(room)).content.decode()
    for place in range(3):
        done = tap(phone, room, place, drawer="5").content.decode()

    assert f"Du kannst bis {words_of(room)} antworten" in door
    assert f"bis {words_of(room)}" in page
    assert f"Bis {words_of(room)} kannst du auf diesem Telefon wiederkommen" in done


def test_guest_comes_back_days_later_with_the_same_cookies_and_changes_an_answer(organisation, mara):
    room = in_advance(organisation, mara, hours=24 * 20)
    phone = enter(room)
    phone.get(path(room))
    tap(phone, room, drawer="5")
    ages = {name.split("_")[0]: cookie["max-age"] for name, cookie in phone.cookies.items() if "_" in name}

    assert ages == {"guest": int(LONG_COOKIE_AGE.total_seconds()), "ballot": int(LONG_COOKIE_AGE.total_seconds())}
    age_identity(phone, room, days=12)
    assert tap(phone, room, drawer="10").status_code == 200
    with member_scope(organisation):
        room.reveal()
        assert room.stations[0].tallies.get().delighting == 1


def age_identity(phone, room, *, days):
    """Let the guest's cookie be as old as that."""
    name = f"guest_{room.workshop.join_code}"
    with member_scope(room.workshop.organisation):
        token = unsign(room.workshop, phone.cookies[name].value)
    signer = TimestampSigner(salt=f"guest.{room.workshop.code}")
    signer.timestamp = lambda: b62_encode(int(time.time()) - days * 86400)
    phone.cookies[name] = signer.sign(token)


@pytest.mark.parametrize(
    ("change", "is_known"),
    [
        ("open", True),
        ("revealed today", True),
        ("revealed two days ago", False),
        ("revealed two days ago, meeting today", True),
        ("never in advance", False),
    ],
)
def test_identity_lives_until_the_meeting_is_over(organisation, mara, change, is_known):
    room = in_advance(organisation, mara, hours=24 * 9)
    phone = enter(room)
    phone.get(path(room))
    age_identity(phone, room, days=8)
    if change.startswith("revealed"):
        with member_scope(organisation):
            room.reveal()
    blocks, two_days_ago = Activity._base_manager.filter(pk=room.activity.pk), timezone.now() - timedelta(days=2)
    if "two days ago" in change:
        blocks.update(revealed_at=two_days_ago)
        Workshop._base_manager.update(planned_for=two_days_ago)
    if "meeting today" in change:
        Workshop._base_manager.update(planned_for=timezone.now())
    if change == "never in advance":
        blocks.update(answers_until=None)

    html = phone.get(path(room)).content.decode()

    assert ("Ohne Namen teilnehmen" not in html) is is_known


def test_cookies_of_a_block_in_the_meeting_stay_a_day(organisation, mara):
    room = room_of(organisation, mara, state="open")
    phone = enter(room)
    phone.get(path(room))
    tap(phone, room, drawer="5")

    ages = {cookie["max-age"] for name, cookie in phone.cookies.items() if "_" in name}

    assert ages == {int(COOKIE_AGE.total_seconds())}


def test_tap_after_the_deadline_says_so_and_keeps_what_was_typed(organisation, mara):
    room = in_advance(organisation, mara)
    phone = enter(room)
    phone.get(path(room))
    tap(phone, room, drawer="5", reason="vorher")
    pass_deadline(room)

    late = tap(phone, room, drawer="0", reason="nachgereicht")
    plain = tap(phone, room, htmx=False, drawer="0", reason="nachgereicht")

    assert (late.status_code, plain.status_code) == (409, 409)
    assert "Die Frist ist abgelaufen: Diese Antwort wurde nicht gespeichert." in late.content.decode()
    assert '<blockquote dir="auto">nachgereicht</blockquote>' in plain.content.decode()
    page = phone.get(path(room)).content.decode()
    assert "Du hast 1 von 3 beantwortet" in page
    assert "vorher" in page
    assert "nachgereicht" not in page


def test_who_gave_nothing_reads_that_the_block_is_over(organisation, mara):
    room = in_advance(organisation, mara)
    phone = enter(room)
    pass_deadline(room)

    html = phone.get(path(room)).content.decode()

    assert "Du hast darin nichts beantwortet." in html
    assert 'name="drawer"' not in html


def test_member_whose_login_has_ended_comes_back_to_the_same_answers(organisation, mara, emil, emil_client):
    room = in_advance(organisation, mara)
    emil_client.post(path(room, "enter/"), {"as": "member"})
    emil_client.get(path(room))
    tap(emil_client, room, drawer="10", reason="mein Grund")
    kept = {name: morsel.value for name, morsel in emil_client.cookies.items() if "_" in name}

    back = Client(headers={"accept-language": "de"})
    for name, value in kept.items():
        back.cookies[name] = value
    door = back.get(path(room)).content.decode()
    assert f'href="/accounts/login/?next={path(room)}"' in door
    assert "ist die Anmeldung inzwischen abgelaufen" in door
    back.force_login(emil.user)

    assert "mein Grund" in back.get(path(room)).content.decode()
    assert Participant._base_manager.filter(workshop=room.workshop).count() == 1


# --- home ------------------------------------------------------------------------------------------------------------


def test_home_lists_blocks_in_advance_for_moderators(mara_client, emil_client, organisation, mara):
    room = in_advance(organisation, mara)

    before = mara_client.get(url("home")).content.decode()
    pass_deadline(room)
    after = mara_client.get(url("home")).content.decode()
    employee = emil_client.get(url("home")).content.decode()

    assert "Im Voraus geöffnet" in before
    assert url("activity_remind", room.activity.code) in before
    assert "Frist abgelaufen" in after
    assert "Im Voraus geöffnet" not in employee
