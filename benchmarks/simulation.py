"""A workshop of 100 simulated participants over HTTP, and the comparison of its results with a direct count."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path

from benchmarks import database
from benchmarks.html_pages import Cell, Page
from benchmarks.judgements import (
    PEOPLE,
    SCALES,
    Expected,
    Given,
    direct_count,
    hand_out,
    in_full,
    read_rows,
    seeded_lists,
)
from benchmarks.people import Answer, Person, Upload

MEAN = 0.05  # a mean is shown with one place on a page
AT_ONCE = 12  # requests under way
DASH = "–"
MINUS = "−"
NUMBER = r"[+−-]?\d+(?:,\d+)?"
STATION = re.compile(r'action="(/w/\w+/stations/([0-9a-f-]{36})/)"')

# Cells of a row in the table of the result page and in those of the PDF, in quick and in full mode.
PAGE_ROWS = QUICK_ROW, FULL_ROW = 8, 11
PDF_ROWS = 6, 7
# Where the figures of full mode stand in the export, behind the columns of both modes.
CSV_SCALES = {15: "mean experience", 16: "median", 19: "mean expectation", 20: "gap", 21: "mean importance"}
CSV_SCALES |= {22: "mean purchase", 23: "mean repurchase", 24: "mean recommendation"}
CSV_SCALES |= {place: f"n {scale}" for place, scale in enumerate(SCALES, 27)}
NUMBERED = {"Nr.", "No."}
Findings = list[str]


# --- the moderator ------------------------------------------------------------------------------------------------


class Moderator:
    """What a moderator does in a browser, by the pages' own forms."""

    def __init__(self, person: Person, org: str) -> None:
        self.person = person
        self.root = f"/o/{org}"

    async def page(self, path: str) -> Page:
        answer = await self.person.get(path)
        assert answer.status == 200, (path, answer.status)
        return Page(answer.text)

    async def send(self, path: str, form: Mapping[str, str | list[str] | Upload]) -> str:
        """Post a form and return where it leads; anything but a redirect is a failure."""
        answer = await self.person.post(path, dict(form))
        assert answer.status == 302, (path, answer.status, notices(answer))
        return answer.headers["location"]

    async def follow(self, path: str, *, ending: str = "", **typed: str) -> str:
        """Open a page, fill in the form that has these fields, or that goes to this address, and send it."""
        forms = (await self.page(path)).forms
        form = next(f for f in forms if f.action.endswith(ending) and typed.keys() <= f.values.keys())
        return await self.send(form.action or path, {**form.values, **typed})

    async def import_touchpoints(self, file: Path) -> None:
        """Upload, take over the proposed columns and values, look at the preview, and import."""
        start = f"{self.root}/touchpoints/import/"
        form = next(form for form in (await self.page(start)).forms if "code" in form.values)
        columns = await self.send(start, {**form.values, "file": Upload(file.name, file.read_bytes())})
        values = await self.confirm(columns)
        preview = values if "/preview/" in values else await self.confirm(values)
        listed = await self.follow(preview, ending="/confirm/")
        assert listed == f"{self.root}/touchpoints/", listed

    async def confirm(self, path: str) -> str:
        """Send a step's form as it is proposed; a step without anything to ask has led on by itself."""
        answer = await self.person.get(path)
        if answer.status == 302:
            return answer.headers["location"]
        form = next(form for form in Page(answer.text).forms if not form.action)
        return await self.send(path, form.values)

    async def make_journey(self) -> str:
        """A journey over the whole catalogue; its address."""
        board = await self.follow(f"{self.root}/journeys/new/", name="Reise", persona_name="Petra, pendelt")
        answer = await self.person.post(f"{board}stations/all/", {"phase": ""})
        assert answer.status in (200, 302), answer.status
        return board

    async def make_workshop(self, mode: str) -> tuple[str, str]:
        """A workshop with one block of the whole path in this mode; addresses of the plan and of the block."""
        plan = await self.follow(f"{self.root}/workshops/new/", title="Ist-Workshop")
        text = (await self.person.get(plan)).text
        blocks = re.findall(rf"{self.root}/blocks/[0-9a-f-]{{36}}/", text)
        assert blocks, "the plan has no block"
        await self.follow(f"{blocks[0]}edit/", mode=mode)
        return plan, blocks[0]


def notices(answer: Answer) -> str:
    """The sentences of a page that did not lead on."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text[-20000:]).split())[:800]


# --- the participants ---------------------------------------------------------------------------------------------


def join_code(invitation: str) -> str:
    """The code on the poster, without the gap that makes it easy to read."""
    (spoken,) = re.findall(r'<p class="join-code[^"]*">([^<]+)</p>', invitation)
    return "".join(unescape(spoken).split())


async def join(port: int, code: str, number: int) -> Person:
    """Come in as a guest, by the code."""
    person = Person(port)
    room = f"/w/{code}/"
    form = Page((await person.get(room)).text).form("/enter/")
    answer = await person.post(form.action, {**form.values, "name": f"Person {number}", "as": "guest"})
    assert (answer.status, answer.headers.get("location")) == (302, room), (answer.status, notices(answer))
    return person


async def rate(person: Person, code: str, answers: Mapping[str, Given]) -> None:
    """Answer every card of the block, in its order; in full mode with six taps."""
    cards = await person.get(f"/w/{code}/ballot/", **{"HX-Request": "true"})
    assert cards.status == 200, cards.status
    addresses = list(dict.fromkeys(address for address, _code in STATION.findall(cards.text)))
    names = card_names(cards.text, addresses)
    assert sorted(names.values()) == sorted(answers), "the cards are not the stations"
    for address in addresses:
        for form in taps(answers[names[address]]):
            answer = await person.post(address, form, htmx=True)
            assert answer.status == 200, (answer.status, notices(answer))


def taps(answer: Given) -> list[dict[str, str]]:
    """The forms that a phone sends for an answer, one a tap."""
    if answer is None:
        return [{"cannot_judge": "on"}]
    if isinstance(answer, int):
        return [{"drawer": str(answer)}]
    return [{scale: str(number)} for scale, number in answer.items()]


def card_names(html: str, addresses: list[str]) -> dict[str, str]:
    """Which station stands on the card with which address: the heading before it."""
    names = {}
    for address in addresses:
        before = html[: html.index(f'action="{address}"')]
        heading = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", before, re.DOTALL)[-1]
        names[address] = unescape(re.sub(r"<[^>]+>", "", heading)).strip()
    return names


async def in_parallel(work: list[Callable[[], object]]) -> list[object]:
    """Do all of it, a dozen at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(task: Callable[[], object]) -> object:
        async with gate:
            return await task()  # type: ignore[misc]  # a coroutine function

    return await asyncio.gather(*(one(task) for task in work))


# --- the comparison -----------------------------------------------------------------------------------------------


def parsed(text: str) -> float | None:
    """A shown number; None for the dash or nothing."""
    text = text.replace(MINUS, "-").replace("+", "").replace(",", ".").strip()
    return None if text in ("", DASH) else float(text)


def compare(where: str, name: str, expected: Expected, shown: Mapping[str, float | None], precision: float) -> Findings:
    """What is wrong with the shown figures of a station; nothing, if all is as counted."""
    if expected.is_hidden:
        wrong = {key: value for key, value in shown.items() if value is not None}
        return [f"{where}: {name} was rated by {expected.n} and shows {wrong}"] if wrong else []
    right: dict[str, float | None] = {"n": expected.n}
    right |= dict(zip(("disappointing", "ok", "delighting"), expected.counts, strict=True)) if expected.n else {}
    right["balance"] = expected.balance if expected.n else None
    if expected.scales:
        right |= {f"mean {scale}": expected.mean(scale) for scale in SCALES}
        right |= {f"n {scale}": len(numbers) for scale, numbers in expected.scales.items()}
        right["median"] = statistics.median(expected.scales["experience"])
        right["gap"] = expected.mean("experience") - expected.mean("expectation")
    return [
        f"{where}: {name} shows {key} {shown[key]}, counted {right.get(key)}"
        for key in shown
        if key in right and not same(shown[key], right[key], rounding(key, precision))
    ]


def rounding(key: str, precision: float) -> float:
    """How far a shown figure may be from the exact one; counts and medians are exact."""
    if key == "balance":
        return precision
    return min(precision, MEAN) if key == "gap" or key.startswith("mean ") else 0


def same(shown: float | None, right: float | None, precision: float) -> bool:
    if shown is None or right is None:
        return (shown or 0) == (right or 0)
    return abs(shown - right) <= precision + 1e-9


def check_page(html: str, expected: Mapping[str, Expected]) -> Findings:
    """The table of the result page; the one of the scales beside it, in full mode, has no n of its own."""
    tables = [table for table in Page(html).tables if table and len(table[0]) in PAGE_ROWS and table[0][-2].text == "n"]
    rows = [row for table in tables for row in table if row[0].text.isdigit()]
    by_name = {row[1].text: row for row in rows}
    found = missing("page", by_name, expected)
    for name in by_name.keys() & expected.keys():
        found += compare("page", name, expected[name], page_figures(by_name[name]), 0.5)
    return found


def page_figures(row: list[Cell]) -> dict[str, float | None]:
    """The numbers of a row: the last four are the same in both modes, in full mode mean and median stand before."""
    scales = {"mean experience": parsed(row[4].text), "median": parsed(row[5].text)} if len(row) == FULL_ROW else {}
    counts = [float(number) for number in re.findall(r"\d+", row[3].label)] or [None] * 3
    low, fine, high = counts
    figures = {"disappointing": low, "ok": fine, "delighting": high, "balance": parsed(row[-4].text)}
    return {**figures, **scales, "n": parsed(row[-2].text), "cannot judge": parsed(row[-1].text)}


def check_csv(text: str, expected: Mapping[str, Expected]) -> Findings:
    """The export, row by row."""
    _heading, *rows = csv.reader(io.StringIO(text), delimiter=";")
    by_name = {row[1].removeprefix("'"): row for row in rows}
    found = missing("CSV", by_name, expected)
    names = ("n", "disappointing", "ok", "delighting", "cannot judge", "balance")
    for name in by_name.keys() & expected.keys():
        row = by_name[name]
        figures = dict(zip(names, map(parsed, row[5:11]), strict=True))
        figures |= {key: parsed(row[place]) for place, key in CSV_SCALES.items() if len(row) > place}
        found += compare("CSV", name, expected[name], figures, 0.005)
    return found


def check_pdf(structure: str, path: list[str], expected: Mapping[str, Expected]) -> Findings:
    """The tables of the phases, from the structure that the PDF carries for assistive technology."""
    rows = {cells[0]: cells for cells in tagged_rows(structure) if len(cells) in PDF_ROWS and cells[0].isdigit()}
    found = []
    for number, name in enumerate(path, 1):
        cells = rows.get(str(number))
        if cells is None or not letters(cells[1]).startswith(letters(name)):
            found.append(f"PDF: {name} has no row")
            continue
        level = "balance" if len(cells) == min(PDF_ROWS) else "mean experience"
        # The middle half of the ratings stands below their mean.
        figures = {"n": parsed(cells[-1]), level: parsed(cells[3].partition(" ")[0])}
        found += compare("PDF", name, expected[name], figures, 0.5)
    return found


def tagged_rows(structure: str) -> list[list[str]]:
    """The words of each cell, row by row, of the tables of the phases: those that number their stations."""
    rows: list[list[str]] = []
    inside = -1  # how far the row is indented whose cells are being read
    for line in structure.splitlines():
        depth, word = len(line) - len(line.lstrip()), line.strip()
        if word == "TR":
            rows.append([])
            inside = depth
        elif depth <= inside:
            inside = -1
        elif inside >= 0 and re.match(r"T[HD]\b", word):
            rows[-1].append("")
        elif inside >= 0 and word.startswith('"') and rows[-1]:
            rows[-1][-1] += f" {word[1:-1]}"
    words = [[" ".join(cell.split()) for cell in row] for row in rows]
    tables = [index for index, row in enumerate(words) if len(row) in PDF_ROWS and not row[0].isdigit()]
    ends = [*tables[1:], len(words)]
    # The table of the six scales is numbered, too, but ends with the leverage instead of n.
    kept = [
        words[begin + 1 : end]
        for begin, end in zip(tables, ends, strict=True)
        if words[begin][0] in NUMBERED and words[begin][-1] == "n"
    ]
    return [row for table in kept for row in table]


def letters(text: str) -> str:
    """A name without spaces and hyphens of any kind, which a line break may add."""
    return re.sub(r"[\s\-\xad\u2010]", "", text)


def missing(where: str, shown: Mapping[str, object], expected: Mapping[str, object]) -> Findings:
    return [f"{where}: {name} is missing" for name in expected.keys() - shown.keys()] + [
        f"{where}: {name} was never asked" for name in shown.keys() - expected.keys()
    ]


def check_phone(html: str, expected: Mapping[str, Expected]) -> Findings:
    """The result on a phone: neither bar nor number beside a station with one or two ratings."""
    rows = re.findall(r'<li class="result-row">(.*?)</li>', html, re.DOTALL)
    found = [] if len(rows) >= len(expected) else [f"phone: {len(rows)} stations"]
    for row in rows:
        name = unescape("".join(re.findall(r"<bdi>(.*?)</bdi>", row))).strip()
        figures = re.search(r'class="result-row__figures">(.*?)</p>', row, re.DOTALL)
        if name in expected and expected[name].is_hidden and figures and re.search("<svg|<strong", figures.group(1)):
            found.append(f"phone: {name} was rated by {expected[name].n} and shows {figures.group(1)}")
    return found


def check_curve(where: str, html: str, expected: Mapping[str, Expected]) -> Findings:
    """No drawing names a hidden station together with a number of ratings or a balance."""
    found = []
    for title in re.findall(r"<title[^>]*>(.*?)</title>|aria-label=\"([^\"]*)\"", html, re.DOTALL):
        words = unescape("".join(title))
        for name, right in expected.items():
            figure = re.search(rf"{re.escape(name)}[^,;.\n]*?:\s*(?:{NUMBER}|n\s*=)", words)
            if right.is_hidden and figure:
                found.append(f"{where}: {name} was rated by {right.n}; {figure.group(0)!r}")
    return found


# --- the whole ----------------------------------------------------------------------------------------------------


async def play(
    port: int, moderator: Moderator, touchpoints: Path, answers: list[dict[str, Given]], mode: str
) -> dict[str, str]:
    """Import, plan, rate, reveal, record, report; everything that is compared afterwards."""
    said: dict[str, str] = {}
    await moderator.import_touchpoints(touchpoints)
    await moderator.make_journey()
    plan, block = await moderator.make_workshop(mode)
    code = join_code((await moderator.person.get(f"{plan}invite/")).text)
    people = await in_parallel([lambda number=number: join(port, code, number) for number in range(PEOPLE)])
    await moderator.send(f"{block}open/", {})
    begun = time.perf_counter()
    await in_parallel([lambda who=who, own=own: rate(who, code, own) for who, own in zip(people, answers, strict=True)])
    seconds = time.perf_counter() - begun
    sent = sum(len(taps(answer)) for person in answers for answer in person.values())
    print(f"{PEOPLE} people gave {sum(map(len, answers))} answers with {sent} taps in {seconds:.0f} s")
    said["page before reveal"] = (await moderator.person.get(f"{plan}result/")).text
    said["CSV before reveal"] = str((await moderator.person.get(f"{plan}result/export.csv")).status)
    await moderator.send(f"{block}reveal/", {})
    said["phone"] = (await people[0].get(f"/w/{code}/poll/?version=0")).text
    said["board"] = (await moderator.person.get(f"{plan}poll/?version=0")).text
    said["page"] = (await moderator.person.get(f"{plan}result/")).text
    said["CSV"] = (await moderator.person.get(f"{plan}result/export.csv")).body.decode("utf-8-sig")
    await moderator.send(f"{plan}freeze/", {})
    said["PDF"] = await report(moderator, plan)
    for person in people:
        await person.close()
    return said


async def report(moderator: Moderator, plan: str) -> str:
    """Ask for the PDF, wait for it, and return its text by structure."""
    code = plan.rstrip("/").rsplit("/", 1)[1]
    detail = await moderator.send(f"{moderator.root}/reports/of/{code}/", {"language": "de"})
    for _ in range(240):
        answer = await moderator.person.get(f"{detail}file/")
        if answer.status == 200:
            break
        await asyncio.sleep(0.5)
    assert answer.body.startswith(b"%PDF"), answer.status
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(answer.body)
        file.flush()
        done = subprocess.run(["pdfinfo", "-struct-text", file.name], check=True, capture_output=True, text=True)
    return done.stdout


def check(said: Mapping[str, str], path: list[str], expected: Mapping[str, Expected]) -> dict[str, Findings]:
    """Everything that differs from the direct count, by place."""
    early = [f"a table of {len(t)} rows" for t in Page(said["page before reveal"]).tables if len(t) > 1]
    if said["CSV before reveal"] != "302":
        early.append(f"the export answers {said['CSV before reveal']}")
    return {
        "nothing before reveal": early,
        "result page": check_page(said["page"], expected) + check_curve("page", said["page"], expected),
        "phone": check_phone(said["phone"], expected) + check_curve("phone", said["phone"], expected),
        "board": check_curve("board", said["board"], expected),
        "CSV export": check_csv(said["CSV"], expected),
        "PDF": check_pdf(said["PDF"], path, expected),
    }


def path_of(said: Mapping[str, str]) -> list[str]:
    """The names along the path, from the export."""
    return [row[1].removeprefix("'") for row in csv.reader(io.StringIO(said["CSV"]), delimiter=";")][1:]


def main() -> int:
    mode, (feedback, touchpoints) = sys.argv[1], map(Path, sys.argv[2:4])
    if shutil.which("pdfinfo") is None:
        sys.exit("pdfinfo is missing; as root run: apt-get install poppler-utils")
    database.prepare()
    from benchmarks import pdf, servers, world  # noqa: PLC0415 - their models need Django to be set up

    names = [" ".join(row["name"].split()) for row in read_rows(touchpoints)]
    rows = read_rows(feedback)
    lists = seeded_lists(rows, names)
    people = in_full(hand_out(lists)) if mode == "full" else hand_out(lists)
    expected = {
        name: direct_count(judgements, [person[name] for person in people]) for name, judgements in lists.items()
    }
    place = world.make_place(0)
    with pdf.worker(), servers.uvicorn() as port:
        moderator = Moderator(Person(port, place.cookies), place.organisation.slug)
        said = asyncio.run(play(port, moderator, touchpoints, people, mode))
    found = check(said, path_of(said), expected)
    few = sorted((right.n, name) for name, right in expected.items() if right.is_hidden)
    print(f"{len(rows)} judgements in the file, {sum(right.n for right in expected.values())} handed out")
    print(f"{len(expected)} stations, {sum(right.n >= 3 for right in expected.values())} of them with figures")
    print("no figure anywhere: " + (", ".join(f"{name} (n = {n})" for n, name in few) or "–"))
    for place_name, wrong in found.items():
        print(f"{place_name}: {'equal to the direct count' if not wrong else ''}", *wrong, sep="\n  " if wrong else "")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
