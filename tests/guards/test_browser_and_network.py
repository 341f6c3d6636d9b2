"""What every answer promises the browser, and what a request may claim about where it comes from."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled

from tests.conftest import client_of
from tests.factories import PASSWORD, UserFactory
from tests.guards.test_permission_table import TABLE, browser
from tests.support import database_url
from tests.world import address
from workshops import doors

EVIL = "evil.example.net"
LOGIN = "/accounts/login/"


def insider(name: str, world: SimpleNamespace) -> Client:
    """A browser that the table lets in."""
    person = next(each for each in ("mara", "olga", "max", "gast", "anonymous") if each in TABLE[name].let_in)
    return browser(person, world)


# --- forged posts ---------------------------------------------------------------------------------------------------

BESIDE = (
    "account_login", "account_logout", "account_signup", "account_reset_password", "account_change_password",
    "account_email", "set_language",
)  # fmt: skip


def test_no_post_is_taken_without_the_token(world, subtests):
    """At every address there is, also where a view takes no post: nobody may switch the check off."""
    for name, row in TABLE.items():
        with subtests.test(name):
            client = insider(name, world)
            client.handler.enforce_csrf_checks = True
            response = client.post(address(name, row.needs, world), {"name": "Gast"})
            assert response.status_code == 403
            assert "Diese Seite war zu lange offen" in response.content.decode()


@pytest.mark.parametrize("name", BESIDE)
def test_no_post_beside_the_application_is_taken_without_the_token(world, name):
    client = client_of(world.people["olga"])
    client.handler.enforce_csrf_checks = True
    assert client.post(reverse(name), {"language": "en"}).status_code == 403


def test_a_token_from_another_site_is_not_enough(world):
    client = Client(enforce_csrf_checks=True)
    client.get(LOGIN)
    token = client.cookies["csrftoken"].value
    sent = {"login": "a@example.org", "password": "x", "csrfmiddlewaretoken": token}
    assert client.post(LOGIN, sent, headers={"Origin": f"https://{EVIL}"}).status_code == 403
    assert client.post(LOGIN, sent, headers={"Origin": "http://testserver"}).status_code == 200


# --- headers --------------------------------------------------------------------------------------------------------


def check_headers(response: HttpResponseBase) -> None:
    policy = response["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == rules["connect-src"] == "'self'"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        check_markup(response.content.decode())


def check_markup(html: str) -> None:
    """What the policy would block anyway must not be there: a page that needs it is broken."""
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\sstyle=\"", html)
    assert not re.search(r"<[^>]+\son[a-z]+=\"", html)
    assert not re.search(r"(?:src|action)=\"(?:https?:)?//", html)


def test_every_answer_carries_the_headers(world, subtests):
    for name, row in TABLE.items():
        with subtests.test(name):
            response = insider(name, world).get(address(name, row.needs, world))
            check_headers(response)
            if response.streaming and not response.is_async:
                b"".join(response.streaming_content)  # closes the file


def test_error_pages_carry_them_too(world, subtests):
    client = client_of(world.people["emil"])
    client.raise_request_exception = False
    slug = world.organisation.slug
    with scopes_disabled():
        type(world.closed)._base_manager.filter(pk=world.closed.pk).update(state="closed", closed_at=timezone.now())
    answers = {
        400: lambda: Client().get("/", headers={"Host": EVIL}),
        403: lambda: client.get(f"/o/{slug}/settings/"),
        404: lambda: client.get("/o/fremde/"),
        405: lambda: client.post(f"/o/{slug}/personas/"),
        410: lambda: Client().get(f"/w/{world.closed.join_code}/"),
        413: lambda: Client().post("/join/", {}, CONTENT_LENGTH=str(1024**3)),
        422: lambda: client_of(world.people["mara"]).post(f"/o/{slug}/workshops/new/", {"title": ""}),
    }
    for status, ask in answers.items():
        with subtests.test(str(status)):
            response = ask()
            assert response.status_code == status
            check_headers(response)


def test_a_fault_of_ours_carries_them_too(world):
    """The table is back after the test, which the database undoes."""
    client = client_of(world.people["emil"])
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE touchpoints_touchpoint RENAME TO touchpoints_gone")
    with transaction.atomic():
        response = client.get(f"/o/{world.organisation.slug}/touchpoints/")
        transaction.set_rollback(True)
    assert response.status_code == 500
    check_headers(response)


# --- where a request comes from -------------------------------------------------------------------------------------


def test_another_host_is_refused_and_not_repeated(client, db):
    response = client.get(LOGIN, headers={"Host": EVIL})
    assert response.status_code == 400
    assert EVIL not in response.content.decode()


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "Forwarded"])
def test_nobody_may_claim_another_address_or_scheme(client, db, header):
    response = client.get(LOGIN, headers={header: "https" if header.endswith("Proto") else EVIL})
    assert response.status_code == 200
    assert EVIL not in response.content.decode()
    assert response.wsgi_request.is_secure() is False
    assert response.wsgi_request.get_host() == "testserver"


def test_a_trusted_proxy_may(db, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9, 198.51.100.7, 127.0.0.2"}
    request = Client(headers=headers).get(LOGIN).wsgi_request
    assert request.is_secure() is True
    assert request.META["REMOTE_ADDR"] == "198.51.100.7"
    strangers = Client(headers=headers, REMOTE_ADDR="198.51.100.7").get(LOGIN).wsgi_request
    assert (strangers.is_secure(), strangers.META["REMOTE_ADDR"]) == (False, "198.51.100.7")


def test_an_invented_forwarding_does_not_stretch_the_count_of_failed_codes(db, monkeypatch):
    monkeypatch.setattr(doors, "FAILED_CODES", 3)
    answers = [
        Client(headers={"X-Forwarded-For": f"203.0.113.{number}"}).get("/w/ZZZZZZ/").status_code for number in range(5)
    ]
    assert answers == [404, 404, 404, 429, 429]


def test_failed_logins_have_to_wait_whatever_is_forwarded(db):
    UserFactory(email="olga@example.org")

    def attempt(number: int, password: str) -> HttpResponseBase:
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "accept-language": "en"}
        return Client(headers=headers).post(LOGIN, {"login": "olga@example.org", "password": password})

    wrong = [attempt(number, "wrong password").status_code for number in range(12)]
    assert wrong[0] == 200
    right = attempt(200, PASSWORD)
    assert right.status_code != 302, "after so many failures even the right password has to wait"
    assert "Too many" in right.content.decode()


ELSEWHERE = (f"https://{EVIL}/", f"//{EVIL}/", f"/\\{EVIL}", "javascript:alert(1)", f"https:{EVIL}")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_next_leads_to_another_site(db, target):
    UserFactory(email="olga@example.org")
    client = Client()
    answers = [
        client.post(f"{LOGIN}?next={target}", {"login": "olga@example.org", "password": PASSWORD, "next": target}),
        client.get(LOGIN, {"next": target}),
        client.post("/i18n/setlang/", {"language": "en", "next": target}, headers={"Referer": f"https://{EVIL}/"}),
        client.post("/accounts/logout/", {"next": target}),
    ]
    for response in answers:
        assert response.status_code == 302
        assert response["Location"].startswith("/")
        assert EVIL not in response["Location"]
        assert "javascript" not in response["Location"]


def test_addresses_that_are_handed_out_come_from_the_settings(world):
    """Not from the request, whose host somebody else may have written."""
    poster = address("workshops:workshop_invite", "org workshop", world)
    html = client_of(world.people["mara"]).get(poster).content.decode()
    assert f"{project.PUBLIC_URL.split('://')[1]}/{world.running.join_code}" in html


# --- cookies over https ---------------------------------------------------------------------------------------------

ASK = """
import json, django
from django.conf import settings
django.setup()
from django.test import Client
from django.contrib.sessions.models import Session
client = Client(headers={"host": "workshop.example.org", "x-forwarded-proto": "https"})
pages = [client.get("/accounts/login/"), client.post("/i18n/setlang/", {"language": "en", "next": "/"})]
print(json.dumps({
    "cookies": {name: [bool(m["secure"]), bool(m["httponly"]), m["samesite"]] for name, m in client.cookies.items()},
    "hsts": pages[0].get("Strict-Transport-Security"),
    "session": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
    "room": settings.IS_HTTPS,
}))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["https://workshop.example.org", "http://workshop.example.org"])
def test_cookies_and_hsts_follow_the_public_address(url):
    environment = {
        **os.environ,
        "PUBLIC_URL": url,
        "TRUSTED_PROXIES": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, cwd=project.BASE_DIR, capture_output=True, text=True, check=True
    )
    told, secure = json.loads(done.stdout.splitlines()[-1]), url.startswith("https")
    assert told["cookies"]["csrftoken"] == [secure, True, "Lax"]
    assert told["cookies"][project.LANGUAGE_COOKIE_NAME] == [secure, True, "Lax"]
    assert told["session"] == [secure, True, "Lax"]
    assert told["room"] is secure
    assert told["hsts"] == ("max-age=31536000" if secure else None)


# --- uploads --------------------------------------------------------------------------------------------------------

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.svg", SVG, "image/svg+xml"),
        ("a.png", SVG, "image/png"),
        ("a.jpg", b"GIF89a" + SVG, "image/jpeg"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "image/png"),
        ("../../a.php", b"<?php", "image/jpeg"),
        ("a.png", b"", "image/png"),
        ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/png"),
    ],
)
def test_no_picture_but_a_picture_is_kept(world, name, content, kind):
    client = client_of(world.people["mara"])
    response = client.post(
        address("journeys:persona_create", "org", world),
        {"version": 1, "name": "Neue Persona", "picture": SimpleUploadedFile(name, content, content_type=kind)},
    )
    assert response.status_code == 422
    assert "Neue Persona" in response.content.decode()


def test_a_kept_picture_is_never_anything_else_for_a_browser(world):
    response = client_of(world.people["mara"]).get(address("journeys:persona_picture", "org persona", world))
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content",
    [
        b"Name;Phase\nVor\x00her;Presales\n",
        b"\x00" * 2000,
        "Name;Phase\nA;Presales\n".encode("utf-16"),
        b"PK\x03\x04" + b"\x00" * 200,
        b"\xff\xfe\x00\x00",
    ],
)
def test_a_table_that_is_none_gives_a_sentence(world, content):
    client = client_of(world.people["mara"])
    upload = SimpleUploadedFile("daten.csv", content, content_type="text/csv")
    response = client.post(address("touchpoints:import_create", "org", world), {"file": upload})
    assert response.status_code in (302, 422)
    if response.status_code == 302:
        html = client.get(response["Location"]).content.decode()
        assert "\x00" not in html
