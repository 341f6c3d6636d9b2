"""Many phones at the same moment, over HTTP: what a phone was told is what is in the result, whatever else happens."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections

from accounts.tenancy import member_scope
from tests.answers import counted, given
from tests.workshops.phones import HttpPhone, HttpWorkshop
from workshops.figures import MIN_GROUP
from workshops.models import Activity, Ballot, Participant
from workshops.queries import activity_result

pytestmark = pytest.mark.django_db(transaction=True)

PHONES = 20
SAVED, PAUSED_OR_CLOSED = 200, 409
DRAWERS = (0, 5, 10)
MOST_TAPS = 2_000
BREATH = 0.02  # seconds between two taps of a phone; people take longer


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
    """Reveal begins when everybody has tapped, and everybody goes on tapping until they are refused."""
    stations = stations_of(workshop)
    ready(workshop.phones)
    everybody_taps = threading.Barrier(PHONES + 1)

    def rate(phone: HttpPhone) -> list[tuple[int, int, int]]:
        """Tap around the stations, each round with another answer; return place, drawer and status of each tap."""
        taps = []
        for number in range(MOST_TAPS):
            place, drawer = number % len(stations), DRAWERS[number // len(stations) % len(DRAWERS)]
            taps.append((place, drawer, phone.tap(stations[place], drawer).status_code))
            connections.close_all()  # back to the pool, as after every request
            if number == 0:
                everybody_taps.wait(60)
            if [status for *_tap, status in taps[-2:]] == [PAUSED_OR_CLOSED] * 2:
                return taps
            time.sleep(BREATH)
        raise AssertionError("the reveal never came through")

    def reveal() -> None:
        everybody_taps.wait(60)
        workshop.reveal()

    *told, _nothing = together([*[lambda phone=phone: rate(phone) for phone in workshop.phones], reveal])

    last: list[dict[int, int]] = []
    for taps in told:
        statuses = [status for *_tap, status in taps]
        assert statuses == [SAVED] * (len(taps) - 2) + [PAUSED_OR_CLOSED] * 2, "nothing is saved after a refusal"
        assert statuses[0] == SAVED
        last.append({place: drawer for place, drawer, status in taps if status == SAVED})
    with member_scope(workshop.organisation):
        saved = Counter((place, drawer) for answers in last for place, drawer in answers.items())
        rows = [dict(zip(DRAWERS, counts, strict=False)) for counts in counted()]
        assert (
            Counter({(place, drawer): n for place, row in enumerate(rows) for drawer, n in row.items() if n}) == saved
        )
        activity = Activity.objects.get()
        assert activity.raters == PHONES
        for place, found in enumerate(activity_result(activity).figures.stations):
            given = tuple(saved[place, drawer] for drawer in DRAWERS)
            if sum(given) >= MIN_GROUP:
                assert (found.n, found.counts) == (sum(given), given)


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
            kept = [answer.drawer for answer in given() if answer.station == station.pk].count(5)
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
        assert [(answer.drawer, answer.reason) for answer in given()] == [(10, "Einmal")]


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
        assert Ballot.objects.count() == len(given()) == 1


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
        assert [answer.drawer for answer in given()] == [10] * told.count(SAVED)


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
        assert not Ballot.objects.exists()
