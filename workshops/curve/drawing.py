"""From geometry to SVG. Strings are joined here and not in a template: 200 stations must not cost 200 template loops.

Everything that people typed passes ``xml()``; everything else is numbers and our own words. Words are translated once
per drawing. The drawing writes no ``style`` and no script, so it stands under the strict content policy.
"""

from __future__ import annotations

from base64 import b64encode

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from workshops.curve.palette import Paint, Scheme
from workshops.curve.parts import Curve
from workshops.curve.pen import Pen


def curve_svg(curve: Curve, *, lang: str, scheme: Scheme = "light", ident: str = "curve", for_pdf: bool = False) -> str:
    """The drawing as a document of its own, with its colours and font, for the PDF, a download or an ``<img>``.

    WeasyPrint draws SVG text letter by letter. ``for_pdf`` therefore sends the reader of a name that cannot be drawn
    so (Arabic, Hebrew, Devanagari …) to the table, where it stands properly, instead of printing it the wrong way.
    """
    with override(lang):
        pen = Pen.for_curve(curve, Paint(scheme), ident, for_pdf=for_pdf)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{curve.width:g}" height="{curve.height:g}" '
            f'viewBox="0 0 {curve.width:g} {curve.height:g}" font-family="Inter, system-ui, sans-serif" '
            f'xml:lang="{lang}" role="img" aria-labelledby="{ident}-title {ident}-summary">'
            f"{pen.titles()}{pen.plot()}{pen.axis()}</svg>"
        )


def curve_inline(curve: Curve, *, ident: str = "curve") -> SafeString:
    """The drawing for a page, in two parts: the axis, which stays in view, and the plot, which scrolls beside it."""
    pen = Pen.for_curve(curve, Paint(None), ident)
    gutter, height = curve.layout.gutter, curve.height
    wide = curve.width - gutter
    return mark_safe(  # noqa: S308 - built from numbers and escaped text only
        f'<svg class="curve__axis" width="{gutter:g}" height="{height:g}" viewBox="0 0 {gutter:g} {height:g}" '
        f'aria-hidden="true" focusable="false">{pen.axis()}</svg>{_narrow_axis(pen, height)}'
        f'<svg class="curve__plot" width="{wide:g}" height="{height:g}" viewBox="{gutter:g} 0 {wide:g} {height:g}" '
        f'role="img" aria-labelledby="{ident}-title {ident}-summary">{pen.titles()}{pen.plot()}</svg>'
    )


def curve_whole(curve: Curve, *, ident: str = "curve") -> SafeString:
    """The drawing for a page in one piece, which grows and shrinks with the screen: nothing scrolls on a projector."""
    pen = Pen.for_curve(curve, Paint(None), ident)
    return mark_safe(  # noqa: S308 - built from numbers and escaped text only
        f'<svg class="curve__plot" viewBox="0 0 {curve.width:g} {curve.height:g}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-summary">{pen.titles()}{pen.plot()}{pen.axis()}</svg>'
    )


def _narrow_axis(pen: Pen, height: float) -> str:
    """The same words standing upright, for a phone, where the level ones would take a third of the screen."""
    width = pen.size * 1.7
    return (
        f'<svg class="curve__axis curve__axis--narrow" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" aria-hidden="true" focusable="false">{pen.upright_axis()}</svg>'
    )


def svg_data_uri(svg: str) -> str:
    """A drawing as an address for ``<img src>``; in a tagged PDF only an image keeps its alternative text."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
