"""Live pages: services announce what changed, one hub per process renders it once, and every open page receives it.

The only package that knows publish and subscribe. ``bus`` carries hints, ``fragments`` renders, ``hub`` writes to the
``clients`` of its process, ``streams`` answers requests. See design.md, "Live".
"""

from workshops.live.bus import (
    EVERYTHING,
    FINISHED,
    FRAGMENTS,
    PEOPLE,
    announce,
    announce_stage,
    end_member_streams,
    end_streams,
    next_version,
    publish_version,
    refresh_ballot,
)
from workshops.live.fragments import fragment_html, render_fragment
from workshops.live.streams import poll_response, stream_response

__all__ = [
    "EVERYTHING",
    "FINISHED",
    "FRAGMENTS",
    "PEOPLE",
    "announce",
    "announce_stage",
    "end_member_streams",
    "end_streams",
    "fragment_html",
    "next_version",
    "poll_response",
    "publish_version",
    "refresh_ballot",
    "render_fragment",
    "stream_response",
]
