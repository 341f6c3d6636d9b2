"""Without https nobody outside the own network is served, on no way: page, post, room, poll, stream."""

import re

import pytest
from django.test import Client

from config.own_network import is_own_address
from tests.workshops.pages import room_of

PUBLIC = "203.0.113.9"
WORDS = {"de": "Diese Installation ist nicht verschlüsselt", "en": "This installation is not encrypted"}


@pytest.fixture
def plain(settings):
    """An installation without https."""
    settings.IS_HTTPS = False
    settings.PUBLIC_URL = "http://192.168.1.20:8000"
    return settings


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", True),
        ("172.16.0.1", True),
        ("172.31.255.255", True),
        ("172.32.0.1", False),
        ("192.168.1.7", True),
        ("192.169.0.1", False),
        ("169.254.3.4", True),
        ("100.63.255.255", False),
        ("100.64.0.1", True),
        ("100.127.255.254", True),
        ("100.128.0.1", False),
        ("fe80::1", True),
        ("fe80::1%eth0", True),
        ("fd7a:115c:a1e0::1", True),
        ("2001:4860:4860::8888", False),
        ("::ffff:192.168.1.7", True),
        ("::ffff:8.8.8.8", False),
        ("8.8.8.8", False),
        (PUBLIC, False),
        ("2001:db8::1", False),
        ("224.0.0.1", False),
        ("", False),
        ("unknown", False),
        ("192.168.1.7:5000", False),
    ],
)
def test_own_network(address, own):
    assert is_own_address(address) is own


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.7", "::ffff:10.1.2.3", "fe80::7", "100.100.1.1", ""])
def test_own_network_is_served(db, plain, address):
    answer = Client(REMOTE_ADDR=address).get("/accounts/login/")

    assert answer.status_code == 200
    assert answer.templates[0].name == "account/login.html"


@pytest.mark.parametrize("address", [PUBLIC, "2001:4860::1", "::ffff:8.8.8.8", "no address"])
@pytest.mark.parametrize(("language", "other"), [("de", "en"), ("en", "de")])
def test_others_read_in_both_languages_why_not(plain, address, language, other):
    client = Client(REMOTE_ADDR=address, headers={"accept-language": language})

    # Without the mark django_db any query would fail here, too.
    answer = client.get("/accounts/login/")

    page = answer.content.decode()
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert 0 < page.index(WORDS[language]) < page.index(WORDS[other])
    assert re.findall(r'lang="(\w+)"', page) == [language, other]
    assert ("PUBLIC_URL" in page, "<form" in page) == (True, False)
    assert set(answer.cookies) == set()


def test_no_way_in_is_left_open(plain, mara_client, organisation, mara):
    """Every kind of address, also with a login that is good within the network."""
    room = room_of(organisation, mara)
    workshop = room.workshop
    inside = f"/o/{organisation.slug}/workshops/{workshop.code}/"
    ways = ["/", inside, f"{inside}console/", f"{inside}stream/", f"{inside}poll/", f"/{workshop.join_code}"]
    ways += [f"/w/{workshop.join_code}/", f"/w/{workshop.join_code}/stream/", "/nowhere/", "/i18n/setlang/"]
    mara_client.defaults["REMOTE_ADDR"] = PUBLIC

    answers = {way: (mara_client.get(way).status_code, mara_client.post(way).status_code) for way in ways}

    assert answers == dict.fromkeys(ways, (403, 403))
    assert WORDS["de"] in mara_client.get(inside).content.decode()


def test_over_https_everybody_is_served(db, settings):
    settings.IS_HTTPS = True

    assert Client(REMOTE_ADDR=PUBLIC).get("/accounts/login/").status_code == 200


def test_whether_the_server_lives_may_be_asked_from_anywhere(db, plain):
    answer = Client(REMOTE_ADDR=PUBLIC).get("/healthz")

    assert (answer.status_code, answer.json()["database"]) == (503, "ok")  # no worker runs here
    assert Client(REMOTE_ADDR=PUBLIC).get("/healthz/").status_code == 403


@pytest.mark.parametrize(
    ("trusted", "sender", "forwarded", "status"),
    [
        (["10.0.0.0/8"], "10.0.0.2", PUBLIC, 403),
        (["10.0.0.0/8"], "10.0.0.2", "192.168.1.7", 200),
        (["10.0.0.0/8"], "10.0.0.2", f"192.168.1.7, {PUBLIC}", 403),  # what stands first, anybody can write
        (["10.0.0.0/8"], "10.0.0.2", f"{PUBLIC}, 192.168.1.7", 200),
        ([], PUBLIC, "192.168.1.7", 403),  # nobody is believed
        ([], "10.0.0.2", PUBLIC, 200),
        (["203.0.113.0/24"], PUBLIC, "192.168.1.7", 200),
        (["203.0.113.0/24"], PUBLIC, "", 403),
    ],
)
def test_the_client_is_who_the_trusted_proxies_say(db, plain, trusted, sender, forwarded, status):
    plain.TRUSTED_PROXIES = trusted
    client = Client(REMOTE_ADDR=sender, headers={"X-Forwarded-For": forwarded})

    assert client.get("/accounts/login/").status_code == status
