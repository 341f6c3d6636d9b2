"""Live pages: services announce what changed, one hub per process renders it once, and every open page receives it.

The only package that knows publish and subscribe. ``bus`` carries hints, ``fragments`` renders, ``hub`` writes to the
streams of its process, ``streams`` answers requests. See design.md, "Live".
"""

from workshops.live.bus import (
    EVERYTHING,
    FINISHED,
    FRAGMENTS,
    PEOPLE,
    announce,
    end_member_streams,
    end_streams,
    refresh_ballot,
)

__all__ = [
    "EVERYTHING",
    "FINISHED",
    "FRAGMENTS",
    "PEOPLE",
    "announce",
    "end_member_streams",
    "end_streams",
    "refresh_ballot",
]
