"""Addresses and rooms for the tests of the moderator's pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.workshops.support import Room, make_room

HTMX = {"HX-Request": "true"}


def url(name: str, code: object = None, org: str = "regio-bahn") -> str:
    """The address of a page of the organisation."""
    arguments: dict[str, Any] = {"org": org} | ({} if code is None else {"code": code})
    return reverse(f"workshops:{name}", kwargs=arguments)


def room_of(
    organisation: Organisation, mara: Membership, *, people: int = 0, state: str = "planned", **kind: Any
) -> Room:
    """A workshop with one block of three stations; everybody in it answers delighting, OK, disappointing."""
    with member_scope(organisation):
        room = make_room(organisation, mara, **kind)
        if state == "planned":
            for number in range(people):
                room.join(f"Person {number}")
            return room
        room.open().answer([[10, 5, 0]] * people)
        return room.reveal() if state == "revealed" else room
