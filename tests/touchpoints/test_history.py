"""Who changed what and when: written by every service, read in words, kept without the name."""

import csv
import io
import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scopes_disabled

from accounts.models import Membership, Organisation
from accounts.services.departments import merge_department, remove_department
from accounts.services.edits import StaleEdit
from accounts.services.members import member_export, remove_member
from tests.factories import DepartmentFactory, TouchpointFactory
from touchpoints.models import Touchpoint, TouchpointChange, TouchpointImport
from touchpoints.queries import entry_of, history_rows, newest_entries
from touchpoints.services import (
    add_starter_entries,
    archive_touchpoint,
    create_touchpoint,
    import_rows,
    move_touchpoint,
    remove_touchpoint,
    restore_touchpoint,
    update_touchpoint,
)
from touchpoints.services.imports import Archived, ImportRefused

LIST = "/o/regio-bahn/touchpoints/"
DE = {"Accept-Language": "de"}


def kinds(touchpoint: Touchpoint) -> list[tuple[str, dict, str, int]]:
    rows = TouchpointChange.objects.filter(touchpoint=touchpoint).order_by("pk")
    return list(rows.values_list("kind", "changes", "note", "together"))


def upload(by: Membership, text: str) -> TouchpointImport:
    return TouchpointImport.objects.create(
        organisation=by.organisation,
        created_by=by,
        file_name="liste.csv",
        content=text.encode(),
        columns={"0": "name", "1": "phase"},
        answers={},
    )


def take_in(by: Membership, text: str, archived: Archived = Archived.SKIP) -> TouchpointImport:
    return import_rows(upload=upload(by, text), add_duplicates=False, leave_out_faulty=False, archived=archived, by=by)


def test_every_service_writes_what_it_did(in_scope: Organisation, mara: Membership):
    department = DepartmentFactory(organisation=in_scope, name="Service")
    code = uuid.uuid4()
    touchpoint = create_touchpoint(name="A", phase="PS", code=code, by=mara)
    create_touchpoint(name="A", phase="PS", code=code, by=mara)
    create_touchpoint(name="B", phase="PS", by=mara)
    fields = {"name": "Anruf", "department": department, "criticality": 3, "description": ""}
    update_touchpoint(touchpoint=touchpoint, version=1, fields=fields, by=mara)
    update_touchpoint(touchpoint=touchpoint, version=1, fields=fields, by=mara)
    move_touchpoint(touchpoint=touchpoint, index=1, by=mara)
    move_touchpoint(touchpoint=touchpoint, index=1, by=mara)
    archive_touchpoint(touchpoint=touchpoint, by=mara)
    restore_touchpoint(touchpoint=touchpoint, by=mara)

    assert kinds(touchpoint) == [
        ("created", {}, "", 1),
        ("edited", {"name": ["A", "Anruf"], "department": [None, "Service"], "criticality": [None, 3]}, "", 1),
        ("moved", {"position": [1, 2]}, "", 1),
        ("archived", {}, "", 1),
        ("restored", {}, "", 1),
    ]
    remove_touchpoint(touchpoint=touchpoint, by=mara)
    assert TouchpointChange.objects.count() == 1


def test_starter_entries_and_imports_are_noted_together(in_scope: Organisation, mara: Membership):
    add_starter_entries(numbers={"IB-01", "IB-02"}, by=mara)
    take_in(mara, "Name;Phase\nAnruf;PS\nBrief;PS\nChat;PS\n")

    assert list(TouchpointChange.objects.order_by("pk").values_list("kind", "note", "together", "by")) == (
        [("starter", "", 2, mara.pk)] * 2 + [("imported", "liste.csv", 3, mara.pk)] * 3
    )


def test_an_import_that_fails_leaves_no_history(in_scope: Organisation, mara: Membership):
    with pytest.raises(ImportRefused):
        take_in(mara, "Name;Phase\nAnruf;XX\n")

    assert TouchpointChange.objects.count() == 0


@pytest.mark.parametrize(
    ("choice", "active", "counts"),
    [
        (Archived.SKIP, ["Brief"], (1, 0)),
        (Archived.RESTORE, ["Anruf", "Brief"], (1, 1)),
        (Archived.ADD, ["Anruf", "Brief"], (2, 0)),
    ],
)
def test_import_meets_an_archived_name(in_scope: Organisation, mara: Membership, choice, active, counts):
    old = TouchpointFactory(organisation=in_scope, name="Anruf", phase="PS", channel="Alt", archived_at=timezone.now())
    newer = TouchpointFactory(organisation=in_scope, name="anruf", phase="PS", archived_at=timezone.now())

    done = take_in(mara, "Name;Phase\nAnruf;PS\nANRUF;PS\nBrief;PS\n", choice)

    assert sorted(row.name.title() for row in Touchpoint.objects.active()) == active
    assert (done.added, done.restored) == counts
    newer.refresh_from_db()
    old.refresh_from_db()
    assert (newer.archived_at is None, old.archived_at is None) == (choice == Archived.RESTORE, False)


def test_import_of_archived_names_only_is_refused_or_brings_them_back(in_scope: Organisation, mara: Membership):
    TouchpointFactory(organisation=in_scope, name="Anruf", phase="PS", archived_at=timezone.now())

    with pytest.raises(ImportRefused):
        take_in(mara, "Name;Phase\nAnruf;PS\n")
    assert take_in(mara, "Name;Phase\nAnruf;PS\n", Archived.RESTORE).restored == 1


def test_preview_asks_about_archived_names_and_the_list_says_what_came_back(
    mara_client: Client, organisation: Organisation, mara: Membership
):
    TouchpointFactory(organisation=organisation, name="Anruf", phase="PS", archived_at=timezone.now())
    with scopes_disabled():
        waiting = upload(mara, "Name;Phase\nAnruf;PS\nBrief;PS\n")
    path = f"{LIST}import/{waiting.code}/"

    preview = mara_client.get(f"{path}preview/", headers=DE)
    done = mara_client.post(f"{path}confirm/", {"archived": "restore"}, follow=True, headers=DE)

    assert "1 Zeile hat einen Namen, der im Archiv liegt" in preview.content.decode()
    assert [str(message) for message in done.context["messages"]] == [
        "1 Touchpoint wurde importiert. 1 Touchpoint ist aus dem Archiv zurück."
    ]


def test_history_reads_in_words_of_the_reader(in_scope: Organisation, mara: Membership):
    touchpoint = create_touchpoint(name="A", phase="PS", by=mara)
    fields = {"phase": "LO", "moment_of_truth": True, "criticality": 3, "medium": "online"}
    update_touchpoint(touchpoint=touchpoint, version=1, fields=fields, by=mara)
    row = history_rows(touchpoint)[0]
    row.changes = row.changes | {"contract": ["", "quark"], "position": [1, 2], "stations": [0, 3]}

    entry = entry_of(row)

    assert (entry.who, entry.what, entry.others) == ("Mara", "geändert", 0)
    assert [(field.label, field.before, field.after) for field in entry.fields] == [
        ("Phase", "Presales", "Loyalty"),
        ("Online oder offline", "", "online"),
        ("Kritikalität", "", "hoch"),
        ("Vor oder nach dem Vertrag", "", "quark"),
        ("Moment der Wahrheit", "nein", "ja"),
        ("Platz in der Phase", "1", "2"),
        ("Stationen auf Journeys", "0", "3"),
    ]


def test_history_stays_without_the_name_when_somebody_leaves(
    in_scope: Organisation, mara: Membership, olga_client: Client
):
    touchpoint = create_touchpoint(name="A", phase="PS", by=mara)

    assert member_export(mara)["touchpoint_changes"] == [
        {
            "at": TouchpointChange.objects.get().at.isoformat(),
            "touchpoint_code": touchpoint.code,
            "touchpoint_name": "A",
            "kind": "created",
            "changes": {},
            "note": "",
        }
    ]
    remove_member(member=mara)

    assert [(entry.who, entry.what) for entry in newest_entries(touchpoint)[0]] == [("", "angelegt")]
    page = olga_client.get(f"{LIST}{touchpoint.code}/", headers=DE).content.decode()
    assert "Jemand, der nicht mehr Mitglied ist" in page
    assert "Mara" not in page


def test_export_of_a_member_can_be_downloaded(olga_client: Client, in_scope: Organisation, mara: Membership):
    create_touchpoint(name="A", phase="PS", by=mara)

    answer = olga_client.get(f"/o/regio-bahn/members/{mara.code}/export/")

    assert [row["touchpoint_name"] for row in answer.json()["touchpoint_changes"]] == ["A"]


def test_page_shows_the_newest_and_leads_to_all(mara_client: Client, max_client: Client, in_scope, mara: Membership):
    touchpoint = create_touchpoint(name="A0", phase="PS", by=mara)
    for number in range(1, 131):
        touchpoint = update_touchpoint(touchpoint=touchpoint, version=number, fields={"name": f"A{number}"}, by=mara)
    path = f"{LIST}{touchpoint.code}/"

    for client in (mara_client, max_client):
        page = client.get(path)
        assert [entry.fields[0].after for entry in page.context["entries"]] == ["A130", "A129", "A128", "A127", "A126"]
        assert f'href="{path}history/"' in page.content.decode()
    second = max_client.get(f"{path}history/?page=2")

    assert (len(second.context["entries"]), second.context["entries"][-1].what) == (31, "angelegt")


def test_history_costs_the_same_whatever_its_length(mara_client: Client, in_scope: Organisation, mara: Membership):
    touchpoint = create_touchpoint(name="A", phase="PS", by=mara)

    def queries(count: int) -> list[int]:
        TouchpointChange.objects.bulk_create(
            TouchpointChange(organisation=in_scope, touchpoint=touchpoint, by=mara, kind="edited", changes={})
            for _ in range(count)
        )
        found = []
        for path in (f"{LIST}{touchpoint.code}/", f"{LIST}{touchpoint.code}/history/", f"{LIST}history.csv"):
            with CaptureQueriesContext(connection) as captured:
                mara_client.get(path)
            found.append(len(captured))
        return found

    assert queries(20) == queries(200) == queries(2000)


def test_history_as_a_file_holds_a_row_per_field(max_client: Client, in_scope: Organisation, mara: Membership):
    touchpoint = create_touchpoint(name="=1+1", phase="PS", by=mara)
    update_touchpoint(touchpoint=touchpoint, version=1, fields={"phase": "LO", "channel": "App"}, by=mara)

    answer = max_client.get(f"{LIST}history.csv", headers=DE)

    assert answer["Content-Disposition"].startswith('attachment; filename="history-regio-bahn-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[1:] for row in rows] == [
        ["Wer", "Touchpoint", "Was geschah", "Bemerkung", "Feld", "Vorher", "Nachher"],
        ["Mara", "'=1+1", "angelegt", "", "", "", ""],
        ["Mara", "'=1+1", "geändert", "", "Phase", "Presales", "Loyalty"],
        ["Mara", "'=1+1", "geändert", "", "Kanal", "", "App"],
    ]


@pytest.mark.parametrize(
    ("zone", "at", "then"),
    [
        ("Europe/Berlin", datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2026-07-02 00:30"),
        ("Europe/Berlin", datetime(2026, 1, 1, 22, 30, tzinfo=UTC), "2026-01-01 23:30"),
        ("America/New_York", datetime(2026, 7, 1, 2, 30, tzinfo=UTC), "2026-06-30 22:30"),
    ],
)
def test_history_as_a_file_tells_the_time_of_the_organisation(
    max_client: Client, in_scope: Organisation, mara: Membership, zone: str, at: datetime, then: str
):
    Organisation.objects.filter(pk=in_scope.pk).update(time_zone=zone)
    create_touchpoint(name="A", phase="PS", by=mara)
    TouchpointChange.objects.update(at=at)

    answer = max_client.get(f"{LIST}history.csv", headers=DE)

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == [f"Datum ({zone})", then]


def test_history_as_a_file_is_found_by_those_who_may_download_it(
    max_client: Client, emil_client: Client, in_scope: Organisation, mara: Membership
):
    touchpoint = create_touchpoint(name="A", phase="PS", by=mara)
    archive_touchpoint(touchpoint=create_touchpoint(name="B", phase="PS", by=mara), by=mara)
    link = f'href="{LIST}history.csv"'

    for path in (LIST, f"{LIST}archive/", f"{LIST}{touchpoint.code}/history/"):
        found = [link in client.get(path).content.decode() for client in (max_client, emil_client)]
        assert found == [True, False], path


@pytest.mark.parametrize("archived", [False, True])
def test_a_department_that_is_merged_or_goes_is_in_the_history(
    in_scope: Organisation, mara: Membership, archived: bool
):
    old, new = (DepartmentFactory(organisation=in_scope, name=name) for name in ("Alt", "Neu"))
    touchpoint = create_touchpoint(name="A", phase="PS", department=old, by=mara)
    other = create_touchpoint(name="B", phase="PS", department=new, by=mara)
    if archived:
        archive_touchpoint(touchpoint=touchpoint, by=mara)
    seen = Touchpoint.objects.get(pk=touchpoint.pk).version

    merge_department(department=old, into=new, by=mara)
    with pytest.raises(StaleEdit):
        update_touchpoint(touchpoint=touchpoint, version=seen, fields={"department": None, "name": "C"}, by=mara)
    remove_department(department=new, by=mara)

    assert kinds(touchpoint)[-2:] == [
        ("edited", {"department": ["Alt", "Neu"]}, "", 1),
        ("edited", {"department": ["Neu", None]}, "", 2),
    ]
    assert kinds(other)[-1:] == [("edited", {"department": ["Neu", None]}, "", 2)]
    touchpoint.refresh_from_db()
    assert (touchpoint.department, touchpoint.version) == (None, seen + 2)
