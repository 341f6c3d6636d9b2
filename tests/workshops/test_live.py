"""The hub and its streams, against the real bus and the real database."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Generator

import pytest
import redis
from asgiref.sync import sync_to_async
from django.conf import LazySettings, settings
from django.db import connection
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.workshops.streams import acting, stream
from tests.workshops.support import Room, make_room
from workshops import services
from workshops.live.bus import BOARD, ROOM, publisher
from workshops.live.fragments import render_fragments
from workshops.live.hub import hub

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(settings: LazySettings) -> None:
    settings.LIVE_HEARTBEAT_SECONDS = settings.LIVE_COMPARE_SECONDS = 0.3


@pytest.fixture
def room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara)


async def test_a_new_stream_gets_every_fragment_of_its_audience(room, organisation):
    async with stream(room.workshop, "board") as board, stream(room.workshop, "room") as phone:
        assert set(await board.events(*BOARD)) == set(BOARD)
        assert set(await phone.events(*ROOM)) == set(ROOM)


async def test_a_change_reaches_every_stream_at_once(room, organisation):
    act = acting(organisation)
    async with stream(room.workshop, "board") as board, stream(room.workshop, "room") as phone:
        await board.events(*BOARD)
        await phone.events(*ROOM)
        await act(room.open)
        assert room.activity.title in (await board.until("board-stage", room.activity.title)).data
        assert (await phone.until("room-timer", "data-ends-at")).name == "room-timer"


async def test_the_event_carries_the_version(room, organisation):
    act = acting(organisation)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        await act(room.open)
        event = await board.until("board-stage", room.activity.title)
    await act(room.workshop.refresh_from_db)
    assert event.id == str(room.workshop.version)


async def test_a_tap_is_silent_and_the_last_answer_moves_only_the_count(room, organisation):
    act = acting(organisation)
    await act(room.open)
    phone = await act(room.join)
    stations = await act(lambda: room.stations)
    async with stream(room.workshop, "board") as board, stream(room.workshop, "room") as other:
        await board.events(*BOARD)
        await other.events(*ROOM)
        # Hints from before the streams may still be on their way. They come in order, so that of a joining is the last.
        await act(room.join)
        with translation.override("de"):
            words = gettext("In the room · %(count)s") % {"count": 2}
        await board.until("board-people", words)
        board.buffer.clear()
        other.buffer.clear()
        await act(phone.rate, stations[0], 5)
        await act(phone.rate, stations[1], 5)
        assert await board.silence(1)
        await act(phone.rate, stations[2], 5)
        assert (await board.event()).name == "board-count"
        assert await board.silence(1)
        assert await other.silence(0.5)


async def test_removal_ends_the_streams_of_that_person_only(room, organisation, mara):
    act = acting(organisation)
    gone, stays = await act(room.join), await act(room.join)
    async with (
        stream(room.workshop, "room", participant=gone.participant) as one,
        stream(room.workshop, "room", participant=stays.participant) as other,
    ):
        await one.events(*ROOM)
        await other.events(*ROOM)
        await act(services.remove_participant, participant=gone.participant, by=mara)
        assert await one.ended()
        assert await other.silence(0.5)


async def test_logout_ends_the_streams_of_that_login(room, organisation, mara, mara_client):
    async with stream(room.workshop, "board", user=mara.user) as board:
        await board.events(*BOARD)
        await sync_to_async(mara_client.logout)()
        assert await board.ended()


def test_logout_of_nobody_ends_no_stream(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as hints:
        Client().logout()

    assert hints == []


async def test_a_lost_membership_ends_its_streams(room, organisation, mara):
    act = acting(organisation)
    async with stream(room.workshop, "board", user=mara.user) as board:
        await board.events(*BOARD)
        await act(mara.delete)
        assert await board.ended()


async def test_a_changed_role_ends_its_streams(room, organisation, mara):
    act = acting(organisation)
    async with stream(room.workshop, "board", user=mara.user) as board:
        await board.events(*BOARD)
        await act(mara.save)
        assert await board.ended()


async def test_sitting_out_refreshes_only_the_persons_own_ballot(room, organisation, mara):
    act = acting(organisation)
    phone = await act(room.join)
    async with (
        stream(room.workshop, "room", participant=phone.participant) as own,
        stream(room.workshop, "room") as other,
    ):
        await own.events(*ROOM)
        await other.events(*ROOM)
        await act(services.set_does_not_rate, participant=phone.participant, value=True, by=mara)
        assert (await own.event()).name == "room-ballot"
        assert await other.silence(0.5)


async def test_heartbeats_come_from_the_hub(room):
    async with stream(room.workshop, "room") as phone:
        await phone.events(*ROOM)
        while await phone.chunk() != b": ping\n\n":
            pass


async def test_a_stream_ends_after_its_time(room, settings):
    settings.LIVE_STREAM_SECONDS = 0.5
    async with stream(room.workshop, "room") as phone:
        assert await phone.ended()


async def test_silence_and_then_a_change(room, organisation, settings, caplog):
    # redis-py drops a subscription after five silent seconds unless told otherwise.
    settings.LIVE_HEARTBEAT_SECONDS = settings.LIVE_COMPARE_SECONDS = 30
    act = acting(organisation)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        assert await board.silence(6.5)
        await act(room.open)
        assert await board.until("board-stage", room.activity.title)
    assert "the bus is gone" not in caplog.text


async def test_a_lost_hint_is_found_by_comparing_versions(room, organisation):
    act = acting(organisation)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        publisher.silent_until = math.inf
        try:
            await act(room.open)
        finally:
            publisher.silent_until = 0
        assert await board.until("board-stage", room.activity.title)


async def test_without_a_bus_pages_still_follow(room, organisation, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    act = acting(organisation)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        await act(room.open)
        assert await board.until("board-stage", room.activity.title)


async def test_the_bus_returns(room, organisation, settings):
    good, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    act = acting(organisation)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        settings.REDIS_URL = good
        async with asyncio.timeout(30):
            while not hub().bus_is_up:
                await asyncio.sleep(0.1)
        await act(room.open)
        assert await board.until("board-stage", room.activity.title)


async def test_a_bus_that_breaks_off_is_noticed_and_found_again(room, organisation, caplog):
    act = acting(organisation)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        await until(lambda: hub().bus_is_up)
        await sync_to_async(cut_subscriptions)()
        await until(lambda: not hub().bus_is_up)
        await until(lambda: hub().bus_is_up)
        await act(room.open)
        assert await board.until("board-stage", room.activity.title)

    said = [record.message for record in caplog.records if record.name == "workshops.live.hub"]
    assert said == ["the bus is gone; rooms are compared with the database meanwhile"]


def cut_subscriptions() -> None:
    """Let the bus end all subscriptions of this test process, whose database number is its own (tests/bus.py)."""
    with redis.Redis.from_url(settings.REDIS_URL) as bus:
        number = str(bus.connection_pool.connection_kwargs.get("db") or 0)
        for client in bus.client_list(_type="pubsub"):
            if client["db"] == number:
                bus.client_kill_filter(_id=client["id"])


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds in the event loop."""
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_database_that_cannot_answer_is_asked_again(room, organisation, caplog):
    act = acting(organisation)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        await act(rename, "workshops_workshop", "elsewhere")
        try:
            await until(lambda: "versions could not be compared" in caplog.messages)
        finally:
            await act(rename, "elsewhere", "workshops_workshop")
        await act(room.open)
        assert await board.until("board-stage", room.activity.title)


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


async def test_changes_of_a_room_that_nobody_watches_are_passed_over(room, organisation, mara):
    act = acting(organisation)
    other = await act(make_room, organisation, mara)
    async with stream(room.workshop, "board") as board:
        await board.events(*BOARD)
        await act(other.open)
        assert await board.silence(1)
        await act(room.open)
        assert await board.until("board-stage", room.activity.title)


async def test_a_slow_page_is_told_to_fetch_everything(room):
    async with stream(room.workshop, "room") as phone:
        await phone.events(*ROOM)
        (client,) = hub().rooms[room.workshop.pk].clients
        for _number in range(40):
            client.write(b": ping\n\n")
        assert (await phone.event()).name == "reload"


async def test_an_ended_stream_takes_nothing_more(room):
    async with stream(room.workshop, "room") as phone:
        await phone.events(*ROOM)
        (client,) = hub().rooms[room.workshop.pk].clients
        client.end()
        for _number in range(40):
            client.write(b": ping\n\n")
        assert await phone.ended()


async def test_three_hundred_phones_cost_few_renderings(room, organisation, monkeypatch):
    act = acting(organisation)
    rendered = []
    monkeypatch.setattr(
        "workshops.live.hub.render_fragments", lambda *given: rendered.append(given) or render_fragments(*given)
    )
    streams = [stream(room.workshop, "room") for _number in range(300)]
    phones = await asyncio.gather(*(one.__aenter__() for one in streams))
    await asyncio.gather(*(phone.events(*ROOM) for phone in phones))
    assert len(rendered) <= 3
    rendered.clear()
    await act(room.open)
    await asyncio.gather(*(phone.events("room-timer") for phone in phones))
    assert len(rendered) <= 3
    for one in streams:
        await one.__aexit__(None, None, None)
    assert hub().rooms == {}
    assert hub().tasks == []


async def test_nothing_stays_behind_when_the_last_stream_closes(room):
    before = asyncio.all_tasks()
    async with stream(room.workshop, "room") as phone:
        await phone.events(*ROOM)
    async with asyncio.timeout(30):
        while asyncio.all_tasks() != before:
            await asyncio.sleep(0.05)


async def test_no_database_connection_is_kept(room, organisation):
    async with stream(room.workshop, "room") as phone, stream(room.workshop, "board") as board:
        await phone.events(*ROOM)
        await board.events(*BOARD)

        def held() -> int:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND state LIKE 'idle in transaction%'"
                )
                return cursor.fetchone()[0]

        assert await acting(organisation)(held) == 0


async def test_a_rendering_that_fails_is_tried_again(room, organisation, monkeypatch):
    failures = iter([RuntimeError("the database is away"), None])

    def sometimes(*given):
        if (problem := next(failures, None)) is not None:
            raise problem
        return render_fragments(*given)

    monkeypatch.setattr("workshops.live.hub.render_fragments", sometimes)
    async with stream(room.workshop, "room") as phone:
        assert set(await phone.events(*ROOM, timeout=10)) == set(ROOM)


async def test_languages_are_rendered_apart(room, organisation, mara):
    act = acting(organisation)
    async with stream(room.workshop, "board", "de") as german, stream(room.workshop, "board", "en") as english:
        await german.events(*BOARD)
        await english.events(*BOARD)
        await act(room.open)
        await act(room.join)
        for language, opened in (("de", german), ("en", english)):
            with translation.override(language):
                words = gettext("In the room · %(count)s") % {"count": 1}
            assert await opened.until("board-people", words)


async def test_a_language_that_nobody_read_meanwhile_is_not_stale(room, organisation):
    act = acting(organisation)
    async with stream(room.workshop, "board", "de") as german:
        await german.events(*BOARD)
        async with stream(room.workshop, "board", "en") as english:
            await english.events(*BOARD)
        await act(room.open)
        await german.until("board-stage", room.activity.title)
        async with stream(room.workshop, "board", "en") as again:
            assert room.activity.title in (await again.events(*BOARD))["board-stage"].data


async def test_a_removed_workshop_ends_its_streams(room, organisation):
    act = acting(organisation)
    async with stream(room.workshop, "room") as phone:
        await phone.events(*ROOM)
        await act(room.workshop.delete)
        assert await phone.ended()
