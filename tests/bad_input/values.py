"""What people, programs and attackers put where a name, a number or an id was asked for."""

# ruff: noqa: E501, RUF001 - odd characters, and long lists of them, are what this is about

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass

from django import forms
from hypothesis import strategies as st


@dataclass(frozen=True)
class Row:
    """The code of a row: the ``number``-th of a model, in our organisation or in the other one."""

    where: str
    model: str
    number: int


@dataclass(frozen=True)
class Upload:
    """A file in a form."""

    name: str
    content_type: str
    content: bytes


Value = str | Row | Upload

# Longer than any field, written short: what is drawn is the text and how often it stands.
LONG = st.builds(lambda text, times: text * times, st.sampled_from(["x", "ä", "\U0001f642", " ", "\n", "<b>"]), st.sampled_from([81, 201, 501, 10_000]))  # fmt: skip

TEXTS = st.sampled_from(
    [
        "", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufeff", "\uffff", "\u202egnp.exe", "\u2066a\u2069",
        "שלום עולם", "مرحبا", "Z\u0300\u0301\u0302\u0303\u0304", "👩\u200d👩\u200d👧", "\u200b", "\u2028", "İi̇ıI",
        "a\r\nSet-Cookie: evil=1", "\r\n\r\n<script>alert(1)</script>", "\x1b[31mred\x1b[0m", "\x07\x08\x7f\x9b",
        "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% debug %}", "%(name)s %s %n {0}",
        "' OR 1=1 --", "; DROP TABLE workshops_workshop", "../../../etc/passwd", "C:\\nul", "=1+1", "@SUM(A1)",
        "http://[::1", "//evil.example.net", "javascript:alert(1)", "https://evil.example.net/\\@x", "None", "null",
        "undefined", "true", "[]", "{}", "[object Object]", "&amp;", "a&b=c", "ａｄｍｉｎ", "\\u0000", "%00", "%ff", "+",
    ]
)  # fmt: skip
NUMBERS = st.sampled_from(
    [
        "0", "-0", "-1", "1", "5", "10", "11", "1.5", "1,5", "1e3", "1e309", "-1e309", "NaN", "Infinity", "-inf", "0x10",
        "1_000", "+5", " 5 ", "٣", "１２", "²", "2147483647", "2147483648", "-2147483649", "32768", "65536",
        "9223372036854775807", "9223372036854775808", "1" + "0" * 30, "9" * 5_000, "00000000000000000001",
    ]
)  # fmt: skip
DATES = st.sampled_from(
    [
        "2026-05-01", "2026-05-01T14:30", "2026-02-30", "0001-01-01", "0001-01-01T00:00", "9999-12-31",
        "9999-12-31T23:59", "10000-01-01", "-2026-01-01", "2026-03-29T02:30", "2026-10-25T02:30", "24:00", "1.5.2026",
        "2026-W12", "2026-05-01T14:30:00Z", "2026-05-01T14:30:00+99:99", "0000-00-00", "2026-05-01 14:30:60",
    ]
)  # fmt: skip
UUIDS = st.one_of(
    st.uuids(version=4).map(str),
    st.sampled_from(
        [
            "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "{12345678123456781234567812345678}",
            "urn:uuid:12345678-1234-5678-1234-567812345678", "12345678123456781234567812345678", "not-a-uuid",
            "12345678-1234-5678-1234-56781234567", "１２345678-1234-5678-1234-567812345678",
        ]
    ),
)  # fmt: skip
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=12)

HOSTILE = st.one_of(TEXTS, TEXTS, NUMBERS, DATES, UUIDS, LONG, ANY_TEXT)

NAMES = st.sampled_from(["Kasse", "Werk Nord", "Ünïcode 1", "O'Neill & Söhne", "計画", "a" * 80])


def small_archive() -> bytes:
    """A zip file that is no workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.xml"), "<a/>")
    return buffer.getvalue()


UPLOADS = st.builds(
    Upload,
    name=st.sampled_from(
        ["liste.csv", "list.xlsx", "a.png", "../../x.csv", 'a"b.csv', "a\r\nX-Evil: 1.csv", "\x00.csv", "", "x" * 300 + ".csv"]
    ),
    content_type=st.sampled_from(["text/csv", "image/png", "application/zip", "", "x", "text/csv; charset=klingon"]),
    content=st.sampled_from(
        [
            b"", b"name,phase\nA,presales\n", b"name;phase\n\x00;\xff\n", b'"', b"\xff\xfe", b"\x89PNG\r\n\x1a\n", b"GIF89a",
            b"PK\x03\x04", small_archive(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a," * 3_000, b"\n" * 30_000, b"%PDF-1.7",
            "Ä,ß\r\n".encode("utf-16"), b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        ]
    ),
)  # fmt: skip


def rows_of(models: list[str]) -> st.SearchStrategy[Row]:
    """Codes of rows that exist, ours more often than the other organisation's."""
    return st.builds(
        Row, st.sampled_from(["own", "own", "foreign"]), st.sampled_from(models), st.integers(min_value=0, max_value=2)
    )


def plain_for(field: forms.Field, models: list[str]) -> st.SearchStrategy[Value]:
    """What somebody without bad intentions sends in a field of this kind."""
    if isinstance(field, forms.ModelChoiceField | forms.UUIDField):
        return st.one_of(rows_of(models), st.uuids(version=4).map(str))
    if isinstance(field, forms.IntegerField):
        low, high = field.min_value, field.max_value
        return st.sampled_from([str(number) for number in (low, high, 1, 3) if number is not None])
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return st.sampled_from(["2027-05-01", "2027-05-01T14:30"])
    if isinstance(field, forms.BooleanField):
        return st.sampled_from(["on", "true", ""])
    if isinstance(field, forms.FileField):
        return UPLOADS
    if isinstance(field, forms.EmailField):
        return st.sampled_from(["neu@example.org", "olga@example.org", "x@example.org"])
    choices = list(getattr(field, "choices", []))
    values = [str(value) for value, label in choices if not isinstance(label, list | tuple)]
    return st.sampled_from(values) if values else NAMES


def nearly_for(field: forms.Field) -> st.SearchStrategy[Value]:
    """What lies just outside of what a field of this kind takes."""
    if isinstance(field, forms.IntegerField):
        low, high = field.min_value, field.max_value
        beyond = [str(low - 1)] if low is not None else []
        beyond += [str(high + 1)] if high is not None else []
        return st.one_of(NUMBERS, st.sampled_from(beyond)) if beyond else NUMBERS
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return DATES
    if (longest := getattr(field, "max_length", None)) is not None:
        return st.sampled_from(["x" * longest, "x" * (longest + 1), "ä" * longest, "\U0001f642" * longest])
    return HOSTILE


JSON_BODIES = st.one_of(
    st.sampled_from([b"", b"{", b"[" * 5_000, b'{"a": 1e999}', b"nul", b'"\\ud800"', b"\xff", b'{"name": ["x", null]}']),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
)  # fmt: skip
