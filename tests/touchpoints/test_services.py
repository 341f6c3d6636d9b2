"""Writing the catalogue: create once, save in turn, keep the order, remove only what nobody needs."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Membership, Organisation
from accounts.services.edits import StaleEdit
from tests.factories import JourneyFactory, StationFactory, TouchpointFactory
from touchpoints.models import Touchpoint
from touchpoints.services import (
    OrderChanged,
    TouchpointInUse,
    create_touchpoint,
    move_touchpoint,
    remove_touchpoint,
    update_touchpoint,
)


def names(phase: str = "PS") -> list[str]:
    return [row.name for row in Touchpoint.objects.filter(phase=phase).in_order()]


def test_create_touchpoint_goes_to_the_end_of_its_phase(in_scope: Organisation, mara: Membership):
    for name in ("A", "B"):
        create_touchpoint(name=name, phase="PS", by=mara)
    create_touchpoint(name="C", phase="IB", by=mara)

    assert names() == ["A", "B"]
    assert [row.name for row in Touchpoint.objects.in_order()] == ["C", "A", "B"]


def test_create_touchpoint_with_the_same_code_returns_the_first(in_scope: Organisation, mara: Membership):
    code = uuid.uuid4()
    first = create_touchpoint(name="A", phase="PS", code=code, by=mara)

    assert create_touchpoint(name="B", phase="IB", code=code, by=mara) == first
    assert names() == ["A"]


def test_create_touchpoint_with_a_code_of_another_organisation_takes_its_own(
    in_scope: Organisation, other_organisation: Organisation, mara: Membership
):
    foreign = TouchpointFactory(organisation=other_organisation)

    created = create_touchpoint(name="A", phase="PS", code=foreign.code, by=mara)

    assert created.code != foreign.code
    assert names() == ["A"]


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200b", "x" * 201])
def test_create_touchpoint_refuses_a_name_that_cannot_be_read(in_scope: Organisation, mara: Membership, name):
    with pytest.raises(ValidationError):
        create_touchpoint(name=name, phase="PS", by=mara)

    assert names() == []


def test_touchpoint_without_name_or_phase_is_refused_by_the_database(in_scope: Organisation):
    for fields in ({"name": ""}, {"phase": "XX"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TouchpointFactory(organisation=in_scope, **fields)


def test_update_touchpoint_counts_its_version(in_scope: Organisation, mara: Membership):
    touchpoint = TouchpointFactory(organisation=in_scope, name="A", phase="PS")

    saved = update_touchpoint(touchpoint=touchpoint, version=1, fields={"name": "B"}, by=mara)

    assert (saved.name, saved.version) == ("B", 2)


def test_update_touchpoint_refuses_a_stale_version(in_scope: Organisation, mara: Membership):
    touchpoint = TouchpointFactory(organisation=in_scope, name="A")
    update_touchpoint(touchpoint=touchpoint, version=1, fields={"name": "B"}, by=mara)

    with pytest.raises(StaleEdit) as refusal:
        update_touchpoint(touchpoint=touchpoint, version=1, fields={"name": "C"}, by=mara)

    assert refusal.value.current.name == "B"
    assert names() == ["B"]


def test_update_touchpoint_sent_twice_changes_nothing_twice(in_scope: Organisation, mara: Membership):
    touchpoint = TouchpointFactory(organisation=in_scope, name="A")
    update_touchpoint(touchpoint=touchpoint, version=1, fields={"name": "B"}, by=mara)

    again = update_touchpoint(touchpoint=touchpoint, version=1, fields={"name": "B"}, by=mara)

    assert again.version == 2


def test_update_touchpoint_in_another_phase_goes_to_its_end(in_scope: Organisation, mara: Membership):
    moved = TouchpointFactory(organisation=in_scope, name="moved", phase="PS", position=0)
    TouchpointFactory(organisation=in_scope, name="there", phase="LO", position=7)

    update_touchpoint(touchpoint=moved, version=1, fields={"phase": "LO"}, by=mara)

    assert names("LO") == ["there", "moved"]


@pytest.mark.parametrize(
    ("index", "expected"), [(0, ["C", "A", "B"]), (1, ["A", "C", "B"]), (2, ["A", "B", "C"]), (9, ["A", "B", "C"])]
)
def test_move_touchpoint_takes_the_place(in_scope: Organisation, mara: Membership, index, expected):
    # equal positions happen when two people add at the same moment
    rows = [TouchpointFactory(organisation=in_scope, name=name, position=0) for name in "ABC"]

    phase = move_touchpoint(touchpoint=rows[2], index=index, by=mara)

    assert [row.name for row in phase] == expected
    assert names() == expected


def test_move_touchpoint_that_stands_elsewhere_by_now_is_left_alone(in_scope: Organisation, mara: Membership):
    rows = [TouchpointFactory(organisation=in_scope, name=name) for name in "ABC"]
    move_touchpoint(touchpoint=rows[2], index=0, by=mara)

    with pytest.raises(OrderChanged):
        move_touchpoint(touchpoint=rows[2], index=1, seen_at=2, by=mara)

    assert names() == ["C", "A", "B"]


def test_remove_touchpoint_deletes_it_and_is_calm_when_sent_twice(in_scope: Organisation, mara: Membership):
    touchpoint = TouchpointFactory(organisation=in_scope)

    remove_touchpoint(touchpoint=touchpoint, by=mara)
    remove_touchpoint(touchpoint=touchpoint, by=mara)

    assert names() == []


def test_remove_touchpoint_on_journeys_is_refused_and_names_each_once(in_scope: Organisation, mara: Membership):
    touchpoint = TouchpointFactory(organisation=in_scope, name="A")
    commute = JourneyFactory(organisation=in_scope, name="Weg zur Arbeit")
    holiday = JourneyFactory(organisation=in_scope, name="Ausflug")
    for journey in (commute, commute, holiday):
        StationFactory(journey=journey, touchpoint=touchpoint)

    with pytest.raises(TouchpointInUse) as refusal:
        remove_touchpoint(touchpoint=touchpoint, by=mara)

    assert refusal.value.journeys == ["Ausflug", "Weg zur Arbeit"]
    assert names() == ["A"]
