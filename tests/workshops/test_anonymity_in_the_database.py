"""Somebody who reads the whole database after reveal, over and over, learns nothing about who answered what.

tests/workshops/test_traces.py looks at one reveal in detail; here are many reveals, every table that there is, what
unfinished ballots give away, what the planner's statistics keep, and what requests leave in logs and browsers.
"""

from __future__ import annotations

import io
import json
import logging
import math
import random
import re
from collections.abc import Generator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from config.logs import JsonFormatter, RequestIdFilter
from tests.answers import counted
from tests.factories import DepartmentFactory, MembershipFactory
from tests.workshops.phones import HttpPhone, HttpWorkshop
from tests.workshops.support import Room, make_room
from tests.workshops.test_traces import author, erased, rank_correlation, rated, raw_bytes, rows
from workshops import services
from workshops.enums import RaterGroup
from workshops.models import Ballot, Participation, PartTally, Reminder, ReminderMail
from workshops.queries import activity_result

pytestmark = pytest.mark.django_db(transaction=True)

REVEALS = 25
PEOPLE = 8


@pytest.fixture
def room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara, stations=2).open()


def every_table() -> list[str]:
    """Tables of the application and of everything beside it: sessions, cache, attempts, migrations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        return [row[0] for row in cursor.fetchall()]


def whole_database() -> dict[str, list[dict[str, Any]]]:
    return {table: rows(table) for table in every_table()}


# --- many reveals ---------------------------------------------------------------------------------------------------


def one_reveal(organisation: Organisation, mara: Membership) -> dict[str, list[int]]:
    """Eight people rate in the order in which they joined; the answer says in which order they lie there afterwards."""
    room = make_room(organisation, mara, stations=2).open()
    phones = [room.join(f"Person {number}") for number in range(PEOPLE)]
    for number, phone in enumerate(phones):
        for station in room.stations:
            phone.rate(station, 5, reason=f"Marke-{number:02}-{station.position}")
    room.reveal()
    return orders(room)


def orders(room: Room) -> dict[str, list[int]]:
    """People as their reasons lie there, which is the only place where one can be told from another."""
    assert not [row for row in rows("workshops_ballot") if row["activity_id"] == room.activity.pk]
    stations = {station.pk: station.position for station in room.stations}
    tallies = [row for row in rows("workshops_stationtally") if row["station_id"] in stations]
    assert len({row["xmin"] for row in tallies}) == 1
    found = {
        f"station {stations[row['station_id']]}": [author(reason["text"]) for reason in json.loads(row["reasons"])]
        for row in tallies
    }
    assert [sorted(order) for order in found.values()] == [list(range(PEOPLE))] * len(stations)
    return found


def test_no_order_follows_the_people_over_many_reveals(organisation, mara):
    """Pooled, a slight pull would show that one shuffle hides. Five deviations: once in a million runs by chance."""
    with member_scope(organisation):
        found = [one_reveal(organisation, mara) for _number in range(REVEALS)]
    came = [float(number) for number in range(PEOPLE)]
    deviation = 1 / math.sqrt((PEOPLE - 1) * REVEALS)
    for name in found[0]:
        pooled = sum(rank_correlation(came, [float(each) for each in order[name]]) for order in map(dict, found))
        assert abs(pooled / REVEALS) < 5 * deviation, name
        # Of all places, one in eight holds its own person by chance: in each reveal one, spread like a Poisson count.
        kept = sum(place == person for order in found for place, person in enumerate(order[name]))
        assert abs(kept - REVEALS) < 5 * math.sqrt(REVEALS), name
        # Nor does the first or the last who came lie at an end more often than one in four times.
        ends = sum(order[name][place] in (0, PEOPLE - 1) for order in found for place in (0, -1))
        assert ends < REVEALS / 2 + 5 * math.sqrt(2 * REVEALS * 3 / 16), name
    # Nor does one station's order follow another's: else the same place at two stations would be the same person.
    pairs = [(order["station 0"], order["station 1"]) for order in found]
    pooled = sum(rank_correlation([float(a) for a in first], [float(b) for b in second]) for first, second in pairs)
    assert abs(pooled / REVEALS) < 5 * deviation
    same = sum(a == b for first, second in pairs for a, b in zip(first, second, strict=True))
    assert abs(same - REVEALS) < 5 * math.sqrt(REVEALS)


def test_the_order_of_the_reasons_on_the_page_follows_nobody(organisation, mara):
    """What a reader sees is ordered too."""
    pooled = 0.0
    with member_scope(organisation):
        for _number in range(REVEALS):
            room = make_room(organisation, mara, stations=1).open()
            for number in range(PEOPLE):
                room.join(f"Person {number}").rate(room.stations[0], 5, reason=f"Marke-{number:02}-0")
            room.reveal()
            (station,) = activity_result(room.activity).stations
            order = [float(author(reason.text)) for reason in station.reasons]
            pooled += rank_correlation([float(number) for number in range(PEOPLE)], order)
    assert abs(pooled / REVEALS) < 5 / math.sqrt((PEOPLE - 1) * REVEALS)


# --- who has not finished -------------------------------------------------------------------------------------------


def test_who_has_not_finished_is_not_found_by_the_gaps_in_a_ballot(room):
    """One ballot lacks an answer and one person had not finished: two tables must not say this of the same person."""
    first, second = room.stations
    phones = [room.join(f"Person {number}") for number in range(5)]
    for phone in phones:
        phone.rate(first, 5)
    for phone in phones[1:]:
        phone.rate(second, 10)
    assert Participation.objects.filter(finished=False).count() == 1

    room.reveal()

    assert rows("workshops_participation") == rows("workshops_ballot") == []
    assert counted() == [(0, 5, 0, 0), (0, 0, 4, 1)]


def test_what_a_known_person_left_out_stands_nowhere_after_the_reveal(room):
    """The console said by name who had not finished. Of ten, one left out a station and another could not judge it."""
    first, second = room.stations
    sales, service = (DepartmentFactory(organisation=room.workshop.organisation, name=name) for name in "AB")
    phones = [room.join(f"P{n}", token=f"t{n}", department=sales if n < 5 else service) for n in range(10)]
    for phone in phones:
        phone.rate(first, 5)
    for phone in phones[1:5]:
        phone.rate(second, 10)
    phones[5].rate(second, cannot_judge=True)
    for phone in phones[6:]:
        phone.rate(second, 0)

    room.reveal()

    found = activity_result(room.activity).stations
    assert [each.figures.n + each.figures.cannot_judge for each in found] == [10, 10]
    parts = PartTally.objects.values_list("disappointing", "fine", "delighting", "unable")
    assert sorted(parts) == [(0, 5, 0, 0), (0, 5, 0, 0)]


def test_parts_count_whoever_left_a_station_out_as_well(room):
    first, second = room.stations
    sales, service = (DepartmentFactory(organisation=room.workshop.organisation, name=name) for name in "AB")
    phones = [room.join(f"P{n}", token=f"t{n}", department=sales if n < 6 else service) for n in range(12)]
    for phone in phones:
        phone.rate(first, 5)
    for phone in (*phones[1:6], *phones[7:]):
        phone.rate(second, 10)

    room.reveal()

    parts = PartTally.objects.filter(station=second).values_list("name", "delighting", "unable")
    assert sorted(parts) == [("A", 5, 1), ("B", 5, 1)]


def test_nobody_is_known_by_a_pattern_or_a_gap(organisation, mara):
    """Who knows that somebody left early, or dislikes everything, finds no row that says so.

    Ten people at eight stations: the first is disappointed by everything, the second leaves after one answer, all
    others are delighted; each reason names the drawer that it was given for.
    """
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=8).open()
        phones = [room.join(f"Person {number}") for number in range(10)]
        for number, phone in enumerate(phones):
            for station in room.stations[:1] if number == 1 else room.stations:
                drawer = 0 if number == 0 else 10
                phone.rate(station, drawer, reason=f"{drawer} an {station.position}")
        services.leave_workshop(participant=phones[1].participant)

        room.reveal()

        assert rows("workshops_ballot") == []
        assert room.activity.raters == 10
        for station in activity_result(room.activity).stations:
            people = 10 if station.number == 1 else 9
            assert (station.figures.n, station.figures.counts) == (people, (1, 0, people - 1))
            assert {(reason.text, int(reason.drawer)) for reason in station.reasons} == {
                (f"{drawer} an {station.number - 1}", drawer) for drawer in (0, 10)
            }


def test_customers_and_employees_are_counted_apart(organisation, mara):
    """Three customers, of whom one did not finish, and four employees."""
    with member_scope(organisation):
        room = make_room(organisation, mara).open()
        room.answer([[0, 5, None], [10, 0, 5], [0, 5]])
        Ballot.objects.filter(activity=room.activity).update(rater_group=RaterGroup.CUSTOMER)
        room.answer([[5, 5, 5], [10, 10, None], [5, None, 10], [10]])

        room.reveal()

        assert counted(rater_group=RaterGroup.CUSTOMER) == [(2, 0, 1, 0), (1, 2, 0, 0), (0, 1, 0, 2)]
        assert counted(rater_group=RaterGroup.EMPLOYEE) == [(0, 2, 2, 0), (0, 1, 1, 2), (0, 1, 1, 2)]
        (first, *_rest) = activity_result(room.activity).stations
        assert (first.figures.n, first.figures.counts) == (7, (2, 2, 3))


def test_old_rows_of_participations_are_physically_gone(room):
    rated(room, people=3)
    empty = len(raw_bytes("workshops_participation"))
    room.reveal()
    erased(room)
    assert not Participation.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('workshops_participation')")
        assert cursor.fetchone() == (0,)
    assert len(raw_bytes("workshops_participation")) < empty


def test_the_planners_statistics_hold_nothing_of_a_ballot_not_even_of_an_open_one(room):
    """ANALYZE copies values of the columns, and autovacuum runs it at any moment."""
    phones = rated(room, people=12)
    phones[0].rate(room.stations[0], 5, reason="Zurueckgenommen")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT tablename, attname FROM pg_stats"
            " WHERE tablename IN ('workshops_ballot', 'workshops_participation') ORDER BY 1, 2"
        )
        measured = cursor.fetchall()
    assert measured == [
        ("workshops_ballot", "activity_id"), ("workshops_ballot", "rater_group"),
        ("workshops_participation", "activity_id"), ("workshops_participation", "id"),
    ]  # fmt: skip


def test_nor_do_they_hold_who_was_reminded_or_the_names_and_hours_of_guests(room):
    """These end as well: with the reveal, or some days after the workshop."""
    people = [room.join(f"Person {number}").participant for number in range(12)]
    members = MembershipFactory.create_batch(12, organisation=room.workshop.organisation)
    reminder = Reminder.objects.create(activity=room.activity)
    mails = [ReminderMail(reminder=reminder, membership=member, language="de") for member in members]
    ReminderMail.objects.bulk_create(mails)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT tablename, attname FROM pg_stats"
            " WHERE tablename IN ('workshops_remindermail', 'workshops_participant') ORDER BY 1, 2"
        )
        measured = cursor.fetchall()
    assert len(people) == 12
    assert measured == [
        ("workshops_participant", "code"), ("workshops_participant", "department_id"),
        ("workshops_participant", "does_not_rate"), ("workshops_participant", "id"),
        ("workshops_participant", "left_at"), ("workshops_participant", "membership_id"),
        ("workshops_participant", "removed_at"), ("workshops_participant", "workshop_id"),
        ("workshops_remindermail", "id"), ("workshops_remindermail", "reminder_id"),
    ]  # fmt: skip


# --- before the reveal, and with names ------------------------------------------------------------------------------


def test_before_reveal_only_the_transaction_joins_a_ballot_to_a_person(room):
    """As SECURITY.md says: no column does, and the secret is not in the database at all."""
    phones = rated(room, people=4)
    found = whole_database()
    ballots, taking_part = found["workshops_ballot"], found["workshops_participation"]
    tokens = {str(value) for row in found["workshops_participant"] for name, value in row.items() if name != "ctid"}
    for row in ballots:
        assert row["participant_id"] is None
        shared = {str(value) for name, value in row.items() if name not in ("ctid", "xmin", "xmax", "activity_id")}
        assert shared & tokens - {"None", "", "0"} == set()
    everything = json.dumps(found, default=str)
    assert not [phone.secret for phone in phones if phone.secret in everything]
    assert len(taking_part) == len(ballots) == 4


def test_in_named_mode_the_link_is_the_one_that_was_announced(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=2, is_named=True).open()
        phones = room.answer([[0, 5], [10, 10], [5, 0]])
        room.reveal()
        linked = {
            row.participant_id: {answer["drawer"] for answer in row.answers.values()}
            for row in Ballot.objects.filter(activity=room.activity)
        }
        assert linked == {
            phones[0].participant.pk: {0, 5},
            phones[1].participant.pk: {10},
            phones[2].participant.pk: {0, 5},
        }
        # It leads from the ballot to the person and nowhere else: no second column joins them.
        assert set(Ballot.objects.values_list("secret_hash", flat=True)) == {""}


def test_a_named_block_beside_an_anonymous_one_gives_no_ballot_of_it_away(organisation, mara):
    """The same phones with the same secrets: one block with names must not open the other."""
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=2).open()
        phones = room.answer([[0, 5], [10, 10], [5, 0]])
        room.reveal()
        anonymous = room.activity
        room.activity = services.plan_activity(
            workshop=room.workshop, title="Mit Namen", stations=room.path, is_named=True, asks_reason=True, minutes=5,
            by=mara,
        )  # fmt: skip
        room.open()
        for phone in phones:
            for station in room.stations:
                phone.rate(station, 5)
        room.reveal()
        assert {row["activity_id"] for row in rows("workshops_ballot")} == {room.activity.pk}
        assert {row["participant_id"] for row in rows("workshops_ballot")} == {each.participant.pk for each in phones}
        assert counted(station__activity=anonymous) == [(1, 1, 1, 0), (1, 1, 1, 0)]


# --- what requests leave behind -------------------------------------------------------------------------------------

SECRET_WORDS = ("Geheimnisvoller Name", "Verratener Grund", "Ein Titel, den niemand liest")


@pytest.fixture
def lines() -> Generator[io.StringIO]:
    """What production would log, from every logger at INFO."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield output
    root.removeHandler(handler)
    root.setLevel(level)


def whole_course(slug: str) -> tuple[HttpWorkshop, list[HttpPhone]]:
    """A workshop with everything that goes wrong in one."""
    workshop = HttpWorkshop.begin(slug)
    phones = [HttpPhone(workshop.room.workshop.join_code, f"{SECRET_WORDS[0]} {number}").enter() for number in range(3)]
    workshop.phones = phones
    workshop.open().rate([[5, (0, SECRET_WORDS[1]), 10]] * 3)
    with member_scope(workshop.organisation):
        station = workshop.room.stations[0]
    stranger = HttpPhone("ZZZZZZ")
    assert stranger.client.get(stranger.url("room")).status_code == 404
    assert phones[0].tap(station, 7).status_code == 422
    workshop.reveal()
    assert phones[0].tap(station, 5).status_code == 409
    assert phones[0].client.get(phones[0].url("station_rate", station=station.code)).status_code == 405
    return workshop, phones


def test_no_line_of_the_log_holds_a_path_a_code_a_name_or_a_text(lines):
    workshop, phones = whole_course("protokoll")
    with connection.cursor() as cursor:  # a fault of the server, in the middle of a rating
        cursor.execute("ALTER TABLE workshops_participant RENAME TO workshops_gone")
    try:
        for phone in phones:
            phone.client.raise_request_exception = False
            assert phone.client.get(phone.url("room")).status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE workshops_gone RENAME TO workshops_participant")

    text = lines.getvalue().replace(str(settings.BASE_DIR), "")  # whatever the directory of the project is called
    assert '"error": "ProgrammingError"' in text, "the log must have been read at all"
    for line in text.splitlines():
        assert set(json.loads(line)) <= {"at", "level", "logger", "request", "message", "error", "where"}
    codes = [workshop.room.workshop.join_code, str(workshop.room.workshop.code), "ZZZZZZ", "protokoll", "/w/", "/o/"]
    with member_scope(workshop.organisation):
        codes += [str(station.code) for station in workshop.room.stations]
    assert not [word for word in (*SECRET_WORDS, *codes) if word in text]


def test_guests_leave_no_session_and_no_cookie_value_in_any_table(organisation):
    workshop, phones = whole_course("spuren")
    sessions = [json.dumps(session.get_decoded()) for session in Session.objects.all()]
    members = {str(member.user_id) for member in workshop.people.values()}
    assert all(json.loads(session)["_auth_user_id"] in members for session in sessions)
    values = [
        part
        for phone in phones
        for name, morsel in phone.client.cookies.items()
        if name.startswith(("guest_", "ballot_"))
        for part in re.split(":", morsel.value)
        if len(part) > 20
    ]
    assert len(values) >= 6
    text = json.dumps(whole_database(), default=str)
    assert not [value for value in values if value in text]
    assert "127.0.0.1" not in text, "addresses of people are not kept"


def test_personal_pages_are_kept_by_no_cache_and_tell_no_other_site(organisation):
    workshop, phones = whole_course("zwischenspeicher")
    phone = phones[0]
    answers = [phone.client.get(phone.url(name)) for name in ("room", "room_poll", "ballot_detail")]
    mara = workshop.browser("mara")
    answers += [
        mara.get(workshop.url(f"workshops:{name}"))
        for name in (
            "workshop_result", "result_reasons", "result_export", "result_xlsx", "result_json", "result_svg",
            "workshop_console", "console_people", "workshop_poll", "workshop_detail", "workshop_invite",
        )
    ]  # fmt: skip
    for response in answers:
        kept = response.headers.get("Cache-Control", "")
        assert "no-store" in kept, response.request["PATH_INFO"]
        assert response["Referrer-Policy"] == "same-origin"
    for cookie in ("guest_", "ballot_"):
        (name,) = [name for name in phone.client.cookies if name.startswith(cookie)]
        morsel = phone.client.cookies[name]
        assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", phone.url("room"))


def test_the_shuffle_is_not_the_one_of_a_known_generator(organisation, mara):
    """PostgreSQL's random() and Python's can be run again from a seed; the order after reveal must not follow them."""
    found = []
    with member_scope(organisation):
        for _number in range(2):
            room = make_room(organisation, mara, stations=1)
            with connection.cursor() as cursor:
                cursor.execute("SELECT setseed(0.5)")
            random.seed(5)
            room.open()
            for number in range(PEOPLE):
                room.join(f"Person {number}").rate(room.stations[0], 5, reason=f"Marke-{number:02}-0")
            room.reveal()
            found.append(orders(room)["station 0"])
    assert found[0] != found[1]
