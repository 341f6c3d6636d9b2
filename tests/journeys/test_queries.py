"""What the board, the lists and the persona card read."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import Organisation
from journeys.models import Journey, Persona
from journeys.queries import board_stamp, board_state, journey_rows, persona_facts, persona_hint
from tests.factories import JourneyFactory, PersonaFactory, StationFactory, TouchpointFactory
from touchpoints.models import Touchpoint

pytestmark = pytest.mark.usefixtures("in_scope")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def journey(organisation: Organisation) -> Journey:
    return JourneyFactory(organisation=organisation)


def place(journey: Journey, position: int, **fields: object) -> None:
    StationFactory(
        journey=journey,
        touchpoint=TouchpointFactory(organisation=journey.organisation, **fields),
        position=position,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_board_takes_two_queries(journey: Journey, count: int, django_assert_num_queries) -> None:
    for position in range(count):
        place(journey, position)

    with django_assert_num_queries(2):
        board = board_state(journey)

    assert board.count == count


def test_board_numbers_the_path_over_all_phases_and_marks_first_and_last(journey: Journey) -> None:
    place(journey, 0, name="Kauf", phase="PU")
    place(journey, 1, name="Suche", phase="IB", medium="online", relation="indirect", moment_of_truth=True)

    cards = [card for column in board_state(journey).columns for card in column.cards]

    assert [(card.number, card.name, card.is_first, card.is_last) for card in cards] == [
        (1, "Suche", True, False),
        (2, "Kauf", False, True),
    ]
    assert (cards[0].medium, cards[0].relation, cards[0].moment_of_truth) == ("online", "indirect", True)


def test_board_suggests_what_is_in_the_catalogue_and_not_on_the_journey(journey: Journey) -> None:
    place(journey, 0, name="Suche", phase="IB")
    TouchpointFactory(organisation=journey.organisation, name="Forum", phase="IB")

    board = board_state(journey)

    assert board.columns[0].suggestions == ("Forum",)
    assert board.untaken == 1


def test_stamp_of_the_board_is_the_one_that_polls_compare(journey: Journey) -> None:
    place(journey, 0)

    assert board_state(journey).stamp == board_stamp(journey)


def test_stamp_changes_with_a_touchpoint_of_the_path(journey: Journey) -> None:
    place(journey, 0)
    before = board_stamp(journey)

    Touchpoint.objects.update(version=2)

    assert board_stamp(journey) != before


def test_an_empty_path_has_no_warnings(journey: Journey) -> None:
    assert board_state(journey).warnings == ()


def test_a_path_that_begins_with_oneself_is_told_what_is_missing(journey: Journey) -> None:
    place(journey, 0, name="Website", phase="PS", relation="direct")
    place(journey, 1, phase="PU")
    place(journey, 2, phase="LO")

    assert board_state(journey).warnings == (
        "There is no station in “Influencing (before)”. Where do others talk about you before a customer first "
        "contacts you?",
        "There is no station in “Influencing (after)”. Where do customers tell others about you?",
        "The first station, “Website”, is already a contact with you. Customers often meet the judgement of "
        "others before that: search results, reviews, advice from friends. Is something missing before it?",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_journey_list_takes_two_queries(organisation: Organisation, count: int, django_assert_num_queries) -> None:
    for _ in range(count):
        place(JourneyFactory(organisation=organisation), 0)

    with django_assert_num_queries(2):
        rows = journey_rows()

    assert [row.count for row in rows] == [1] * count


def test_journey_list_names_missing_phases_and_sorts_without_case(organisation: Organisation) -> None:
    whole = JourneyFactory(organisation=organisation, name="über Land")
    for position, phase in enumerate(["IB", "PS", "PU", "LO", "IA"]):
        place(whole, position, phase=phase)
    JourneyFactory(organisation=organisation, name="Alltag")
    place(JourneyFactory(organisation=organisation, name="Zug"), 0, phase="PS")

    rows = [(row.journey.name, row.state) for row in journey_rows()]

    assert rows == [
        ("Alltag", "still empty"),
        ("über Land", "all five phases"),
        ("Zug", "without Influencing (before), Purchase, Loyalty, Influencing (after)"),
    ]


@pytest.mark.parametrize(
    ("evidence", "days", "hint"),
    [
        ("", 0, "This persona rests on no evidence yet. Talk to three real customers, and write down what you heard."),
        ("12 interviews", 500, ""),
        ("12 interviews", 600, "Nobody has changed this persona for 18 months. Is it still how your customers are?"),
    ],
)
def test_persona_hint(organisation: Organisation, evidence: str, days: int, hint: str) -> None:
    persona = PersonaFactory(organisation=organisation, evidence=evidence)
    Persona.objects.update(updated_at=timezone.now() - timedelta(days=days))
    persona.refresh_from_db()

    assert persona_hint(persona) == hint


def test_persona_checked_lately_is_not_old(organisation: Organisation) -> None:
    persona = PersonaFactory(organisation=organisation, evidence="12", evidence_date=timezone.localdate())
    Persona.objects.update(updated_at=timezone.now() - timedelta(days=900))
    persona.refresh_from_db()

    assert persona_hint(persona) == ""


def test_persona_facts_are_lines_without_what_is_empty(organisation: Organisation) -> None:
    persona = PersonaFactory(organisation=organisation, goals="- Ruhe\n\n• Zeit", needs="Auskunft")

    facts = [(fact.label, fact.lines, fact.leads) for fact in persona_facts(persona)]

    assert facts == [("Goals", ("Ruhe", "Zeit"), True), ("Needs", ("Auskunft",), False)]
