"""``import``: 10,000 touchpoints as CSV and as Excel, against reading the file and one COPY.

Ours is the whole way of the services: upload, recognised columns, checked rows, the one transaction. The floor reads
the same file with the standard reader (csv, openpyxl) and copies the cells into a bare table. There is no goal; the
profile says what costs most.
"""

from __future__ import annotations

import cProfile
import csv
import io
import math
import pstats
import time
import uuid
from collections.abc import Callable, Iterable

from django.db import connection
from django.utils import translation
from openpyxl import Workbook, load_workbook

from benchmarks import measure, world
from benchmarks.measure import Row, milliseconds, ratio
from touchpoints import services
from touchpoints.csv_exchange.checking import proposals, questions, rows_below
from touchpoints.csv_exchange.headings import propose_columns
from touchpoints.csv_exchange.reading import read_table
from touchpoints.services.imports import known_names

ROWS = 10_000
STATIONS = 1
HEADINGS = ("Name", "Beschreibung", "Phase", "Kanal", "Kanalart", "Abteilung", "Kritikalität")
PHASES = ("Influencing (davor)", "Presales", "Kauf", "Loyalty", "Influencing (danach)")
MOST = 8  # lines of the profile


def cells() -> Iterable[tuple[str, ...]]:
    """The rows of the file, with all that is typical: repeated names, umlauts, free text."""
    for number in range(ROWS):
        yield (
            f"Kontakt {number}: Auskunft für Fahrgäste",
            "Ich frage nach und bekomme eine Antwort, die ich verstehe.",
            PHASES[number % 5],
            ("Schalter", "App", "Lautsprecher")[number % 3],
            ("offline", "online", "beides")[number % 3],
            ("Vertrieb", "Service", "Digital")[number % 3],
            "",
        )


def as_csv() -> bytes:
    lines = io.StringIO()
    csv.writer(lines, delimiter=";").writerows([HEADINGS, *cells()])
    return lines.getvalue().encode("utf-8-sig")


def as_workbook() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Touchpoints")
    for row in (HEADINGS, *cells()):
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def take_in(content: bytes, name: str) -> float:
    """Everything that stands between the file and the catalogue of an empty organisation; seconds."""
    place = world.make_place(STATIONS)
    with world.inside(place), translation.override("de"):
        begun = time.perf_counter()
        upload = services.keep_upload(content=content, file_name=name, code=uuid.uuid4(), by=place.moderator)
        table = read_table(content)
        columns = propose_columns(table, "de")
        upload = services.map_columns(upload=upload, columns=columns, has_heading=True, by=place.moderator)
        asked = questions(rows_below(table, has_heading=True), columns, known_names())
        upload = services.answer_entries(upload=upload, answers=proposals(asked), by=place.moderator)
        upload = services.import_rows(upload=upload, add_duplicates=True, leave_out_faulty=False, by=place.moderator)
        taken = time.perf_counter() - begun
        assert upload.added == ROWS, upload.added
        assert len(columns) == len(HEADINGS), columns
    return taken


def bare_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def bare_workbook(content: bytes) -> list[list[str]]:
    book = load_workbook(io.BytesIO(content), read_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def bare_copy(content: bytes, read: Callable[[bytes], list[list[str]]]) -> float:
    """Read the file and copy its cells into a bare table, in one transaction; seconds."""
    columns = ", ".join(f"c{index} text" for index in range(len(HEADINGS)))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bare_rows ({columns})")
        begun = time.perf_counter()
        with cursor.copy("COPY bare_rows FROM STDIN") as copy:
            for row in read(content)[1:]:
                copy.write_row(row)
        taken = time.perf_counter() - begun
        cursor.execute("SELECT count(*) FROM bare_rows")
        assert cursor.fetchone()[0] == ROWS
        cursor.execute("DROP TABLE bare_rows")
    return taken


FILES: dict[str, tuple[Callable[[], bytes], Callable[[bytes], list[list[str]]]]] = {
    "csv": (as_csv, bare_csv),
    "xlsx": (as_workbook, bare_workbook),
}


def run(rounds: int) -> Row:
    """Ours and the floor by turns, for both kinds of file; then a profile of ours."""
    row = Row([])
    for name, (make, read) in FILES.items():
        content = make()
        times = [(take_in(content, f"touchpoints.{name}"), bare_copy(content, read)) for _ in range(rounds + 1)][1:]
        ours, floors = [mine for mine, _floor in times], [floor for _mine, floor in times]
        row.figures.append(ratio(f"{name}, {ROWS} rows", ours, floors, math.inf))
        row.notes.append(f"{name}: ours {milliseconds(ours)}, reading and one COPY {milliseconds(floors)}")
        row.notes += [f"{name}: {line}" for line in profile(content, f"touchpoints.{name}")]
        measure.progress(row.notes[-MOST - 1])
    return row


def profile(content: bytes, name: str) -> list[str]:
    """The application's own functions that cost most, with all that they call."""
    profiler = cProfile.Profile()
    profiler.enable()
    take_in(content, name)
    profiler.disable()
    found = pstats.Stats(profiler).get_stats_profile().func_profiles
    own = [(each.cumtime, function) for function, each in found.items() if "touchpoints/" in each.file_name]
    most = sorted(own, reverse=True)[:MOST]
    return [f"{seconds:.2f} s in {function} (under the profiler)" for seconds, function in most]
