"""Journeys over HTTP: list, form, removal."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from accounts.models import Organisation
from journeys.models import Journey, Persona
from tests.factories import CycleFactory, JourneyFactory, PersonaFactory, StationFactory

ORG = "regio-bahn"


def url(name: str, journey: Journey | None = None) -> str:
    return reverse(f"journeys:journey_{name}", args=[ORG, journey.code] if journey else [ORG])


@pytest.fixture
def journey(organisation: Organisation) -> Journey:
    return JourneyFactory(organisation=organisation, name="Der Weg zur Arbeit")


def journeys() -> list[Journey]:
    with scopes_disabled():
        return list(Journey.objects.select_related("persona").order_by("pk"))


def test_journey_create_with_a_new_persona_leads_to_the_board(mara_client: Client) -> None:
    response = mara_client.post(
        url("create"), {"code": uuid.uuid4(), "version": 1, "name": "Weg", "persona_name": "Petra"}
    )

    (journey,) = journeys()
    assert (journey.name, journey.persona.name) == ("Weg", "Petra")
    assert response["Location"] == url("board", journey)


def test_journey_create_sent_twice_creates_one_journey_and_one_persona(mara_client: Client) -> None:
    data = {"code": uuid.uuid4(), "version": 1, "name": "Weg", "persona_name": "Petra"}

    first, second = (mara_client.post(url("create"), data) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert len(journeys()) == 1
    with scopes_disabled():
        assert Persona.objects.count() == 1


def test_journey_create_with_a_chosen_persona(organisation: Organisation, mara_client: Client) -> None:
    persona = PersonaFactory(organisation=organisation)

    mara_client.post(url("create"), {"version": 1, "name": "Weg", "persona": persona.pk, "persona_name": ""})

    assert [journey.persona for journey in journeys()] == [persona]


def test_journey_create_without_a_persona_keeps_what_was_typed(organisation: Organisation, mara_client: Client) -> None:
    PersonaFactory(organisation=organisation)

    response = mara_client.post(url("create"), {"version": 1, "name": "Der lange Weg", "persona": ""})

    assert response.status_code == 422
    assert "Eine Journey braucht eine Persona." in response.content.decode()
    assert "Der lange Weg" in response.content.decode()
    assert journeys() == []


def test_journey_create_with_a_persona_of_another_organisation_is_refused(
    organisation: Organisation, mara_client: Client
) -> None:
    PersonaFactory(organisation=organisation)
    foreign = PersonaFactory()

    response = mara_client.post(url("create"), {"version": 1, "name": "Weg", "persona": foreign.pk})

    assert response.status_code == 422
    assert journeys() == []


def test_journey_form_takes_the_industry_from_the_organisation(organisation: Organisation, mara_client: Client) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(industry="Bahnverkehr")

    assert 'value="Bahnverkehr"' in mara_client.get(url("create")).content.decode()


def test_journey_edit_by_two_shows_both(journey: Journey, mara_client: Client, olga_client: Client) -> None:
    data = {"version": 1, "persona": journey.persona.pk}
    olga_client.post(url("edit", journey), {**data, "name": "Olgas Weg"})

    response = mara_client.post(url("edit", journey), {**data, "name": "Maras Weg"})
    text = response.content.decode()

    assert response.status_code == 409
    assert [row.name for row in journeys()] == ["Olgas Weg"]
    assert "Olgas Weg" in text
    assert 'value="Maras Weg"' in text
    assert '<input type="hidden" name="version" value="2" id="id_version">' in text


def test_journey_remove(journey: Journey, mara_client: Client) -> None:
    StationFactory(journey=journey)

    response = mara_client.post(url("remove", journey))

    assert response["Location"] == url("list")
    assert journeys() == []


def test_journey_remove_is_refused_when_work_rests_on_it(journey: Journey, mara_client: Client) -> None:
    CycleFactory(journey=journey)

    response = mara_client.post(url("remove", journey), follow=True)

    assert "„Der Weg zur Arbeit“ bleibt:" in response.content.decode()
    assert journeys() == [journey]


@pytest.mark.parametrize("who", ["max_client", "emil_client"])
def test_journeys_are_read_by_all_and_edited_by_few(journey: Journey, who: str, request) -> None:
    client = request.getfixturevalue(who)

    page = client.get(url("list")).content.decode()

    assert "Der Weg zur Arbeit" in page
    assert url("create") not in page
    assert client.post(url("create"), {"name": "X", "persona_name": "Y"}).status_code == 403
    assert client.post(url("edit", journey), {"version": 1, "name": "X"}).status_code == 403
    assert client.post(url("remove", journey)).status_code == 403
    assert [row.name for row in journeys()] == ["Der Weg zur Arbeit"]


def test_journey_of_another_organisation_is_not_found(journey: Journey, fremd_client: Client) -> None:
    for name in ("board", "edit", "changes"):
        assert fremd_client.get(url(name, journey)).status_code == 404
        assert fremd_client.get(reverse(f"journeys:journey_{name}", args=["fremde", journey.code])).status_code == 404


def test_anonymous_visitors_are_sent_to_the_login(journey: Journey, client: Client) -> None:
    assert client.get(url("board", journey))["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("many", [1, 3])
def test_journey_list_takes_the_same_queries(
    organisation: Organisation, mara_client: Client, many: int, django_assert_num_queries
) -> None:
    for journey in JourneyFactory.create_batch(many, organisation=organisation):
        StationFactory(journey=journey)

    with django_assert_num_queries(5):
        response = mara_client.get(url("list"))

    assert response.content.decode().count('<th scope="row">') == many
