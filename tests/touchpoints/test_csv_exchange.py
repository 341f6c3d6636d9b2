"""Reading and writing CSV: encodings, delimiters, headings, entries, formulas, and the way there and back."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from touchpoints.csv_exchange.cells import defuse, restore
from touchpoints.csv_exchange.checking import Known, check_rows, proposals, questions
from touchpoints.csv_exchange.entries import (
    FLAGS,
    HINTS,
    LISTS,
    choices,
    propose,
    propose_kind,
    propose_medium,
    recognise,
)
from touchpoints.csv_exchange.headings import COLUMNS, heading, propose_columns, recognise_heading
from touchpoints.csv_exchange.reading import read_table
from touchpoints.csv_exchange.tables import MAX_BYTES, FileRefused


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(content).rows]


@given(st.text())
def test_restore_undoes_defuse_exactly(cell):
    assert restore(defuse(cell)) == cell


@given(st.sampled_from("=+-@\t\r\n＝＋－＠'"), st.text())  # noqa: RUF001 - wide on purpose
def test_defuse_leaves_no_cell_that_runs(start, rest):
    assert defuse(start + rest)[0] == "'"
    assert restore(defuse(start + rest)) == start + rest


def test_restore_leaves_an_ordinary_apostrophe():
    assert restore("'s Lädchen") == "'s Lädchen"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_read_table_understands_encodings_and_delimiters(encoding, delimiter):
    text = f"name{delimiter}phase\r\nGespräch am Schalter{delimiter}Kauf\r\n"

    assert cells(text.encode(encoding)) == [("name", "phase"), ("Gespräch am Schalter", "Kauf")]


def test_read_table_counts_rows_as_a_spreadsheet_does():
    table = read_table(b'name;phase\n"two\nlines";PU\n\n;;\nlast;PU\n')

    assert [row.number for row in table.rows] == [1, 2, 5]


def test_read_table_believes_a_first_line_that_names_the_delimiter():
    assert cells(b"sep=;\nname;phase\nA, B and C;PU\n") == [("name", "phase"), ("A, B and C", "PU")]


def test_read_table_is_not_misled_by_commas_in_texts():
    content = b"name;description\nA;I come, I see\nB;I go, and go, and go\n"

    assert cells(content)[1] == ("A", "I come, I see")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. It needs a row of headings and a row for each touchpoint."),
        (b"\n ; \n", "The file is empty. It needs a row of headings and a row for each touchpoint."),
        (
            b"name\n\x81\x8d\n",
            "The characters of this file cannot be read. Please save it as a CSV file in UTF-8 and choose it again.",
        ),
        (
            b'name;phase\nA;PU\n"B;PU\nC;PU\n',
            "In row 3 a quotation mark opens a cell that never ends. Please close or remove it.",
        ),
        (
            b"name\n" + b"x\n" * 100_000,
            "The file has 100,000 rows. Up to 20,000 can be read at once; please split it.",
        ),
        (
            b"x" * (MAX_BYTES + 1),
            "The file has 5.0 MB. Up to 5 MB and 20,000 rows can be read at once; please split it.",
        ),
    ],
)
def test_read_table_refuses_with_a_sentence(content, sentence):
    with translation.override("en"), pytest.raises(FileRefused) as refusal:
        read_table(content)

    assert refusal.value.message == sentence


def test_read_table_takes_20000_rows():
    assert len(read_table(b"name\n" + b"x\n" * 20_000).rows) == 20_001


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("field", COLUMNS)
def test_recognise_heading_knows_the_headings_of_the_export(language, field):
    with translation.override(language):
        written = heading(field)

    assert recognise_heading(written, "de") == field
    assert recognise_heading(field, "de") == field


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("field", [*LISTS, *HINTS, *FLAGS])
def test_recognise_knows_the_labels_of_the_export(language, field):
    with translation.override(language):
        labels = choices(field)

    assert [recognise(field, label) for _value, label in labels] == [value for value, _label in labels]
    assert [recognise(field, value) for value, _label in labels] == [value for value, _label in labels]


def test_propose_columns_reads_the_starter_catalogues_own_columns():
    table = read_table(
        b"number,phase,name_de,name_en,channel,relation,media,contact,description_de,description_en\n"
        b"IB-01,IB,Suche,Search,online,indirect,earned,mediated,Ich,I\n"
    )

    assert propose_columns(table, "de") == {
        "1": "phase",
        "2": "name",
        "4": "medium",
        "5": "relation",
        "6": "media",
        "7": "contact",
        "8": "description",
    }
    assert propose_columns(table, "en")["3"] == "name"


@pytest.mark.parametrize(
    ("field", "entry", "value"),
    [
        ("phase", "influencing", "IB"),
        ("phase", "recommending", "IA"),
        ("phase", "Nutzung", "LO"),
        ("phase", "Quark", ""),
        ("relation", "Anbieter", "direct"),
        ("criticality", "kritisch", "3"),
    ],
)
def test_propose_guesses_synonyms_that_are_not_certain(field, entry, value):
    assert recognise(field, entry) is None
    assert propose(field, entry) == value


@pytest.mark.parametrize(
    ("channel", "medium"),
    [("App", "online"), ("E-Mail", "online"), ("Suchmaschine", "online"), ("Soziale Medien", "online"),
     ("Schalter", "offline"), ("Telefon", "offline"), ("Lautsprecher", "offline"), ("Presse", "both"),
     ("Unsere Website", "online"), ("App-Store", "online"), ("Quark", "")],
)  # fmt: skip
def test_propose_medium_knows_usual_channels(channel, medium):
    assert propose_medium(channel) == medium


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Kundenservice (extern)", "provider"), ("Agentur Müller", "provider"), ("Vertrieb", "department")],
)
def test_propose_kind_hears_what_is_outside(name, kind):
    assert propose_kind(name) == kind


def test_questions_asks_every_uncertain_entry_once():
    table = read_table(
        b"name,phase,channel,department\n"
        b"A,influencing,App,Vertrieb\nB,Influencing ,App,Neu\nC,purchase,Zug,neu\nD,recommending,,\n"
    )
    columns = {"0": "name", "1": "phase", "2": "channel", "3": "department"}

    asked = questions(table.rows[1:], columns, Known(departments={"vertrieb"}))

    assert [(question.field, question.entry, question.count, question.proposal) for question in asked] == [
        ("phase", "influencing", 2, "IB"),
        ("phase", "recommending", 1, "IA"),
        ("channel", "App", 2, "online"),
        ("channel", "Zug", 1, "offline"),
        ("department", "Neu", 2, "department"),
    ]


def test_questions_proposes_the_kind_that_a_column_says():
    table = read_table(
        "name,phase,Abteilung,Art der Abteilung\n"
        "A,PU,Callcenter Nord,Dienstleister\nB,PU,Partnerbetreuung,Abteilung\nC,PU,Callcenter nord,Abteilung\n"
        "D,PU,Agentur Süd,Quark\nE,PU,Lager,extern\n".encode()
    )
    columns = propose_columns(table, "de")

    asked = questions(table.rows[1:], columns, Known())
    checked = check_rows(table.rows[1:], width=4, columns=columns, answers={}, known=Known())

    assert columns["3"] == "department_kind"
    assert [(question.entry, question.proposal) for question in asked] == [
        ("Callcenter Nord", "provider"),
        ("Partnerbetreuung", "department"),
        ("Agentur Süd", "provider"),
        ("Lager", "provider"),
    ]
    assert list(checked.departments) == [(question.entry, question.proposal) for question in asked]
    assert checked.faulty == []


def test_questions_asks_for_one_phase_when_no_column_holds_it():
    table = read_table(b"name\nA\nB\n")

    asked = questions(table.rows[1:], {"0": "name"}, Known())
    checked = check_rows(table.rows[1:], width=1, columns={"0": "name"}, answers={"phase": {"": "LO"}}, known=Known())

    assert proposals(asked) == {"phase": {"": ""}}
    assert [candidate.fields for candidate in checked.candidates] == [
        {"name": "A", "phase": "LO"},
        {"name": "B", "phase": "LO"},
    ]


def test_check_rows_gives_every_reason_with_the_number_of_the_row():
    table = read_table(
        "name,phase\n,PU\nA,Quark\n\u200b,PU\n".encode()
        + b"x" * 10_000
        + b",PU\nA,\nA,PU,more\nA\x00,PU\nB,PU\nb,Kauf\n"
    )

    with translation.override("en"):
        checked = check_rows(
            table.rows[1:], width=2, columns={"0": "name", "1": "phase"}, answers={}, known=Known({("PU", "c")})
        )

    assert [(row.number, row.reasons) for row in checked.faulty] == [
        (2, ["The name is missing."]),
        (3, ["“Quark” is none of the five phases."]),
        (4, ["The name consists of characters that show nothing."]),
        (5, ["“Name” is too long: 10,000 characters, at most 200 fit."]),
        (6, ["The phase is missing."]),
        (7, ["The row has 3 cells, the first row only 2. Is there a cell without quotation marks?"]),
        (8, ["“Name” holds a NUL character, which cannot be stored."]),
    ]
    assert [(row.number, row.is_duplicate) for row in checked.candidates] == [(9, False), (10, True)]
