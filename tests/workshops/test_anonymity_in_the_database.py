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
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from config.logs import JsonFormatter, RequestIdFilter
from tests.workshops.phones import HttpPhone, HttpWorkshop
from tests.workshops.support import Room, make_room
from tests.workshops.test_traces import author, erased, rank_correlation, rated, raw_bytes, rows
from workshops import services
from workshops.enums import RaterGroup
from workshops.models import Activity, ActivityStation, Ballot, Participation, Rating
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
    """People as their answers lie at each station: by the ballots' place, id and whole scan, by the ratings' own."""
    found = {}
    for number, station in enumerate(room.stations, 1):
        found |= {f"{name}, station {number}": order for name, order in orders_at(room, station).items()}
    return found


def orders_at(room: Room, station: ActivityStation) -> dict[str, list[int]]:
    activity = room.activity.pk
    ballots = [row for row in rows("workshops_ballot") if row["activity_id"] == activity]
    ratings = [row for row in rows("workshops_rating") if row["station_id"] == station.pk]
    people = {row["ballot_id"]: author(row["reason"]) for row in ratings}
    assert sorted(people.values()) == list(range(PEOPLE))
    assert len({row["xmin"] for row in [*ballots, *ratings]}) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM workshops_ballot WHERE activity_id = %s", [activity])
        scanned = [row[0] for row in cursor.fetchall()]
    return {
        "place": [people[row["id"]] for row in ballots],
        "id": [people[row["id"]] for row in sorted(ballots, key=lambda row: row["id"])],
        "rating's place": [author(row["reason"]) for row in ratings],
        "rating's id": [author(row["reason"]) for row in sorted(ratings, key=lambda row: row["id"])],
        "scan": [people[found] for found in scanned],
    }


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


def test_two_stations_of_a_ballot_are_strangers_over_many_reveals(organisation, mara):
    """Beside somebody's answer at one station lies their own at the next as often as anybody else's: once in eight."""
    together = 0
    with member_scope(organisation):
        for _number in range(REVEALS):
            found = one_reveal(organisation, mara)
            pairs = zip(found["id, station 1"], found["id, station 2"], strict=True)
            together += sum(first == second for first, second in pairs)
    assert abs(together - REVEALS) < 5 * math.sqrt(REVEALS)


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

    told = {(row.participant_id, row.finished) for row in Participation.objects.filter(activity=room.activity)}
    assert len({finished for _person, finished in told}) <= 1
    # Neither does the order in which the rows were written, nor the transactions that wrote them.
    assert len({row["xmin"] for row in rows("workshops_participation")}) <= 1


def given_in(activity: Activity) -> Counter[tuple[int, str, int | None, bool, str]]:
    """Every answer with its station, rater group and reason, whosever it is."""
    rated = Rating.objects.filter(ballot__activity=activity)
    return Counter(rated.values_list("station", "ballot__rater_group", "drawer", "cannot_judge", "reason"))


def ballots_of(activity: Activity) -> list[list[tuple[int, int | None]]]:
    """Per ballot the positions it answers, with their drawers."""
    found: dict[object, list[tuple[int, int | None]]] = {
        pk: [] for pk in Ballot.objects.filter(activity=activity).values_list("pk", flat=True)
    }
    rated = Rating.objects.filter(ballot__activity=activity).order_by("station__position")
    for ballot, position, drawer in rated.values_list("ballot", "station__position", "drawer"):
        found[ballot].append((position, drawer))
    return list(found.values())


def one_left_early(organisation: Organisation, mara: Membership, *, is_named: bool) -> Room:
    """Ten people at eight stations. The first is disappointed by everything, the second left after one answer, all
    others are delighted; each reason names the drawer it was given for.
    """
    room = make_room(organisation, mara, stations=8, is_named=is_named).open()
    phones = [room.join(f"Person {number}") for number in range(10)]
    for number, phone in enumerate(phones):
        for station in room.stations[:1] if number == 1 else room.stations:
            drawer = 0 if number == 0 else 10
            phone.rate(station, drawer, reason=f"{drawer} an {station.position}")
    services.leave_workshop(participant=phones[1].participant)
    return room


def test_no_ballot_is_known_by_its_pattern_or_its_gaps(organisation, mara):
    """Who knows that somebody left early, or dislikes everything, finds no ballot that says so.

    That chance puts eight answers of one person, or seven gaps, together again happens once in a million runs.
    """
    with member_scope(organisation):
        room = one_left_early(organisation, mara, is_named=False)
        before = given_in(room.activity)
        assert [(0, 10)] in ballots_of(room.activity)
        assert [(position, 0) for position in range(8)] in ballots_of(room.activity)

        room.reveal()

        after = ballots_of(room.activity)
        assert given_in(room.activity) == before, "every answer keeps its station, its drawer and its reason"
        assert (len(after), room.activity.raters) == (10, 10)
        assert max(sum(drawer == 0 for _position, drawer in ballot) for ballot in after) < 8
        assert min(map(len, after)) > 1
        for station in activity_result(room.activity).stations:
            people = 10 if station.number == 1 else 9
            assert (station.figures.n, station.figures.counts) == (people, (1, 0, people - 1))
            assert {(reason.text, int(reason.drawer)) for reason in station.reasons} == {
                (f"{drawer} an {station.number - 1}", drawer) for drawer in (0, 10)
            }


def test_customers_and_employees_are_shuffled_among_themselves(organisation, mara):
    """Figures by group stay true: three customers, of whom one did not finish."""
    with member_scope(organisation):
        room = make_room(organisation, mara).open()
        room.answer([[0, 5, None], [10, 0, 5], [0, 5]])
        Ballot.objects.filter(activity=room.activity).update(rater_group=RaterGroup.CUSTOMER)
        room.answer([[5, 5, 5], [10, 10, None], [5, None, 10], [10]])
        before = given_in(room.activity)

        room.reveal()

        assert given_in(room.activity) == before
        groups = Ballot.objects.filter(activity=room.activity).values_list("rater_group", flat=True)
        assert sorted(groups) == ["customer"] * 3 + ["employee"] * 4


def test_ballots_with_names_stay_whole(organisation, mara):
    with member_scope(organisation):
        room = one_left_early(organisation, mara, is_named=True)
        before = ballots_of(room.activity)

        room.reveal()

        assert sorted(ballots_of(room.activity)) == sorted(before)


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


def test_the_planners_statistics_keep_nothing_from_before_the_reveal(room):
    """ANALYZE copies values of the columns, and autovacuum runs it at any moment: also in an open block."""
    phones = rated(room, people=12)
    phones[0].rate(room.stations[0], 5, reason="Zurueckgenommen")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workshops_ballot")
        cursor.execute("ANALYZE workshops_rating")
    hashes = set(Ballot.objects.values_list("secret_hash", flat=True))
    before = planner_statistics()
    assert any(each in before for each in hashes)
    old_ids = {str(pk) for model in (Ballot, Rating) for pk in model.objects.values_list("pk", flat=True)}

    phones[0].rate(room.stations[0], 5, reason="Neu")
    room.reveal()
    erased(room)

    after = planner_statistics()
    assert "Zurueckgenommen" not in after
    assert not [each for each in hashes | old_ids if each in after]


def planner_statistics() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(concat(most_common_vals::text, histogram_bounds::text), ' '), '')"
            " FROM pg_stats WHERE tablename IN ('workshops_ballot', 'workshops_rating', 'workshops_participation')"
        )
        return str(cursor.fetchone()[0])


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
            row.participant_id: {each.drawer for each in row.ratings.all()}
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
        named = rows("workshops_ballot")
        sides = {
            each: {
                str(value)
                for row in named
                if row["activity_id"] == each
                for name, value in row.items()
                if name != "ctid"
            }
            for each in (anonymous.pk, room.activity.pk)
        }
        common = sides[anonymous.pk] & sides[room.activity.pk]
        assert common <= {"", "0", "None", "employee"}


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

    text = lines.getvalue()
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
            "workshop_result", "result_reasons", "result_export", "workshop_console", "console_people", "workshop_poll",
            "workshop_detail", "workshop_invite",
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
            found.append(orders(room)["place, station 1"])
    assert found[0] != found[1]
