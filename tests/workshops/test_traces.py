"""After reveal nobody who reads the whole database can join a ballot to a person."""

from __future__ import annotations

import json
import random
import secrets
import sys
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from config.heartbeat import connect_aside
from tests.answers import counted, given
from tests.factories import OrganisationFactory
from tests.locks import meeting
from tests.workshops.support import Phone, Room, make_room
from workshops import services, tasks
from workshops.models import Activity, Ballot, Participant, Participation, StationTally, Workshop
from workshops.services.traces import forget_log

pytestmark = pytest.mark.django_db(transaction=True)

BALLOTS = "workshops_ballot"
TALLIES = "workshops_stationtally"
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
    """The table's file as it lies on the disk, dead rows and free space included, and those of its indexes and of its
    long values."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "WITH own AS (SELECT oid, reltoastrelid FROM pg_class WHERE oid = %s::regclass)"
            " SELECT pg_read_binary_file(pg_relation_filepath(pg_class.oid)) FROM pg_class, own"
            " WHERE pg_class.oid IN (own.oid, own.reltoastrelid)"
            " OR pg_class.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = own.oid)",
            [table],
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


def eventually(is_done: Callable[[], object]) -> None:
    """Ask until it is so: what another connection still sees can be erased as soon as that has ended."""
    until = time.monotonic() + ERASED_WITHIN
    while not is_done():
        assert time.monotonic() < until, f"not erased within {ERASED_WITHIN} s; still there: {holders()}"
        time.sleep(0.1)


def sweep_until_gone(room: Room, sweep: Callable[[], object]) -> None:
    def is_gone() -> bool:
        sweep()
        room.activity.refresh_from_db()
        return room.activity.vacuumed_at is not None

    eventually(is_gone)


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


def test_no_ballot_is_left(room):
    rated(room)
    room.reveal()
    assert rows(BALLOTS) == []
    assert rows("workshops_participation") == []
    assert room.activity.raters == 20


def test_what_is_left_is_one_row_per_station_with_counts_and_reasons(room):
    """Whatever is stored of twenty people, it is as many rows as there are stations, written at once."""
    rated(room)
    room.reveal()
    left = rows(TALLIES)
    assert sorted(row["station_id"] for row in left) == sorted(station.pk for station in room.stations)
    kinds = {
        field.name for field in StationTally._meta.fields if field.get_internal_type() not in ("PositiveIntegerField",)
    }
    assert kinds == {"id", "station", "rater_group", "reasons", "scales", "scales_at_table", "between_tables"}
    for row in left:
        assert row["disappointing"] + row["fine"] + row["delighting"] == 20
        assert {key for reason in json.loads(row["reasons"]) for key in reason} == {"text", "drawer"}


def test_the_transaction_that_counted_wrote_no_person(room):
    rated(room)
    room.reveal()
    found = everything()

    written = {row["xmin"] for row in found[TALLIES]}
    assert len(written) == 1
    people = {row[name] for table in PEOPLE for row in found[table] for name in ("xmin", "xmax")}
    assert written & people == set()


def test_no_ballot_ever_has_a_time(room):
    kinds = {field.get_internal_type() for model in (Ballot, Participation) for field in model._meta.fields}
    assert not kinds & {"DateTimeField", "DateField", "TimeField"}


def test_the_order_of_the_reasons_tells_nothing_about_who_came_when_and_joins_no_two_stations(room):
    rated(room)
    room.reveal()
    orders = [[float(author(reason["text"])) for reason in json.loads(row["reasons"])] for row in rows(TALLIES)]
    came = [float(number) for number in range(20)]
    assert [sorted(order) for order in orders] == [came] * 3
    for first, second in combinations([came, *orders], 2):
        # |rho| of 20 shuffled people exceeds 0.75 about once in ten thousand runs.
        assert abs(rank_correlation(first, second)) < 0.75


def test_old_rows_are_physically_gone(room):
    phones = rated(room, people=3)
    phones[0].rate(room.stations[0], 5, reason="Vorheriger Grund")
    phones[0].rate(room.stations[0], 10, reason="Neuer Grund")
    # Looked at here: what comes next fills the page, and then PostgreSQL may tidy it up by itself.
    assert b"Vorheriger Grund" in raw_bytes(BALLOTS)
    long = secrets.token_hex(240)  # several of them do not fit into a row, and go into a table of their own
    for station in room.stations:
        phones[1].rate(station, 5, reason=f"Langer Grund {secrets.token_hex(240)}"[:500])
        phones[1].rate(station, 5, reason=long)
    key = Ballot.hash_of(phones[0].secret, room.activity, phones[0].participant).encode()
    old_ids = [row["id"].bytes for row in rows(BALLOTS)]
    before = raw_bytes(BALLOTS)
    assert key in before
    assert all(old in before for old in old_ids)

    room.reveal()
    erased(room)

    after = raw_bytes(BALLOTS)
    assert b"Grund" not in after
    assert key not in after
    assert long.encode() not in after
    assert not any(old in after for old in old_ids)
    assert room.activity.vacuumed_at is not None
    kept = raw_bytes(TALLIES)
    assert b"Neuer Grund" in kept
    assert b"Vorheriger Grund" not in kept


def in_the_log(*secrets: bytes) -> list[bool]:
    """Whether the files of the write-ahead log hold these bytes."""
    found = []
    with connection.cursor() as cursor:
        for secret in secrets:
            cursor.execute(
                "SELECT count(*) FROM pg_ls_waldir()"
                " WHERE position(%s IN pg_read_binary_file('pg_wal/' || name, 0, 16777216, true)) > 0",
                [secret],
            )
            found.append(cursor.fetchone() != (0,))
    return found


def test_the_write_ahead_log_of_the_embedded_server_forgets_what_an_open_block_wrote(room):
    phone = rated(room, people=3)[0]
    key = Ballot.hash_of(phone.secret, room.activity, phone.participant).encode()
    assert in_the_log(key) == [True]

    room.reveal()
    erased(room)

    assert in_the_log(key) == [False]


def test_an_account_that_may_not_end_the_log_erases_the_rest(room, caplog):
    """As with a database that somebody else runs."""
    rated(room, people=3)
    room.reveal()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE kept_small")
        cursor.execute("GRANT kept_small TO CURRENT_USER")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO kept_small")
        cursor.execute("GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO kept_small")
        cursor.execute("SET ROLE kept_small")
    try:
        erased(room)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP OWNED BY kept_small")
            cursor.execute("DROP ROLE kept_small")
    assert "this account may not end it" in caplog.text


def test_a_server_that_uses_its_log_files_again_is_left_alone(room):
    def log_file() -> tuple[str]:
        cursor.execute("SELECT pg_walfile_name(pg_current_wal_lsn())")
        return cursor.fetchone()

    with connection.cursor() as cursor:
        cursor.execute("SET wal_recycle = on")
        before = log_file()
        forget_log()
        assert log_file() == before
        cursor.execute("RESET wal_recycle")
        forget_log()
        assert log_file() != before


def test_a_reason_beside_cannot_judge_ends_with_the_reveal(room):
    phone = room.join()
    phone.rate(room.stations[0], 5, reason="Doch nicht")
    phone.rate(room.stations[0], cannot_judge=True)
    room.reveal()
    erased(room)
    assert list(StationTally.objects.values_list("unable", "reasons")) == [(1, [])] * 3
    assert b"Doch nicht" not in raw_bytes(BALLOTS) + raw_bytes(TALLIES)


def test_in_named_mode_the_ballot_stays_with_its_person_and_without_its_key(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara, is_named=True).open()
        phones = room.answer([[0, 5, 10], [10, 10, None]])
        phones[1].rate(room.stations[2], reason="Nie dort gewesen")
        room.reveal()
        assert set(Ballot.objects.values_list("participant", flat=True)) == {phone.participant.pk for phone in phones}
        assert set(Ballot.objects.values_list("secret_hash", flat=True)) == {""}
        assert [answer.reason for answer in given()] == [""] * 6
        assert counted() == [(1, 0, 1, 0), (0, 1, 1, 0), (0, 0, 1, 1)]


def test_a_running_block_of_another_room_is_left_alone(room, organisation, mara):
    other = make_room(organisation, mara).open()
    (phone,) = other.answer([[0, 5, None]])
    rated(room, people=3)
    room.reveal()
    assert [(answer.drawer, answer.cannot_judge) for answer in given()] == [(0, False), (5, False), (None, True)]
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
        "LOCK TABLE workshops_ballot IN ROW SHARE MODE",
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


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_host_whose_clock_is_wrong_leaves_nothing_unerased_and_nothing_waiting(room, hours):
    """The moment of a reveal is that of a web host, and a worker may run on another one."""
    rated(room, people=3)
    room.reveal()
    Activity.objects.update(revealed_at=timezone.now() + timedelta(hours=hours))
    erased(room)
    assert b"Marke" not in raw_bytes(BALLOTS)


def within(organisation: Organisation, erase: Callable[..., bool]) -> bool:
    """In a thread of its own, which has no scope yet."""
    with member_scope(organisation):
        return erase(organisation=organisation)


def test_a_block_revealed_while_the_tables_wait_to_be_written_is_left_for_the_next_time(room, organisation, mara):
    rated(room, people=3)
    later = make_room(organisation, mara).open()
    later.answer([[0, 5, 10]] * 3)
    room.reveal()

    meeting(later.reveal, lambda: within(organisation, services.erase_traces))

    later.activity.refresh_from_db()
    assert later.activity.vacuumed_at is None
    erased(later)


def former_people_gone() -> None:
    def are_gone() -> bool:
        tasks.sweep_traces()
        return not Workshop.objects.filter(people_erased_at__isnull=False).exists()

    eventually(are_gone)


def test_names_and_hours_that_are_erased_are_physically_gone(room, organisation, mara):
    phone = room.join("Verräterischer Name")
    room.join("Noch jemand")
    identity = phone.participant.token_hash.encode()
    seen = timezone.now() - timedelta(days=40)
    Participant.objects.update(last_seen_at=seen)
    # As PostgreSQL keeps a moment: microseconds since 2000.
    hour = int((seen - datetime(2000, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)).to_bytes(8, sys.byteorder)
    room.reveal()
    services.close_workshop(workshop=room.workshop, by=mara)
    assert hour in raw_bytes("workshops_participant"), "the day alone is in the row, but the old row is in the file"

    former_people_gone()

    assert hour not in raw_bytes("workshops_participant")
    assert "Verräterischer Name".encode() in raw_bytes("workshops_participant")
    Workshop.objects.update(closed_at=seen)
    assert services.erase_guests(organisation=organisation) == 2
    assert "Verräterischer Name".encode() in raw_bytes("workshops_participant")

    former_people_gone()

    after = raw_bytes("workshops_participant")
    assert "Verräterischer Name".encode() not in after
    assert identity not in after


def test_the_name_that_a_moderator_erases_is_physically_gone_and_no_other(room, mara):
    phone = room.join("Verräterischer Name")
    room.join("Wer bleiben will")
    services.erase_guest(participant=phone.participant, by=mara)
    assert "Verräterischer Name".encode() in raw_bytes("workshops_participant")

    former_people_gone()

    after = raw_bytes("workshops_participant")
    assert "Verräterischer Name".encode() not in after
    assert b"Wer bleiben will" in after


def test_names_that_another_transaction_still_sees_are_erased_later(room, organisation, mara):
    room.join("Verräterischer Name")
    room.reveal()
    other = hold("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM workshops_cycle")
    try:
        services.close_workshop(workshop=room.workshop, by=mara)
        tasks.sweep_traces()
        assert services.erase_former_people(organisation=organisation) is False
        assert Workshop.objects.get().people_erased_at is not None
    finally:
        other.rollback()
        other.close()
    former_people_gone()
    assert services.erase_former_people(organisation=organisation) is True


def test_names_erased_while_the_table_waits_to_be_written_are_left_for_the_next_time(room, organisation, mara):
    room.join("Gast")
    room.reveal()
    services.close_workshop(workshop=room.workshop, by=mara)
    Workshop.objects.update(closed_at=timezone.now() - timedelta(days=40))

    forgotten, _done = meeting(
        lambda: services.erase_guests(organisation=organisation),
        lambda: within(organisation, services.erase_former_people),
    )

    assert forgotten == 1
    assert Workshop.objects.get().people_erased_at is not None


def test_the_sweeper_finds_every_organisation(organisation, mara):
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
