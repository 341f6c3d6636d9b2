"""Console and projector, who steers, and who is in the room."""

import re

import pytest
from django.utils.html import strip_tags

from accounts.enums import Role
from accounts.tenancy import member_scope
from tests.conftest import client_of
from tests.factories import DepartmentFactory, MembershipFactory
from tests.workshops.pages import HTMX, room_of, url
from tests.workshops.support import make_room
from workshops import services
from workshops.enums import Mode
from workshops.models import Participant, Workshop
from workshops.queries import room_state

pytestmark = pytest.mark.django_db


def workshop_of(room):
    return Workshop._base_manager.get(pk=room.workshop.pk)


def console_of(client, room):
    return client.get(url("workshop_console", room.workshop.code)).context["console"]


@pytest.fixture
def second(organisation):
    return MembershipFactory(organisation=organisation, role=Role.MODERATOR, user__name="Ole")


# --- the next step ----------------------------------------------------------------------------------------------------


def test_next_step_follows_the_workshop_to_its_end(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3)
    assert console_of(mara_client, room).next.url == url("activity_open", room.activity.code)

    mara_client.post(url("activity_open", room.activity.code))
    assert console_of(mara_client, room).next.url == url("activity_reveal", room.activity.code)
    assert console_of(mara_client, room).next.asks is True

    mara_client.post(url("activity_pause", room.activity.code))
    assert console_of(mara_client, room).next.url == url("activity_resume", room.activity.code)

    mara_client.post(url("activity_reveal", room.activity.code))
    assert console_of(mara_client, room).next.url == url("ist_freeze", room.workshop.code)

    frozen = mara_client.post(url("ist_freeze", room.workshop.code)).headers["Location"]
    assert console_of(mara_client, room).next.url == frozen


def test_next_step_of_an_empty_agenda_is_the_plan(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    with member_scope(organisation):
        services.remove_activity(activity=room.activity, by=mara)

    assert console_of(mara_client, room).next.url == url("workshop_detail", room.workshop.code)


def test_console_has_one_primary_button(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")

    page = mara_client.get(url("workshop_console", room.workshop.code)).content.decode()

    assert page.count("button--primary") == 1


@pytest.mark.parametrize(
    ("people", "begins"),
    [(0, ""), (1, "Bisher bewertet nur 1 Person."), (2, "Bisher bewerten nur 2 Personen."), (3, "")],
)
def test_anonymous_block_with_too_few_people_is_named_before_the_start(mara_client, organisation, mara, people, begins):
    room = room_of(organisation, mara, people=people)

    warning = console_of(mara_client, room).warning

    assert warning[: len(begins) or 1] == begins


def test_block_with_names_may_have_two_people(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=2, is_named=True)

    assert console_of(mara_client, room).warning == ""


# --- who steers -------------------------------------------------------------------------------------------------------


def test_first_console_steers_and_the_second_reads_who_does(mara_client, organisation, mara, second):
    room = room_of(organisation, mara)

    first, other = console_of(mara_client, room), console_of(client_of(second), room)

    assert (first.steers, other.steers, other.steering_words) == (True, False, "Gerade steuert Mara.")


def test_console_that_does_not_steer_offers_nothing_but_taking_over(organisation, mara, mara_client, second):
    room = room_of(organisation, mara, people=3, state="open")
    console_of(mara_client, room)

    page = client_of(second).get(url("workshop_console", room.workshop.code)).content.decode()

    assert url("activity_reveal", room.activity.code) not in page
    assert url("activity_pause", room.activity.code) not in page
    assert page.count(f'action="{url("steering_take", room.workshop.code)}"') == 1


def test_taking_over_answers_a_console_that_steers(organisation, mara, mara_client, second):
    room = room_of(organisation, mara)
    console_of(mara_client, room)

    answer = client_of(second).post(url("steering_take", room.workshop.code), headers=HTMX)

    assert workshop_of(room).steered_by_id == second.pk
    assert url("activity_open", room.activity.code) in answer.content.decode()
    assert console_of(mara_client, room).steers is False


def test_taking_over_without_htmx_leads_to_the_console(organisation, mara, second):
    room = room_of(organisation, mara)

    answer = client_of(second).post(url("steering_take", room.workshop.code))

    assert answer.headers["Location"] == url("workshop_console", room.workshop.code)


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_are_named_for_moderators_and_counted_by_department(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    with member_scope(organisation):
        room.join("Anna", token="a" * 20, department=DepartmentFactory(organisation=organisation, name="Vertrieb"))

    page = mara_client.get(url("workshop_console", room.workshop.code))
    names = mara_client.get(url("console_people", room.workshop.code)).content.decode()

    assert [(person.name, person.department) for person in page.context["people"]] == [("Anna", "Vertrieb")]
    assert "Im Raum · 1" in page.content.decode()
    assert names.count("Anna") == 3


def test_somebody_only_watches_and_rates_again(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=1)
    person = Participant._base_manager.get()
    address = url("participant_rating", person.code)

    for _ in range(2):
        mara_client.post(address, {"does_not_rate": "1"}, headers=HTMX)
    assert Participant._base_manager.get().does_not_rate is True
    answer = mara_client.post(address, {"does_not_rate": "0", "back": "plan"})

    assert Participant._base_manager.get().does_not_rate is False
    assert answer.headers["Location"] == url("workshop_detail", room.workshop.code)


def test_list_of_names_follows_a_name(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    with member_scope(organisation):
        services.join_workshop(workshop=room.workshop, token="a")
        before = room_state(room.workshop).people_key
        services.join_workshop(workshop=room.workshop, token="a", name="Ada")
        assert room_state(room.workshop).people_key != before


def test_removing_somebody_asks_first(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=1)
    address = url("participant_remove", Participant._base_manager.get().code)

    asked = mara_client.get(address).content.decode()
    assert Participant._base_manager.get().takes_part is True
    answer = mara_client.post(address)

    assert "Person 0 verlässt sofort den Raum" in asked
    assert Participant._base_manager.get().takes_part is False
    assert answer.headers["Location"] == url("workshop_console", room.workshop.code)


def test_console_after_the_reveal_says_what_to_talk_about_and_leads_to_the_result(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed", stations=4)

    page = mara_client.get(url("workshop_console", room.workshop.code)).content.decode()

    talk = page[page.index('id="console-talk"') : page.index('id="next-step"')]
    assert [name in talk for name in ("1. Station 1", "2. Station 2", "3. Station 3", "4. Station 4")] == [
        True,
        True,
        True,
        False,
    ]
    assert talk.count('class="distribution-bar"') == 3
    ends = page[page.index('class="console__ends"') : page.index('id="console-talk"')]
    assert [ends.count("Station 1"), ends.count("Station 3"), ends.count("+100"), ends.count("−100")] == [1, 1, 1, 1]
    assert page.count(f'id="to-result" href="{url("workshop_result", room.workshop.code)}"') == 1


# --- the projector ----------------------------------------------------------------------------------------------------


def shows_of(page):
    """Which revealed blocks the agenda offers to show."""
    return re.findall(r'action="([^"]*/show/)".*?<span class="visually-hidden">: ([^<]*)</span>', page, re.S)


def test_every_revealed_block_can_be_put_on_the_screens_again(mara_client, organisation, mara, second):
    room = room_of(organisation, mara, people=3, state="revealed")
    first = room.activity
    with member_scope(organisation):
        room.activity = services.start_round(activity=first, by=mara)
        console = url("workshop_console", room.workshop.code)
        assert shows_of(mara_client.get(console).content.decode()) == [], "a block is running"
        room.reveal()
        later = room.activity
    show_first, show_later = url("result_show", first.code), url("result_show", later.code)

    page = mara_client.get(console).content.decode()
    assert shows_of(page) == [(show_first, "Bewerten, verdeckt")]
    assert page.count("auf den Bildschirmen</span>") == 1
    page = mara_client.post(show_first, headers=HTMX).content.decode()
    assert shows_of(page) == [(show_later, "Bewerten, verdeckt · Runde 2")]
    assert workshop_of(room).shown_activity_id == first.pk
    mara_client.post(url("result_hide", room.workshop.code))
    with_last = shows_of(mara_client.get(console).content.decode())
    assert [address for address, _name in with_last][:2] == [show_first, show_later]
    assert shows_of(client_of(second).get(console).content.decode()) == [], "who does not steer shows nothing"


def test_projector_shows_the_code_before_the_start(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=2)
    code = room.workshop.join_code

    page = mara_client.get(url("workshop_projector", room.workshop.code)).content.decode()

    assert f'<p class="join-code">{code[:3]} {code[3:]}</p>' in page
    assert "Person 0" not in page


def test_projector_shows_no_value_before_reveal_and_the_curve_after(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")
    address = url("workshop_projector", room.workshop.code)

    before = mara_client.get(address).content.decode()
    mara_client.post(url("activity_reveal", room.activity.code))
    after = mara_client.get(address).content.decode()

    assert ("curve__plot" in before, "+100" in before) == (False, False)
    assert ("curve__plot" in after, "+100" in after) == (True, True)
    assert "Darüber sprechen wir zuerst" in after


@pytest.mark.parametrize("name", ["workshop_console", "workshop_projector"])
def test_server_clock_is_written_without_a_comma_in_german(mara_client, organisation, mara, name):
    page = mara_client.get(url(name, room_of(organisation, mara).workshop.code)).content.decode()

    assert len(re.findall(r'data-now="\d{10}\.\d{3}"', page)) == 1


# --- live, queries, doors ---------------------------------------------------------------------------------------------


def test_poll_answers_nothing_while_nothing_has_changed(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    address = url("workshop_poll", room.workshop.code)
    version = console_of(mara_client, room).version

    same = mara_client.get(address, {"version": version})
    mara_client.post(url("activity_open", room.activity.code))
    changed = mara_client.get(address, {"version": version})

    assert (same.status_code, same.content) == (204, b"")
    assert changed.headers["X-Version"] == str(workshop_of(room).version)
    assert [
        changed.content.decode().count(f'id="{name}"') for name in ("board-count", "board-people", "board-stage")
    ] == [
        1,
        1,
        1,
    ]


def test_parts_of_the_console_are_what_the_page_showed(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    mara_client.get(url("workshop_console", room.workshop.code))

    parts = mara_client.get(url("console_parts", room.workshop.code)).content.decode()

    assert parts.lstrip().startswith('<section class="card" aria-labelledby="agenda-heading">')
    assert url("activity_open", room.activity.code) in parts


def test_console_asks_for_the_same_queries_whatever_its_size(
    mara_client, organisation, mara, django_assert_num_queries
):
    small = room_of(organisation, mara, people=1, stations=1)
    mara_client.get(url("workshop_console", small.workshop.code))
    with django_assert_num_queries(11):
        mara_client.get(url("workshop_console", small.workshop.code))

    large = room_of(organisation, mara, people=3, stations=3)
    mara_client.get(url("workshop_console", large.workshop.code))
    with django_assert_num_queries(11):
        mara_client.get(url("workshop_console", large.workshop.code))


@pytest.mark.parametrize(
    "name",
    ["workshop_console", "console_parts", "console_people", "workshop_projector", "workshop_stream", "workshop_poll"],
)
def test_pages_of_the_console_are_for_moderators(
    max_client, emil_client, fremd_client, mara_client, organisation, mara, name
):
    address = url(name, room_of(organisation, mara).workshop.code)

    assert [client.get(address).status_code for client in (max_client, emil_client, fremd_client)] == [403, 403, 404]
    assert mara_client.post(address).status_code == 405


def test_projector_asks_for_the_same_queries_whatever_its_size(
    mara_client, organisation, mara, django_assert_num_queries
):
    for size in (1, 3):
        waiting = room_of(organisation, mara, people=size, stations=size)
        with django_assert_num_queries(7):
            mara_client.get(url("workshop_projector", waiting.workshop.code))
        revealed = room_of(organisation, mara, people=size + 2, stations=size, state="revealed")
        with django_assert_num_queries(9):
            mara_client.get(url("workshop_projector", revealed.workshop.code))


# Experience, expectation, importance, the three effects: a weak, a middling and a strong station.
FULL = ((1, 8, 9, 3, 2, 1), (5, 6, 4, 5, 5, 5), (9, 8, 3, 7, 8, 9))


def lists_of(page, where):
    """The words of the lists in a part of a page, each under its heading."""
    found = re.search(rf'<div class="{where}">(.*?)</div>', page, re.S)
    sections = re.findall(r"<section.*?</section>", found.group(1), re.S) if found else []
    return [" ".join(strip_tags(section.replace("<", " <")).split()) for section in sections]


def test_after_a_full_block_console_and_board_say_what_to_begin_with(mara_client, in_scope, mara):
    room = make_room(in_scope, mara, mode=Mode.FULL).open()
    room.answer_scales([FULL] * 3)
    room.reveal()

    console = mara_client.get(url("workshop_console", room.workshop.code)).content.decode()
    board = mara_client.get(url("workshop_projector", room.workshop.code)).content.decode()

    assert lists_of(console, "console__lists") == [
        "Wichtig und schwach 1. Station 1 Wichtigkeit 9,0 · Erlebnis 1,0",
        "Mehr erwartet als erlebt 1. Station 1 −7,0 · erwartet 8,0, erlebt 1,0 "
        "2. Station 2 −1,0 · erwartet 6,0, erlebt 5,0",
        "Größter Hebel 3. Station 3 8,0 · Erstkauf 7,0 · Wiederkauf 8,0 · Weiterempfehlung 9,0 "
        "2. Station 2 5,0 · Erstkauf 5,0 · Wiederkauf 5,0 · Weiterempfehlung 5,0 "
        "1. Station 1 2,0 · Erstkauf 3,0 · Wiederkauf 2,0 · Weiterempfehlung 1,0",
    ]
    assert "Größter Hebel auf Kauf, Wiederkauf und Weiterempfehlung: 3. Station 3 8,0" in " ".join(
        strip_tags(board).split()
    )
    assert "einig · Mittelwert 1,0 · Median 1,0" in console
    assert lists_of(board, "board-stage__lists") == [
        "Darüber sprechen wir zuerst 1. Station 1 1,0 2. Station 2 5,0 3. Station 3 9,0",
        "Wichtig und schwach 1. Station 1 1,0",
        "Mehr erwartet als erlebt 1. Station 1 −7,0 2. Station 2 −1,0",
    ]


def test_two_full_stations_have_gaps_but_no_quadrants_on_the_board(mara_client, in_scope, mara):
    room = make_room(in_scope, mara, stations=2, mode=Mode.FULL).open()
    room.answer_scales([FULL[1:]] * 3)
    room.reveal()

    board = mara_client.get(url("workshop_projector", room.workshop.code)).content.decode()

    assert [words.split(" 1.")[0].split(" 2.")[0] for words in lists_of(board, "board-stage__lists")] == [
        "Darüber sprechen wir zuerst", "Mehr erwartet als erlebt",
    ]  # fmt: skip


def test_a_second_full_round_shows_what_moved_beside_the_gaps(mara_client, in_scope, mara):
    room = make_room(in_scope, mara, mode=Mode.FULL).open()
    room.answer_scales([FULL] * 3)
    room.reveal()
    room.activity = services.start_round(activity=room.activity, by=mara)
    room.answer_scales([(FULL[2], FULL[1], FULL[2])] * 3)
    room.reveal()

    board = mara_client.get(url("workshop_projector", room.workshop.code)).content.decode()
    console = mara_client.get(url("workshop_console", room.workshop.code)).content.decode()

    assert "am meisten bewegt hat 1. Station 1 Runde 1: 1,0 (n = 3) · ▲ +8,0" in " ".join(
        strip_tags(console.replace("<", " <")).split()
    )
    assert lists_of(board, "board-stage__lists") == [
        "Was sich seit der Runde davor am meisten bewegt hat 1. Station 1 ▲ +8,0",
        "Wichtig und schwach Keine wichtige Station liegt unter der Nulllinie.",
        "Mehr erwartet als erlebt 2. Station 2 −1,0",
    ]


def test_after_a_quick_block_nothing_is_said_of_scales(mara_client, in_scope, mara):
    room = make_room(in_scope, mara).open()
    room.answer([[0, 5, 10]] * 3)
    room.reveal()

    pages = [mara_client.get(url(name, room.workshop.code)).content.decode() for name in (
        "workshop_console", "workshop_projector",
    )]  # fmt: skip

    assert [lists_of(page, "console__lists") + lists_of(page, "board-stage__lists") for page in pages] == [[], []]
    assert not any("Median" in page for page in pages)
