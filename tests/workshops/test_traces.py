"""After reveal nobody who reads the whole database can join a ballot to a person."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from config.heartbeat import connect_aside
from tests.factories import OrganisationFactory
from tests.workshops.support import Phone, Room, make_room
from workshops import services, tasks
from workshops.models import Ballot, Participation, Rating

pytestmark = pytest.mark.django_db(transaction=True)

BALLOTS = ("workshops_ballot", "workshops_rating")
PEOPLE = ("workshops_participation", "workshops_participant")
ERASED_WITHIN = 30  # seconds; nothing in a test holds a snapshot for longer


@pytest.fixture
def room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara, stations=3).open()


def rated(room: Room, people: int = 20) -> list[Phone]:
    """People join one after the other and answer in several orders; each reason tells the test who gave it."""
    shuffled = random.Random(5)
    phones = [room.join(f"Person {number}") for number in range(people)]
    turns = [(phone, number, station) for number, phone in enumerate(phones) for station in room.stations]
    shuffled.shuffle(turns)
    for phone, number, station in turns:
        phone.rate(station, shuffled.choice([0, 5, 10]), reason=f"Marke-{number:02}-{station.position}")
    return phones


def rows(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ctid::text, xmin::text, xmax::text, * FROM {table} ORDER BY ctid")  # noqa: S608 - own tables
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every table of the application, with system columns."""
    return {model._meta.db_table: rows(model._meta.db_table) for model in apps.get_models(include_auto_created=True)}


def raw_bytes(table: str) -> bytes:
    """The table's file as it lies on the disk, dead rows and free space included, and those of its indexes."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE oid = %s::regclass OR oid IN"
            " (SELECT indexrelid FROM pg_index WHERE indrelid = %s::regclass)",
            [table, table],
        )
        return b"".join(bytes(row[0]) for row in cursor.fetchall())


def erased(room: Room) -> None:
    """Wait until the traces are gone, as the sweeper comes again and again.

    PostgreSQL keeps a dead row while anybody in the cluster may still see it: an autovacuum of the test database, or a
    snapshot elsewhere that is older.
    """
    sweep_until_gone(room, lambda: services.erase_traces(organisation=room.workshop.organisation))


def swept(room: Room) -> None:
    """The same through the sweeper's task."""
    sweep_until_gone(room, tasks.sweep_traces)


def sweep_until_gone(room: Room, sweep: Callable[[], object]) -> None:
    until = time.monotonic() + ERASED_WITHIN
    while True:
        sweep()
        room.activity.refresh_from_db()
        if room.activity.vacuumed_at is not None:
            return
        assert time.monotonic() < until, f"not erased within {ERASED_WITHIN} s; still there: {holders()}"
        time.sleep(0.2)


def holders() -> list[tuple[Any, ...]]:
    """Who keeps old rows alive: every other connection of the cluster that has a snapshot or a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname, backend_type, application_name, state, now() - xact_start, left(query, 80)"
            " FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) ORDER BY xact_start"
        )
        return list(cursor.fetchall())


def rank_correlation(first: list[float], second: list[float]) -> float:
    """Spearman's rho, without ties."""

    def ranks(values: list[float]) -> list[int]:
        order = sorted(range(len(values)), key=values.__getitem__)
        return [order.index(place) for place in range(len(values))]

    pairs = list(zip(ranks(first), ranks(second), strict=True))
    n = len(pairs)
    return 1 - 6 * sum((a - b) ** 2 for a, b in pairs) / (n * (n * n - 1))


def author(reason: str) -> int:
    return int(reason.split("-")[1])


def test_no_value_is_on_both_sides(room):
    rated(room)
    room.reveal()
    found = everything()

    ballot_side = {str(value) for table in BALLOTS for row in found[table] for value in row.values()}
    ballot_side -= {"None", "", "0", "True", "False", "employee"}
    # What a ballot shares with anything else: the block, its stations, drawers, places on a page. Nothing of a person.
    shared = {str(room.activity.pk), *(str(station.pk) for station in room.stations), "5", "10"}
    places = {row["ctid"] for rows_ in found.values() for row in rows_}
    for table in PEOPLE:
        for row in found[table]:
            values = {str(value) for name, value in row.items() if name not in ("id", "participant_id")}
            assert values & ballot_side <= shared | places


def test_all_rows_of_a_block_share_one_transaction_that_wrote_no_person(room):
    rated(room)
    room.reveal()
    found = everything()

    written = {row["xmin"] for table in BALLOTS for row in found[table]}
    assert len(written) == 1
    people = {row[name] for table in PEOPLE for row in found[table] for name in ("xmin", "xmax")}
    assert written & people == set()


def test_no_ballot_keeps_a_secret_or_a_time(room):
    rated(room, people=4)
    room.reveal()
    assert set(Ballot.objects.values_list("secret_hash", "participant")) == {("", None)}
    kinds = {field.get_internal_type() for model in (Ballot, Rating, Participation) for field in model._meta.fields}
    assert not kinds & {"DateTimeField", "DateField", "TimeField"}


def test_ids_and_row_order_tell_nothing_about_who_came_when(room):
    rated(room)
    room.reveal()
    ratings = rows("workshops_rating")
    ballots = rows("workshops_ballot")
    first = room.stations[0].pk  # at each station a ballot holds the answer of somebody else
    owner = {row["ballot_id"]: author(row["reason"]) for row in ratings if row["station_id"] == first}
    assert sorted(owner.values()) == list(range(20))

    came = [owner[row["id"]] for row in ballots]
    by_id = [owner[row["id"]] for row in sorted(ballots, key=lambda row: row["id"])]
    first_rating = list(dict.fromkeys(author(row["reason"]) for row in ratings))
    for order in (came, by_id, first_rating):
        # |rho| of 20 shuffled people exceeds 0.75 about once in ten thousand runs.
        assert abs(rank_correlation(list(range(20)), [float(value) for value in order])) < 0.75
    # The ratings of one ballot do not lie side by side either.
    neighbours = sum(a["ballot_id"] == b["ballot_id"] for a, b in pairwise(ratings))
    assert neighbours < 15


def test_ids_are_new(room):
    rated(room, people=5)
    before = {row["id"] for table in BALLOTS for row in rows(table)}
    room.reveal()
    after = {row["id"] for table in BALLOTS for row in rows(table)}
    assert before & after == set()
    assert len(before) == len(after)


def test_old_rows_are_physically_gone(room):
    phones = rated(room, people=3)
    phones[0].rate(room.stations[0], 5, reason="Vorheriger Grund")
    phones[0].rate(room.stations[0], 10, reason="Neuer Grund")
    secret = Ballot.hash_of(phones[0].secret, room.activity, phones[0].participant).encode()
    old_ids = [row["id"].bytes for table in BALLOTS for row in rows(table)]
    before = raw_bytes("workshops_rating") + raw_bytes("workshops_ballot")
    assert b"Vorheriger Grund" in before
    assert secret in before
    assert all(old in before for old in old_ids)

    room.reveal()
    erased(room)

    after = raw_bytes("workshops_rating") + raw_bytes("workshops_ballot")
    assert b"Neuer Grund" in after
    assert b"Vorheriger Grund" not in after
    assert secret not in after
    assert not any(old in after for old in old_ids)
    assert room.activity.vacuumed_at is not None


def test_a_reason_beside_cannot_judge_ends_with_the_reveal(room):
    phone = room.join()
    phone.rate(room.stations[0], 5, reason="Doch nicht")
    phone.rate(room.stations[0], cannot_judge=True)
    room.reveal()
    erased(room)
    assert list(Rating.objects.values_list("cannot_judge", "reason")) == [(True, "")]
    assert b"Doch nicht" not in raw_bytes("workshops_rating")


def test_in_named_mode_the_person_stays_and_the_rest_is_shuffled(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara, is_named=True).open()
        phones = room.answer([[0, 5, 10], [10, 10, 10]])
        before = set(Ballot.objects.values_list("pk", flat=True))
        room.reveal()
        assert set(Ballot.objects.values_list("participant", flat=True)) == {phone.participant.pk for phone in phones}
        assert set(Ballot.objects.values_list("secret_hash", flat=True)) == {""}
        assert before & set(Ballot.objects.values_list("pk", flat=True)) == set()


def test_a_running_block_of_another_room_is_left_alone(room, organisation, mara):
    other = make_room(organisation, mara).open()
    (phone,) = other.answer([[0, 5, None]])
    rated(room, people=3)
    room.reveal()
    ratings = Rating.objects.filter(ballot__activity=other.activity)
    assert sorted(ratings.values_list("drawer", "cannot_judge"), key=str) == [(0, False), (5, False), (None, True)]
    assert phone.rate(other.stations[0], 10).answered == 3


def hold(statement: str) -> psycopg.Connection:
    """Another transaction that holds something."""
    other = connect_aside(autocommit=False)
    other.execute(statement)
    return other


@pytest.mark.parametrize(
    "statement",
    [
        # An old snapshot still sees the old rows; a lock keeps the table from being rewritten.
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM workshops_cycle",
        "LOCK TABLE workshops_rating IN ROW SHARE MODE",
    ],
)
def test_what_another_transaction_holds_is_erased_by_the_sweeper(room, statement):
    rated(room, people=3)
    other = hold(statement)
    try:
        room.reveal()
        assert room.activity.vacuumed_at is None
        tasks.sweep_traces()
        room.activity.refresh_from_db()
        assert room.activity.vacuumed_at is None
    finally:
        other.rollback()
        other.close()
    erased(room)
    assert room.activity.vacuumed_at is not None


def test_a_large_table_is_left_to_the_sweeper(room, monkeypatch):
    monkeypatch.setattr("workshops.services.traces.INLINE_BYTES", 0)
    rated(room, people=3)
    room.reveal()
    assert room.activity.vacuumed_at is None
    swept(room)


def test_the_sweeper_finds_every_organisation(organisation, mara, monkeypatch):
    monkeypatch.setattr("workshops.services.traces.INLINE_BYTES", 0)
    revealed = []
    for tenant in (organisation, OrganisationFactory()):
        with member_scope(tenant):
            room = make_room(tenant, mara).open()
            room.answer([[0, 5, 10]] * 3)
            room.reveal()
            revealed.append(room)
    for room in revealed:
        with member_scope(room.workshop.organisation):
            swept(room)
            assert services.erase_traces(organisation=room.workshop.organisation) is True
