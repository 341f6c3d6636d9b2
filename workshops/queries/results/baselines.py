"""A result read back from the document of a frozen Ist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from touchpoints.enums import Medium, Phase, Relation
from workshops.enums import Drawer, Mode
from workshops.figures import (
    CutPoints,
    StationFigures,
    from_document,
)
from workshops.models import Baseline
from workshops.queries.results.stations import BlockResult, Reason, Result, StationResult, assemble_result


def frozen_result(baseline: Baseline) -> Result:
    """The result exactly as it was frozen, whatever has changed since."""
    document = baseline.document
    figures = from_document(document["figures"])
    stations = [
        _frozen_station(stored, found) for stored, found in zip(document["stations"], figures.stations, strict=True)
    ]
    blocks = [_frozen_block(stored) for stored in document["blocks"]]
    return assemble_result(
        document["workshop"]["title"], figures, stations, blocks, CutPoints(**document["cut_points"])
    )


def _frozen_station(stored: Mapping[str, Any], figures: StationFigures) -> StationResult:
    return StationResult(
        **{
            **stored,
            "phase": Phase(stored["phase"]),
            "medium": Medium(stored["medium"]) if stored["medium"] else None,
            "relation": Relation(stored["relation"]) if stored["relation"] else None,
            "reasons": tuple(Reason(reason["text"], Drawer(reason["drawer"])) for reason in stored["reasons"]),
        },
        figures=figures,
    )


def _frozen_block(stored: Mapping[str, Any]) -> BlockResult:
    return BlockResult(
        **{
            **stored,
            "code": UUID(stored["code"]),
            "mode": Mode(stored["mode"]),
            "opened_at": _time(stored["opened_at"]),
            "revealed_at": _time(stored["revealed_at"]),
        }
    )


def _time(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
