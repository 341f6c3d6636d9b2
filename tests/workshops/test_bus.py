"""The bus may vanish; a poll is a stream for browsers without one."""

from __future__ import annotations

import socket
import time
from collections.abc import Generator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import AsyncRequestFactory, RequestFactory

from accounts.models import Membership, Organisation
from tests.workshops.support import Room, make_room
from workshops.live import announce, poll_response, stream_response
from workshops.live.bus import PAUSE_AFTER_FAILURE, TIMEOUT, Publisher, channel
from workshops.live.hub import Room as KnownRoom
from workshops.live.streams import identities_of
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    return make_room(in_scope, mara)


@pytest.fixture
def deaf_bus() -> Generator[str]:
    """A bus that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_bus_that_does_not_answer_costs_one_short_wait(settings, deaf_bus):
    settings.REDIS_URL = deaf_bus
    publisher = Publisher()
    began = time.monotonic()
    assert [publisher.send({"workshop": 1}) for _number in range(50)] == [False] * 50
    # Fifty waits would take 25 s.
    assert TIMEOUT * 0.9 <= time.monotonic() - began < TIMEOUT * 25


def test_after_its_return_hints_flow_again(settings):
    good, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    publisher = Publisher()
    before = time.monotonic()
    assert publisher.send({"workshop": 1}) is False
    assert before <= publisher.silent_until - PAUSE_AFTER_FAILURE <= time.monotonic()
    settings.REDIS_URL = good
    assert publisher.send({"workshop": 1}) is True


def test_services_work_without_a_bus(settings, room):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    room.open().answer([[0, 5, 10]])
    assert room.reveal().activity.raters == 1


def test_installations_on_one_bus_do_not_hear_each_other(settings):
    mine = channel()
    settings.SECRET_KEY = "another installation"
    assert channel() != mine


def test_a_removed_workshop_announces_nothing(room, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        announce(Workshop(pk=0), ["board-count"])
    assert callbacks == []


# --- what a hub makes of hints --------------------------------------------------------------------------------------


def test_hints_in_another_order_are_not_lost_ones():
    known = KnownRoom(1)
    known.note(5, ["board-count"])
    known.note(7, ["board-count"])
    assert known.missing == {6}
    known.note(6, ["board-people"])
    assert (known.missing, known.version, known.changed) == (set(), 7, {"board-count", "board-people"})
    assert known.compare(7) is False
    assert known.compare(8) is True
    known.note(10, [])
    assert known.compare(10) is True
    assert known.missing == set()


# --- polls ----------------------------------------------------------------------------------------------------------


def poll(room: Room, version: object, audience: str = "board"):
    return poll_response(RequestFactory().get("/poll/", {"version": version}), room.workshop, audience, "de")


def test_a_poll_gets_204_until_something_changes(room):
    version = Workshop.objects.get().version
    quiet = poll(room, version)
    assert (quiet.status_code, quiet.content, quiet["X-Version"]) == (204, b"", str(version))
    room.open()
    news = poll(room, version)
    current = Workshop.objects.get().version
    assert (news.status_code, news["X-Version"], news["Cache-Control"]) == (200, str(current), "no-store")
    html = news.content.decode()
    assert [html.count(f'id="board-{name}"') for name in ("count", "people", "stage")] == [1, 1, 1]
    assert html.count('hx-swap-oob="true"') == 3
    assert poll(room, current).status_code == 204


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_a_poll_with_any_other_version_gets_everything(room, version):
    html = poll(room, version, "room").content.decode()
    assert [html.count(f'id="room-{name}"') for name in ("stage", "timer")] == [1, 1]


def test_a_poll_of_a_removed_workshop_is_empty(room):
    workshop = Workshop(pk=0)
    response = poll_response(RequestFactory().get("/poll/"), workshop, "room", "de")
    assert (response.status_code, response.content) == (200, b"")


# --- what is no stream ----------------------------------------------------------------------------------------------


def test_a_wsgi_server_and_a_head_request_get_no_stream(room):
    plain = RequestFactory().get("/stream/")
    head = AsyncRequestFactory().head("/stream/")
    for request in (plain, head):
        assert stream_response(request, room.workshop, "room", "de").status_code == 204


def test_a_stream_may_not_be_stored_or_held_back(room):
    request = AsyncRequestFactory().get("/stream/")
    request.user = AnonymousUser()
    response = stream_response(request, room.workshop, "room", "de")
    assert response["Content-Type"] == "text/event-stream"
    assert (response["Cache-Control"], response["X-Accel-Buffering"]) == ("no-store", "no")
    assert identities_of(request) == frozenset()
