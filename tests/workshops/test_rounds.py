"""A second round of a revealed block: blank, with thresholds of its own, beside the first, which stays."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.conftest import client_of
from tests.locks import aside, meeting, wait_for_waiting
from tests.workshops.support import Room, make_room
from tests.workshops.test_traces import eventually, raw_bytes
from workshops import services
from workshops.enums import ActivityState
from workshops.models import (
    Activity,
    ActivityStation,
    Ballot,
    Baseline,
    Participant,
    Participation,
    StationTally,
    TableEntry,
    Workshop,
)
from workshops.queries import Result, activity_result, frozen_result, room_state, workshop_result
from workshops.queries.rounds import rounds_table, standing_words
from workshops.queries.turnout import discard_problem
from workshops.services import erase_traces
from workshops.tables import TableAnswer
from workshops.tasks import sweep_traces

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    """Three people have rated three stations; the second one was rated by two only."""
    room = make_room(in_scope, mara).open()
    room.answer([[0, 5, 10], [0, 5, 10], [5, None, 10]])
    return room.reveal()


def again(room: Room) -> Room:
    room.activity = services.start_round(activity=room.activity, by=room.mara)
    return room


def levels(result: Result) -> list[tuple[float | None, float | None, float | None]]:
    """Per station: what counts, what was before, what moved."""
    return [
        (station.figures.balance, station.before.figures.balance if station.before else None, station.moved)
        for station in result.stations
    ]


# --- starting -------------------------------------------------------------------------------------------------------


def test_a_round_is_a_block_of_its_own_with_the_same_words(room):
    first, words = room.activity, [row.name for row in room.stations]
    type(room.path[0].touchpoint).objects.update(name="Umbenannt")
    room.path[1].delete()
    second = again(room).activity
    assert (second.round, second.round_of, second.state, second.position) == (2, first, ActivityState.OPEN, 1)
    assert (second.name, first.name) == ("Bewerten, verdeckt · Runde 2", "Bewerten, verdeckt")
    assert [row.name for row in room.stations] == words
    assert [row.station_id for row in room.stations] == [room.path[0].pk, None, room.path[2].pk]
    assert not Ballot.objects.exists()
    assert room_state(room.workshop).block.name == "Bewerten, verdeckt · Runde 2"
    assert room_state(room.workshop).result is None, "the first round's result leaves the screens"
    first.refresh_from_db()
    assert first.state == ActivityState.REVEALED
    assert StationTally.objects.filter(station__activity=first).count() == 3


def test_it_stands_after_its_block_on_the_agenda(room):
    services.plan_activity(
        workshop=room.workshop, title="Danach", stations=room.path, is_named=False, asks_reason=True, minutes=5,
        by=room.mara,
    )  # fmt: skip
    again(room)
    assert [block.name for block in room_state(room.workshop).agenda] == [
        "Bewerten, verdeckt", "Bewerten, verdeckt · Runde 2", "Danach",
    ]  # fmt: skip
    assert [block.is_last_round for block in room_state(room.workshop).agenda] == [False, True, True]


def test_starting_it_twice_is_one_round(room):
    first = room.activity
    second = services.start_round(activity=first, by=room.mara)
    assert services.start_round(activity=first, by=room.mara) == second
    room.activity = second
    room.reveal()
    assert services.start_round(activity=first, by=room.mara) == second, "a picture from before does not start a third"
    third = services.start_round(activity=second, by=room.mara)
    assert (third.round, third.round_of) == (3, first)


def test_nothing_starts_before_the_reveal_or_beside_a_running_block(room, in_scope, mara):
    other = make_room(in_scope, mara)
    with pytest.raises(services.ActionRefused, match="noch nicht aufgedeckt"):
        services.start_round(activity=other.activity, by=mara)
    first = room.activity
    beside = services.plan_activity(
        workshop=room.workshop, title="Läuft", stations=room.path, is_named=False, asks_reason=True, minutes=5, by=mara
    )
    services.open_activity(activity=beside, by=mara)
    with pytest.raises(services.ActionRefused, match="„Läuft“ läuft noch"):
        services.start_round(activity=first, by=mara)


def test_the_database_knows_each_round_once_and_its_first(room):
    again(room)
    facts = {"workshop": room.workshop, "title": "x"}
    for wrong in ({"round": 2, "round_of": room.activity.round_of}, {"round": 2}, {"round_of": room.activity}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Activity.objects.create(**facts, **wrong)


@pytest.mark.django_db(transaction=True)
def test_a_round_waits_for_a_later_block_before_it_holds_the_workshop(organisation, mara):
    """Whoever acts on that block holds it and wants the workshop next; both would wait for each other."""
    with member_scope(organisation):
        room = make_room(organisation, mara).open()
        room.reveal()
        later = services.plan_activity(
            workshop=room.workshop, title="Danach", stations=room.path, is_named=False, asks_reason=True, minutes=5,
            by=mara,
        )  # fmt: skip

        def start() -> Activity:
            with member_scope(organisation):
                return services.start_round(activity=room.activity, by=mara)

        with transaction.atomic():
            Activity.objects.select_for_update(no_key=True, of=("self",)).get(pk=later.pk)
            thread, started = aside(start)
            wait_for_waiting()
            assert Workshop.objects.select_for_update(no_key=True, of=("self",), nowait=True).get() == room.workshop
        thread.join(30)

        later.refresh_from_db()
        assert (started.result(0).position, later.position) == (room.activity.position + 1, room.activity.position + 2)


@pytest.mark.django_db(transaction=True)
def test_two_consoles_start_one_round(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara).open().reveal()

        def start() -> Activity:
            with member_scope(organisation):
                return services.start_round(activity=room.activity, by=mara)

        first, second = meeting(start, start)
        assert first == second
        assert Activity.objects.filter(round=2).count() == 1


# --- reading --------------------------------------------------------------------------------------------------------


def both_rounds(room: Room) -> Room:
    again(room)
    room.answer([[10, 5, None], [10, 5, None], [10, 10, 0]])
    return room.reveal()


def test_both_rounds_stand_beside_each_other_in_the_room(room):
    """The room sees the round that it has just rated, with its own thresholds."""
    both_rounds(room)
    expected = [
        (100, pytest.approx(-200 / 3), 167),
        (pytest.approx(100 / 3), None, None),
        (None, 100, None),
    ]
    for result in (activity_result(room.activity), room_state(room.workshop).result):
        assert levels(result) == expected
        assert [station.round for station in result.stations] == [2, 2, 2]
        assert [station.before.number for station in result.stations] == [1, 1, 1]
        assert [station.number for station in result.moved_list] == [1]
        assert (result.curve.second.label, result.curve.second.own) == ("Runde 1", "Runde 2")
        assert [point is None for point in result.second_line.levels] == [False, True, False]
    hidden = workshop_result(room.workshop).stations[1].before.figures
    assert set(asdict(hidden).values()) & {2, 5} == set(), "two rated it in the first round"
    assert activity_result(room.activity).blocks[0].name == "Bewerten, verdeckt · Runde 2"


def test_the_last_round_that_shows_a_figure_counts(room):
    """The third station was rated by one in the second round, so the first one stands; nothing of the second shows."""
    before = workshop_result(room.workshop).stations[2]
    both_rounds(room)
    result = workshop_result(room.workshop)
    assert levels(result) == [
        (100, pytest.approx(-200 / 3), 167),
        (pytest.approx(100 / 3), None, None),
        (100, None, None),
    ]
    assert [station.round for station in result.stations] == [2, 2, 1]
    kept = result.stations[2]
    assert (kept.figures, kept.reasons, kept.code) == (before.figures, before.reasons, before.code)
    (later,) = kept.later
    assert (later.number, later.figures.hidden, later.reasons) == (2, True, ())
    assert (later.figures.n, later.figures.cannot_judge, later.figures.counts) == (None, None, None)
    assert [station.later for station in result.stations[:2]] == [(), ()]
    assert result.figures.balance == pytest.approx((100 + 100 / 3 + 100) / 3), "of shown figures only"
    assert workshop_result(room.workshop).name == room.workshop.title


def test_the_first_round_stays_reachable(room):
    before = levels(workshop_result(room.workshop))
    first = room.activity
    both_rounds(room)
    assert levels(workshop_result(room.workshop, last_round=1)) == before
    assert levels(activity_result(first)) == before
    assert workshop_result(room.workshop, last_round=1).second_line is None


def test_a_round_of_a_station_that_left_the_journey_is_found_again(room):
    room.path[0].delete()
    both_rounds(room)
    assert levels(workshop_result(room.workshop))[0] == (100, pytest.approx(-200 / 3), 167)
    assert len(workshop_result(room.workshop).stations) == 3


def nobody(room: Room) -> None:
    """Reveal a further round that nobody has rated."""


def two_people(room: Room) -> None:
    room.answer([[10, 10, 10], [10, 10, 10]])


def no_judgement(room: Room) -> None:
    room.answer([[None, None, None]] * 3)


@pytest.mark.parametrize(
    ("turnout", "why"),
    [(nobody, "keine Bewertung"), (two_people, "zu wenige Bewertungen"), (no_judgement, "keine Bewertung")],
)
def test_a_second_round_that_shows_nothing_takes_no_figure_away(room, turnout, why):
    before = workshop_result(room.workshop)
    again(room)
    turnout(room)
    room.reveal()
    result = workshop_result(room.workshop)
    assert [levels(result)[place] for place in (0, 2)] == [levels(before)[place] for place in (0, 2)]
    assert [result.stations[place].figures for place in (0, 2)] == [before.stations[place].figures for place in (0, 2)]
    assert not result.stations[1].figures.shown
    assert [station.round for station in result.stations] == [1, 2, 1], "the second station showed none before"
    assert [station.moved for station in result.stations] == [None] * 3
    assert result.second_line is None
    table = rounds_table(result)
    assert [row.moved for row in table.rows] == ["–", "–", "–"]
    assert [cell.why for cell in table.rows[0].cells] == ["", why]
    assert [row.counts for row in table.rows] == ["Es gilt Runde 1", "", "Es gilt Runde 1"]
    assert standing_words(result) == (
        "An den Stationen 1, 3 zeigt die letzte Runde keine Zahl. Dort gilt die frühere Runde, die eine zeigt."
    )
    baseline = services.freeze_ist(workshop=room.workshop, by=room.mara)
    assert frozen_result(baseline) == result


def test_a_second_round_that_shows_nothing_brings_no_older_block_forward(room):
    first = room.activity
    room.activity = services.plan_activity(
        workshop=room.workshop, title="Zweiter Block", stations=room.path[:1], is_named=False, asks_reason=False,
        minutes=5, by=room.mara,
    )  # fmt: skip
    room.open().answer([[10]] * 4)
    room.reveal()
    assert levels(workshop_result(room.workshop))[0] == (100, None, None)
    room.activity = first
    again(room)
    two_people(room)
    room.reveal()
    result = workshop_result(room.workshop)
    assert [station.figures.balance for station in result.stations] == [100, None, 100]
    assert [station.figures.n for station in result.stations] == [4, None, 3]


def test_the_room_sees_no_figure_of_a_second_round_of_two_people(room):
    again(room)
    two_people(room)
    room.reveal()
    stations = room_state(room.workshop).result.stations
    assert [station.figures.hidden for station in stations] == [True] * 3


def test_three_rounds_compare_with_the_one_before(room):
    both_rounds(room)
    again(room)
    room.answer([[5, 5, 5]] * 3)
    room.reveal()
    result = workshop_result(room.workshop)
    assert [station.moved for station in result.stations] == [-100, -33, None]
    assert rounds_table(result).numbers == (1, 2, 3)
    assert rounds_table(result).facts == "0 höher, 2 tiefer, 0 unverändert"


def test_a_third_round_that_shows_nothing_leaves_the_second_and_its_movement(room):
    both_rounds(room)
    before = workshop_result(room.workshop)
    again(room)
    two_people(room)
    room.reveal()
    result = workshop_result(room.workshop)
    assert [station.round for station in result.stations] == [2, 2, 1]
    assert [station.moved for station in result.stations] == [167, None, None]
    assert [[each.number for each in station.later] for station in result.stations] == [[3], [3], [2, 3]]
    assert result.figures.stations == before.figures.stations


def test_the_ist_keeps_both_rounds_and_old_documents_are_read(room):
    both_rounds(room)
    baseline = services.freeze_ist(workshop=room.workshop, by=room.mara)
    assert frozen_result(baseline) == workshop_result(room.workshop)
    for station in baseline.document["stations"]:
        del station["round"], station["earlier"], station["later"], station["parts"]
    for block in baseline.document["blocks"]:
        del block["round"]
    Baseline.objects.filter(pk=baseline.pk).update(document=baseline.document)
    old = frozen_result(Baseline.objects.get())
    assert [station.before for station in old.stations] == [None] * 3


# --- discarding -----------------------------------------------------------------------------------------------------


def test_a_round_that_two_have_begun_is_discarded_and_leaves_nothing(room):
    first = room.activity
    second = again(room).activity
    phones = [room.join("A"), room.join("B")]
    for phone in phones:
        phone.rate(room.stations[0], 10, reason="Nie gezeigt")
    services.discard_round(activity=second, by=room.mara)
    assert list(Activity.objects.all()) == [first]
    assert not Ballot.objects.exists()
    assert not Participation.objects.exists()
    assert not ActivityStation.objects.exclude(activity=first).exists()
    now = room_state(room.workshop)
    assert (now.block, now.result.name) == (None, "Bewerten, verdeckt")
    assert [station.later for station in workshop_result(room.workshop).stations] == [()] * 3
    with pytest.raises(services.RatingRefused) as refusal:
        services.rate_station(
            activity=second, participant=phones[0].participant, secret="x" * 16, station=uuid4(), drawer=5
        )
    assert refusal.value.code == "not_open"
    room.activity = first
    assert (again(room).activity.round, room.activity.code != second.code) == (2, True)


def test_what_may_not_be_discarded(room, in_scope, mara, olga):
    first = room.activity
    with pytest.raises(services.ActionRefused, match="läuft nicht"):
        services.discard_round(activity=first, by=mara)
    other = make_room(in_scope, mara).open()
    with pytest.raises(services.ActionRefused, match="ist eine erste Runde"):
        services.discard_round(activity=other.activity, by=mara)
    again(room)
    with pytest.raises(services.ActionRefused, match="steuert"):
        services.discard_round(activity=room.activity, by=olga)
    room.answer([[10]] * 3)
    with pytest.raises(services.ActionRefused, match="haben schon 3 Personen bewertet"):
        services.discard_round(activity=room.activity, by=mara)
    assert Ballot.objects.filter(activity=room.activity).count() == 3


def test_people_at_a_table_count_as_well(room, mara):
    again(room)
    station = room.stations[0].pk
    facts = {"activity": room.activity, "department": None, "by": mara}
    services.create_table(name="Leer", heads=5, answers={}, code=uuid4(), **facts)
    assert discard_problem(room.activity) == "", "nothing was entered for them"
    services.create_table(name="Fenster", heads=3, answers={station: TableAnswer(1, 1, 1)}, code=uuid4(), **facts)
    with pytest.raises(services.ActionRefused, match="haben schon 3 Personen bewertet"):
        services.discard_round(activity=room.activity, by=mara)
    services.remove_table(table=TableEntry.objects.get(name="Fenster"), by=mara)
    services.discard_round(activity=room.activity, by=mara)
    assert not TableEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_old_rows_of_a_discarded_round_are_physically_gone(organisation, mara):
    with member_scope(organisation):
        room = again(make_room(organisation, mara).open().reveal())
        eventually(lambda: erase_traces(organisation=organisation))
        room.join("A").rate(room.stations[0], 10, reason="Spurlos-verschwunden")
        assert b"Spurlos-verschwunden" in raw_bytes("workshops_ballot")
        services.discard_round(activity=room.activity, by=mara)
        assert Workshop.objects.get().round_discarded_at is not None

    def is_gone() -> bool:
        sweep_traces()
        with member_scope(organisation):
            return Workshop.objects.get().round_discarded_at is None

    eventually(is_gone)
    assert b"Spurlos-verschwunden" not in raw_bytes("workshops_ballot")


@pytest.mark.django_db(transaction=True)
def test_a_third_rating_and_the_discarding_wait_for_each_other(organisation, mara):
    """Either the round has three and stays, or it is gone and the rating is refused; never a rating without a block."""
    with member_scope(organisation):
        room = again(make_room(organisation, mara).open().reveal())
        room.answer([[10], [10]])
        phone, station = room.join("Dritte"), room.stations[0]

        def discard() -> str:
            with member_scope(organisation):
                try:
                    services.discard_round(activity=room.activity, by=mara)
                except services.ActionRefused:
                    return "stays"
                return "gone"

        def rate() -> str:
            with member_scope(organisation):
                try:
                    phone.rate(station, 0)
                except (services.RatingRefused, Activity.DoesNotExist):
                    return "refused"
                return "saved"

        assert set(meeting(discard, rate)) in ({"gone", "refused"}, {"stays", "saved"})
        assert Ballot.objects.count() in (0, 3)


# --- pages ----------------------------------------------------------------------------------------------------------


def address(room: Room, name: str, code: object = None) -> str:
    kwargs = {"org": room.workshop.organisation.slug, "code": code or room.workshop.code}
    return reverse(f"workshops:{name}", kwargs=kwargs)


def test_the_console_and_the_plan_offer_the_next_round(room, mara_client: Client):
    start = address(room, "round_start", room.activity.code)
    for page in ("workshop_console", "workshop_detail"):
        text = mara_client.get(address(room, page)).content.decode()
        assert f'href="{start}"' in text
        assert "Zweite Runde" in text
    question = mara_client.get(start).content.decode()
    assert f'action="{start}"' in question
    assert "Zweite Runde: jetzt starten?" in question
    fragment = mara_client.get(start, headers={"HX-Request": "true"}).content.decode()
    assert (fragment.count("<form"), "<html" in fragment, f'hx-post="{start}"' in fragment) == (1, False, True)
    assert not Activity.objects.filter(round=2).exists(), "asking starts nothing"
    answer = mara_client.post(start, headers={"HX-Request": "true"})
    assert (answer.status_code, Activity.objects.filter(round=2).count()) == (200, 1)
    for page in ("workshop_console", "workshop_detail"):
        text = mara_client.get(address(room, page)).content.decode()
        assert "Zweite Runde" not in text
        assert "Bewerten, verdeckt · Runde 2" in text
    assert mara_client.post(start).status_code == 302
    assert mara_client.get(start).url == address(room, "workshop_console"), "there is nothing left to ask"


def test_before_a_second_round_of_two_people_the_question_says_what_that_means(room, mara_client: Client):
    start = address(room, "round_start", room.activity.code)
    assert "nur ein Block mit Namen" not in mara_client.get(start).content.decode().lower()
    for participant in Participant.objects.all()[:1]:
        services.leave_workshop(participant=participant)
    assert "Bisher bewerten nur 2 Personen." in mara_client.get(start).content.decode()


def test_the_console_discards_a_round_after_a_question(room, mara_client: Client):
    again(room)
    discard = address(room, "round_discard")
    assert f'href="{discard}"' in mara_client.get(address(room, "workshop_console")).content.decode()
    room.join("A").rate(room.stations[0], 10)
    question = mara_client.get(discard).content.decode()
    assert "Was 1 Person geantwortet hat, wird gelöscht und nie gezeigt." in question
    assert mara_client.post(discard, {"round": str(uuid4())}).status_code == 302
    assert Activity.objects.filter(round=2).exists(), "the form was about another round"
    sent = {"round": str(room.activity.code)}
    answer = mara_client.post(discard, sent, headers={"HX-Request": "true"})
    assert (answer.status_code, Activity.objects.filter(round=2).exists()) == (200, False)
    assert "Zweite Runde" in answer.content.decode()
    assert mara_client.post(discard, sent).url == address(room, "workshop_console"), "twice is once"
    assert mara_client.get(discard).url == address(room, "workshop_console")


@pytest.mark.django_db(transaction=True)
def test_a_step_that_meets_the_discarding_answers_the_console(organisation, mara):
    with member_scope(organisation):
        room = again(make_room(organisation, mara).open().reveal())
    client = client_of(mara)

    def discard() -> None:
        with member_scope(organisation):
            services.discard_round(activity=room.activity, by=mara)

    _nothing, answer = meeting(discard, lambda: client.post(address(room, "activity_pause", room.activity.code)))
    assert answer.status_code == 302
    assert client.get(answer.url).status_code == 200


def test_a_round_of_three_offers_no_discarding_and_says_why(room, mara_client: Client):
    again(room)
    room.answer([[10]] * 3)
    discard = address(room, "round_discard")
    assert discard not in mara_client.get(address(room, "workshop_console")).content.decode()
    question = mara_client.get(discard).content.decode()
    assert "haben schon 3 Personen bewertet" in question
    assert "Runde verwerfen</button>" not in question
    page = mara_client.post(discard, {"round": str(room.activity.code)}, follow=True).content.decode()
    assert "haben schon 3 Personen bewertet" in page
    assert Ballot.objects.count() == 3


def test_no_first_round_is_discarded(in_scope, mara, mara_client: Client):
    room = make_room(in_scope, mara).open()
    discard = address(room, "round_discard")
    assert discard not in mara_client.get(address(room, "workshop_console")).content.decode()
    assert mara_client.get(discard).url == address(room, "workshop_console")
    mara_client.post(discard, {"round": str(room.activity.code)})
    assert Activity.objects.get().state == ActivityState.OPEN


def test_pages_and_files_say_where_an_earlier_round_counts(room, mara_client: Client, max_client: Client):
    again(room)
    room.reveal()
    page = max_client.get(address(room, "workshop_result")).content.decode()
    assert "An den Stationen 1, 3 zeigt die letzte Runde keine Zahl." in page
    assert page.count("Es gilt Runde 1") == 4, "in the table of the stations and in that of the rounds"
    assert "Es gilt Runde 1" in max_client.get(address(room, "result_export")).content.decode()
    stations = max_client.get(address(room, "result_json")).json()["stations"]
    assert [(row["round"], [each["round"] for each in row["later_rounds"]]) for row in stations] == [
        (1, [2]), (2, []), (1, [2]),
    ]  # fmt: skip
    mara_client.post(address(room, "ist_freeze"))
    frozen = max_client.get(address(room, "baseline_detail", Baseline.objects.get().code)).content.decode()
    assert "An den Stationen 1, 3 zeigt die letzte Runde keine Zahl." in frozen


def test_who_does_not_steer_starts_nothing(room, olga: Membership):
    answer = client_of(olga).post(address(room, "round_start", room.activity.code), follow=True)
    assert "steuert" in answer.content.decode()
    assert not Activity.objects.filter(round=2).exists()


def test_the_result_page_shows_both_and_leads_to_the_first(room, max_client: Client):
    both_rounds(room)
    url = address(room, "workshop_result")
    page = max_client.get(url).content.decode()
    assert "Runde neben Runde" in page
    assert '<a href="?round=1">Runde 1</a>' in page
    assert "+167" in page
    first = max_client.get(f"{url}?round=1").content.decode()
    assert "Sie sehen das Ergebnis nach Runde 1." in first
    assert "Runde neben Runde" not in first
    for typed in ("2", "0", "99", "1000", "x", "²", "-1", ""):
        assert max_client.get(f"{url}?round={typed}").content.decode().count("Runde neben Runde") == 1, typed


def test_phone_and_projector_say_what_moved(room, mara_client: Client):
    both_rounds(room)
    board = mara_client.get(address(room, "workshop_projector")).content.decode()
    assert "Was sich seit der Runde davor am meisten bewegt hat" in board
    assert '<span class="moved nowrap"><span aria-hidden="true">▲</span> +167</span>' in board


def test_the_same_number_of_queries_with_one_and_three_rounds(room, max_client, django_assert_num_queries):
    url = address(room, "workshop_result")
    max_client.get(url)
    with django_assert_num_queries(9):
        max_client.get(url)
    both_rounds(room)
    again(room)
    room.reveal()
    with django_assert_num_queries(9):
        max_client.get(url)
    assert ActivityStation.objects.count() == 9


def test_rounds_are_told_apart_wherever_a_block_is_named(room, mara_client: Client, max_client: Client):
    again(room)
    running = "„Bewerten, verdeckt · Runde 2“ läuft und zeigt vor dem Aufdecken keinen Wert."
    for name in ("workshop_result", "result_export"):
        assert running in max_client.get(address(room, name)).content.decode(), name
    assert max_client.get(address(room, "result_json")).json()["running_block"] == {
        "title": "Bewerten, verdeckt · Runde 2"
    }
    refused = mara_client.post(address(room, "workshop_close"), follow=True).content.decode()
    assert "„Bewerten, verdeckt · Runde 2“ läuft noch." in refused
    room.reveal()
    form = max_client.get(address(room, "result_analysis")).context["filters"]
    assert [label for _code, label in form.fields["block"].choices][1:] == [
        "Bewerten, verdeckt", "Bewerten, verdeckt · Runde 2",
    ]  # fmt: skip
    about = load_workbook(BytesIO(max_client.get(address(room, "result_xlsx")).content)).worksheets[0]
    blocks = [str(row[1].value) for row in about.iter_rows() if "aufgedeckt am" in str(row[1].value)]
    assert [words.split(", aufgedeckt")[0] for words in blocks] == [
        "Bewerten, verdeckt", "Bewerten, verdeckt · Runde 2",
    ]  # fmt: skip
