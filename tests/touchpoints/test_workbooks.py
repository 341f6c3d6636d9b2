"""Excel workbooks: what a sheet reads as, what is refused before anything is unpacked, and the export."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from accounts.models import Organisation
from tests.factories import DepartmentFactory, TouchpointFactory
from touchpoints.csv_exchange import workbook_bounds
from touchpoints.csv_exchange.cells import escape_controls, unescape_controls
from touchpoints.csv_exchange.checking import Known, check_rows, questions
from touchpoints.csv_exchange.headings import COLUMNS, heading
from touchpoints.csv_exchange.reading import read_table
from touchpoints.csv_exchange.tables import MAX_BYTES, FileRefused, Table
from touchpoints.csv_exchange.workbook_writing import write_workbook
from touchpoints.models import Touchpoint

TOO_LARGE = (
    "This workbook holds far more than a list of 20,000 rows, so it was not opened. "
    "Please copy the sheet with the touchpoints into a new workbook and choose that one."
)
UNREADABLE = (
    "This file cannot be read as an Excel workbook; it may be damaged. "
    "Please open it, save it as “Excel workbook (.xlsx)” or “CSV UTF-8”, and choose it again."
)
ENCRYPTED = "This workbook is protected with a password. Please save it without one and choose it again."
MACROS = (
    "This workbook holds macros. "
    "Please save it as “Excel workbook (.xlsx)”, which is without them, and choose it again."
)
OLD = (
    "This is a workbook in the old format (.xls). "
    "Please open it, save it as “Excel workbook (.xlsx)”, and choose it again."
)
SHEET = "xl/worksheets/sheet1.xml"


def saved(book: Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def changed(content: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """Return an archive whose members went through ``change``, with ``more`` members."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
        for name, member in more.items():
            target.writestr(name, member)
    return output.getvalue()


def with_sheet(xml: str) -> bytes:
    """Return a workbook whose sheet holds ``xml`` as its rows."""
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet = start + xml.encode() + b"</sheetData></worksheet>"
    return changed(workbook(["x"]), lambda name, member: sheet if name == SHEET else member)


def merged_workbook() -> bytes:
    book = Workbook()
    rows = [
        ["name", "phase", "channel", "description", "department", "moment of truth"],
        ["A", "Kauf", "App", "Text", "Vertrieb", "ja"],
        ["B"],
        [None, None, None, "nur Text"],
        ["D", "Loyalty"],
        [],
        ["F"],
        ["G"],
    ]
    for row in rows:
        book.active.append(row)
    for cells in ("B2:B4", "C2:C3", "D2:D3", "E2:E8", "F2:F3", "A2:A2", "B5:B7", "A5:A6", "A3:A4", "G1:H1", "H2:H9"):
        book.active.merge_cells(cells)
    return saved(book)


def test_a_cell_merged_over_rows_counts_for_each_where_it_is_no_text_of_its_own():
    with translation.override("en"):
        table = read_table(merged_workbook())
        columns = {"0": "name", "1": "phase", "2": "channel", "3": "description", "4": "department"}
        columns["5"] = "moment_of_truth"
        checked = check_rows(table.rows[1:], width=table.width, columns=columns, answers={}, known=Known())
        asked = questions(table.rows[1:], columns, Known())

    read = [
        (row.fields["name"], row.fields["phase"], row.fields["channel"], row.fields["description"])
        for row in checked.candidates
    ]
    assert read == [("A", "PU", "App", "Text"), ("B", "PU", "App", ""), ("D", "LO", "", ""), ("F", "LO", "", "")]
    assert [row.fields["moment_of_truth"] for row in checked.candidates] == [True, True, False, False]
    assert [row.department for row in checked.candidates] == ["Vertrieb"] * 4
    assert [(row.number, row.reasons) for row in checked.faulty] == [
        (4, ["The name is missing: its cell is merged with one above. Each touchpoint needs a name of its own."]),
        (8, ["The phase is missing."]),
    ]
    assert [(question.field, question.entry, question.count) for question in asked] == [
        ("channel", "App", 2),
        ("department", "Vertrieb", 6),
    ]
    assert table.notes == (
        "Cells that are merged over several rows count for each of these rows where a column holds phases, channels, "
        "departments or another short list: B2:B4, C2:C3, D2:D3, E2:E8, F2:F3, A3:A4, B5:B7.",
    )


def test_what_follows_the_rows_of_a_sheet_may_be_long(monkeypatch):
    links = b"<hyperlinks>" + b'<hyperlink ref="A2" location="x"/>' * 100 + b"</hyperlinks></worksheet>"
    content = changed(
        merged_workbook(), lambda name, part: part.replace(b"</worksheet>", links) if name == SHEET else part
    )
    monkeypatch.setattr(workbook_bounds, "MAX_ELEMENTS_AT_ONCE", 60)

    table = read_table(content)

    assert [row.shown(1) for row in table.rows] == ["phase", "Kauf", "Kauf", "Kauf", "Loyalty", "Loyalty", ""]
    long_before = changed(
        merged_workbook(),
        lambda name, part: (
            part.replace(b"<mergeCells", b"<scenarios/>" * 100 + b"<mergeCells") if name == SHEET else part
        ),
    )
    assert [row.shown(1) for row in read_table(long_before).rows] == ["phase", "Kauf", "", "", "Loyalty", "", ""]


def with_texts(content: bytes, texts: bytes) -> bytes:
    """Return a workbook with a table of shared texts, as Excel writes it."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    entry = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    table = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + texts + b"</sst>"
    return changed(content, lambda _name, member: member.replace(b"</Types>", entry), **{"xl/sharedStrings.xml": table})


def read(content: bytes) -> Table:
    with translation.override("en"):
        return read_table(content)


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read(content).rows]


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        read(content)
    return caught.value.message


def test_values_become_what_people_would_have_typed():
    moment = datetime(2026, 5, 1, 14, 30)  # noqa: DTZ001 - a sheet knows no zone
    content = workbook(
        ["a", "b", "c", "d", "e", "f", "g"],
        [1, 2.0, 0.1 + 0.2, True, False, date(2026, 5, 1), moment],
        [-3, 1e20, " text ", time(9, 5), None, "Ümläut 🙂", "line\nbreak"],
    )

    assert cells(content)[1:] == [
        ("1", "2", "0.3", "yes", "no", "2026-05-01", "2026-05-01 14:30"),
        ("-3", "1e+20", "text", "09:05:00", "", "Ümläut 🙂", "line\nbreak"),
    ]


def test_rows_keep_the_numbers_that_the_program_shows():
    assert [row.number for row in read(workbook(["name"], [], ["A"], [None, " "], ["B"])).rows] == [1, 3, 5]


def test_a_merged_cell_speaks_from_its_first_one():
    book = Workbook()
    book.active.append(["name", "phase", "place"])
    book.active.append(["A", "lost", "here"])
    book.active.merge_cells("A2:B2")

    assert cells(saved(book)) == [("name", "phase", "place"), ("A", "", "here")]


def test_a_column_without_heading_is_asked_about_like_any_other():
    table = read(workbook(["name"], ["A", None, "remark"]))

    assert [row.cells for row in table.rows] == [("name", "", ""), ("A", "", "remark")]


def test_a_formula_counts_by_its_result_and_is_named_where_it_has_none():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>"A"&amp;"B"</f><v>AB</v></c><c r="B2"><f>1+1</f><v>2</v></c>'
        '<c r="C2" t="str"><f>""</f><v></v></c><c r="D2"><f>1+1</f></c>'
        '<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )

    table = read(with_sheet(rows))

    assert table.rows[1].cells == ("AB", "2")
    assert table.notes == (
        "2 cells hold an error, or a formula without a result, and count as empty: D2, E2. "
        "Opened and saved in a spreadsheet program, the file holds the results of its formulas.",
    )


def test_the_first_visible_sheet_with_content_is_read_and_named():
    book = Workbook()
    hidden = book.create_sheet("Versteckt")
    hidden.append(["no"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Liste").append(["name"])
    book.create_sheet("Später").append(["no"])

    table = read(saved(book))

    assert [row.cells for row in table.rows] == [("name",)]
    assert table.notes == ("The file has 4 sheets. The first one that holds anything was read: “Liste”.",)


def test_texts_in_the_shared_table_are_read_with_all_their_formats_and_escapes():
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    texts = b"<si><r><t>bold </t></r><r><t>plain</t></r><rPh><t>no</t></rPh></si><si><t>a_x000A_b_x005F_x000A_</t></si>"

    assert cells(with_texts(with_sheet(rows), texts)) == [("bold plain", "a\nb_x000A_")]


@given(st.text())
def test_unescape_undoes_escape_exactly(text):
    assert unescape_controls(escape_controls(text)) == text


def test_half_a_surrogate_pair_is_no_character():
    assert unescape_controls("_xD83D_") == "_xD83D_"


def test_file_type_is_taken_from_the_content():
    ole = workbook_bounds.OLE_CONTAINER + bytes(600)
    macro_type = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain_type = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    content = workbook(["name"], ["A"])

    assert refusal(ole) == OLD
    assert refusal(ole + "EncryptedPackage".encode("utf-16-le")) == ENCRYPTED
    assert refusal(changed(content, lambda name, member: member.replace(plain_type, macro_type))) == MACROS
    assert refusal(changed(content, lambda name, member: member, **{"xl/vbaProject.bin": b"x"})) == MACROS
    assert cells(b"PK,name\nA,B\n") == [("PK", "name"), ("A", "B")]


def test_a_member_with_a_password_is_refused():
    content = bytearray(workbook(["name"]))
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1

    assert refusal(bytes(content)) == ENCRYPTED


@pytest.mark.parametrize("length", [4, 22, 200, -1, -30])
def test_a_damaged_workbook_is_refused(length):
    assert refusal(workbook(["name"], ["A"])[:length]) == UNREADABLE


@pytest.mark.parametrize("name", ["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET])
@pytest.mark.parametrize(
    "member", [b"", b"<", b"<a b=>", b"<a/>", b"\x00\xff", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_a_workbook_with_a_broken_part_is_refused_or_empty(name, member):
    broken = changed(workbook(["name"]), lambda other, old: member if other == name else old)

    assert refusal(broken) in (
        UNREADABLE,
        "The file is empty. It needs a row of headings and a row for each touchpoint.",
    )


@pytest.mark.parametrize(
    "row",
    ['<row r="x"><c><v>1</v></c></row>', f'<row r="{"9" * 5000}"/>', '<row><c r="??"><v>1</v></c></row>',
     '<row><c t="s"><v>7</v></c></row>', "<row><c><v>one</v></c></row>", '<row><c s="9x"><v>1</v></c></row>'],
)  # fmt: skip
def test_a_sheet_that_no_program_writes_is_refused(row):
    assert refusal(with_sheet(row)) == UNREADABLE


@pytest.mark.parametrize("name", ["[Content_Types].xml", "xl/workbook.xml", SHEET])
def test_a_workbook_with_a_flipped_bit_is_refused(name):
    content = bytearray(workbook(["name"]))
    directory_entry = content.rindex(name.encode()) - 46
    content[directory_entry + 16] ^= 1  # its checksum

    assert refusal(bytes(content)) == UNREADABLE


def test_another_archive_is_no_workbook():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")

    assert refusal(other.getvalue()) == UNREADABLE
    assert refusal(b"PK\x05\x06" + bytes(18)) == UNREADABLE


def test_an_empty_workbook_is_refused_like_an_empty_file():
    assert refusal(workbook()) == "The file is empty. It needs a row of headings and a row for each touchpoint."


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    content = workbook(["name"])
    monotonous = changed(content, lambda name, member: member, **{"xl/media/a": bytes(30 * 1024 * 1024)})
    varied = bytes(range(256)) * 4 + bytes(60_000)
    large = changed(content, lambda name, member: member, **{f"xl/media/{n}": varied * 10 for n in range(180)})
    many = changed(content, lambda name, member: member, **{f"xl/media/{number}": b"x" for number in range(1000)})
    monkeypatch.setattr(zipfile.ZipFile, "open", None)  # whoever unpacks fails

    assert [len(bomb) < MAX_BYTES for bomb in (monotonous, large, many)] == [True, True, True]
    assert [refusal(bomb) for bomb in (monotonous, large, many)] == [TOO_LARGE, TOO_LARGE, TOO_LARGE]


def test_a_workbook_that_says_it_is_small_is_read_no_further():
    rows = "".join(f"<row><c><v>{number}</v></c></row>" for number in range(1000))
    content = bytearray(with_sheet(rows))
    position = content.rindex(SHEET.encode()) - 46  # its entry in the directory
    content[position + 24 : position + 28] = (500).to_bytes(4, "little")

    assert refusal(bytes(content)) == UNREADABLE


def test_one_row_of_far_too_many_cells_is_refused_while_it_streams():
    assert refusal(with_sheet("<row>" + "<c/>" * 60_000 + "</row>")) == TOO_LARGE


def test_many_sheets_share_what_may_be_read(monkeypatch):
    book = Workbook()
    for number in range(4):
        book.create_sheet(f"{number}")
    rows = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    rows += b"<row/>" * 1_000 + b"</sheetData></worksheet>"
    content = changed(saved(book), lambda name, member: rows if "worksheets/" in name else member)

    monkeypatch.setattr(workbook_bounds.Budget.__init__, "__defaults__", (5 * 1_002,))
    assert refusal(content) == "The file is empty. It needs a row of headings and a row for each touchpoint."
    monkeypatch.setattr(workbook_bounds.Budget.__init__, "__defaults__", (4 * 1_002,))
    assert refusal(content) == TOO_LARGE


def test_a_part_that_is_read_at_once_may_hold_so_much_only():
    content = workbook(["name"])
    styles = b"<styleSheet>" + b"<xf/>" * 200_000 + b"</styleSheet>"

    def swell(name: str, member: bytes) -> bytes:
        return styles if name == "xl/styles.xml" else member

    assert refusal(changed(content, swell)) == TOO_LARGE


def test_a_text_used_again_and_again_counts_each_time():
    row = "<row>" + '<c t="s"><v>0</v></c>' * 190 + "</row>"
    content = with_texts(with_sheet(row), b"<si><t>%s</t></si>" % (b"ab " * 10_000))

    assert len(content) < 10_000
    assert MAX_BYTES < 190 * 30_000
    assert refusal(content) == TOO_LARGE


def test_a_cell_far_to_the_right_is_named():
    assert refusal(with_sheet('<row r="7"><c r="XFD7"><v>1</v></c></row>')) == (
        "Cell XFD7 holds something. Up to 200 columns can be read; please remove the others."
    )


def test_as_many_rows_as_in_a_csv_file():
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 20_002))

    assert len(read(with_sheet(rows)).rows) == 20_001
    assert refusal(with_sheet(rows + '<row r="99999"><c r="A99999"><v>1</v></c></row>')) == (
        "The file has 20,001 rows. Up to 20,000 can be read at once; please split it."
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_export_has_the_columns_of_the_csv_export_and_nothing_that_runs(in_scope: Organisation, language):
    department = DepartmentFactory(organisation=in_scope, name="=Vertrieb")
    TouchpointFactory(
        organisation=in_scope,
        name="=1+1",
        channel="+49",
        place="#N/A",
        purpose="'=x",
        department=department,
        phase="PU",
    )

    with translation.override(language):
        content = write_workbook(Touchpoint.objects.in_order().select_related("department"))
        headings = [heading(field) for field in COLUMNS]
    sheet = load_workbook(io.BytesIO(content)).active

    first, second = sheet.iter_rows()
    assert [cell.value for cell in first] == headings
    assert {cell.font.bold for cell in first} == {True}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:V2")
    row = dict(zip(COLUMNS, second, strict=True))
    written = {
        name: row[name].value for name in ("name", "channel", "place", "purpose", "department", "department_kind")
    }
    assert written == {
        "name": "=1+1",
        "channel": "+49",
        "place": "#N/A",
        "purpose": "'=x",
        "department": "=Vertrieb",
        "department_kind": {"de": "Abteilung", "en": "Department"}[language],
    }
    assert {cell.number_format for cell in second} == {"@"}
    assert [name for name, cell in row.items() if cell.quotePrefix] == ["name", "channel", "department", "purpose"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(SHEET)
    assert (xml.count(b"<f>"), xml.count(b"<c "), xml.count(b't="inlineStr"')) == (0, 44, 44)
