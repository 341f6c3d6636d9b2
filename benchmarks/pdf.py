"""``pdf``: from the click until the file is ready, against bare WeasyPrint on the same HTML.

The worker is warm and runs as bin/start runs it. Bare WeasyPrint sits in a process of its own, just as warm: fonts are
found, the same options are set, and it gets the HTML as text. The click is a form post, ready is the job's row.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from benchmarks import measure, servers, world
from benchmarks.database import ROOT
from benchmarks.measure import Row, milliseconds, ratio
from benchmarks.people import Person
from benchmarks.world import Place
from reports.models import Report
from workshops.models import Workshop

STATIONS = 10  # about twelve pages
RATERS = 26
GOAL = 1.3
LOOK_EVERY = 0.01  # seconds
WITHIN = 120.0


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """A worker for both queues, as bin/start runs it, until the end of the block."""
    words = [
        *("setpriv", "--pdeathsig", "QUIT", "--", sys.executable, "-m", "celery", "-q", "-A", "config", "worker"),
        *("--queues", "default,reports", "--concurrency", "2", "--loglevel", "ERROR"),
        *("--without-gossip", "--without-mingle", "--beat", "--schedule", os.devnull),
    ]
    process = subprocess.Popen(words, cwd=ROOT, start_new_session=True, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        servers.stop(process)


class Bare:
    """WeasyPrint alone in a warm process: a path of HTML in, seconds and pages out."""

    def __init__(self) -> None:
        words = ("setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "benchmarks.bare_weasyprint")
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, bufsize=1)

    def write(self, html: Path) -> tuple[float, int]:
        """Seconds and pages of one document."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{html}\n")
        self.process.stdin.flush()
        seconds, pages = json.loads(self.process.stdout.readline())
        return seconds, pages

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def click(port: int, place: Place, workshop: Workshop) -> float:
    """Ask for a report by its form, and wait until its file is ready."""
    path = reverse("reports:report_create", kwargs={"org": place.organisation.slug, "code": workshop.code})
    key = uuid.uuid4()

    async def post() -> None:
        person = Person(port, place.cookies)
        answer = await person.post(path, {"language": "de", "key": str(key)})
        await person.close()
        assert answer.status == 302, (answer.status, answer.text[:500])

    begun = time.perf_counter()
    asyncio.run(post())
    while time.perf_counter() - begun < WITHIN:
        with world.inside(place):
            state = Report.objects.filter(key=key).values_list("state", flat=True).first()
        if state == Report.State.DONE:
            return time.perf_counter() - begun
        assert state in (None, Report.State.QUEUED, Report.State.RUNNING), state
        time.sleep(LOOK_EVERY)
    raise TimeoutError("the report was not made")


def same_html(place: Place, workshop: Workshop) -> Path:
    """The document that the worker sets, as a file."""
    from reports import pdf  # noqa: PLC0415 - its import fails where Pango is missing
    from reports.queries import report_content  # noqa: PLC0415 - belongs to it

    with world.inside(place):
        content = report_content(workshop, language="de", asked_at=timezone.now())
    path = Path(os.environ["DATA_DIR"]) / "bench.html"
    path.write_text(pdf.report_html(content))
    return path


def run(rounds: int) -> Row:
    """Interleave clicks and bare WeasyPrint; the first of each only warms up."""
    place = world.make_place(STATIONS)
    activity = world.make_block(place)
    world.answer(place, activity, world.seat_people(place, activity.workshop, RATERS), reasons=0.1)
    world.reveal(place, activity)
    html = same_html(place, activity.workshop)
    bare, pages = Bare(), 0
    ours, floors = [], []
    try:
        with worker(), servers.uvicorn() as port:
            for turn in range(rounds + 2):  # two children, both warm
                mine = click(port, place, activity.workshop)
                floor, pages = bare.write(html)
                measure.progress(f"click to file {mine:.2f} s, bare {floor:.2f} s")
                if turn > 1:
                    ours.append(mine)
                    floors.append(floor)
    finally:
        bare.close()
    note = f"{pages} pages, click to file {milliseconds(ours)}, bare WeasyPrint {milliseconds(floors)}"
    overhead = statistics.median(mine - floor for mine, floor in zip(ours, floors, strict=True))
    return Row([ratio("", ours, floors, GOAL)], [note, f"around it {overhead * 1e3:.0f} ms"])
