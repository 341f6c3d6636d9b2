"""Home: what to do next, and where the journeys stand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.tenancy import member_scope
from tests.factories import (
    JourneyFactory,
    MeasureFactory,
    PersonaFactory,
    StationFactory,
    TouchpointFactory,
    WorkshopFactory,
)
from tests.workshops.pages import room_of, url
from workshops import services
from workshops.models import ActivityStation

pytestmark = pytest.mark.django_db

HOME = "/o/regio-bahn/"


def next_action(client):
    return client.get(HOME).context["home"].action


def test_home_of_an_empty_organisation_teaches_four_steps_and_leads_to_the_catalogue(mara_client):
    page = mara_client.get(HOME)

    home = page.context["home"]
    assert [step.title for step in home.first_steps] == ["Touchpoints", "Persona", "Journey", "Workshop"]
    assert [step.is_current for step in home.first_steps] == [True, False, False, False]
    assert home.action.url == "/o/regio-bahn/touchpoints/starter/"
    assert page.content.decode().count("button--primary") == 1


def test_home_leads_from_touchpoints_to_persona_to_journey_to_its_path(mara_client, organisation):
    TouchpointFactory(organisation=organisation)
    assert next_action(mara_client).url == "/o/regio-bahn/personas/new/"

    persona = PersonaFactory(organisation=organisation)
    assert next_action(mara_client).url == "/o/regio-bahn/journeys/new/"

    journey = JourneyFactory(organisation=organisation, persona=persona)
    assert next_action(mara_client).url == f"/o/regio-bahn/journeys/{journey.code}/"

    StationFactory(journey=journey)
    assert next_action(mara_client).url == f"/o/regio-bahn/workshops/new/?journey={journey.code}"


def test_home_leads_to_the_console_of_the_workshop_that_waits(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    assert next_action(mara_client).url == url("workshop_console", room.workshop.code)


def test_home_puts_the_running_workshop_before_the_planned_one(mara_client, organisation, mara):
    running = room_of(organisation, mara, people=1, state="open")
    room_of(organisation, mara)

    assert next_action(mara_client).url == url("workshop_console", running.workshop.code)


def test_home_of_a_manager_leads_to_the_newest_result_and_nothing_else(max_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")

    home = max_client.get(HOME).context["home"]

    assert home.action.url == url("workshop_result", room.workshop.code)
    assert home.coming == ()


def test_home_of_an_employee_shows_no_result_before_the_workshop_is_closed(emil_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    before = emil_client.get(HOME).context["home"]

    with member_scope(organisation):
        services.freeze_ist(workshop=room.workshop, by=mara)
    after = emil_client.get(HOME).context["home"]

    assert (before.action, before.journeys[0].result_url) == (None, "")
    assert after.action.url == after.journeys[0].result_url == url("workshop_result", room.workshop.code)


def test_home_asks_for_the_same_queries_whatever_its_size(mara_client, organisation, mara, django_assert_num_queries):
    freeze(organisation, room_of(organisation, mara, people=3, state="revealed"), mara)
    MeasureFactory(organisation=organisation, responsible=mara)
    with django_assert_num_queries(11):
        mara_client.get(HOME)

    for _ in range(2):
        freeze(organisation, room_of(organisation, mara, people=3, state="revealed"), mara)
        WorkshopFactory(organisation=organisation)
        MeasureFactory(organisation=organisation, responsible=mara)
    with django_assert_num_queries(11):
        mara_client.get(HOME)


def test_home_tells_moderators_what_the_catalogue_lacks_and_leads_to_the_list(mara_client, max_client, organisation):
    assert mara_client.get(HOME).context["home"].warnings == ()

    for phase in ("IB", "PS", "PU", "LO"):
        TouchpointFactory(organisation=organisation, phase=phase)

    page = mara_client.get(HOME)
    assert [warning.query for warning in page.context["home"].warnings] == ["department=none", "phase=IA"]
    assert '<a href="/o/regio-bahn/touchpoints/?phase=IA">' in page.content.decode()
    assert max_client.get(HOME).context["home"].warnings == ()


def test_home_has_the_open_measures_ones_own_first(mara_client, emil_client, max_client, organisation, emil, max):
    late = timezone.localdate() - timedelta(1)
    MeasureFactory(organisation=organisation, title="Schnell", effort=1, impact=5)
    MeasureFactory(organisation=organisation, title="Von Max", responsible=max, due_on=late)
    MeasureFactory(organisation=organisation, title="Geschafft", status="done", done_on=late, responsible=emil)

    manager, moderator, employee = (client.get(HOME) for client in (max_client, mara_client, emil_client))

    assert [row.measure.title for row in manager.context["home"].measures.rows] == ["Von Max", "Schnell"]
    assert [row.measure.title for row in moderator.context["home"].measures.rows] == ["Schnell", "Von Max"]
    assert "2 offene Maßnahmen · 1 überfällig" in manager.content.decode()
    assert employee.context["home"].measures is None
    assert "Ihre offenen Maßnahmen" not in employee.content.decode()


def test_home_of_an_employee_shows_what_they_shall_do(emil_client, organisation, emil):
    for number in range(6):
        MeasureFactory(organisation=organisation, title=f"Meins {number}", responsible=emil)
    MeasureFactory(organisation=organisation, title="Anderes")

    page = emil_client.get(HOME).content.decode()

    assert "Ihre offenen Maßnahmen" in page
    assert "Meins 2" in page
    assert "Anderes" not in page
    assert '<a href="/o/regio-bahn/measures/?mine=on">3 weitere Maßnahmen</a>' in page


def test_home_refuses_another_verb(mara_client):
    assert mara_client.post(HOME).status_code == 405


# --- the journeys -----------------------------------------------------------------------------------------------------


def freeze(organisation, room, mara):
    with member_scope(organisation):
        return services.freeze_ist(workshop=room.workshop, by=mara)


def test_journey_shows_its_latest_ist_as_it_was_recorded(emil_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    baseline = freeze(organisation, room, mara)
    ActivityStation._base_manager.update(name="Umbenannt")

    (card,) = emil_client.get(HOME).context["home"].journeys

    assert (card.ist.strongest, card.ist.weakest) == ("Station 1 +100", "Station 3 −100")
    assert (card.ist.facts, card.cycle, card.ist.cycle) == (
        "3 Personen haben bewertet · mittlerer Saldo 0",
        "Zyklus 1",
        "",
    )
    assert card.ist.url == url("baseline_detail", baseline.code)
    assert card.ist.date == baseline.frozen_at
    assert 'aria-label="Journey-Kurve mit 3 Stationen. Höchster Punkt: Station 1 +100.' in card.ist.spark


def test_journey_keeps_its_ist_while_the_next_workshop_is_planned(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    freeze(organisation, room, mara)
    with member_scope(organisation):
        services.create_workshop(
            journey=room.workshop.cycle.journey, title="Noch einmal", planned_for=None, code=uuid4(), by=mara
        )

    (card,) = mara_client.get(HOME).context["home"].journeys

    assert (card.cycle, card.ist.cycle, card.state) == ("Zyklus 2", "Zyklus 1", "Workshop geplant")
    assert card.result == room.workshop


def test_journey_offers_result_and_report_to_those_who_may(mara_client, max_client, emil_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    freeze(organisation, room, mara)
    report = f"/o/regio-bahn/reports/of/{room.workshop.code}/"

    pages = [client.get(HOME).content.decode() for client in (mara_client, max_client, emil_client)]

    assert [page.count(f'action="{report}"') for page in pages] == [1, 1, 0]
    result = f'href="{url("workshop_result", room.workshop.code)}"'
    assert [page.count(result) > 0 for page in pages] == [True, True, True]


def test_journey_without_figures_says_so(mara_client, organisation, mara):
    freeze(organisation, room_of(organisation, mara, people=2, state="revealed"), mara)

    (card,) = mara_client.get(HOME).context["home"].journeys

    assert (card.ist.strongest, card.ist.weakest) == ("", "")
    assert 'aria-label="Journey-Kurve ohne Zahlen' in card.ist.spark
    assert 'class="curve__line"' not in card.ist.spark
