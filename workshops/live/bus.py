"""Hints on the bus: which workshop, which fragments, which version. No names, no text, no HTML.

Every change passes ``announce``: it bumps the workshop's version inside the transaction and publishes on commit. A bus
that is gone costs one attempt every few seconds and nothing else; hubs compare versions with the database meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

import redis
from django.conf import settings
from django.db import connection, transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.statements import prepared_cursor
from workshops.models import Activity, Participant, Workshop

logger = logging.getLogger(__name__)

BOARD = ("board-count", "board-people", "board-stage")
ROOM = ("room-stage", "room-timer")
FRAGMENTS = {"board": BOARD, "room": ROOM}

EVERYTHING = frozenset(BOARD + ROOM)
# Who is in the room changes what the boards show; phones show nothing of it.
PEOPLE = frozenset(BOARD)
# Somebody has given the last answer. A single tap announces nothing.
FINISHED = frozenset({"board-count"})


def next_version(workshop: str, *, also: str = "", only: str = "true") -> str:
    """SQL that counts up the version of the workshop whose id ``workshop`` is SQL for, and returns it.

    For a statement that changes what the room sees and whose caller hands the version to ``publish_version``. ``also``
    sets further columns, ``only`` is a condition.
    """
    bump = f"UPDATE workshops_workshop SET version = version + 1{also}"  # noqa: S608 - words of our own
    return f"{bump} WHERE id = {workshop} AND {only} RETURNING version"


ANNOUNCE = next_version("%(workshop)s")
STAGE = next_version("%(workshop)s", also=", shown_activity_id = %(shown)s")

TIMEOUT = 0.5  # seconds that a request may lose to a bus that does not answer
PAUSE_AFTER_FAILURE = 3.0  # seconds without a new attempt


def announce(workshop: Workshop, fragments: Iterable[str]) -> None:
    """Bump the workshop's version in SQL, and publish on commit that ``fragments`` changed. Needs a transaction."""
    with prepared_cursor() as cursor:
        cursor.execute(ANNOUNCE, {"workshop": workshop.pk})
        publish_version(workshop, cursor.fetchone(), fragments)


def announce_stage(
    workshop: Workshop, shown: Activity | None, *, beside: str = "", values: Mapping[str, Any] | None = None
) -> None:
    """Let the room see the result of ``shown``, or none, and announce that everything has changed; one statement.

    ``beside`` is a WITH clause, ``values`` are its own, for what must be saved in the very same statement.
    """
    workshop.shown_activity = shown
    stage = {"shown": workshop.shown_activity_id, "workshop": workshop.pk}
    with prepared_cursor() as cursor:
        cursor.execute(beside + STAGE, {**(values or {}), **stage})
        publish_version(workshop, cursor.fetchone(), EVERYTHING)


def publish_version(workshop: Workshop, row: tuple[int] | None, fragments: Iterable[str]) -> None:
    """Publish on commit the version in ``row``; None where the workshop is gone, and nobody to tell."""
    if row is not None:
        workshop.version = row[0]
        publish_on_commit({"workshop": workshop.pk, "version": row[0], "fragments": sorted(fragments)})


def end_streams(workshop: Workshop, *, participant: Participant) -> None:
    """End the streams of somebody who has left or was removed."""
    publish_on_commit({"workshop": workshop.pk, "end": identity_of_participant(participant.pk)})


def end_member_streams(user_id: int) -> None:
    """End all streams of a user, after logout or when a membership ends; those still allowed connect again."""
    publish_on_commit({"end": identity_of_user(user_id)})


def refresh_ballot(workshop: Workshop, *, participant: Participant) -> None:
    """Let one person's phone fetch its ballot again."""
    publish_on_commit({"workshop": workshop.pk, "refresh": identity_of_participant(participant.pk)})


def identity_of_user(user_id: int) -> str:
    """How streams name a login."""
    return f"user:{user_id}"


def identity_of_participant(participant_id: int) -> str:
    """How streams name somebody in the room."""
    return f"participant:{participant_id}"


def publish_on_commit(hint: dict[str, Any]) -> None:
    """Publish after the commit, or never. An error there must not look like an error of what was saved."""
    transaction.on_commit(lambda: publish(hint), robust=True)


def channel() -> str:
    """The installation's channel. Publish and subscribe knows no database numbers, so the name tells them apart."""
    database = connection.settings_dict["NAME"]
    parts = f"{settings.SECRET_KEY}\0{database}\0{settings.REDIS_URL}"
    return "live:" + hashlib.sha256(parts.encode()).hexdigest()[:24]


def keepalive(url: str) -> dict[str, bool]:
    """Return the option that notices a dead peer on an idle line; a unix socket has none, and knows at once."""
    return {} if url.startswith("unix:") else {"socket_keepalive": True}


class Publisher:
    """Sends hints, from any thread; after a failure it leaves the bus alone for a moment."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.url = ""
        self.client: redis.Redis | None = None
        self.silent_until = 0.0

    def connected(self) -> redis.Redis:
        """The client for the configured bus; it connects when it is first used and keeps its connections."""
        with self.lock:
            if self.client is None or self.url != settings.REDIS_URL:
                self.url, self.silent_until = settings.REDIS_URL, 0.0
                self.client = redis.Redis.from_url(
                    self.url,
                    socket_connect_timeout=TIMEOUT,
                    socket_timeout=TIMEOUT,
                    retry=Retry(NoBackoff(), 0),
                    **keepalive(self.url),
                )
            return self.client

    def send(self, hint: dict[str, Any]) -> bool:
        """Publish ``hint`` and return whether the bus took it."""
        client = self.connected()
        if time.monotonic() < self.silent_until:
            return False
        try:
            client.publish(channel(), json.dumps(hint, separators=(",", ":")))
        except (redis.RedisError, OSError):
            logger.warning("the bus does not answer; open pages notice changes by themselves")
            self.silent_until = time.monotonic() + PAUSE_AFTER_FAILURE
            return False
        return True


publisher = Publisher()


def publish(hint: dict[str, Any]) -> bool:
    """Publish a hint now; return whether the bus took it."""
    return publisher.send(hint)
