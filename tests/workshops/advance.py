"""Blocks that are open in advance, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.workshops.pages import room_of
from tests.workshops.support import Room
from workshops import services
from workshops.models import Activity


def in_advance(organisation: Organisation, mara: Membership, *, hours: float = 24, **kind: Any) -> Room:
    """A room whose block of three stations is open for so many hours."""
    room = room_of(organisation, mara, **kind)
    with member_scope(organisation):
        until = timezone.now() + timedelta(hours=hours)
        services.open_in_advance(activity=room.activity, until=until, by=mara)
    return refreshed(room)


def refreshed(room: Room) -> Room:
    room.activity = Activity._base_manager.select_related("workshop__organisation").get(pk=room.activity.pk)
    return room


def pass_deadline(room: Room) -> Room:
    """Let the deadline lie a second behind us, without anybody having noticed."""
    past = timezone.now() - timedelta(seconds=1)
    Activity._base_manager.filter(pk=room.activity.pk).update(answers_until=past)
    return refreshed(room)
