"""One tap: what is saved, what is refused with which sentence, and what two taps at the same moment do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from copy import copy
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.answers import counted, given
from tests.locks import meeting
from tests.workshops.support import Phone, Room, make_room
from workshops import services
from workshops.enums import Drawer
from workshops.models import Activity, ActivityStation, Ballot, Participation
from workshops.queries import ballot_state
from workshops.services import RatingRefused, SavedRating

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    return make_room(in_scope, mara).open()


@pytest.fixture
def phone(room: Room) -> Phone:
    return room.join("Anna")


def answers(room: Room, phone: Phone) -> list[tuple[Drawer | None, bool, str]]:
    state = ballot_state(room.activity, phone.participant, phone.secret)
    return [(station.drawer, station.cannot_judge, station.reason) for station in state.stations]


NOTHING = (None, False, "")


def test_a_tap_is_saved_and_counted(room, phone):
    assert phone.rate(room.stations[0], Drawer.OK) == SavedRating(finished=False, answered=1, total=3)
    assert answers(room, phone) == [(Drawer.OK, False, ""), NOTHING, NOTHING]


def test_the_last_answer_finishes_and_a_change_keeps_it_finished(room, phone):
    first, second, third = room.stations
    phone.rate(first, 0)
    phone.rate(second, cannot_judge=True)
    assert phone.rate(third, 10) == SavedRating(finished=True, answered=3, total=3)
    assert phone.rate(first, 10) == SavedRating(finished=True, answered=3, total=3)
    assert answers(room, phone) == [(Drawer.DELIGHTING, False, ""), (None, True, ""), (Drawer.DELIGHTING, False, "")]
    assert list(Participation.objects.values_list("participant", "finished")) == [(phone.participant.pk, True)]


def test_one_person_has_one_ballot_and_no_column_leads_there(room, phone):
    for station in room.stations:
        phone.rate(station, 5)
    ballot = Ballot.objects.get()
    assert ballot.participant is None
    assert len(ballot.secret_hash) == 64
    assert phone.secret not in ballot.secret_hash
    assert [answer.drawer for answer in given()] == [5, 5, 5]


def test_in_a_named_block_the_ballot_knows_its_person(in_scope, mara):
    room = make_room(in_scope, mara, is_named=True).open()
    phone = room.join("Anna")
    phone.rate(room.stations[0], 5)
    assert Ballot.objects.get().participant == phone.participant


def test_a_reason_may_come_with_the_answer_or_later_and_stays(room, phone):
    first, *_rest = room.stations
    phone.rate(first, 5, reason="  Es zieht.  ")
    assert answers(room, phone)[0] == (Drawer.OK, False, "Es zieht.")
    phone.rate(first, 0)
    assert answers(room, phone)[0] == (Drawer.DISAPPOINTING, False, "Es zieht.")
    phone.rate(first, reason="Es zieht sehr.")
    assert answers(room, phone)[0] == (Drawer.DISAPPOINTING, False, "Es zieht sehr.")
    phone.rate(first, 0, reason="")
    assert answers(room, phone)[0] == (Drawer.DISAPPOINTING, False, "")


def test_cannot_judge_replaces_a_drawer_and_keeps_the_reason_for_later(room, phone):
    first, *_rest = room.stations
    phone.rate(first, 5, reason="Kenne ich")
    phone.rate(first, cannot_judge=True)
    assert answers(room, phone)[0] == (None, True, "Kenne ich")


def test_a_block_without_reasons_takes_none(in_scope, mara):
    room = make_room(in_scope, mara, asks_reason=False).open()
    phone = room.join()
    phone.rate(room.stations[0], 5, reason="egal")
    phone.rate(room.stations[0], reason="egal")
    assert answers(room, phone)[0] == (Drawer.OK, False, "")


@pytest.mark.parametrize("reason", ["x" * 500, "é" * 500, "🙂" * 500, "\x00a" + "x" * 499])
def test_five_hundred_characters_fit(room, phone, reason):
    phone.rate(room.stations[0], 5, reason=reason)
    assert len(answers(room, phone)[0][2]) == 500


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(RatingRefused) as caught, transaction.atomic():
        call()
    assert caught.value.message == str(caught.value)
    assert caught.value.message.endswith((".", "”."))
    return caught.value.code


def test_a_longer_reason_is_refused_whole(room, phone):
    phone.rate(room.stations[0], 5, reason="vorher")
    assert refusal(lambda: phone.rate(room.stations[0], 5, reason="x" * 501)) == "reason_too_long"
    assert answers(room, phone)[0] == (Drawer.OK, False, "vorher")


@pytest.mark.parametrize("drawer", [-1, 1, 4, 11, 500])
def test_a_drawer_that_does_not_exist_is_refused(room, phone, drawer):
    assert refusal(lambda: phone.rate(room.stations[0], drawer)) == "no_answer"


def test_no_answer_at_all_is_refused(room, phone):
    first, *_rest = room.stations
    assert refusal(lambda: phone.rate(first)) == "no_answer"
    assert refusal(lambda: phone.rate(first, 5, cannot_judge=True)) == "no_answer"
    assert refusal(lambda: phone.rate(first, reason="nur ein Grund")) == "no_answer"
    assert not Ballot.objects.exists()
    assert not Participation.objects.exists()


def test_a_station_of_another_block_is_refused(room, phone, in_scope, mara):
    other = make_room(in_scope, mara).open()
    station = other.stations[0]
    station.activity_id, station.activity = room.activity.pk, room.activity
    assert refusal(lambda: phone.rate(station, 5)) == "unknown_station"
    station.code = uuid4()
    assert refusal(lambda: phone.rate(station, 5)) == "unknown_station"


@pytest.mark.parametrize("state", ["paused", "revealed"])
def test_a_refused_tap_leaves_the_ballot_as_it_was(room, phone, state):
    """It is written together with what says whether it may be, and taken back with it."""
    first, *_rest = room.stations
    phone.rate(first, 5, reason="vorher")
    kept = list(Ballot.objects.values_list("answers", flat=True))
    revealed_at = timezone.now() if state == "revealed" else None
    Activity.objects.filter(pk=room.activity.pk).update(state=state, revealed_at=revealed_at)
    assert refusal(lambda: phone.rate(first, 10, reason="nachher")) == state
    unknown = replace_code(first)
    Activity.objects.filter(pk=room.activity.pk).update(state="open", revealed_at=None)
    assert refusal(lambda: phone.rate(unknown, 10)) == "unknown_station"
    assert list(Ballot.objects.values_list("answers", flat=True)) == kept


def replace_code(station: ActivityStation) -> ActivityStation:
    """The station as a page knows it that was loaded before its block was planned anew."""
    other = copy(station)
    other.code = uuid4()
    return other


def test_states_in_which_nothing_is_taken(in_scope, mara):
    room = make_room(in_scope, mara)
    phone = room.join()
    first, *_rest = room.stations
    assert refusal(lambda: phone.rate(first, 5)) == "not_open"
    room.open()
    first, *_rest = room.stations
    services.pause_activity(activity=room.activity, by=mara)
    assert refusal(lambda: phone.rate(first, 5)) == "paused"
    services.resume_activity(activity=room.activity, by=mara)
    phone.rate(first, 5)
    room.reveal()
    assert refusal(lambda: phone.rate(first, 0)) == "revealed"


def test_a_block_that_is_gone_is_not_open(room, phone):
    first, *_rest = room.stations
    room.activity.pk = 0
    first.activity_id = 0
    assert (
        refusal(
            lambda: services.rate_station(
                activity=room.activity, participant=phone.participant, secret="s", station=first.code, drawer=5
            )
        )
        == "not_open"
    )


def test_who_may_not_rate(room, phone, mara):
    first, *_rest = room.stations
    services.set_does_not_rate(participant=phone.participant, value=True, by=mara)
    assert refusal(lambda: phone.rate(first, 5)) == "does_not_rate"
    services.set_does_not_rate(participant=phone.participant, value=False, by=mara)
    services.leave_workshop(participant=phone.participant)
    assert refusal(lambda: phone.rate(first, 5)) == "left"


def test_a_removed_participant_gives_no_further_ballot_and_those_given_stay(room, phone, mara):
    first, second, _third = room.stations
    phone.rate(first, 5)
    services.remove_participant(participant=phone.participant, by=mara)
    assert refusal(lambda: phone.rate(second, 5)) == "removed"
    assert refusal(lambda: phone.rate(first, 0)) == "removed"
    assert [answer.drawer for answer in given()] == [5]


def test_a_participant_that_is_gone_is_removed(room, phone):
    phone.participant.delete()
    phone.participant.pk = 0
    assert refusal(lambda: phone.rate(room.stations[0], 5)) == "removed"


def test_another_device_and_a_lost_cookie(room, phone):
    first, *_rest = room.stations
    phone.rate(first, 5)
    other = Phone(phone.participant)
    assert ballot_state(room.activity, phone.participant, phone.secret).on_other_device is False
    assert ballot_state(room.activity, phone.participant, other.secret).on_other_device is True
    assert ballot_state(room.activity, phone.participant, "").on_other_device is True
    assert refusal(lambda: other.rate(first, 0)) == "other_device"
    assert refusal(lambda: other.rate(first, reason="nur ein Grund")) == "other_device"
    assert Ballot.objects.count() == 1
    assert answers(room, phone)[0] == (Drawer.OK, False, "")


def test_a_second_person_on_the_same_device_has_a_ballot_of_their_own(room, phone):
    first, *_rest = room.stations
    phone.rate(first, 5)
    second = Phone(room.join("Berta").participant, phone.secret)
    second.rate(first, 10)
    assert answers(room, phone)[0] == (Drawer.OK, False, "")
    assert answers(room, second)[0] == (Drawer.DELIGHTING, False, "")


def test_the_same_secret_opens_another_ballot_in_the_next_block(room, phone, in_scope, mara):
    phone.rate(room.stations[0], 5)
    room.reveal()
    room.activity = services.plan_activity(
        workshop=room.workshop, title="Zwei", stations=room.path, is_named=False, asks_reason=True, minutes=5, by=mara
    )
    room.open()
    assert answers(room, phone) == [NOTHING] * 3
    phone.rate(room.stations[0], 10)
    assert [ballot.activity for ballot in Ballot.objects.all()] == [room.activity]


def test_after_reveal_nothing_leads_to_the_own_answers(room, phone):
    phone.rate(room.stations[0], 5)
    room.reveal()
    state = ballot_state(room.activity, phone.participant, phone.secret)
    assert (state.answered, state.on_other_device) == (0, False)


def test_ballot_state_finds_its_way(room, phone):
    first, second, third = room.stations
    phone.rate(first, 5)
    state = ballot_state(room.activity, phone.participant, phone.secret)
    assert (state.answered, state.total, state.finished) == (1, 3, False)
    assert state.next_open.code == second.code
    assert state.at(third.code).number == 3
    assert state.at(uuid4()) is None
    phone.rate(second, 5)
    phone.rate(third, 5)
    state = ballot_state(room.activity, phone.participant, phone.secret)
    assert (state.finished, state.next_open) == (True, None)


# --- at the same moment ---------------------------------------------------------------------------------------------


@pytest.fixture
def committed(transactional_db: None, organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara, stations=4).open()


def at_once(organisation: Organisation, *calls: Callable[[], object]) -> list[object]:
    """Run every call in a thread of its own, started together; an exception counts as its result."""
    results: list[object] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], object]) -> None:
        try:
            with member_scope(organisation):
                connection.ensure_connection()
                barrier.wait()
                results[place] = call()
        except Exception as problem:
            results[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("_round", range(3))
def test_two_first_taps_at_once_are_one_ballot(committed, organisation, _round):
    phone = committed.join()
    first, second, *_rest = committed.stations
    results = at_once(organisation, *[lambda: phone.rate(first, 5)] * 3, *[lambda: phone.rate(second, 10)] * 3)
    assert {type(result) for result in results} == {SavedRating}
    assert Ballot.objects.count() == 1
    assert sorted(answer.drawer for answer in given()) == [5, 10]


def test_the_second_first_tap_of_a_device_goes_into_the_ballot_of_the_first(committed, organisation):
    """The second finds no ballot yet, waits for the one under way, and then finds it."""
    phone = committed.join()
    first, second, *_rest = committed.stations

    def tap_beside() -> SavedRating:
        with member_scope(organisation):
            return phone.rate(second, 10)

    one, two = meeting(lambda: phone.rate(first, 5), tap_beside)

    assert (one.answered, two.answered) == (1, 2)
    assert [answer.drawer for answer in given()] == [5, 10]
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_the_last_two_answers_at_once_finish_once(committed, organisation, _round):
    phone = committed.join()
    *early, third, fourth = committed.stations
    for station in early:
        phone.rate(station, 5)
    results = at_once(organisation, lambda: phone.rate(third, 5), lambda: phone.rate(fourth, 5))
    assert sorted(result.answered for result in results) == [3, 4]
    assert Participation.objects.get().finished is True


@pytest.mark.parametrize("_round", range(3))
def test_a_rating_beside_a_reveal_is_counted_or_refused_never_lost(committed, organisation, _round):
    phones = [committed.join() for _number in range(5)]
    first, *left_out = committed.stations
    taps = [lambda phone=phone: phone.rate(first, 5) for phone in phones]
    *results, _revealed = at_once(organisation, *taps, committed.reveal)
    saved = [result for result in results if isinstance(result, SavedRating)]
    refused = [result.code for result in results if isinstance(result, RatingRefused)]
    assert refused == ["revealed"] * (5 - len(saved))
    others = [(0, 0, 0, len(saved))] * len(left_out)
    assert counted() == ([(0, len(saved), 0, 0), *others] if saved else [])
    assert committed.activity.raters == len(saved)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("_round", range(3))
def test_two_reveals_at_once_are_one(committed, organisation, _round):
    committed.answer([[0, 5, 10, 10]] * 3)
    version = committed.workshop.version
    results = at_once(organisation, *[committed.reveal] * 3)
    assert results == [committed] * 3
    assert not Ballot.objects.exists()
    assert counted() == [(3, 0, 0, 0), (0, 3, 0, 0), (0, 0, 3, 0), (0, 0, 3, 0)]
    assert version < type(committed.workshop).objects.get(pk=committed.workshop.pk).version
