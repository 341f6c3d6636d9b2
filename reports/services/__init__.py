"""Writes of the reports app: asking for a report, making it, and looking after the jobs."""

from reports.services.making import make_report
from reports.services.requests import request_report
from reports.services.sweeping import sweep

__all__ = ["make_report", "request_report", "sweep"]
