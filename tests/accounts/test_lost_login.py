"""A login that has ended: pages, fragments, forms, polls and streams each lead back to the page that was open."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import Membership

pytestmark = pytest.mark.django_db

CONSOLE = "/o/regio-bahn/workshops/0190b0a0-0000-7000-8000-000000000000/console/"
STREAM = CONSOLE.replace("console", "stream")
POLL = CONSOLE.replace("console", "poll")
FROM_CONSOLE = {"referer": f"http://testserver{CONSOLE}?a=1"}


def asked(address: str) -> tuple[str, dict[str, list[str]]]:
    """The path of an address, and what it is asked."""
    return urlsplit(address).path, parse_qs(urlsplit(address).query)


@pytest.fixture
def lost_client(mara_client: Client) -> Client:
    """A browser that still sends the cookie of a login that is gone."""
    Session.objects.all().delete()
    return mara_client


def test_page_leads_to_the_login_and_back_and_says_that_one_has_ended(lost_client: Client) -> None:
    response = lost_client.get(f"{CONSOLE}?a=1")

    assert response.status_code == 302
    assert asked(response["Location"]) == ("/accounts/login/", {"next": [f"{CONSOLE}?a=1"], "ended": ["1"]})
    page = lost_client.get(response["Location"], headers={"accept-language": "de"}).content.decode()
    assert page.count("Ihre Anmeldung ist beendet.") == 1
    assert f'name="next" value="{CONSOLE}?a=1"' in page


def test_somebody_who_never_was_logged_in_reads_nothing_of_an_end(client: Client) -> None:
    response = client.get(CONSOLE)

    assert asked(response["Location"]) == ("/accounts/login/", {"next": [CONSOLE]})
    assert "Ihre Anmeldung ist beendet." not in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("cookie", [True, False])
def test_stream_ends_without_a_page(mara_client: Client, cookie: bool) -> None:
    Session.objects.all().delete()
    client = mara_client if cookie else Client()

    response = client.get(STREAM, headers={"accept": "text/event-stream"})

    assert (response.status_code, response.content) == (204, b"")
    assert "Location" not in response.headers


def test_poll_names_the_login_and_the_page_around_it(client: Client) -> None:
    """After a logout elsewhere no cookie is left, so that only the poll tells that a page was open."""
    response = client.get(POLL, headers={"X-Poll": "1", **FROM_CONSOLE})

    assert (response.status_code, response.content) == (204, b"")
    assert asked(response["X-Gone"]) == ("/accounts/login/", {"next": [f"{CONSOLE}?a=1"], "ended": ["1"]})


def test_fragment_without_a_cookie_says_that_a_login_has_ended(client: Client) -> None:
    fragment = client.get(f"{CONSOLE}parts/", headers={"HX-Request": "true", **FROM_CONSOLE})

    assert asked(fragment["HX-Redirect"]) == ("/accounts/login/", {"next": [f"{CONSOLE}?a=1"], "ended": ["1"]})


def test_fragment_and_sent_form_lead_back_to_the_page_around_them(lost_client: Client) -> None:
    fragment = lost_client.get(f"{CONSOLE}parts/", headers={"HX-Request": "true", **FROM_CONSOLE})
    form = lost_client.post(f"{CONSOLE}take/", headers=FROM_CONSOLE)

    expected = ("/accounts/login/", {"next": [f"{CONSOLE}?a=1"], "ended": ["1"]})
    assert asked(fragment["HX-Redirect"]) == expected
    assert asked(form["Location"]) == expected


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "http://elsewhere.example/o/regio-bahn/",
        "http://testserver//elsewhere.example/",
        "http://testserver/accounts/email/",
        "javascript:alert(1)",
    ],
)
def test_any_other_origin_leads_to_the_organisations_start(lost_client: Client, referer: str) -> None:
    response = lost_client.post(f"{CONSOLE}take/", headers={"referer": referer})

    assert asked(response["Location"])[1]["next"] == ["/o/regio-bahn/"]


def test_member_keeps_stream_and_poll_addresses(mara: Membership, mara_client: Client) -> None:
    """The door is open for a login that is still there; the view answers that there is no such workshop."""
    for path, headers in ((STREAM, {"accept": "text/event-stream"}), (POLL, {"X-Poll": "1"})):
        assert mara_client.get(path, headers=headers).status_code == 404
