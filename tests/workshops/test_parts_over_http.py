"""Twelve people in departments of six, four and two, over two rounds, over HTTP and with real phones.

Nothing that leaves the server tells of one of them: whose answers they are within a hidden group changes no byte of any
page, stream, export or PDF, and no sum or difference of shown counts is that of one to four people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

import pytest

from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory
from tests.workshops.phones import HttpPhone, HttpWorkshop, frozen_readings, plain, readings, without_names
from tests.workshops.test_tables_over_http import seat
from tests.workshops.test_thresholds_over_http import (
    assert_alike,
    book_of,
    book_readings,
    different,
    pdf_of,
    pdf_readings,
)
from workshops.enums import Drawer
from workshops.models import Activity, ActivityStation, PartTally

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.whole]

BAD, OK, GOOD = Drawer.DISAPPOINTING.value, Drawer.OK.value, Drawer.DELIGHTING.value
DEPARTMENTS = (("Vertrieb", "department", 6), ("Werkstatt", "department", 4), ("Callcenter", "provider", 2))
SIX, FOUR, TWO = range(6), range(6, 10), range(10, 12)
Answers = list[list[int | None]]
# What else happens in a round before it is revealed, such as answers entered for a table.
Extra = Callable[[HttpWorkshop], None]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def round_of(seed: int) -> Answers:
    """Answers of twelve people at three stations; at the last one two of the six cannot judge."""
    drawers = (BAD, OK, GOOD)
    rows: Answers = [[drawers[(person * (2 + place) + seed) % 3] for place in range(3)] for person in range(12)]
    rows[0][2] = rows[1][2] = None
    return rows


def swapped(rows: Answers, one: int, other: int) -> Answers:
    """The same answers, with two people's exchanged."""
    changed = list(rows)
    changed[one], changed[other] = rows[other], rows[one]
    return changed


def hold(slug: str, rounds: Sequence[Answers], extra: Extra | None = None) -> HttpWorkshop:
    """A workshop of as many rounds as there are answers, up to the last reveal."""
    workshop = HttpWorkshop.begin(slug)
    codes = []
    for name, kind, size in DEPARTMENTS:
        department = DepartmentFactory(organisation=workshop.organisation, name=name, kind=kind)
        codes += [str(department.code)] * size
    join_code = workshop.room.workshop.join_code
    workshop.phones = [HttpPhone(join_code, "Gast", department=code).enter() for code in codes]
    workshop.open()
    for number, answers in enumerate(rounds):
        if number:
            workshop.step("round_start", workshop.room.activity.code)
            with member_scope(workshop.organisation):
                workshop.room.activity = Activity.objects.get(workshop=workshop.room.workshop, round=number + 1)
        workshop.rate(answers)
        if extra is not None:
            extra(workshop)
        workshop.reveal()
    return workshop


def everything(workshop: HttpWorkshop) -> dict[str, str]:
    """Every view: pages, streams and exports of both rounds, the Excel file, the PDF, and all of the recorded Ist."""
    first = workshop.browser("mara").get(workshop.url("workshops:workshop_result") + "?round=1").content.decode()
    found = readings(workshop) | without_names(workshop, {"result after round 1": plain(first)})
    found |= {f"book {name}": text for name, text in book_readings(workshop, book_of(workshop)).items()}
    found |= {f"pdf {name}": text for name, text in pdf_readings(pdf_of(workshop)).items()}
    return found | frozen_readings(workshop)


# --- no view tells of one person ------------------------------------------------------------------------------------


def test_whose_answers_they_are_in_a_hidden_group_changes_nothing_anywhere():
    first, second = round_of(0), round_of(1)
    # In both rounds somebody of the four with somebody of the two, each time two others.
    exchanged = (swapped(first, FOUR[0], TWO[0]), swapped(second, FOUR[3], TWO[1]))
    assert_alike(everything(hold("haelfte-0", (first, second))), everything(hold("haelfte-1", exchanged)))


def test_whose_answers_they_are_between_a_shown_and_a_hidden_group_does_change_something():
    """The control: else the test above could not fail."""
    first, second = round_of(0), round_of(1)
    one, other = hold("runde-c", (first, second)), hold("runde-d", (first, swapped(second, SIX[2], FOUR[0])))
    changed = different(readings(one), readings(other))
    assert {"workshops:result_json max de", "workshops:workshop_result max de"} <= changed
    assert "room de" not in changed, "the room sees no departments"


# --- no sum and no difference does ------------------------------------------------------------------------------------


Shown = dict[str, list[int]]
"""Of everybody and of each shown part, how often each answer was given; the last count is “cannot judge”."""


def shown_in(document: dict[str, Any]) -> Iterator[tuple[str, Shown]]:
    """What the JSON of a result says per station, and of everybody in the round before."""
    for station in document["stations"]:
        found = {"everybody": station, **{f"{part['part']} {part['name']}": part for part in station["parts"]}}
        yield (
            station["name"],
            {name: answers_of(each) for name, each in found.items() if each["state"] == "shown"},
        )


def answers_of(found: dict[str, Any]) -> list[int]:
    return [*found["counts"].values(), found["cannot_judge"]]


def stored_in(workshop: HttpWorkshop) -> Iterator[tuple[str, Shown]]:
    """What the database holds of each round, which is all that any page could show."""
    columns = ("disappointing", "fine", "delighting", "unable")
    with member_scope(workshop.organisation):
        for station in ActivityStation.objects.order_by("activity__round", "position"):
            parts = {f"{row.partition} {row.name}": row for row in station.parts.all()}
            rows = {"everybody": station.tallies.get(), **parts}
            yield (
                f"round {station.activity.round}, {station.name}",
                {name: [getattr(row, column) for column in columns] for name, row in rows.items()},
            )


def remainders(shown: dict[str, list[int]]) -> Iterator[tuple[str, list[int]]]:
    """Every view, and every difference of one view and any others that lie within it by their numbers."""
    for name, whole in shown.items():
        others = [(other, counts) for other, counts in shown.items() if other != name]
        for size in range(len(others) + 1):
            for taken in combinations(others, size):
                rest = [own - sum(counts[place] for _other, counts in taken) for place, own in enumerate(whole)]
                if min(rest) >= 0:
                    yield f"{name} without {[other for other, _counts in taken]}", rest


def json_of(workshop: HttpWorkshop) -> dict[str, Any]:
    document: dict[str, Any] = workshop.browser("max").get(workshop.url("workshops:result_json")).json()
    return document


def test_no_difference_of_any_two_views_is_that_of_one_to_four_people():
    workshop = hold("differenz", (round_of(0), round_of(1)))
    read, stored = dict(shown_in(json_of(workshop))), dict(stored_in(workshop))
    for where, shown in {**read, **stored}.items():
        for what, rest in remainders(shown):
            assert sum(rest[:3]) >= 5 or sum(rest) == 0, (where, what, rest)
    both = ["department Vertrieb", "everybody"]
    assert [sorted(shown) for shown in read.values()] == [both, both, ["everybody"]], "two of the six could not judge"
    assert [sorted(shown) for shown in stored.values()] == [both, both, ["everybody"]] * 2


AT_TABLE = (1, 0, 2, 1)


def with_table(workshop: HttpWorkshop) -> None:
    """Four people without phones, the same answers at every station; the moderator who entered them knows them."""
    seat(workshop, {4: [AT_TABLE] * 3})


def test_beside_a_table_no_difference_tells_of_one_to_four_people_either():
    """Neither to a reader nor to the moderator, who can take the table off whatever holds it."""
    workshop = hold("tisch", (round_of(0), round_of(1)), extra=with_table)
    read, stored = dict(shown_in(json_of(workshop))), dict(stored_in(workshop))
    for where, shown in {**read, **stored}.items():
        without_table = [own - theirs for own, theirs in zip(shown["everybody"], AT_TABLE, strict=True)]
        for known in (shown, {**shown, "everybody": without_table}):
            for what, rest in remainders(known):
                assert sum(rest[:3]) >= 5 or sum(rest) == 0, (where, what, rest)
    assert {sum(shown["everybody"]) for shown in stored.values()} == {16}
    assert {len(shown) for shown in stored.values()} == {1, 2}, "some parts are shown, and some are not"


def test_beside_a_table_whose_answers_they_are_in_a_hidden_group_changes_nothing_anywhere():
    first, second = round_of(0), round_of(1)
    exchanged = (swapped(first, FOUR[1], TWO[1]), swapped(second, FOUR[2], TWO[0]))
    worlds = [
        hold(f"amtisch-{place}", rounds, extra=with_table) for place, rounds in enumerate(((first, second), exchanged))
    ]
    assert_alike(everything(worlds[0]), everything(worlds[1]))


def test_between_the_rounds_no_number_joins_the_answers_of_one_person():
    """Whoever gave the same twice and whoever changed places with somebody else of the group look alike."""
    first = round_of(0)
    same, crossed = hold("runde-a", (first, first)), hold("runde-b", (first, swapped(first, SIX[3], SIX[4])))
    assert_alike(readings(same), readings(crossed))


# --- a department that changes during the round -----------------------------------------------------------------------


def test_a_department_renamed_between_two_taps_keeps_its_people_together():
    workshop = HttpWorkshop.begin("umbenannt")
    departments = [
        DepartmentFactory(organisation=workshop.organisation, name=name, kind="department") for name in ("A", "B")
    ]
    join_code = workshop.room.workshop.join_code
    workshop.phones = [HttpPhone(join_code, department=str(each.code)).enter() for each in departments * 6]
    workshop.open()
    answers = round_of(0)
    with member_scope(workshop.organisation):
        stations = workshop.room.stations
    for phone, taps in zip(workshop.phones[:6], answers[:6], strict=True):
        phone.answer(stations, taps)
    url = workshop.url("accounts:department_edit", departments[0].code)
    typed = {"name": "Kundendienst", "kind": "provider", "version": 1}
    assert workshop.browser("mara").post(url, typed).status_code == 302
    for phone, taps in zip(workshop.phones[6:], answers[6:], strict=True):
        phone.answer(stations, taps)
    workshop.reveal()
    with member_scope(workshop.organisation):
        first = PartTally.objects.filter(station=stations[0])
        counts = {row.name or row.is_provider: row.disappointing + row.fine + row.delighting for row in first}
    assert counts == {False: 6, True: 6, "B": 6, "Kundendienst": 6}
