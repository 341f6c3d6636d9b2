"""The archive: out of sight everywhere but on the journeys that have it, and back again; lists and what they lack."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scopes_disabled

from accounts.models import Membership, Organisation
from journeys.models import Station
from journeys.queries import board_state
from journeys.services.stations import place_all
from tests.factories import DepartmentFactory, JourneyFactory, StationFactory, TouchpointFactory
from touchpoints.models import Touchpoint
from touchpoints.queries import catalogue_counts, channels_in_use, entries_taken
from touchpoints.services import (
    add_starter_entries,
    archive_touchpoint,
    create_touchpoint,
    move_touchpoint,
    restore_touchpoint,
)

LIST = "/o/regio-bahn/touchpoints/"
DE = {"Accept-Language": "de"}


def shown(client: Client, path: str) -> list[str]:
    phases = client.get(path).context["catalogue"].phases
    return [row.touchpoint.name for phase in phases for row in phase.rows]


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_archived_touchpoint_leaves_lists_palette_and_matches_but_not_its_journey(
    in_scope: Organisation, mara: Membership, mara_client: Client
):
    journey = JourneyFactory(organisation=in_scope)
    station = StationFactory(
        journey=journey, touchpoint=TouchpointFactory(organisation=in_scope, name="Alt", phase="LO", channel="Fax")
    )
    TouchpointFactory(organisation=in_scope, name="Neu", phase="LO")
    loose = TouchpointFactory(organisation=in_scope, name="Lose", phase="LO")

    for touchpoint in (station.touchpoint, loose):
        archive_touchpoint(touchpoint=touchpoint, by=mara)
        archive_touchpoint(touchpoint=touchpoint, by=mara)

    assert [name for column in board_state(journey).columns for name in column.suggestions] == ["Neu"]
    cards = [card for column in board_state(journey).columns for card in column.cards]
    assert [(card.name, card.is_archived) for card in cards] == [("Alt", True)]
    assert channels_in_use() == []
    assert (shown(mara_client, LIST), shown(mara_client, f"{LIST}archive/")) == (["Neu"], ["Alt", "Lose"])
    assert shown(mara_client, f"{LIST}after-sales/") == ["Neu"]
    assert b"Alt" not in mara_client.get(f"{LIST}export.csv").content
    assert b"Lose" in mara_client.get(f"{LIST}export.csv?shelf=archived").content
    assert place_all(journey=journey, by=mara) == 1
    assert Station.objects.count() == 2
    station.touchpoint.refresh_from_db()
    assert station.touchpoint.version == 2


def test_restored_touchpoint_stands_where_it_stood(in_scope: Organisation, mara: Membership, mara_client: Client):
    rows = [TouchpointFactory(organisation=in_scope, name=name, phase="PS") for name in "ABC"]
    archive_touchpoint(touchpoint=rows[1], by=mara)
    restore_touchpoint(touchpoint=rows[1], by=mara)
    restore_touchpoint(touchpoint=rows[1], by=mara)

    assert shown(mara_client, LIST) == ["A", "B", "C"]
    rows[1].refresh_from_db()
    assert (rows[1].archived_at, rows[1].version) == (None, 3)


def test_order_counts_only_what_is_in_use(in_scope: Organisation, mara: Membership):
    rows = [TouchpointFactory(organisation=in_scope, name=name, phase="PS") for name in "ABC"]
    archive_touchpoint(touchpoint=rows[0], by=mara)

    moved = move_touchpoint(touchpoint=rows[2], index=0, seen_at=1, by=mara)

    assert [row.name for row in moved] == ["C", "B"]


def test_starter_entry_can_be_ticked_again_and_belongs_to_the_newer_one(in_scope: Organisation, mara: Membership):
    add_starter_entries(numbers={"IB-01", "IB-02"}, by=mara)
    first, other = Touchpoint.objects.in_order()
    archive_touchpoint(touchpoint=first, by=mara)
    archive_touchpoint(touchpoint=other, by=mara)
    assert entries_taken() == set()
    assert add_starter_entries(numbers={"IB-01"}, by=mara) == 1

    restore_touchpoint(touchpoint=first, by=mara)
    restore_touchpoint(touchpoint=other, by=mara)

    assert list(Touchpoint.objects.order_by("pk").values_list("starter_number", flat=True)) == ["", "IB-02", "IB-01"]


def test_archive_and_restore_by_their_buttons(mara_client: Client, organisation: Organisation):
    row = TouchpointFactory(organisation=organisation, name="Alt", phase="LO")

    away = mara_client.post(f"{LIST}{row.code}/archive/", follow=True, headers=DE)
    page = mara_client.get(f"{LIST}{row.code}/", headers=DE)
    back = mara_client.post(f"{LIST}{row.code}/restore/", follow=True, headers=DE)

    assert away.redirect_chain == [(f"{LIST}#phase-group-LO", 302)]
    assert said(away) == [
        "„Alt“ liegt jetzt im Archiv. Auf seinen Journeys bleibt der Touchpoint stehen, und Sie können ihn jederzeit "
        "zurückholen."
    ]
    assert "Im Archiv seit" in page.content.decode()
    assert back.redirect_chain == [(f"{LIST}archive/", 302)]
    assert said(back) == ["„Alt“ ist wieder im Katalog."]


def test_archived_touchpoint_can_be_edited_and_stays_in_the_archive(mara_client: Client, organisation: Organisation):
    row = TouchpointFactory(organisation=organisation, name="Alt", phase="LO", archived_at=timezone.now())

    data = {"name": "Älter", "phase": "LO", "version": 1, "place_index": "0"}
    answer = mara_client.post(f"{LIST}{row.code}/", data)

    assert answer.url == f"{LIST}archive/"
    assert shown(mara_client, f"{LIST}archive/") == ["Älter"]


@pytest.mark.parametrize(
    ("archived", "sentence"),
    [
        (True, "Im Archiv liegt ein weiterer Touchpoint „Anruf“ dieser Phase. Falls Sie den meinten, holen Sie ihn von "
               "dort zurück."),
        (False, "In dieser Phase gibt es noch einen Touchpoint „Anruf“. Sind beide dasselbe, führen Sie sie unter "
                "„Dubletten“ zusammen."),
    ],
)  # fmt: skip
def test_a_name_that_is_there_already_is_said(mara_client: Client, organisation: Organisation, archived, sentence):
    TouchpointFactory(
        organisation=organisation, name="Anruf", phase="PS", archived_at=timezone.now() if archived else None
    )
    other = TouchpointFactory(organisation=organisation, name="Brief", phase="PS")
    TouchpointFactory(organisation=organisation, name="Anruf", phase="LO")

    def edit(name: str, version: int, **more: str) -> list[str]:
        data = {"name": name, "phase": "PS", "version": version} | more
        return said(mara_client.post(f"{LIST}{other.code}/", data, follow=True, headers=DE))

    edited, kept, _back = edit("Anruf", 1), edit("Anruf", 2, channel="App"), edit("Brief", 3)
    created = mara_client.post(f"{LIST}new/", {"name": "anruf", "phase": "PS"}, follow=True, headers=DE)

    assert edited[1:] == said(created)[1:] == [sentence]
    assert kept == ["„Anruf“ ist gespeichert."]


def test_quick_add_of_an_archived_name_leads_to_the_archive(mara_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="Anruf", phase="PS", archived_at=timezone.now())
    headers = {"HX-Request": "true", "HX-Target": "quick-add"} | DE

    first = mara_client.post(f"{LIST}new/", {"name": "Anruf", "phase": "PS"}, headers=headers)
    second = mara_client.post(f"{LIST}new/", {"name": "Anruf", "phase": "PS"}, headers=headers)

    assert "Im Archiv liegt ein weiterer mit diesem Namen." in first.content.decode()
    assert "In dieser Phase gibt es noch einen mit diesem Namen." in second.content.decode()


def test_board_takes_a_new_touchpoint_and_says_that_the_archive_holds_the_name(
    mara_client: Client, organisation: Organisation
):
    journey = JourneyFactory(organisation=organisation)
    old = TouchpointFactory(organisation=organisation, name="Anruf", phase="PS", archived_at=timezone.now())
    path = f"/o/regio-bahn/journeys/{journey.code}/stations/"
    data = {"name": "Anruf", "phase": "PS", "code": "4b1ea2c5-5b8a-4b4f-9d41-6f3f5f6a3c11"}

    page = mara_client.post(path, data, follow=True, headers=DE)

    with scopes_disabled():
        assert Station.objects.get().touchpoint != old
    assert "Im Archiv des Katalogs liegt ein weiterer Touchpoint „Anruf“ dieser Phase." in page.content.decode()


def test_after_sales_holds_loyalty_and_what_lies_behind_the_contract(mara_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="Wartung", phase="LO")
    TouchpointFactory(organisation=organisation, name="Rechnung", phase="PU", contract="after")
    TouchpointFactory(organisation=organisation, name="Kasse", phase="PU", contract="before")

    page = mara_client.get(f"{LIST}after-sales/?phase=PU")

    assert shown(mara_client, f"{LIST}after-sales/") == ["Rechnung", "Wartung"]
    assert (page.context["catalogue"].found, page.context["catalogue"].total) == (1, 2)
    assert 'href="/o/regio-bahn/touchpoints/export.csv?phase=PU&amp;shelf=after-sales"' in page.content.decode()


def test_warnings_name_what_is_missing_and_an_empty_catalogue_lacks_nothing(
    in_scope: Organisation, mara: Membership, mara_client: Client, max_client: Client
):
    assert catalogue_counts().warnings == ()
    department = DepartmentFactory(organisation=in_scope)
    for phase in ("IB", "PS", "PU", "LO"):
        create_touchpoint(name=phase, phase=phase, department=department if phase == "LO" else None, by=mara)
    archived = create_touchpoint(name="Alt", phase="IA", by=mara)
    archive_touchpoint(touchpoint=archived, by=mara)

    page = mara_client.get(LIST, headers=DE)

    assert [(warning.text, warning.query) for warning in page.context["warnings"]] == [
        ("Für 3 Touchpoints ist keine Abteilung und kein Dienstleister zuständig.", "department=none"),
        ("Die Phase „Influencing (danach)“ hat noch keinen Touchpoint.", "phase=IA"),
    ]
    assert shown(mara_client, f"{LIST}?department=none") == ["IB", "PS", "PU"]
    assert f'href="{LIST}?phase=IA"' in page.content.decode()
    assert f'href="{LIST}?phase=IA"' not in max_client.get(LIST).content.decode()


@pytest.mark.parametrize("path", ["", "after-sales/", "archive/", "duplicates/"])
def test_lists_ask_the_same_number_of_queries(mara_client: Client, organisation: Organisation, path):
    def queries(count: int) -> int:
        with scopes_disabled():
            Touchpoint.objects.bulk_create(
                Touchpoint(
                    organisation=organisation, name=f"Wartung {'abc'[n % 3]}{n // 3}", phase="LO", position=n,
                    archived_at=timezone.now() if n % 2 else None,
                )
                for n in range(count)
            )  # fmt: skip
        mara_client.get(LIST + path)
        with CaptureQueriesContext(connection) as captured:
            mara_client.get(LIST + path)
        return len(captured)

    assert queries(20) == queries(180) == queries(1800) == (7 if path == "duplicates/" else 6)
