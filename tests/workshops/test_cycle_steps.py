"""The four steps as the frame of every project (R38): the current one is seen wherever one works on it."""

import re
import uuid

import pytest
from django.urls import reverse

from accounts.tenancy import member_scope
from tests.factories import JourneyFactory
from tests.workshops.pages import url
from tests.workshops.support import make_room
from workshops import services

STEP = re.compile(r"<li( class=\"is-done\")?( aria-current=\"step\")?>(\w[\w-]*)</li>")
BEFORE = [("Ist", "current"), ("Soll", ""), ("To-do", ""), ("Kontrolle", "")]
AFTER = [("Ist", "done"), ("Soll", "current"), ("To-do", ""), ("Kontrolle", "")]


@pytest.fixture
def room(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara).open()
        room.answer([[0, 5, 10]] * 3)
        return room.reveal()


def record(room):
    with member_scope(room.workshop.organisation):
        services.freeze_ist(workshop=room.workshop, by=room.mara)


def board(room):
    return reverse("journeys:journey_board", args=["regio-bahn", room.path[0].journey.code])


def steps(client, address):
    """What each list of steps on a page says."""
    page = client.get(address).content.decode()
    words = {("", ""): "", (' class="is-done"', ""): "done", ("", ' aria-current="step"'): "current"}
    lists = re.findall(r'<ol class="steps".*?</ol>', page, re.DOTALL)
    return [[(name, words[done, current]) for done, current, name in STEP.findall(found)] for found in lists]


def test_plan_board_result_and_home_show_the_same_step(mara_client, room):
    home = reverse("workshops:home", args=["regio-bahn"])
    pages = [url("workshop_detail", code=room.workshop.code), url("workshop_result", code=room.workshop.code)]
    pages += [board(room), home]

    before = [steps(mara_client, page) for page in pages]
    record(room)
    after = [steps(mara_client, page) for page in pages]

    assert before == [[BEFORE]] * 4
    assert after == [[AFTER]] * 4


def test_readers_see_the_step_on_the_board(emil_client, room):
    record(room)

    assert steps(emil_client, board(room)) == [AFTER]


def test_the_next_cycle_begins_with_the_ist_everywhere_but_on_the_result_of_the_one_before(
    mara_client, organisation, mara, room
):
    record(room)
    with member_scope(organisation):
        later = services.create_workshop(
            journey=room.path[0].journey, title="Zweiter Zyklus", planned_for=None, code=uuid.uuid4(), by=mara
        )

    listed = reverse("journeys:journey_list", args=["regio-bahn"])
    now = [url("workshop_detail", code=later.code), board(room), reverse("workshops:home", args=["regio-bahn"])]

    assert later.cycle.number == 2
    assert [steps(mara_client, page) for page in now] == [[BEFORE]] * 3
    assert [row.step for row in mara_client.get(listed).context["found"].rows] == ["Ist"]
    assert steps(mara_client, url("workshop_result", code=room.workshop.code)) == [AFTER]


def test_list_of_journeys_names_the_step_and_finds_by_it(mara_client, organisation, room):
    record(room)
    JourneyFactory(organisation=organisation, name="Neuer Weg")
    address = reverse("journeys:journey_list", args=["regio-bahn"])

    rows = {row.journey.name: row.step for row in mara_client.get(address).context["found"].rows}
    found = mara_client.get(address, {"q": "soll"}).context["found"].rows

    assert rows == {"Neuer Weg": "Ist", room.path[0].journey.name: "Soll"}
    assert [row.journey.name for row in found] == [room.path[0].journey.name]
    assert '<td data-label="Schritt">Soll</td>' in mara_client.get(address).content.decode()


def test_a_journey_with_two_recordings_is_listed_once(mara_client, organisation, mara, room):
    record(room)
    with member_scope(organisation):
        other = make_room(organisation, mara).open()
        other.workshop.cycle.journey = room.path[0].journey
        other.workshop.cycle.number = 2
        other.workshop.cycle.save()
        other.reveal()
    record(other)

    rows = mara_client.get(reverse("journeys:journey_list", args=["regio-bahn"])).context["found"].rows

    assert [row.journey.pk for row in rows].count(room.path[0].journey.pk) == 1
    assert steps(mara_client, board(room)) == [AFTER]
