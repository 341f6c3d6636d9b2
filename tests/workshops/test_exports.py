"""The figures as CSV: what the result page says, nothing that it hides, and no formula."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.models import Membership, Organisation
from tests.workshops.support import Room, make_room
from workshops.enums import Drawer
from workshops.models import ActivityStation

BAD, OK, GOOD = Drawer.DISAPPOINTING, Drawer.OK, Drawer.DELIGHTING


@pytest.fixture
def revealed(in_scope: Organisation, mara: Membership) -> Room:
    """Three stations: four raters, two raters, and one that nobody could judge."""
    room = make_room(in_scope, mara).open()
    room.answer([[GOOD, BAD, None], [GOOD, BAD, None], [OK, None, None], [BAD, None, None]])
    return room.reveal()


def address(room: Room) -> str:
    workshop = room.workshop
    return reverse("workshops:result_export", args=[workshop.organisation.slug, workshop.code])


def rows_of(response) -> list[list[str]]:
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_export_holds_the_figures_of_the_page(revealed, max_client):
    response = max_client.get(address(revealed), headers={"Accept-Language": "de"})

    heading, first, second, third = rows_of(response)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert heading[0:2] == ["Nr.", "Station"]
    assert heading[5:12] == ["n", "enttäuschend", "okay", "begeisternd", "Ohne Urteil", "Saldo", "Uneinigkeit"]
    assert first[0:2] == ["1", "Station 1"]
    assert first[5:11] == ["4", "1", "1", "2", "0", "25,00"]
    assert second[5:13] == [""] * 8, "two ratings would tell what somebody thinks"
    assert third[5:13] == ["", "", "", "", "4", "", "", ""]


def test_export_says_nothing_about_one_or_two_who_cannot_judge(in_scope, mara, max_client):
    room = make_room(in_scope, mara, stations=2).open()
    for phone, able in zip(room.answer([[GOOD]] * 4), (None, None, "later", "later"), strict=True):
        if able is None:
            phone.rate(room.stations[1], cannot_judge=True)
    room.reveal()

    _heading, _first, second = rows_of(max_client.get(address(room), headers={"Accept-Language": "de"}))

    assert second[5:13] == [""] * 8, "neither a figure nor a zero that is none"


def test_export_defuses_formulas(revealed, max_client):
    ActivityStation.objects.filter(activity=revealed.activity, position=0).update(name="=1+1", channel="@cmd")

    first = rows_of(max_client.get(address(revealed), headers={"Accept-Language": "de"}))[1]

    assert (first[1], first[3]) == ("'=1+1", "'@cmd")


def test_export_before_reveal_leads_back_to_the_page(in_scope, mara, max_client):
    room = make_room(in_scope, mara).open()
    room.answer([[GOOD, BAD, OK]] * 3)

    response = max_client.get(address(room))

    workshop = room.workshop
    assert response.status_code == 302
    assert response["Location"] == reverse(
        "workshops:workshop_result", args=[workshop.organisation.slug, workshop.code]
    )


@pytest.mark.parametrize("client", ["emil_client", "fremd_client"])
def test_export_is_for_those_who_take_results_along(revealed, client, request):
    response = request.getfixturevalue(client).get(address(revealed))

    assert response.status_code == {"emil_client": 403, "fremd_client": 404}[client]
