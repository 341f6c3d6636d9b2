"""What changes the catalogue: single touchpoints, many at once, archive, duplicates, starter entries, imports."""

from touchpoints.services.archive import archive_touchpoint, restore_touchpoint
from touchpoints.services.bulk import RowsChanged, change_touchpoints
from touchpoints.services.imports import ImportRefused, answer_entries, import_rows, keep_upload, map_columns
from touchpoints.services.merging import CannotMerge, keep_apart, merge_touchpoints
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
    "CannotMerge",
    "ImportRefused",
    "OrderChanged",
    "RowsChanged",
    "TouchpointInUse",
    "add_starter_entries",
    "answer_entries",
    "archive_touchpoint",
    "change_touchpoints",
    "create_touchpoint",
    "import_rows",
    "keep_apart",
    "keep_upload",
    "map_columns",
    "merge_touchpoints",
    "move_touchpoint",
    "remove_touchpoint",
    "restore_touchpoint",
    "update_touchpoint",
]
