"""One ZIP, written file by file, so that no more than one of them is in memory at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language

from touchpoints.csv_exchange.cells import defuse
from touchpoints.csv_exchange.headings import model_field
from touchpoints.csv_exchange.writing import BYTE_ORDER_MARK, DELIMITERS


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
        output = io.StringIO(newline="")
        output.write(BYTE_ORDER_MARK)
        writer = csv.writer(output, delimiter=DELIMITERS.get(str(get_language()), ","), lineterminator="\r\n")
        writer.writerows([defuse(cell) for cell in row] for row in rows)
        self.add(name, output.getvalue())
        self.tell(name, words)


def title_of(model: type[models.Model], name: str) -> str:
    """What stands above the column of a field, in the present language."""
    words = str(model_field(name, model).verbose_name)
    return words[:1].upper() + words[1:]


def moment(when: datetime | None) -> str:
    """A time on the organisation's clock, in a form that sorts; empty where there is none."""
    return f"{timezone.localtime(when):%Y-%m-%d %H:%M}" if when else ""
