"""The board over HTTP, with and without HTMX, by one and by two people."""

import html
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from accounts.models import Organisation
from journeys.models import Journey, Station
from tests.factories import DepartmentFactory, JourneyFactory, StationFactory, TouchpointFactory
from touchpoints.models import Touchpoint

ORG = "regio-bahn"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def journey(organisation: Organisation) -> Journey:
    """A journey with the stations A and B in Presales and C in Purchase."""
    journey = JourneyFactory(organisation=organisation)
    for position, (name, phase) in enumerate([("A", "PS"), ("B", "PS"), ("C", "PU")]):
        touchpoint = TouchpointFactory(organisation=organisation, name=name, phase=phase, position=position)
        StationFactory(journey=journey, touchpoint=touchpoint, position=position)
    return journey


def station(name: str) -> Station:
    with scopes_disabled():
        return Station.objects.select_related("touchpoint").get(touchpoint__name=name)


def names() -> list[str]:
    with scopes_disabled():
        return [row.touchpoint.name for row in Station.objects.select_related("touchpoint").in_order()]


def url(name: str, journey: Journey, name_of: str = "") -> str:
    args = [ORG, journey.code]
    return reverse(f"journeys:{name}", args=[*args, station(name_of).code] if name_of else args)


def stamp(text: str) -> str:
    found = re.search(r'data-stamp="([^"]+)"', text)
    assert found
    return found[1]


def test_board_shows_the_path_with_controls_for_moderators(journey: Journey, mara_client: Client) -> None:
    page = mara_client.get(url("journey_board", journey)).content.decode()

    assert re.findall(r'data-name="(\w+)"', page) == ["A", "B", "C"]
    assert url("station_add", journey) in page


@pytest.mark.parametrize("who", ["max_client", "emil_client"])
def test_board_is_read_without_controls(journey: Journey, who: str, request) -> None:
    client = request.getfixturevalue(who)

    page = client.get(url("journey_board", journey)).content.decode()

    assert re.findall(r'data-name="(\w+)"', page) == ["A", "B", "C"]
    for name in ("station_add", "station_add_all"):
        assert f'"{url(name, journey)}"' not in page
    for name in ("station_move", "station_remove"):
        assert url(name, journey, "A") not in page
    for name in ("station_edit", "station_move", "station_remove"):
        assert client.post(url(name, journey, "A"), {"version": 1, "to": "down"}).status_code == 403
    for name in ("station_add", "station_add_all"):
        assert client.post(url(name, journey), {"phase": "PS", "name": "X"}).status_code == 403
    assert names() == ["A", "B", "C"]


@pytest.mark.parametrize("many", [1, 3])
def test_board_takes_the_same_queries(
    organisation: Organisation, mara_client: Client, many: int, django_assert_num_queries
) -> None:
    journey = JourneyFactory(organisation=organisation)
    for position in range(many):
        StationFactory(journey=journey, position=position)

    with django_assert_num_queries(6):
        mara_client.get(url("journey_board", journey))


def test_changes_are_204_until_somebody_changes_something(
    journey: Journey, mara_client: Client, emil_client: Client, django_assert_num_queries
) -> None:
    seen = stamp(emil_client.get(url("journey_board", journey)).content.decode())
    address = url("journey_changes", journey)

    with django_assert_num_queries(5):
        assert emil_client.get(address, {"v": seen}, **HTMX).status_code == 204
    mara_client.post(url("station_move", journey, "B"), {"version": 1, "to": "up"}, **HTMX)
    answer = emil_client.get(address, {"v": seen}, **HTMX)

    assert answer.status_code == 200
    assert re.findall(r'data-name="(\w+)"', answer.content.decode()) == ["B", "A", "C"]
    assert emil_client.get(address, {"v": stamp(answer.content.decode())}, **HTMX).status_code == 204


def test_changes_show_a_touchpoint_renamed_in_the_catalogue(journey: Journey, mara_client: Client) -> None:
    seen = stamp(mara_client.get(url("journey_board", journey)).content.decode())
    with scopes_disabled():
        Touchpoint.objects.filter(name="A").update(name="Neu", version=2)

    answer = mara_client.get(url("journey_changes", journey), {"v": seen}, **HTMX)

    assert re.findall(r'data-name="(\w+)"', answer.content.decode()) == ["Neu", "B", "C"]


def test_changes_show_the_head_of_the_journey_that_somebody_else_has_edited(
    journey: Journey, mara_client: Client, emil_client: Client
) -> None:
    seen = stamp(emil_client.get(url("journey_board", journey)).content.decode())
    form = {"name": "Neuer Weg", "persona_name": "Petra", "industry": "Bahn", "description": "Jeden\nTag", "version": 1}
    mara_client.post(url("journey_edit", journey), form)

    edited = emil_client.get(url("journey_changes", journey), {"v": seen}, **HTMX).content.decode()
    with scopes_disabled():
        persona = Journey.objects.get().persona
    mara_client.post(
        reverse("journeys:persona_edit", args=["regio-bahn", persona.code]), {"name": "Petra K.", "version": 1}
    )
    renamed = emil_client.get(url("journey_changes", journey), {"v": stamp(edited)}, **HTMX)
    page = emil_client.get(url("journey_board", journey)).content.decode()

    assert head(edited)[1:] == ["Neuer Weg", "Bahn", "Jeden<br>Tag"]
    assert renamed.status_code == 200
    assert head(renamed.content.decode()) == head(page) == ["Petra K.", "Neuer Weg", "Bahn", "Jeden<br>Tag"]


def head(page: str) -> list[str]:
    """Return persona, name, industry and description as the head of the board says them."""
    found = re.search(r'<div class="page-header__title" id="board-head".*?</div>', page, re.DOTALL)
    assert found is not None
    patterns = (r'id="board-persona"[^>]*>(.*?)</a>', "<h1>(.*?)</h1>", "</a> · (.*?)</p>", r'__text">(.*?)</p>')
    return [re.findall(pattern, found[0])[0] for pattern in patterns]


def test_what_arrives_at_an_open_board_equals_a_fresh_load(journey: Journey, mara_client: Client) -> None:
    mara_client.post(url("station_move", journey, "A"), {"version": 1, "to": "right"}, **HTMX)

    fragments = mara_client.get(url("journey_changes", journey), {"v": ""}, **HTMX).content.decode()
    page = mara_client.get(url("journey_board", journey)).content.decode()

    for pattern in (r'data-digest="([^"]*)"', r'data-stamp="([^"]*)"', r'board__number">(\d+)<'):
        assert re.findall(pattern, fragments) == re.findall(pattern, page)


def test_quick_add_by_name(journey: Journey, mara_client: Client) -> None:
    data = {"code": uuid.uuid4(), "phase": "PS", "name": "Messestand"}

    first = mara_client.post(url("station_add", journey), data, **HTMX)
    mara_client.post(url("station_add", journey), data, **HTMX)

    assert first.status_code == 200
    assert first["HX-Reswap"] == "none"
    assert 'id="board-code-ps" name="code"' in first.content.decode()
    assert names() == ["A", "B", "Messestand", "C"]


def test_quick_add_without_htmx_leads_back_to_the_board(journey: Journey, mara_client: Client) -> None:
    data = {"code": uuid.uuid4(), "phase": "LO", "name": "Dank"}

    response = mara_client.post(url("station_add", journey), data)

    assert response["Location"] == url("journey_board", journey)
    assert names() == ["A", "B", "C", "Dank"]


@pytest.mark.parametrize("extra", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "Geben Sie den Namen eines Touchpoints ein."),
        ("ü" * 250, "Ein Name hat höchstens 200 Zeichen; dieser hat 250."),
    ],
)
def test_quick_add_of_a_bad_name_keeps_it(
    journey: Journey, mara_client: Client, name: str, sentence: str, extra: dict[str, str]
) -> None:
    response = mara_client.post(
        url("station_add", journey), {"code": uuid.uuid4(), "phase": "PS", "name": name}, **extra
    )

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert f'value="{name}"' in response.content.decode()
    assert names() == ["A", "B", "C"]


def test_quick_add_into_an_unknown_phase_is_refused(journey: Journey, mara_client: Client) -> None:
    response = mara_client.post(
        url("station_add", journey), {"code": uuid.uuid4(), "phase": "XX", "name": "Dank"}, **HTMX
    )

    assert response.status_code == 422
    assert names() == ["A", "B", "C"]


def test_quick_add_escapes_names(journey: Journey, mara_client: Client) -> None:
    name = "<script>alert(1)</script> 🚆 \u202e\u05e9\u05dc\u05d5\u05dd"

    response = mara_client.post(
        url("station_add", journey), {"code": uuid.uuid4(), "phase": "PS", "name": name}, **HTMX
    )

    assert "<script>" not in response.content.decode()
    assert html.escape(name) in response.content.decode()


def test_the_whole_catalogue_comes_with_one_click(
    journey: Journey, organisation: Organisation, mara_client: Client
) -> None:
    TouchpointFactory(organisation=organisation, name="Forum", phase="IB")

    response = mara_client.post(url("station_add_all", journey), **HTMX)

    assert "1 Station wurde aus dem Katalog übernommen." in response.content.decode()
    assert names() == ["Forum", "A", "B", "C"]


def test_move_by_a_step_without_htmx(journey: Journey, mara_client: Client) -> None:
    response = mara_client.post(url("station_move", journey, "B"), {"version": 1, "to": "up"})

    assert response["Location"] == url("journey_board", journey)
    assert names() == ["B", "A", "C"]


def test_move_into_another_phase_says_so_and_can_be_undone(journey: Journey, mara_client: Client) -> None:
    answer = mara_client.post(
        url("station_move", journey, "A"), {"version": 1, "phase": "PU", "before": station("C").code}
    )
    page = mara_client.get(answer["Location"]).content.decode()

    assert names() == ["B", "A", "C"]
    assert "„A“ gehört jetzt zur Phase" in page
    undo = {"version": 2, "phase": "PS", "before": station("B").code}
    for name, value in undo.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    mara_client.post(url("station_move", journey, "A"), undo)
    assert names() == ["A", "B", "C"]


def test_two_people_move_different_stations_and_both_moves_stay(
    journey: Journey, mara_client: Client, olga_client: Client
) -> None:
    mara_client.post(url("station_move", journey, "C"), {"version": 1, "phase": "LO"}, **HTMX)
    answer = olga_client.post(
        url("station_move", journey, "B"), {"version": 1, "phase": "PS", "before": station("A").code}, **HTMX
    )

    assert answer.status_code == 200
    assert names() == ["B", "A", "C"]


def test_two_people_move_one_station_and_the_second_is_told(
    journey: Journey, mara_client: Client, olga_client: Client
) -> None:
    mara_client.post(url("station_move", journey, "A"), {"version": 1, "to": "down"}, **HTMX)

    answer = olga_client.post(url("station_move", journey, "A"), {"version": 1, "phase": "PU"}, **HTMX)
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "darum wurde „A“ nicht verschoben" in text
    assert re.findall(r'data-name="(\w+)"', text) == ["B", "A", "C"]
    assert names() == ["B", "A", "C"]


@pytest.mark.parametrize("data", [{}, {"version": 1}, {"version": 1, "phase": "XX"}, {"version": "x", "to": "up"}])
def test_move_to_nowhere_is_refused(journey: Journey, mara_client: Client, data: dict[str, object]) -> None:
    response = mara_client.post(url("station_move", journey, "B"), data, **HTMX)

    assert response.status_code == 422
    assert names() == ["A", "B", "C"]


def test_move_of_a_station_of_another_organisation_changes_nothing(journey: Journey, mara_client: Client) -> None:
    foreign = StationFactory()
    address = reverse("journeys:station_move", args=[ORG, journey.code, foreign.code])

    response = mara_client.post(address, {"version": 1, "phase": "IA"}, **HTMX)

    assert response.status_code == 409
    with scopes_disabled():
        assert Station.objects.get(pk=foreign.pk).place_version == 1


def test_station_is_described_in_the_dialog(journey: Journey, mara_client: Client) -> None:
    fragment = mara_client.get(url("station_edit", journey, "A"), **HTMX).content.decode()
    answer = mara_client.post(
        url("station_edit", journey, "A"),
        {"version": 1, "expectation": "Ruhe", "reality": "Lärm", "reaction": "Flucht"},
        **HTMX,
    )

    assert "<html" not in fragment
    assert answer["HX-Trigger-After-Settle"] == '{"station-saved": {}}'
    saved = station("A")
    assert (saved.expectation, saved.reality, saved.reaction, saved.version) == ("Ruhe", "Lärm", "Flucht", 2)


def test_station_is_described_on_a_page_and_leads_on_to_the_next(journey: Journey, mara_client: Client) -> None:
    page = mara_client.get(url("station_edit", journey, "A")).content.decode()
    answer = mara_client.post(url("station_edit", journey, "A"), {"version": 1, "reaction": "Flucht", "next": "1"})

    assert "<html" in page
    assert answer["Location"] == url("station_edit", journey, "B")


def test_save_and_next_in_the_dialog_shows_the_next_station(journey: Journey, mara_client: Client) -> None:
    data = {"version": 1, "reaction": "Flucht", "next": "1"}

    text = mara_client.post(url("station_edit", journey, "A"), data, **HTMX).content.decode()

    assert url("station_edit", journey, "B") in text
    assert 'id="station-form"' in text
    assert 'id="board-stamp"' in text


ANSWERS = {"expectation": "Ein Platz\nim Zug", "reality": "Sie <stehen>", "reaction": ""}


@pytest.fixture
def described(journey: Journey, organisation: Organisation) -> Journey:
    """The journey with two answers at B, and what the catalogue says of it."""
    provider = DepartmentFactory(organisation=organisation, name="Bahnhofsdienst", kind="provider")
    with scopes_disabled():
        Station.objects.filter(touchpoint__name="B").update(**ANSWERS)
        Touchpoint.objects.filter(name="B").update(
            department=provider, channel="Aushang", medium="offline", moment_of_truth=True, description="Ich suche."
        )
    return journey


@pytest.mark.parametrize("extra", [{}, HTMX], ids=["page", "dialog"])
@pytest.mark.parametrize("who", ["max_client", "emil_client"])
def test_station_is_read_by_those_who_do_not_edit(
    described: Journey, who: str, extra: dict[str, str], request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(who)
    board = client.get(url("journey_board", described)).content.decode()

    answer = client.get(url("station_edit", described, "B"), **extra)
    text = answer.content.decode()

    assert f'href="{url("station_edit", described, "B")}"' in board
    assert 'id="station-dialog"' in board
    assert ("<html" in text) == (not extra)
    assert answer["Vary"].split(", ").count("HX-Request") == 1
    assert "Station 2 von 3 · Presales" in text
    assert re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", text) == [
        ("Was der Kunde erwartet", "Ein Platz<br>im Zug"),
        ("Was wirklich geschieht", "Sie &lt;stehen&gt;"),
        ("Wie der Kunde reagiert", "Noch nicht beschrieben."),
        ("Phase", "Presales"),
        ("Kanal", "Aushang"),
        ("Online oder offline", "offline"),
        ("Abteilung oder Dienstleister", "Bahnhofsdienst"),
    ]
    assert "Ich suche." in text
    assert "Moment der Wahrheit" in text
    assert url("station_edit", described, "A") in text
    assert url("station_edit", described, "C") in text
    assert 'id="station-form"' not in text


def test_ends_of_the_path_are_read_as_first_and_last_impression(journey: Journey, emil_client: Client) -> None:
    first, last = (emil_client.get(url("station_edit", journey, name)).content.decode() for name in "AC")

    assert ("Erster Eindruck" in first, "Letzter Eindruck" in first) == (True, False)
    assert ("Erster Eindruck" in last, "Letzter Eindruck" in last) == (False, True)
    assert ("Vorige Station" in first, "Nächste Station" in first) == (False, True)
    assert ("Vorige Station" in last, "Nächste Station" in last) == (True, False)


def test_station_that_is_not_on_the_journey_cannot_be_read(
    journey: Journey, organisation: Organisation, emil_client: Client
) -> None:
    other = StationFactory(journey=JourneyFactory(organisation=organisation))

    answer = emil_client.get(reverse("journeys:station_edit", args=[ORG, journey.code, other.code]))

    assert answer.status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_reading_a_station_takes_the_same_queries(
    organisation: Organisation, emil_client: Client, many: int, django_assert_num_queries
) -> None:
    journey = JourneyFactory(organisation=organisation)
    for position in range(many):
        owner = DepartmentFactory(organisation=organisation)
        row = StationFactory(journey=journey, position=position, touchpoint__department=owner)

    with django_assert_num_queries(5):
        emil_client.get(reverse("journeys:station_edit", args=[ORG, journey.code, row.code]), **HTMX)


def test_two_people_describe_one_station_and_the_second_sees_both(
    journey: Journey, mara_client: Client, olga_client: Client
) -> None:
    olga_client.post(url("station_edit", journey, "A"), {"version": 1, "expectation": "Olgas Satz"}, **HTMX)

    answer = mara_client.post(url("station_edit", journey, "A"), {"version": 1, "expectation": "Maras Satz"}, **HTMX)
    text = answer.content.decode()

    assert answer.status_code == 409
    assert station("A").expectation == "Olgas Satz"
    assert "Olgas Satz" in text
    assert "Maras Satz" in text
    assert '<input type="hidden" name="version" value="2" id="id_version">' in text


def test_description_that_is_too_long_stays_in_the_form(journey: Journey, mara_client: Client) -> None:
    long = "Wort " * 250

    answer = mara_client.post(url("station_edit", journey, "A"), {"version": 1, "expectation": long}, **HTMX)

    assert answer.status_code == 422
    assert long.strip() in answer.content.decode()
    assert station("A").expectation == ""


def test_description_of_a_station_that_is_gone_keeps_the_words(
    journey: Journey, mara_client: Client, olga_client: Client
) -> None:
    address = url("station_edit", journey, "A")
    olga_client.post(url("station_remove", journey, "A"), **HTMX)

    answer = mara_client.post(address, {"version": 1, "expectation": "Maras Satz"}, **HTMX)

    assert answer.status_code == 409
    assert "Maras Satz" in answer.content.decode()
    assert mara_client.get(address).status_code == 404


def test_station_removed_and_put_back_with_its_words(journey: Journey, mara_client: Client) -> None:
    mara_client.post(url("station_edit", journey, "A"), {"version": 1, "expectation": "Ruhe"}, **HTMX)

    text = mara_client.post(url("station_remove", journey, "A"), **HTMX).content.decode()
    note = text[text.index('id="board-note"') : text.index('id="board-intro"')]
    undo = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', note))
    assert names() == ["B", "C"]
    mara_client.post(url("station_add", journey), undo, **HTMX)

    assert names() == ["A", "B", "C"]
    assert station("A").expectation == "Ruhe"


def test_station_removed_twice_is_no_mistake(journey: Journey, mara_client: Client) -> None:
    address = url("station_remove", journey, "A")

    answers = [mara_client.post(address, **HTMX).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert names() == ["B", "C"]


def test_a_touchpoint_of_another_organisation_cannot_be_put_on_a_journey(journey: Journey, mara_client: Client) -> None:
    foreign = TouchpointFactory()

    answer = mara_client.post(url("station_add", journey), {"code": uuid.uuid4(), "touchpoint": foreign.code}, **HTMX)

    assert answer.status_code == 404
    assert names() == ["A", "B", "C"]


@pytest.mark.parametrize("name", ["station_move", "station_remove"])
def test_changes_need_a_post(journey: Journey, mara_client: Client, name: str) -> None:
    assert mara_client.get(url(name, journey, "A")).status_code == 405
