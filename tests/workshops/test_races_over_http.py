"""Many phones at the same moment, over HTTP: what a phone was told is what is in the result, whatever else happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections

from accounts.tenancy import member_scope
from tests.workshops.phones import HttpPhone, HttpWorkshop
from workshops.models import Activity, Ballot, Participant, Rating
from workshops.queries import activity_result

pytestmark = pytest.mark.django_db(transaction=True)

PHONES = 20
SAVED, PAUSED_OR_CLOSED = 200, 409


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all calls at once, each with a connection of its own, and return what they returned."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int) -> None:
        try:
            start.wait()
            results[place] = calls[place]()
        except Exception as problem:
            results[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "two requests wait for each other"
    problems = [result for result in results if isinstance(result, Exception)]
    assert problems == []
    return results


@pytest.fixture
def workshop(db: None) -> HttpWorkshop:
    return HttpWorkshop.begin("gleichzeitig", stations=4).enter(PHONES).open()


@pytest.fixture
def alone(db: None) -> HttpWorkshop:
    """The same with one phone in the room."""
    return HttpWorkshop.begin("gleichzeitig", stations=4).enter(1).open()


def stations_of(workshop: HttpWorkshop) -> list[Any]:
    with member_scope(workshop.organisation):
        return workshop.room.stations


def ready(phones: Sequence[HttpPhone]) -> None:
    """The cards are loaded, so that every phone has its key."""
    for phone in phones:
        phone.client.get(phone.url("ballot_detail"), headers={"HX-Request": "true"})


def test_a_reveal_among_twenty_rating_phones_keeps_all_that_was_answered_saved(workshop):
    stations = stations_of(workshop)
    ready(workshop.phones)

    half_way = threading.Semaphore(0)

    def rate(phone: HttpPhone) -> list[int]:
        statuses = []
        for station in stations:
            statuses.append(phone.tap(station, 10).status_code)
            half_way.release()
        return statuses

    def reveal() -> None:
        for _tap in range(PHONES):
            assert half_way.acquire(timeout=30)
        workshop.reveal()

    *told, _nothing = together([*[lambda phone=phone: rate(phone) for phone in workshop.phones], reveal])

    assert {status for statuses in told for status in statuses} == {SAVED, PAUSED_OR_CLOSED}
    for statuses in told:
        assert statuses == sorted(statuses), "nothing is saved after a refusal"
    late = [phone.tap(stations[0], 0).status_code for phone in workshop.phones]
    assert late == [PAUSED_OR_CLOSED] * PHONES
    with member_scope(workshop.organisation):
        activity = Activity.objects.get()
        for place, station in enumerate(stations):
            saved = sum(statuses[place] == SAVED for statuses in told)
            assert Rating.objects.filter(station=station, drawer=10).count() == saved
        assert Rating.objects.exclude(drawer=10).count() == 0
        assert activity.raters == sum(statuses[0] == SAVED for statuses in told)
        for found in activity_result(activity).figures.stations:
            assert found.n in (None, 0) or found.counts == (0, 0, found.n)


def test_a_pause_and_a_going_on_lose_nothing_that_was_answered_saved(workshop):
    stations = stations_of(workshop)
    ready(workshop.phones)

    def rate(phone: HttpPhone) -> list[int]:
        return [phone.tap(station, 5).status_code for station in stations]

    def steer() -> None:
        for name in ("activity_pause", "activity_resume", "activity_pause", "activity_resume"):
            workshop.step(name, workshop.room.activity.code)

    *told, _nothing = together([*[lambda phone=phone: rate(phone) for phone in workshop.phones], steer])

    assert {status for statuses in told for status in statuses} <= {SAVED, PAUSED_OR_CLOSED, 204}
    with member_scope(workshop.organisation):
        for place, station in enumerate(stations):
            kept = Rating.objects.filter(station=station, drawer=5).count()
            assert kept == sum(statuses[place] in (SAVED, 204) for statuses in told)


def test_the_same_tap_twenty_times_at_once_is_one_rating(alone):
    phone, station = alone.phones[0], stations_of(alone)[0]
    ready([phone])
    copies = [HttpPhone(phone.join_code) for _number in range(PHONES)]
    for copy in copies:
        copy.client.cookies = phone.client.cookies.copy()

    told = together([lambda copy=copy: copy.tap(station, (10, "Einmal")).status_code for copy in copies])

    assert told == [SAVED] * PHONES
    with member_scope(alone.organisation):
        assert Ballot.objects.count() == 1
        assert list(Rating.objects.values_list("drawer", "reason")) == [(10, "Einmal")]


def test_two_devices_of_one_person_at_once_give_one_ballot(alone):
    """The second device has the identity but another key; one of the two goes on, the other says where."""
    first, station = alone.phones[0], stations_of(alone)[0]
    second = HttpPhone(first.join_code)
    name = f"guest_{first.join_code}"
    second.client.cookies[name] = first.client.cookies[name].value
    ready([first, second])

    answers = together([lambda: first.tap(station, 10), lambda: second.tap(station, 0)])

    assert sorted(answer.status_code for answer in answers) == [SAVED, PAUSED_OR_CLOSED]
    refused = next(answer for answer in answers if answer.status_code == PAUSED_OR_CLOSED)
    assert "anderen Gerät" in refused.content.decode()
    with member_scope(alone.organisation):
        assert Ballot.objects.count() == Rating.objects.count() == 1


def test_somebody_removed_while_rating_keeps_what_was_saved_and_gives_no_more(alone):
    phone, stations = alone.phones[0], stations_of(alone)
    ready([phone])
    code = alone.participant(0).code

    def rate() -> list[int]:
        return [phone.tap(station, 10).status_code for station in stations]

    def remove() -> None:
        alone.step("participant_remove", code)

    told, _nothing = together([rate, remove])

    assert told == sorted(told)
    assert phone.tap(stations[-1], 0).status_code != SAVED
    with member_scope(alone.organisation):
        assert Rating.objects.filter(drawer=10).count() == told.count(SAVED)
        assert not Rating.objects.filter(drawer=0).exists()


def test_the_same_entrance_sent_twenty_times_at_once_is_one_person(alone):
    page = HttpPhone(alone.room.workshop.join_code)
    html = page.client.get(page.url("room")).content.decode()
    token = html.split('name="guest" value="')[1].split('"')[0]
    sent = {"as": "guest", "name": "Doppelt", "guest": token}

    told = together(
        [lambda: HttpPhone(page.join_code).client.post(page.url("room_enter"), sent).status_code for _ in range(PHONES)]
    )

    assert told == [302] * PHONES
    with member_scope(alone.organisation):
        assert Participant.objects.filter(name="Doppelt").count() == 1


@pytest.mark.parametrize(
    "value", ["7", "-1", "11", "10.0", "1e1", "\u0665", "None", "", "5 ", "0x5", "9" * 400, "5\x00"]
)
def test_a_rating_out_of_range_is_refused_with_a_sentence(alone, value):
    phone, station = alone.phones[0], stations_of(alone)[0]
    ready([phone])
    response = phone.tap(station, value)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    with member_scope(alone.organisation):
        assert not Rating.objects.exists()
