"""Organisations that an older version founded get codes of their own."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db

BEFORE = ("accounts", "0004_language_of_a_user")
AFTER = ("accounts", "0005_codes_and_versions")


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.loader.build_graph()
    executor.migrate([target])
    return executor.loader.project_state([target]).apps.get_model("accounts.Organisation")


@pytest.fixture
def empty_schema(db):
    """A schema that grows from nothing, beside the test's own; the transaction ends it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA older_version")
        cursor.execute("SET LOCAL search_path TO older_version")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO DEFAULT")


def test_organisations_that_exist_get_different_codes_and_their_first_version(empty_schema):
    before = migrate(BEFORE)
    for slug in ("eins", "zwei"):
        before._base_manager.create(name=slug, slug=slug)

    rows = list(migrate(AFTER)._base_manager.order_by("slug"))

    assert [(row.slug, row.version) for row in rows] == [("eins", 1), ("zwei", 1)]
    assert len({row.code for row in rows} - {None}) == 2
