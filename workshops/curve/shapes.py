"""The three drawers as shapes, and the bar that divides a width among them."""

from __future__ import annotations

from workshops.curve.palette import DRAWER_PART
from workshops.enums import Drawer


def shape(drawer: Drawer, paint: str, x: float, y: float, radius: float) -> str:
    """A drawer's shape around a point: triangle down, circle, triangle up."""
    if drawer == Drawer.OK:
        return f'<circle {paint} cx="{x:.1f}" cy="{y:.1f}" r="{radius * 0.95:.2f}"/>'
    up = 1 if drawer == Drawer.DELIGHTING else -1
    side, tall = radius * 1.12, radius * 1.95
    path = f"M{x - side:.1f} {y + up * tall * 0.47:.1f}h{2 * side:.2f}l{-side:.2f} {-up * tall:.2f}z"
    return f'<path {paint} d="{path}"/>'


def bar_parts(counts: tuple[int, int, int], x: float, width: float, *, gap: float) -> list[tuple[str, float, float]]:
    """Part, left edge and width of each answer given, so that the bar with its gaps is exactly as wide as asked."""
    given = [(DRAWER_PART[drawer], count) for drawer, count in zip(Drawer, counts, strict=True) if count]
    room = width - gap * (len(given) - 1)
    total = sum(counts)
    parts: list[tuple[str, float, float]] = []
    for part, count in given:
        wide = room * count / total
        parts.append((part, x, wide))
        x += wide + gap
    return parts
