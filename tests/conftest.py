"""The cast: olga owns the organisation, mara moderates, max manages, emil works there, gast is a guest of one room,
and fremd belongs to another organisation. `in_scope` opens the organisation's scope for tests below the views."""

from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_django
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation

from accounts.enums import Role
from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.bus import take_own_bus
from tests.factories import MembershipFactory, OrganisationFactory
from tests.world import build_world


def pytest_configure(config: pytest.Config) -> None:
    """Differences to production: a bus of our own, files keep plain names, a password costs no tenth of a second."""
    take_own_bus()
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django_settings.STORAGES = {**django_settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def own_language() -> Generator[None]:
    """Every test begins in the installation's language, whichever one the last request before it was read in."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def organisation(db: None) -> Organisation:
    return OrganisationFactory(name="Regio-Bahn Mitte", slug="regio-bahn", language="de")


@pytest.fixture
def other_organisation(db: None) -> Organisation:
    return OrganisationFactory(name="Fremde GmbH", slug="fremde", language="de")


@pytest.fixture
def in_scope(organisation: Organisation) -> Generator[Organisation]:
    with member_scope(organisation):
        yield organisation


@pytest.fixture
def olga(organisation: Organisation) -> Membership:
    return MembershipFactory(
        organisation=organisation, user__email="olga@example.org", user__name="Olga", role=Role.OWNER
    )


@pytest.fixture
def mara(organisation: Organisation) -> Membership:
    return MembershipFactory(
        organisation=organisation, user__email="mara@example.org", user__name="Mara", role=Role.MODERATOR
    )


@pytest.fixture
def max(organisation: Organisation) -> Membership:
    return MembershipFactory(
        organisation=organisation, user__email="max@example.org", user__name="Max", role=Role.MANAGER
    )


@pytest.fixture
def emil(organisation: Organisation) -> Membership:
    return MembershipFactory(
        organisation=organisation, user__email="emil@example.org", user__name="Emil", role=Role.EMPLOYEE
    )


@pytest.fixture
def fremd(other_organisation: Organisation) -> Membership:
    return MembershipFactory(
        organisation=other_organisation, user__email="fremd@example.org", user__name="Fremd", role=Role.OWNER
    )


def client_of(member: Membership) -> Client:
    """Return a browser in which ``member`` is logged in."""
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def olga_client(olga: Membership) -> Client:
    return client_of(olga)


@pytest.fixture
def mara_client(mara: Membership) -> Client:
    return client_of(mara)


@pytest.fixture
def max_client(max: Membership) -> Client:
    return client_of(max)


@pytest.fixture
def emil_client(emil: Membership) -> Client:
    return client_of(emil)


@pytest.fixture
def fremd_client(fremd: Membership) -> Client:
    return client_of(fremd)


@pytest.fixture
def world(
    olga: Membership,
    mara: Membership,
    max: Membership,
    emil: Membership,
    fremd: Membership,
    settings: pytest_django.Settings,
    tmp_path: Path,
) -> SimpleNamespace:
    """One of everything, for tests that visit every address."""
    settings.MEDIA_ROOT = tmp_path
    return build_world({"olga": olga, "mara": mara, "max": max, "emil": emil, "fremd": fremd})
