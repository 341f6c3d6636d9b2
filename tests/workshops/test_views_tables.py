"""The pages on which a moderator enters a table: nothing typed is lost, and two who type at once see both."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.conftest import client_of
from tests.factories import DepartmentFactory, MembershipFactory
from tests.workshops.support import Room, make_room
from workshops import services
from workshops.enums import Mode, Scale
from workshops.models import Activity, TableEntry
from workshops.tables import TableAnswer, read_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        yield make_room(organisation, mara, stations=3).open()


def url(room: Room, name: str = "table_create", table: UUID | None = None) -> str:
    kwargs = {"org": room.workshop.organisation.slug, "code": room.activity.code}
    return reverse(f"workshops:{name}", kwargs={**kwargs, "table": table} if table else kwargs)


def console(room: Room) -> str:
    return reverse(
        "workshops:workshop_console", kwargs={"org": room.workshop.organisation.slug, "code": room.workshop.code}
    )


def typed(room: Room, counts: Mapping[int, tuple[object, object, object, object]], **more: object) -> dict[str, Any]:
    """What the browser sends: four numbers per station, by place on the path."""
    stations = room.stations
    names = ("disappointing", "fine", "delighting", "unable")
    fields = {
        f"{stations[place].code}-{name}": value
        for place, values in counts.items()
        for name, value in zip(names, values, strict=True)
    }
    return {"name": "Fenster", "heads": "4", **fields, **more}


def entered(room: Room, heads: int = 4) -> TableEntry:
    answers = {room.stations[0].pk: TableAnswer(disappointing=1, fine=1, delighting=1, unable=1)}
    return services.create_table(
        activity=room.activity,
        name="Fenster",
        heads=heads,
        department=None,
        answers=answers,
        code=uuid4(),
        by=room.mara,
    )


def answers(table: TableEntry) -> list[tuple[int, int, int, int]]:
    table.refresh_from_db()
    return [(a.disappointing, a.fine, a.delighting, a.unable) for a in read_answers(table.answers).values()]


# --- entering -------------------------------------------------------------------------------------------------------


def test_the_console_leads_to_the_form_while_a_block_runs_and_pauses(mara_client: Client, room: Room):
    assert url(room) in mara_client.get(console(room)).content.decode()
    services.pause_activity(activity=room.activity, by=room.mara)
    assert url(room) in mara_client.get(console(room)).content.decode()
    room.reveal()
    assert url(room) not in mara_client.get(console(room)).content.decode()


def test_a_table_is_entered(mara_client: Client, room: Room, organisation: Organisation):
    sales = DepartmentFactory(organisation=organisation, name="Vertrieb")
    page = mara_client.get(url(room)).content.decode()
    assert 'value="Tisch 1"' in page

    response = mara_client.post(
        url(room), typed(room, {0: (1, 1, 2, ""), 2: ("", "", "", 4)}, code=uuid4(), department=sales.code)
    )

    table = TableEntry.objects.get()
    assert (response.status_code, response["Location"]) == (302, url(room, "table_edit", table.code))
    assert (table.name, table.heads, table.department) == ("Fenster", 4, sales)
    assert answers(table) == [(1, 1, 2, 0), (0, 0, 0, 4)]
    page = mara_client.get(console(room)).content.decode()
    assert "4 Personen · Vertrieb" in page
    assert "2 von 3 Stationen" in page


def test_a_department_that_is_gone_is_said_to_a_moderator_with_sie(room, mara_client: Client):
    DepartmentFactory(organisation=room.workshop.organisation)
    answer = mara_client.post(url(room), typed(room, {}, code=uuid4(), department=uuid4()))
    assert answer.status_code == 422
    assert answer.context["form"].errors["department"] == [
        "Diese Abteilung gibt es nicht mehr. Bitte wählen Sie eine andere oder keine."
    ]


def test_the_second_button_leads_to_the_console(mara_client: Client, room: Room):
    response = mara_client.post(url(room), typed(room, {}, done="1"))
    assert (response.status_code, response["Location"]) == (302, console(room))


def test_a_form_sent_twice_makes_one_table(mara_client: Client, room: Room):
    data = typed(room, {0: (4, 0, 0, 0)}, code=uuid4())
    first, second = mara_client.post(url(room), data), mara_client.post(url(room), data)
    assert first["Location"] == second["Location"]
    assert TableEntry.objects.count() == 1


def test_more_answers_than_people_name_each_station_and_lose_nothing(mara_client: Client, room: Room):
    response = mara_client.post(url(room), typed(room, {0: (3, 2, 1, 0), 1: (4, 0, 0, 0), 2: (2, 2, 2, 2)}))

    page = response.content.decode()
    assert response.status_code == 422
    assert "„Station 1“: 6 Antworten bei 4 Personen am Tisch, also 2 zu viel." in page
    assert "„Station 3“: 8 Antworten bei 4 Personen am Tisch, also 4 zu viel." in page
    assert "„Station 2“" not in page
    assert "An 2 Stationen stehen mehr Antworten als Personen." in page
    assert f'name="{room.stations[0].code}-disappointing" value="3"' in page
    assert not TableEntry.objects.exists()


WRONG = {
    "no name": ({"name": "  "}, "id_name_error"),
    "no head count": ({"heads": ""}, "id_heads_error"),
    "nobody": ({"heads": "0"}, "id_heads_error"),
    "a crowd": ({"heads": "61"}, "id_heads_error"),
    "a word": ({"heads": "vier"}, "id_heads_error"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_table_is_refused(mara_client: Client, room: Room, what: str):
    wrong, place = WRONG[what]
    response = mara_client.post(url(room), typed(room, {0: (1, 0, 0, 0)}, **wrong))
    assert response.status_code == 422
    assert place in response.content.decode()
    assert f'name="{room.stations[0].code}-disappointing" value="1"' in response.content.decode()
    assert not TableEntry.objects.exists()


@pytest.mark.parametrize("count", ["-1", "1,5", "zwei", "61"])
def test_what_is_no_count_is_refused_at_its_station(mara_client: Client, room: Room, count: str):
    response = mara_client.post(url(room), typed(room, {1: (count, 0, 0, 0)}))
    assert response.status_code == 422
    assert f'id="error-{room.stations[1].code}"' in response.content.decode()
    assert f'value="{count}"' in response.content.decode()
    assert not TableEntry.objects.exists()


def test_there_is_nothing_to_enter_before_the_start(mara_client: Client, organisation: Organisation, mara: Membership):
    with member_scope(organisation):
        room = make_room(organisation, mara)
        data = typed(room, {0: (4, 0, 0, 0)})
    response = mara_client.get(url(room), follow=True)
    assert response.redirect_chain == [(console(room), 302)]
    assert "Ein Tisch wird erfasst, während sein Block läuft." in response.content.decode()
    refused = mara_client.post(url(room), data)
    assert refused.status_code == 409
    assert 'value="4"' in refused.content.decode()


# --- changing -------------------------------------------------------------------------------------------------------


def test_a_table_is_changed_until_the_reveal(mara_client: Client, room: Room):
    table = entered(room)
    page = mara_client.get(url(room, "table_edit", table.code)).content.decode()
    assert f'name="{room.stations[0].code}-unable" value="1"' in page

    response = mara_client.post(
        url(room, "table_edit", table.code), typed(room, {0: (0, 0, 4, 0)}, version=1, name="Tür", heads=5)
    )

    assert (response.status_code, response["Location"]) == (302, url(room, "table_edit", table.code))
    assert answers(table) == [(0, 0, 4, 0)]
    assert (table.name, table.heads, table.version) == ("Tür", 5, 2)


def test_two_moderators_at_once_see_both(mara_client: Client, room: Room, organisation: Organisation):
    table = entered(room)
    otto = client_of(MembershipFactory(organisation=organisation, role="moderator"))
    page = url(room, "table_edit", table.code)
    assert otto.post(page, typed(room, {0: (4, 0, 0, 0)}, version=1, name="Ottos Tisch")).status_code == 302

    stale = mara_client.post(page, typed(room, {0: (0, 4, 0, 0)}, version=1))

    html = stale.content.decode()
    assert stale.status_code == 409
    assert f'name="{room.stations[0].code}-fine" value="4"' in html, "what mara typed"
    assert "Inzwischen gespeichert: enttäuschend 4, okay 0, begeisternd 0, Ohne Urteil 0" in html
    assert "Ottos Tisch" in html
    assert 'name="version" value="2"' in html
    assert answers(table) == [(4, 0, 0, 0)]
    # Saving again is a decision.
    assert mara_client.post(page, typed(room, {0: (0, 4, 0, 0)}, version=2)).status_code == 302
    assert answers(table) == [(0, 4, 0, 0)]


def test_a_table_that_was_removed_meanwhile_can_be_entered_anew(mara_client: Client, room: Room):
    table = entered(room)
    services.remove_table(table=table, by=room.mara)

    gone = mara_client.post(url(room, "table_edit", table.code), typed(room, {0: (4, 0, 0, 0)}, version=1))

    html = gone.content.decode()
    assert gone.status_code == 409
    assert "Jemand hat diesen Tisch inzwischen entfernt." in html
    assert f'action="{url(room)}"' in html
    assert f'name="{room.stations[0].code}-disappointing" value="4"' in html
    assert mara_client.get(url(room, "table_edit", table.code)).status_code == 404


def test_after_the_reveal_it_is_refused_with_what_was_typed(mara_client: Client, room: Room):
    table = entered(room)
    room.reveal()
    for page in (url(room), url(room, "table_edit", table.code)):
        refused = mara_client.post(page, typed(room, {0: (0, 0, 3, 0)}, version=1))
        assert refused.status_code == 409
        assert "ist aufgedeckt. Es kann nichts mehr erfasst oder geändert werden." in refused.content.decode()
        assert f'name="{room.stations[0].code}-delighting" value="3"' in refused.content.decode()
        led = mara_client.get(page)
        assert (led.status_code, led["Location"]) == (302, console(room))
    assert TableEntry.objects.get().answers == {}


def test_invalid_beside_stale_keeps_what_was_typed(mara_client: Client, room: Room):
    table = entered(room)
    response = mara_client.post(url(room, "table_edit", table.code), typed(room, {0: (9, 0, 0, 0)}, version=7))
    assert response.status_code == 422
    assert answers(table) == [(1, 1, 1, 1)]


def test_other_tables_stand_beside_the_form(mara_client: Client, room: Room):
    first = entered(room)
    assert url(room, "table_edit", first.code) in mara_client.get(url(room)).content.decode()
    assert "Weitere Tische" not in mara_client.get(url(room, "table_edit", first.code)).content.decode()


# --- removing -------------------------------------------------------------------------------------------------------


def test_a_table_is_removed_after_one_question(mara_client: Client, room: Room):
    table = entered(room)
    page = url(room, "table_remove", table.code)
    assert "Diesen Tisch entfernen?" in mara_client.get(page).content.decode()
    for _twice in range(2):
        assert mara_client.post(page)["Location"] == console(room)
    assert not TableEntry.objects.exists()
    assert mara_client.get(page).status_code == 404


def test_a_table_of_a_revealed_block_stays(mara_client: Client, room: Room):
    table = entered(room)
    room.reveal()
    response = mara_client.post(url(room, "table_remove", table.code), follow=True)
    assert "ist aufgedeckt" in response.content.decode()
    assert TableEntry.objects.filter(pk=table.pk).exists()


# --- who and how fast -----------------------------------------------------------------------------------------------


def test_a_table_of_another_block_is_not_found_here(mara_client: Client, room: Room, organisation: Organisation):
    elsewhere = entered(room)
    with member_scope(organisation):
        other = make_room(organisation, room.mara).open()
    assert mara_client.get(url(other, "table_edit", elsewhere.code)).status_code == 404


def test_the_reveal_question_names_the_tables(mara_client: Client, room: Room):
    entered(room)
    page = reverse(
        "workshops:activity_reveal", kwargs={"org": room.workshop.organisation.slug, "code": room.activity.code}
    )
    html = mara_client.get(page).content.decode()
    assert "Fenster (4 Personen): 1 von 3 Stationen" in html
    assert "4 Personen sind noch nicht fertig." in html


def test_the_reveal_question_warns_of_one_or_two_phones(mara_client: Client, room: Room):
    page = reverse(
        "workshops:activity_reveal", kwargs={"org": room.workshop.organisation.slug, "code": room.activity.code}
    )

    def warning() -> list[str]:
        return re.findall("Nur .* Telefon bewertet", mara_client.get(page).content.decode())

    room.answer([[0, 5, 10]])
    assert warning() == []
    table = entered(room)
    assert warning() == ["Nur 1 Person hat auf einem Telefon bewertet"]
    room.answer([[0]])
    assert warning() == ["Nur 2 Personen haben auf einem Telefon bewertet"]
    room.answer([[0]])
    assert warning() == []
    services.remove_table(table=table, by=room.mara)
    assert warning() == []


def test_the_board_counts_tables_and_says_so(mara_client: Client, room: Room):
    room.answer([[0, 5, 10]])
    stations = room.stations
    full = {station.pk: TableAnswer(fine=2) for station in stations}
    services.create_table(
        activity=room.activity, name="Tür", heads=2, department=None, answers=full, code=uuid4(), by=room.mara
    )
    projector = reverse(
        "workshops:workshop_projector", kwargs={"org": room.workshop.organisation.slug, "code": room.workshop.code}
    )
    for page in (projector, console(room)):
        html = mara_client.get(page).content.decode()
        assert 'aria-label="3 von 3 fertig"' in html
        assert "2 Personen an Tischen mitgezählt" in html


@pytest.mark.parametrize("tables", [1, 3])
def test_the_page_asks_the_same_number_of_queries(mara_client: Client, room: Room, tables: int):
    found = [entered(room) for _number in range(tables)]
    page = url(room, "table_edit", found[0].code)
    mara_client.get(page)
    with CaptureQueriesContext(connection) as queries:
        mara_client.get(page)
    assert len(queries) == 9


# --- full mode ------------------------------------------------------------------------------------------------------


@pytest.fixture
def full_room(organisation: Organisation, mara: Membership) -> Generator[Room]:
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=2)
        Activity.objects.filter(pk=room.activity.pk).update(mode=Mode.FULL)
        room.activity.refresh_from_db()
        yield room.open()


def numbers(room: Room, place: int, typed: str, **other: str) -> dict[str, str]:
    """The same numbers typed on all six scales of a station, but for those named."""
    code = room.stations[place].code
    return {f"{code}-{scale}": other.get(scale, typed) for scale in Scale.values}


def test_a_full_table_is_typed_with_spaces_commas_and_points(mara_client: Client, full_room: Room):
    sent = {"name": "Fenster", "heads": "4", **numbers(full_room, 0, "8 7,8; 5", importance="10.9 1,  0")}
    response = mara_client.post(url(full_room), sent)

    table = TableEntry.objects.get()
    assert (response.status_code, response["Location"]) == (302, url(full_room, "table_edit", table.code))
    (answer,) = read_answers(table.answers).values()
    assert answer.scales == {**dict.fromkeys(Scale.values, (5, 7, 8, 8)), "importance": (0, 1, 9, 10)}
    page = mara_client.get(response["Location"]).content.decode()
    assert f'name="{full_room.stations[0].code}-experience" value="5 7 8 8"' in page


@pytest.mark.parametrize(("typed", "word"), [("7 8 elf", "elf"), ("11 3", "11"), ("-1", "-1"), ("7 ²", "²")])
def test_what_is_no_number_is_named_and_stays(mara_client: Client, full_room: Room, typed: str, word: str):
    sent = {"name": "Fenster", "heads": "4", **numbers(full_room, 1, "7 7", purchase=typed)}
    response = mara_client.post(url(full_room), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert f"Erstkauf: „{word}“ ist keine Zahl von 0 bis 10." in page
    assert f'value="{typed}"' in page
    assert not TableEntry.objects.exists()


def test_more_numbers_than_people_name_the_station(mara_client: Client, full_room: Room):
    sent = {"name": "Fenster", "heads": "3", **numbers(full_room, 0, "7 7 7 7")}
    response = mara_client.post(url(full_room), sent)
    assert response.status_code == 422
    assert "„Station 1“: 4 Antworten bei 3 Personen am Tisch, also 1 zu viel." in response.content.decode()


def test_a_stale_full_table_shows_the_scales_that_differ(mara_client: Client, full_room: Room):
    sent = {"name": "Fenster", "heads": "2", **numbers(full_room, 0, "7 7")}
    page = mara_client.post(url(full_room), sent)["Location"]
    mara_client.post(page, {**sent, **numbers(full_room, 0, "7 7", purchase=""), "version": 1})
    stale = mara_client.post(page, {**sent, "version": 1})
    assert stale.status_code == 409
    assert "Inzwischen gespeichert: Erstkauf –" in stale.content.decode()
