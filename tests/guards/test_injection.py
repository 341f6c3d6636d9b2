"""A line break or a terminal's escape in a name stays a character: no header, mail or log line begins with it."""

from __future__ import annotations

import json
import logging
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from accounts.services import members
from accounts.tenancy import member_scope
from config.logs import JsonFormatter, RequestIdFilter
from journeys.models import Journey
from tests.conftest import client_of
from tests.factories import PASSWORD, UserFactory
from tests.world import address

NASTY = 'Weg\r\nX-Evil: 1\n\x1b[31m\x9b2J"; filename="x.exe\u202e/../\x7f\u2028'
PLAIN_HEADER = re.compile(r"[\x20-\x7e]*")

FILES = (
    ("workshops:result_export", "org closed"), ("workshops:result_xlsx", "org closed"),
    ("workshops:result_json", "org closed"), ("workshops:result_svg", "org closed"),
    ("workshops:baseline_export", "org baseline"), ("workshops:baseline_svg", "org baseline"),
    ("reports:report_download", "org report"), ("reports:organisation_export", "org"),
    ("touchpoints:touchpoint_export", "org"), ("workshops:measure_export", "org"), ("workshops:measure_xlsx", "org"),
    ("touchpoints:touchpoint_export_workbook", "org"), ("accounts:member_export", "org member"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "needs"), FILES)
def test_a_download_is_named_in_one_plain_line(world, name, needs):
    with scopes_disabled():
        Journey._base_manager.filter(organisation=world.organisation).update(name=NASTY)
        baseline = world.baseline
        baseline.document["journey"] = {**baseline.document.get("journey", {}), "name": NASTY}
        baseline.save(update_fields=["document"])
        world.report.workshop.cycle.journey.refresh_from_db()

    response = client_of(world.people["olga"]).get(address(name, needs, world))
    if response.streaming:
        b"".join(response.streaming_content)

    assert response.status_code == 200
    for header, value in response.items():
        assert PLAIN_HEADER.fullmatch(value), header
    assert "X-Evil" not in response.headers
    kind = response["Content-Disposition"]
    assert re.fullmatch(r"attachment; (filename=\"[^\"\\/]+\"|filename\*=utf-8''[\w.%~-]+)", kind)
    assert not re.search(r"%0[0-9a-f]|%1[0-9a-f]|%7f|%22|%2f|%5c|%c2%[89]|%e2%80%ae", kind, re.IGNORECASE)


# --- mail -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Bahn\r\nBcc: evil@example.net", "Bahn\rBcc: evil@example.net", "Bahn\x0b\x85\u2028Bcc: x"]
)
def test_an_invitation_has_one_subject_and_one_receiver(world, name, django_capture_on_commit_callbacks):
    organisation = world.organisation
    organisation.name = name
    organisation.save(update_fields=["name"])
    olga = world.people["olga"]
    olga.organisation.refresh_from_db()
    olga.user.name = NASTY
    olga.user.save(update_fields=["name"])
    mail.outbox.clear()

    with member_scope(organisation), django_capture_on_commit_callbacks(execute=True):
        members.create_invitation(email="neu@example.org", role="employee", department=None, by=olga)

    (sent,) = mail.outbox
    assert sent.recipients() == ["neu@example.org"]
    assert sent.subject == f"Einladung zu {' '.join(name.split())}"
    headers = sent.message()
    assert (headers["To"], headers["Bcc"], headers["Cc"]) == ("neu@example.org", None, None)
    assert "X-Evil" not in headers


def test_an_address_with_a_line_break_is_none(world):
    client = client_of(world.people["olga"])

    response = client.post(
        address("accounts:invitation_create", "org", world),
        {"email": "a@example.org\r\nBcc: b@example.org", "role": "employee"},
    )

    assert response.status_code == 422
    assert mail.outbox == []


# --- logs -----------------------------------------------------------------------------------------------------------


def written(message: str, *arguments: object) -> str:
    """The line that a message makes in the log."""
    record = logging.LogRecord("workshops", logging.WARNING, "x.py", 1, message, arguments, None)
    RequestIdFilter().filter(record)
    return JsonFormatter().format(record)


@pytest.mark.parametrize(
    "text", [NASTY, "\ud800", "\x00\x07\x08", '{"level": "CRITICAL"}\n{"level": "INFO"}', "Ümläut 🙂"]
)
def test_a_message_is_one_line_of_plain_characters_and_says_what_it_said(text):
    line = written("about %s", text)

    assert PLAIN_HEADER.fullmatch(line.replace("\x7f", ""))
    assert json.loads(line)["message"] == f"about {text}"


def test_the_id_of_a_request_is_ours(db, client):
    response = client.get("/accounts/login/", headers={"X-Request-Id": "mine\r\nX-Evil: 1", "X-Correlation-Id": "mine"})

    assert re.fullmatch(r"[0-9a-f]{12}", response["X-Request-ID"])
    assert "mine" not in response.content.decode()


def test_what_a_browser_says_about_itself_reaches_no_log_line(db, caplog):
    client = Client(raise_request_exception=False)
    odd = {
        "User-Agent": NASTY,
        "Referer": "http://[",
        "Host": "evil.example.net\x1b[31m",
        "X-Forwarded-For": "\x1b[31m",
    }
    with caplog.at_level(logging.DEBUG):
        client.get("/nowhere\r\n\x1b[31m", headers=odd)
        client.post("/join/", {"code": NASTY}, headers={"Origin": NASTY})

    lines = [JsonFormatter().format(record) for record in caplog.records if record.name.startswith("django.")]
    assert not [line for line in lines if "Evil" in line or "evil" in line or "[31m" in line or "nowhere" in line]


FORWARDED = [
    "1.2.3.4\r\nX-Evil: 1",
    "999.1.1.1",
    "::g",
    ",,,",
    " ",
    "\x1b[31m",
    "a" * 5_000,
    "unknown",
    "1.2.3.4:80",
    "[::1]:80",
]


@pytest.mark.parametrize("value", FORWARDED)
@pytest.mark.parametrize("trusted", [True, False])
def test_no_forwarded_address_breaks_the_login_or_the_door(db, settings, value, trusted):
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"] if trusted else []
    UserFactory(email="olga@example.org")
    client = Client(headers={"X-Forwarded-For": value, "X-Forwarded-Port": value, "X-Forwarded-Proto": value})

    answers = [
        client.post(reverse("account_login"), {"login": "olga@example.org", "password": "wrong password"}),
        client.get("/w/ZZZZZZ/"),
        client.post(reverse("account_login"), {"login": "olga@example.org", "password": PASSWORD}),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 302]


@pytest.mark.parametrize("referer", ["http://[", "//[::1", "http://testserver/o/\x00/", "\r\nX-Evil: 1", "a" * 10_000])
def test_no_referer_breaks_the_way_to_the_login(db, referer):
    """``urlsplit`` raises for some of what a browser never sends."""
    for headers in ({"HX-Request": "true"}, {"X-Poll": "1"}, {}):
        response = Client().post("/o/regio-bahn/workshops/new/", headers={"Referer": referer, **headers})

        assert response.status_code in (200, 204, 302)
        assert "X-Evil" not in response.headers


@pytest.mark.parametrize("slug", ["%00", "%ff", "a%0d%0ab", "..", "ä", "%ED%A0%80", "a" * 5_000])
def test_a_name_that_no_organisation_can_have_is_not_found(world, slug):
    for method in ("get", "post"):
        assert getattr(client_of(world.people["olga"]), method)(f"/o/{slug}/").status_code == 404
