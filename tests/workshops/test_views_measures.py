"""The pages of measures: list, one measure, its form, the tap that sets its status, the files; and who may what."""

import io
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, MeasureFactory, MeasureTouchpointFactory, TouchpointFactory
from tests.locks import meeting
from tests.workshops.pages import HTMX, url
from touchpoints.services.merging import merge_touchpoints
from workshops import services
from workshops.enums import MeasureStatus
from workshops.models import Measure

pytestmark = pytest.mark.django_db

LIST = url("measure_list")
NEW = url("measure_create")
DAY = date(2026, 11, 28)


# Nothing has this code. It is part of a test's name, so it stays the same in every process.
UNKNOWN = "5b0e1d9c-3f52-4a59-9d0f-0c2f4b6f7a11"


@pytest.fixture
def hotline(organisation):
    return TouchpointFactory(organisation=organisation, name="Hotline", phase="LO")


def make(organisation, *touchpoints, **fields):
    measure = MeasureFactory(organisation=organisation, **fields)
    for touchpoint in touchpoints:
        MeasureTouchpointFactory(measure=measure, touchpoint=touchpoint)
    return measure


def stored(measure):
    return Measure._base_manager.get(pk=measure.pk)


def typed(touchpoint, **fields):
    return {
        "code": str(uuid.uuid4()),
        "title": "Rückruf in zwei Stunden",
        "kind": "remove",
        "touchpoints": [str(touchpoint.code)],
        **fields,
    }


# ---- list ------------------------------------------------------------------------------------------------------------


def test_list_of_an_empty_plan_teaches_and_offers_the_first_one_to_those_who_may(mara_client, emil_client):
    mara, emil = (client.get(LIST).content.decode() for client in (mara_client, emil_client))

    assert f'href="{NEW}">Die erste Maßnahme planen</a>' in mara
    assert "Noch keine Maßnahme" in emil
    assert NEW not in emil


def test_list_shows_what_a_reader_needs(emil_client, organisation, hotline, emil):
    provider = DepartmentFactory(organisation=organisation, name="Callcenter Nord", kind="provider")
    make(
        organisation, hotline, title="Rückruf", responsible=emil, department=provider, effort=1, impact=4,
        due_on=timezone.localdate() - timedelta(1),
    )  # fmt: skip

    page = emil_client.get(LIST).content.decode()

    for words in ("Rückruf", "Hotline", "Emil", "Callcenter Nord", "Wirkung 4, Aufwand 1", "Quick Win", "überfällig"):
        assert words in page
    assert "0 von 1 Quick Win ist erledigt" in page
    assert "1 offene Maßnahme · 1 überfällig" in page
    assert NEW not in page
    assert "export.csv" not in page


def test_archived_touchpoint_is_named_as_such(emil_client, organisation):
    away = TouchpointFactory(organisation=organisation, name="Fax", archived_at=timezone.now())
    make(organisation, away)

    assert "<bdi>Fax</bdi> (im Archiv)" in emil_client.get(LIST).content.decode()


def test_filter_stays_in_the_address_and_under_htmx_only_the_list_comes(emil_client, organisation, hotline, emil):
    make(organisation, hotline, title="Meins", responsible=emil)
    make(organisation, hotline, title="Anderes", status="done", done_on=DAY)

    response = emil_client.get(LIST, {"mine": "on", "state": "open", "q": "", "kind": "unsinn"}, headers=HTMX)

    page = response.content.decode()
    assert response["HX-Replace-Url"] == "?mine=on"
    assert page.lstrip().startswith('<div id="measure-list"')
    assert "Meins" in page
    assert "Anderes" not in page
    assert emil_client.get(LIST, headers=HTMX)["HX-Replace-Url"] == LIST


def test_list_says_when_nothing_is_open_and_when_nothing_matches(emil_client, organisation, hotline):
    make(organisation, hotline, status="done", done_on=DAY)

    assert "Nichts ist offen" in emil_client.get(LIST).content.decode()
    assert "Keine Maßnahme passt" in emil_client.get(LIST, {"q": "zzz"}).content.decode()


def test_list_asks_for_the_same_queries_whatever_its_size(
    mara_client, organisation, hotline, emil, django_assert_num_queries
):
    def add():
        department = DepartmentFactory(organisation=organisation)
        make(
            organisation, hotline, TouchpointFactory(organisation=organisation), responsible=emil, department=department
        )

    add()
    with django_assert_num_queries(8):
        mara_client.get(LIST)

    add()
    add()
    with django_assert_num_queries(8):
        mara_client.get(LIST)


def test_long_plan_is_read_page_by_page(mara_client, organisation):
    Measure._base_manager.bulk_create(
        Measure(organisation=organisation, title=f"M {number}", kind="remove") for number in range(251)
    )

    second = mara_client.get(LIST, {"page": "2", "kind": "remove"})

    assert [row.measure.title for row in second.context["plan"].rows] == ["M 250"]
    assert f'href="{LIST}?kind=remove&amp;page=1" rel="prev"' in second.content.decode()
    assert mara_client.get(LIST, {"page": "x"}).context["plan"].page == 1


def test_navigation_leads_every_member_to_the_measures(emil_client):
    page = emil_client.get(LIST).content.decode()

    assert f'<a href="{LIST}" aria-current="true">Maßnahmen</a>' in page
    assert page.count('aria-current="true"') == 1
    assert f'<a href="{LIST}">Maßnahmen</a>' in emil_client.get("/o/regio-bahn/").content.decode()


# ---- one measure -----------------------------------------------------------------------------------------------------


def test_measure_says_everything_to_every_member(emil_client, organisation, hotline):
    measure = make(
        organisation, hotline, title="Rückruf", budget=1500, wanted_result="Niemand wartet.", measured_by="Wartezeit",
        starts_on=DAY, due_on=DAY + timedelta(30), kind="create",
    )  # fmt: skip

    page = emil_client.get(url("measure_detail", measure.code)).content.decode()

    for words in ("Rückruf", "Begeisterung schaffen", "Hotline", "1.500\xa0€", "Niemand wartet.", "Wartezeit"):
        assert words in page
    assert "28. November 2026" in page
    assert "Noch niemand" in page
    assert 'name="status"' not in page
    assert url("measure_edit", measure.code) not in page


def test_only_those_who_may_are_offered_the_status(emil_client, max_client, mara_client, organisation, emil):
    measure = make(organisation, responsible=emil)
    page = url("measure_detail", measure.code)

    buttons = [client.get(page).content.decode().count('name="status"') for client in (emil_client, max_client)]

    assert buttons == [4, 0]
    assert url("measure_edit", measure.code) in mara_client.get(page).content.decode()
    assert url("measure_edit", measure.code) not in emil_client.get(page).content.decode()


# ---- plan and change -------------------------------------------------------------------------------------------------


def test_measure_is_planned_with_everything_that_was_typed(mara_client, organisation, hotline, emil):
    department = DepartmentFactory(organisation=organisation)
    sent = typed(
        hotline, responsible=emil.code, department=department.code, starts_on="2026-11-28", due_on="2026-12-31",
        budget="1.500 €", wanted_result="Niemand wartet.", measured_by="Wartezeit", effort="2", impact="4",
    )  # fmt: skip

    response = mara_client.post(NEW, sent)
    twice = mara_client.post(NEW, sent)

    measure = Measure._base_manager.get()
    assert response["Location"] == twice["Location"] == url("measure_detail", measure.code)
    assert (measure.title, measure.kind, measure.status) == ("Rückruf in zwei Stunden", "remove", "planned")
    assert (measure.responsible, measure.department) == (emil, department)
    assert (measure.starts_on, measure.due_on) == (DAY, date(2026, 12, 31))
    assert (measure.budget, measure.effort, measure.impact) == (1500, 2, 4)
    assert (measure.wanted_result, measure.measured_by) == ("Niemand wartet.", "Wartezeit")
    assert "„Rückruf in zwei Stunden“ ist geplant." in mara_client.get(response["Location"]).content.decode()


def test_form_of_a_touchpoint_has_it_ticked_above_and_leads_back_to_where_one_came_from(mara_client, hotline):
    TouchpointFactory(organisation=hotline.organisation, name="Anderer", phase="IB")
    address = f"{NEW}?touchpoint={hotline.code}&from=after-sales"
    page = mara_client.get(address)

    assert [[row.name for row in group.rows] for group in page.context["form"].ticks] == [["Hotline"], ["Anderer"]]
    assert page.content.decode().count(" checked>") == 1

    response = mara_client.post(address, typed(hotline))
    elsewhere = mara_client.post(f"{NEW}?touchpoint=x&from=after-sales", typed(hotline))
    assert response["Location"] == f"{url('after_sales_list')}#touchpoint-{hotline.code}"
    assert elsewhere["Location"] == url("after_sales_list")


def test_form_without_a_catalogue_leads_to_it(mara_client):
    page = mara_client.get(NEW).content.decode()

    assert reverse("touchpoints:starter_list", args=["regio-bahn"]) in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Bitte schreiben Sie, was getan wird."),
        ("title", "\u200b", "Dieser Titel zeigt nichts an."),
        ("kind", "", "Bitte wählen Sie eines von beiden."),
        ("touchpoints", [], "Bitte kreuzen Sie mindestens einen Touchpoint an."),
        ("touchpoints", [UNKNOWN], "Ein Touchpoint ist inzwischen nicht mehr im Katalog."),
        ("responsible", UNKNOWN, "Diese Person ist kein Mitglied mehr."),
        ("department", UNKNOWN, "Diese Abteilung gibt es nicht mehr."),
        ("due_on", "2026-11-27", "„Bis“ darf nicht vor „Von“ liegen."),
        ("due_on", "bald", "Bitte wählen Sie einen Tag"),
        ("budget", "12,50", "Bitte geben Sie ganze Euro ein"),
        ("budget", "9999999999", "Bitte geben Sie ganze Euro ein"),
        ("effort", "6", "Bitte wählen Sie eine Zahl von 1 bis 5."),
    ],
)
def test_what_is_not_right_is_said_and_what_was_typed_stays(mara_client, hotline, field, value, sentence):
    sent = typed(hotline, starts_on="2026-11-28", wanted_result="Bleibt stehen.") | {field: value}

    response = mara_client.post(NEW, sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Bleibt stehen." in page
    assert Measure._base_manager.count() == 0


def test_archived_touchpoint_is_offered_only_where_it_is_ticked_already(mara_client, organisation, hotline):
    away = TouchpointFactory(organisation=organisation, name="Fax", archived_at=timezone.now())
    measure = make(organisation, away)

    assert "Fax" not in mara_client.get(NEW).content.decode()
    assert "<bdi>Fax</bdi>" in mara_client.get(url("measure_edit", measure.code)).content.decode()


def edit(measure, touchpoint, **fields):
    return typed(touchpoint, version="1", status="planned", title=measure.title) | fields


def test_change_is_saved(mara_client, organisation, hotline):
    measure = make(organisation, hotline, effort=1)
    address = url("measure_edit", measure.code)
    assert 'value="1" selected' in mara_client.get(address).content.decode()

    response = mara_client.post(address, edit(measure, hotline, title="Anders", status="done", done_on="2026-11-01"))

    saved = stored(measure)
    assert response["Location"] == url("measure_detail", measure.code)
    assert (saved.title, saved.effort, saved.status, saved.done_on) == ("Anders", None, "done", date(2026, 11, 1))
    assert saved.version == 2


def test_nothing_is_done_tomorrow(mara_client, organisation, hotline):
    measure = make(organisation, hotline)
    tomorrow = (timezone.localdate() + timedelta(1)).isoformat()

    response = mara_client.post(
        url("measure_edit", measure.code), edit(measure, hotline, status="done", done_on=tomorrow)
    )

    assert response.status_code == 422
    assert "Dieser Tag kommt erst noch." in response.content.decode()


@pytest.mark.parametrize("day", ["0026-12-31", "1999-12-31", "2200-01-01"])
def test_year_with_too_few_digits_is_refused(mara_client, hotline, day):
    response = mara_client.post(NEW, typed(hotline, due_on=day))

    assert response.status_code == 422
    assert "Bitte geben Sie das Jahr mit vier Ziffern ein" in response.content.decode()
    assert not Measure._base_manager.exists()


def test_day_on_which_it_was_done_is_not_lost_where_the_status_says_otherwise(mara_client, organisation, hotline):
    measure = make(organisation, hotline)
    address = url("measure_edit", measure.code)

    response = mara_client.post(address, edit(measure, hotline, done_on="2026-11-01"))

    assert response.status_code == 422
    assert "Wählen Sie „Erledigt“, oder leeren Sie diesen Tag." in response.content.decode()
    assert 'value="2026-11-01"' in response.content.decode()
    assert stored(measure).version == 1


def test_day_of_one_that_is_taken_up_again_needs_no_emptying(mara_client, organisation, hotline):
    measure = make(organisation, hotline, status="done", done_on=DAY)

    response = mara_client.post(url("measure_edit", measure.code), edit(measure, hotline, done_on=DAY.isoformat()))

    assert response.status_code == 302
    assert (stored(measure).status, stored(measure).done_on) == ("planned", None)


def test_who_was_slower_reads_what_is_saved_beside_what_they_typed(mara_client, organisation, hotline, mara, emil):
    other = TouchpointFactory(organisation=organisation, name="Rechnung", phase="PU")
    measure = make(organisation, hotline, title="Rückruf")
    Measure._base_manager.filter(pk=measure.pk).update(
        version=5, title="Von Max", responsible=emil, due_on=DAY, budget=1500, effort=3
    )
    MeasureTouchpointFactory(measure=measure, touchpoint=other)
    address = url("measure_edit", measure.code)

    response = mara_client.post(address, edit(measure, hotline, title="Von Mara"))

    assert response.status_code == 409
    shown = {row["label"]: row["value"] for row in response.context["theirs"]}
    assert {str(label): value for label, value in shown.items()} == {
        "Was wird getan?": "Von Max",
        "Welche Touchpoints betrifft sie?": "Rechnung\nHotline",
        "Wer ist verantwortlich?": "Emil",
        "Bis": "28. November 2026",
        "Budget (€)": "1.500\xa0€",
        "Aufwand": "3",
    }
    assert 'value="Von Mara"' in response.content.decode()
    assert stored(measure).title == "Von Max"

    again = mara_client.post(address, edit(measure, hotline, title="Von Mara", version="5"))
    assert again.status_code == 302
    assert stored(measure).title == "Von Mara"


def test_form_has_one_number_of_queries_whatever_it_offers(
    mara_client, organisation, hotline, django_assert_num_queries
):
    measure = make(organisation, hotline)
    for address in (NEW, url("measure_edit", measure.code)):
        with django_assert_num_queries(6 if address == NEW else 8):
            mara_client.get(address)

    TouchpointFactory.create_batch(2, organisation=organisation)
    DepartmentFactory.create_batch(2, organisation=organisation)
    for address in (NEW, url("measure_edit", measure.code)):
        with django_assert_num_queries(6 if address == NEW else 8):
            mara_client.get(address)


# ---- the tap ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_form_whose_touchpoint_is_merged_away_at_that_moment_comes_back_with_what_was_typed(
    mara_client, organisation, hotline, mara, is_new
):
    kept = TouchpointFactory(organisation=organisation, name="Telefon", phase="LO")
    measure = make(organisation, kept, title="Vorher")
    address = NEW if is_new else url("measure_edit", measure.code)
    sent = typed(hotline) if is_new else edit(measure, hotline, title="Getippt")

    with member_scope(organisation):
        _kept, response = meeting(
            lambda: merge_touchpoints(kept=kept, other=hotline, versions=(1, 1), taken=(), by=mara),
            lambda: mara_client.post(address, sent),
        )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Ein Touchpoint ist inzwischen nicht mehr im Katalog." in page
    assert f'value="{"Rückruf in zwei Stunden" if is_new else "Getippt"}"' in page
    assert stored(measure).title == "Vorher"
    assert Measure._base_manager.count() == 1


def tap(client, measure, status, version=1, headers=None, **more):
    return client.post(
        url("measure_status", measure.code), {"status": status, "version": version, **more}, headers=headers or {}
    )


def test_responsible_person_sets_the_status_and_nothing_else(emil_client, organisation, hotline, emil):
    measure = make(organisation, hotline, responsible=emil, title="Rückruf")

    response = tap(emil_client, measure, "done", title="Anders")

    saved = stored(measure)
    assert response["Location"] == url("measure_detail", measure.code)
    assert (saved.status, saved.done_on, saved.title) == ("done", timezone.localdate(), "Rückruf")
    assert "„Rückruf“: Erledigt" in emil_client.get(response["Location"]).content.decode()
    for name in ("measure_edit", "measure_remove"):
        assert emil_client.post(url(name, measure.code)).status_code == 403


def test_somebody_elses_measure_is_not_theirs_to_set(emil_client, max_client, organisation, mara):
    measure = make(organisation, responsible=mara)

    assert [tap(client, measure, "done").status_code for client in (emil_client, max_client)] == [403, 403]
    assert stored(measure).status == "planned"


def test_tap_in_the_list_answers_its_cell_and_the_progress(mara_client, organisation, hotline):
    measure = make(organisation, hotline, effort=1, impact=5)
    headers = {**HTMX, "HX-Target": f"measure-step-{measure.code}"}

    page = tap(mara_client, measure, "done", headers=headers, on="list", query="mine=on").content.decode()

    assert page.lstrip().startswith(f'<div id="measure-step-{measure.code}"')
    assert "Wieder aufnehmen" in page
    assert 'name="version" value="2"' in page
    assert 'name="query" value="mine=on"' in page
    assert '<div id="measure-progress" class="measure-progress" hx-swap-oob="true">' in page
    assert "1 von 1 Quick Win ist erledigt" in page


def test_tap_on_the_page_answers_its_part(mara_client, organisation, hotline):
    measure = make(organisation, hotline)

    page = tap(mara_client, measure, "under_way", headers={**HTMX, "HX-Target": "measure-status"}).content.decode()

    assert page.lstrip().startswith('<section id="measure-status"')
    assert 'value="under_way" aria-pressed="true"' in page


def test_tap_in_the_list_without_scripts_leads_back_to_the_filtered_list(mara_client, organisation, hotline):
    measure = make(organisation, hotline)

    response = tap(mara_client, measure, "done", on="list", query="state=all&evil=//x&page=2")

    assert response["Location"] == f"{LIST}?state=all#measure-row-{measure.code}"


@pytest.mark.parametrize("headers", [{}, {**HTMX, "HX-Target": "measure-status"}])
def test_tap_on_what_somebody_has_changed_changes_nothing_and_says_so(
    mara_client, organisation, hotline, mara, headers
):
    measure = make(organisation, hotline, title="Rückruf")
    with member_scope(organisation):
        services.set_measure_status(measure=measure, version=1, status=MeasureStatus.DROPPED, by=mara)

    response = tap(mara_client, measure, "done", headers=headers)

    page = response if headers else mara_client.get(response["Location"])
    assert response.status_code == (409 if headers else 302)
    assert "Jemand hat „Rückruf“ inzwischen geändert." in page.content.decode()
    assert stored(measure).status == "dropped"


@pytest.mark.parametrize("sent", [{}, {"status": "other", "version": 1}, {"status": "done", "version": "x"}])
def test_tap_that_nobody_understands_changes_nothing(mara_client, organisation, hotline, sent):
    measure = make(organisation, hotline)

    response = mara_client.post(
        url("measure_status", measure.code), sent, headers={**HTMX, "HX-Target": "measure-status"}
    )

    assert response.status_code == 422
    assert "Bitte tippen Sie noch einmal." in response.content.decode()
    assert stored(measure).status == "planned"


# ---- remove ----------------------------------------------------------------------------------------------------------


def test_removing_asks_first_and_twice_is_once(mara_client, organisation, hotline):
    measure = make(organisation, hotline, title="Rückruf")
    address = url("measure_remove", measure.code)

    assert "Diese Maßnahme löschen?" in mara_client.get(address).content.decode()
    assert Measure._base_manager.count() == 1

    for _time in range(2):
        assert mara_client.post(address)["Location"] == LIST
    assert Measure._base_manager.count() == 0
    assert mara_client.get(address).status_code == 404


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def exported(organisation, hotline, emil):
    department = DepartmentFactory(organisation=organisation, name="+49 Service")
    other = TouchpointFactory(organisation=organisation, name="Rechnung", phase="PU")
    make(
        organisation, hotline, other, title="=1+1", responsible=emil, department=department, budget=1500, effort=1,
        impact=4, starts_on=DAY, due_on=DAY, wanted_result="-Ärger", status="done", done_on=DAY,
    )  # fmt: skip
    make(organisation, hotline, title="Offen")


def test_csv_holds_what_the_filter_leaves_and_runs_nothing(max_client, exported):
    response = max_client.get(url("measure_export"), {"state": "done"})

    heading, row, *rest = response.content.decode("utf-8-sig").split("\r\n")
    assert heading.startswith("Maßnahme;Art;Touchpoints;Verantwortlich;")
    assert row == (
        "'=1+1;Enttäuschung beseitigen;\"Rechnung\nHotline\";Emil;'+49 Service;2026-11-28;2026-11-28;1500;'-Ärger;;1;4;"
        "ja;Erledigt;2026-11-28"
    )
    assert rest == [""]
    assert response["Content-Disposition"] == (
        f'attachment; filename="massnahmen-regio-bahn-{timezone.localdate():%Y-%m-%d}.csv"'
    )


def test_workbook_has_numbers_as_numbers_and_text_as_text(max_client, exported):
    response = max_client.get(url("measure_xlsx"), {"state": "all"})

    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in rows] == ["Maßnahme", "Offen", "=1+1"]
    assert rows[2][5].date() == DAY
    assert (rows[2][7], rows[2][10], rows[2][11]) == (1500, 1, 4)
    assert sheet.cell(3, 1).data_type == "s"


def test_files_are_for_those_who_read_results(emil_client):
    assert [emil_client.get(url(name)).status_code for name in ("measure_export", "measure_xlsx")] == [403, 403]


@pytest.mark.parametrize(
    ("name", "method"),
    [("measure_list", "post"), ("measure_export", "post"), ("measure_detail", "post"), ("measure_status", "get")],
)
def test_wrong_verb_is_refused(mara_client, organisation, name, method):
    code = MeasureFactory(organisation=organisation).code if name in ("measure_detail", "measure_status") else None

    assert getattr(mara_client, method)(url(name, code)).status_code == 405
