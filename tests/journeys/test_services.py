"""Services of the journeys app, inside the organisation's scope."""

import uuid
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile

from accounts.models import Membership, Organisation
from accounts.services.edits import StaleEdit
from journeys.models import Journey, Persona, Station
from journeys.services import StillInUse
from journeys.services.journeys import create_journey, remove_journey, update_journey
from journeys.services.personas import create_persona, remove_persona, update_persona
from journeys.services.stations import (
    Direction,
    PlaceGone,
    add_station,
    move_station,
    place_all,
    place_touchpoint,
    remove_station,
    shift_station,
    update_station,
)
from tests.factories import CycleFactory, JourneyFactory, PersonaFactory, StationFactory, TouchpointFactory
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint

pytestmark = pytest.mark.usefixtures("in_scope")


@pytest.fixture
def journey(organisation: Organisation) -> Journey:
    return JourneyFactory(organisation=organisation)


def names(journey: Journey) -> list[str]:
    """Return the path as names, in order."""
    return [station.touchpoint.name for station in Station.objects.filter(journey=journey).in_order()]


def positions(journey: Journey) -> list[int]:
    return [station.position for station in Station.objects.filter(journey=journey).in_order()]


def station_of(journey: Journey, name: str) -> Station:
    return Station.objects.select_related("touchpoint", "journey").get(journey=journey, touchpoint__name=name)


@pytest.fixture
def path(journey: Journey, organisation: Organisation) -> Journey:
    """A journey with the stations A and B in Presales, C and D in Purchase."""
    for position, (name, phase) in enumerate([("A", "PS"), ("B", "PS"), ("C", "PU"), ("D", "PU")]):
        touchpoint = TouchpointFactory(organisation=organisation, name=name, phase=phase, position=position)
        StationFactory(journey=journey, touchpoint=touchpoint, position=position)
    return journey


# --- personas ------------------------------------------------------------------------------------------------------


def test_create_persona_twice_with_one_code_creates_one(organisation: Organisation, mara: Membership) -> None:
    code = uuid.uuid4()

    first = create_persona(organisation=organisation, code=code, by=mara, name="Petra")
    second = create_persona(organisation=organisation, code=code, by=mara, name="Petra")

    assert first == second
    assert Persona.objects.count() == 1


def test_create_persona_with_a_code_of_another_organisation_takes_its_own(
    organisation: Organisation, mara: Membership
) -> None:
    foreign = PersonaFactory()

    persona = create_persona(organisation=organisation, code=foreign.code, by=mara, name="Petra")

    assert persona.organisation == organisation
    assert persona.code != foreign.code


def test_update_persona_counts_the_version(organisation: Organisation, mara: Membership) -> None:
    persona = PersonaFactory(organisation=organisation)

    updated = update_persona(persona=persona, version=1, by=mara, name="Petra", goals="Pünktlich")

    persona.refresh_from_db()
    assert (persona.name, persona.goals, persona.version) == ("Petra", "Pünktlich", 2)
    assert updated == persona


def test_update_persona_at_an_old_version_changes_nothing(organisation: Organisation, mara: Membership) -> None:
    persona = PersonaFactory(organisation=organisation, name="Petra", version=3)

    with pytest.raises(StaleEdit) as stale:
        update_persona(persona=persona, version=2, by=mara, name="Paul")

    persona.refresh_from_db()
    assert persona.name == "Petra"
    assert stale.value.current == persona


def test_remove_persona_of_a_journey_is_refused(journey: Journey, mara: Membership) -> None:
    with pytest.raises(StillInUse):
        remove_persona(persona=journey.persona, by=mara)

    assert Persona.objects.count() == 1


def test_remove_persona_deletes_it(organisation: Organisation, mara: Membership) -> None:
    remove_persona(persona=PersonaFactory(organisation=organisation), by=mara)

    assert Persona.objects.count() == 0


# --- journeys ------------------------------------------------------------------------------------------------------


def test_create_journey_creates_the_named_persona_once(organisation: Organisation, mara: Membership) -> None:
    code = uuid.uuid4()

    for _ in range(2):
        create_journey(organisation=organisation, name="Weg", code=code, by=mara, persona_name="Petra")

    assert [(journey.name, journey.persona.name) for journey in Journey.objects.all()] == [("Weg", "Petra")]
    assert Persona.objects.count() == 1


def test_create_journey_with_a_code_of_another_organisation_takes_its_own(
    organisation: Organisation, mara: Membership
) -> None:
    foreign = JourneyFactory()

    journey = create_journey(organisation=organisation, name="Weg", code=foreign.code, by=mara, persona_name="Petra")

    assert journey.code != foreign.code
    assert Persona.objects.count() == 1


def test_create_journey_keeps_an_industry_of_its_own_only(organisation: Organisation, mara: Membership) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(industry="Bahn")
    organisation.refresh_from_db()
    persona = PersonaFactory(organisation=organisation)

    same, other = (
        create_journey(
            organisation=organisation, name="Weg", code=uuid.uuid4(), by=mara, persona=persona, industry=industry
        )
        for industry in ("Bahn", "Bus")
    )

    assert (same.industry, other.industry) == ("", "Bus")


def test_update_journey_is_no_conflict_with_a_move(path: Journey, mara: Membership) -> None:
    move_station(
        station=station_of(path, "B"), version=1, phase=Phase.PRESALES, before=station_of(path, "A").code, by=mara
    )

    update_journey(journey=path, version=1, by=mara, persona=path.persona, name="Neu", industry="", description="")

    path.refresh_from_db()
    assert (path.name, path.details_version) == ("Neu", 2)


def test_update_journey_at_an_old_version_changes_nothing(journey: Journey, mara: Membership) -> None:
    update_journey(journey=journey, version=1, by=mara, persona=journey.persona, name="Neu")

    with pytest.raises(StaleEdit):
        update_journey(journey=journey, version=1, by=mara, persona=journey.persona, name="Anders")

    journey.refresh_from_db()
    assert journey.name == "Neu"


def test_remove_journey_takes_its_stations(path: Journey, mara: Membership) -> None:
    remove_journey(journey=path, by=mara)

    assert (Journey.objects.count(), Station.objects.count(), Touchpoint.objects.count()) == (0, 0, 4)


def test_remove_journey_with_a_cycle_is_refused(path: Journey, mara: Membership) -> None:
    CycleFactory(journey=path)

    with pytest.raises(StillInUse):
        remove_journey(journey=path, by=mara)

    assert Journey.objects.count() == 1


# --- stations ------------------------------------------------------------------------------------------------------


def test_add_station_with_a_new_name_adds_to_the_catalogue(path: Journey, mara: Membership) -> None:
    add_station(journey=path, phase=Phase.PRESALES, name="Messe", code=uuid.uuid4(), by=mara)

    assert names(path) == ["A", "B", "Messe", "C", "D"]
    assert positions(path) == [0, 1, 2, 3, 4]
    assert Touchpoint.objects.get(name="Messe").phase == Phase.PRESALES


def test_add_station_of_a_known_name_takes_the_touchpoint_of_the_catalogue(
    path: Journey, organisation: Organisation, mara: Membership
) -> None:
    known = TouchpointFactory(organisation=organisation, name="Messe", phase=Phase.PRESALES)

    station = add_station(journey=path, phase=Phase.PRESALES, name="messe", code=uuid.uuid4(), by=mara)

    assert station.touchpoint == known
    assert Touchpoint.objects.count() == 5


def test_add_station_twice_with_one_code_adds_one(path: Journey, mara: Membership) -> None:
    code = uuid.uuid4()

    for _ in range(2):
        add_station(journey=path, phase=Phase.LOYALTY, name="Dank", code=code, by=mara)

    path.refresh_from_db()
    assert names(path) == ["A", "B", "C", "D", "Dank"]
    assert path.version == 2


def test_add_station_with_a_code_of_another_journey_takes_its_own(path: Journey, mara: Membership) -> None:
    foreign = StationFactory()

    station = add_station(journey=path, phase=Phase.LOYALTY, name="Dank", code=foreign.code, by=mara)

    assert station.code != foreign.code
    assert names(path) == ["A", "B", "C", "D", "Dank"]


def test_place_touchpoint_twice_is_two_stations(path: Journey, mara: Membership) -> None:
    touchpoint = Touchpoint.objects.get(name="A")

    place_touchpoint(journey=path, touchpoint=touchpoint, code=uuid.uuid4(), by=mara)

    assert names(path) == ["A", "B", "A", "C", "D"]


def test_place_all_of_a_phase_leaves_what_is_there(path: Journey, organisation: Organisation, mara: Membership) -> None:
    TouchpointFactory(organisation=organisation, name="Messe", phase=Phase.PRESALES, position=9)
    TouchpointFactory(organisation=organisation, name="Dank", phase=Phase.LOYALTY, position=9)

    assert place_all(journey=path, by=mara, phase=Phase.PRESALES) == 1
    assert place_all(journey=path, by=mara, phase=Phase.PRESALES) == 0
    assert names(path) == ["A", "B", "Messe", "C", "D"]


def test_place_all_takes_the_catalogue_in_its_order(
    journey: Journey, organisation: Organisation, mara: Membership
) -> None:
    for name, phase, position in [("Kauf", "PU", 0), ("Zweitens", "IB", 5), ("Erstens", "IB", 2)]:
        TouchpointFactory(organisation=organisation, name=name, phase=phase, position=position)

    assert place_all(journey=journey, by=mara) == 3
    assert names(journey) == ["Erstens", "Zweitens", "Kauf"]


def test_move_station_inside_its_phase(path: Journey, mara: Membership) -> None:
    move = move_station(
        station=station_of(path, "D"), version=1, phase=Phase.PURCHASE, before=station_of(path, "C").code, by=mara
    )

    assert names(path) == ["A", "B", "D", "C"]
    assert positions(path) == [0, 1, 2, 3]
    assert move.changed_phase is False


def test_move_station_into_another_phase_changes_the_touchpoint_everywhere(
    path: Journey, organisation: Organisation, mara: Membership
) -> None:
    elsewhere = StationFactory(journey__organisation=organisation, touchpoint=Touchpoint.objects.get(name="A"))

    move = move_station(station=station_of(path, "A"), version=1, phase=Phase.PURCHASE, before=None, by=mara)

    assert names(path) == ["B", "C", "D", "A"]
    assert Touchpoint.objects.get(name="A").phase == Phase.PURCHASE
    assert (move.old_phase, move.new_phase, move.others) == (Phase.PRESALES, Phase.PURCHASE, 1)
    assert move.old_before == station_of(path, "B").code
    assert elsewhere.touchpoint_id == Touchpoint.objects.get(name="A").pk


def test_move_station_takes_its_twin_along(path: Journey, mara: Membership) -> None:
    twin = place_touchpoint(journey=path, touchpoint=Touchpoint.objects.get(name="A"), code=uuid.uuid4(), by=mara)

    move_station(station=twin, version=1, phase=Phase.PURCHASE, before=station_of(path, "C").code, by=mara)

    assert names(path) == ["B", "A", "A", "C", "D"]
    assert {station.touchpoint.phase for station in Station.objects.filter(touchpoint__name="A")} == {"PU"}


def test_move_station_that_was_moved_meanwhile_is_refused(path: Journey, mara: Membership, olga: Membership) -> None:
    seen = station_of(path, "A")
    move_station(station=station_of(path, "A"), version=1, phase=Phase.PRESALES, before=None, by=olga)

    with pytest.raises(StaleEdit):
        move_station(station=seen, version=1, phase=Phase.PURCHASE, before=None, by=mara)

    assert names(path) == ["B", "A", "C", "D"]


def test_move_station_before_one_that_left_the_phase_is_refused_whole(path: Journey, mara: Membership) -> None:
    anchor = station_of(path, "C")
    move_station(station=station_of(path, "C"), version=1, phase=Phase.LOYALTY, before=None, by=mara)

    with pytest.raises(PlaceGone):
        move_station(station=station_of(path, "A"), version=1, phase=Phase.PURCHASE, before=anchor.code, by=mara)

    assert names(path) == ["A", "B", "D", "C"]
    assert Touchpoint.objects.get(name="A").phase == Phase.PRESALES


@pytest.mark.parametrize(
    ("name", "direction", "expected"),
    [
        ("B", Direction.UP, ["B", "A", "C", "D"]),
        ("A", Direction.UP, ["A", "B", "C", "D"]),
        ("A", Direction.DOWN, ["B", "A", "C", "D"]),
        ("B", Direction.DOWN, ["A", "B", "C", "D"]),
        ("A", Direction.RIGHT, ["B", "A", "C", "D"]),
        ("D", Direction.LEFT, ["A", "B", "D", "C"]),
    ],
)
def test_shift_station_by_one_step(
    path: Journey, mara: Membership, name: str, direction: Direction, expected: list[str]
) -> None:
    shift_station(station=station_of(path, name), version=1, direction=direction, by=mara)

    assert names(path) == expected


@pytest.mark.parametrize(("phase", "direction"), [("IB", Direction.LEFT), ("IA", Direction.RIGHT)])
def test_shift_station_at_the_end_of_the_board_stays(
    journey: Journey, organisation: Organisation, mara: Membership, phase: str, direction: Direction
) -> None:
    touchpoint = TouchpointFactory(organisation=organisation, phase=phase, name="Rand")
    station = StationFactory(journey=journey, touchpoint=touchpoint, position=0)

    shift_station(station=station, version=1, direction=direction, by=mara)

    touchpoint.refresh_from_db()
    assert touchpoint.phase == phase


def test_path_follows_a_phase_that_the_catalogue_changed(path: Journey) -> None:
    Touchpoint.objects.filter(name="A").update(phase=Phase.INFLUENCING_AFTER)

    assert names(path) == ["B", "C", "D", "A"]


def test_update_station_at_an_old_version_changes_nothing(path: Journey, mara: Membership) -> None:
    station = station_of(path, "A")
    update_station(station=station, version=1, by=mara, expectation="Ruhe", reality="", reaction="")

    with pytest.raises(StaleEdit) as stale:
        update_station(station=station, version=1, by=mara, expectation="Lärm", reality="", reaction="")

    assert station_of(path, "A").expectation == "Ruhe"
    assert stale.value.current.version == 2


def test_remove_station_can_be_put_back_where_it_was(path: Journey, mara: Membership) -> None:
    station = station_of(path, "A")
    update_station(station=station, version=1, by=mara, expectation="Ruhe", reality="Lärm", reaction="Flucht")

    removal = remove_station(station=station, by=mara)
    assert names(path) == ["B", "C", "D"]
    place_touchpoint(
        journey=path,
        touchpoint=Touchpoint.objects.get(code=removal.touchpoint),
        code=removal.code,
        before=removal.before,
        expectation=removal.expectation,
        reality=removal.reality,
        reaction=removal.reaction,
        by=mara,
    )

    back = station_of(path, "A")
    assert names(path) == ["A", "B", "C", "D"]
    assert (back.code, back.expectation, back.reality, back.reaction) == (station.code, "Ruhe", "Lärm", "Flucht")


def test_create_persona_keeps_its_picture(
    organisation: Organisation, mara: Membership, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = ContentFile(b"a picture", name="p.jpg")

    persona = create_persona(organisation=organisation, code=uuid.uuid4(), by=mara, picture=picture, name="Petra")

    persona.refresh_from_db()
    assert Path(persona.picture.path).read_bytes() == b"a picture"


def test_place_touchpoint_sent_twice_places_it_once(path: Journey, mara: Membership) -> None:
    touchpoint, code = Touchpoint.objects.get(name="A"), uuid.uuid4()

    first = place_touchpoint(journey=path, touchpoint=touchpoint, code=code, by=mara)

    assert place_touchpoint(journey=path, touchpoint=touchpoint, code=code, by=mara) == first
    assert names(path) == ["A", "B", "A", "C", "D"]
