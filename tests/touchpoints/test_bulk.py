"""Many touchpoints at once: all or none, versions checked, and no more statements for 200 than for two."""

import re
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scopes_disabled

from accounts.models import Membership, Organisation
from tests.factories import DepartmentFactory, TouchpointFactory
from touchpoints.models import Touchpoint, TouchpointChange
from touchpoints.services import RowsChanged, change_touchpoints, update_touchpoint

LIST = "/o/regio-bahn/touchpoints/"
BULK = f"{LIST}bulk/"


def versions(*rows: Touchpoint) -> dict[uuid.UUID, int]:
    return {row.code: row.version for row in rows}


def names(phase: str) -> list[str]:
    return [row.name for row in Touchpoint.objects.filter(phase=phase).in_order()]


def stored(**lookup: object) -> list[str]:
    with scopes_disabled():
        return [row.name for row in Touchpoint.objects.filter(**lookup).in_order()]


# --- the service ----------------------------------------------------------------------------------------------------


def test_fields_are_written_to_all_and_the_history_says_what_was_before(in_scope: Organisation, mara: Membership):
    department = DepartmentFactory(organisation=in_scope, name="Service")
    rows = [TouchpointFactory(organisation=in_scope, channel=channel) for channel in ("Telefon", "")]
    fields = {"channel": "Telefon", "department": department, "criticality": 3}

    count = change_touchpoints(versions=versions(*rows), fields=fields, by=mara)

    assert count == 2
    for row in Touchpoint.objects.all():
        assert (row.channel, row.department, row.criticality, row.version) == ("Telefon", department, 3, 2)
    assert [
        (change.by, change.kind, change.together, change.changes)
        for change in TouchpointChange.objects.order_by("touchpoint")
    ] == [
        (mara, "edited", 2, {"department": [None, "Service"], "criticality": [None, 3]}),
        (mara, "edited", 2, {"channel": ["", "Telefon"], "department": [None, "Service"], "criticality": [None, 3]}),
    ]


def test_rows_that_change_their_phase_go_to_its_end_in_their_order(in_scope: Organisation, mara: Membership):
    rows = [
        TouchpointFactory(organisation=in_scope, name=name, phase="PS", position=9 - n) for n, name in enumerate("ABC")
    ]
    TouchpointFactory(organisation=in_scope, name="D", phase="LO", position=4)
    stays = TouchpointFactory(organisation=in_scope, name="E", phase="LO", position=2)

    change_touchpoints(versions=versions(*rows, stays), fields={"phase": "LO"}, by=mara)

    assert names("PS") == []
    assert names("LO") == ["E", "D", "C", "B", "A"]
    stays.refresh_from_db()
    assert stays.version == 1


def test_one_stale_row_keeps_all_as_they_were_and_is_named(in_scope: Organisation, mara: Membership):
    rows = [TouchpointFactory(organisation=in_scope, name=name) for name in "ABC"]
    seen = versions(*rows) | {uuid.uuid4(): 1}
    update_touchpoint(touchpoint=rows[1], version=1, fields={"channel": "App"}, by=mara)

    with pytest.raises(RowsChanged) as refusal:
        change_touchpoints(versions=seen, fields={"medium": "online"}, by=mara)

    assert ([row.name for row in refusal.value.stale], refusal.value.gone) == (["B"], 1)
    assert [row.medium for row in Touchpoint.objects.all()] == ["", "", ""]
    assert TouchpointChange.objects.count() == 1


def test_a_stale_row_that_is_like_that_already_is_no_conflict(in_scope: Organisation, mara: Membership):
    row = TouchpointFactory(organisation=in_scope)
    seen = versions(row)
    change_touchpoints(versions=seen, fields={"medium": "online"}, by=mara)

    assert change_touchpoints(versions=seen, fields={"medium": "online"}, by=mara) == 0
    assert TouchpointChange.objects.count() == 1


@pytest.mark.parametrize("fields", [{"phase": "XX"}, {"channel": "x" * 81}, {"criticality": 9}])
def test_a_value_that_fits_nowhere_is_refused(in_scope: Organisation, mara: Membership, fields):
    row = TouchpointFactory(organisation=in_scope)

    with pytest.raises(ValidationError):
        change_touchpoints(versions=versions(row), fields=fields, by=mara)

    assert TouchpointChange.objects.count() == 0


def test_archive_and_restore_go_with_other_fields(in_scope: Organisation, mara: Membership):
    rows = [TouchpointFactory(organisation=in_scope, starter_number=number) for number in ("IB-01", "")]

    assert change_touchpoints(versions=versions(*rows), fields={"medium": "both"}, archived=True, by=mara) == 2
    assert [row.medium for row in Touchpoint.objects.archived()] == ["both", "both"]

    rows = list(Touchpoint.objects.all())
    assert change_touchpoints(versions=versions(*rows), fields={}, archived=False, by=mara) == 2
    assert Touchpoint.objects.active().count() == 2
    kinds = TouchpointChange.objects.filter(touchpoint=rows[0]).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["edited", "archived", "restored"]


def test_the_number_of_statements_does_not_grow(in_scope: Organisation, mara: Membership):
    def statements(count: int) -> int:
        rows = Touchpoint.objects.bulk_create(
            Touchpoint(organisation=in_scope, name=f"T{n}", phase="PS", position=n) for n in range(count)
        )
        with CaptureQueriesContext(connection) as queries:
            change_touchpoints(
                versions=versions(*rows), fields={"phase": "LO", "medium": "online"}, archived=True, by=mara
            )
        return len(queries)

    assert statements(2) == statements(200) == statements(2000) == 10


# --- the pages ------------------------------------------------------------------------------------------------------


def ticked(*rows: Touchpoint) -> list[str]:
    return [f"{row.code}.{row.version}" for row in rows]


def test_ticked_rows_lead_to_the_form_which_says_how_many(mara_client: Client, organisation: Organisation):
    rows = [TouchpointFactory(organisation=organisation, name=name, channel="App") for name in "ABC"]

    page = mara_client.post(BULK, {"row": ticked(*rows[:2])}, headers={"Accept-Language": "de"})

    content = page.content.decode()
    assert page.status_code == 200
    assert content.count("2 Touchpoints ändern") == 2
    assert f'name="rows" value="{" ".join(ticked(*rows[:2]))}"' in content
    assert "Jetzt: App (2)" in content


def test_all_that_the_filter_shows_are_chosen_also_beyond_one_page(mara_client: Client, organisation: Organisation):
    with scopes_disabled():
        Touchpoint.objects.bulk_create(
            Touchpoint(organisation=organisation, name=f"T{n}", phase="LO" if n else "PS") for n in range(402)
        )

    page = mara_client.post(f"{BULK}?phase=LO", {"all": "1"})
    saved = mara_client.post(
        f"{BULK}?phase=LO", {"rows": page.context["row_values"], "phase": "IA", "save": "1"}, follow=True
    )

    assert (len(page.context["rows"]), page.context["more"]) == (401, 101)
    assert saved.redirect_chain == [(f"{LIST}?phase=LO", 302)]
    assert (len(stored(phase="IA")), stored(phase="PS")) == (401, ["T0"])


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"phase": "LO"}, {"phase": "LO"}),
        ({"channel": " App  und Web "}, {"channel": "App und Web"}),
        ({"channel_empty": "on"}, {"channel": ""}),
        ({"channel": "-"}, {"channel": "-"}),
        ({"medium": "-"}, {"medium": ""}),
        ({"relation": "indirect"}, {"relation": "indirect"}),
        ({"criticality": "2"}, {"criticality": 2}),
        ({"criticality": "-"}, {"criticality": None}),
        ({"department": "-"}, {"department": None}),
        ({"existence": "potential", "contract": "after"}, {"existence": "potential", "contract": "after"}),
        ({"moment_of_truth": "yes", "serves_new": "no"}, {"moment_of_truth": True, "serves_new": False}),
    ],
)
def test_form_writes_what_was_chosen_and_nothing_else(mara_client: Client, organisation: Organisation, sent, expected):
    before = {
        "phase": "PS", "channel": "Brief", "medium": "offline", "relation": "direct", "criticality": 3,
        "existence": "actual", "contract": "before", "moment_of_truth": False, "serves_new": True, "media": "paid",
    }  # fmt: skip
    department = DepartmentFactory(organisation=organisation)
    row = TouchpointFactory(organisation=organisation, department=department, **before)

    answer = mara_client.post(BULK, {"rows": ticked(row), "save": "1"} | sent)

    assert answer.url == LIST
    row.refresh_from_db()
    expected = before | {"department": department} | expected
    assert {name: getattr(row, name) for name in expected} == expected


def test_form_sets_a_department_and_sends_rows_to_the_archive(mara_client: Client, organisation: Organisation):
    department = DepartmentFactory(organisation=organisation, name="Vertrieb")
    rows = [TouchpointFactory(organisation=organisation, name=name) for name in "AB"]
    data = {"rows": " ".join(ticked(*rows)), "department": department.code, "archive": "archive", "save": "1"}

    page = mara_client.post(BULK, data, follow=True, headers={"Accept-Language": "de"})

    assert [str(message) for message in page.context["messages"]] == [
        "2 Touchpoints wurden geändert: Abteilung oder Dienstleister, Archiv."
    ]
    assert stored(archived_at=None) == []
    assert stored(department=department) == ["A", "B"]

    rows = list(Touchpoint._base_manager.order_by("pk"))
    back = {"rows": " ".join(ticked(*rows)), "archive": "restore", "save": "1"}
    answer = mara_client.post(f"{BULK}?shelf=archived", back)

    assert answer.url == f"{LIST}archive/"
    assert stored(archived_at=None) == ["A", "B"]


def test_sent_twice_changes_once_and_says_so(mara_client: Client, organisation: Organisation):
    row = TouchpointFactory(organisation=organisation)
    data = {"rows": ticked(row), "medium": "online", "save": "1"}
    mara_client.post(BULK, data)

    page = mara_client.post(BULK, data, follow=True, headers={"Accept-Language": "de"})

    assert [str(message) for message in page.context["messages"]][-1] == (
        "Alle waren schon so; es gab nichts zu ändern."
    )
    row.refresh_from_db()
    assert row.version == 2


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, ["__all__"]),
        ({"medium": "quark"}, ["medium"]),
        ({"channel": "x" * 81}, ["channel"]),
        ({"channel": "\u200b"}, ["channel"]),
        ({"channel": "A\0B"}, ["channel"]),
        ({"channel": "App", "channel_empty": "on"}, ["channel"]),
        ({"department": str(uuid.uuid4())}, ["department"]),
        ({"archive": "restore"}, ["archive"]),
    ],
)
def test_invalid_form_answers_422_with_what_was_chosen(mara_client: Client, organisation: Organisation, sent, wrong):
    row = TouchpointFactory(organisation=organisation)

    answer = mara_client.post(BULK, {"rows": ticked(row), "contract": "", "save": "1"} | sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == wrong
    assert answer.context["row_values"] == ticked(row)[0]
    row.refresh_from_db()
    assert row.version == 1


def test_stale_rows_are_named_with_409_and_left_out_or_changed_on_demand(
    mara_client: Client, organisation: Organisation
):
    rows = [TouchpointFactory(organisation=organisation, name=name) for name in ("Anfang", "Mitte", "Ende")]
    seen = " ".join([*ticked(*rows), f"{uuid.uuid4()}.1"])
    Touchpoint._base_manager.filter(pk=rows[1].pk).update(version=2, channel="Von Olga")
    data = {"rows": seen, "medium": "online", "criticality": "3", "save": "1"}

    answer = mara_client.post(BULK, data, headers={"Accept-Language": "de"})

    content = answer.content.decode()
    assert answer.status_code == 409
    assert ([row.name for row in answer.context["stale"]], answer.context["gone"]) == (["Mitte"], 1)
    assert re.search(r"Jemand anders hat 1 davon gespeichert, seit Sie ihn gesehen haben:", content)
    assert '<option value="online" selected>' in content
    assert answer.context["form"]["stale"].value() == "skip"
    assert stored(medium="online") == []

    rest = {"rows": answer.context["row_values"], "stale_rows": answer.context["stale_values"]}
    again = {"medium": "online", "criticality": "3", "save": "1"}
    mara_client.post(BULK, rest | again | {"stale": "skip"})
    assert stored(medium="online") == ["Anfang", "Ende"]

    mara_client.post(BULK, rest | again | {"stale": "change"})
    assert stored(medium="online") == ["Anfang", "Mitte", "Ende"]


def test_nothing_ticked_answers_the_list_with_a_sentence(mara_client: Client, organisation: Organisation):
    TouchpointFactory(organisation=organisation, name="A", phase="LO")

    answer = mara_client.post(f"{BULK}?phase=LO", {}, headers={"Accept-Language": "de"})

    assert answer.status_code == 422
    assert "Es wurde nichts angekreuzt, also wurde nichts geändert." in answer.content.decode()
    assert answer.context["filters"].values == {"phase": "LO"}


NOBODYS = "7dcb52b8-103b-40ff-ac9e-4da0a38441d5"


@pytest.mark.parametrize("value", ["x", "x.1", f"{NOBODYS}.", f"{NOBODYS}.²", f"{NOBODYS}.99999999999"])
def test_a_broken_tick_is_404(mara_client: Client, organisation: Organisation, value):
    assert mara_client.post(BULK, {"row": value}).status_code == 404


def test_two_ticked_rows_lead_to_their_merge_and_any_other_number_says_so(
    mara_client: Client, organisation: Organisation
):
    rows = [TouchpointFactory(organisation=organisation) for _ in range(3)]

    two = mara_client.post(BULK, {"row": ticked(*rows[:2]), "merge": "1"})
    three = mara_client.post(BULK, {"row": ticked(*rows), "merge": "1"})

    assert two.url == reverse("touchpoints:touchpoint_merge", args=["regio-bahn", rows[0].code, rows[1].code])
    assert three.url == LIST


@pytest.mark.parametrize("count", [1, 3, 200])
def test_form_asks_the_same_number_of_queries(
    mara_client: Client, organisation: Organisation, count, django_assert_num_queries
):
    rows = [
        TouchpointFactory(organisation=organisation, department=DepartmentFactory(organisation=organisation))
        for _ in range(count)
    ]
    mara_client.get(LIST)

    # session, user, membership; departments, touchpoints, channels
    with django_assert_num_queries(6):
        answer = mara_client.post(BULK, {"row": ticked(*rows)})

    assert len(answer.context["rows"]) == count
