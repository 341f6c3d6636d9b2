"""Planning, running and revealing blocks."""

import re
import uuid

import pytest

from accounts.enums import Role
from accounts.tenancy import member_scope
from journeys.models import Station
from tests.conftest import client_of
from tests.factories import MembershipFactory
from tests.workshops.pages import HTMX, room_of, url
from workshops import services
from workshops.enums import ActivityState
from workshops.models import Activity, Workshop

pytestmark = pytest.mark.django_db

STEPS = ["activity_open", "activity_pause", "activity_resume", "activity_extend", "activity_reveal", "result_show"]


def block_of(room):
    return Activity._base_manager.get(pk=room.activity.pk)


def workshop_of(room):
    return Workshop._base_manager.get(pk=room.workshop.pk)


def form_of(room, **changed):
    stations = [str(station.code) for station in Station._base_manager.filter(journey=room.workshop.cycle.journey_id)]
    return {
        "code": str(uuid.uuid4()),
        "title": "Zweiter Block",
        "stations": stations[:2],
        "mode": "full",
        "is_named": "named",
        "minutes": "7",
        **changed,
    }


# --- planning ---------------------------------------------------------------------------------------------------------


def test_new_block_begins_with_every_station_ticked(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    form = mara_client.get(url("activity_create", room.workshop.code)).context["form"]

    assert [tick.ticked for phase in form.phases for tick in phase.stations] == [True, True, True]
    assert form["title"].value() == "Block 2"


def test_new_block_is_planned_as_typed(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    response = mara_client.post(url("activity_create", room.workshop.code), form_of(room))

    assert response.headers["Location"] == url("workshop_detail", room.workshop.code)
    block = Activity._base_manager.get(title="Zweiter Block")
    assert (block.mode, block.is_named, block.asks_reason, block.minutes) == ("full", True, False, 7)
    assert block.position == 1
    assert block.stations.model._base_manager.filter(activity=block).count() == 2


def test_new_block_sent_twice_is_one_block(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    form = form_of(room)

    for _ in range(2):
        mara_client.post(url("activity_create", room.workshop.code), form)

    assert Activity._base_manager.filter(title="Zweiter Block").count() == 1


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"stations": []}, "stations", "Bitte kreuzen Sie mindestens eine Station an."),
        (
            {"stations": [str(uuid.uuid4())]},
            "stations",
            "Eine Station ist inzwischen nicht mehr auf der Journey. Bitte prüfen Sie die Kreuze noch einmal.",
        ),
        ({"minutes": "0"}, "minutes", "Dieser Wert muss größer oder gleich 1 sein."),
    ],
)
def test_new_block_that_is_wrong_keeps_what_was_typed(mara_client, organisation, mara, changed, field, sentence):
    room = room_of(organisation, mara)

    response = mara_client.post(url("activity_create", room.workshop.code), form_of(room, **changed))

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    assert response.context["form"]["title"].value() == "Zweiter Block"


def test_edit_shows_what_is_planned_and_changes_it(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    address = url("activity_edit", room.activity.code)

    form = mara_client.get(address).context["form"]
    response = mara_client.post(address, form_of(room, title="Anders", version="1"))

    assert (form["title"].value(), form["is_named"].value(), form["minutes"].value()) == (
        "Bewerten, verdeckt",
        "anonymous",
        20,
    )
    assert response.status_code == 302
    assert (block_of(room).title, block_of(room).is_named) == ("Anders", True)


def test_edit_of_a_block_that_somebody_else_has_changed_shows_both(mara_client, organisation, mara, olga):
    """The second one reads what the first one saved, keeps what was typed, and may save again on purpose."""
    room = room_of(organisation, mara)
    address = url("activity_edit", room.activity.code)
    version = mara_client.get(address).context["form"]["version"].value()
    assert client_of(olga).post(address, form_of(room, title="Von Olga", version=version)).status_code == 302
    typed = form_of(room, title="Von Mara", mode="quick", minutes="9", version=version)
    typed["stations"] = typed["stations"][:1]

    refused = mara_client.post(address, typed)

    assert refused.status_code == 409
    assert (block_of(room).title, block_of(room).minutes) == ("Von Olga", 7)
    form = refused.context["form"]
    assert (form["title"].value(), form["minutes"].value(), form.ticked) == ("Von Mara", "9", set(typed["stations"]))
    assert [(str(each["label"]), each["value"]) for each in refused.context["theirs"]] == [
        ("Titel des Blocks", "Von Olga"),
        ("Stationen", "Station 1, Station 2"),
        ("Wie jede Station bewertet wird", "ausführlich"),
        ("Minuten", "7"),
    ]
    page = refused.content.decode()
    assert "Jemand anderes hat inzwischen gespeichert." in page
    (now,) = re.findall(r'name="version" value="(\d+)"', page)
    assert mara_client.post(address, {**typed, "version": now}).status_code == 302
    assert (block_of(room).title, block_of(room).minutes) == ("Von Mara", 9)


def test_edit_of_an_opened_block_is_refused_and_keeps_what_was_typed(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=1, state="open")

    response = mara_client.post(url("activity_edit", room.activity.code), form_of(room, title="Zu spät", version="1"))

    assert response.status_code == 409
    assert response.context["form"]["title"].value() == "Zu spät"
    assert len(response.context["form"].non_field_errors()) == 1
    assert block_of(room).title == "Bewerten, verdeckt"


def test_remove_asks_first(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    address = url("activity_remove", room.activity.code)

    asked = mara_client.get(address)
    assert Activity._base_manager.count() == 1
    mara_client.post(address)

    assert "Sie können wieder einen Block hinzufügen." in asked.content.decode()
    assert Activity._base_manager.count() == 0


# --- the course -------------------------------------------------------------------------------------------------------


def test_open_pause_resume_and_reveal_lead_back_to_the_console(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3)
    course = {
        "activity_open": ActivityState.OPEN,
        "activity_pause": ActivityState.PAUSED,
        "activity_resume": ActivityState.OPEN,
        "activity_reveal": ActivityState.REVEALED,
    }

    for name, state in course.items():
        response = mara_client.post(url(name, room.activity.code))

        assert response.headers["Location"] == url("workshop_console", room.workshop.code)
        assert block_of(room).state == state


def test_open_under_htmx_answers_the_console_as_it_is_now(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3)

    page = mara_client.post(url("activity_open", room.activity.code), headers=HTMX)

    html = page.content.decode()
    assert html.lstrip().startswith('<section class="card" aria-labelledby="agenda-heading">')
    assert "Block 1 von 1 · läuft" in html
    assert "<html" not in html


@pytest.mark.parametrize("name", ["activity_open", "activity_pause", "activity_reveal"])
def test_second_click_changes_nothing_and_complains_about_nothing(mara_client, organisation, mara, name):
    room = room_of(organisation, mara, people=3, state="planned" if name == "activity_open" else "open")
    mara_client.post(url(name, room.activity.code))
    version = workshop_of(room).version

    response = mara_client.post(url(name, room.activity.code), follow=True)

    assert workshop_of(room).version == version
    assert [str(message) for message in response.context["messages"]] == []


def test_one_more_minute_counts_once_for_one_picture(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=1, state="open")
    before = block_of(room).ends_at
    clock = mara_client.get(url("workshop_console", room.workshop.code)).context["console"].running.clock

    for _ in range(2):
        mara_client.post(url("activity_extend", room.activity.code), {"clock": clock})

    assert (block_of(room).ends_at - before).total_seconds() == 60


def test_pausing_what_does_not_run_is_refused_with_a_sentence(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    response = mara_client.post(url("activity_pause", room.activity.code), follow=True)

    assert len(list(response.context["messages"])) == 1
    assert block_of(room).state == ActivityState.PLANNED


def test_who_does_not_steer_changes_nothing(organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")
    other = MembershipFactory(organisation=organisation, role=Role.MODERATOR)

    response = client_of(other).post(url("activity_reveal", room.activity.code), follow=True)

    assert len(list(response.context["messages"])) == 1
    assert block_of(room).state == ActivityState.OPEN


# --- reveal and the stage ---------------------------------------------------------------------------------------------


def test_reveal_asks_once_and_names_how_many_are_still_open(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")
    with member_scope(organisation):
        room.join("Zu spät")
        room.join("Noch später")

    page = mara_client.get(url("activity_reveal", room.activity.code))
    fragment = mara_client.get(url("activity_reveal", room.activity.code), headers=HTMX).content.decode()

    assert page.context["open_words"] == ("2 Personen sind noch nicht fertig. Was sie bisher geantwortet haben, zählt.")
    assert fragment.strip().startswith('<form class="stack" id="reveal-question"')
    assert block_of(room).state == ActivityState.OPEN


def test_the_console_shows_the_result_also_without_a_new_page(mara_client, organisation, mara):
    """The answer to the tap, and what the stream lets it fetch again, say what a whole page says."""
    room = room_of(organisation, mara, people=3, state="open")

    answered = mara_client.post(url("activity_reveal", room.activity.code), headers=HTMX).content.decode()
    fetched = mara_client.get(url("console_parts", room.workshop.code), headers=HTMX).content.decode()
    page = mara_client.get(url("workshop_console", room.workshop.code)).content.decode()

    for html in (answered, fetched, page):
        assert "Darüber sprechen wir zuerst" in html
        assert "Höchster Punkt" in html


def test_a_console_whose_stream_is_open_gets_the_reveal_from_there(mara_client, organisation, mara):
    """No answer of its own: it would be rendered while the whole room waits. Whoever tries again gets the console."""
    room = room_of(organisation, mara, people=3, state="open")
    live = HTMX | {"X-Live": "open"}
    version = workshop_of(room).version

    revealed = mara_client.post(url("activity_reveal", room.activity.code), headers=live)
    again = mara_client.post(url("activity_reveal", room.activity.code), headers=live)

    assert (revealed.status_code, revealed.content) == (204, b"")
    assert block_of(room).state == ActivityState.REVEALED
    assert workshop_of(room).version == version + 1
    assert again.status_code == 200
    assert "Darüber sprechen wir zuerst" in again.content.decode()


def test_a_refused_reveal_is_answered_also_beside_an_open_stream(organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")
    other = MembershipFactory(organisation=organisation, role=Role.MODERATOR)

    response = client_of(other).post(url("activity_reveal", room.activity.code), headers=HTMX | {"X-Live": "open"})

    assert response.status_code == 200
    assert "steuert gerade" in response.content.decode()


def test_reveal_says_when_everybody_has_finished(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")

    page = mara_client.get(url("activity_reveal", room.activity.code))

    assert page.context["open_words"] == "Alle sind fertig."


@pytest.mark.parametrize(
    ("people", "nothing", "still_open"),
    [
        (0, "Niemand hat bewertet: Es wird keine Zahl gezeigt.", "Niemand ist im Raum, der bewertet."),
        (1, "Nur 1 Person hat bewertet: Es wird keine Zahl gezeigt.", "Alle sind fertig."),
        (2, "Nur 2 Personen haben bewertet: Es wird keine Zahl gezeigt.", "Alle sind fertig."),
        (3, "", "Alle sind fertig."),
    ],
)
def test_reveal_says_before_that_it_will_show_nothing(mara_client, organisation, mara, people, nothing, still_open):
    room = room_of(organisation, mara, people=people, state="open")

    page = mara_client.get(url("activity_reveal", room.activity.code))

    assert (page.context["nothing_words"], page.context["open_words"]) == (nothing, still_open)
    assert page.content.decode().count("Es wird keine Zahl gezeigt.") == bool(nothing)


def test_what_was_answered_changes_nothing_of_that_warning(mara_client, organisation, mara):
    """It counts who takes part: three who cannot judge are three, and one who has left after rating is still one."""
    room = room_of(organisation, mara, state="open")
    with member_scope(organisation):
        phones = room.answer([[None, None, None]] * 2)
        services.leave_workshop(participant=phones[0].participant)
    asked = url("activity_reveal", room.activity.code)
    assert mara_client.get(asked).context["nothing_words"].startswith("Nur 2 Personen haben bewertet")

    with member_scope(organisation):
        room.answer([[None, None, None]])

    assert mara_client.get(asked).context["nothing_words"] == ""


def test_reveal_of_a_second_round_that_shows_nothing_says_what_counts_then(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    with member_scope(organisation):
        again = services.start_round(activity=room.activity, by=mara)

    assert mara_client.get(url("activity_reveal", again.code)).context["nothing_words"] == (
        "Niemand hat bewertet: Es wird keine Zahl gezeigt. Was eine frühere Runde gezeigt hat, gilt weiter."
    )


def test_revealed_curve_is_taken_off_and_shown_again(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    assert workshop_of(room).shown_activity_id == room.activity.pk

    mara_client.post(url("result_hide", room.workshop.code))
    assert workshop_of(room).shown_activity_id is None

    mara_client.post(url("result_show", room.activity.code))
    assert workshop_of(room).shown_activity_id == room.activity.pk


@pytest.mark.parametrize("name", [*STEPS, "activity_edit", "activity_remove"])
def test_steps_refuse_everybody_but_moderators(max_client, emil_client, fremd_client, organisation, mara, name):
    room = room_of(organisation, mara, people=3, state="open")

    answers = [client.post(url(name, room.activity.code)) for client in (max_client, emil_client, fremd_client)]

    assert [answer.status_code for answer in answers] == [403, 403, 404]
    assert block_of(room).state == ActivityState.OPEN


@pytest.mark.parametrize("name", [step for step in STEPS if step != "activity_reveal"])
def test_steps_refuse_another_verb(mara_client, organisation, mara, name):
    assert mara_client.get(url(name, room_of(organisation, mara).activity.code)).status_code == 405


def test_closed_workshop_refuses_steps_with_a_sentence(mara_client, organisation, mara):
    room = room_of(organisation, mara)
    with member_scope(organisation):
        services.close_workshop(workshop=room.workshop, by=mara)

    response = mara_client.post(url("activity_open", room.activity.code), follow=True)

    assert len(list(response.context["messages"])) == 1
    assert block_of(room).state == ActivityState.PLANNED
