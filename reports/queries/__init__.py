"""What the manager reads: a report's content, and the page with all reports."""

from reports.queries.content import NothingRevealedError, ReportContent, report_content
from reports.queries.shelf import Reportable, Shelf, report_shelf

__all__ = ["NothingRevealedError", "ReportContent", "Reportable", "Shelf", "report_content", "report_shelf"]
