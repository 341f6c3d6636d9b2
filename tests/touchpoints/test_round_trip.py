"""What is exported comes back in unchanged, whatever is in it and in whichever language it was written."""

import uuid

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, MembershipFactory, OrganisationFactory, TouchpointFactory
from touchpoints.csv_exchange.checking import proposals
from touchpoints.csv_exchange.headings import FIELDS, propose_columns
from touchpoints.csv_exchange.reading import read_table
from touchpoints.csv_exchange.workbook_writing import write_workbook
from touchpoints.csv_exchange.writing import write_csv
from touchpoints.enums import Contact, ContactObject, Contract, Criticality, Existence, Media, Medium, Phase, Relation
from touchpoints.models import Touchpoint, is_visible
from touchpoints.services import answer_entries, import_rows, keep_upload, map_columns
from touchpoints.views.imports import questions_of


def take_in(content: bytes, by: Membership) -> None:
    """Walk through the import and accept what is proposed."""
    upload = keep_upload(content=content, file_name="t.csv", code=uuid.uuid4(), by=by)
    table = read_table(content)
    columns = propose_columns(table, by.organisation.language)
    map_columns(upload=upload, columns=columns, has_heading=True, by=by)
    answer_entries(upload=upload, answers=proposals(questions_of(upload, table)), by=by)
    import_rows(upload=upload, add_duplicates=True, leave_out_faulty=False, by=by)


def contents() -> list[dict[str, object]]:
    """Return all touchpoints in order, each with all exchanged fields, departments by name and kind."""
    return [
        {name: getattr(row, name) for name in FIELDS}
        | {"department": row.department and (row.department.name, row.department.kind)}
        for row in Touchpoint.objects.in_order().select_related("department")
    ]


# As a form stores it: stripped, without NUL, and names on one line.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60).map(str.strip)
lines = texts.map(lambda text: " ".join(text.split()))
names = lines.filter(is_visible)
touchpoints = st.fixed_dictionaries(
    {
        "name": names | names.map(lambda name: "=" + name) | names.map(lambda name: "'" + name),
        "phase": st.sampled_from(Phase.values),
        "description": texts,
        "channel": lines,
        "place": texts,
        "purpose": texts,
        "process": texts,
        "medium": st.sampled_from(["", *Medium.values]),
        "relation": st.sampled_from(["", *Relation.values]),
        "media": st.sampled_from(["", *Media.values]),
        "contact": st.sampled_from(["", *Contact.values]),
        "contact_object": st.sampled_from(["", *ContactObject.values]),
        "criticality": st.sampled_from([None, *Criticality.values]),
        "existence": st.sampled_from(Existence.values),
        "contract": st.sampled_from(["", *Contract.values]),
        "serves_prospects": st.booleans(),
        "serves_new": st.booleans(),
        "serves_existing": st.booleans(),
        "purchase_possible": st.booleans(),
        "moment_of_truth": st.booleans(),
    }
)


FORMATS = {"csv": lambda rows: write_csv(rows).encode(), "xlsx": write_workbook}


@pytest.mark.parametrize("ending", FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(touchpoints, min_size=1, max_size=6), language=st.sampled_from(["de", "en"]))
def test_export_comes_back_unchanged(db: None, rows, language, ending):
    source, target = OrganisationFactory(), OrganisationFactory()
    # Names that would be taken for the other kind, if nothing else told.
    owners = [
        None,
        DepartmentFactory(organisation=source, name="=Vertrieb & 'Innen'", kind="provider"),
        DepartmentFactory(organisation=source, name="Partner und Agenturen", kind="department"),
    ]
    for position, fields in enumerate(rows):
        owner = owners[position % 3]
        TouchpointFactory(organisation=source, position=position, department=owner, **fields)
    by = MembershipFactory(organisation=target)

    with member_scope(source), translation.override(language):
        before = contents()
        content = FORMATS[ending](Touchpoint.objects.in_order().select_related("department"))
    with member_scope(target):
        take_in(content, by)
        after = contents()

    assert after == before


@pytest.mark.parametrize("language", ["de", "en"])
def test_workbook_of_250_rows_comes_back_unchanged(db: None, language):
    source, target = OrganisationFactory(), OrganisationFactory()
    owner = DepartmentFactory(organisation=source, name="Callcenter Nord", kind="provider")
    for number in range(250):
        fields = {"phase": Phase.values[number % 5], "criticality": [None, 1, 2, 3][number % 4], "channel": "007"}
        name, description = f"={number}+1", f"Zeile {number}\nnoch eine\r\n_x000D_ \x0b\u2028Ende"
        TouchpointFactory(
            organisation=source, position=number, department=owner, name=name, description=description, **fields
        )
    by = MembershipFactory(organisation=target)

    with member_scope(source), translation.override(language):
        before = contents()
        content = write_workbook(Touchpoint.objects.in_order().select_related("department"))
    with member_scope(target):
        take_in(content, by)
        after = contents()

    assert len(after) == 250
    assert after == before


@pytest.mark.parametrize(("language", "first"), [("de", "\ufeffName;Phase;"), ("en", "\ufeffName,Phase,")])
def test_export_suits_the_spreadsheet_program_of_its_language(in_scope: Organisation, language, first):
    with translation.override(language):
        text = write_csv([])

    assert text.startswith(first)
    assert text.endswith("\r\n")


def test_export_defuses_formulas(in_scope: Organisation):
    TouchpointFactory(organisation=in_scope, name='=HYPERLINK("http://x")', description="+49 30 1", channel="@home")

    with translation.override("de"):
        text = write_csv(Touchpoint.objects.in_order())

    assert text.splitlines()[1].startswith('"\'=HYPERLINK(""http://x"")";Presales;\'+49 30 1;\'@home;')
