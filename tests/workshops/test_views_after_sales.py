"""The after-sales list with owners and last ratings (R8): who reads it, which rating it takes, what it never shows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import member_scope
from journeys.models import Station
from tests.factories import (
    DepartmentFactory,
    MeasureFactory,
    MeasureTouchpointFactory,
    StationFactory,
    TouchpointFactory,
)
from tests.workshops.pages import url
from tests.workshops.support import Room, make_room
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from workshops import services
from workshops.enums import Mode

LIST = url("after_sales_list")


@pytest.fixture
def rated(organisation, mara):
    """A room on a path whose second station lies after the purchase, and whose third is bought, behind a contract."""
    with member_scope(organisation):
        room = make_room(organisation, mara)
        first, second, third = (station.touchpoint for station in room.path)
        provider = DepartmentFactory(organisation=organisation, name="Callcenter Nord", kind="provider")
        Touchpoint.objects.filter(pk=first.pk).update(phase=Phase.PURCHASE, contract="before")
        Touchpoint.objects.filter(pk=second.pk).update(phase=Phase.LOYALTY, department=provider)
        Touchpoint.objects.filter(pk=third.pk).update(phase=Phase.PURCHASE, contract="after")
    return room


def rate(room: Room, answers: list[list[int | None]]) -> Room:
    with member_scope(room.workshop.organisation):
        room.open().answer(answers)
        return room.reveal()


def again(room: Room, organisation, mara) -> Room:
    """Another workshop with a block on the same path."""
    with member_scope(organisation):
        later = make_room(organisation, mara)
        for row, station in zip(later.stations, room.path, strict=True):
            row.station = station
            row.save()
    return later


def found(client, query: str = "") -> dict[str, list[tuple[int | None, str]]]:
    """What the page shows: by touchpoint the n and the level of each rating."""
    page = client.get(LIST + query)
    return {
        row.touchpoint.name: [(rating.figures.n, f"{rating.figures.level}") for rating in row.ratings]
        for group in page.context["rated"].phases
        for row in group.rows
    }


def test_owner_and_last_rating_stand_beside_what_comes_after_the_purchase(max_client, rated):
    rate(rated, [[0, 10, 5], [0, 10, 10], [0, 5, 10]])

    page = max_client.get(LIST).content.decode()

    assert found(max_client) == {"Station 2": [(3, f"{200 / 3}")], "Station 3": [(3, f"{200 / 3}")]}
    assert "Saldo +67" in page
    assert 'class="distribution-bar"' in page
    assert "css/curve.css" in page, "its colours"
    assert "Callcenter Nord" in page
    assert page.index("Dienstleister</span>") > page.index("Callcenter Nord")
    assert "Noch niemand" in page
    result = reverse("workshops:workshop_result", args=["regio-bahn", rated.workshop.code])
    assert f'href="{result}"' in page


def test_below_three_raters_nothing_is_shown(max_client, rated):
    rate(rated, [[0, 10, 5], [0, 10, 10]])

    page = max_client.get(LIST).content.decode()

    assert found(max_client) == {"Station 2": [(None, "None")], "Station 3": [(None, "None")]}
    assert "n = " not in page
    assert "Saldo" not in page


def test_nothing_of_a_block_that_is_not_revealed(max_client, rated, organisation):
    with member_scope(organisation):
        rated.open().answer([[0, 10, 5]] * 5)

    assert found(max_client) == {"Station 2": [], "Station 3": []}
    assert max_client.get(LIST).content.decode().count("Noch nicht bewertet") == 2


def test_of_several_blocks_the_one_revealed_last_counts(max_client, rated, organisation, mara):
    rate(rated, [[0, 10, 5]] * 3)
    later = rate(again(rated, organisation, mara), [[0, 0, None]] * 4)

    assert found(max_client) == {"Station 2": [(4, "-100.0")], "Station 3": [(0, "None")]}
    assert str(later.workshop.code) in max_client.get(LIST).content.decode()


def another_round(room: Room, answers: list[list[int | None]]) -> Room:
    with member_scope(room.workshop.organisation):
        room.activity = services.start_round(activity=room.activity, by=room.mara)
        if answers:
            room.answer(answers)
        return room.reveal()


@pytest.mark.parametrize("answers", [[], [[10, 10, 10]] * 2, [[None, None, None]] * 3])
def test_of_the_rounds_of_a_block_the_last_one_that_shows_a_figure_counts(max_client, rated, answers):
    rate(rated, [[0, 10, 5], [0, 10, None], [0, 5, None]])
    first = rated.activity.revealed_at
    another_round(rated, answers)

    page = max_client.get(LIST)

    shown = {row.touchpoint.name: row.ratings for group in page.context["rated"].phases for row in group.rows}
    kept, hidden = shown["Station 2"], shown["Station 3"]
    assert [(row.figures.n, row.figures.level, row.revealed_at) for row in kept] == [(3, pytest.approx(200 / 3), first)]
    assert [row.round_words for row in (*kept, *hidden)] == ["Es gilt Runde 1", ""]
    assert not hidden[0].figures.shown, "the first round showed nothing here either"
    assert page.content.decode().count("Es gilt Runde 1") == 1


def test_a_further_round_that_shows_a_figure_counts(max_client, rated):
    rate(rated, [[0, 10, 5]] * 3)
    another_round(rated, [[0, 0, None]] * 4)
    another_round(rated, [[0, None, None]] * 2)

    shown = {
        row.touchpoint.name: [(rating.figures.n, rating.figures.level, rating.round_words) for rating in row.ratings]
        for group in max_client.get(LIST).context["rated"].phases
        for row in group.rows
    }
    assert shown == {"Station 2": [(4, -100.0, "Es gilt Runde 2")], "Station 3": [(3, 0.0, "Es gilt Runde 1")]}


def test_an_earlier_block_does_not_stand_in_for_the_rounds_of_the_last_one(max_client, rated, organisation, mara):
    rate(rated, [[0, 10, 5]] * 3)
    later = rate(again(rated, organisation, mara), [[0, 0, 0]] * 2)
    another_round(later, [[0, 0, 0]] * 2)

    assert found(max_client) == {"Station 2": [(None, "None")], "Station 3": [(None, "None")]}


def test_a_touchpoint_of_two_journeys_has_a_rating_on_each(max_client, rated, organisation, mara):
    with member_scope(organisation):
        other = make_room(organisation, mara)
        Station.objects.filter(pk=other.path[0].pk).update(touchpoint=rated.path[1].touchpoint)
    rate(rated, [[0, 10, 5]] * 3)
    rate(other, [[0, 0, 0]] * 3)

    assert found(max_client)["Station 2"] == [(3, "-100.0"), (3, "100.0")]


def test_ratings_in_full_mode_stand_on_the_mean_until_a_quick_one_is_among_them(max_client, organisation, mara):
    with member_scope(organisation):
        full = make_room(organisation, mara, 1, mode=Mode.FULL)
        full.open().answer_scales([[(8, 5, 5, 5, 5, 5)], [(9, 5, 5, 5, 5, 5)], [(7, 5, 5, 5, 5, 5)]])
        full.reveal()
        Touchpoint.objects.update(phase=Phase.LOYALTY)
    alone = found(max_client)
    page = max_client.get(LIST).content.decode()
    with member_scope(organisation):
        quick = make_room(organisation, mara, 1)
        Touchpoint.objects.update(phase=Phase.LOYALTY)
    rate(quick, [[5]] * 3)

    mixed = [
        rating.figures.level
        for group in max_client.get(LIST).context["rated"].phases
        for row in group.rows
        for rating in row.ratings
    ]
    assert alone == {"Station 1": [(3, "8.0")]}
    assert "Mittelwert 8,0" in page
    assert sorted(mixed) == [0.0, 100.0]


def test_open_measures_stand_beside_their_touchpoint_and_the_done_ones_are_counted(
    max_client, mara_client, rated, organisation, mara
):
    touchpoint = rated.path[1].touchpoint
    late = timezone.localdate() - timedelta(1)
    for fields in (
        {"title": "Groß", "effort": 5, "impact": 5, "department": touchpoint.department, "due_on": late},
        {"title": "Schnell", "effort": 1, "impact": 4, "responsible": mara, "status": "under_way"},
        {"title": "Geschafft", "status": "done", "done_on": late},
        {"title": "Verworfen", "status": "dropped"},
    ):
        MeasureTouchpointFactory(measure=MeasureFactory(organisation=organisation, **fields), touchpoint=touchpoint)

    page = max_client.get(LIST)

    here = {row.touchpoint.name: row.measures for group in page.context["rated"].phases for row in group.rows}
    assert [measure.title for measure in here["Station 2"].open] == ["Schnell", "Groß"]
    text = page.content.decode()
    assert f'href="{url("measure_detail", here["Station 2"].open[0].code)}"><bdi>Schnell</bdi>' in text
    for words in ("In Arbeit", "Quick Win", "überfällig", "1 Maßnahme ist erledigt", "Noch keine</span>"):
        assert text.count(words) == 1
    plan = f'{url("measure_create")}?touchpoint={touchpoint.code}&amp;from=after-sales"'
    assert plan not in text
    assert plan in mara_client.get(LIST).content.decode()


def test_filters_of_the_catalogue_narrow_it_down(max_client, rated):
    filtered = max_client.get(f"{LIST}?phase=LO&q=station")
    page = filtered.content.decode()

    assert list(found(max_client, "?phase=LO&q=station")) == ["Station 2"]
    assert "1 von 2 Touchpoints" in page
    back = reverse("touchpoints:after_sales_list", args=["regio-bahn"])
    assert f'href="{back}?phase=LO&amp;q=station">Filter ändern</a>' in page
    assert "Kein Touchpoint passt zu dieser Suche." in max_client.get(f"{LIST}?q=nirgends").content.decode()


def test_the_catalogue_leads_there_with_its_filters(max_client, emil_client, rated):
    catalogue = reverse("touchpoints:after_sales_list", args=["regio-bahn"])

    assert (
        f'href="{LIST}?phase=LO">Bewertungen, Zuständige und Maßnahmen</a>'
        in max_client.get(f"{catalogue}?phase=LO").content.decode()
    )
    assert LIST not in emil_client.get(catalogue).content.decode()
    assert LIST not in max_client.get(reverse("touchpoints:touchpoint_list", args=["regio-bahn"])).content.decode()


def test_an_empty_list_says_so(max_client, organisation):
    assert "Noch liegt kein Touchpoint nach dem Kauf." in max_client.get(LIST).content.decode()


def test_more_than_a_page_is_turned(max_client, organisation):
    TouchpointFactory.create_batch(301, organisation=organisation, phase=Phase.LOYALTY)

    first, second = max_client.get(LIST), max_client.get(f"{LIST}?page=2")

    assert [len(page.context["rated"].phases[0].rows) for page in (first, second)] == [300, 1]
    assert f'href="{LIST}?page=2" rel="next"' in first.content.decode()
    assert f'href="{LIST}?page=1" rel="prev"' in second.content.decode()


def test_who_may(client, emil_client, max_client, mara_client, olga_client, fremd_client, organisation):
    everybody = (client, emil_client, max_client, mara_client, olga_client, fremd_client)

    assert [each.get(LIST).status_code for each in everybody] == [302, 403, 200, 200, 200, 404]
    assert max_client.post(LIST).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_the_same_queries_with_one_and_three_rated_touchpoints(
    max_client, organisation, mara, django_assert_num_queries, count
):
    with member_scope(organisation):
        room = make_room(organisation, mara, count)
        owner = DepartmentFactory(organisation=organisation)
        Touchpoint.objects.update(phase=Phase.LOYALTY, department=owner)
    for station in room.path:
        measure = MeasureFactory(organisation=organisation, responsible=mara, department=owner)
        MeasureTouchpointFactory(measure=measure, touchpoint=station.touchpoint)
    rate(room, [[10] * count] * 3)
    StationFactory(journey=room.path[0].journey, position=9, touchpoint__phase=Phase.LOYALTY)

    with django_assert_num_queries(9):
        max_client.get(LIST)
    another_round(room, [[10] * count] * 2)
    with django_assert_num_queries(9):
        max_client.get(LIST)

    assert len(found(max_client)) == count + 1
