"""What reveal keeps of departments: nothing but the parts that may be shown, and how many took part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Role
from accounts.models import Department, Membership, Organisation
from accounts.services.departments import merge_department
from tests.conftest import client_of
from tests.factories import DepartmentFactory, MembershipFactory
from tests.workshops.support import Phone, Room, make_room
from workshops import services
from workshops.enums import Mode, Scale
from workshops.figures import DRAWERS
from workshops.models import Ballot, PartTally
from workshops.queries.attendance import Attendance, attendance_now, frozen_attendance
from workshops.services.disclosure import Size
from workshops.services.parts import Counted, Counts, close_parts, parts_of

pytestmark = pytest.mark.django_db

PROVIDER = Department.Kind.PROVIDER


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    return make_room(in_scope, mara, stations=2).open()


def come(room: Room, **sizes: int) -> dict[str, list[Phone]]:
    """So many people of each department; a capital P at the end makes it a provider, "ohne" is none."""
    found = {}
    for name, size in sizes.items():
        kind = PROVIDER if name.endswith("P") else Department.Kind.DEPARTMENT
        department = None if name == "ohne" else DepartmentFactory(
            organisation=room.workshop.organisation, name=name, kind=kind
        )  # fmt: skip
        found[name] = [room.join(f"{name} {n}", token=f"{name}-{n}", department=department) for n in range(size)]
    return found


def rate(room: Room, phones: Mapping[str, Sequence[Phone]], drawer: Mapping[str, int | None]) -> None:
    """Everybody of a department gives the same answer at every station."""
    for name, people in phones.items():
        for phone in people:
            for station in room.stations:
                phone.rate(station, drawer[name], cannot_judge=drawer[name] is None)


def stored() -> list[tuple[object, ...]]:
    rows = PartTally.objects.order_by("station__position", "-partition", "is_provider", "name")
    return list(
        rows.values_list("station__position", "partition", "name", "is_provider", "disappointing", "fine", "delighting",
                         "unable")
    )  # fmt: skip


def lines(room: Room) -> list[tuple[str, str, int, int, int | None]]:
    return [
        (line.by, line.name, line.members, line.joined, line.finished)
        for line in frozen_attendance(room.activity.attendance)
    ]


def test_of_six_four_and_two_only_the_six_are_stored(room):
    phones = come(room, A=6, B=4, CP=2)
    rate(room, phones, {"A": 10, "B": 0, "CP": 5})
    room.reveal()
    assert stored() == [(place, "department", "A", False, 0, 0, 6, 0) for place in (0, 1)]


def test_in_house_and_providers_and_their_departments(room):
    phones = come(room, A=6, B=5, CP=7)
    rate(room, phones, {"A": 10, "B": 0, "CP": 5})
    room.reveal()
    assert stored()[:5] == [
        (0, "relation", "", False, 5, 0, 6, 0),
        (0, "relation", "", True, 0, 7, 0, 0),
        (0, "department", "A", False, 0, 0, 6, 0),
        (0, "department", "B", False, 5, 0, 0, 0),
        (0, "department", "CP", True, 0, 7, 0, 0),
    ]
    assert len(stored()) == 10


def test_each_station_has_its_own_threshold(room):
    """One of five cannot judge the second station: there the others would tell, and hide with them."""
    phones = come(room, A=5, B=6)
    rate(room, phones, {"A": 10, "B": 0})
    phones["A"][0].rate(room.stations[1], None, cannot_judge=True)
    room.reveal()
    assert stored() == [
        (0, "department", "A", False, 0, 0, 5, 0),
        (0, "department", "B", False, 6, 0, 0, 0),
    ]


def test_those_who_could_not_judge_count_within_their_part(room):
    phones = come(room, A=7, B=6)
    rate(room, phones, {"A": 10, "B": 0})
    phones["A"][0].rate(room.stations[0], None, cannot_judge=True)
    room.reveal()
    assert stored()[0] == (0, "department", "A", False, 0, 0, 6, 1)


def test_fewer_than_ten_raters_or_no_department_cost_no_statement(room, django_assert_num_queries):
    phones = come(room, A=9, ohne=3)
    rate(room, {"A": phones["A"]}, {"A": 10})
    with django_assert_num_queries(1):
        close_parts(room.activity)
    rate(room, {"ohne": phones["ohne"]}, {"ohne": 5})
    with django_assert_num_queries(2):
        close_parts(room.activity)
    assert stored() == [], "nine leave three"


def test_no_department_no_count(room, django_assert_num_queries):
    rate(room, come(room, ohne=12), {"ohne": 5})
    with django_assert_num_queries(1):
        close_parts(room.activity)


def test_parts_are_stored_in_one_statement(room, django_assert_num_queries):
    rate(room, come(room, A=6, B=6), {"A": 10, "B": 0})
    with django_assert_num_queries(3):
        close_parts(room.activity)
    assert len(stored()) == 4


def test_a_block_with_names_forgets_the_departments_of_its_ballots(in_scope, mara):
    room = make_room(in_scope, mara, stations=1, is_named=True).open()
    rate(room, come(room, A=6, B=6), {"A": 10, "B": 0})
    assert Ballot.objects.filter(department=None).count() == 0
    room.reveal()
    assert Ballot.objects.filter(department=None).count() == 12
    assert [row[2] for row in stored()] == ["A", "B"]


def test_the_scales_of_full_mode_are_counted_for_parts_too(in_scope, mara):
    room = make_room(in_scope, mara, stations=1, mode=Mode.FULL).open()
    phones = come(room, A=6, B=6)
    given = dict.fromkeys(Scale.values, 8)
    for phone in phones["A"]:
        phone.rate(room.stations[0], scales=given)
    for phone in phones["B"][:4]:
        phone.rate(room.stations[0], scales=given | {"experience": 2})
    for phone in phones["B"][4:]:
        phone.rate(room.stations[0], scales={"experience": 2})
    room.reveal()
    parts = {row.name: row for row in PartTally.objects.all()}
    assert stored() == [
        (0, "department", "A", False, 0, 0, 6, 0),
        (0, "department", "B", False, 6, 0, 0, 0),
    ]
    assert parts["A"].scales == {"experience": list(eleven(at8=6))}, "four of B rated the others"
    assert parts["B"].scales == {"experience": list(eleven(at2=6))}


# --- a department that changes during the round ---------------------------------------------------------------------


def test_a_renamed_department_stays_one_under_its_new_name(room):
    phones = come(room, A=6, B=6)
    rate(room, {"A": phones["A"][:3]}, {"A": 10})
    Department.objects.filter(name="A").update(name="Vertrieb", kind=PROVIDER)
    rate(room, {"A": phones["A"][3:], "B": phones["B"]}, {"A": 10, "B": 0})
    room.reveal()
    assert stored()[:4] == [
        (0, "relation", "", False, 6, 0, 0, 0),
        (0, "relation", "", True, 0, 0, 6, 0),
        (0, "department", "B", False, 6, 0, 0, 0),
        (0, "department", "Vertrieb", True, 0, 0, 6, 0),
    ]
    Department.objects.filter(name="Vertrieb").update(name="Später")
    assert stored()[3][2] == "Vertrieb", "the name of that moment"


def test_a_merged_department_is_one_with_the_other_also_for_those_who_rated_before(room):
    phones = come(room, A=3, B=3, C=6)
    rate(room, phones, {"A": 10, "B": 0, "C": 5})
    merge_department(department=Department.objects.get(name="A"), into=Department.objects.get(name="B"), by=room.mara)
    room.reveal()
    assert stored()[:2] == [
        (0, "department", "B", False, 3, 0, 3, 0),
        (0, "department", "C", False, 0, 6, 0, 0),
    ]


def test_a_removed_department_goes_into_the_remainder(room):
    phones = come(room, A=6, B=6)
    rate(room, phones, {"A": 10, "B": 0})
    Department.objects.get(name="B").delete()
    room.reveal()
    assert stored()[:2] == [(0, "relation", "", False, 0, 0, 6, 0), (0, "department", "A", False, 0, 0, 6, 0)]


# --- full mode and tables, in numbers ---------------------------------------------------------------------------------


def eleven(**at: int) -> tuple[int, ...]:
    return tuple(at.get(f"at{value}", 0) for value in range(11))


def test_each_scale_has_its_own_threshold():
    """All six of A rated the experience, and four of them the importance: only that scale hides, for both."""
    counted = Counted({(False, "A"): 6, (False, "B"): 6})
    counted.stations[7] = {
        (False, "A"): Counts(0, 0, 6, 0, {"experience": eleven(at8=6), "importance": eleven(at9=4)}),
        (False, "B"): Counts(6, 0, 0, 0, {"experience": eleven(at1=6), "importance": eleven(at2=6)}),
    }
    assert [(row.name, row.delighting, row.scales) for row in parts_of(counted, {})] == [
        ("A", 6, {"experience": list(eleven(at8=6))}),
        ("B", 0, {"experience": list(eleven(at1=6))}),
    ]


def test_relations_add_up_the_scales_of_their_departments():
    counted = Counted({(False, "A"): 5, (False, "B"): 5, (True, "C"): 5})
    counted.stations[7] = {
        (False, "A"): Counts(0, 0, 5, 0, {"experience": eleven(at8=5)}),
        (False, "B"): Counts(5, 0, 0, 0, {"experience": eleven(at1=5)}),
        (True, "C"): Counts(0, 5, 0, 0),
    }
    in_house = parts_of(counted, {})[0]
    assert (in_house.partition, in_house.disappointing, in_house.delighting) == ("relation", 5, 5)
    assert in_house.scales == {}, "five of the provider did not rate it, and would be known to"
    counted.stations[7][True, "C"] = Counts(0, 5, 0, 0, {"experience": eleven(at5=5)})
    assert parts_of(counted, {})[0].scales == {"experience": list(eleven(at1=5, at8=5))}


def test_a_table_beside_a_part_hides_it_until_it_is_large_enough():
    counted = Counted({(False, "A"): 6, (False, "B"): 5})
    counted.stations[7] = {(False, "A"): Counts(0, 0, 6, 0), (False, "B"): Counts(5, 0, 0, 0)}
    assert [row.name for row in parts_of(counted, {})] == ["A", "B"]
    assert [row.name for row in parts_of(counted, {7: {DRAWERS: [Size(3, 3)]}})] == ["A"], (
        "A and B would leave the three"
    )
    assert [row.name for row in parts_of(counted, {7: {DRAWERS: [Size(5, 5)]}})] == ["", "A", "B"]


def test_a_table_that_gave_fewer_answers_on_a_scale_hides_only_that():
    """Six phones of one department and five at the table, of whom two answered the importance."""
    counted = Counted({(False, "A"): 6})
    counted.stations[7] = {(False, "A"): Counts(0, 0, 6, 0, {"experience": eleven(at8=6), "importance": eleven(at8=6)})}
    for given in (2, 0):
        table = {DRAWERS: [Size(5, 5)], "experience": [Size(5, 5)], "importance": [Size(5, given)]}
        assert [row.scales for row in parts_of(counted, {7: table})] == [{"experience": list(eleven(at8=6))}] * 2


def test_what_tables_leave_of_each_other_counts_at_every_part():
    """Five and one at two tables are six beside the department; the five would know the one."""
    counted = Counted({(False, "A"): 6})
    counted.stations[7] = {(False, "A"): Counts(0, 0, 6, 0)}
    assert [row.name for row in parts_of(counted, {7: {DRAWERS: [Size(6, 6)]}})] == ["", "A"]
    assert parts_of(counted, {7: {DRAWERS: [Size(5, 5), Size(1, 1)]}}) == []


# --- who took part --------------------------------------------------------------------------------------------------


def test_attendance_counts_people_by_department_and_role(room, mara):
    phones = come(room, A=6, B=6, ohne=1)
    employee = MembershipFactory(organisation=room.workshop.organisation, role=Role.EMPLOYEE)
    MembershipFactory(
        organisation=room.workshop.organisation, role=Role.EMPLOYEE, department=Department.objects.first()
    )
    watching = MembershipFactory(organisation=room.workshop.organisation, role=Role.MANAGER)
    services.mark_spectators(workshop=room.workshop, add=[watching], drop=[], by=mara)
    phones["member"] = [room.join("", membership=employee)]
    rate(room, {"A": phones["A"], "B": phones["B"][:4], "ohne": phones["ohne"]}, {"A": 10, "B": 0, "ohne": 5})
    services.leave_workshop(participant=phones["A"][0].participant)
    services.leave_workshop(participant=phones["B"][5].participant)

    now = attendance_now(room.workshop, room.activity)
    assert [(line.by, line.name, line.members, line.joined, line.finished) for line in now] == [
        ("department", "A", 1, 6, 6),
        ("department", "B", 0, 5, 4),
        ("department", "", 2, 2, 1),
        ("role", "moderator", 1, 0, 0),
        ("role", "employee", 2, 1, 0),
        ("role", "guest", 0, 12, 11),
    ]
    assert {line.finished for line in attendance_now(room.workshop, None)} == {None}

    room.reveal()
    assert lines(room) == [
        ("department", "A", 1, 6, 6),
        ("department", "B", 0, 5, None),
        ("department", "", 2, 2, None),
        ("role", "moderator", 1, 0, None),
        ("role", "employee", 2, 1, None),
        ("role", "guest", 0, 12, None),
    ]


def test_departments_and_providers_from_whom_nobody_came_are_named_with_nobody(room, olga):
    """So that no caring role is forgotten (R4); what is shown of the others is decided without them."""
    organisation = room.workshop.organisation
    phones = come(room, A=6, B=4, CP=2)
    DepartmentFactory(organisation=organisation, name="Einkauf")
    DepartmentFactory(organisation=organisation, name="Callcenter", kind=PROVIDER)
    rate(room, phones, {"A": 10, "B": 0, "CP": 5})

    def departments(found):
        return [(line.name, line.is_provider, line.members, line.joined, line.finished) for line in found]

    now = [line for line in attendance_now(room.workshop, room.activity) if line.by == "department"]
    missing = [("Callcenter", True, 0, 0, None), ("Einkauf", False, 0, 0, None)]
    assert departments(now)[3:5] == missing
    assert [line.facts for line in now[3:5]] == ["0 dabei", "0 dabei"]
    room.reveal()
    frozen = [line for line in frozen_attendance(room.activity.attendance) if line.by == "department"]
    assert departments(frozen)[3:5] == missing
    assert stored() == [(place, "department", "A", False, 0, 0, 6, 0) for place in (0, 1)]
    page = client_of(olga).get(reverse("workshops:workshop_result", args=[organisation.slug, room.workshop.code]))
    assert (
        '<tr><th scope="row">Callcenter</th><td class="num">0</td><td class="num">0</td><td class="num">–</td></tr>'
        in page.content.decode()
    )


def test_tables_count_with_their_departments_and_nobody_there_is_followed(room, mara):
    phones = come(room, A=6, B=6)
    heads = {Department.objects.get(name="A"): 4, None: 3}
    for number, (department, count) in enumerate(heads.items()):
        services.create_table(
            activity=room.activity, name=f"Tisch {number}", heads=count, department=department, answers={},
            code=uuid4(), by=mara,
        )  # fmt: skip
    rate(room, {"A": phones["A"], "B": phones["B"][:4]}, {"A": 10, "B": 0})

    with_tables = [
        ("department", "A", 0, 10, None),
        ("department", "B", 0, 6, 4),
        ("department", "", 1, 3, None),
        ("role", "moderator", 1, 0, 0),
        ("role", "guest", 0, 12, 10),
        ("role", "table", 0, 7, None),
    ]
    now = attendance_now(room.workshop, room.activity)
    assert [(line.by, line.name, line.members, line.joined, line.finished) for line in now] == with_tables
    room.reveal()
    assert lines(room) == [(*line[:4], None if line[0] == "role" else line[4]) for line in with_tables]


@pytest.mark.parametrize(
    ("phones", "tables", "finished"),
    [
        ({"A": 6, "B": 7}, {}, {"A": 6, "B": 7}),
        ({"A": 6, "B": 7}, {"": 2}, {"A": None, "B": 7, "": None}),
        ({"A": 6, "B": 7}, {"": 5}, {"A": 6, "B": 7, "": None}),
        ({"A": 6, "B": 7}, {"C": 1, "": 4}, {"A": None, "B": 7, "C": None, "": None}),
        ({"A": 6, "B": 7}, {"C": 5, "": 5}, {"A": 6, "B": 7, "C": None, "": None}),
        ({"A": 6, "B": 7, "ohne": 2}, {"": 5}, {"A": None, "B": 7, "": None}),
        ({"A": 9, "B": 6}, {"A": 2}, {"A": None, "B": 6}),
        ({"A": 6, "B": 3, "CP": 6, "DP": 3}, {}, {"A": 6, "B": None, "CP": 6, "DP": None}),
        ({"A": 6}, {"": 4}, {"A": None, "": None}),
        ({"A": 6}, {"": 5}, {"A": 6, "": None}),
    ],
    ids=[
        "without a table both are shown",
        "else the room's number would leave two at a table",
        "five at a table may be left",
        "four at a table would take themselves off, and leave the one at the other",
        "of two tables of five each leaves five",
        "whoever counted five at a table takes them off, and two phones must not be left",
        "a department with a table is left over itself, and hides no other",
        "in-house and providers, of whom nothing is told, cost no department",
        "four at a table would be left by the only department",
        "the only department is not everybody beside a table",
    ],
)
def test_who_had_finished_leaves_no_small_table(room, mara, phones, tables, finished):
    """What the room saw as finished counts tables, so it is a sum of what is shown, other phones and the tables."""
    people = come(room, **phones)
    rate(room, people, dict.fromkeys(people, 10))
    for name, heads in tables.items():
        department = Department.objects.filter(name=name).first() or (
            DepartmentFactory(organisation=room.workshop.organisation, name=name) if name else None
        )
        services.create_table(
            activity=room.activity, name=f"Tisch {name}", heads=heads, department=department, answers={}, code=uuid4(),
            by=mara,
        )  # fmt: skip
    room.reveal()

    told = {name: done for by, name, _members, joined, done in lines(room) if by == "department" and joined}
    assert told == finished


def test_attendance_is_named_in_words():
    known = Attendance("department", "", False, 0, 1, None), Attendance("role", "guest", False, 0, 1, None)
    with override("en"):
        known += (Attendance("role", "table", False, 0, 4, None),)
        assert [line.words for line in (*known, Attendance("role", "owner", False, 1, 0, 0))] == [
            "without a department",
            "Guests",
            "At tables without devices",
            "Owner",
        ]
    assert Attendance("department", "Vertrieb", False, 0, 1, None).words == "Vertrieb"
