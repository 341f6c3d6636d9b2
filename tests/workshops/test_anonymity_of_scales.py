"""Six numbers of one person never stand together again: what a full block leaves in the database."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.workshops.support import make_room
from tests.workshops.test_traces import erased, raw_bytes, rows
from workshops.enums import Mode, Scale

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 8
LEFT = ("disappointing", "fine", "delighting", "unable", "scales")


def full_reveal(organisation: Organisation, mara: Membership, answers: list[list[list[int]]]) -> list[dict[str, Any]]:
    """What a full block leaves of these people, without keys and times of the database."""
    room = make_room(organisation, mara, stations=2, mode=Mode.FULL).open()
    room.answer_scales(answers)
    room.reveal()
    erased(room)
    stations = {station.pk: station.position for station in room.stations}
    found = [row for row in rows("workshops_stationtally") if row["station_id"] in stations]
    return [
        {"place": stations[row["station_id"]], **{name: row[name] for name in LEFT}}
        for row in sorted(found, key=lambda row: stations[row["station_id"]])
    ]


def test_no_two_scales_and_no_two_stations_can_be_joined_to_one_person(organisation, mara):
    """Other people who give the same numbers scale by scale, each combined anew at random, leave the very same rows."""
    chance = random.Random(7)
    people = [[[chance.randrange(11) for _scale in Scale] for _station in range(2)] for _person in range(PEOPLE)]
    columns = [[[person[station][scale] for person in people] for scale in range(6)] for station in range(2)]
    for station in columns:
        for column in station:
            chance.shuffle(column)
    others = [[[columns[station][scale][person] for scale in range(6)] for station in range(2)] for person in range(8)]
    assert sorted(map(str, others)) != sorted(map(str, people))

    with member_scope(organisation):
        first, second = full_reveal(organisation, mara, people), full_reveal(organisation, mara, others)

    assert first == second
    assert [sum(json.loads(row["scales"])["experience"]) for row in first] == [PEOPLE, PEOPLE]
    assert rows("workshops_ballot") == rows("workshops_participation") == []


def test_numbers_are_physically_gone_with_their_ballots(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=2, mode=Mode.FULL).open()
        room.answer_scales([[(7, 8, 9, 0, 10, 4), None]] * 3)
        assert b"recommendation" in raw_bytes("workshops_ballot")

        room.reveal()
        erased(room)

        assert b"recommendation" not in raw_bytes("workshops_ballot")


def test_a_tap_on_a_scale_tells_nobody_anything_until_somebody_has_finished(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=1, mode=Mode.FULL).open()
        phone = room.join()
        before = type(room.workshop).objects.get().version
        (station,) = room.stations
        *early, last = Scale
        for number, scale in enumerate(early):
            phone.rate(station, scales={scale: number})
        assert type(room.workshop).objects.get().version == before

        phone.rate(station, scales={last: 5})

        assert type(room.workshop).objects.get().version == before + 1
