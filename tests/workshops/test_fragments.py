"""Whatever fragment a service changes is announced by a published hint, and a board at rest equals a fresh load."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.utils import timezone, translation

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, MembershipFactory
from tests.workshops.streams import Stream, acting, stream
from tests.workshops.support import Phone, Room, make_room
from workshops import services
from workshops.enums import Mode
from workshops.live.bus import EVERYTHING, channel
from workshops.live.fragments import render_fragment
from workshops.models import Participant, TableEntry
from workshops.queries import room_state
from workshops.tables import TableAnswer

pytestmark = pytest.mark.django_db(transaction=True)

LAST = {"workshop": 0, "version": 0, "fragments": []}
LOOKS = 50  # at least 0.6 s each, until a board has come to rest


@pytest.fixture
def room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara)


@contextmanager
def hints() -> Generator[list[dict]]:
    """Collect what is published meanwhile, from outside."""
    found: list[dict] = []
    with redis.Redis.from_url(settings.REDIS_URL) as bus, bus.pubsub() as subscription:
        subscription.subscribe(channel())
        assert subscription.get_message(timeout=2)["type"] == "subscribe"
        yield found
        # What was published before this comes before it, however slow the machine is.
        bus.publish(channel(), json.dumps(LAST))
        while (hint := json.loads(subscription.get_message(timeout=30)["data"])) != LAST:
            found.append(hint)


def digests(room: Room) -> dict[str, str]:
    """Every fragment in both languages."""
    state = room_state(room.workshop)
    found = {}
    for language in ("de", "en"):
        with translation.override(language):
            found |= {f"{language}:{name}": render_fragment(state, name).digest for name in EVERYTHING}
    return found


def running(room: Room) -> Phone:
    room.open()
    phone = room.join("Anna")
    for station in room.stations[:-1]:
        phone.rate(station, 10)
    return phone


def revealed(room: Room) -> None:
    room.open()
    room.answer([[0, 5, 10]] * 3)
    room.reveal()


def ahead(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def opened_in_advance(room: Room) -> None:
    services.open_in_advance(activity=room.activity, until=ahead(1), by=room.mara)


def second(room: Room) -> Membership:
    return MembershipFactory(organisation=room.mara.organisation, role="moderator")


def enter_table(room: Room) -> TableEntry:
    answers = {station.pk: TableAnswer(fine=4) for station in room.stations}
    return services.create_table(
        activity=room.activity, name="Fenster", heads=4, department=None, answers=answers, code=uuid4(), by=room.mara
    )


STEPS: dict[str, tuple[Callable[[Room], object], Callable[[Room, object], object]]] = {
    "join": (lambda room: None, lambda room, _: room.join("Anna")),
    "join while running": (lambda room: room.open(), lambda room, _: room.join("Anna")),
    "join while a result is shown": (revealed, lambda room, _: room.join("Anna")),
    "join with a department": (
        lambda room: DepartmentFactory(organisation=room.mara.organisation, name="Vertrieb"),
        lambda room, found: room.join("Anna", token="t", department=found),
    ),
    "leave": (lambda room: room.join(), lambda room, phone: services.leave_workshop(participant=phone.participant)),
    "remove": (running, lambda room, phone: services.remove_participant(participant=phone.participant, by=room.mara)),
    "erase a name": (running, lambda room, phone: services.erase_guest(participant=phone.participant, by=room.mara)),
    "does not rate": (
        running,
        lambda room, phone: services.set_does_not_rate(participant=phone.participant, value=True, by=room.mara),
    ),
    "plan": (
        lambda room: None,
        lambda room, _: services.plan_activity(
            workshop=room.workshop,
            title="Zweiter Block",
            stations=room.path,
            is_named=True,
            asks_reason=False,
            minutes=5,
            by=room.mara,
        ),
    ),
    "change a block": (
        lambda room: None,
        lambda room, _: services.update_activity(
            activity=room.activity,
            title="Anders",
            stations=room.path[:1],
            is_named=True,
            asks_reason=False,
            minutes=5,
            by=room.mara,
            mode=Mode.FULL,
            version=1,
        ),
    ),
    "remove a block": (
        lambda room: None,
        lambda room, _: services.remove_activity(activity=room.activity, by=room.mara),
    ),
    "rename": (
        lambda room: None,
        lambda room, _: services.update_workshop(
            workshop=room.workshop, title="Neu", planned_for=None, version=1, by=room.mara
        ),
    ),
    "open": (lambda room: None, lambda room, _: room.open()),
    "a tap": (lambda room: (room.open(), room.join())[1], lambda room, phone: phone.rate(room.stations[0], 5)),
    "the last answer": (running, lambda room, phone: phone.rate(room.stations[-1], 5)),
    "a change after the last answer": (
        lambda room: (room.open(), room.answer([[0, 5, 10]]))[1][0],
        lambda room, phone: phone.rate(room.stations[-1], 5),
    ),
    "enter a table": (lambda room: room.open(), lambda room, _: enter_table(room)),
    "change a table": (
        lambda room: (room.open(), enter_table(room))[1],
        lambda room, table: services.update_table(
            table=table, name="Tür", heads=2, department=None, answers={}, version=1, by=room.mara
        ),
    ),
    "remove a table": (
        lambda room: (room.open(), enter_table(room))[1],
        lambda room, table: services.remove_table(table=table, by=room.mara),
    ),
    "pause": (running, lambda room, _: services.pause_activity(activity=room.activity, by=room.mara)),
    "resume": (
        lambda room: (running(room), services.pause_activity(activity=room.activity, by=room.mara)),
        lambda room, _: services.resume_activity(activity=room.activity, by=room.mara),
    ),
    "extend": (running, lambda room, _: services.extend_activity(activity=room.activity, by=room.mara)),
    "reveal": (running, lambda room, _: room.reveal()),
    "another round": (revealed, lambda room, _: services.start_round(activity=room.activity, by=room.mara)),
    "hide": (revealed, lambda room, _: services.hide_result(workshop=room.workshop, by=room.mara)),
    "show": (
        lambda room: (revealed(room), services.hide_result(workshop=room.workshop, by=room.mara)),
        lambda room, _: services.show_result(activity=room.activity, by=room.mara),
    ),
    "begin to steer": (
        lambda room: None,
        lambda room, _: services.begin_steering(workshop=room.workshop, by=room.mara),
    ),
    "take over": (
        lambda room: (room.open(), second(room))[1],
        lambda room, other: services.take_over(workshop=room.workshop, by=other),
    ),
    "open in advance": (
        lambda room: None,
        lambda room, _: services.open_in_advance(activity=room.activity, until=ahead(2), by=room.mara),
    ),
    "the first answer in advance": (
        lambda room: (opened_in_advance(room), room.join("Anna"))[1],
        lambda room, phone: phone.rate(room.stations[0], 5),
    ),
    "change the deadline": (
        lambda room: opened_in_advance(room),
        lambda room, _: services.change_deadline(activity=room.activity, until=ahead(3), by=room.mara),
    ),
    "end the answers": (
        lambda room: opened_in_advance(room),
        lambda room, _: services.end_answers(activity=room.activity, by=room.mara),
    ),
    "close": (revealed, lambda room, _: services.close_workshop(workshop=room.workshop, by=room.mara)),
    "freeze": (revealed, lambda room, _: services.freeze_ist(workshop=room.workshop, by=room.mara)),
}


@pytest.mark.parametrize("step", STEPS)
def test_whatever_changed_is_announced(step: str, room: Room):
    prepare, act = STEPS[step]
    found = prepare(room)
    before = digests(room)
    version = room_state(room.workshop).version

    with hints() as published:
        act(room, found)

    after = digests(room)
    changed = {name.split(":")[1] for name in before if before[name] != after[name]}
    announced = {name for hint in published for name in hint.get("fragments", ())}
    assert changed <= announced
    # The hints' versions are the workshop's, without a gap.
    versions = sorted(hint["version"] for hint in published if "version" in hint)
    assert versions == list(range(version + 1, room_state(room.workshop).version + 1))


def test_hints_hold_no_text(room: Room):
    with hints() as published:
        room.open()
        room.join("Geheimname")

    known = {"workshop", "version", "fragments"}
    assert [set(hint) for hint in published] == [known] * len(published)
    assert "Geheimname" not in json.dumps(published)


def test_a_tap_publishes_nothing(room: Room):
    room.open()
    phone = room.join()
    stations = room.stations
    with hints() as published:
        phone.rate(stations[0], 5)
        phone.rate(stations[0], 10, reason="weil")
    assert published == []


def test_a_rolled_back_change_publishes_nothing(room: Room):
    with hints() as published, pytest.raises(services.ActionRefused):
        services.pause_activity(activity=room.activity, by=room.mara)
    assert published == []


async def test_every_board_at_rest_equals_a_fresh_load(room: Room, organisation: Organisation):
    act = acting(organisation)
    async with stream(room.workshop, "board") as board, stream(room.workshop, "room") as phone:
        shown: dict[str, str] = {}
        await act(running, room)
        await act(room.answer, [[0, 5, 10], [10, 10, None]])
        await act(services.pause_activity, activity=room.activity, by=room.mara)
        await act(services.resume_activity, activity=room.activity, by=room.mara)
        await act(room.reveal)

        def fresh() -> dict[str, str]:
            state = room_state(room.workshop)
            with translation.override("de"):
                return {name: render_fragment(state, name).html for name in EVERYTHING}

        expected = {name: squeeze(html) for name, html in (await act(fresh)).items()}
        for _look in range(LOOKS):
            for opened in (board, phone):
                shown |= await arrived(opened)
            if shown == expected:
                break
    assert shown == expected


async def arrived(opened: Stream) -> dict[str, str]:
    """What a stream brings until it is quiet for a moment."""
    found = {}
    while True:
        try:
            event = await opened.event(0.3)
        except TimeoutError:
            return found
        found[event.name] = squeeze(event.data)


def squeeze(html: str) -> str:
    return "\n".join(line for line in html.splitlines() if line.strip())


def test_room_fragments_tell_nothing_before_reveal(room: Room):
    room.open()
    empty = digests(room)
    phones = room.answer([[0, 0, 0], [0, 0, 0], [0, 0, 0]])
    full = digests(room)
    # Who answers what never shows; that somebody joined or finished shows on the boards only.
    same = {"de:room-stage", "de:room-timer", "en:room-stage", "en:room-timer"}
    assert {name: full[name] for name in same} == {name: empty[name] for name in same}
    before = digests(room)
    for phone in phones:
        for station in room.stations:
            phone.rate(station, 10, reason="ganz anders")
    assert digests(room) == before


def test_a_fragment_carries_its_digest_once(room: Room):
    room.join(str(uuid4()))
    assert Participant.objects.count() == 1
    for name in EVERYTHING:
        fragment = render_fragment(room_state(room.workshop), name)
        assert fragment.html.count(f'data-digest="{fragment.digest}"') == 1
        assert f'id="{name}"' in fragment.html
        assert fragment.out_of_band.count('hx-swap-oob="true"') == 1
