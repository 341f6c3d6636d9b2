"""The login counts failed attempts, and keeps no address of anybody for it."""

from __future__ import annotations

import base64
import hashlib
import time
from datetime import timedelta

import pytest
import pytest_django
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.limits import attempt_key, count_attempt, forget_old_attempts, hashed_cache_key
from accounts.models import Attempt, User

pytestmark = pytest.mark.django_db

ADDRESS, EMAIL, PASSWORD = "10.113.0.7", "olga@example.org", "a long enough one"


@pytest.fixture(autouse=True)
def olga_user() -> User:
    return User.objects.create_user(EMAIL, PASSWORD, name="Olga")


def log_in(password: str, *, address: str = ADDRESS, email: str = EMAIL) -> int:
    client = Client(REMOTE_ADDR=address)
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


def cached() -> list[tuple[str, str]]:
    """Every row of the cache table, its value as readable as it gets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        return [(key, base64.b64decode(value).decode("latin-1")) for key, value in cursor.fetchall()]


def test_a_failed_login_leaves_nobodys_address_behind() -> None:
    assert log_in("wrong") == 200

    told = [ADDRESS, EMAIL, *(hashlib.sha256(word.encode()).hexdigest() for word in (ADDRESS, EMAIL))]
    rows = cached()
    assert len(rows) >= 3, "an attempt counts for the address, and a failed one for the account, too"
    assert not [row for row in rows for word in told if word in " ".join(row)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_attempt")
        assert cursor.fetchone() == (0,)
    with redis.Redis.from_url(settings.REDIS_URL) as bus:
        kept = [key + (bus.dump(key) or b"") for key in bus.scan_iter()]
    assert not [entry for entry in kept for word in told if word.encode() in entry]


def test_the_keys_cannot_be_tried_out_without_our_own_key(settings: object) -> None:
    mine = hashed_cache_key("allauth:rl:ip:10.113.0.7", "", 1)
    settings.SECRET_KEY = "another installation"  # type: ignore[attr-defined]
    assert hashed_cache_key("allauth:rl:ip:10.113.0.7", "", 1) != mine


def test_the_limits_still_hold() -> None:
    """Five failures close an account for a while, to every address; another account is not concerned."""
    other = User.objects.create_user("max@example.org", PASSWORD, name="Max")
    assert [log_in("wrong") for _number in range(5)] == [200] * 5

    assert log_in(PASSWORD) == 200
    assert log_in(PASSWORD, address="10.51.100.9") == 200
    assert log_in(PASSWORD, email=other.email) == 302


def test_a_hundred_members_log_in_from_one_address_within_a_minute() -> None:
    """A full room has one address; each looks at the page, and every third mistypes first."""
    people = [User.objects.create_user(f"member-{n}@example.org", PASSWORD, name=f"Member {n}") for n in range(100)]
    begun = time.monotonic()

    looked = [Client(REMOTE_ADDR=ADDRESS).get("/accounts/login/").status_code for _person in people]
    mistyped = [log_in("wrong", email=person.email) for person in people[::3]]
    answers = [log_in(PASSWORD, email=person.email) for person in people]

    assert time.monotonic() - begun < 60
    assert looked == [200] * 100
    assert mistyped == [200] * 34
    assert answers == [302] * 100


def test_a_hundred_people_sign_up_from_one_address_within_a_minute(settings: pytest_django.Settings) -> None:
    settings.SIGNUP = "open"

    answers = [
        Client(REMOTE_ADDR=ADDRESS)
        .post("/accounts/signup/", {"name": "Neu", "email": f"new-{n}@example.org", "password1": PASSWORD})
        .status_code
        for n in range(100)
    ]

    assert answers == [302] * 100
    assert User.objects.filter(email__startswith="new-").count() == 100


def test_an_account_stays_closed_to_a_guesser_in_a_full_room() -> None:
    """What an address may do says nothing about how often one password may be guessed."""
    room = [User.objects.create_user(f"member-{n}@example.org", PASSWORD, name=f"Member {n}") for n in range(20)]
    assert [log_in("wrong") for _number in range(5)] == [200] * 5

    assert [log_in(PASSWORD, email=person.email) for person in room] == [302] * 20
    assert log_in(PASSWORD) == 200


def test_two_hundred_failures_from_one_ipv6_network_close_the_login_to_all_of_it() -> None:
    """Whoever has a /64 has more addresses than anybody can count."""
    for number in range(200):
        log_in("wrong", address=f"fd00:db8:1:2::{number + 1:x}", email=f"guess-{number}@example.org")

    assert log_in(PASSWORD, address="fd00:db8:1:2:ffff::1") == 200
    assert log_in(PASSWORD, address="fd00:db8:1:3::1") == 302


def test_what_is_no_longer_counted_is_forgotten() -> None:
    count_attempt(attempt_key("join", ADDRESS), window=timedelta(minutes=10))
    log_in("wrong")
    cache.set("stays", 1, 3600)
    assert forget_old_attempts() == 0
    rows = len(cached())

    Attempt.objects.update(window_ends_at=timezone.now() - timedelta(seconds=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cache SET expires = now() - interval '1 minute' WHERE cache_key <> %s", [cache.make_key("stays")]
        )

    assert forget_old_attempts() == rows
    assert [key for key, _value in cached()] == [cache.make_key("stays")]
    assert not Attempt.objects.exists()
