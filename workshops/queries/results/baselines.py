"""A result read back from the document of a frozen Ist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from touchpoints.enums import Medium, Phase, Relation
from workshops.enums import Drawer, Mode, Partition
from workshops.figures import (
    CutPoints,
    StationFigures,
    from_document,
    station_from_document,
)
from workshops.models import Baseline
from workshops.queries.results.stations import (
    BlockResult,
    PartFigures,
    Reason,
    Result,
    RoundFigures,
    StationResult,
    assemble_result,
)


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
            "reasons": _frozen_reasons(stored["reasons"]),
            "earlier": tuple(_frozen_round(each) for each in stored.get("earlier", ())),
            "later": tuple(_frozen_round(each) for each in stored.get("later", ())),
            "parts": tuple(_frozen_part(each) for each in stored.get("parts", ())),
        },
        figures=figures,
    )


def _frozen_round(stored: Mapping[str, Any]) -> RoundFigures:
    figures = station_from_document(stored["figures"])
    # Older Ist-Stände kept no reasons of earlier rounds.
    return RoundFigures(stored["number"], figures, _frozen_reasons(stored.get("reasons", ())))


def _frozen_reasons(stored: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason(reason["text"], Drawer(reason["drawer"])) for reason in stored)


def _frozen_part(stored: Mapping[str, Any]) -> PartFigures:
    figures = station_from_document(stored["figures"])
    return PartFigures(Partition(stored["partition"]), stored["name"], stored["is_provider"], figures)


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
