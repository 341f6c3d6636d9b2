"""A department is renamed, or two become one, while a block runs: pages, reveal and Ist-Stand still fit together.

What a block says about its stations was copied when it opened. Where people come from is asked of them as they are.
"""

from __future__ import annotations

import copy

import pytest
from django.urls import reverse

from accounts.models import Department, Membership, Organisation
from accounts.services.departments import remove_department
from tests.conftest import client_of
from tests.factories import DepartmentFactory
from tests.workshops.support import Room, make_room
from workshops import services
from workshops.enums import RunBy
from workshops.models import ActivityStation, Baseline, Participant
from workshops.queries import frozen_result, people_here, workshop_result

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(in_scope: Organisation) -> Department:
    return DepartmentFactory(organisation=in_scope, name="Vertrieb")


@pytest.fixture
def service(in_scope: Organisation) -> Department:
    return DepartmentFactory(organisation=in_scope, name="Kundenservice")


@pytest.fixture
def room(in_scope: Organisation, mara: Membership, sales: Department) -> Room:
    """A running block of three stations, the first of them the sales department's."""
    return running(in_scope, mara, sales)


def running(organisation: Organisation, mara: Membership, sales: Department) -> Room:
    room = make_room(organisation, mara)
    touchpoint = room.path[0].touchpoint
    touchpoint.department = sales
    touchpoint.save(update_fields=["department"])
    return room.open()


def rate(room: Room, *departments: Department) -> None:
    """Three people of each department rate every station."""
    for department in departments:
        for number in range(3):
            phone = room.join(f"{department.name} {number}", token=f"{department.pk}-{number}", department=department)
            for station in room.stations:
                phone.rate(station, (0, 5, 10)[number])


def rename(by: Membership, department: Department, name: str) -> None:
    department.refresh_from_db()
    url = reverse("accounts:department_edit", args=[by.organisation.slug, department.code])
    sent = {"name": name, "kind": department.kind, "version": department.version}
    assert client_of(by).post(url, sent).status_code == 302


def make_provider(by: Membership, department: Department) -> None:
    department.refresh_from_db()
    url = reverse("accounts:department_edit", args=[by.organisation.slug, department.code])
    sent = {"name": department.name, "kind": Department.Kind.PROVIDER, "version": department.version}
    assert client_of(by).post(url, sent).status_code == 302


def merge(into: Department, other: Department, by: Membership) -> None:
    """Two departments become one, as owners do it today: people and touchpoints move, then the empty one goes."""
    for model in (Membership, Participant):
        model._base_manager.filter(department=other).update(department=into)
    remove_department(department=other, by=by)


def named_departments(room: Room) -> list[str]:
    return sorted(person.department for person in people_here(room.workshop).people)


def figures(room: Room) -> list[tuple[int | None, tuple[int, int, int] | None]]:
    return [(station.figures.n, station.figures.counts) for station in workshop_result(room.workshop).stations]


def department_names(room: Room) -> list[str]:
    return [station.department_name for station in room.stations]


def test_a_new_name_shows_at_once_where_people_are_and_never_in_what_was_rated(room, mara, sales, service):
    rate(room, sales, service)

    rename(mara, sales, "Verkauf")

    assert named_departments(room) == ["Kundenservice"] * 3 + ["Verkauf"] * 3
    assert department_names(room) == ["Vertrieb", "", ""]
    for page in ("workshop_console", "console_people", "workshop_projector"):
        html = (
            client_of(mara).get(reverse(f"workshops:{page}", args=["regio-bahn", room.workshop.code])).content.decode()
        )
        assert "Vertrieb</" not in html
    room.reveal()
    assert figures(room) == [(6, (2, 2, 2))] * 3
    assert [station.department for station in workshop_result(room.workshop).stations] == ["Vertrieb", "", ""]


def test_who_rates_on_after_a_rename_loses_nothing(room, mara, sales, service):
    phone = room.join("Ada", token="ada", department=sales)
    first, second, third = room.stations
    phone.rate(first, 10)
    rename(mara, sales, "Verkauf")
    phone.rate(second, 5)
    rate(room, service)
    saved = phone.rate(third, 0)

    assert (saved.finished, saved.answered, saved.total) == (True, 3, 3)
    room.reveal()
    assert figures(room) == [(4, (1, 1, 2)), (4, (1, 2, 1)), (4, (2, 1, 1))]


def test_two_departments_that_become_one_while_a_block_runs(room, mara, sales, service):
    rate(room, sales, service)

    merge(sales, service, mara)

    assert named_departments(room) == ["Vertrieb"] * 6
    room.reveal()
    assert figures(room) == [(6, (2, 2, 2))] * 3
    services.freeze_ist(workshop=room.workshop, by=mara)
    baseline = Baseline.objects.get()
    assert baseline.document["departments"] == 1
    assert [station.department for station in frozen_result(baseline).stations] == ["Vertrieb", "", ""]


def test_a_department_that_goes_leaves_its_people_and_their_answers(room, mara, sales, service):
    rate(room, sales, service)

    remove_department(department=sales, by=mara)

    assert named_departments(room) == [""] * 3 + ["Kundenservice"] * 3
    room.reveal()
    assert figures(room) == [(6, (2, 2, 2))] * 3
    assert department_names(room) == ["Vertrieb", "", ""]


def test_an_ist_stand_keeps_the_names_of_its_day(room, mara, sales, service):
    rate(room, sales, service)
    room.reveal()
    services.freeze_ist(workshop=room.workshop, by=mara)
    before = copy.deepcopy(Baseline.objects.get().document)

    rename(mara, sales, "Verkauf")
    merge(sales, service, mara)

    assert Baseline.objects.get().document == before
    page = client_of(mara).get(reverse("workshops:baseline_detail", args=["regio-bahn", Baseline.objects.get().code]))
    assert page.status_code == 200


def test_a_department_that_becomes_a_provider_is_none_in_what_runs_or_was_rated(room, mara, sales, service):
    later = services.plan_activity(
        workshop=room.workshop, title="Danach", stations=room.path[:1], is_named=False, asks_reason=True, minutes=5,
        by=mara,
    )  # fmt: skip
    make_provider(mara, sales)
    rate(room, sales, service)
    room.reveal()

    assert [station.by_provider for station in room.stations] == [False, None, None]
    assert [station.run_by for station in workshop_result(room.workshop).stations] == [RunBy.IN_HOUSE, None, None]

    second = services.start_round(activity=room.activity, by=mara)
    services.reveal_activity(activity=second, by=mara)
    opened = services.open_activity(activity=later, by=mara)

    assert [row.by_provider for row in ActivityStation.objects.filter(activity=second)] == [False, None, None]
    assert [row.by_provider for row in ActivityStation.objects.filter(activity=opened)] == [True]


def test_an_ist_stand_keeps_who_was_a_provider(in_scope, mara, sales, service):
    make_provider(mara, sales)
    room = running(in_scope, mara, sales)
    rate(room, sales, service)
    room.reveal()
    baseline = services.freeze_ist(workshop=room.workshop, by=mara)

    remove_department(department=sales, by=mara)

    assert [station["by_provider"] for station in baseline.document["stations"]] == [True, None, None]
    assert [station.run_by for station in frozen_result(baseline).stations] == [RunBy.PROVIDER, None, None]
    assert [station.by_provider for station in workshop_result(room.workshop).stations] == [True, None, None]


def test_a_rename_that_two_people_send_is_made_once(room, mara, sales):
    url = reverse("accounts:department_edit", args=[mara.organisation.slug, sales.code])
    sent = {"kind": sales.kind, "version": sales.version}

    first = client_of(mara).post(url, {"name": "Verkauf", **sent})
    second = client_of(mara).post(url, {"name": "Sales", **sent})

    assert (first.status_code, second.status_code) == (302, 409)
    assert 'value="Sales"' in second.content.decode()
    sales.refresh_from_db()
    assert sales.name == "Verkauf"
