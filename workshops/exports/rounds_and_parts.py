"""What stands behind the stations in a file: earlier rounds, and the shown parts of the raters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from workshops.enums import Partition
from workshops.exports.source import Export
from workshops.figures import StationFigures
from workshops.queries.results import PartFigures, StationResult


def figures_behind(export: Export) -> Iterator[tuple[StationResult, str, StationFigures]]:
    """Station, what the figures are of, and the figures: first all other rounds along the path, then all parts."""
    for station in export.result.stations:
        for each in (*station.earlier, *station.later):
            yield station, _("Round %(number)d") % {"number": each.number}, each.figures
    for station in export.result.stations:
        for part in station.parts:
            yield station, part.words, part.figures


def part_document(part: PartFigures) -> dict[str, Any]:
    """What a part is, in coded words."""
    relation = "providers" if part.is_provider else "in_house"
    kind = "department" if part.partition == Partition.DEPARTMENT else relation
    return {"part": kind, "name": part.name, "is_provider": part.is_provider}
