"""What is asked again and again is prepared by PostgreSQL, and is otherwise a statement like any other."""

import pytest
from django.conf import settings
from django.db import connection, transaction

from config.statements import prepared_cursor

OFTEN = settings.DATABASES["default"]["OPTIONS"]["prepare_threshold"]

pytestmark = pytest.mark.django_db


def ask(number: int) -> int:
    with prepared_cursor() as cursor:
        cursor.execute("SELECT %(number)s::int + 1 AS asked_often", {"number": number})
        return int(cursor.fetchone()[0])


def prepared(words: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{words}%"])
        return int(cursor.fetchone()[0])


def test_from_the_fifth_time_on_it_is_prepared_and_counted_all_the_same(django_assert_num_queries):
    with django_assert_num_queries(OFTEN + 2):
        assert [ask(number) for number in range(OFTEN)] == list(range(1, OFTEN + 1))
        assert prepared("asked_often") == 0
        assert ask(41) == 42
    assert prepared("asked_often") == 1


def test_other_statements_stay_as_they_are():
    for _ in range(2 * OFTEN):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s AS asked_now_and_then", [1])
    assert prepared("asked_now_and_then") == 0


def test_what_is_undone_around_it_is_undone(mara):
    with transaction.atomic():
        with prepared_cursor() as cursor:
            cursor.execute("UPDATE accounts_organisation SET name = %s WHERE id = %s", ["anders", mara.organisation_id])
        transaction.set_rollback(True)
    mara.organisation.refresh_from_db()
    assert mara.organisation.name != "anders"
