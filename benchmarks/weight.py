"""``weight``: how many bytes of JavaScript and style a page loads, gzipped, and how many of them from other hosts.

The phone's page, and the pages of the board: console, projector and journey board. Modules that modules import, and
what style sheets import or point to, count as well.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import urljoin, urlsplit

from django.urls import reverse

from benchmarks import servers, world
from benchmarks.measure import Figure, Row
from benchmarks.world import Place
from workshops.models import Activity

GOAL = 60.0  # kB of 1,000 bytes
IMPORT = re.compile(rb"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""")
POINTER = re.compile(rb"""@import\s+["']([^"']+)["']|url\(\s*["']?([^"')]+)["']?\s*\)""")
LOADING_LINKS = {"stylesheet", "modulepreload", "preload"}


class Loaded(HTMLParser):
    """What a page loads before anybody does anything: scripts, style sheets, and everything else by address."""

    def __init__(self) -> None:
        super().__init__()
        self.code: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "script" and found.get("src"):
            self.code.append(found["src"])
        elif tag == "link" and found.get("rel") in LOADING_LINKS:
            self.code.append(found["href"])
        elif tag in ("img", "link", "iframe", "source", "video", "audio", "object", "embed"):
            self.others += [found[name] for name in ("src", "href", "data", "poster") if found.get(name)]


class Site:
    """The running application, as one visitor reads it."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port = port
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str) -> bytes:
        connection = HTTPConnection(servers.HOST, self.port, timeout=30)
        connection.request("GET", path, headers={"Cookie": self.cookies, "Accept": "*/*", "Accept-Language": "de"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        return body

    def weigh(self, path: str) -> tuple[dict[str, int], list[str]]:
        """Gzipped bytes of every script and style sheet of a page, and addresses on other hosts."""
        page = Loaded()
        page.feed(self.get(path).decode())
        weights: dict[str, int] = {}
        foreign = [address for address in page.others if is_foreign(address)]
        waiting = [urljoin(path, address) for address in page.code]
        while waiting:
            address = waiting.pop()
            if is_foreign(address):
                foreign.append(address)
            elif address not in weights:
                content = self.get(address)
                weights[address] = len(gzip.compress(content, 6, mtime=0))
                waiting += [urljoin(address, found) for found in pointed_to(address, content)]
        return weights, foreign


def is_foreign(address: str) -> bool:
    return bool(urlsplit(address).netloc)


def pointed_to(address: str, content: bytes) -> Iterator[str]:
    """What a script imports, or what a style sheet loads."""
    if address.partition("?")[0].endswith(".js"):
        yield from (found.decode() for found in IMPORT.findall(content) if found.startswith((b".", b"/", b"http")))
    else:
        for imported, pointer in POINTER.findall(content):
            found = (imported or pointer).decode()
            if not found.startswith(("data:", "#")):
                yield found


def addresses(place: Place, activity: Activity) -> dict[str, str]:
    """The pages that are weighed."""
    here = {"org": place.organisation.slug, "code": activity.workshop.code}
    return {
        "phone": reverse("workshops:room", kwargs={"code": activity.workshop.join_code}),
        "console": reverse("workshops:workshop_console", kwargs=here),
        "projector": reverse("workshops:workshop_projector", kwargs=here),
        "journey board": reverse("journeys:journey_board", kwargs={"org": here["org"], "code": place.journey.code}),
    }


def run(rounds: int) -> Row:
    """Weigh each page once; a weight does not vary."""
    place = world.make_place(9)
    activity = world.make_block(place)
    guest = world.seat_people(place, activity.workshop, 1)[0]
    row, foreign = Row([]), []
    with servers.uvicorn() as port:
        for name, path in addresses(place, activity).items():
            site = Site(port, guest.cookies if name == "phone" else place.cookies)
            weights, others = site.weigh(path)
            row.figures.append(Figure(name, sum(weights.values()) / 1000, GOAL, " kB"))
            heaviest = sorted(weights, key=lambda address: -weights[address])[:3]
            parts = ", ".join(f"{address.rsplit('/', 1)[-1]} {weights[address] / 1000:.1f} kB" for address in heaviest)
            row.notes.append(f"{name}: {len(weights)} files, the heaviest {parts}")
            foreign += others
    row.figures.append(Figure("files from other hosts", len(foreign), 0))
    row.notes += [f"from another host: {address}" for address in foreign]
    return row
