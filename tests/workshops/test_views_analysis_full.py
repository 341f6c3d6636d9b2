"""The analysis of full mode: the mean as the ruler, importance against experience, the three effects."""

from __future__ import annotations

import pytest

from accounts.tenancy import member_scope
from tests.workshops.pages import url
from tests.workshops.support import make_room
from tests.workshops.test_views_analysis import ask, drawings, page_of
from workshops import services
from workshops.enums import Mode

pytestmark = pytest.mark.django_db

BAD = 0
FULL = [
    # in the order of Scale: how it was, what was expected, how much it matters, and the three effects
    [(9, 8, 6, 7, 6, 9), (8, 8, 9, 5, 5, 8), (2, 8, 9, 1, 0, 0), (6, 5, 4, 4, 4, 5)],
    [(9, 7, 6, 7, 6, 9), (7, 7, 10, 5, 5, 7), (3, 9, 9, 1, 1, 0), (6, 5, 5, 4, 4, 5)],
    [(9, 9, 6, 7, 6, 9), (6, 9, 8, 5, 5, 6), (1, 7, 9, 1, 2, 0), (6, 5, 3, 4, 4, 5)],
]


def full_room(organisation, mara, answers=FULL):
    with member_scope(organisation):
        room = make_room(organisation, mara, len(answers[0]), mode=Mode.FULL)
        room.open().answer_scales(answers)
        return room.reveal()


def test_full_mode_stands_on_the_mean_and_marks_three_points(mara_client, organisation, mara):
    page = page_of(mara_client, full_room(organisation, mara))

    assert [(fact.value, fact.name) for fact in page.facts] == [
        ("6,0", ""),
        ("7,5", ""),
        ("9,0", "Station 1"),
        ("6,0", "Station 4"),
    ]
    assert [row[5].words for row in page.main_charts[0].rows] == ["9,0", "7,0", "2,0", "6,0"]
    assert [row[6].words for row in page.main_charts[0].rows] == ["–", "−2,0", "−5,0 (markierter Einbruch)", "+4,0"]
    assert page.missing_words == ""


def test_full_mode_sets_importance_against_experience(mara_client, organisation, mara):
    room = full_room(organisation, mara)
    importance, _effects = page_of(mara_client, room).scale_charts

    assert [[cell.words for cell in row] for row in importance.rows] == [
        ["3", "Station 3", "9,0", "2,0", "wichtig und schwach"],
        ["2", "Station 2", "9,0", "7,0", "wichtig und stark"],
        ["1", "Station 1", "6,0", "9,0", "weniger wichtig und stark"],
        ["4", "Station 4", "4,0", "6,0", "weniger wichtig und stark"],
    ]
    drawn = {point.label: (point.x, point.y) for series in importance.drawing.series for point in series.points}
    assert drawn == {"1": (9, 6), "2": (7, 9), "3": (2, 9), "4": (6, 4)}
    assert [(rule.axis, rule.at) for rule in importance.drawing.rules] == [("x", 5), ("y", 7)]
    assert (importance.drawing.x.low, importance.drawing.x.high) == (1.25, 9.75)
    assert (importance.drawing.y.low, importance.drawing.y.high) == (3.25, 9.75)


def test_a_filter_moves_no_border_between_important_and_not(mara_client, organisation, mara):
    room = full_room(organisation, mara)
    whole, chosen = page_of(mara_client, room), page_of(mara_client, room, only="drops")

    assert [row[1].words for row in chosen.scale_charts[0].rows] == ["Station 3"]
    assert chosen.scale_charts[0].drawing.rules == whole.scale_charts[0].drawing.rules
    assert chosen.scale_charts[0].drawing.y == whole.scale_charts[0].drawing.y


def test_full_mode_shows_the_three_effects(mara_client, organisation, mara):
    _importance, effects = page_of(mara_client, full_room(organisation, mara)).scale_charts

    assert [[cell.words for cell in row] for row in effects.rows] == [
        ["1", "Station 1", "7,0", "6,0", "9,0", "7,3"],
        ["2", "Station 2", "5,0", "5,0", "7,0", "5,7"],
        ["3", "Station 3", "1,0", "1,0", "0,0", "0,7"],
        ["4", "Station 4", "4,0", "4,0", "5,0", "4,3"],
    ]
    assert [[point.y for point in series.points] for series in effects.drawing.series] == [
        [7, 5, 1, 4],
        [6, 5, 1, 4],
        [9, 7, 0, 5],
    ]


def test_a_mixed_workshop_stands_on_the_balance_and_says_so(mara_client, organisation, mara):
    room = full_room(organisation, mara)
    with member_scope(organisation):
        quick = services.plan_activity(
            workshop=room.workshop, title="Schnell", stations=room.path[:1], is_named=False, asks_reason=False,
            minutes=5, by=mara,
        )  # fmt: skip
        services.open_activity(activity=quick, by=mara)
        full, room.activity = room.activity, quick
        room.answer([[BAD]] * 3)
        services.reveal_activity(activity=quick, by=mara)

    page = page_of(mara_client, room)

    assert [row[5].words for row in page.main_charts[0].rows] == ["−100", "+67", "−100", "0"]
    assert page.missing_words.startswith("Wichtigkeit und Wirkungen sind nur von 3 Stationen bekannt")
    assert [row[1].words for row in page.scale_charts[1].rows] == ["Station 2", "Station 3", "Station 4"]
    alone = page_of(mara_client, room, block=str(full.code))
    assert [row[5].words for row in alone.main_charts[0].rows] == ["9,0", "7,0", "2,0", "6,0"]


def test_recorded_ist_of_full_mode_is_analysed_as_it_was(mara_client, organisation, mara):
    room = full_room(organisation, mara)
    with member_scope(organisation):
        baseline = services.freeze_ist(workshop=room.workshop, by=mara)

    recorded = mara_client.get(url("baseline_analysis", baseline.code)).context["page"]

    assert recorded == page_of(mara_client, room)


def test_scales_of_two_people_have_no_part_in_any_chart_or_border(mara_client, organisation, mara):
    """At station 3 two of four rate; what they say moves nothing, not even the border of importance."""

    def room_with(third):
        rows = [[*row[:2], third, row[3]] for row in FULL[:2]] + [
            [*row[:2], None, row[3]] for row in (FULL[2], FULL[2])
        ]
        return full_room(organisation, mara, rows)

    low, high = room_with((0, 0, 0, 0, 0, 0)), room_with((10, 10, 10, 10, 10, 10))

    for filters in ({}, {"only": "shown"}, {"phase": "PS"}):
        assert page_of(mara_client, low, **filters) == page_of(mara_client, high, **filters)
    drawn = drawings(ask(mara_client, low))
    assert [point["y"] for point in drawn[0]["series"][0]["points"]][2] is None
    assert {point["label"] for series in drawn[2]["series"] for point in series["points"]} == {"1", "2", "4"}
