"""Files that want to harm: each is refused with a sentence, before it costs memory or more than a moment."""

import io
import resource
import time
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.touchpoints.test_workbooks import (
    ENCRYPTED,
    MACROS,
    OLD,
    SHEET,
    TOO_LARGE,
    UNREADABLE,
    cells,
    changed,
    refusal,
    with_sheet,
    with_texts,
    workbook,
)
from touchpoints.csv_exchange import workbook_bounds
from touchpoints.models import TouchpointImport

ROOM = 60 * 1024 * 1024  # bytes that reading a hostile file may add to the process
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def archive(**members: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return output.getvalue()


def nested_bomb(levels: int) -> bytes:
    """Ten archives of ten archives …, with ten megabytes of zeros at the bottom."""
    inner = archive(zeros=bytes(10 * 1024 * 1024))
    for _level in range(levels):
        inner = archive(**{f"{number}.xlsx": inner for number in range(10)})
    return inner


def test_an_archive_of_archives_is_never_unpacked(monkeypatch):
    bomb = nested_bomb(4)
    inside = changed(workbook(["name"], ["A"]), lambda _name, member: member, **{"xl/embeddings/book.xlsx": bomb})

    assert refusal(bomb) == UNREADABLE
    assert cells(inside) == [("name",), ("A",)]


MERGED = b"<mergeCells>" + b'<mergeCell ref="A1:A1048576"/>' * 900_000 + b"</mergeCells></worksheet>"
EMPTY_CELLS = "<row>" + "<c/>" * 100 + "</row>"
VALUES = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
COSTLY = {
    "empty cells": lambda: with_sheet(EMPTY_CELLS * 29_000),
    "empty rows": lambda: with_sheet("<row/>" * 2_900_000),
    "values": lambda: with_sheet(VALUES * 14_000),
    "merged cells": lambda: changed(
        with_sheet("<row/>"), lambda name, part: part.replace(b"</worksheet>", MERGED) if name == SHEET else part
    ),
    "texts": lambda: with_texts(with_sheet('<row><c t="s"><v>0</v></c></row>'), b"<si><t>x</t></si>" * 1_400_000),
    "formats in a text": lambda: with_texts(
        with_sheet("<row/>"), (b"<si>" + b"<r><t>x</t></r>" * 1_000 + b"</si>") * 1_400
    ),
}


@pytest.mark.parametrize("what", COSTLY)
def test_more_than_a_list_can_hold_is_counted_before_it_is_read(monkeypatch, what):
    content = COSTLY[what]()
    monkeypatch.setattr(workbook_bounds, "MAX_RATIO", 10_000)  # what hides it better than these repetitions
    memory, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    assert refusal(content) == TOO_LARGE
    assert time.process_time() - begun < 2.5
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) * 1024 < ROOM


def test_elements_are_counted_across_the_pieces_in_which_they_arrive(monkeypatch):
    monkeypatch.setattr(workbook_bounds, "COUNTED", 1)
    budget = workbook_bounds.Budget(4)

    budget.spend(io.BytesIO(b"<a><b/>x</a><c d='/'></c>"))

    assert budget.elements == 1


def test_a_document_type_with_entities_is_refused_in_every_part():
    """Whether it wants a file of the server, an address, or a billion laughs."""
    declarations = [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a SYSTEM "http://evil.example.net/x.dtd">',
        b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]>',
    ]
    content = with_texts(workbook(["name"], ["A"]), b"<si><t>A</t></si>")
    for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", SHEET):
        for declaration in declarations:

            def declare(other: str, member: bytes, name=name, declaration=declaration) -> bytes:
                if other != name:
                    return member
                head, mark, rest = member.partition(b"?>")
                return head + mark + declaration + rest if mark else declaration + member

            assert refusal(changed(content, declare)) == UNREADABLE, (name, declaration)


def send(client: Client, name: str, content: bytes, kind: str = EXCEL):
    upload = SimpleUploadedFile(name, content, content_type=kind)
    code = "11111111-2222-4333-8444-555555555555"
    return client.post(
        reverse("touchpoints:import_create", args=["regio-bahn"]),
        {"code": code, "file": upload},
        headers={"Accept-Language": "en"},
    )


MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
OLE = workbook_bounds.OLE_CONTAINER
SENTENCES = {
    "macros": (
        "liste.xlsm", lambda: changed(workbook(["name"]), lambda _n, m: m.replace(PLAIN_TYPE, MACRO_TYPE)), MACROS,
    ),
    "macros under another name": (
        "liste.xlsx", lambda: changed(workbook(["name"]), lambda _n, m: m, **{"xl/vbaProject.bin": b"x"}), MACROS,
    ),
    "encrypted": ("liste.xlsx", lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), ENCRYPTED),
    "old format": ("liste.xls", lambda: OLE + bytes(600), OLD),
    "old format under a new name": ("liste.xlsx", lambda: OLE + bytes(600), OLD),
    "a bomb": ("liste.xlsx", lambda: archive(**{"xl/workbook.xml": bytes(30 * 1024 * 1024)}), TOO_LARGE),
    "another archive": ("liste.csv", lambda: archive(**{"word/document.xml": b"<a/>"}), UNREADABLE),
    "a picture": (
        "liste.csv", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x81\x8d\x8f\x90\x9d",
        "The characters of this file cannot be read. Please save it as a CSV file in UTF-8 and choose it again.",
    ),
    "too large": (
        "liste.csv", lambda: b"name\n" + b"a,b\n" * 1_400_000,
        "The file has 5.3 MB. Up to 5 MB and 20,000 rows can be read at once; please split it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SENTENCES)
def test_who_uploads_it_reads_a_sentence(mara_client, what):
    name, content, sentence = SENTENCES[what]
    mara_client.cookies["django_language"] = "en"

    response = send(mara_client, name, content())

    assert response.status_code == 422
    assert response.context["form"].errors["file"] == [sentence]
    assert TouchpointImport._base_manager.count() == 0


@pytest.mark.parametrize(
    ("name", "kind"), [("liste.csv", "text/csv"), ("liste.xlsm", "x"), ("liste.exe", ""), ("liste", "text/plain")]
)
def test_a_workbook_is_read_whatever_it_is_called(mara_client, name, kind):
    response = send(mara_client, name, workbook(["name", "phase"], ["A", "presales"]), kind)

    assert response.status_code == 302
    assert TouchpointImport._base_manager.get().file_name == name
