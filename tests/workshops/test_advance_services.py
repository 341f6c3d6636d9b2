"""A block in advance below the views: opened, moved, ended, refused after its deadline, and announced once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from tests.factories import ActivityFactory, MembershipFactory
from tests.workshops.advance import in_advance, pass_deadline, refreshed
from tests.workshops.pages import room_of
from tests.workshops.test_fragments import hints
from workshops import services
from workshops.deadlines import deadline_words, suggested_deadline
from workshops.enums import ActivityState
from workshops.live import EVERYTHING, versions
from workshops.live.versions import read_versions
from workshops.models import Activity, Participation, Workshop
from workshops.queries import people_here, read_counts, room_state
from workshops.queries.counts import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(organisation, mara, in_scope):
    return in_advance(organisation, mara)


def version_of(room):
    return Workshop.objects.values_list("version", flat=True).get(pk=room.workshop.pk)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_block_in_advance_has_a_deadline_and_no_timer(room):
    assert (room.activity.state, room.activity.ends_at) == (ActivityState.OPEN, None)
    assert timedelta(hours=23) < room.activity.answers_until - timezone.now() <= timedelta(hours=24)


def test_planned_deadline_opens_in_advance(organisation, mara, in_scope):
    room = room_of(organisation, mara)
    until = timezone.now() + timedelta(days=2)
    services.update_activity(
        activity=room.activity,
        title="Vorab",
        stations=room.path,
        is_named=False,
        asks_reason=True,
        minutes=20,
        mode="quick",
        answers_until=until,
        version=1,
        by=mara,
    )

    opened = services.open_activity(activity=room.activity, by=mara)

    assert (opened.answers_until, opened.ends_at) == (until, None)


def test_planned_deadline_that_has_passed_opens_only_for_the_meeting(organisation, mara, in_scope):
    room = pass_deadline(room_of(organisation, mara))

    with pytest.raises(services.ActionRefused, match="Frist von"), translation.override("de"):
        services.open_activity(activity=room.activity, by=mara)
    opened = services.open_activity(activity=room.activity, by=mara, in_meeting=True)

    assert (opened.state, opened.answers_until) == (ActivityState.OPEN, None)
    assert opened.ends_at is not None


@pytest.mark.parametrize(
    ("delta", "sentence"),
    [(timedelta(0), "This moment has passed"), (timedelta(days=60, minutes=1), "at most 60 days")],
)
def test_deadline_lies_ahead_but_not_too_far(organisation, mara, in_scope, delta, sentence):
    room = room_of(organisation, mara)

    with translation.override("en"), pytest.raises(services.ActionRefused, match=sentence):
        services.open_in_advance(activity=room.activity, until=timezone.now() + delta, by=mara)

    assert refreshed(room).activity.state == ActivityState.PLANNED


def test_opening_twice_keeps_the_first_deadline(room, mara):
    again = services.open_in_advance(activity=room.activity, until=timezone.now() + timedelta(days=5), by=mara)

    assert again.answers_until == room.activity.answers_until


def test_another_block_waits_until_this_one_is_revealed(room, mara):
    other = services.plan_activity(
        workshop=room.workshop, title="Zwei", stations=room.path, is_named=False, asks_reason=True, minutes=5, by=mara
    )

    with translation.override("de"):
        with pytest.raises(services.ActionRefused, match=r"ist im Voraus geöffnet, bis .* Decken Sie erst auf"):
            services.open_activity(activity=other, by=mara)
        pass_deadline(room)
        with pytest.raises(services.ActionRefused, match=r"war im Voraus geöffnet, bis .* Decken Sie erst auf"):
            services.open_activity(activity=other, by=mara)
    services.reveal_activity(activity=room.activity, by=mara)

    assert services.open_activity(activity=other, by=mara).state == ActivityState.OPEN


@pytest.mark.parametrize("step", [services.pause_activity, services.extend_activity])
def test_block_without_timer_neither_pauses_nor_gets_a_minute(room, mara, step):
    with translation.override("en"), pytest.raises(services.ActionRefused, match="has no timer"):
        step(activity=room.activity, by=mara)


def test_database_knows_no_pause_in_advance():
    with pytest.raises(IntegrityError, match="activity_in_advance_never_pauses"), transaction.atomic():
        ActivityFactory(state=ActivityState.PAUSED, answers_until=timezone.now())


# --- the deadline moves ----------------------------------------------------------------------------------------------


def test_deadline_moves_once_and_everybody_is_told(room, mara):
    later = timezone.now() + timedelta(days=3)
    before = version_of(room)

    services.change_deadline(activity=room.activity, until=later, by=mara)
    services.change_deadline(activity=room.activity, until=later, by=mara)

    assert refreshed(room).activity.answers_until == later
    assert version_of(room) == before + 1


def test_later_deadline_takes_answers_again(room, mara):
    phone = room.join()
    services.end_answers(activity=room.activity, by=mara)
    with pytest.raises(services.RatingRefused):
        phone.rate(room.stations[0], 5)

    services.change_deadline(activity=room.activity, until=timezone.now() + timedelta(hours=1), by=mara)

    assert phone.rate(room.stations[0], 5).answered == 1
    assert refreshed(room).activity.deadline_noted is False


def test_ending_early_twice_ends_once(room, mara):
    services.end_answers(activity=room.activity, by=mara)
    ended, version = refreshed(room).activity.answers_until, version_of(room)

    services.end_answers(activity=room.activity, by=mara)

    assert (refreshed(room).activity.answers_until, version_of(room)) == (ended, version)
    assert room_state(room.workshop).stage == Stage.ENDED


def test_only_who_steers_moves_the_deadline(room, organisation):
    other = MembershipFactory(organisation=organisation, role="moderator")

    for act in (
        lambda: services.change_deadline(activity=room.activity, until=timezone.now() + timedelta(days=1), by=other),
        lambda: services.end_answers(activity=room.activity, by=other),
    ):
        with translation.override("en"), pytest.raises(services.ActionRefused, match="is steering now"):
            act()


def test_block_in_the_meeting_has_no_deadline_to_move(organisation, mara, in_scope):
    room = room_of(organisation, mara, state="open")

    with translation.override("en"), pytest.raises(services.ActionRefused, match="has no deadline"):
        services.end_answers(activity=room.activity, by=mara)
    with translation.override("en"), pytest.raises(services.ActionRefused, match="is not running"):
        services.end_answers(activity=room.reveal().activity, by=mara)


# --- after it --------------------------------------------------------------------------------------------------------


def test_tap_after_the_deadline_is_refused_and_changes_nothing(room):
    phone = room.join()
    phone.rate(room.stations[0], 10)
    pass_deadline(room)

    with translation.override("de"), pytest.raises(services.RatingRefused, match="Die Frist ist abgelaufen") as refusal:
        phone.rate(room.stations[0], 0, reason="zu spät")

    assert refusal.value.code == "deadline"
    room.reveal()
    tally = room.stations[0].tallies.get()
    assert (tally.delighting, tally.disappointing, tally.reasons) == (1, 0, [])


def test_reveal_comes_before_or_after_the_deadline(room, mara):
    room.answer([[10, 5, 0]] * 3)

    revealed = services.reveal_activity(activity=room.activity, by=mara)

    assert (revealed.state, revealed.raters) == (ActivityState.REVEALED, 3)


# --- who tells it ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_whoever_looks_first_after_the_deadline_tells_everybody_once(organisation, mara, in_scope):
    room = pass_deadline(in_advance(organisation, mara))
    before = version_of(room)

    with hints() as published:
        first = read_versions([room.workshop.pk])
        second = read_versions([room.workshop.pk])

    assert first == second == {room.workshop.pk: before + 1}
    assert published == [
        {"workshop": room.workshop.pk, "version": before + 1, "fragments": sorted(EVERYTHING)},
    ]
    assert refreshed(room).activity.deadline_noted is True


def test_looking_before_the_deadline_changes_nothing_and_costs_one_query(room, django_assert_num_queries):
    before = version_of(room)

    with django_assert_num_queries(1):
        assert read_versions([room.workshop.pk]) == {room.workshop.pk: before}


def test_second_who_looks_at_the_same_moment_finds_it_noted(room):
    pass_deadline(room)
    read_versions([room.workshop.pk])
    before = version_of(room)

    versions.note_deadlines([room.workshop.pk])

    assert version_of(room) == before


# --- counts ----------------------------------------------------------------------------------------------------------


def test_counts_say_who_has_begun_and_finished_in_both_readings(room):
    phones = [room.join(f"P{number}") for number in range(4)]
    for phone in phones[:3]:
        phone.rate(room.stations[0], 5)
    for station in room.stations:
        phones[0].rate(station, 10)

    state, counts = room_state(room.workshop), read_counts(room.workshop.pk)

    for read in (state, counts):
        assert (read.started, read.finished, read.joined, read.in_advance) == (3, 1, 4, True)
    assert (state.stage, counts.stage) == (Stage.RUNNING, Stage.RUNNING)
    pass_deadline(room)
    assert (room_state(room.workshop).stage, read_counts(room.workshop.pk).stage) == (Stage.ENDED, Stage.ENDED)


def test_first_answer_in_advance_is_announced_and_the_second_is_not(room):
    phone = room.join()
    before = version_of(room)

    phone.rate(room.stations[0], 5)
    phone.rate(room.stations[1], 5)

    assert version_of(room) == before + 1


def test_block_in_the_meeting_counts_nobody_who_has_begun(organisation, mara, in_scope):
    room = room_of(organisation, mara, people=2, state="open")

    counts = read_counts(room.workshop.pk)

    assert (counts.started, counts.finished, counts.in_advance) == (0, 2, False)
    assert room_state(room.workshop).started == 0


def test_nobody_needs_to_be_here_in_advance(room):
    begun, silent = room.join("Anna"), room.join("Berta")
    begun.rate(room.stations[0], 5)

    people = people_here(room.workshop)

    assert [(each.name, each.here, each.begun, each.finished) for each in people.people] == [
        ("Anna", None, True, False),
        ("Berta", None, False, False),
    ]
    assert (people.here, silent.participant.takes_part) == (0, True)


def test_guests_are_not_forgotten_before_the_deadline(room, organisation):
    organisation.guest_days = 1
    organisation.save()
    guest = room.join("Anna").participant
    long_ago = timezone.now() - timedelta(days=3)
    type(guest).objects.update(last_seen_at=long_ago)
    Workshop.objects.update(created_at=long_ago)
    Activity.objects.update(answers_until=timezone.now() + timedelta(days=9))

    assert services.erase_guests(organisation=organisation) == 0
    Activity.objects.update(answers_until=timezone.now() - timedelta(days=2))
    assert services.erase_guests(organisation=organisation) == 1
    assert Participation.objects.count() == 0


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Dienstag, 24. November, 18:00"), ("en", "Tuesday, 24 November, 18:00")]
)
def test_deadline_reads_as_one_says_it(language, words):
    with translation.override(language), timezone.override("Europe/Berlin"):
        assert deadline_words(datetime(2026, 11, 24, 17, 0, tzinfo=UTC)) == words


def test_suggestion_is_the_evening_before_the_meeting_or_tomorrow():
    with timezone.override("Europe/Berlin"):
        zone = ZoneInfo("Europe/Berlin")
        now = timezone.localtime()
        meeting = datetime.combine(now.date() + timedelta(days=5), now.time(), tzinfo=zone)
        tomorrow = now.date() + timedelta(days=1)

        found = [suggested_deadline(when) for when in (meeting, now - timedelta(days=9), None)]

        assert [(each.date(), each.hour, each.minute) for each in found] == [
            (now.date() + timedelta(days=4), 18, 0),
            (tomorrow, 18, 0),
            (tomorrow, 18, 0),
        ]
