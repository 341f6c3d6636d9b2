"""The five live fragments: rendered once per language from one reading of the room, without anything personal."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from accounts.readings import Reading
from accounts.tenancy import member_scope
from workshops.live.bus import FINISHED
from workshops.models import Workshop
from workshops.queries.counts import RoomCounts, read_counts
from workshops.queries.room import WITH_WORKSHOP, read_room

BY_ID = Reading(Workshop, *WITH_WORKSHOP, where="workshops_workshop.id = %(id)s")
# Stands in the template until the digest of everything around it is known.
PLACEHOLDER = "digest-of-this-fragment"

# Fragments with a personal part behind them, and the key of the room that changes with it.
KEYS_BEHIND = {"board-stage": "console_key", "board-people": "people_key"}


@dataclass(frozen=True)
class Fragment:
    """One fragment in one language. Equal digests mean equal fragments; the page ignores one that it has already."""

    name: str
    html: str
    digest: str

    def event(self, version: int) -> bytes:
        """The fragment as a server-sent event, with the room's version as its id."""
        data = "\n".join(f"data: {line}" for line in self.html.splitlines() if line.strip())
        return f"id: {version}\nevent: {self.name}\n{data}\n\n".encode()

    @property
    def out_of_band(self) -> str:
        """The fragment as part of an answer that places it by its id."""
        return self.html.replace("data-digest=", 'hx-swap-oob="true" data-digest=', 1)


@dataclass(frozen=True)
class Rendered:
    """What one reading of a room gave, per language and name of the fragment."""

    version: int
    fragments: Mapping[tuple[str, str], Fragment]


def render_fragment(room: RoomCounts, name: str) -> Fragment:
    """Render one fragment in the active language; all but the count need the whole RoomState.

    Console and people's names are personal parts that a page fetches when its fragment changes; the keys that stand
    for them go into the digest, so that a change there reaches the page even if the fragment reads the same.
    """
    context = {"room": room, "digest": PLACEHOLDER}
    html = render_to_string(f"workshops/_{name.replace('-', '_')}.html", context).strip()
    behind = getattr(room, KEYS_BEHIND[name]) if name in KEYS_BEHIND else ""
    digest = hashlib.sha256(f"{behind}\0{html}".encode()).hexdigest()[:16]
    return Fragment(name, html.replace(PLACEHOLDER, digest), digest)


def fragment_html(room: RoomCounts, name: str) -> SafeString:
    """The fragment for the page's first load, byte for byte what the stream would send."""
    return mark_safe(render_fragment(room, name).html)  # noqa: S308 - rendered by our own template


def render_fragments(workshop_id: int, wanted: Mapping[str, Collection[str]]) -> Rendered | None:
    """Read the room once and render the ``wanted`` fragments (language → names); None when the workshop is gone.

    Opens its own scope, since the hub has none. The version is read before everything else: a fragment may be newer
    than it says, never older. Counts alone are read in one statement.
    """
    if all(set(names) <= FINISHED for names in wanted.values()):
        counts = read_counts(workshop_id)
        return None if counts is None else Rendered(counts.version, _in_languages(counts, wanted))
    workshop = BY_ID.find(id=workshop_id)
    if workshop is None:
        return None
    with member_scope(workshop.organisation), timezone.override(workshop.organisation.time_zone):
        room = read_room(workshop)
        return Rendered(room.version, _in_languages(room, wanted))


def _in_languages(room: RoomCounts, wanted: Mapping[str, Collection[str]]) -> dict[tuple[str, str], Fragment]:
    fragments: dict[tuple[str, str], Fragment] = {}
    for language, names in wanted.items():
        with translation.override(language):
            fragments.update({(language, name): render_fragment(room, name) for name in names})
    return fragments
