"""What the pages of this app read, assembled in a constant number of queries."""

from touchpoints.queries.catalogue import (
    PAGE_SIZE,
    WITHOUT,
    Catalogue,
    CataloguePhase,
    catalogue,
    catalogue_phase,
    channels_in_use,
    departments_in_order,
    end_of_phase,
    journeys_of,
    measures_of,
    namesakes,
    place_in_phase,
    places_in_phase,
    touchpoints_matching,
)
from touchpoints.queries.counts import CatalogueCounts, CatalogueWarning, PhaseCounts, catalogue_counts
from touchpoints.queries.duplicates import Duplicates, MergeField, duplicates, merge_fields
from touchpoints.queries.history import HistoryEntry, entry_of, history_rows, history_table, newest_entries
from touchpoints.queries.imports import ImportPreview, import_preview_of
from touchpoints.queries.starter import StarterPhase, entries_taken, starter_phases

__all__ = [
    "PAGE_SIZE",
    "WITHOUT",
    "Catalogue",
    "CatalogueCounts",
    "CataloguePhase",
    "CatalogueWarning",
    "Duplicates",
    "HistoryEntry",
    "ImportPreview",
    "MergeField",
    "PhaseCounts",
    "StarterPhase",
    "catalogue",
    "catalogue_counts",
    "catalogue_phase",
    "channels_in_use",
    "departments_in_order",
    "duplicates",
    "end_of_phase",
    "entries_taken",
    "entry_of",
    "history_rows",
    "history_table",
    "import_preview_of",
    "journeys_of",
    "measures_of",
    "merge_fields",
    "namesakes",
    "newest_entries",
    "place_in_phase",
    "places_in_phase",
    "starter_phases",
    "touchpoints_matching",
]
