"""A reading gives what a queryset gives, in one statement, whatever scope is open."""

import importlib
import pkgutil
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from django.db import models
from django.db.models import JSONField, Value
from django_scopes import scopes_disabled

from accounts.models import Membership
from accounts.readings import Listing, Reading
from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, OrganisationFactory
from tests.stages import APPS
from tests.workshops.support import make_room
from workshops.models import Activity, Participant

pytestmark = pytest.mark.django_db

BY_CODE = Reading(Activity, "workshop", where="workshops_activity.code = %(code)s")
WITH_DEPARTMENT = Reading(
    Participant, "department", "membership", where="workshops_participant.id = %(id)s"
)  # both may be missing
ALONE = Reading(Participant, where="workshops_participant.id = %(id)s")

# Every reading of the project, and what its condition must hold fast: a door turns an address into a scope, everything
# else stays within the workshop that a door has found.
KNOWN = {
    "accounts.logins.SESSION": ("django_session.session_key", "django_session.expire_date > %(now)s"),
    "accounts.logins.USER": ("accounts_user.id",),
    "accounts.middleware.MEMBERSHIP": ("accounts_organisation.slug", "accounts_membership.user_id"),
    "workshops.live.fragments.BY_ID": ("workshops_workshop.id",),
    "workshops.queries.results.rows.OF_BLOCKS": ("workshops_activitystation.activity_id",),
    "workshops.queries.results.rows.PARTS": ("workshops_parttally.station_id",),
    "workshops.queries.results.rows.TALLIES": ("workshops_stationtally.station_id",),
    "workshops.queries.room.BLOCKS": ("workshops_activity.workshop_id",),
    "workshops.services.steering.LOCKED": ("workshops_activity.code", "workshops_workshop.organisation_id"),
    "workshops.services.tables.TABLES": ("workshops_tableentry.activity_id",),
    "workshops.doors.BY_CODE": ("workshops_workshop.join_code",),
    "workshops.doors.BY_TOKEN": (
        "workshops_workshop.join_code",
        "workshops_participant.token_hash",
        "workshops_participant.token_hash <> ''",
    ),
    "workshops.doors.BY_LOGIN": ("workshops_workshop.join_code", "accounts_membership.user_id"),
    "workshops.views.workshops.BY_CODE": ("workshops_workshop.code", "workshops_workshop.organisation_id"),
    "workshops.views.ballots.RATED": ("workshops_activity.workshop_id", "workshops_activitystation.code"),
}


def values_of(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def room(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=1)
        Activity.objects.filter(pk=room.activity.pk).update(attendance=[{"by": "role"}])
        return room


def test_row_and_related_row_are_those_of_the_queryset(room, django_assert_num_queries):
    with scopes_disabled():
        expected = Activity.objects.select_related("workshop").get(pk=room.activity.pk)
    assert BY_CODE.find(code=uuid4()) is None
    with django_assert_num_queries(1):
        found = BY_CODE.find(code=room.activity.code)
        assert values_of(found) == values_of(expected)
        assert values_of(found.workshop) == values_of(expected.workshop)
    assert found.attendance == [{"by": "role"}], "what the database keeps as text is a list again"
    assert (found._state.adding, found._state.db) == (False, "default")


def test_related_row_that_is_missing_is_none(room, organisation, emil, django_assert_num_queries):
    with member_scope(organisation):
        department = DepartmentFactory(organisation=organisation, name="Vertrieb")
        nobody = Participant.objects.create(workshop=room.workshop, name="Anna")
        somebody = Participant.objects.create(workshop=room.workshop, membership=emil, department=department)
    with django_assert_num_queries(2):
        found = WITH_DEPARTMENT.find(id=nobody.pk)
        assert (found.name, found.department, found.membership) == ("Anna", None, None)
        found = WITH_DEPARTMENT.find(id=somebody.pk)
        assert (found.department.name, found.membership.role) == ("Vertrieb", emil.role)
    assert ALONE.find(id=nobody.pk).name == "Anna"


def test_what_was_typed_never_becomes_part_of_the_statement(room):
    assert ALONE.find(id=None) is None
    by_name = Reading(Participant, where="workshops_participant.name = %(name)s")
    assert by_name.find(name="' OR true --") is None


class Block(NamedTuple):
    title: str
    id: int
    attendance: list[dict[str, str]]
    code: UUID


def test_a_listing_gives_what_the_queryset_gives(room, mara, django_assert_num_queries):
    with member_scope(room.workshop.organisation):
        other = make_room(room.workshop.organisation, mara, stations=1).activity
    ids = [room.activity.pk, other.pk]
    listing = Listing(Activity, Block, where="workshops_activity.id = ANY(%(ids)s)", order="workshops_activity.id DESC")
    with scopes_disabled():
        expected = list(Activity.objects.filter(pk__in=ids).order_by("-pk").values_list(*Block._fields))
    assert [each.attendance for each in listing.all(ids=ids)] == [[], [{"by": "role"}]]
    with django_assert_num_queries(1):
        assert listing.all(ids=ids) == expected
    assert listing.all(ids=[]) == []


@pytest.mark.parametrize("value", [{}, [], None, {"a": [1, None]}, "{}"])
def test_a_document_in_a_listing_is_what_was_saved(room, value):
    Activity._base_manager.filter(pk=room.activity.pk).update(attendance=Value(value, JSONField()))
    listing = Listing(Activity, Block, where="workshops_activity.id = ANY(%(ids)s)")
    assert [each.attendance for each in listing.all(ids=[room.activity.pk])] == [value]


def test_of_two_memberships_each_address_finds_its_own(mara):
    reading = importlib.import_module("accounts.middleware").MEMBERSHIP
    other = OrganisationFactory(slug="andere")
    own = Membership._base_manager.create(organisation=other, user=mara.user, role=mara.role)
    assert reading.find(slug="andere", user=mara.user_id) == own
    assert reading.find(slug=mara.organisation.slug, user=mara.user_id) == mara
    assert reading.find(slug="andere", user=mara.user_id + 1000) is None


def test_every_reading_is_known_and_holds_its_condition():
    found = {}
    for app in set(APPS) - {"config"}:  # which has modules that start servers
        package = importlib.import_module(app)
        names = [app, *(each.name for each in pkgutil.walk_packages(package.__path__, f"{app}."))]
        for module in [importlib.import_module(name) for name in names if ".migrations" not in name]:
            readings = {name: each for name, each in vars(module).items() if isinstance(each, Reading | Listing)}
            found |= {f"{module.__name__}.{name}": each for name, each in readings.items()}
    assert found.keys() == KNOWN.keys()
    for name, columns in KNOWN.items():
        parts = found[name].where.split(" AND ")
        assert sorted(part.split(" = ")[0] for part in parts) == sorted(columns), name
