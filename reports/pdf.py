"""From a report's content to HTML, and from HTML to a tagged PDF. The only module that imports WeasyPrint.

Its import fails with OSError where Pango is missing, so it is imported inside the task.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from reports import charts
from reports.queries import ReportContent
from workshops.curve import prepare_hyphenation


def report_html(content: ReportContent) -> str:
    """The report as one document that needs nothing from outside."""
    with translation.override(content.language):
        drawings = charts.report_charts(content.result, content.language)
        context = {"content": content, "charts": drawings, "css": style_sheet()}
        return render_to_string("reports/report.html", context)


def write_pdf(html: str) -> bytes:
    """Set the type. Tagged for assistive technology (PDF/UA-1); whatever is not in the document stays out."""
    document: bytes = HTML(string=html, url_fetcher=nothing_from_outside()).write_pdf(
        font_config=font_configuration(), pdf_variant="pdf/ua-1"
    )
    return document


def warm_up() -> None:
    """Load fonts, hyphenation and templates, by setting a line of each kind of letter."""
    for language, _name in settings.LANGUAGES:
        prepare_hyphenation(language)
        with translation.override(language):
            translation.gettext("Report")
    write_pdf(f'<html lang="de"><title>–</title><style>{style_sheet()}</style><p>Aä <strong>Zß</strong> 😀 ▲</p>')


def nothing_from_outside() -> URLFetcher:
    """Refuses every address but data that the document itself holds."""
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)


@lru_cache(maxsize=1)
def font_configuration() -> FontConfiguration:
    """One per process: finding the machine's fonts costs more than a page."""
    return FontConfiguration()


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """The printed report's rules; part of the document, since no file may be fetched."""
    return (settings.BASE_DIR / "static" / "css" / "report.css").read_text()


__all__: list[Any] = ["report_html", "warm_up", "write_pdf"]
