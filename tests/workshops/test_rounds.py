"""A second round of a revealed block: blank, with thresholds of its own, beside the first, which stays."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.conftest import client_of
from tests.locks import meeting
from tests.workshops.support import Room, make_room
from workshops import services
from workshops.enums import ActivityState
from workshops.models import Activity, ActivityStation, Ballot, Baseline, StationTally
from workshops.queries import Result, activity_result, frozen_result, room_state, workshop_result
from workshops.queries.rounds import rounds_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    """Three people have rated three stations; the second one was rated by two only."""
    room = make_room(in_scope, mara).open()
    room.answer([[0, 5, 10], [0, 5, 10], [5, None, 10]])
    return room.reveal()


def again(room: Room) -> Room:
    room.activity = services.start_round(activity=room.activity, by=room.mara)
    return room


def levels(result: Result) -> list[tuple[float | None, float | None, float | None]]:
    """Per station: what counts, what was before, what moved."""
    return [
        (station.figures.balance, station.before.figures.balance if station.before else None, station.moved)
        for station in result.stations
    ]


# --- starting -------------------------------------------------------------------------------------------------------


def test_a_round_is_a_block_of_its_own_with_the_same_words(room):
    first, words = room.activity, [row.name for row in room.stations]
    type(room.path[0].touchpoint).objects.update(name="Umbenannt")
    room.path[1].delete()
    second = again(room).activity
    assert (second.round, second.round_of, second.state, second.position) == (2, first, ActivityState.OPEN, 1)
    assert (second.name, first.name) == ("Bewerten, verdeckt · Runde 2", "Bewerten, verdeckt")
    assert [row.name for row in room.stations] == words
    assert [row.station_id for row in room.stations] == [room.path[0].pk, None, room.path[2].pk]
    assert not Ballot.objects.exists()
    assert room_state(room.workshop).block.name == "Bewerten, verdeckt · Runde 2"
    assert room_state(room.workshop).result is None, "the first round's result leaves the screens"
    first.refresh_from_db()
    assert first.state == ActivityState.REVEALED
    assert StationTally.objects.filter(station__activity=first).count() == 3


def test_it_stands_after_its_block_on_the_agenda(room):
    services.plan_activity(
        workshop=room.workshop, title="Danach", stations=room.path, is_named=False, asks_reason=True, minutes=5,
        by=room.mara,
    )  # fmt: skip
    again(room)
    assert [block.name for block in room_state(room.workshop).agenda] == [
        "Bewerten, verdeckt", "Bewerten, verdeckt · Runde 2", "Danach",
    ]  # fmt: skip
    assert [block.is_last_round for block in room_state(room.workshop).agenda] == [False, True, True]


def test_starting_it_twice_is_one_round(room):
    first = room.activity
    second = services.start_round(activity=first, by=room.mara)
    assert services.start_round(activity=first, by=room.mara) == second
    room.activity = second
    room.reveal()
    assert services.start_round(activity=first, by=room.mara) == second, "a picture from before does not start a third"
    third = services.start_round(activity=second, by=room.mara)
    assert (third.round, third.round_of) == (3, first)


def test_nothing_starts_before_the_reveal_or_beside_a_running_block(room, in_scope, mara):
    other = make_room(in_scope, mara)
    with pytest.raises(services.ActionRefused, match="noch nicht aufgedeckt"):
        services.start_round(activity=other.activity, by=mara)
    first = room.activity
    beside = services.plan_activity(
        workshop=room.workshop, title="Läuft", stations=room.path, is_named=False, asks_reason=True, minutes=5, by=mara
    )
    services.open_activity(activity=beside, by=mara)
    with pytest.raises(services.ActionRefused, match="„Läuft“ läuft noch"):
        services.start_round(activity=first, by=mara)


def test_the_database_knows_each_round_once_and_its_first(room):
    again(room)
    facts = {"workshop": room.workshop, "title": "x"}
    for wrong in ({"round": 2, "round_of": room.activity.round_of}, {"round": 2}, {"round_of": room.activity}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Activity.objects.create(**facts, **wrong)


@pytest.mark.django_db(transaction=True)
def test_two_consoles_start_one_round(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara).open().reveal()

        def start() -> Activity:
            with member_scope(organisation):
                return services.start_round(activity=room.activity, by=mara)

        first, second = meeting(start, start)
        assert first == second
        assert Activity.objects.filter(round=2).count() == 1


# --- reading --------------------------------------------------------------------------------------------------------


def both_rounds(room: Room) -> Room:
    again(room)
    room.answer([[10, 5, None], [10, 5, None], [10, 10, 0]])
    return room.reveal()


def test_both_rounds_stand_beside_each_other_and_the_last_counts(room):
    both_rounds(room)
    expected = [
        (100, pytest.approx(-200 / 3), 167),
        (pytest.approx(100 / 3), None, None),
        (None, 100, None),
    ]
    for result in (workshop_result(room.workshop), activity_result(room.activity), room_state(room.workshop).result):
        assert levels(result) == expected
        assert [station.round for station in result.stations] == [2, 2, 2]
        assert [station.before.number for station in result.stations] == [1, 1, 1]
        assert [station.number for station in result.moved_list] == [1]
        assert (result.curve.second.label, result.curve.second.own) == ("Runde 1", "Runde 2")
        assert [point is None for point in result.second_line.levels] == [False, True, False]
    hidden = workshop_result(room.workshop).stations[1].before.figures
    assert set(asdict(hidden).values()) & {2, 5} == set(), "two rated it in the first round"
    assert activity_result(room.activity).blocks[0].name == "Bewerten, verdeckt · Runde 2"
    assert workshop_result(room.workshop).name == room.workshop.title


def test_the_first_round_stays_reachable(room):
    before = levels(workshop_result(room.workshop))
    first = room.activity
    both_rounds(room)
    assert levels(workshop_result(room.workshop, last_round=1)) == before
    assert levels(activity_result(first)) == before
    assert workshop_result(room.workshop, last_round=1).second_line is None


def test_a_round_of_a_station_that_left_the_journey_is_found_again(room):
    room.path[0].delete()
    both_rounds(room)
    assert levels(workshop_result(room.workshop))[0] == (100, pytest.approx(-200 / 3), 167)
    assert len(workshop_result(room.workshop).stations) == 3


def test_a_second_round_of_two_people_shows_nothing(room):
    again(room)
    room.answer([[10, 10, 10], [10, 10, 10]])
    room.reveal()
    result = workshop_result(room.workshop)
    assert [station.figures.hidden for station in result.stations] == [True] * 3
    assert [station.moved for station in result.stations] == [None] * 3
    table = rounds_table(result)
    assert [row.moved for row in table.rows] == ["–", "–", "–"]
    assert [cell.why for cell in table.rows[0].cells] == ["", "zu wenige Bewertungen"]


def test_three_rounds_compare_with_the_one_before(room):
    both_rounds(room)
    again(room)
    room.answer([[5, 5, 5]] * 3)
    room.reveal()
    result = workshop_result(room.workshop)
    assert [station.moved for station in result.stations] == [-100, -33, None]
    assert rounds_table(result).numbers == (1, 2, 3)
    assert rounds_table(result).facts == "0 höher, 2 tiefer, 0 unverändert"


def test_the_ist_keeps_both_rounds_and_old_documents_are_read(room):
    both_rounds(room)
    baseline = services.freeze_ist(workshop=room.workshop, by=room.mara)
    assert frozen_result(baseline) == workshop_result(room.workshop)
    for station in baseline.document["stations"]:
        del station["round"], station["earlier"], station["parts"]
    for block in baseline.document["blocks"]:
        del block["round"]
    Baseline.objects.filter(pk=baseline.pk).update(document=baseline.document)
    old = frozen_result(Baseline.objects.get())
    assert [station.before for station in old.stations] == [None] * 3


# --- pages ----------------------------------------------------------------------------------------------------------


def address(room: Room, name: str, code: object = None) -> str:
    kwargs = {"org": room.workshop.organisation.slug, "code": code or room.workshop.code}
    return reverse(f"workshops:{name}", kwargs=kwargs)


def test_the_console_and_the_plan_offer_the_next_round(room, mara_client: Client):
    start = address(room, "round_start", room.activity.code)
    for page in ("workshop_console", "workshop_detail"):
        text = mara_client.get(address(room, page)).content.decode()
        assert f'action="{start}"' in text
        assert "Zweite Runde" in text
    answer = mara_client.post(start, headers={"HX-Request": "true"})
    assert (answer.status_code, Activity.objects.filter(round=2).count()) == (200, 1)
    for page in ("workshop_console", "workshop_detail"):
        text = mara_client.get(address(room, page)).content.decode()
        assert "Zweite Runde" not in text
        assert "Bewerten, verdeckt · Runde 2" in text
    assert mara_client.post(start).status_code == 302


def test_who_does_not_steer_starts_nothing(room, olga: Membership):
    answer = client_of(olga).post(address(room, "round_start", room.activity.code), follow=True)
    assert "steuert" in answer.content.decode()
    assert not Activity.objects.filter(round=2).exists()


def test_the_result_page_shows_both_and_leads_to_the_first(room, max_client: Client):
    both_rounds(room)
    url = address(room, "workshop_result")
    page = max_client.get(url).content.decode()
    assert "Runde neben Runde" in page
    assert '<a href="?round=1">Runde 1</a>' in page
    assert "+167" in page
    first = max_client.get(f"{url}?round=1").content.decode()
    assert "Sie sehen das Ergebnis nach Runde 1." in first
    assert "Runde neben Runde" not in first
    for typed in ("2", "0", "99", "1000", "x", "²", "-1", ""):
        assert max_client.get(f"{url}?round={typed}").content.decode().count("Runde neben Runde") == 1, typed


def test_phone_and_projector_say_what_moved(room, mara_client: Client):
    both_rounds(room)
    board = mara_client.get(address(room, "workshop_projector")).content.decode()
    assert "Was sich seit der Runde davor am meisten bewegt hat" in board
    assert '<span class="moved nowrap"><span aria-hidden="true">▲</span> +167</span>' in board


def test_the_same_number_of_queries_with_one_and_three_rounds(room, max_client, django_assert_num_queries):
    url = address(room, "workshop_result")
    max_client.get(url)
    with django_assert_num_queries(10):
        max_client.get(url)
    both_rounds(room)
    again(room)
    room.reveal()
    with django_assert_num_queries(10):
        max_client.get(url)
    assert ActivityStation.objects.count() == 9
