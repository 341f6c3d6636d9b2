"""The list, a new workshop, its plan, the poster, and the end."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from accounts.tenancy import member_scope
from tests.factories import JourneyFactory, WorkshopFactory
from tests.workshops.pages import room_of, url
from tests.workshops.support import make_path
from workshops.enums import ActivityState, WorkshopState
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

MODERATORS_PAGES = ["workshop_detail", "workshop_edit", "workshop_invite", "workshop_close"]


def everything(model):
    return list(model._base_manager.order_by("pk"))


def new_workshop(journey, **changed):
    return {
        "code": str(uuid.uuid4()),
        "journey": str(journey.code),
        "title": "Ist im November",
        "planned_for": "2026-11-23T09:30",
        **changed,
    }


def edited(**changed):
    return {"title": "Neu", "planned_for": "", "version": "1", **changed}


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_leads_moderators_to_the_plan_and_managers_to_the_result(mara_client, max_client, organisation, mara):
    planned = room_of(organisation, mara).workshop
    revealed = room_of(organisation, mara, people=3, state="revealed").workshop

    for_mara = {row.code: row.url for row in mara_client.get(url("workshop_list")).context["found"].rows}
    for_max = {row.code: row.url for row in max_client.get(url("workshop_list")).context["found"].rows}

    assert for_mara == {w.code: url("workshop_detail", w.code) for w in (planned, revealed)}
    assert for_max == {planned.code: "", revealed.code: url("workshop_result", revealed.code)}


def test_list_says_where_each_workshop_stands(mara_client, organisation, mara):
    room_of(organisation, mara)
    room_of(organisation, mara, people=1, state="open")
    room_of(organisation, mara, people=3, state="revealed")
    WorkshopFactory(organisation=organisation, state=WorkshopState.CLOSED, closed_at=timezone.now())

    rows = mara_client.get(url("workshop_list")).context["found"].rows

    assert [row.state for row in rows] == ["geschlossen", "aufgedeckt", "läuft", "geplant"]


def test_list_asks_for_the_same_queries_with_one_row_and_with_three(
    mara_client, organisation, mara, django_assert_num_queries
):
    room_of(organisation, mara)
    with django_assert_num_queries(4):
        mara_client.get(url("workshop_list"))

    room_of(organisation, mara)
    room_of(organisation, mara)
    with django_assert_num_queries(4):
        mara_client.get(url("workshop_list"))


def test_list_that_is_empty_teaches_moderators_and_shows_employees_the_code_field(mara_client, emil_client):
    assert url("workshop_create") in mara_client.get(url("workshop_list")).content.decode()
    page = emil_client.get(url("workshop_list")).content.decode()
    assert "/join/" in page
    assert url("workshop_create") not in page


# --- a new one --------------------------------------------------------------------------------------------------------


def test_create_needs_no_typing_and_chooses_the_journey_of_the_address(mara_client, organisation):
    make_path(organisation)
    wanted, _ = make_path(organisation)
    JourneyFactory(organisation=organisation)

    form = mara_client.get(f"{url('workshop_create')}?journey={wanted.code}").context["form"]

    assert form["journey"].value() == wanted.code
    assert form["title"].value().startswith("Ist-Workshop, ")
    assert form.initial["planned_for"] > timezone.now()


def test_create_plans_one_block_with_all_stations(mara_client, organisation):
    journey, path = make_path(organisation, length=4)

    response = mara_client.post(url("workshop_create"), new_workshop(journey))

    (workshop,) = everything(Workshop)
    assert response.headers["Location"] == url("workshop_detail", workshop.code)
    assert workshop.title == "Ist im November"
    assert workshop.planned_for == datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    with member_scope(organisation):
        (block,) = workshop.activities.all()
        assert [row.station_id for row in block.stations.order_by("position")] == [station.pk for station in path]
        assert (block.is_named, block.asks_reason, block.minutes, block.title) == (
            False,
            True,
            10,
            "Bewerten, verdeckt",
        )


def test_create_twice_with_one_form_makes_one_workshop_with_one_block(mara_client, organisation):
    journey, _ = make_path(organisation)
    form = new_workshop(journey)

    first, second = (mara_client.post(url("workshop_create"), form) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    (workshop,) = everything(Workshop)
    with member_scope(organisation):
        assert workshop.activities.count() == 1


def test_create_without_a_title_keeps_what_was_typed(mara_client, organisation):
    journey, _ = make_path(organisation)

    response = mara_client.post(url("workshop_create"), new_workshop(journey, title="  "))

    assert response.status_code == 422
    assert response.context["form"]["planned_for"].value() == "2026-11-23T09:30"
    assert list(response.context["form"].errors) == ["title"]
    assert everything(Workshop) == []


def test_create_refuses_a_journey_of_another_organisation(mara_client, organisation, other_organisation):
    make_path(organisation)
    foreign, _ = make_path(other_organisation)

    response = mara_client.post(url("workshop_create"), new_workshop(foreign))

    assert response.status_code == 422
    assert response.context["form"].errors["journey"] == [
        "Diese Journey gibt es nicht mehr. Bitte wählen Sie eine andere."
    ]


def test_create_without_a_journey_leads_to_the_first_one(mara_client):
    page = mara_client.get(url("workshop_create")).content.decode()

    assert "/o/regio-bahn/journeys/new/" in page
    assert "<select" not in page


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_plan_shows_agenda_and_people(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=2)

    plan = mara_client.get(url("workshop_detail", room.workshop.code)).context["plan"]

    assert [block.summary for block in plan.blocks] == [
        "3 Stationen · schnell · anonym · fragt nach Gründen · 20 Minuten"
    ]
    assert [person.name for person in plan.people] == ["Person 0", "Person 1"]


def test_plan_asks_for_the_same_queries_whatever_its_size(mara_client, organisation, mara, django_assert_num_queries):
    small = room_of(organisation, mara, people=1, stations=1)
    with django_assert_num_queries(11):
        mara_client.get(url("workshop_detail", small.workshop.code))

    large = room_of(organisation, mara, people=3, stations=3)
    with django_assert_num_queries(11):
        mara_client.get(url("workshop_detail", large.workshop.code))


def test_edit_changes_title_and_time(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    response = mara_client.post(url("workshop_edit", room.workshop.code), edited())

    assert response.headers["Location"] == url("workshop_detail", room.workshop.code)
    (workshop,) = everything(Workshop)
    assert (workshop.title, workshop.planned_for, workshop.details_version) == ("Neu", None, 2)


def test_edit_of_what_somebody_saved_meanwhile_shows_both(mara_client, organisation, mara):
    address = url("workshop_edit", room_of(organisation, mara).workshop.code)
    mara_client.post(address, edited(title="Zuerst", planned_for="2026-11-23T09:30"))

    stale = mara_client.post(address, edited(title="Zu spät"))
    kept = everything(Workshop)[0].title
    again = mara_client.post(address, edited(title="Zu spät", version=stale.context["form"]["version"].value()))

    assert (stale.status_code, kept) == (409, "Zuerst")
    assert stale.context["form"]["title"].value() == "Zu spät"
    assert [(row["label"], row["value"]) for row in stale.context["theirs"]] == [
        ("Titel", "Zuerst"),
        ("Datum und Uhrzeit", "23. November 2026 09:30"),
    ]
    assert (again.status_code, everything(Workshop)[0].title) == (302, "Zu spät")


def test_dates_are_written_in_english_as_in_europe_and_typed_into_the_control_of_the_browser(
    mara_client, organisation, mara
):
    code = room_of(organisation, mara).workshop.code
    mara_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en-US"
    mara_client.post(url("workshop_edit", code), edited(planned_for="2026-11-22T17:20"))

    pages = {
        name: mara_client.get(url(name, *arguments)).content.decode()
        for name, arguments in (("workshop_detail", [code]), ("workshop_list", []), ("workshop_edit", [code]))
    }

    assert "22 November 2026, 17:20" in pages["workshop_detail"]
    assert "22 Nov 2026, 17:20" in pages["workshop_list"]
    assert 'value="2026-11-22T17:20"' in pages["workshop_edit"]


def test_edit_with_an_impossible_time_keeps_the_title(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    response = mara_client.post(url("workshop_edit", room.workshop.code), edited(planned_for="gestern"))

    assert response.status_code == 422
    assert response.context["form"]["title"].value() == "Neu"
    assert everything(Workshop)[0].title != "Neu"


# --- the poster -------------------------------------------------------------------------------------------------------

NOT_ENCRYPTED = (
    "Handys erreichen diese Adresse nur im selben Netz, zum Beispiel im selben WLAN. Sie ist nicht verschlüsselt "
    "(http): Wer im selben Netz ist, kann mitlesen."
)


@pytest.mark.parametrize(
    ("address", "warning"),
    [
        ("https://werkstatt.example", ""),
        ("http://127.0.0.1:8000", "Handys erreichen diese Adresse nicht"),
        ("http://192.168.1.20:8000", NOT_ENCRYPTED),
        ("http://100.101.102.103:8000", NOT_ENCRYPTED),
        ("http://[fd00::20]:8000", NOT_ENCRYPTED),
        ("http://werkstatt.local", NOT_ENCRYPTED),
        ("http://werkstatt", NOT_ENCRYPTED),
        ("http://203.0.113.9", "Diese Adresse ist nicht verschlüsselt (http). Handys außerhalb"),
        ("http://[2001:db8::9]", "Diese Adresse ist nicht verschlüsselt (http). Handys außerhalb"),
        ("http://werkstatt.example", "Diese Adresse ist nicht verschlüsselt"),
    ],
)
def test_poster_says_who_reaches_the_address(mara_client, organisation, mara, settings, address, warning):
    settings.PUBLIC_URL = address
    room = room_of(organisation, mara)

    join = mara_client.get(url("workshop_invite", room.workshop.code)).context["join"]

    assert join.url == f"{address}/{room.workshop.join_code}"
    assert join.warning[: len(warning) or 1] == warning


def test_poster_draws_the_code_without_inline_style(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    code = room.workshop.join_code

    page = mara_client.get(url("workshop_invite", room.workshop.code)).content.decode()

    assert f"{code[:3]} {code[3:]}" in page
    assert page.count('class="qr"') == 1
    assert 'style="' not in page


def still_running(room):
    with translation.override("de"):
        sentence = translation.gettext("“%(title)s” is still running. Reveal it first.")
    return sentence % {"title": room.activity.title}


# --- the end ----------------------------------------------------------------------------------------------------------


def test_close_asks_first_and_then_ends_the_room(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    address = url("workshop_close", room.workshop.code)

    asked = mara_client.get(address)
    assert everything(Workshop)[0].state == WorkshopState.OPEN
    answer = mara_client.post(address)

    assert "Schließen lässt sich nicht zurücknehmen." in asked.content.decode()
    assert answer.headers["Location"] == url("workshop_result", room.workshop.code)
    assert everything(Workshop)[0].state == WorkshopState.CLOSED


def test_close_is_refused_with_a_sentence_while_a_block_runs(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=1, state="open")

    response = mara_client.post(url("workshop_close", room.workshop.code), follow=True)

    assert [str(message) for message in response.context["messages"]] == [still_running(room)]
    assert everything(Workshop)[0].state == WorkshopState.OPEN
    assert everything(type(room.activity))[0].state == ActivityState.OPEN


@pytest.mark.parametrize("name", MODERATORS_PAGES)
def test_pages_of_moderators_refuse_everybody_else(max_client, emil_client, fremd_client, organisation, mara, name):
    address = url(name, room_of(organisation, mara).workshop.code)

    assert [client.get(address).status_code for client in (max_client, emil_client, fremd_client)] == [403, 403, 404]


@pytest.mark.parametrize("name", ["workshop_detail", "workshop_invite"])
def test_pages_that_only_show_refuse_another_verb(mara_client, organisation, mara, name):
    assert mara_client.post(url(name, room_of(organisation, mara).workshop.code)).status_code == 405


def test_poster_asks_for_the_same_queries_whatever_its_size(mara_client, organisation, mara, django_assert_num_queries):
    for size in (1, 3):
        room = room_of(organisation, mara, people=size, stations=size)
        with django_assert_num_queries(4):
            mara_client.get(url("workshop_invite", room.workshop.code))
