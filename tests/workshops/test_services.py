"""Planning, the course of a block, who steers, who is in the room, and what is frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Department, Membership, Organisation
from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, JourneyFactory, MembershipFactory, OrganisationFactory, StationFactory
from tests.workshops.support import Room, make_path, make_room
from touchpoints.models import Touchpoint
from workshops import services, tasks
from workshops.enums import ActivityState, Step, WorkshopState
from workshops.models import Activity, ActivityStation, Baseline, Cycle, Participant, Workshop
from workshops.queries import (
    activity_result,
    fewer_than_three_here,
    frozen_result,
    people_here,
    room_state,
    workshop_result,
)
from workshops.queries.counts import Stage
from workshops.services import ActionRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    return make_room(in_scope, mara)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        call()
    assert caught.value.message == str(caught.value)
    return caught.value.message


def plan(room: Room, **facts: object) -> Activity:
    given = {"title": "Zwei", "stations": room.path, "is_named": False, "asks_reason": True, "minutes": 5}
    return services.plan_activity(workshop=room.workshop, by=room.mara, **{**given, **facts})


# --- workshops ------------------------------------------------------------------------------------------------------


def test_creating_twice_is_one_workshop_in_the_first_cycle(in_scope, mara):
    journey, _path = make_path(in_scope)
    given = {"journey": journey, "title": "Ist", "planned_for": None, "code": uuid4(), "by": mara}
    first = services.create_workshop(**given)
    again = services.create_workshop(**given)
    assert (first, first.cycle.number, first.cycle.step) == (again, 1, Step.IST)
    assert Workshop.objects.count() == Cycle.objects.count() == 1
    assert first.organisation == in_scope


def test_a_second_ist_workshop_shares_the_cycle_and_one_after_the_ist_opens_the_next(room, mara):
    journey = room.workshop.cycle.journey
    second = services.create_workshop(journey=journey, title="Zwei", planned_for=None, code=uuid4(), by=mara)
    assert second.cycle == room.workshop.cycle
    Cycle.objects.update(step=Step.SOLL)
    third = services.create_workshop(journey=journey, title="Drei", planned_for=None, code=uuid4(), by=mara)
    assert third.cycle.number == 2


def test_a_code_of_another_organisation_is_replaced_by_one_of_our_own(in_scope, mara):
    other = OrganisationFactory()
    with member_scope(other):
        taken = make_room(other, MembershipFactory(organisation=other)).workshop.code
    journey, _path = make_path(in_scope)
    created = services.create_workshop(journey=journey, title="Ist", planned_for=None, code=taken, by=mara)
    assert (created.organisation, created.title) == (in_scope, "Ist")
    assert created.code != taken


@pytest.mark.parametrize("title", ["", "x" * 161])
def test_a_title_that_does_not_fit_is_refused(in_scope, mara, title):
    journey, _path = make_path(in_scope)
    with pytest.raises(ValidationError):
        services.create_workshop(journey=journey, title=title, planned_for=None, code=uuid4(), by=mara)


def test_a_workshop_is_renamed_and_moved(room, mara):
    when = timezone.now()
    services.update_workshop(workshop=room.workshop, title="Neu", planned_for=when, version=1, by=mara)
    room.workshop.refresh_from_db()
    assert (room.workshop.title, room.workshop.planned_for) == ("Neu", when)


def test_closing_ends_the_room_and_twice_changes_nothing(room, mara):
    closed = services.close_workshop(workshop=room.workshop, by=mara)
    again = services.close_workshop(workshop=room.workshop, by=mara)
    assert (closed.state, closed.closed_at) == (WorkshopState.CLOSED, again.closed_at)
    assert room_state(room.workshop).stage == Stage.CLOSED
    refused(lambda: services.join_workshop(workshop=room.workshop, token="t"))
    refused(lambda: services.open_activity(activity=room.activity, by=mara))
    refused(lambda: services.take_over(workshop=room.workshop, by=mara))
    refused(lambda: plan(room))
    refused(lambda: services.remove_activity(activity=room.activity, by=mara))


def test_a_running_block_keeps_the_workshop_open(room, mara):
    room.open()
    assert room.activity.title in refused(lambda: services.close_workshop(workshop=room.workshop, by=mara))
    assert room.activity.title in refused(lambda: services.freeze_ist(workshop=room.workshop, by=mara))


# --- the plan -------------------------------------------------------------------------------------------------------


def test_a_block_copies_the_words_and_takes_its_place(room, in_scope):
    department = DepartmentFactory(organisation=in_scope, name="Vertrieb")
    callers = DepartmentFactory(organisation=in_scope, name="Callcenter Nord", kind=Department.Kind.PROVIDER)
    touchpoint = room.path[1].touchpoint
    touchpoint.department, touchpoint.description, touchpoint.criticality = department, "Du wartest.", 3
    touchpoint.save()
    Touchpoint.objects.filter(pk=room.path[2].touchpoint_id).update(department=callers)
    second = plan(room, stations=[room.path[2], room.path[1]])
    assert (room.activity.position, second.position) == (0, 1)
    copies = list(ActivityStation.objects.filter(activity=second).order_by("position"))
    assert [(row.name, row.position) for row in copies] == [("Station 2", 1), ("Station 3", 2)]
    assert (copies[0].prompt, copies[0].department_name, copies[0].criticality) == ("Du wartest.", "Vertrieb", 3)
    assert [(row.department_name, row.by_provider) for row in copies] == [
        ("Vertrieb", False), ("Callcenter Nord", True),
    ]  # fmt: skip
    assert [row.by_provider for row in room.stations] == [None] * 3


def test_planning_twice_with_one_code_is_one_block(room):
    code = uuid4()
    assert plan(room, code=code) == plan(room, code=code)
    assert Activity.objects.count() == 2


def test_a_block_needs_stations_of_its_journey(room, in_scope):
    refused(lambda: plan(room, stations=[]))
    refused(lambda: plan(room, stations=[StationFactory(journey=JourneyFactory(organisation=in_scope))]))


def test_a_block_is_changed_and_removed_until_it_opens(room, mara):
    facts = {"title": "Kurz", "is_named": True, "asks_reason": False, "minutes": 3, "mode": "full", "by": mara}
    facts["version"] = 1
    services.update_activity(activity=room.activity, stations=room.path[:1], **facts)
    assert [row.name for row in room.stations] == ["Station 1"]
    second = plan(room)
    services.remove_activity(activity=second, by=mara)
    room.open()
    refused(lambda: services.update_activity(activity=room.activity, stations=room.path, **facts))
    refused(lambda: services.remove_activity(activity=room.activity, by=mara))
    assert (Activity.objects.get().minutes, Activity.objects.get().mode) == (3, "full")


# --- the course -----------------------------------------------------------------------------------------------------


def test_opening_refreshes_the_words_starts_the_timer_and_hides_the_result(room, mara):
    room.open().answer([[0, 5, 10]] * 3)
    room.reveal()
    second = plan(room)
    type(room.path[0].touchpoint).objects.filter(pk=room.path[0].touchpoint_id).update(name="Neuer Name")
    before = timezone.now()
    opened = services.open_activity(activity=second, by=mara)
    assert before <= opened.ends_at - timedelta(minutes=5) <= timezone.now()
    assert ActivityStation.objects.filter(activity=second).order_by("position").first().name == "Neuer Name"
    assert Workshop.objects.get().shown_activity is None
    # What was rated keeps the words of its day.
    assert room.stations[0].name == "Station 1"


def test_opening_twice_changes_nothing_and_a_second_block_waits(room, mara):
    room.open()
    ends_at = room.activity.ends_at
    room.open()
    assert room.activity.ends_at == ends_at
    second = plan(room)
    assert room.activity.title in refused(lambda: services.open_activity(activity=second, by=mara))
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=second.pk).update(state=ActivityState.OPEN)


def test_a_revealed_block_never_opens_again(room, mara):
    room.open().reveal()
    refused(lambda: services.open_activity(activity=room.activity, by=mara))
    refused(lambda: services.pause_activity(activity=room.activity, by=mara))
    refused(lambda: services.resume_activity(activity=room.activity, by=mara))
    refused(lambda: services.extend_activity(activity=room.activity, by=mara))


def test_a_planned_block_is_not_revealed(room, mara):
    refused(lambda: services.reveal_activity(activity=room.activity, by=mara))
    refused(lambda: services.show_result(activity=room.activity, by=mara))


def test_stations_that_left_the_journey_are_not_rated(room, mara):
    room.path[0].delete()
    room.open()
    assert [row.name for row in room.stations] == ["Station 2", "Station 3"]


def test_a_block_without_any_station_left_does_not_open(room, mara):
    for station in room.path:
        station.delete()
    refused(room.open)


def test_the_timer_pauses_goes_on_and_is_extended(room, mara):
    room.open()
    activity = Activity.objects.get()
    ends_at = timezone.now() + timedelta(seconds=100)
    Activity.objects.update(ends_at=ends_at)
    before = timezone.now()
    paused = services.pause_activity(activity=activity, by=mara)
    left = paused.seconds_left
    assert (paused.state, paused.ends_at) == (ActivityState.PAUSED, None)
    half = timedelta(seconds=0.5)  # whole seconds, rounded
    assert before - half <= ends_at - timedelta(seconds=left) <= timezone.now() + half
    assert services.pause_activity(activity=activity, by=mara).seconds_left == left
    assert room_state(room.workshop).timer.left == f"{left // 60:02}:{left % 60:02}"
    assert services.extend_activity(activity=activity, by=mara).seconds_left == left + 60
    before = timezone.now()
    running = services.resume_activity(activity=activity, by=mara)
    assert before <= running.ends_at - timedelta(seconds=left + 60) <= timezone.now()
    assert services.resume_activity(activity=activity, by=mara).ends_at == running.ends_at


def test_a_timer_that_has_run_out_is_extended_from_now(room, mara):
    room.open()
    Activity.objects.update(ends_at=timezone.now() - timedelta(minutes=5))
    assert room_state(room.workshop).timer.is_over is True
    before = timezone.now()
    ends_at = services.extend_activity(activity=room.activity, by=mara).ends_at
    assert before <= ends_at - timedelta(seconds=60) <= timezone.now()
    longest = services.extend_activity(activity=room.activity, by=mara, seconds=10**9)
    assert before <= longest.ends_at - timedelta(hours=12) <= timezone.now()


def test_reveal_shows_the_result_and_counts_who_rated(room, mara):
    room.open().answer([[0, 5, 10], [0, 5, None], [10, 5, None]])
    room.join("Sagt nichts")
    room.reveal()
    assert (room.activity.state, room.activity.raters, room.activity.ends_at) == (ActivityState.REVEALED, 3, None)
    state = room_state(room.workshop)
    assert (state.stage, state.result.figures.raters) == (Stage.RESULT, 3)
    revealed_at = room.activity.revealed_at
    assert room.reveal().activity.revealed_at == revealed_at


def test_results_are_shown_and_hidden_while_nothing_runs(room, mara):
    room.open().reveal()
    services.hide_result(workshop=room.workshop, by=mara)
    assert room_state(room.workshop).stage == Stage.WAITING
    services.show_result(activity=room.activity, by=mara)
    assert room_state(room.workshop).shown.title == room.activity.title
    services.open_activity(activity=plan(room), by=mara)
    refused(lambda: services.show_result(activity=room.activity, by=mara))


# --- who steers -----------------------------------------------------------------------------------------------------


def test_the_first_console_steers_and_others_take_over(room, mara, olga):
    assert services.begin_steering(workshop=room.workshop, by=mara).steered_by == mara
    assert services.begin_steering(workshop=room.workshop, by=olga).steered_by == mara
    assert "Mara" in refused(lambda: services.open_activity(activity=room.activity, by=olga))
    services.take_over(workshop=room.workshop, by=olga)
    assert "Olga" in refused(lambda: services.open_activity(activity=room.activity, by=mara))
    assert services.open_activity(activity=room.activity, by=olga).is_running
    version = Workshop.objects.get().version
    services.take_over(workshop=room.workshop, by=olga)
    assert Workshop.objects.get().version == version


def test_a_closed_workshop_is_steered_by_nobody_new(room, mara, olga):
    services.begin_steering(workshop=room.workshop, by=mara)
    Workshop.objects.update(steered_by=None)
    Workshop.objects.update(state=WorkshopState.CLOSED, closed_at=timezone.now())
    assert services.begin_steering(workshop=room.workshop, by=olga).steered_by is None


# --- people ---------------------------------------------------------------------------------------------------------


def test_joining_twice_is_one_participant(room, emil):
    for _time in range(2):
        services.join_workshop(workshop=room.workshop, membership=emil, name="Emil")
        services.join_workshop(workshop=room.workshop, token="abc", name=" Gast ")
    assert set(Participant.objects.values_list("name", "membership")) == {("Emil", emil.pk), ("Gast", None)}
    assert Participant.objects.count() == 2
    guest = Participant.objects.get(membership=None)
    assert (guest.name, guest.token_hash) == ("Gast", services.hash_token("abc"))


def test_somebody_joins_by_one_of_two_ways(room, emil):
    for both in ({}, {"membership": emil, "token": "abc"}):
        with pytest.raises(ValueError, match="A member joins by membership"):
            services.join_workshop(workshop=room.workshop, **both)


def test_leaving_and_coming_back(room):
    phone = room.join(token="abc")
    left = services.leave_workshop(participant=phone.participant)
    assert left.takes_part is False
    assert services.leave_workshop(participant=phone.participant).left_at == left.left_at
    assert room_state(room.workshop).in_room == 0
    assert services.join_workshop(workshop=room.workshop, token="abc").takes_part is True


def test_who_was_removed_stays_out(room, mara):
    phone = room.join(token="abc")
    services.remove_participant(participant=phone.participant, by=mara)
    refused(lambda: services.join_workshop(workshop=room.workshop, token="abc"))


def test_a_name_that_does_not_fit_is_refused(room):
    with pytest.raises(ValidationError):
        room.join("x" * 81)


def test_finished_is_counted_against_those_who_rate_and_are_there(room, mara):
    room.open()
    done, open_, watching, leaving = (room.join(f"P{number}") for number in range(4))
    for phone in (done, leaving):
        for station in room.stations:
            phone.rate(station, 5)
    services.set_does_not_rate(participant=watching.participant, value=True, by=mara)
    services.set_does_not_rate(participant=watching.participant, value=True, by=mara)
    services.leave_workshop(participant=leaving.participant)
    state = room_state(room.workshop)
    assert (state.in_room, state.joined, state.finished, state.open_count) == (3, 2, 1, 1)
    assert state.finished_percent == "50"
    people = people_here(room.workshop)
    assert [(person.name, person.finished) for person in people.people] == [("P0", True), ("P1", False), ("P2", None)]
    assert [person.name for person in people.open] == [open_.participant.name]
    assert fewer_than_three_here(room.workshop) is True
    room.join()
    assert fewer_than_three_here(room.workshop) is False


def test_people_are_named_and_counted_by_department(room, emil, in_scope):
    sales, service = (DepartmentFactory(organisation=in_scope, name=name) for name in ("Vertrieb", "Service"))
    services.join_workshop(workshop=room.workshop, membership=emil, department=sales)
    room.join("", token="1", department=service)
    room.join("Zoe", token="2", department=service)
    room.join("ana", token="3")
    assert [person.name for person in people_here(room.workshop).people] == ["ana", "Emil", "Zoe", ""]
    counted = [(row.name, row.count) for row in room_state(room.workshop).departments]
    assert counted == [("Service", 2), ("Vertrieb", 1), ("", 1)]


def test_a_sign_of_life_counts_every_half_minute(room):
    phone = room.join()
    seen = Participant.objects.get().last_seen_at
    services.mark_seen(participant=phone.participant)
    assert Participant.objects.get().last_seen_at == seen
    assert people_here(room.workshop).here == 1
    Participant.objects.update(last_seen_at=timezone.now() - timedelta(minutes=3))
    assert people_here(room.workshop).here == 0
    assert room_state(room.workshop).joined == 1
    services.mark_seen(participant=phone.participant)
    assert people_here(room.workshop).here == 1


def test_a_rating_is_no_sign_of_life(room):
    room.open()
    phone = room.join()
    long_ago = timezone.now() - timedelta(minutes=3)
    Participant.objects.update(last_seen_at=long_ago)
    phone.rate(room.stations[0], 5)
    assert Participant.objects.get().last_seen_at == long_ago


def hours_kept() -> set[time]:
    """The times of day that stand in the list of participants."""
    values = [value for row in Participant.objects.values() for value in row.values()]
    return {value.time() for value in values if isinstance(value, datetime)}


def test_of_coming_and_going_only_the_day_is_kept_once_the_workshop_is_closed(room, mara):
    """An hour would stand beside what happened in a block at that time."""
    left, removed, stays = room.join("Anna"), room.join("Ben"), room.join("Cem")
    services.leave_workshop(participant=left.participant)
    services.remove_participant(participant=removed.participant, by=mara)
    rows = Participant.objects.in_bulk()
    assert rows[left.participant.pk].left_at == rows[removed.participant.pk].removed_at == timezone.localdate()
    # While it is open the moderator is told who is here, and nothing else has an hour.
    long_ago = timezone.now() - timedelta(days=2)
    Participant.objects.update(last_seen_at=long_ago)
    assert hours_kept() == {long_ago.time()}

    services.close_workshop(workshop=room.workshop, by=mara)
    services.mark_seen(participant=stays.participant)

    assert hours_kept() == {time(0)}
    assert {row.last_seen_at.date() for row in Participant.objects.all()} == {long_ago.date()}


def test_a_workshop_that_nobody_closed_loses_the_hours_with_the_names(room, in_scope):
    room.join("Gast")
    Workshop.objects.update(created_at=timezone.now() - timedelta(days=90))
    Participant.objects.update(last_seen_at=timezone.now() - timedelta(days=40))
    services.erase_guests(organisation=in_scope)
    assert hours_kept() == {time(0)}


@pytest.mark.parametrize(("days", "erased"), [(29, 0), (31, 1)])
def test_guests_are_forgotten_after_the_organisations_days(room, mara, emil, days, erased):
    room.join("Gast")
    services.join_workshop(workshop=room.workshop, membership=emil, name="Emil")
    services.close_workshop(workshop=room.workshop, by=mara)
    Workshop.objects.update(closed_at=timezone.now() - timedelta(days=days))
    tasks.erase_guests(organisation_id=mara.organisation_id)
    assert Participant.objects.filter(name="", token_hash="", membership=None).count() == erased
    assert Participant.objects.get(membership=emil).name == "Emil"
    assert Workshop.objects.filter(guests_erased_at__isnull=False).count() == erased


def test_a_workshop_that_nobody_closed_ends_with_its_last_sign_of_life(room, in_scope):
    room.join("Gast")
    Workshop.objects.update(created_at=timezone.now() - timedelta(days=90))
    assert services.erase_guests(organisation=in_scope) == 0
    Participant.objects.update(last_seen_at=timezone.now() - timedelta(days=40))
    assert services.erase_guests(organisation=in_scope) == 1
    assert services.erase_guests(organisation=in_scope) == 0


# --- the Ist --------------------------------------------------------------------------------------------------------


def test_freezing_closes_keeps_and_leads_on(room, mara):
    room.open().answer([[0, 5, 10], [0, 5, None], [0, 0, None], [10, 5, 5]])
    phone = room.join()
    phone.rate(room.stations[0], 0, reason="Zu laut")
    room.reveal()
    live = workshop_result(room.workshop)
    baseline = services.freeze_ist(workshop=room.workshop, by=mara)
    assert services.freeze_ist(workshop=room.workshop, by=mara) == baseline
    workshop = Workshop.objects.select_related("cycle").get()
    assert (workshop.state, workshop.cycle.step) == (WorkshopState.CLOSED, Step.SOLL)
    stored = Baseline.objects.get()
    assert frozen_result(stored) == live
    assert frozen_result(stored).stations[0].reasons[0].text == "Zu laut"
    assert stored.document["formula_version"] == 2
    assert stored.document["questions"].keys() == {"de", "en"}
    assert stored.document["questions"]["de"]["scales"]["importance"] == {
        "question": "Wie wichtig ist ihnen diese Station?",
        "low": "unwichtig",
        "high": "entscheidend",
    }
    assert stored.document["persona"]["name"] == room.workshop.cycle.journey.persona.name
    # Later edits change nothing of it.
    type(room.path[0].touchpoint).objects.update(name="Umbenannt")
    ActivityStation.objects.update(name="Umbenannt")
    assert frozen_result(Baseline.objects.get()).stations[0].name == "Station 1"


def test_a_closed_workshop_can_still_be_frozen(room, mara):
    room.open().answer([[0, 5, 10]] * 3)
    room.reveal()
    services.close_workshop(workshop=room.workshop, by=mara)
    closed_at = Workshop.objects.get().closed_at
    services.freeze_ist(workshop=room.workshop, by=mara)
    assert Workshop.objects.get().closed_at == closed_at


def test_nothing_revealed_is_nothing_to_freeze(room, mara):
    refused(lambda: services.freeze_ist(workshop=room.workshop, by=mara))
    with pytest.raises(ValueError, match="no result before"):
        activity_result(room.activity)
