"""One touchpoint of two: stations move, words stay, nothing is lost; and which names look like one."""

import time
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scopes_disabled

from accounts.models import Membership, Organisation
from accounts.services.edits import StaleEdit
from tests.factories import (
    ActivityStationFactory,
    DepartmentFactory,
    JourneyFactory,
    MeasureTouchpointFactory,
    StationFactory,
    TouchpointFactory,
)
from touchpoints.duplicates import Named, likely_duplicates
from touchpoints.models import Touchpoint, TouchpointChange, TouchpointPair
from touchpoints.services import CannotMerge, keep_apart, merge_touchpoints, restore_touchpoint

LIST = "/o/regio-bahn/touchpoints/"
DE = {"Accept-Language": "de"}


def merge(kept: Touchpoint, other: Touchpoint, by: Membership, *taken: str) -> Touchpoint:
    return merge_touchpoints(kept=kept, other=other, versions=(kept.version, other.version), taken=taken, by=by)


# --- the service ----------------------------------------------------------------------------------------------------


def test_stations_move_blocks_keep_their_words_and_both_histories_say_so(in_scope: Organisation, mara: Membership):
    department = DepartmentFactory(organisation=in_scope, name="Service")
    kept = TouchpointFactory(organisation=in_scope, name="Newsletter", phase="LO", description="Kurz")
    other = TouchpointFactory(
        organisation=in_scope, name="E-Mail-Newsletter", phase="LO", description="Ich lese.", department=department
    )
    journeys = [JourneyFactory(organisation=in_scope) for _ in range(2)]
    StationFactory(journey=journeys[0], touchpoint=kept, position=0)
    moved = [StationFactory(journey=journey, touchpoint=other, position=1, reality="Kommt oft") for journey in journeys]
    block = ActivityStationFactory(station=moved[0], name="E-Mail-Newsletter")

    saved = merge(kept, other, mara, "description", "department")

    assert (saved.name, saved.description, saved.department, saved.version) == (
        "Newsletter", "Ich lese.", department, 2,
    )  # fmt: skip
    for station in moved:
        station.refresh_from_db()
        assert (station.touchpoint_id, station.position, station.reality) == (kept.pk, 1, "Kommt oft")
    block.refresh_from_db()
    assert (block.name, block.station_id) == ("E-Mail-Newsletter", moved[0].pk)
    other.refresh_from_db()
    assert (other.merged_into, other.archived_at is None, other.description) == (kept, False, "Ich lese.")
    for journey in journeys:
        journey.refresh_from_db()
        assert journey.version == 2
    assert list(TouchpointChange.objects.order_by("pk").values_list("touchpoint", "kind", "note", "changes")) == [
        (
            kept.pk, "merged", "E-Mail-Newsletter",
            {"description": ["Kurz", "Ich lese."], "department": [None, "Service"], "stations": [1, 3]},
        ),
        (other.pk, "merged_away", "Newsletter", {"stations": [2, 0]}),
    ]  # fmt: skip


def test_a_merge_across_phases_takes_the_phase_only_when_it_is_chosen(in_scope: Organisation, mara: Membership):
    first, second, third = (
        TouchpointFactory(organisation=in_scope, name=name, phase=phase)
        for name, phase in (("A", "PS"), ("B", "LO"), ("C", "LO"))
    )

    stays = merge(first, second, mara, "name")
    goes = merge(stays, third, mara, "phase")

    assert (stays.name, stays.phase) == ("B", "PS")
    assert (goes.phase, goes.position > third.position, goes.version) == ("LO", True, 3)
    assert TouchpointChange.objects.filter(kind="merged_away").first().changes == {}


@pytest.mark.parametrize("stale", [0, 1])
def test_a_merge_of_what_was_saved_since_changes_nothing(in_scope: Organisation, mara: Membership, stale):
    pair = [TouchpointFactory(organisation=in_scope, name=name) for name in "AB"]
    station = StationFactory(journey=JourneyFactory(organisation=in_scope), touchpoint=pair[1])
    Touchpoint.objects.filter(pk=pair[stale].pk).update(version=2)

    with pytest.raises(StaleEdit):
        merge(pair[0], pair[1], mara, "name")

    station.refresh_from_db()
    assert station.touchpoint == pair[1]
    assert Touchpoint.objects.active().count() == 2
    assert TouchpointChange.objects.count() == 0


def test_a_merge_sent_twice_merges_once_and_one_with_the_archive_is_refused(in_scope: Organisation, mara: Membership):
    kept, other, third = (TouchpointFactory(organisation=in_scope, name=name) for name in "ABC")
    merge(kept, other, mara)

    assert merge(kept, other, mara) == kept
    assert TouchpointChange.objects.count() == 2
    with pytest.raises(CannotMerge):
        merge(third, other, mara)
    with pytest.raises(CannotMerge):
        merge(other, third, mara)


def test_the_other_one_comes_back_with_everything_it_said(in_scope: Organisation, mara: Membership):
    kept = TouchpointFactory(organisation=in_scope, name="A")
    other = TouchpointFactory(organisation=in_scope, name="B", description="Ich warte.")
    merge(kept, other, mara, "name")

    restore_touchpoint(touchpoint=other, by=mara)

    other.refresh_from_db()
    assert (other.name, other.description, other.archived_at, other.merged_into) == ("B", "Ich warte.", None, None)


def test_the_number_of_statements_does_not_grow_with_stations_and_measures(in_scope: Organisation, mara: Membership):
    def statements(count: int) -> int:
        kept, other = (TouchpointFactory(organisation=in_scope) for _ in range(2))
        for _ in range(count):
            StationFactory(journey=JourneyFactory(organisation=in_scope), touchpoint=other)
            MeasureTouchpointFactory(measure__organisation=in_scope, touchpoint=other)
        with CaptureQueriesContext(connection) as queries:
            merge(kept, other, mara, "name")
        return len(queries)

    assert statements(1) == statements(12)


def test_two_that_are_two_are_remembered_once(in_scope: Organisation, mara: Membership):
    pair = [TouchpointFactory(organisation=in_scope) for _ in range(2)]

    keep_apart(first=pair[1], second=pair[0], by=mara)
    keep_apart(first=pair[0], second=pair[1], by=mara)

    assert list(TouchpointPair.objects.values_list("first", "second")) == [(pair[0].pk, pair[1].pk)]


# --- which names look alike -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "is_pair"),
    [
        ("Newsletter", "newsletter", True),
        ("Der Newsletter", "Newsletter", True),
        ("News letter", "Newsletter", True),
        ("Webseite", "Website", True),
        ("Ticketkauf in der App", "App: Ticketkauf", True),
        ("Rückgabe", "Rueckgabe", True),
        ("Hotline anrufen", "Hotline-Anruf", True),
        ("Filiale 12", "Filiale 13", False),
        ("Messe", "Kasse", False),
        ("Beratung am Telefon", "Beratung im Laden", False),
        ("עברית", "עברית", True),
        ("🙂", "🙃", False),
    ],
)
def test_names_that_look_alike(left, right, is_pair):
    assert bool(likely_duplicates([Named(1, "PS", left), Named(2, "LO", right)])) == is_pair


def test_the_same_name_comes_first_and_a_phase_before_two():
    rows = [Named(1, "PS", "Webseite"), Named(2, "LO", "Anruf"), Named(3, "PS", "Anruf"), Named(4, "PS", "Anruf")]
    rows.append(Named(5, "PS", "Website"))

    pairs = likely_duplicates(rows)

    assert [(pair.first.pk, pair.second.pk, pair.is_same_name, pair.is_same_phase) for pair in pairs] == [
        (3, 4, True, True), (2, 3, True, False), (2, 4, True, False), (1, 5, False, True),
    ]  # fmt: skip


def test_2000_names_take_less_than_a_second():
    text = "Anfrage Angebot Anruf App Beratung Brief Lieferung Rechnung Service Störung Ticket Vertrag Wartung"
    words = text.split()
    rows = [
        Named(n, "PS", f"{words[n % 13]} {words[n // 13 % 13]} {words[n // 169 % 13]} {uuid.uuid4().hex[:8]}")
        for n in range(2000)
    ]
    rows += [Named(9000, "LO", "Anfrage Angebot"), Named(9001, "LO", "Angebot: Anfrage")]
    start = time.process_time()

    pairs = likely_duplicates(rows)

    assert time.process_time() - start < 1
    assert (pairs[0].first.pk, pairs[0].second.pk) == (9000, 9001)


def test_2000_equal_names_are_bounded():
    start = time.process_time()

    pairs = likely_duplicates([Named(n, "PS", "Anruf") for n in range(2000)])

    assert time.process_time() - start < 1
    assert len(pairs) == 780


# --- the pages ------------------------------------------------------------------------------------------------------


def test_suggestions_propose_the_one_on_more_journeys_and_forget_what_is_two(
    mara_client: Client, organisation: Organisation
):
    first, second = (TouchpointFactory(organisation=organisation, name=name) for name in ("Webseite", "Website"))
    StationFactory(journey=JourneyFactory(organisation=organisation), touchpoint=second)
    TouchpointFactory(organisation=organisation, name="Webseite", archived_at=timezone.now())

    page = mara_client.get(f"{LIST}duplicates/")
    assert [(pair.kept, pair.other) for pair in page.context["duplicates"].pairs] == [(second, first)]

    data = {"first": first.code, "second": second.code}
    after = mara_client.post(f"{LIST}duplicates/apart/", data, follow=True)
    assert after.context["duplicates"].pairs == []


@pytest.mark.parametrize("broken", ["", "x", "7dcb52b8-103b-40ff-ac9e-4da0a38441d5"])
def test_dismissing_something_unknown_or_one_with_itself_is_404(
    mara_client: Client, organisation: Organisation, broken
):
    row = TouchpointFactory(organisation=organisation)

    for second in (broken, row.code):
        answer = mara_client.post(f"{LIST}duplicates/apart/", {"first": row.code, "second": second})
        assert answer.status_code == 404


def address(kept: Touchpoint, other: Touchpoint) -> str:
    return f"{LIST}{kept.code}/merge/{other.code}/"


def test_page_shows_what_differs_and_proposes_what_is_not_empty(mara_client: Client, organisation: Organisation):
    kept = TouchpointFactory(organisation=organisation, name="Anruf", phase="PS", channel="Telefon")
    other = TouchpointFactory(organisation=organisation, name="Anruf", phase="LO", channel="Hotline", criticality=3)

    page = mara_client.get(address(kept, other), headers=DE)

    rows = [(field.name, field.kept, field.other, takes) for field, takes in page.context["form"].rows()]
    assert rows == [
        ("phase", "Presales", "Loyalty", False),
        ("channel", "Telefon", "Hotline", False),
        ("criticality", "", "hoch", True),
    ]
    assert [field.name for field in page.context["same"]][:1] == ["name"]


def test_page_says_that_measures_go_along(mara_client: Client, organisation: Organisation):
    kept, other = (TouchpointFactory(organisation=organisation, name=name) for name in ("Anruf", "Telefonat"))
    assert "Maßnahme, die ihn betrifft" not in mara_client.get(address(kept, other), headers=DE).content.decode()

    MeasureTouchpointFactory(measure__organisation=organisation, touchpoint=other)

    page = mara_client.get(address(kept, other), headers=DE).content.decode()
    assert "Die Maßnahme, die ihn betrifft, betrifft dann „Anruf“." in page


def test_merge_by_the_form(mara_client: Client, organisation: Organisation):
    kept = TouchpointFactory(organisation=organisation, name="Anruf", channel="Telefon")
    other = TouchpointFactory(organisation=organisation, name="Telefonat", channel="Hotline")
    data = {"kept_version": 1, "other_version": 1, "take_name": "other", "take_channel": "kept"}

    answer = mara_client.post(address(kept, other), data, follow=True, headers=DE)

    assert [str(message) for message in answer.context["messages"]] == [
        "„Telefonat“ ist in „Anruf“ aufgegangen und liegt im Archiv."
    ]
    kept.refresh_from_db()
    assert (kept.name, kept.channel) == ("Telefonat", "Telefon")
    assert "ersetzt durch „Telefonat“" in mara_client.get(f"{LIST}archive/", headers=DE).content.decode()


def test_stale_merge_answers_409_with_fresh_values_and_the_choices(mara_client: Client, organisation: Organisation):
    kept = TouchpointFactory(organisation=organisation, name="Anruf")
    other = TouchpointFactory(organisation=organisation, name="Telefonat")
    Touchpoint._base_manager.filter(pk=other.pk).update(version=2, channel="Von Olga")
    data = {"kept_version": 1, "other_version": 1, "take_name": "other"}

    answer = mara_client.post(address(kept, other), data)

    assert answer.status_code == 409
    form = answer.context["form"]
    assert (form["kept_version"].value(), form["other_version"].value()) == ("1", "2")
    assert [(field.name, field.other, takes) for field, takes in form.rows()] == [
        ("name", "Telefonat", True),
        ("channel", "Von Olga", False),
    ]
    with scopes_disabled():
        assert Touchpoint.objects.archived().count() == 0


@pytest.mark.parametrize(
    "data",
    [{}, {"kept_version": "x", "other_version": 1}, {"kept_version": 1, "other_version": 1, "take_name": "both"}],
)
def test_unclear_merge_answers_422(mara_client: Client, organisation: Organisation, data):
    kept, other = (TouchpointFactory(organisation=organisation) for _ in range(2))

    assert mara_client.post(address(kept, other), data).status_code == 422


def test_merge_with_the_archive_says_so_and_with_itself_is_404(mara_client: Client, organisation: Organisation):
    kept = TouchpointFactory(organisation=organisation)
    other = TouchpointFactory(organisation=organisation, archived_at=timezone.now())

    page = mara_client.get(address(kept, other), headers=DE)
    sent = mara_client.post(address(kept, other), {"kept_version": 1, "other_version": 1})

    assert "Einer der beiden liegt im Archiv" in page.content.decode()
    assert sent.status_code == 409
    assert mara_client.get(address(kept, kept)).status_code == 404
