"""What leaves a workshop as a file: exports and the PDF, read to the last object, and compared letter by letter."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile

import pikepdf
from openpyxl import load_workbook

from accounts.tenancy import member_scope
from reports import services as report_services
from reports.models import Report
from tests.workshops.phones import HttpWorkshop, plain, without_names


def assert_alike(first: dict[str, str], second: dict[str, str]) -> None:
    assert first.keys() == second.keys()
    for name, text in first.items():
        assert text == second[name], name


def different(first: dict[str, str], second: dict[str, str]) -> set[str]:
    return {name for name, text in first.items() if text != second[name]}


def pdf_of(workshop: HttpWorkshop) -> bytes:
    """Ask for the PDF, let the worker's service make it, and download it."""
    reader = workshop.browser("max")
    assert reader.post(workshop.url("reports:report_create"), {"language": "de"}).status_code == 302
    with member_scope(workshop.organisation):
        report = Report.objects.get()
        report_services.make_report(report.pk)
    response = reader.get(workshop.url("reports:report_download", report.code))
    return b"".join(response.streaming_content)


def pdf_readings(content: bytes) -> dict[str, str]:
    """The file's text, and everything else in it: tags, alternative texts, drawings, bookmarks, metadata."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True).stdout
    found = {"text": text.decode()}
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for number, entry in enumerate(pdf.objects):
            stream = entry.read_bytes() if isinstance(entry, pikepdf.Stream) else b""
            found[f"object {number}"] = (entry.unparse() + stream).decode("latin-1")
    return found


def export_of(workshop: HttpWorkshop) -> list[list[str]]:
    response = workshop.browser("max").get(workshop.url("workshops:result_export"))
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))[1:]


def book_of(workshop: HttpWorkshop, name: str = "workshops:result_xlsx", code: object = None) -> bytes:
    response = workshop.browser("max").get(workshop.url(name, code))
    assert response.status_code == 200
    return response.content


def book_readings(workshop: HttpWorkshop, content: bytes) -> dict[str, str]:
    """Everything inside an Excel file: sheets, texts, styles, properties."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return without_names(workshop, {name: plain(parts.read(name).decode()) for name in parts.namelist()})


def figure_cells(content: bytes) -> list[list[object]]:
    """n, drawers, "cannot judge", balance and disagreement of each station."""
    stations = load_workbook(io.BytesIO(content)).worksheets[1]
    return [list(row[5:12]) for row in stations.iter_rows(min_row=2, values_only=True)]


def numbers_in(content: bytes) -> set[object]:
    """Every number in any cell of any sheet besides the stations' own."""
    sheets = load_workbook(io.BytesIO(content)).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    return {cell.value for cell in cells if cell.data_type == "n" and cell.value is not None and cell.column > 1}
