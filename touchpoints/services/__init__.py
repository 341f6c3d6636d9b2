"""What changes the catalogue: single touchpoints, starter entries, imports."""

from touchpoints.services.imports import ImportRefused, answer_entries, import_rows, keep_upload, map_columns
from touchpoints.services.starter import add_starter_entries
from touchpoints.services.touchpoints import (
    OrderChanged,
    TouchpointInUse,
    create_touchpoint,
    move_touchpoint,
    remove_touchpoint,
    update_touchpoint,
)

__all__ = [
    "ImportRefused",
    "OrderChanged",
    "TouchpointInUse",
    "add_starter_entries",
    "answer_entries",
    "create_touchpoint",
    "import_rows",
    "keep_upload",
    "map_columns",
    "move_touchpoint",
    "remove_touchpoint",
    "update_touchpoint",
]
