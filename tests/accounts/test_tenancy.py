"""The fence: no scope, no query; a scope shows one organisation; a guest's scope one workshop."""

import pytest
from django_scopes import ScopeError

from accounts.models import Department
from accounts.tenancy import guest_scope, member_scope, open_organisation
from tests.factories import DepartmentFactory, StationFactory, TouchpointFactory, WorkshopFactory
from touchpoints.models import Touchpoint
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


def test_query_without_scope_raises():
    with pytest.raises(ScopeError):
        Touchpoint.objects.count()


def test_all_without_scope_raises():
    with pytest.raises(ScopeError):
        Touchpoint.objects.all()


def test_related_manager_without_scope_raises():
    station = StationFactory()

    with pytest.raises(ScopeError):
        list(station.journey.stations.all())


def test_member_scope_shows_own_rows_only(organisation, other_organisation):
    own = TouchpointFactory(organisation=organisation)
    TouchpointFactory(organisation=other_organisation)

    with member_scope(organisation):
        assert list(Touchpoint.objects.all()) == [own]


def test_related_manager_in_another_scope_is_empty(organisation, other_organisation):
    station = StationFactory(journey__organisation=other_organisation)

    with member_scope(organisation):
        assert list(station.journey.stations.all()) == []


def test_guest_scope_shows_one_workshop(organisation):
    room = WorkshopFactory(organisation=organisation)
    WorkshopFactory(organisation=organisation)

    with guest_scope(organisation, room):
        assert list(Workshop.objects.all()) == [room]


def test_guest_scope_does_not_reach_the_catalogue(organisation):
    room = WorkshopFactory(organisation=organisation)
    TouchpointFactory(organisation=organisation)

    with guest_scope(organisation, room), pytest.raises(ScopeError):
        Touchpoint.objects.count()


def test_guest_scope_reads_departments_of_the_organisation_only(organisation, other_organisation):
    room = WorkshopFactory(organisation=organisation)
    own = DepartmentFactory(organisation=organisation)
    DepartmentFactory(organisation=other_organisation)

    with guest_scope(organisation, room):
        assert list(Department.objects.all()) == [own]


def test_scope_ends_with_its_block(organisation):
    with member_scope(organisation):
        Touchpoint.objects.count()

    with pytest.raises(ScopeError):
        Touchpoint.objects.count()


def test_open_organisation_is_that_of_a_members_scope_alone(organisation):
    room = WorkshopFactory(organisation=organisation)

    with member_scope(organisation):
        assert open_organisation() == organisation.pk
    with pytest.raises(ScopeError):
        open_organisation()
    with guest_scope(organisation, room), pytest.raises(ScopeError):
        open_organisation()
