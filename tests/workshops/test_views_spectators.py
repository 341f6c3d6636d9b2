"""Members who will only watch, marked in the plan before they join."""

import pytest

from accounts.tenancy import member_scope
from tests.workshops.pages import room_of, url
from workshops import services
from workshops.models import Participant, WorkshopSpectator

pytestmark = pytest.mark.django_db


def tick(client, room, *members, before=()):
    codes = {"spectators": [member.code for member in members], "before": [member.code for member in before]}
    return client.post(url("workshop_spectators", room.workshop.code), codes)


def marked(room):
    rows = WorkshopSpectator._base_manager.filter(workshop=room.workshop)
    return {row.membership_id for row in rows}


def join(organisation, room, member):
    with member_scope(organisation):
        return services.join_workshop(workshop=room.workshop, membership=member, name="Chefin")


def test_plan_lists_members_who_have_not_joined_and_marks_first(mara_client, organisation, mara, emil, max):
    room = room_of(organisation, mara)
    tick(mara_client, room, max)
    join(organisation, room, emil)

    plan = mara_client.get(url("workshop_detail", room.workshop.code)).context["plan"]

    assert [(member.code, member.only_watches) for member in plan.expected] == [(max.code, True), (mara.code, False)]


def test_a_mark_counts_when_the_member_joins_and_only_then(mara_client, organisation, mara, max):
    room = room_of(organisation, mara)
    tick(mara_client, room, max)

    participant = join(organisation, room, max)
    with member_scope(organisation):
        services.set_does_not_rate(participant=participant, value=False, by=mara)
    back = join(organisation, room, max)

    assert (participant.does_not_rate, back.does_not_rate) == (True, False)


def test_a_member_without_a_mark_rates(mara_client, organisation, mara, max, emil):
    room = room_of(organisation, mara)
    tick(mara_client, room, max)

    assert join(organisation, room, emil).does_not_rate is False


def test_two_moderators_who_tick_at_once_both_keep_what_they_changed(mara_client, organisation, mara, max, emil):
    room = room_of(organisation, mara)
    tick(mara_client, room, max)

    tick(mara_client, room, max, emil, before=[max])
    tick(mara_client, room, before=[max])

    assert marked(room) == {emil.pk}


def test_a_mark_for_somebody_who_joined_meanwhile_counts_at_once(mara_client, organisation, mara, max):
    room = room_of(organisation, mara)
    participant = join(organisation, room, max)

    tick(mara_client, room, max)

    assert Participant._base_manager.get(pk=participant.pk).does_not_rate is True


def test_marks_twice_or_of_strangers_change_nothing(mara_client, organisation, mara, max, fremd):
    room = room_of(organisation, mara)

    answers = [tick(mara_client, room, max, fremd) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [url("workshop_detail", room.workshop.code)] * 2
    assert marked(room) == {max.pk}


def test_marks_of_a_closed_workshop_are_refused_with_a_sentence(mara_client, organisation, mara, max):
    room = room_of(organisation, mara)
    with member_scope(organisation):
        services.close_workshop(workshop=room.workshop, by=mara)

    answer = mara_client.post(url("workshop_spectators", room.workshop.code), {"spectators": [max.code]}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == ["Dieser Workshop ist geschlossen."]
    assert marked(room) == set()


def test_marks_are_for_moderators(max_client, emil_client, fremd_client, mara_client, organisation, mara, max):
    room = room_of(organisation, mara)

    answers = [tick(client, room, max).status_code for client in (max_client, emil_client, fremd_client)]

    assert answers == [403, 403, 404]
    assert mara_client.get(url("workshop_spectators", room.workshop.code)).status_code == 405
    assert marked(room) == set()


def test_plan_asks_for_the_same_queries_however_many_are_marked(
    mara_client, organisation, mara, max, emil, olga, django_assert_num_queries
):
    room = room_of(organisation, mara)
    for members in ([max], [max, emil, olga]):
        tick(mara_client, room, *members)
        mara_client.get(url("workshop_detail", room.workshop.code))  # takes the message away
        with django_assert_num_queries(11):
            mara_client.get(url("workshop_detail", room.workshop.code))
