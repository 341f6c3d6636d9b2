"""One ZIP, written file by file, so that no more than one of them is in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile

from django.utils import timezone

from touchpoints.csv_exchange.writing import csv_text, defused


@dataclass
class ZipWriter:
    """A ZIP that remembers what README.txt says about its files."""

    file: ZipFile
    told: list[tuple[str, str]] = field(default_factory=list)

    def tell(self, name: str, words: str) -> None:
        """Say in README.txt what a file, or a folder of them, holds."""
        self.told.append((name, words))

    def add(self, name: str, content: str | bytes) -> None:
        """Add a file, compressed."""
        self.file.writestr(name, content)

    def add_picture(self, name: str, content: bytes) -> None:
        """Add a file that is compressed already."""
        self.file.writestr(name, content, compress_type=ZIP_STORED)

    def add_table(self, name: str, words: str, rows: Iterable[Sequence[str]]) -> None:
        """Add a CSV as the spreadsheet of the present language opens it; nothing in it runs as a formula."""
        self.add(name, csv_text(defused(rows)))
        self.tell(name, words)


def moment(when: datetime | None) -> str:
    """A time on the organisation's clock, in a form that sorts; empty where there is none."""
    return f"{timezone.localtime(when):%Y-%m-%d %H:%M}" if when else ""
