"""The way of a file: upload, columns, entries, preview, all or none."""

import csv
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled
from openpyxl import Workbook

from accounts.models import Department, Membership, Organisation
from tests.conftest import client_of
from tests.factories import DepartmentFactory, TouchpointFactory
from touchpoints.models import Touchpoint, TouchpointImport
from touchpoints.services import import_rows

RAILWAY = """name,phase,channel,direct,media,department
Frage im Bekanntenkreis,influencing,Gespräch,indirect,earned,
Suche bei Google,influencing,Suchmaschine,indirect,earned,Marketing
App und Website,presales,App,direct,owned,Digital
Ticketkauf,purchase,App,direct,owned,Vertrieb
Zugfahrt,loyalty,Zug,direct,owned,Fahrbetrieb
Antrag auf Erstattung,loyalty,Formular,direct,owned,Kundenservice (extern)
Erzählung im Büro,recommending,Gespräch,indirect,earned,
"""


def address(name: str, *args: object) -> str:
    return reverse(f"touchpoints:{name}", args=["regio-bahn", *args])


def upload(client: Client, content: bytes | str, code: uuid.UUID | None = None):
    content = content.encode() if isinstance(content, str) else content
    data = {"code": code or uuid.uuid4(), "file": SimpleUploadedFile("liste.csv", content)}
    return client.post(address("import_create"), data)


def the_upload() -> TouchpointImport:
    with scopes_disabled():
        return TouchpointImport.objects.get()


def initial_post(response) -> dict[str, object]:
    """Return what the form of a page would send when nobody touches it."""
    form = response.context["form"]
    return {field.name: field.value() for field in form if field.value() not in (None, False)}


def go_to_preview(client: Client, content: bytes | str):
    """Walk to the preview as somebody who accepts every proposal."""
    upload(client, content)
    code = the_upload().code
    columns = client.get(address("import_columns", code))
    client.post(address("import_columns", code), initial_post(columns))
    values = client.get(address("import_values", code))
    if values.status_code == 200:
        client.post(address("import_values", code), initial_post(values))
    return client.get(address("import_preview", code))


def stored() -> list[tuple[str, str, str]]:
    with scopes_disabled():
        return [(row.phase, row.name, row.medium) for row in Touchpoint.objects.in_order()]


def test_railway_file_goes_in_without_touching_it(mara_client: Client, organisation: Organisation):
    preview = go_to_preview(mara_client, RAILWAY)
    answer = mara_client.post(address("import_confirm", the_upload().code))

    assert preview.context["preview"].new == 7
    assert preview.context["preview"].faulty == []
    assert answer.url == address("touchpoint_list")
    assert stored() == [
        ("IB", "Frage im Bekanntenkreis", "offline"),
        ("IB", "Suche bei Google", "online"),
        ("PS", "App und Website", "online"),
        ("PU", "Ticketkauf", "online"),
        ("LO", "Zugfahrt", "offline"),
        ("LO", "Antrag auf Erstattung", "both"),
        ("IA", "Erzählung im Büro", "offline"),
    ]
    with scopes_disabled():
        departments = Department.objects.order_by("name").values_list("name", "kind")
        first = Touchpoint.objects.get(name="Suche bei Google")
    assert list(departments) == [
        ("Digital", "department"),
        ("Fahrbetrieb", "department"),
        ("Kundenservice (extern)", "provider"),
        ("Marketing", "department"),
        ("Vertrieb", "department"),
    ]
    assert (first.relation, first.media, first.channel, first.department.name) == (
        "indirect",
        "earned",
        "Suchmaschine",
        "Marketing",
    )


def railway_workbook() -> bytes:
    """Return the same rows on the second sheet of a workbook, with a formula that was never calculated beside them."""
    book, output = Workbook(), io.BytesIO()
    sheet = book.create_sheet("Touchpoints")
    for row in csv.reader(io.StringIO(RAILWAY)):
        sheet.append(row)
    sheet["H3"] = "=1+1"
    book.save(output)
    return output.getvalue()


def test_workbook_goes_in_by_the_same_steps(mara_client: Client, organisation: Organisation):
    preview = go_to_preview(mara_client, railway_workbook())
    columns = mara_client.get(address("import_columns", the_upload().code))
    mara_client.post(address("import_confirm", the_upload().code))

    notes = [
        "Die Datei hat 2 Tabellenblätter. Gelesen wurde das erste, auf dem etwas steht: „Touchpoints“.",
        "In 1 Zelle steht ein Fehler oder eine Formel ohne Ergebnis; sie gilt als leer: H3. "
        "In einer Tabellenkalkulation geöffnet und gespeichert, enthält die Datei die Ergebnisse ihrer Formeln.",
    ]
    assert preview.context["preview"].new == 7
    assert [note in preview.content.decode() for note in notes] == [True, True]
    assert [note in columns.content.decode() for note in notes] == [True, True]
    assert (len(stored()), stored()[-1]) == (7, ("IA", "Erzählung im Büro", "offline"))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_import_reads_other_encodings(mara_client: Client, encoding):
    go_to_preview(mara_client, RAILWAY.replace(",", ";").encode(encoding))
    mara_client.post(address("import_confirm", the_upload().code))

    assert stored()[-1][1] == "Erzählung im Büro"


def test_confirm_twice_imports_once(mara_client: Client):
    go_to_preview(mara_client, RAILWAY)
    code = the_upload().code
    first = mara_client.post(address("import_confirm", code))
    second = mara_client.post(address("import_confirm", code))

    assert (first.status_code, second.status_code) == (302, 302)
    assert len(stored()) == 7
    assert bytes(the_upload().content) == b""


def test_upload_twice_keeps_one_file(mara_client: Client):
    code = uuid.uuid4()

    assert upload(mara_client, RAILWAY, code).url == upload(mara_client, RAILWAY, code).url
    assert the_upload().code == code


def test_steps_of_a_finished_import_lead_to_the_list(mara_client: Client):
    go_to_preview(mara_client, RAILWAY)
    code = the_upload().code
    mara_client.post(address("import_confirm", code))

    for name in ("import_columns", "import_values", "import_preview"):
        assert mara_client.get(address(name, code)).url == address("touchpoint_list")


def test_faulty_rows_are_shown_and_keep_everything_out_until_somebody_decides(mara_client: Client):
    preview = go_to_preview(mara_client, "name;phase\nGut;Kauf\n;Kauf\nSchlecht;Quark\n")
    code = the_upload().code
    refused = mara_client.post(address("import_confirm", code))
    after_refusal = stored()
    accepted = mara_client.post(address("import_confirm", code), {"leave_out_faulty": "on"})

    assert [(row.number, list(row.reasons)) for row in preview.context["faulty"]] == [
        (3, ["Der Name fehlt."]),
        (4, ["„Quark“ ist keine der fünf Phasen."]),
    ]
    assert (refused.status_code, after_refusal) == (422, [])
    assert accepted.status_code == 302
    assert stored() == [("PU", "Gut", "")]


def test_unknown_entries_are_asked_once_and_keep_their_answer(mara_client: Client):
    upload(mara_client, "name;phase\nA;Quark\nB;quark\n")
    code = the_upload().code
    mara_client.post(address("import_columns", code), {"has_heading": "on", "column_0": "name", "column_1": "phase"})
    page = mara_client.get(address("import_values", code))
    mara_client.post(address("import_values", code), {"entry_0": "LO"})
    back = mara_client.get(address("import_values", code))
    mara_client.post(address("import_confirm", code))

    assert [(question.entry, question.count) for question in page.context["form"].questions] == [("Quark", 2)]
    assert back.context["form"]["entry_0"].value() == "LO"
    assert stored() == [("LO", "A", ""), ("LO", "B", "")]


def test_columns_looked_at_again_keep_the_answers_and_other_columns_forget_them(mara_client: Client):
    upload(mara_client, "name;phase\nA;Quark\n")
    code, columns = the_upload().code, {"has_heading": "on", "column_0": "name", "column_1": "phase"}
    mara_client.post(address("import_columns", code), columns)
    mara_client.post(address("import_values", code), {"entry_0": "LO"})

    mara_client.post(address("import_columns", code), columns)
    same = the_upload().answers
    mara_client.post(address("import_columns", code), columns | {"column_1": ""})

    assert same == {"phase": {"quark": "LO"}}
    assert the_upload().answers is None


def test_import_of_what_is_there_already_says_that_nothing_is_left(mara_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="Alt", phase="PU", position=0)
    go_to_preview(mara_client, "name;phase\nalt;Kauf\n")

    response = mara_client.post(address("import_confirm", the_upload().code), {"duplicates": "skip"})

    assert response.status_code == 422
    assert "Es käme nichts hinzu: Keine Zeile bleibt übrig." in response.content.decode()
    assert len(stored()) == 1


def test_file_without_headings_or_phases_goes_in_too(mara_client: Client):
    upload(mara_client, "Ich rufe an\nIch warte\n")
    code = the_upload().code
    page = mara_client.get(address("import_columns", code))
    mara_client.post(address("import_columns", code), {"column_0": "name"})
    mara_client.post(address("import_values", code), {"entry_0": "PS"})
    mara_client.post(address("import_confirm", code))

    assert page.context["form"]["has_heading"].value() is False
    assert stored() == [("PS", "Ich rufe an", ""), ("PS", "Ich warte", "")]


@pytest.mark.parametrize(("choice", "expected"), [("skip", ["Alt", "Neu"]), ("add", ["Alt", "alt", "Neu", "neu"])])
def test_duplicates_are_skipped_or_added_as_chosen(mara_client: Client, organisation: Organisation, choice, expected):
    TouchpointFactory(organisation=organisation, name="Alt", phase="PU", position=0)
    preview = go_to_preview(mara_client, "name;phase\nalt;Kauf\nNeu;Kauf\nneu;Kauf\n")
    mara_client.post(address("import_confirm", the_upload().code), {"duplicates": choice})

    assert [row.number for row in preview.context["duplicates"]] == [2, 4]
    assert [name for _phase, name, _medium in stored()] == expected


def test_existing_department_is_found_in_any_case(mara_client: Client, organisation: Organisation):
    DepartmentFactory(organisation=organisation, name="Vertrieb")
    go_to_preview(mara_client, "name;phase;abteilung\nA;Kauf;VERTRIEB\n")
    mara_client.post(address("import_confirm", the_upload().code))

    with scopes_disabled():
        assert Department.objects.get().name == "Vertrieb"
        assert Touchpoint.objects.get().department == Department.objects.get()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Die Datei ist leer. Sie braucht eine Zeile mit Überschriften und eine Zeile je Touchpoint."),
        (
            b"name\n" + b"x\n" * 100_000,
            "Die Datei hat 100.000 Zeilen. Auf einmal können bis zu 20.000 gelesen werden; bitte teilen Sie sie auf.",
        ),
        (
            b"PK\x03\x04rest",
            "Diese Datei ist nicht als Excel-Arbeitsmappe lesbar; vielleicht ist sie beschädigt. Bitte öffnen Sie sie, "
            "speichern Sie sie als „Excel-Arbeitsmappe (.xlsx)“ oder „CSV UTF-8“ und wählen Sie sie noch einmal.",
        ),
    ],
)
def test_file_that_cannot_be_read_says_why(mara_client: Client, content, sentence):
    answer = upload(mara_client, content)

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"] == [sentence]


def test_columns_need_a_name_and_each_field_once(mara_client: Client):
    upload(mara_client, "a;b\n1;2\n")
    code = the_upload().code
    without = mara_client.post(address("import_columns", code), {"column_0": "phase"})
    twice = mara_client.post(address("import_columns", code), {"column_0": "name", "column_1": "name"})

    assert without.status_code == twice.status_code == 422
    assert without.context["form"].non_field_errors() == [
        "Bitte wählen Sie die Spalte, in der die Namen der Touchpoints stehen."
    ]
    assert sorted(twice.context["form"].errors) == ["column_0", "column_1"]
    assert twice.context["form"]["column_1"].value() == "name"


def test_column_with_too_many_entries_is_no_closed_list(mara_client: Client):
    upload(mara_client, "name;phase\n" + "".join(f"A{n};Eintrag {n}\n" for n in range(61)))
    answer = mara_client.post(
        address("import_columns", the_upload().code), {"has_heading": "on", "column_0": "name", "column_1": "phase"}
    )

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "Die Spalte für „Phase“ enthält 61 verschiedene Einträge. Das ist keine kurze Liste; "
        "bitte wählen Sie eine andere Spalte, oder lassen Sie diese weg."
    ]


@pytest.mark.parametrize(("count", "status"), [(61, 302), (1000, 302), (1001, 422)])
def test_departments_are_no_closed_list(mara_client: Client, count, status):
    upload(mara_client, "name;phase;abteilung\n" + "".join(f"A{n};Kauf;Team {n}\n" for n in range(count)))
    columns = {"has_heading": "on", "column_0": "name", "column_1": "phase", "column_2": "department"}

    answer = mara_client.post(address("import_columns", the_upload().code), columns)
    values = mara_client.get(address("import_values", the_upload().code))
    asked = values.context["form"]
    kept = mara_client.post(
        address("import_values", the_upload().code), {f"entry_{number}": "provider" for number in range(count)}
    )

    assert (answer.status_code, len(asked.questions), kept.status_code) == (status, count, 302)


def newest_upload() -> TouchpointImport:
    with scopes_disabled():
        return TouchpointImport.objects.latest("created_at", "pk")


def test_a_corrected_file_begins_where_the_faulty_one_stood(mara_client: Client):
    upload(mara_client, "Was;Wann;Wer\nA;Quark;Team\n;Quark;Team\n")
    columns = {"has_heading": "on", "column_0": "name", "column_1": "phase", "column_2": "department"}
    mara_client.post(address("import_columns", the_upload().code), columns)
    mara_client.post(address("import_values", the_upload().code), {"entry_0": "LO", "entry_1": "provider"})

    upload(mara_client, "was;Wann;Wer;\nA;Quark;Team;\nB;quark;Lager;\n")
    code = newest_upload().code
    page = mara_client.get(address("import_columns", code))
    mara_client.post(address("import_columns", code), initial_post(page))
    values = mara_client.get(address("import_values", code))
    mara_client.post(address("import_values", code), initial_post(values))
    mara_client.post(address("import_confirm", code))

    assert (
        "Die erste Zeile ist die von „liste.csv“, die Sie nicht importiert haben. "
        "Was Sie zu ihren Spalten und Einträgen gesagt haben, ist hier schon gewählt."
    ) in page.content.decode()
    assert stored() == [("LO", "A", ""), ("LO", "B", "")]
    with scopes_disabled():
        assert list(Department.objects.order_by("name").values_list("name", "kind")) == [
            ("Lager", "department"),
            ("Team", "provider"),
        ]


def test_nothing_is_taken_over_from_another_list_another_member_or_a_finished_import(
    mara_client: Client, olga: Membership
):
    columns = {"has_heading": "on", "column_0": "name", "column_1": ""}
    upload(mara_client, "Was;Wann\nA;Kauf\n")
    mara_client.post(address("import_columns", newest_upload().code), columns)

    upload(mara_client, "Was;Wo\nA;Kauf\n")
    other_list = newest_upload().columns
    upload(client_of(olga), "Was;Wann\nA;Kauf\n")
    other_member = newest_upload().columns
    with scopes_disabled():
        TouchpointImport.objects.update(finished_at="2026-11-22T12:00Z")
    upload(mara_client, "Was;Wann\nA;Kauf\n")

    assert [other_list, other_member, newest_upload().columns] == [None, None, None]
    assert newest_upload().corrects == ""


def test_hostile_cells_are_text(mara_client: Client):
    preview = go_to_preview(mara_client, "name;phase\n<script>alert(1)</script>;Kauf\n🙂 עברית;Kauf\n")
    mara_client.post(address("import_confirm", the_upload().code))

    assert b"<script>alert" not in preview.content
    assert [name for _phase, name, _medium in stored()] == ["<script>alert(1)</script>", "🙂 עברית"]


def test_upload_belongs_to_the_member_who_chose_it(mara_client: Client, olga: Membership, mara: Membership):
    upload(mara_client, RAILWAY)
    code = the_upload().code

    for name in ("import_columns", "import_values", "import_preview"):
        assert client_of(olga).get(address(name, code)).status_code == 404
    assert client_of(olga).post(address("import_confirm", code)).status_code == 404


@pytest.mark.parametrize("name", ["import_create", "import_columns", "import_values", "import_preview"])
def test_import_is_closed_to_those_who_do_not_edit(max_client, emil_client, fremd_client, client, organisation, name):
    path = address(name) if name == "import_create" else address(name, uuid.uuid4())

    assert [c.get(path).status_code for c in (client, emil_client, max_client, fremd_client)] == [302, 403, 403, 404]


def test_wrong_verbs_are_refused(mara_client: Client, organisation: Organisation):
    code = uuid.uuid4()

    assert mara_client.get(address("import_confirm", code)).status_code == 405
    assert mara_client.post(address("import_preview", code)).status_code == 405


def test_what_a_file_does_not_say_is_as_if_nobody_had_said_it(mara_client: Client, organisation: Organisation):
    mara_client.post(reverse("touchpoints:touchpoint_create", args=["regio-bahn"]), {"name": "Zugfahrt", "phase": "LO"})
    go_to_preview(mara_client, "name,phase\nAbholung,Loyalty\n")
    mara_client.post(address("import_confirm", the_upload().code))

    with scopes_disabled():
        typed, imported = Touchpoint.objects.order_by("position").values()

    own = {"id", "code", "name", "position", "created_at", "updated_at"}
    assert {name: value for name, value in imported.items() if name not in own} == {
        name: value for name, value in typed.items() if name not in own
    }
    assert (imported["name"], imported["position"]) == ("Abholung", 1)
    assert imported["created_at"] == imported["updated_at"] > typed["created_at"]


@pytest.mark.parametrize("count", [3, 300])
def test_a_long_file_needs_no_more_queries(
    mara_client: Client, organisation: Organisation, django_assert_num_queries, count
):
    rows = "".join(f"Punkt {number},Kauf,Team {number % 3}\n" for number in range(count))
    go_to_preview(mara_client, "name,phase,department\n" + rows)
    confirm = address("import_confirm", the_upload().code)

    with django_assert_num_queries(22):
        mara_client.post(confirm)

    assert len(stored()) == count


def test_a_row_that_the_database_refuses_undoes_all(in_scope, mara: Membership):
    upload = TouchpointImport.objects.create(
        organisation=in_scope,
        created_by=mara,
        file_name="liste.csv",
        content=b"name,phase,department\nEins,Kauf,Neu\nZwei,Kauf,Neu\n",
        columns={"0": "name", "1": "phase", "2": "department"},
        answers={},
    )
    TouchpointFactory(organisation=in_scope, name="Schon da", code=uuid.uuid5(upload.code, "3"))

    with pytest.raises(IntegrityError), transaction.atomic():
        import_rows(upload=upload, add_duplicates=True, leave_out_faulty=False, by=mara)

    upload.refresh_from_db()
    assert [row.name for row in Touchpoint.objects.all()] == ["Schon da"]
    assert (Department.objects.count(), upload.finished_at) == (0, None)
