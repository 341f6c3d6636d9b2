"""A result as a file to take along: CSV, Excel, JSON, and the curve as a picture. None holds more than the page shows.

All four read one ``Export``, whose figures come from workshops.figures and are hidden there.
"""

from workshops.exports.document import result_json
from workshops.exports.measures import measures_csv, measures_xlsx
from workshops.exports.names import readable
from workshops.exports.picture import PictureError, result_png, result_svg
from workshops.exports.sheets import result_xlsx
from workshops.exports.source import Export, baseline_export, workshop_export
from workshops.exports.table import result_csv

__all__ = [
    "Export",
    "PictureError",
    "baseline_export",
    "measures_csv",
    "measures_xlsx",
    "readable",
    "result_csv",
    "result_json",
    "result_png",
    "result_svg",
    "result_xlsx",
    "workshop_export",
]
