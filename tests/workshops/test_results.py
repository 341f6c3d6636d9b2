"""Thresholds in every reading of a result, reasons without authors, and one path from several blocks."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from accounts.models import Membership, Organisation
from tests.factories import MembershipFactory
from tests.workshops.support import Phone, Room, make_room
from workshops import permissions, services
from workshops.enums import Drawer, Mode, RaterGroup, Scale, WorkshopState
from workshops.figures import Ruler
from workshops.models import Baseline, StationTally
from workshops.queries import (
    Result,
    RoomCounts,
    Stage,
    activity_result,
    frozen_result,
    named_answers,
    read_counts,
    room_state,
    workshop_result,
)
from workshops.queries.results.rows import Tally, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    return make_room(in_scope, mara).open()


def readings(room: Room) -> list[Result]:
    """Every way to read the result."""
    first = [activity_result(room.activity), workshop_result(room.workshop), room_state(room.workshop).result]
    baseline = services.freeze_ist(workshop=room.workshop, by=room.mara)
    return [*first, frozen_result(Baseline.objects.get(pk=baseline.pk))]


def rated(room: Room, answers: list[list[int | None]]) -> Room:
    for phone in room.answer(answers):
        for number, station in enumerate(room.stations):
            phone.rate(station, reason=f"Grund an Station {number + 1}")
    return room.reveal()


@pytest.mark.parametrize("people", [1, 2])
def test_one_or_two_people_show_nothing_anywhere(room, people):
    rated(room, [[0, 5, None], [10, 5, None]][:people])
    for result in readings(room):
        assert result.figures.balance is None
        assert result.talk_list == ()
        assert (result.first, result.last, result.strongest, result.weakest, result.most_disputed) == (None,) * 5
        for station in result.stations:
            kept = {name: value for name, value in asdict(station.figures).items() if value not in (None, "")}
            assert kept == {"code": station.code, "hidden": True, "empty": False, "ruler": Ruler.BALANCE, "tables": 0}
            assert station.reasons == ()


def test_a_station_that_one_or_two_rated_is_hidden_among_twelve(room):
    rated(room, [[0, 5, None]] + [[10, 5, 10]] * 2 + [[5, None, None]] * 9)
    for result in readings(room):
        assert [station.figures.n for station in result.stations] == [12, 3, None]
        assert [station.figures.hidden for station in result.stations] == [False, False, True]
        assert [len(station.reasons) for station in result.stations] == [12, 3, 0]
        assert [station.number for station in result.talk_list] == [1, 2]
        assert result.last is None


def test_reasons_carry_their_drawer_and_no_author(room):
    phones = room.answer([[0, 5, 10]] * 3)
    for phone, text in zip(phones, ("laut", "kalt", "eng"), strict=True):
        phone.rate(room.stations[0], reason=text)
    room.reveal()
    (station, *_rest) = activity_result(room.activity).stations
    assert {(reason.text, reason.drawer) for reason in station.reasons} == {
        ("laut", Drawer.DISAPPOINTING),
        ("kalt", Drawer.DISAPPOINTING),
        ("eng", Drawer.DISAPPOINTING),
    }


def test_the_figures_are_a_direct_count(room):
    rated(room, [[0, 5, 10], [10, 5, 10], [10, 10, 10], [10, None, 0]])
    result = workshop_result(room.workshop)
    assert [station.figures.counts for station in result.stations] == [(1, 0, 3), (0, 2, 1), (1, 0, 3)]
    assert [station.figures.cannot_judge for station in result.stations] == [0, 1, 0]
    assert [round(station.figures.balance, 2) for station in result.stations] == [50.0, 33.33, 50.0]
    assert (result.figures.raters, result.blocks[0].raters) == (4, 4)
    assert [label.number for label in result.labels] == [1, 2, 3]
    assert len(result.curve.stations) == len(result.projector_curve.stations) == 3
    assert result.critical_list == ()


def second_block(room: Room, stations: slice) -> None:
    room.activity = services.plan_activity(
        workshop=room.workshop,
        title="Zweiter",
        stations=room.path[stations],
        is_named=False,
        asks_reason=True,
        minutes=5,
        by=room.mara,
    )
    room.open()


def test_two_blocks_make_one_path_and_the_last_reveal_counts(room):
    rated(room, [[0, 0, 0]] * 3)
    second_block(room, slice(1, 2))
    assert [station.figures.balance for station in workshop_result(room.workshop).stations] == [-100] * 3
    rated(room, [[10]] * 4)
    result = workshop_result(room.workshop)
    assert [station.figures.balance for station in result.stations] == [-100, 100, -100]
    assert [station.figures.n for station in result.stations] == [3, 4, 3]
    assert [block.title for block in result.blocks] == ["Bewerten, verdeckt", "Zweiter"]
    assert [station.figures.balance for station in activity_result(room.activity).stations] == [100]


def test_a_block_of_two_stays_hidden_beside_a_block_of_many(room):
    rated(room, [[0, 0, 0]] * 5)
    second_block(room, slice(1, 3))
    rated(room, [[10, None], [10, None]])
    result = workshop_result(room.workshop)
    # "Nobody could judge this" would be an answer of two known people.
    assert [(s.figures.hidden, s.figures.empty, s.figures.cannot_judge) for s in result.stations] == [
        (False, False, 0),
        (True, False, None),
        (True, False, None),
    ]


def test_a_station_that_left_the_journey_keeps_its_place(room):
    rated(room, [[0, 5, 10]] * 3)
    room.path[1].delete()
    assert [station.name for station in workshop_result(room.workshop).stations] == [
        "Station 1",
        "Station 2",
        "Station 3",
    ]


def test_nothing_revealed_is_an_empty_result(room):
    result = workshop_result(room.workshop)
    assert (result.is_empty, result.figures.raters, result.stations) == (True, 0, ())


def test_what_runs_is_not_part_of_a_result(room):
    rated(room, [[0, 5, 10]] * 3)
    second_block(room, slice(0, 1))
    room.answer([[10]] * 5)
    result = workshop_result(room.workshop)
    assert [station.figures.balance for station in result.stations] == [-100, 0, 100]
    assert room_state(room.workshop).result is None


def test_named_answers_are_read_only_from_named_blocks(in_scope, mara, emil):
    room = make_room(in_scope, mara, is_named=True).open()
    room.answer([[0, 5, 10], [10, 5, None]])
    member = room.join("", membership=emil)
    member.rate(room.stations[0], 5, reason="Geht so")
    with pytest.raises(ValueError, match="revealed block with names"):
        named_answers(room.activity)
    room.reveal()
    found = named_answers(room.activity)
    first = found[str(room.stations[0].code)]
    assert [(answer.name, answer.drawer, answer.reason) for answer in first] == [
        ("Emil", Drawer.OK, "Geht so"),
        ("Person 0", Drawer.DISAPPOINTING, ""),
        ("Person 1", Drawer.DELIGHTING, ""),
    ]
    assert [answer.cannot_judge for answer in found[str(room.stations[2].code)]] == [False, True]


def test_who_left_the_database_has_no_name_in_a_named_block(in_scope, mara):
    room = make_room(in_scope, mara, is_named=True).open()
    (phone,) = room.answer([[0, 5, 10]])
    phone.participant.delete()
    room.reveal()
    assert [answer.name for answer in named_answers(room.activity)[str(room.stations[0].code)]] == [""]


def test_who_may(room, olga, mara, max, emil):
    members = (olga, mara, max, emil)
    assert [permissions.can_moderate_workshop(member) for member in members] == [True, True, False, False]
    assert [permissions.can_read_named_answers(member) for member in members] == [True, True, False, False]
    assert [permissions.can_export_results(member) for member in members] == [True, True, True, False]
    assert [permissions.can_read_results(member, room.workshop) for member in members] == [True, True, True, False]
    assert [permissions.can_read_reasons(member, room.workshop) for member in members] == [True, True, True, False]
    room.workshop.state = WorkshopState.CLOSED
    assert permissions.can_read_results(emil, room.workshop) is True
    assert permissions.can_read_reasons(emil, room.workshop) is False
    room.join(membership=emil)
    assert permissions.can_read_reasons(emil, room.workshop) is True


@pytest.mark.parametrize("people", [3, 6])
def test_the_room_costs_the_same_whatever_its_size(in_scope, mara, people, django_assert_num_queries):
    room = make_room(in_scope, mara, stations=people)
    for _number in range(people):
        MembershipFactory(organisation=in_scope)
    room.open()
    room.answer([[5] * people] * people)
    with django_assert_num_queries(4):
        room_state(room.workshop)
    room.reveal()
    with django_assert_num_queries(5):
        room_state(room.workshop)
    with django_assert_num_queries(4):
        workshop_result(room.workshop)


def test_counts_read_alone_are_those_of_the_room(in_scope, mara):
    """The board's count is read without the rest, in one statement; it must never say anything else than the page."""
    room = make_room(in_scope, mara, stations=2)
    phones: list[Phone] = []

    def both() -> tuple[RoomCounts, RoomCounts]:
        whole, alone = room_state(room.workshop), read_counts(room.workshop.pk)
        fields = ("version", "stage", "in_room", "joined", "finished")
        return tuple(RoomCounts(**{name: getattr(found, name) for name in fields}) for found in (whole, alone))

    def agree(*expected: object) -> None:
        whole, alone = both()
        assert alone == whole
        assert (alone.stage, alone.in_room, alone.joined, alone.finished) == expected

    agree(Stage.WAITING, 0, 0, 0)
    phones += [room.join(f"Person {number}") for number in range(5)]
    room.open()
    agree(Stage.RUNNING, 5, 5, 0)
    for phone in phones[:4]:
        for station in room.stations:
            phone.rate(station, 5)
    phones[4].rate(room.stations[0], 5)
    agree(Stage.RUNNING, 5, 5, 4)
    services.set_does_not_rate(participant=phones[0].participant, value=True, by=mara)
    services.leave_workshop(participant=phones[1].participant)
    services.remove_participant(participant=phones[2].participant, by=mara)
    agree(Stage.RUNNING, 3, 2, 1)
    services.pause_activity(activity=room.activity, by=mara)
    agree(Stage.PAUSED, 3, 2, 1)
    room.reveal()
    agree(Stage.RESULT, 3, 2, 0)
    services.hide_result(workshop=room.workshop, by=mara)
    agree(Stage.WAITING, 3, 2, 0)
    services.close_workshop(workshop=room.workshop, by=mara)
    agree(Stage.CLOSED, *(getattr(room_state(room.workshop), name) for name in ("in_room", "joined", "finished")))
    assert read_counts(0) is None


# --- full mode --------------------------------------------------------------------------------------------------------


def test_a_full_block_has_the_same_scales_in_every_reading(in_scope, mara):
    room = make_room(in_scope, mara, mode=Mode.FULL).open()
    room.answer_scales(
        [
            [(2, 7, 9, 5, 8, 1), (8, 5, 4, 5, 5, 5), (1, 1, 1, 1, 1, 1)],
            [(4, 8, 9, 5, 8, 3), (9, 5, 4, 5, 5, 5), None],
            [(4, 9, 9, None, 8, 2), (9, 5, 4, 5, 5, 5), None],
        ]
    )
    room.reveal()

    for result in readings(room):
        first, second, hidden = result.stations
        assert (result.figures.ruler, result.figures.zero) == (Ruler.MEAN, 5.0)
        assert [station.figures.level for station in result.stations] == [10 / 3, 26 / 3, None]
        assert (first.figures.scales.gap, first.figures.scales.purchase) == (10 / 3 - 8, None)
        assert (first.figures.scales.leverage, second.figures.scales.leverage) == (None, 5.0)
        assert (hidden.figures.hidden, hidden.figures.scales) == (True, None)
        assert [station.number for station in result.gap_list] == [1]
        assert result.figures.quadrants is None


def test_a_full_block_keeps_the_cut_points_of_its_opening(in_scope, mara):
    room = make_room(in_scope, mara, mode=Mode.FULL).open()
    room.answer_scales([[(6, 5, 5, 5, 5, 5)] * 3] * 3)
    room.reveal()
    type(in_scope).objects.update(cut_ok=7, cut_delight=9)
    room.workshop.organisation.refresh_from_db()

    result = workshop_result(room.workshop)

    assert (result.cut_points.ok, result.cut_points.delight) == (4, 7)
    assert {station.figures.drawer for station in result.stations} == {Drawer.OK}


def test_two_modes_in_one_workshop_stand_on_the_balance(in_scope, mara):
    room = make_room(in_scope, mara, stations=2, mode=Mode.FULL).open()
    room.answer_scales([[(9, 5, 8, 5, 5, 5), (2, 5, 8, 5, 5, 5)]] * 3)
    room.reveal()
    quick = services.plan_activity(
        workshop=room.workshop,
        title="Kurz",
        stations=room.path[1:],
        is_named=False,
        asks_reason=True,
        minutes=5,
        by=mara,
    )
    again = Room(room.workshop, quick, room.path, mara).open()
    again.answer([[10]] * 3)
    again.reveal()

    result = workshop_result(room.workshop)

    assert (result.figures.ruler, result.figures.is_mixed) == (Ruler.BALANCE, True)
    assert [station.figures.level for station in result.stations] == [100.0, 100.0]
    assert [bool(station.figures.scales) for station in result.stations] == [True, False]
    assert activity_result(room.activity).figures.ruler is Ruler.MEAN


def test_named_answers_of_a_full_block_have_their_scales(in_scope, mara):
    room = make_room(in_scope, mara, stations=1, is_named=True, mode=Mode.FULL).open()
    room.answer_scales([[(9, None, 8)], [None], [(None, 4)]])
    room.reveal()

    (answers,) = named_answers(room.activity).values()

    assert [(answer.name, answer.drawer, [value for _name, value in answer.scales]) for answer in answers] == [
        ("Person 0", Drawer.DELIGHTING, [9, 8]),
        ("Person 1", None, []),
        ("Person 2", None, [4]),
    ]


def test_groups_of_raters_count_together(room):
    rated(room, [[0, 5, None], [10, 5, 10], [10, 0, 10]])
    (first, *_rest) = room.stations
    StationTally.objects.create(
        station=first, rater_group=RaterGroup.CUSTOMER, delighting=4, unable=1, reasons=[{"text": "nett", "drawer": 10}]
    )
    station = activity_result(room.activity).stations[0]
    assert (station.figures.counts, station.figures.cannot_judge) == ((1, 0, 6), 1)
    assert sorted(reason.text for reason in station.reasons) == ["Grund an Station 1"] * 3 + ["nett"]


def test_groups_of_raters_count_together_on_every_scale():
    scales = {Scale.EXPERIENCE: [0, 1] + [0] * 8 + [2]}
    employees = Tally(1, scales=scales, scales_at_table={"experience": 2}, between_tables=["experience"])
    customers = Tally(1, scales=scales | {Scale.IMPORTANCE: [1] * 11}, at_table=3, reasons=[{"text": "a", "drawer": 5}])
    assert together([employees, customers]) == Tally(
        1,
        scales={"experience": [0, 2] + [0] * 8 + [4], "importance": [1] * 11},
        at_table=3,
        scales_at_table={scale: 2 if scale == Scale.EXPERIENCE else 0 for scale in Scale},
        between_tables=["experience"],
        reasons=[{"text": "a", "drawer": 5}],
    )
