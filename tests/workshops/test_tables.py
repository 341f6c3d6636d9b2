"""Tables without devices, below the views: counted in the room, merged at reveal, and forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation
from accounts.services.edits import StaleEdit
from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, StationTallyFactory
from tests.locks import meeting
from tests.workshops.support import Room, make_room
from tests.workshops.test_traces import erased, raw_bytes
from workshops import services
from workshops.enums import Mode, Scale
from workshops.figures import CutPoints, StationAnswers, station_figures
from workshops.models import Activity, StationTally, TableEntry
from workshops.queries import activity_result, departments_rating, frozen_result, read_counts, room_state
from workshops.queries.tables import table_rows, tables_words
from workshops.services import ActionRefused, TableGone
from workshops.tables import TableAnswer, at_table_note, at_table_words, read_answers

pytestmark = pytest.mark.django_db

ALL = TableAnswer(disappointing=1, fine=1, delighting=1, unable=1)


@pytest.fixture
def room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara, stations=3)


def enter(room: Room, answers: Mapping[int, TableAnswer] | None = None, heads: int = 4, **more: Any) -> TableEntry:
    """A table; ``answers`` by place on the path."""
    stations = room.stations
    given = {stations[place].pk: answer for place, answer in (answers or {}).items()}
    facts = {"activity": room.activity, "name": "Fenster", "heads": heads, "department": None, "code": uuid4()}
    return services.create_table(**{**facts, **more}, answers=given, by=room.mara)


def change(room: Room, table: TableEntry, answers: Mapping[int, TableAnswer], **more: Any) -> TableEntry:
    stations = room.stations
    given = {stations[place].pk: answer for place, answer in answers.items()}
    facts = {"name": table.name, "heads": table.heads, "department": None, "version": table.version}
    return services.update_table(table=table, answers=given, by=room.mara, **{**facts, **more})


def tallies(room: Room) -> list[tuple[int, ...]]:
    """disappointing, fine, delighting, unable, at a table, unable at a table; along the path."""
    rows = StationTally.objects.filter(station__activity=room.activity).order_by("station__position")
    return list(rows.values_list("disappointing", "fine", "delighting", "unable", "at_table", "unable_at_table"))


# --- entering -------------------------------------------------------------------------------------------------------


def test_a_table_is_entered_and_changed(room: Room):
    room.open()
    table = enter(room, {0: ALL, 1: TableAnswer(fine=3)})
    assert (table.version, table.finished) == (1, 0)

    changed = change(room, table, {0: ALL, 1: TableAnswer(fine=4), 2: TableAnswer(unable=3)}, name="Tür", heads=4)

    stored = TableEntry.objects.get()
    assert stored == changed
    assert (stored.name, stored.version, stored.finished) == ("Tür", 2, 3)
    pks = [station.pk for station in room.stations]
    assert read_answers(stored.answers) == {pks[0]: ALL, pks[1]: TableAnswer(fine=4), pks[2]: TableAnswer(unable=3)}


def test_a_station_without_an_answer_is_not_kept(room: Room):
    room.open()
    table = enter(room, {0: TableAnswer(), 1: TableAnswer(delighting=2)})
    assert [answer.delighting for answer in read_answers(table.answers).values()] == [2]


def test_more_answers_than_people_are_refused_with_the_station_and_by_how_many(room: Room):
    room.open()
    with pytest.raises(ActionRefused) as refusal:
        enter(room, {1: TableAnswer(disappointing=2, fine=2, unable=2)})
    assert refusal.value.message == "„Station 2“: 6 Antworten bei 4 Personen am Tisch, also 2 zu viel."
    with pytest.raises(ActionRefused, match="bei 1 Person am Tisch"):
        enter(room, {0: TableAnswer(fine=2)}, heads=1)
    assert not TableEntry.objects.exists()


def test_a_smaller_table_refuses_what_was_entered_for_a_larger_one(room: Room):
    room.open()
    table = enter(room, {0: ALL})
    with pytest.raises(ActionRefused, match="also 1 zu viel"):
        change(room, table, {0: ALL}, heads=3)
    assert TableEntry.objects.get().heads == 4


@pytest.mark.parametrize("heads", [0, 61])
def test_nobody_and_a_crowd_are_no_table(room: Room, heads: int):
    room.open()
    with pytest.raises(ValidationError, match="1 bis 60 Personen"):
        enter(room, heads=heads)


def test_no_count_is_below_zero():
    with pytest.raises(ValueError, match="less than none"):
        TableAnswer(fine=-1)


def test_a_station_of_another_block_is_refused(room: Room):
    room.open()
    with pytest.raises(ActionRefused, match="gehört nicht mehr zu"):
        services.create_table(
            activity=room.activity, name="A", heads=4, department=None, answers={0: ALL}, code=uuid4(), by=room.mara
        )


def test_the_same_code_is_one_table(room: Room):
    room.open()
    code = uuid4()
    first, second = enter(room, {0: ALL}, code=code), enter(room, {}, code=code, name="Anders")
    assert first == second
    assert TableEntry.objects.get().name == "Fenster"


def test_two_versions_at_once_are_one_and_a_stale_one(room: Room):
    room.open()
    table = enter(room, {0: ALL})
    change(room, table, {0: TableAnswer(fine=4)})
    with pytest.raises(StaleEdit) as stale:
        change(room, table, {0: TableAnswer(delighting=4)})
    assert list(read_answers(stale.value.current.answers).values()) == [TableAnswer(fine=4)]


def test_a_removed_table_is_gone_for_who_still_types(room: Room):
    room.open()
    table = enter(room, {0: ALL})
    services.remove_table(table=table, by=room.mara)
    services.remove_table(table=table, by=room.mara)
    with pytest.raises(TableGone):
        change(room, table, {0: ALL})


STATES: dict[str, tuple[Callable[[Room], object], str]] = {
    "planned": (lambda room: None, "läuft nicht"),
    "revealed": (lambda room: room.open().reveal(), "ist aufgedeckt"),
}


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_entered_before_the_start_or_after_the_reveal(room: Room, state: str):
    prepare, words = STATES[state]
    prepare(room)
    with pytest.raises(ActionRefused, match=words):
        enter(room)


def test_a_block_that_is_gone_takes_no_table(room: Room):
    gone = Activity(pk=0, title="Weg")
    with pytest.raises(ActionRefused, match="läuft nicht"):
        services.create_table(activity=gone, name="A", heads=1, department=None, answers={}, code=uuid4(), by=room.mara)


def test_a_pause_is_no_obstacle_and_reveal_is(room: Room):
    room.open()
    services.pause_activity(activity=room.activity, by=room.mara)
    table = enter(room, {0: ALL})
    room.reveal()
    with pytest.raises(ActionRefused, match="ist aufgedeckt"):
        change(room, table, {0: ALL})
    with pytest.raises(ActionRefused, match="ist aufgedeckt"):
        services.remove_table(table=table, by=room.mara)


@pytest.mark.django_db(transaction=True)
def test_a_table_and_the_reveal_at_the_same_moment_lose_nothing(organisation: Organisation, mara: Membership):
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=1).open()
        table = enter(room, {0: TableAnswer(fine=1)})

        def reveal() -> None:
            with member_scope(organisation):
                room.reveal()

        meeting(lambda: change(room, table, {0: TableAnswer(fine=4)}), reveal)

        assert tallies(room) == [(0, 4, 0, 0, 4, 0)]


# --- the room -------------------------------------------------------------------------------------------------------


def test_people_at_tables_are_in_the_room_and_finish(room: Room, organisation: Organisation):
    sales = DepartmentFactory(organisation=organisation, name="Vertrieb")
    room.open()
    phones = room.answer([[0, 5, 10]])
    room.join("Noch offen", token="t", department=sales)
    assert len(phones) == 1

    enter(room, dict.fromkeys(range(3), ALL), department=sales)
    enter(room, {0: TableAnswer(fine=2), 1: TableAnswer(fine=2), 2: TableAnswer(fine=1)}, heads=2, name="Tür")

    state, counts = room_state(room.workshop), read_counts(room.workshop.pk)
    for found in (state, counts):
        assert (found.in_room, found.joined, found.finished, found.at_table) == (8, 8, 6, 6)
        assert found.open_count == 2
    assert [(row.name, row.count) for row in state.departments] == [("Vertrieb", 5), ("", 3)]


def test_tables_of_another_block_are_not_counted(room: Room):
    room.open()
    enter(room, {0: ALL})
    room.reveal()
    state, counts = room_state(room.workshop), read_counts(room.workshop.pk)
    assert (state.in_room, state.joined, state.finished, state.at_table) == (0, 0, 0, 0)
    assert (counts.in_room, counts.joined, counts.finished, counts.at_table) == (0, 0, 0, 0)


def test_departments_of_tables_are_among_those_who_rated(room: Room, organisation: Organisation):
    sales, service = (DepartmentFactory(organisation=organisation, name=name) for name in ("Vertrieb", "Service"))
    room.open()
    room.join("Anna", token="t", department=sales)
    enter(room, department=sales)
    assert departments_rating(room.workshop) == 1
    enter(room, department=service)
    assert departments_rating(room.workshop) == 2


def test_rows_say_how_far_each_table_is(room: Room, organisation: Organisation):
    room.open()
    enter(room, {0: ALL, 1: TableAnswer(fine=1)}, department=DepartmentFactory(organisation=organisation, name="Lager"))
    enter(room, dict.fromkeys(range(3), TableAnswer(fine=1)), heads=1, name="Tür")
    rows = table_rows(room.activity)
    assert [(row.stations, row.total, row.is_complete) for row in rows] == [(1, 3, False), (3, 3, True)]
    assert tables_words(room.activity) == (
        "Fenster (4 Personen · Lager): 1 von 3 Stationen",
        "Tür (1 Person): vollständig, alle 3 Stationen",
    )


@pytest.mark.parametrize("tables", [1, 3])
def test_tables_are_read_in_the_same_number_of_queries(room: Room, tables: int):
    room.open()
    for _number in range(tables):
        enter(room, {0: ALL})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        table_rows(room.activity)
    assert len(queries) == 2


# --- reveal ---------------------------------------------------------------------------------------------------------


def test_reveal_adds_tables_to_what_phones_answered(room: Room):
    room.open()
    room.answer([[0, 5, None], [0, 10, None], [5, 10, None]])
    enter(room, {0: ALL, 2: TableAnswer(delighting=3, unable=1)})
    enter(room, {0: TableAnswer(delighting=2)}, heads=3)

    room.reveal()

    assert tallies(room) == [(3, 2, 3, 1, 5, 1), (0, 1, 2, 6, 0, 6), (0, 0, 3, 6, 3, 3)]
    assert (room.activity.raters, room.activity.raters_at_table) == (9, 6)


def test_stations_that_a_table_left_out_count_like_those_it_could_not_judge(room: Room):
    room.open()
    enter(room, {1: TableAnswer(fine=4)})
    room.reveal()
    assert tallies(room) == [(0, 0, 0, 4, 0, 4), (0, 4, 0, 0, 4, 0), (0, 0, 0, 4, 0, 4)]


def test_what_was_typed_is_forgotten_and_the_table_stays(room: Room):
    room.open()
    enter(room, dict.fromkeys(range(3), ALL))
    room.reveal()
    table = TableEntry.objects.get()
    assert (table.name, table.heads, table.answers, table.finished) == ("Fenster", 4, {}, 0)


def test_a_table_that_answered_nothing_rated_nothing(room: Room):
    room.open()
    room.answer([[0, 5, 10]] * 3)
    enter(room)
    room.reveal()
    assert (room.activity.raters, room.activity.raters_at_table) == (3, 0)
    assert not activity_result(room.activity).has_tables


def test_reveal_without_tables_costs_one_statement_beside_the_count_of_people(room: Room):
    room.open()
    with CaptureQueriesContext(connection) as queries:
        room.reveal()
    # Beside the one that counts who took part, at tables too.
    assert sum("workshops_tableentry" in query["sql"] for query in queries) == 2


# --- figures --------------------------------------------------------------------------------------------------------


def shown(room: Room) -> list[tuple[object, ...]]:
    """hidden, n, cannot judge, at a table; along the path."""
    found = activity_result(room.activity).figures.stations
    return [(each.hidden, each.n, each.cannot_judge, each.at_table) for each in found]


HIDDEN = (True, None, None, None)
# Phones' answers at one station, tables, and what is shown of it.
STATION: dict[str, tuple[list[int | None], list[tuple[int, TableAnswer]], tuple[object, ...]]] = {
    "two phones and a table of four": ([0, 5], [(4, TableAnswer(fine=4))], HIDDEN),
    "three phones and a table of one": ([0, 5, 5], [(1, TableAnswer(fine=1))], (False, 4, 0, None)),
    "a table of five alone": ([], [(5, TableAnswer(fine=3, delighting=2))], (False, 5, 0, 5)),
    "a table of three alone": ([], [(3, TableAnswer(fine=3))], (False, 3, 0, None)),
    "a table of two alone": ([], [(2, TableAnswer(fine=2))], HIDDEN),
    "two tables of one alone": ([], [(1, TableAnswer(fine=1)), (1, TableAnswer(fine=1))], HIDDEN),
    "three at a table and one at another": (
        [], [(3, TableAnswer(fine=3)), (1, TableAnswer(disappointing=1))], HIDDEN
    ),
    "the same beside three phones that could not judge": (
        [None, None, None], [(3, TableAnswer(fine=3)), (1, TableAnswer(disappointing=1))], HIDDEN
    ),
    "the same beside three phones": (
        [0, 0, 5], [(3, TableAnswer(fine=3)), (1, TableAnswer(disappointing=1))], (False, 7, 0, None)
    ),
    "two tables of three": ([], [(3, TableAnswer(fine=3)), (3, TableAnswer(disappointing=3))], (False, 6, 0, 6)),
    "three at a table, and one at another who could not judge": (
        [], [(3, TableAnswer(fine=3)), (1, TableAnswer(unable=1))], HIDDEN
    ),
    "the same beside three phones that could not judge either": (
        [None, None, None], [(3, TableAnswer(fine=3)), (1, TableAnswer(unable=1))], (False, 3, 4, None)
    ),
    "nobody at two tables could judge, one of them a table of one": (
        [], [(3, TableAnswer(unable=3)), (1, TableAnswer(unable=1))], (False, 0, None, None)
    ),
    "one phone among a table of twenty": ([10], [(20, TableAnswer(fine=20))], HIDDEN),
    "phones that could not judge, three of them": (
        [None, None, None], [(4, TableAnswer(fine=3, unable=1))], (False, 3, 4, None)
    ),
    "nobody could judge": ([None, None, None], [(4, TableAnswer(unable=4))], (False, 0, 7, None)),
    "three phones and a table that could not judge": ([0, 0, 5], [(2, TableAnswer(unable=2))], (False, 3, 2, None)),
}  # fmt: skip


@pytest.mark.parametrize("case", STATION)
def test_what_is_shown_beside_tables(organisation: Organisation, mara: Membership, case: str):
    phones, tables, expected = STATION[case]
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=1).open()
        room.answer([[answer] for answer in phones])
        for heads, answer in tables:
            enter(room, {0: answer}, heads=heads)
        room.reveal()
        assert shown(room) == [expected]


def test_two_of_three_phones_at_a_station_beside_a_table_are_hidden(room: Room):
    """Four and more rated each of these; the moderator could take the table off and would hold one or two phones."""
    room.open()
    room.answer([[0, 0, None], [5, None, None], [10, 0, 10]])
    enter(room, dict.fromkeys(range(3), TableAnswer(fine=4)))
    room.reveal()
    assert shown(room) == [(False, 7, 0, None), HIDDEN, HIDDEN]


def test_what_phones_left_out_counts_like_what_they_could_not_judge(room: Room):
    """So nobody sees which of three did not finish, nor that one of them could not judge what two left out."""
    room.open()
    stations = room.stations
    for number, row in enumerate([[0, None], [5], [10]]):
        phone = room.join(f"Person {number}")
        for station, drawer in zip(stations, row, strict=False):
            phone.rate(station, drawer, cannot_judge=drawer is None)
    enter(room, {1: TableAnswer(fine=4), 2: TableAnswer(unable=4)})
    room.reveal()
    assert shown(room) == [(False, 3, 4, None), (False, 4, 3, None), (False, 0, 7, None)]


def test_tallies_that_left_out_who_did_not_answer_hide_one_or_two_phones():
    """As reveal once wrote them: four at a table rated, and one phone could not judge; or one of three sat there."""
    assert StationAnswers("a", 0, 4, 0, 1, at_table=4, tables=4).is_hidden
    assert not StationAnswers("a", 0, 4, 0, 3, at_table=4, tables=4).is_hidden
    assert StationAnswers("a", 0, 0, 0, 3, unable_at_table=1, tables=1).unable_told is None


def test_an_older_ist_without_tables_is_read(room: Room):
    room.open()
    room.answer([[0, 5, 10]] * 3)
    room.reveal()
    baseline = services.freeze_ist(workshop=room.workshop, by=room.mara)
    document = json.loads(json.dumps(baseline.document))
    for station in document["figures"]["stations"]:
        del station["at_table"], station["tables"]
    for block in document["blocks"]:
        del block["at_table"]
    baseline.document = document
    assert frozen_result(baseline).figures == activity_result(room.activity).figures


# --- words ----------------------------------------------------------------------------------------------------------


def test_the_mark_in_words():
    assert at_table_words(0) == at_table_words(None) == ""
    assert at_table_words(4) == "davon 4 am Tisch erfasst"
    assert at_table_note(6, 7) == "davon 6 am Tisch erfasst"
    assert at_table_note(None, 4) == "davon bis zu 4 am Tisch erfasst"
    assert at_table_note(None, 0) == ""


def test_tallies_of_before_have_no_table(in_scope: Organisation):
    tally = StationTallyFactory(station__activity__workshop__organisation=in_scope)
    assert (tally.at_table, tally.unable_at_table) == (0, 0)


# --- full mode ------------------------------------------------------------------------------------------------------


@pytest.fixture
def full_room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=2)
        Activity.objects.filter(pk=room.activity.pk).update(mode=Mode.FULL)
        room.activity.refresh_from_db()
        yield room.open()


def scales(*numbers: int, **other: tuple[int, ...]) -> TableAnswer:
    """The same numbers on all six scales, but for those named."""
    return TableAnswer(scales={**dict.fromkeys(Scale.values, tuple(numbers)), **other})


def test_a_table_in_full_mode_is_numbers_per_scale(full_room: Room):
    table = enter(full_room, {0: scales(0, 3, 4, 10), 1: scales(7, 7, 7, 7, importance=(7, 7))})
    first, second = read_answers(table.answers).values()
    assert (first.disappointing, first.fine, first.delighting) == (2, 1, 1)
    assert (first.people, first.complete) == (4, 4)
    assert (second.people, second.complete, table.finished) == (4, 2, 2)
    assert [row.stations for row in table_rows(full_room.activity)] == [1]


def test_more_numbers_than_people_are_refused(full_room: Room):
    with pytest.raises(ActionRefused, match="5 Antworten bei 4 Personen am Tisch, also 1 zu viel"):
        enter(full_room, {0: scales(1, 2, 3, 4, expectation=(1, 2, 3, 4, 5))})
    with pytest.raises(ActionRefused, match="also 1 zu viel"):
        enter(full_room, {0: replace(scales(1, 2, 3, 4), unable=1)})


def test_no_scale_goes_beyond_ten():
    with pytest.raises(ValueError, match="0 to 10"):
        scales(11)


def test_reveal_adds_the_numbers_to_each_scale(full_room: Room):
    for number in range(3):
        phone = full_room.join(f"Person {number}")
        phone.rate(full_room.stations[0], scales=dict.fromkeys(Scale.values, 5))
    enter(full_room, {0: scales(5, 8, 8, importance=(1,))})
    enter(full_room, {0: scales(8)}, heads=1)
    full_room.reveal()
    tally = StationTally.objects.get(station=full_room.stations[0])
    assert tally.scales["experience"] == [0, 0, 0, 0, 0, 4, 0, 0, 3, 0, 0]
    assert tally.scales["importance"] == [0, 1, 0, 0, 0, 3, 0, 0, 1, 0, 0]
    assert tally.scales_at_table == {**dict.fromkeys(Scale.values, 4), "importance": 2}
    assert tallies(full_room)[0] == (0, 4, 3, 0, 4, 0)


def test_a_scale_that_one_phone_answered_is_hidden_beside_a_table():
    """Four answered it; whoever entered three of them at the table would hold the fourth."""
    counts = [0] * 5 + [4] + [0] * 5
    answers = StationAnswers(
        "a", 0, 7, 0, 0, dict.fromkeys(Scale, counts), at_table=4, scales_at_table={Scale.EXPECTATION: 3}, tables=4
    )
    found = station_figures(answers, cut_points=CutPoints()).scales
    assert found is not None
    assert found.expectation is None
    assert found.importance is not None


def test_a_scale_on_which_one_table_knows_the_other_is_hidden(full_room: Room):
    """Three at each table; of the second only one gave a number for the expectation, and none for the importance."""
    enter(full_room, {0: scales(2, 3, 4)}, heads=3)
    enter(full_room, {0: scales(7, 8, 9, expectation=(5,), importance=())}, heads=3)
    full_room.reveal()
    found = activity_result(full_room.activity).figures.stations[0].scales
    assert found is not None
    assert (found.experience.n, found.expectation, found.importance.n) == (6, None, 3)


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_is_physically_gone(organisation: Organisation, mara: Membership):
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=1, mode=Mode.FULL).open()
        enter(room, {0: scales(7, 8, 8, 5)})
        assert b"recommendation" in raw_bytes("workshops_tableentry")

        room.reveal()
        erased(room)

        assert b"recommendation" not in raw_bytes("workshops_tableentry")
        assert b"Fenster" in raw_bytes("workshops_tableentry")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", Mode)
def test_no_row_of_the_phones_alone_is_left_in_the_file_of_the_tallies(
    organisation: Organisation, mara: Membership, mode: Mode
):
    """Its difference to the row that stays would be what was typed. Every row is written once."""
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=2, mode=mode).open()
        is_full = mode == Mode.FULL
        for number in range(3):
            phone = room.join(f"Person {number}")
            given = {"scales": dict.fromkeys(Scale.values, 5)} if is_full else {"drawer": 5}
            phone.rate(room.stations[0], reason="Eins von drei" if number == 0 else "", **given)
        enter(room, {place: scales(9) if is_full else TableAnswer(delighting=1) for place in (0, 1)}, heads=1)

        room.reveal()

        assert tallies(room) == [(0, 3, 1, 0, 1, 0), (0, 0, 1, 3, 1, 0)]
        assert raw_bytes("workshops_stationtally").count(b"Eins von drei") == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(ctid::text ORDER BY ctid) FROM workshops_stationtally")
            assert cursor.fetchone() == (["(0,1)", "(0,2)"],), "no dead row lies between them"
