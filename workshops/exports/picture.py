"""The curve as a picture that stands alone: on white, with what it shows above it and how to read it below."""

from __future__ import annotations

import logging
import math
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from workshops.curve import curve_svg
from workshops.curve.palette import COLOURS
from workshops.curve.text import wrap, xml
from workshops.exports.source import Export
from workshops.figures import Ruler
from workshops.tables import at_table_words

logger = logging.getLogger(__name__)

_MARGIN = 24.0
_TITLE, _SMALL = 20.0, 13.0
_LINE = 1.35
_ROOM_BEFORE_CURVE = 14.0
_RASTERISE = Path(__file__).with_name("rasterise.py")
_SHARP = 2.0
_MOST_PIXELS = 40_000_000
_PATIENCE = 30  # seconds, on a machine that has much else to do


def result_svg(export: Export) -> str:
    """The drawing of the result page in light colours and in the present language."""
    lang = str(get_language())
    curve = export.result.curve
    width, left = curve.width + 2 * _MARGIN, _MARGIN
    title = wrap(export.journey, curve.width, _TITLE, 2, lang)
    above = wrap(_subtitle(export), curve.width, _SMALL, 2, lang)
    below = [line for note in _notes(export) for line in wrap(note, curve.width, _SMALL, 3, lang)]
    top = _MARGIN + _height(title, _TITLE)
    place = top + _height(above, _SMALL) + _ROOM_BEFORE_CURVE
    end = place + curve.height + _ROOM_BEFORE_CURVE
    height = end + _height(below, _SMALL) + _MARGIN
    drawing = curve_svg(curve, lang=lang).replace("<svg ", f'<svg x="{left:g}" y="{place:g}" ', 1)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="Inter, system-ui, sans-serif" xml:lang="{lang}">'
        f"<title>{xml(export.journey)}</title>"
        f'<rect width="{width:g}" height="{height:g}" fill="{COLOURS["light"]["card"]}"/>'
        f"{_lines(title, _MARGIN, _TITLE, 'ink', 600)}{_lines(above, top, _SMALL, 'quiet')}"
        f"{drawing}{_lines(below, end, _SMALL, 'quiet')}</svg>\n"
    )


class PictureError(Exception):
    """The picture could not be drawn; the log says why."""


def result_png(export: Export) -> bytes:
    """The same drawing in pixels, twice as sharp as on the page; for the longest paths as sharp as fits.

    Drawn beside this process (see ``rasterise``), which waits without holding up anything else.
    """
    svg = result_svg(export)
    command = [sys.executable, "-I", str(_RASTERISE), f"{_sharpness(svg):.3f}"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; nothing that somebody typed is part of the command
            command, input=svg.encode(), capture_output=True, check=True, timeout=_PATIENCE
        )
    except (subprocess.SubprocessError, OSError) as error:
        logger.exception("the curve could not be drawn as PNG")
        raise PictureError from error
    return done.stdout


def _sharpness(svg: str) -> float:
    """2, or less where the picture would have too many pixels for the memory of a small machine."""
    size = re.search(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"', svg)
    width, height = (float(side) for side in size.groups()) if size else (1.0, 1.0)
    return min(_SHARP, math.sqrt(_MOST_PIXELS / (width * height)))


def _subtitle(export: Export) -> str:
    raters = export.result.figures.raters
    parts = [
        export.organisation,
        export.title,
        export.persona,
        date_format(export.day, "DATE_FORMAT") if export.day else "",
        ngettext("%(count)d rater", "%(count)d raters", raters) % {"count": raters},
        at_table_words(export.result.at_table),
    ]
    return " · ".join(part for part in parts if part)


def _notes(export: Export) -> list[str]:
    number = (
        _("The number at each station is the mean of the experience, from 0 to 10; the band is the middle half.")
        if export.result.figures.ruler is Ruler.MEAN
        else _("The number at each station is its delight balance.")
    )
    notes = [number, export.running_words]
    return [note for note in notes if note]


def _height(lines: Sequence[str], size: float) -> float:
    return len(lines) * size * _LINE


def _lines(lines: Sequence[str], top: float, size: float, colour: str, weight: int = 400) -> str:
    return "".join(
        f'<text x="{_MARGIN:g}" y="{top + size + place * size * _LINE:g}" font-size="{size:g}" '
        f'font-weight="{weight}" fill="{COLOURS["light"][colour]}">{xml(line)}</text>'
        for place, line in enumerate(lines)
    )
