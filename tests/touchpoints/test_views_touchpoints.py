"""The catalogue's pages: list, quick add, edit, order, removal, export, and who may."""

import io
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled
from openpyxl import load_workbook

from accounts.models import Organisation
from tests.factories import (
    DepartmentFactory,
    JourneyFactory,
    MeasureFactory,
    MeasureTouchpointFactory,
    StationFactory,
    TouchpointFactory,
)
from touchpoints.models import Touchpoint

HTMX = {"HX-Request": "true"}


def address(name: str, *args: object) -> str:
    return reverse(f"touchpoints:{name}", args=["regio-bahn", *args])


def stored(**lookup: object) -> list[str]:
    with scopes_disabled():
        return [row.name for row in Touchpoint.objects.filter(**lookup).in_order()]


def shown(response) -> list[str]:
    return [row.touchpoint.name for phase in response.context["catalogue"].phases for row in phase.rows]


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_number_of_queries(
    mara_client: Client, organisation: Organisation, count, django_assert_num_queries
):
    for number in range(count):
        department = DepartmentFactory(organisation=organisation)
        TouchpointFactory(organisation=organisation, name=f"T{number}", department=department)
    mara_client.get(address("touchpoint_list"))

    # session, user, membership; departments, totals, touchpoints
    with django_assert_num_queries(6):
        answer = mara_client.get(address("touchpoint_list"))

    assert len(shown(answer)) == count


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Anfang", "Mitte", "Ende"]),
        ("q=MITTE", ["Mitte"]),
        ("q=ärger+warten", ["Ende"]),
        ("q=schalter", ["Anfang"]),
        ("phase=LO", ["Ende"]),
        ("medium=online", ["Mitte"]),
        ("relation=indirect", ["Anfang"]),
        ("media=earned", ["Anfang"]),
        ("contact=human", ["Anfang"]),
        ("contact_object=brand", ["Anfang"]),
        ("q=VERKAUF", ["Mitte"]),
        ("q=gleis+karte", ["Ende"]),
        ("q=ankommen", ["Ende"]),
        ("q=buchen+mitte", ["Mitte"]),
        ("existence=potential", ["Ende"]),
        ("criticality=3", ["Mitte"]),
        ("moment=on", ["Ende"]),
        ("department=none", ["Anfang", "Ende"]),
        ("department=DEPARTMENT", ["Mitte"]),
        ("department=none&phase=LO", ["Ende"]),
        ("phase=QUARK&page=99", ["Anfang", "Mitte", "Ende"]),
        ("q=nirgends", []),
    ],
)
def test_list_filters_by_what_stands_in_the_address(mara_client: Client, organisation: Organisation, query, expected):
    department = DepartmentFactory(organisation=organisation, name="Verkauf Innen")
    TouchpointFactory(
        organisation=organisation,
        name="Anfang",
        phase="IB",
        channel="Schalter",
        relation="indirect",
        media="earned",
        contact="human",
        contact_object="brand",
    )
    TouchpointFactory(
        organisation=organisation,
        name="Mitte",
        phase="PU",
        medium="online",
        criticality=3,
        department=department,
        process="Auftrag buchen",
    )
    TouchpointFactory(
        organisation=organisation,
        name="Ende",
        phase="LO",
        existence="potential",
        moment_of_truth=True,
        description="Ärger beim Warten",
        place="Am Gleis, mit Karte",
        purpose="Ankommen",
    )

    answer = mara_client.get(f"{address('touchpoint_list')}?{query.replace('DEPARTMENT', str(department.code))}")

    assert shown(answer) == expected


def test_list_under_htmx_answers_the_list_and_a_clean_address(mara_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="A", phase="LO")

    answer = mara_client.get(address("touchpoint_list") + "?q=&phase=LO&medium=", headers=HTMX)

    assert answer["HX-Replace-Url"] == "?phase=LO"
    assert answer.content.strip().startswith(b'<section id="touchpoint-list"')


def test_list_of_300_stays_one_page_and_301_become_two(mara_client: Client, organisation: Organisation):
    with scopes_disabled():
        Touchpoint.objects.bulk_create(
            Touchpoint(organisation=organisation, name=f"T{n}", phase="IB" if n < 200 else "LO", position=n)
            for n in range(301)
        )

    first = mara_client.get(address("touchpoint_list"))
    second = mara_client.get(address("touchpoint_list") + "?page=2")

    assert (len(shown(first)), first.context["catalogue"].pages) == (300, 2)
    assert shown(second) == ["T300"]
    assert [row.index for phase in second.context["catalogue"].phases for row in phase.rows] == [100]


def test_quick_add_keeps_the_phase_and_the_focus_and_brings_the_list(mara_client: Client, organisation: Organisation):
    data = {"name": "  Ich   rufe an ", "phase": "PS", "code": uuid.uuid4()}

    answer = mara_client.post(address("touchpoint_create"), data, headers=HTMX | {"HX-Target": "quick-add"})
    again = mara_client.post(address("touchpoint_create"), data, headers=HTMX | {"HX-Target": "quick-add"})

    assert (answer.status_code, again.status_code) == (200, 200)
    assert stored() == ["Ich rufe an"]
    content = answer.content.decode()
    assert '<option value="PS" selected>' in content
    assert 'value="" autofocus' in content
    assert b'<section id="touchpoint-list" aria-labelledby="touchpoint-count" hx-swap-oob="true">' in answer.content


def quick_add(client: Client, seen: int, where: str = "", **data: object) -> str:
    """Send the line above the list from a page that shows ``seen`` touchpoints, and return what comes back."""
    fields = {"name": "Neu", "phase": "PS", "code": uuid.uuid4(), "seen": seen} | data
    headers = HTMX | {
        "HX-Target": "quick-add",
        "HX-Current-URL": f"http://testserver{address('touchpoint_list')}{where}",
    }
    return client.post(address("touchpoint_create"), fields, headers=headers).content.decode()


def rows_in(content: str) -> list[str]:
    """Return the names in the list's rows of a fragment."""
    return re.findall(r'class="catalogue__name">.*?<a [^>]*><bdi>(.*?)</bdi>', content)


def test_quick_add_to_a_long_list_brings_one_row_and_the_counts(
    mara_client: Client, organisation: Organisation, django_assert_num_queries
):
    with scopes_disabled():
        Touchpoint.objects.bulk_create(
            Touchpoint(organisation=organisation, name=f"T{n}", phase="PS" if n < 200 else "LO", position=n)
            for n in range(250)
        )

    with django_assert_num_queries(32):
        content = quick_add(mara_client, 250)

    assert len(content) < 8_000
    # The row that was the last one comes along, since it can be moved down now.
    assert rows_in(content) == ["T199", "Neu"]
    assert re.search(r'<p id="touchpoint-count" role="status" hx-swap-oob="true">\s*251 Touchpoints\s*</p>', content)
    assert '<span id="phase-total-PS" class="badge badge--quiet" hx-swap-oob="true">201</span>' in content
    assert content.count('<tbody hx-swap-oob="beforeend:#phase-group-PS">') == 1
    assert re.findall(r'name="(?:up|down)" value="[0-9a-f-]{36}\.(\d+)"', content) == ["199", "199", "200", "200"]
    assert content.count("aria-disabled") == 1
    assert '<input type="hidden" name="seen" value="251">' in content


def test_quick_add_takes_the_word_away_that_nothing_is_here(mara_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="A", phase="LO")

    content = quick_add(mara_client, 1)

    assert rows_in(content) == ["Neu"]
    assert '<tr id="phase-empty-PS" hx-swap-oob="delete"></tr>' in content


@pytest.mark.parametrize(
    ("seen", "where", "names"),
    [
        (2, "?phase=PS", ["Neu"]),  # filtered
        (2, "?q=nirgends", []),
        (1, "", ["B", "Neu", "A"]),  # somebody else has added one in the meantime
        (3, "", ["B", "Neu", "A"]),  # or removed one
    ],
)
def test_quick_add_brings_the_list_where_one_row_would_not_do(
    mara_client: Client, organisation: Organisation, seen, where, names
):
    TouchpointFactory(organisation=organisation, name="A", phase="LO")
    TouchpointFactory(organisation=organisation, name="B", phase="IB")

    content = quick_add(mara_client, seen, where)

    assert rows_in(content) == names
    assert '<section id="touchpoint-list" aria-labelledby="touchpoint-count" hx-swap-oob="true">' in content


def test_quick_add_sent_twice_shows_its_row_once(mara_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="A", phase="LO")
    code = uuid.uuid4()

    first, second = quick_add(mara_client, 1, code=code), quick_add(mara_client, 1, code=code)

    assert rows_in(first) == ["Neu"]
    assert rows_in(second) == ["Neu", "A"]
    assert '<section id="touchpoint-list"' in second


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("   ", "Bitte geben Sie dem Touchpoint einen Namen."),
        ("\u200b", "Dieser Name zeigt nichts an. Bitte schreiben Sie einen, den man lesen kann."),
        ("x" * 10_000, "Das ist zu lang: 10000 Zeichen, höchstens 200 passen. Bitte kürzen Sie es."),
        (
            "A\0B",
            "Hier steckt ein NUL-Zeichen, ein unsichtbares Zeichen, das sich nicht speichern lässt. "
            "Bitte löschen Sie es.",
        ),
    ],
)
@pytest.mark.parametrize("headers", [HTMX | {"HX-Target": "quick-add"}, {}])
def test_create_with_a_bad_name_says_so_and_keeps_what_was_typed(
    mara_client: Client, organisation: Organisation, name, sentence, headers
):
    answer = mara_client.post(address("touchpoint_create"), {"name": name, "phase": "PS"}, headers=headers)

    content = answer.content.decode()
    assert answer.status_code == 422
    assert content.count(sentence) == 1
    assert f'value="{name}"' in content
    assert '<option value="PS" selected>' in content
    assert stored() == []


@pytest.mark.parametrize("name", ["🙂🙃", "עברית", "<script>alert(1)</script>", "'; DROP TABLE--", "=1+1"])
def test_create_takes_unusual_names_as_text(mara_client: Client, organisation: Organisation, name):
    mara_client.post(address("touchpoint_create"), {"name": name, "phase": "PS"})
    page = mara_client.get(address("touchpoint_list"))

    assert stored() == [name]
    assert b"<script>alert" not in page.content


def test_create_without_htmx_leads_back_to_its_phase(mara_client: Client, organisation: Organisation):
    answer = mara_client.post(address("touchpoint_create"), {"name": "A", "phase": "LO"})

    assert answer.url == address("touchpoint_list") + "#phase-group-LO"


def edit_data(touchpoint: Touchpoint, **changes: object) -> dict[str, object]:
    return {"name": touchpoint.name, "phase": touchpoint.phase, "version": touchpoint.version} | changes


def test_edit_saves_every_field(mara_client: Client, organisation: Organisation):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")
    department = DepartmentFactory(organisation=organisation)
    fields = {
        "name": "B",
        "phase": "LO",
        "description": "Ich warte.",
        "channel": "Telefon",
        "medium": "offline",
        "relation": "direct",
        "media": "owned",
        "contact": "human",
        "contact_object": "employee",
        "place": "zu Hause",
        "purpose": "Hilfe",
        "process": "Rückruf",
        "existence": "potential",
        "contract": "after",
    }
    flags = ("serves_prospects", "serves_new", "serves_existing", "purchase_possible", "moment_of_truth")
    data = fields | dict.fromkeys(flags, "on") | {"criticality": "3", "department": department.code, "version": 1}

    answer = mara_client.post(address("touchpoint_edit", touchpoint.code), data)

    assert answer.url == address("touchpoint_list") + "#phase-group-LO"
    touchpoint.refresh_from_db()
    assert {name: getattr(touchpoint, name) for name in fields} == fields
    assert [getattr(touchpoint, name) for name in flags] == [True] * 5
    assert (touchpoint.criticality, touchpoint.department, touchpoint.version) == (3, department, 2)


def test_edit_of_a_stale_version_answers_409_with_what_was_typed(mara_client: Client, organisation: Organisation):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")
    path = address("touchpoint_edit", touchpoint.code)
    mara_client.post(path, edit_data(touchpoint, name="Von Olga"))

    stale = mara_client.post(path, edit_data(touchpoint, name="Von Mara", description="Getippt"), headers=HTMX)

    assert stale.status_code == 409
    assert stale.content.strip().startswith(b'<form id="touchpoint-form"')
    assert stale.context["form"]["name"].value() == "Von Mara"
    assert stale.context["differences"] == [
        ("Name", "Von Olga", "Von Mara"),
        ("In den Worten der Kunden", "", "Getippt"),
    ]
    assert stored() == ["Von Olga"]

    accepted = mara_client.post(
        path, edit_data(touchpoint, name="Von Mara", version=stale.context["form"]["version"].value())
    )

    assert accepted.status_code == 302
    assert stored() == ["Von Mara"]


@pytest.mark.parametrize("version", ["", "0", "x", "99999999999999999999"])
def test_edit_with_a_broken_version_changes_nothing(mara_client: Client, organisation: Organisation, version):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")

    answer = mara_client.post(
        address("touchpoint_edit", touchpoint.code), edit_data(touchpoint, name="B", version=version)
    )

    assert answer.status_code in (409, 422)
    assert stored() == ["A"]


def test_edit_puts_it_at_the_chosen_place(mara_client: Client, organisation: Organisation):
    rows = [TouchpointFactory(organisation=organisation, name=name) for name in "ABC"]

    page = mara_client.get(address("touchpoint_edit", rows[2].code))
    mara_client.post(address("touchpoint_edit", rows[2].code), edit_data(rows[2], place_index="1"))

    assert page.context["form"]["place_index"].value() == 2
    assert stored() == ["A", "C", "B"]


def test_edit_refuses_the_department_of_another_organisation(
    mara_client: Client, organisation: Organisation, other_organisation: Organisation
):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")
    foreign = DepartmentFactory(organisation=other_organisation)

    answer = mara_client.post(
        address("touchpoint_edit", touchpoint.code), edit_data(touchpoint, department=foreign.code)
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["department"]


def test_readers_see_a_touchpoint_and_cannot_save_it(max_client, emil_client, organisation: Organisation):
    touchpoint = TouchpointFactory(organisation=organisation, name="A", channel="Telefon")
    path = address("touchpoint_edit", touchpoint.code)

    for client in (max_client, emil_client):
        assert ("Kanal", "Telefon") in client.get(path, headers={"Accept-Language": "de"}).context["facts"]
        assert client.post(path, edit_data(touchpoint, name="B")).status_code == 403
    assert stored() == ["A"]


def test_move_answers_the_phase_in_its_new_order(mara_client: Client, organisation: Organisation):
    rows = [TouchpointFactory(organisation=organisation, name=name) for name in "ABC"]

    answer = mara_client.post(address("touchpoint_move"), {"up": f"{rows[2].code}.2"}, headers=HTMX)

    assert stored() == ["A", "C", "B"]
    assert answer["HX-Retarget"] == "#phase-group-PS"
    assert answer.content.strip().startswith(b'<tbody id="phase-group-PS">')


def test_move_sent_twice_moves_once_and_shows_the_order(mara_client: Client, organisation: Organisation):
    rows = [TouchpointFactory(organisation=organisation, name=name) for name in "ABC"]
    data = {"up": f"{rows[2].code}.2"}
    mara_client.post(address("touchpoint_move"), data, headers=HTMX)

    again = mara_client.post(address("touchpoint_move"), data, headers=HTMX)

    assert again.status_code == 409
    assert stored() == ["A", "C", "B"]


def test_move_at_the_end_stays_and_without_htmx_leads_back(mara_client: Client, organisation: Organisation):
    row = TouchpointFactory(organisation=organisation, name="A")

    answer = mara_client.post(address("touchpoint_move"), {"down": f"{row.code}.0"})

    assert answer.url == address("touchpoint_list") + "#phase-group-PS"


NOBODY = "5bd37e33-4fe9-4126-9e23-0f44a630050e"


@pytest.mark.parametrize("value", ["", "x.1", "x", f"{NOBODY}.0", f"{NOBODY}.-1", f"{NOBODY}.²"])
def test_move_of_something_unknown_is_404(mara_client: Client, organisation: Organisation, value):
    assert mara_client.post(address("touchpoint_move"), {"up": value}).status_code == 404


def test_remove_asks_first_and_then_deletes(mara_client: Client, organisation: Organisation):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")
    path = address("touchpoint_remove", touchpoint.code)

    assert mara_client.get(path).status_code == 200
    assert stored() == ["A"]
    assert mara_client.post(path).url == address("touchpoint_list") + "#phase-group-PS"
    assert stored() == []
    assert mara_client.post(path).url == address("touchpoint_list")


def test_remove_from_a_journey_is_refused_by_its_name(mara_client: Client, organisation: Organisation):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")
    StationFactory(journey=JourneyFactory(organisation=organisation, name="Weg zur Arbeit"), touchpoint=touchpoint)

    answer = mara_client.post(address("touchpoint_remove", touchpoint.code))

    assert answer.status_code == 409
    assert answer.context["journeys"] == ["Weg zur Arbeit"]
    assert "Weg zur Arbeit" in answer.content.decode()
    assert stored() == ["A"]


def test_remove_of_what_a_measure_is_about_is_refused_by_its_title(mara_client: Client, organisation: Organisation):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")
    MeasureTouchpointFactory(
        measure=MeasureFactory(organisation=organisation, title="Schneller werden"), touchpoint=touchpoint
    )
    path = address("touchpoint_remove", touchpoint.code)

    asked, answer = mara_client.get(path), mara_client.post(path)

    assert (asked.status_code, answer.status_code) == (200, 409)
    for page in (asked, answer):
        assert "<bdi>Schneller werden</bdi>" in page.content.decode()
        assert "<form class" not in page.content.decode().split("<main")[1].split("</main>")[0]
    assert stored() == ["A"]


def test_page_of_a_touchpoint_leads_to_its_measures(
    mara_client: Client, emil_client: Client, organisation: Organisation
):
    touchpoint = TouchpointFactory(organisation=organisation, name="A")
    page = address("touchpoint_edit", touchpoint.code)
    plan = f"{reverse('workshops:measure_create', args=['regio-bahn'])}?touchpoint={touchpoint.code}"
    assert f'href="{plan}"' in mara_client.get(page).content.decode()
    assert "touchpoint-measures" not in emil_client.get(page).content.decode()

    measure = MeasureFactory(organisation=organisation, title="Schneller werden", status="dropped")
    MeasureTouchpointFactory(measure=measure, touchpoint=touchpoint)

    there = reverse("workshops:measure_detail", args=["regio-bahn", measure.code])
    for client in (mara_client, emil_client):
        shown = client.get(page).content.decode()
        assert f'<a href="{there}"><bdi>Schneller werden</bdi></a> <span class="small quiet">Verworfen</span>' in shown
    assert plan not in emil_client.get(page).content.decode()


def test_export_holds_what_the_filter_shows(max_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="A", phase="PU")
    TouchpointFactory(organisation=organisation, name="B", phase="LO")

    answer = max_client.get(address("touchpoint_export") + "?phase=LO", headers={"Accept-Language": "de"})

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[:2] for line in lines] == [["Name", "Phase"], ["B", "Loyalty"]]
    today = timezone.localdate().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="touchpoints-regio-bahn-{today}.csv"'


def test_export_for_excel_holds_what_the_filter_shows(max_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="A", phase="PU")
    TouchpointFactory(organisation=organisation, name="=B", phase="LO")

    answer = max_client.get(address("touchpoint_export_workbook") + "?phase=LO", headers={"Accept-Language": "de"})

    rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(max_col=2, values_only=True)
    assert list(rows) == [("Name", "Phase"), ("=B", "Loyalty")]
    today = timezone.localdate().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="touchpoints-regio-bahn-{today}.xlsx"'
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("name", ["touchpoint_export", "touchpoint_export_workbook"])
@pytest.mark.parametrize("count", [1, 3])
def test_export_needs_no_more_queries_for_more_rows(
    max_client: Client, organisation: Organisation, django_assert_num_queries, name, count
):
    for position in range(count):
        owner = DepartmentFactory(organisation=organisation)
        TouchpointFactory(organisation=organisation, position=position, department=owner)

    with django_assert_num_queries(5):
        max_client.get(address(name))


def test_list_offers_both_files_for_the_present_filter(max_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="A", phase="PU")

    page = max_client.get(address("touchpoint_list") + "?phase=PU").content.decode()

    assert f'href="{address("touchpoint_export")}?phase=PU">Diese als CSV herunterladen</a>' in page
    assert f'href="{address("touchpoint_export_workbook")}?phase=PU">Diese für Excel herunterladen</a>' in page


def test_who_may(client, emil_client, max_client, mara_client, olga_client, fremd_client, organisation):
    touchpoint = TouchpointFactory(organisation=organisation)
    everybody = (client, emil_client, max_client, mara_client, olga_client, fremd_client)
    table = {
        address("touchpoint_list"): [302, 200, 200, 200, 200, 404],
        address("touchpoint_edit", touchpoint.code): [302, 200, 200, 200, 200, 404],
        address("touchpoint_create"): [302, 403, 403, 200, 200, 404],
        address("touchpoint_remove", touchpoint.code): [302, 403, 403, 200, 200, 404],
        address("touchpoint_export"): [302, 403, 200, 200, 200, 404],
        address("touchpoint_export_workbook"): [302, 403, 200, 200, 200, 404],
        address("starter_list"): [302, 403, 403, 200, 200, 404],
    }

    assert {path: [who.get(path).status_code for who in everybody] for path in table} == table


def test_touchpoint_of_another_organisation_is_404(
    mara_client: Client, organisation: Organisation, other_organisation: Organisation
):
    foreign = TouchpointFactory(organisation=other_organisation)

    assert mara_client.get(address("touchpoint_edit", foreign.code)).status_code == 404
    assert mara_client.get(address("touchpoint_remove", foreign.code)).status_code == 404
    assert mara_client.post(address("touchpoint_move"), {"up": f"{foreign.code}.0"}).status_code == 404


def test_wrong_verbs_are_refused(mara_client: Client, organisation: Organisation):
    assert mara_client.get(address("touchpoint_move")).status_code == 405
    assert mara_client.post(address("touchpoint_list")).status_code == 405
    assert mara_client.post(address("touchpoint_export")).status_code == 405
    assert mara_client.post(address("touchpoint_export_workbook")).status_code == 405


def test_starter_add_copies_ticks_and_says_how_many(mara_client: Client, organisation: Organisation):
    answer = mara_client.post(address("starter_add"), {"entry": ["IB-01", "IA-17", "XX-99"]})

    assert answer.url == address("touchpoint_list")
    assert stored() == ["Organischer Suchmaschinentreffer", "Ideenplattform für Kunden"]


def test_starter_add_without_ticks_says_so(mara_client: Client, organisation: Organisation):
    answer = mara_client.post(address("starter_add"))

    assert answer.status_code == 422
    assert "Es war nichts angekreuzt" in answer.content.decode()
    assert mara_client.get(address("starter_add")).status_code == 405


def test_starter_list_marks_what_is_there(mara_client: Client, organisation: Organisation):
    mara_client.post(address("starter_add"), {"entry": ["IB-01"]})

    page = mara_client.get(address("starter_list") + "?q=suchmaschine")

    rows = [row for phase in page.context["phases"] for row in phase.rows]
    assert [row.entry.number for row in rows if row.is_taken] == ["IB-01"]
    assert [row.entry.number for row in rows if row.matches] == ["IB-01"]
    assert len(rows) == 102
