"""What a workbook must be before it is opened, and how much of it is ever in memory.

An .xlsx file is a zip archive of XML parts. Both unpack to far more than was uploaded if somebody wants them to, so
everything is counted while it streams past, and the few parts that are read in one go are counted before.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element, iterparse
from xml.parsers.expat import ParserCreate
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.utils.translation import gettext as _

from touchpoints.csv_exchange.tables import FileRefused

ZIP_ARCHIVE = b"PK"
# The container of the old .xls, and of every workbook with a password, whose own directory then names this stream.
OLE_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

CONTENT_TYPES = "[Content_Types].xml"
STYLES = "xl/styles.xml"

MAX_MEMBERS = 1_000
MAX_UNPACKED = 100 * 1024 * 1024
# Deflate packs a thousandfold at most; the most monotonous real sheets come to a hundredfold. Small members may.
MAX_RATIO = 200
RATIO_FROM = 1024 * 1024
# A part that is read in one go: its bytes and its tags. Ten thousand cell formats stay below this.
MAX_PART = 10 * 1024 * 1024
MAX_PART_TAGS = 200_000
# Parts that stream: elements in all of them (20,000 rows of all columns come to 1.8 million), and at once: one row.
MAX_ELEMENTS = 2_000_000
MAX_ELEMENTS_AT_ONCE = 50_000
# So many groups of merged cells are remembered.
MAX_MERGED = 100_000
CHUNK = 16 * 1024
COUNTED = 256 * 1024


@dataclass
class Budget:
    """What may still be read of one workbook: it may have a thousand sheets."""

    elements: int = MAX_ELEMENTS

    def spend(self, source: IO[bytes]) -> None:
        """Count the elements of a part before it is parsed, which is much faster, and refuse too many of them.

        A comment counts as well, and so does what stands in a character section; no program writes so many of these.
        """
        last = b""
        while chunk := source.read(COUNTED):
            joined = last + chunk
            self.elements -= joined.count(b"<") - joined.count(b"</")
            last = b""
            if joined.endswith(b"<"):  # whether it opens or closes is told by the next chunk
                self.elements += 1
                last = b"<"
            if self.elements < 0:
                raise too_large()


def too_large() -> FileRefused:
    """Return the refusal of a workbook that would take too much to read."""
    return FileRefused(
        _(
            "This workbook holds far more than a list of 20,000 rows, so it was not opened. "
            "Please copy the sheet with the touchpoints into a new workbook and choose that one."
        )
    )


def unreadable() -> FileRefused:
    """Return the refusal of something that begins like a workbook and is none, or a broken one."""
    return FileRefused(
        _(
            "This file cannot be read as an Excel workbook; it may be damaged. "
            "Please open it, save it as “Excel workbook (.xlsx)” or “CSV UTF-8”, and choose it again."
        )
    )


def encrypted() -> FileRefused:
    """Return the refusal of a workbook with a password."""
    return FileRefused(_("This workbook is protected with a password. Please save it without one and choose it again."))


def refuse_ole(content: bytes) -> FileRefused:
    """Return why a file in the old container cannot be read: a password, or the old format."""
    if ENCRYPTED_STREAM in content:
        return encrypted()
    return FileRefused(
        _(
            "This is a workbook in the old format (.xls). "
            "Please open it, save it as “Excel workbook (.xlsx)”, and choose it again."
        )
    )


def open_archive(content: bytes) -> ZipFile:
    """Return the archive of a workbook that may be unpacked, or raise FileRefused; for what is none, BadZipFile."""
    archive = ZipFile(io.BytesIO(content))
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise too_large()
    for member in members:
        if member.flag_bits & 1:
            raise encrypted()
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise unreadable()
        if member.file_size > max(RATIO_FROM, MAX_RATIO * member.compress_size):
            raise too_large()
    if has_macros(archive):
        raise FileRefused(
            _(
                "This workbook holds macros. "
                "Please save it as “Excel workbook (.xlsx)”, which is without them, and choose it again."
            )
        )
    return archive


def has_macros(archive: ZipFile) -> bool:
    """Whether a workbook brings programs along, whatever its name ends in."""
    if any(name.casefold().endswith("vbaproject.bin") for name in archive.namelist()):
        return True
    return CONTENT_TYPES in archive.namelist() and b"macroEnabled" in read_part(archive, CONTENT_TYPES)


def read_part(archive: ZipFile, name: str) -> bytes:
    """Return a part that is to be parsed in one go, or raise FileRefused where it holds more than that bears."""
    if archive.getinfo(name).file_size > MAX_PART:
        raise too_large()
    part = archive.read(name)
    refuse_doctype(io.BytesIO(part))
    if part.count(b"<") > MAX_PART_TAGS:
        raise too_large()
    return part


def refuse_doctype(source: IO[bytes]) -> None:
    """Refuse a part that declares a document type: only there can entities be defined, which expand without end.

    It stands before the first element, so no more is read. defusedxml sees it too, but parses in Python, in which a
    long sheet takes four times as long.
    """
    elements: list[str] = []
    parser = ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: elements.append(name)
    parser.StartDoctypeDeclHandler = refuse_declaration
    while not elements and (chunk := source.read(CHUNK)):
        parser.Parse(chunk)


def refuse_declaration(*_declaration: object) -> None:
    """Stop the parser at a declaration."""
    raise unreadable()


def stream_elements(archive: ZipFile, part: str, wanted: Mapping[str, str], budget: Budget) -> Iterator[Element]:
    """Yield each ``wanted`` element, each kind from the one element that it stands in, and forget it before the next.

    The first kind has to be there to its end. What follows is read as far as it is as short as it always was.
    """
    with archive.open(part) as source:
        refuse_doctype(source)
    with archive.open(part) as source:
        budget.spend(source)
    with archive.open(part) as source:
        yield from bounded_elements(source, wanted)


def bounded_elements(source: IO[bytes], wanted: Mapping[str, str]) -> Iterator[Element]:
    """Yield the elements of a part without declarations, and refuse a row of more of them than a list can hold.

    Behind the first kind a sheet may hold links and rules without number: those only end the search for the others.
    """
    waiting = list(wanted.values())
    first = waiting[0]
    container: Element | None = None
    held = 0
    for event, element in iterparse(source, events=("start", "end")):  # noqa: S314 - see refuse_doctype
        if event == "start":
            held += 1
            if held > MAX_ELEMENTS_AT_ONCE:
                if container is None and first not in waiting:
                    return
                raise too_large()
            if element.tag in waiting and container is None:
                container = element
        elif container is not None and wanted.get(element.tag) == container.tag:
            yield element
            element.clear()
            container.clear()  # it would keep an empty element for each
            held = 0
        elif container is not None and element is container:
            waiting.remove(element.tag)
            if not waiting:
                return
            container, held = None, 0
