"""Full mode below the views: six scales a station, saved tap by tap, and counted one by one at reveal."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.models import Membership, Organisation
from tests.answers import counted, given
from tests.workshops.support import Phone, Room, make_room
from workshops import services
from workshops.enums import Drawer, Mode, Scale
from workshops.models import Ballot, Participation, StationTally
from workshops.queries import activity_result, ballot_state, named_answers
from workshops.services import RatingRefused, SavedRating

pytestmark = pytest.mark.django_db

ALL = {"experience": 7, "expectation": 8, "importance": 9, "purchase": 0, "repurchase": 10, "recommendation": 4}


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    return make_room(in_scope, mara, mode=Mode.FULL).open()


@pytest.fixture
def phone(room: Room) -> Phone:
    return room.join("Anna")


def entry() -> dict[str, object]:
    """The only answer of the only ballot, as it is stored."""
    [answer] = Ballot.objects.get().answers.values()
    return answer


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(RatingRefused) as caught, transaction.atomic():
        call()
    return caught.value.code, caught.value.message


def finished() -> list[bool]:
    return list(Participation.objects.values_list("finished", flat=True))


# --- one tap ---------------------------------------------------------------------------------------------------------


def test_each_tap_is_saved_beside_those_before(room, phone):
    first, *_rest = room.stations
    assert phone.rate(first, scales={"expectation": 8}) == SavedRating(finished=False, answered=0, total=3)
    assert entry() == {"scales": {"expectation": 8}, "drawer": None, "cannot_judge": False, "reason": ""}
    phone.rate(first, scales={"experience": 3})
    phone.rate(first, scales={"experience": 7, "importance": 0})
    assert entry() == {
        "scales": {"expectation": 8, "experience": 7, "importance": 0},
        "drawer": 10,
        "cannot_judge": False,
        "reason": "",
    }


def test_a_station_is_answered_with_all_six(room, phone):
    first, *_rest = room.stations
    for answered, (scale, value) in zip([0, 0, 0, 0, 0, 1], ALL.items(), strict=True):
        assert phone.rate(first, scales={scale: value}).answered == answered
    assert phone.rate(first, scales={"purchase": 5}) == SavedRating(finished=False, answered=1, total=3)
    assert entry()["scales"] == ALL | {"purchase": 5}


@pytest.mark.parametrize(
    "kept",
    [
        {"drawer": 5, "cannot_judge": False, "reason": ""},
        {"drawer": None, "cannot_judge": True, "reason": ""},
        {"drawer": None, "cannot_judge": False, "reason": "", "scales": {}},
        {"drawer": 5, "cannot_judge": False, "reason": "", "scales": {"experience": 5}},
        {"drawer": None, "cannot_judge": True, "reason": "", "scales": {}},
        {"drawer": 5, "cannot_judge": False, "reason": "", "scales": ALL},
    ],
)
def test_the_database_says_the_same_of_an_answer_as_python(kept):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {Ballot.ANSWERED} FROM (SELECT %s::jsonb) AS one (value)", [json.dumps(kept)])  # noqa: S608
        assert cursor.fetchone() == (Ballot.is_answered(kept),)


def test_the_last_scale_finishes_and_cannot_judge_is_an_answer(room, phone):
    first, second, third = room.stations
    phone.rate(first, scales=ALL)
    phone.rate(second, cannot_judge=True)
    *early, last = ALL.items()
    phone.rate(third, scales=dict(early))
    assert finished() == [False]
    assert phone.rate(third, scales=dict([last])) == SavedRating(finished=True, answered=3, total=3)
    assert finished() == [True]


def test_cannot_judge_takes_the_numbers_back_and_keeps_the_reason(room, phone):
    first, *_rest = room.stations
    phone.rate(first, scales=ALL, reason="Kenne ich")
    phone.rate(first, cannot_judge=True)
    assert entry() == {"scales": {}, "drawer": None, "cannot_judge": True, "reason": "Kenne ich"}


def test_a_number_after_cannot_judge_opens_the_station_again(room, phone):
    first, second, third = room.stations
    phone.rate(first, scales=ALL)
    phone.rate(second, scales=ALL)
    phone.rate(third, cannot_judge=True)
    assert finished() == [True]
    version = type(room.workshop).objects.get().version
    phone.rate(third, scales={"importance": 2, "purchase": 3})
    assert finished() == [False]
    assert type(room.workshop).objects.get().version == version + 1
    phone.rate(third, scales={"experience": 3})
    phone.rate(third, scales={"experience": 4})
    assert type(room.workshop).objects.get().version == version + 1
    assert [answer.drawer for answer in given()] == [10, 10, 5]


def test_a_reason_joins_the_numbers_and_alone_it_is_no_answer(room, phone):
    first, *_rest = room.stations
    assert refusal(lambda: phone.rate(first, reason="nur ein Grund")) == (
        "no_answer",
        "Bitte wähle eine Zahl von 0 bis 10 oder „kann ich nicht beurteilen“.",
    )
    phone.rate(first, scales={"experience": 0})
    phone.rate(first, reason="  Es zieht. ")
    assert entry() == {"scales": {"experience": 0}, "drawer": 0, "cannot_judge": False, "reason": "Es zieht."}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"scales": {}},
        {"scales": {"experience": -1}},
        {"scales": {"experience": 11}},
        {"scales": {"experience": 7, "price": 5}},
        {"scales": {"experience": 7}, "cannot_judge": True},
        {"drawer": 5},
        {"drawer": 5, "scales": {"experience": 7}},
    ],
)
def test_what_is_no_answer_on_six_scales_is_refused(room, phone, answer):
    assert refusal(lambda: phone.rate(room.stations[0], **answer))[0] == "no_answer"
    assert not Ballot.objects.exists()


def test_quick_mode_takes_no_scales(in_scope, mara):
    room = make_room(in_scope, mara).open()
    phone = room.join()
    assert refusal(lambda: phone.rate(room.stations[0], 5, scales={"experience": 7}))[0] == "no_answer"
    assert refusal(lambda: phone.rate(room.stations[0], scales={"experience": 7}))[0] == "no_answer"


@pytest.mark.parametrize(("experience", "drawer"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (10, 10)])
def test_the_drawer_follows_the_cut_points_of_the_opening(in_scope, mara, experience, drawer):
    in_scope.cut_ok, in_scope.cut_delight = 3, 8
    in_scope.save()
    room = make_room(in_scope, mara, mode=Mode.FULL).open()
    type(in_scope).objects.update(cut_ok=1, cut_delight=2)
    room.join().rate(room.stations[0], scales={"experience": experience})
    assert [answer.drawer for answer in given()] == [drawer]


def test_the_phone_finds_its_numbers_again(room, phone):
    first, second, third = room.stations
    phone.rate(first, scales=ALL)
    phone.rate(second, scales={"experience": 5})
    state = ballot_state(room.activity, phone.participant, phone.secret)
    assert [station.scales for station in state.stations] == [ALL, {"experience": 5}, None]
    assert [station.answered for station in state.stations] == [True, False, False]
    assert (state.answered, state.next_open.code) == (1, second.code)
    phone.rate(second, cannot_judge=True)
    assert ballot_state(room.activity, phone.participant, phone.secret).next_open.code == third.code


# --- reveal ----------------------------------------------------------------------------------------------------------

PEOPLE = [
    [(7, 8, 9, 0, 10, 4), (3, 3, 3, 3, 3, 3)],
    [(7, 5, 9, 1, 10, 4), None],
    [(2, None, 9, 2, 0, 10), (4, 6, None, None, None, None)],
    [(None, 10, None, None, None, None)],
]


def column(*values: int) -> list[int]:
    """How often each number from 0 to 10 was given."""
    return [values.count(number) for number in range(11)]


def test_reveal_counts_each_scale_and_the_drawers_of_the_experience(room):
    room.answer_scales(PEOPLE)
    room.reveal()

    first, second, _left_out = StationTally.objects.order_by("station__position")
    assert first.scales == {
        "experience": column(7, 7, 2),
        "expectation": column(8, 5, 10),
        "importance": column(9, 9, 9),
        "purchase": column(0, 1, 2),
        "repurchase": column(10, 10, 0),
        "recommendation": column(4, 4, 10),
    }
    assert second.scales == {
        "experience": column(3, 4),
        "expectation": column(3, 6),
        **{scale: column(3) for scale in ("importance", "purchase", "repurchase", "recommendation")},
    }
    assert counted() == [(1, 0, 2, 1), (1, 1, 0, 2), (0, 0, 0, 4)]
    assert (room.activity.raters, Ballot.objects.count(), Participation.objects.count()) == (4, 0, 0)


def test_a_station_that_nobody_could_judge_has_empty_scales(room):
    room.answer_scales([[None]] * 3)
    room.reveal()

    assert counted() == [(0, 0, 0, 3)] * 3
    assert StationTally.objects.get(station=room.stations[0]).scales == {scale.value: column() for scale in Scale}


def test_quick_mode_counts_no_scales(in_scope, mara):
    room = make_room(in_scope, mara).open()
    room.answer([[0, 5, None]] * 3)
    room.reveal()

    assert [tally.scales for tally in StationTally.objects.all()] == [{}, {}, {}]


def test_reasons_stand_in_the_drawer_of_the_experience(room):
    phones = room.answer_scales([[(9,) * 6], [(5,) * 6], [None], [(None, 1, 1, 1, 1, 1)]])
    for phone in phones:
        phone.rate(room.stations[0], reason=f"Grund von {phone.participant.name}")
    room.reveal()

    tally = StationTally.objects.get(station=room.stations[0])
    assert sorted((reason["drawer"], reason["text"]) for reason in tally.reasons) == [
        (5, "Grund von Person 1"),
        (10, "Grund von Person 0"),
    ]


def test_a_full_block_shows_at_least_what_quick_mode_shows(room):
    room.answer_scales([[(9,) * 6, (4,) * 6], [(8,) * 6, (4,) * 6], [(0,) * 6, (5,) * 6]])
    room.reveal()

    found = activity_result(room.activity)
    assert [station.figures.counts for station in found.stations] == [(1, 0, 2), (0, 3, 0), None]
    assert [block.mode for block in found.blocks] == [Mode.FULL]


def test_with_names_the_numbers_stay_with_their_person(in_scope, mara):
    room = make_room(in_scope, mara, is_named=True, mode=Mode.FULL).open()
    phones = room.answer_scales([[(7, 8, 9, 0, 10, 4)], [None], [(1,) * 6]])
    phones[1].rate(room.stations[0], reason="weiß nicht")
    room.reveal()

    ballots = {ballot.participant_id: list(ballot.answers.values()) for ballot in Ballot.objects.all()}
    assert ballots[phones[0].participant.pk] == [{"scales": ALL, "drawer": 10, "cannot_judge": False, "reason": ""}]
    assert ballots[phones[1].participant.pk] == [{"scales": {}, "drawer": None, "cannot_judge": True, "reason": ""}]
    assert counted() == [(1, 0, 1, 1), (0, 0, 0, 3), (0, 0, 0, 3)]


def test_moderators_read_the_numbers_beside_the_names(in_scope, mara):
    room = make_room(in_scope, mara, is_named=True, mode=Mode.FULL).open()
    room.answer_scales([[(7, 8, 9, 0, 10, 4)], [(None, 3, None, None, None, None)], [None]])
    room.reveal()

    found = named_answers(room.activity)[str(room.stations[0].code)]
    assert [(answer.drawer, answer.scales) for answer in found] == [
        (Drawer.DELIGHTING, tuple(zip([str(scale.label) for scale in Scale], (7, 8, 9, 0, 10, 4), strict=True))),
        (None, (("Erwartung", 3),)),
        (None, ()),
    ]


def test_changing_the_plan_changes_the_mode(in_scope, mara):
    room = make_room(in_scope, mara)
    services.update_activity(
        activity=room.activity,
        title="Voll",
        stations=room.path,
        is_named=False,
        asks_reason=True,
        minutes=20,
        by=mara,
        mode=Mode.FULL,
        version=1,
    )
    room.activity.refresh_from_db()
    assert room.activity.mode == Mode.FULL
