"""Every form that makes a row, sent twice at the same moment, makes one; with somebody else's code it makes its own."""

import uuid
from collections.abc import Callable
from functools import reduce
from typing import Any, cast

import pytest

from accounts.models import Department, Membership, Organisation
from accounts.services.departments import create_department
from accounts.services.organisations import create_organisation
from accounts.tenancy import member_scope
from journeys.models import Journey, Persona
from journeys.services.journeys import create_journey
from journeys.services.personas import create_persona
from tests.factories import ActivityFactory, JourneyFactory, MembershipFactory, TouchpointFactory
from tests.locks import meeting
from touchpoints.models import Touchpoint, TouchpointImport
from touchpoints.services import create_touchpoint
from touchpoints.services.imports import keep_upload
from workshops.models import Activity, Measure, TableEntry, Workshop
from workshops.services import create_measure, create_table, create_workshop

Create = Callable[[Membership, uuid.UUID], Any]

FORMS: dict[str, tuple[type, Create]] = {
    "organisation": (
        Organisation,
        lambda by, code: (
            create_organisation(
                code=code, by=by.user, name="A", industry="", language="de", time_zone="Europe/Berlin"
            ).organisation
        ),
    ),
    "department": (Department, lambda by, code: create_department(code=code, name="A", kind="department", by=by)),
    "touchpoint": (Touchpoint, lambda by, code: create_touchpoint(code=code, name="A", phase="PS", by=by)),
    "import": (
        TouchpointImport,
        lambda by, code: keep_upload(content=b"A\n", file_name="a.csv", code=code, by=by),
    ),
    "persona": (Persona, lambda by, code: create_persona(organisation=by.organisation, code=code, name="A", by=by)),
    "journey": (
        Journey,
        lambda by, code: create_journey(organisation=by.organisation, code=code, name="A", persona_name="P", by=by),
    ),
    "table": (
        TableEntry,
        lambda by, code: create_table(
            activity=Activity.objects.get(title="Läuft"),
            name="A",
            heads=3,
            department=None,
            answers={},
            code=code,
            by=by,
        ),
    ),
    "measure": (
        Measure,
        lambda by, code: create_measure(
            title="A",
            kind="remove",
            status="planned",
            touchpoints=Touchpoint.objects.filter(name="Kasse"),
            code=code,
            by=by,
        ),
    ),
    "workshop": (
        Workshop,
        lambda by, code: create_workshop(
            journey=Journey.objects.get(name="Weg"), title="A", planned_for=None, code=code, by=by
        ),
    ),
}


@pytest.fixture
def by(request: pytest.FixtureRequest) -> Membership:
    """A moderator whose organisation has a journey and a running block."""
    mara: Membership = request.getfixturevalue("mara")
    lay_out(mara.organisation)
    return mara


def lay_out(organisation: Organisation) -> None:
    """What the forms name: a journey, a block that runs, and a touchpoint."""
    TouchpointFactory(organisation=organisation, name="Kasse")
    JourneyFactory(organisation=organisation, name="Weg")
    ActivityFactory(workshop__organisation=organisation, running=True, title="Läuft")


def organisation_of(row: Any) -> Organisation:
    """Where the row's own path leads."""
    found: Any = reduce(getattr, type(row).organisation_path.split("__"), row)
    return cast(Organisation, found)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FORMS)
def test_form_sent_twice_at_the_same_moment_makes_one_row(by: Membership, in_scope: Organisation, name: str) -> None:
    model, create = FORMS[name]
    code, before = uuid.uuid4(), model.objects.count()

    def again() -> Any:
        with member_scope(in_scope):
            return create(by, code)

    first, second = meeting(lambda: create(by, code), again)

    assert first == second
    assert (first.code, model.objects.count()) == (code, before + 1)


@pytest.mark.parametrize("name", [name for name in FORMS if name != "organisation"])
def test_code_of_another_organisation_is_replaced(
    by: Membership, in_scope: Organisation, other_organisation: Organisation, name: str
) -> None:
    model, create = FORMS[name]
    before = model.objects.count()
    with member_scope(other_organisation):
        lay_out(other_organisation)
        foreign = create(MembershipFactory(organisation=other_organisation), uuid.uuid4())

    created = create(by, foreign.code)

    assert organisation_of(created) == in_scope
    assert created.code != foreign.code
    assert model.objects.count() == before + 1


def test_code_of_somebody_elses_organisation_founds_ones_own(fremd: Membership, mara: Membership) -> None:
    create = FORMS["organisation"][1]
    foreign = create(fremd, uuid.uuid4())

    founded = create(mara, foreign.code)

    assert founded.code != foreign.code
    assert (foreign.slug, founded.slug) == ("a", "a-2")
    with member_scope(founded):
        assert [member.user for member in Membership.objects.all()] == [mara.user]


@pytest.mark.django_db(transaction=True)
def test_two_people_found_organisations_of_one_name_at_the_same_moment(fremd: Membership, mara: Membership) -> None:
    create = FORMS["organisation"][1]

    first, second = meeting(lambda: create(fremd, uuid.uuid4()), lambda: create(mara, uuid.uuid4()))

    assert (first.slug, second.slug) == ("a", "a-2")
