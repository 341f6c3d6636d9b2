"""What each part of the drawing is painted with.

On a page a part carries a class and ``static/css/curve.css`` paints it from the tokens, so that it follows the reader's
scheme. A drawing that stands alone (in the PDF, in a file) cannot see the page's style sheet and carries attributes
with the same colours; a test compares them with ``static/css/tokens.css``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workshops.enums import Drawer

Scheme = Literal["light", "dark"]

COLOURS: dict[Scheme, dict[str, str]] = {
    "light": {
        "card": "#ffffff",
        "line": "#e5dfd4",
        "ink": "#1c2227",
        "quiet": "#5c656e",
        "delighting": "#157a68",
        "ok": "#8f8676",
        "disappointing": "#bf3f2b",
        "curve-line": "#1c2227",
        "curve-line-quiet": "#7d858d",
        "curve-zero": "#5c656e",
        "curve-zone-delighting": "#157a6814",
        "curve-zone-disappointing": "#bf3f2b14",
        "curve-phase": "#8f86760f",
        "curve-band": "#2d62a81f",
    },
    "dark": {
        "card": "#1b2025",
        "line": "#313941",
        "ink": "#eeece7",
        "quiet": "#a9b1b9",
        "delighting": "#41ae98",
        "ok": "#a89f8e",
        "disappointing": "#e5735f",
        "curve-line": "#eeece7",
        "curve-line-quiet": "#8b959e",
        "curve-zero": "#a9b1b9",
        "curve-zone-delighting": "#41ae981c",
        "curve-zone-disappointing": "#e5735f1c",
        "curve-phase": "#a89f8e14",
        "curve-band": "#93b8ee2b",
    },
}

DRAWER_PART = {
    Drawer.DISAPPOINTING: "disappointing",
    Drawer.OK: "ok",
    Drawer.DELIGHTING: "delighting",
}

_FILLS = {
    "delighting": "delighting",
    "ok": "ok",
    "disappointing": "disappointing",
    "zone-delighting": "curve-zone-delighting",
    "zone-disappointing": "curve-zone-disappointing",
    "phase": "curve-phase",
    "band": "curve-band",
    "text": "ink",
    "quiet": "quiet",
}
_STROKES = {"rule": "line", "zero": "curve-zero", "line": "curve-line", "second": "curve-line-quiet"}
_OPEN = {"open": "quiet", "second-point": "curve-line-quiet", "hollow": "line"}


@dataclass(frozen=True)
class Paint:
    """Attributes for a part of the drawing: a class on the page (no scheme), colours where it stands alone."""

    scheme: Scheme | None

    def __call__(self, part: str) -> str:
        """The attributes, to be written straight behind the element's name."""
        return f'class="curve__{part}"' if self.scheme is None else _ATTRIBUTES[self.scheme][part]


def _attributes(colours: dict[str, str]) -> dict[str, str]:
    fills = {part: _colour("fill", colours[token]) for part, token in _FILLS.items()}
    strokes = {part: f'fill="none" {_colour("stroke", colours[token])}' for part, token in _STROKES.items()}
    hollow = {
        part: f"{_colour('fill', colours['card'])} {_colour('stroke', colours[token])}" for part, token in _OPEN.items()
    }
    edged = {f"{part}-marker": f"{fills[part]} {_colour('stroke', colours['card'])}" for part in DRAWER_PART.values()}
    return {**fills, **strokes, **hollow, **edged}


def _colour(kind: str, colour: str) -> str:
    """Opacity as its own attribute: eight-digit colours are not understood by every SVG reader."""
    if len(colour) == 7:
        return f'{kind}="{colour}"'
    return f'{kind}="{colour[:7]}" {kind}-opacity="{round(int(colour[7:], 16) / 255, 3)}"'


_ATTRIBUTES = {scheme: _attributes(colours) for scheme, colours in COLOURS.items()}
