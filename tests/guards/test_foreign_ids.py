"""Another organisation's ids, in every address and in every field of a form that names a row: nothing opens, nothing
changes there, nothing of it is shown, and no row here ever points at one there.
"""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import F
from django.test import Client
from django_scopes import scopes_disabled

from accounts.enums import Role
from accounts.models import Membership, Organisation
from accounts.tenancy import TenantModel
from tests.conftest import client_of
from tests.factories import MembershipFactory
from tests.guards.test_permission_table import TABLE, enter_as_guest
from tests.world import address, build_world

SECRET = "Nur-für-Fremde"
NAMED = {"touchpoints.Touchpoint": "name", "journeys.Persona": "name", "journeys.Journey": "name"}
NAMED |= {"workshops.Workshop": "title", "workshops.Activity": "title", "accounts.Department": "name"}
NAMED |= {
    "workshops.Measure": "title",
    "workshops.TableEntry": "name",
    "workshops.ActivityStation": "name",
    "workshops.Participant": "name",
}


@pytest.fixture
def foreign(world: SimpleNamespace, fremd: Membership, other_organisation: Organisation) -> SimpleNamespace:
    """One of everything in the other organisation, under names that must never be read here."""
    people = {"olga": fremd} | {
        name: MembershipFactory(organisation=other_organisation, role=role, user__name=f"{SECRET} {name}")
        for name, role in (("mara", Role.MODERATOR), ("max", Role.MANAGER), ("emil", Role.EMPLOYEE))
    }
    there = build_world(people)
    with scopes_disabled():
        for label, name in NAMED.items():
            model = apps.get_model(label)
            model._base_manager.filter(**{model.organisation_path: other_organisation}).update(**{name: SECRET})
    return there


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def rows_of(organisation: Organisation) -> dict[str, list[dict[str, Any]]]:
    """Every row of an organisation."""
    return {
        model._meta.label: list(
            model._base_manager.filter(**{model.organisation_path: organisation}).order_by("pk").values()
        )
        for model in tenant_models()
    }


def wrong_references() -> list[str]:
    """Foreign keys whose two ends lie in different organisations."""
    wrong = []
    for model in tenant_models():
        for field in model._meta.fields:
            target = field.related_model
            if not isinstance(field, models.ForeignKey) or not (
                isinstance(target, type) and issubclass(target, TenantModel)
            ):
                continue
            rows = model._base_manager.filter(**{f"{field.name}__isnull": False})
            rows = rows.exclude(**{model.organisation_path: F(f"{field.name}__{target.organisation_path}")})
            wrong += [f"{model._meta.label}.{field.name}"] * rows.count()
    return wrong


# --- addresses ------------------------------------------------------------------------------------------------------

# Said of a row that is gone already: a second click is no mistake. For the rest of the world it is not there either.
GONE_IS_FINE = {("touchpoints:touchpoint_remove", "post"): 302, ("workshops:measure_remove", "post"): 302}
IDS = {name: row for name, row in TABLE.items() if row.needs.split()[:1] == ["org"] and row.needs != "org"}
# The second id of an address, with the first one our own.
OWNED_BY = {"journeys": "journey", "touchpoints": "station", "workshops": "activity"}  # station: whose touchpoint it is
SECOND = {
    ("touchpoints:touchpoint_merge", "get"): 404,
    ("touchpoints:touchpoint_merge", "post"): 404,
    ("journeys:station_edit", "get"): 404,
    ("journeys:station_edit", "post"): 409,
    ("journeys:station_move", "post"): 409,
    ("journeys:station_remove", "post"): 302,
    ("workshops:table_edit", "get"): 404,
    ("workshops:table_edit", "post"): 409,
    ("workshops:table_remove", "get"): 404,
    ("workshops:table_remove", "post"): 302,
}


def mixed(world: SimpleNamespace, foreign: SimpleNamespace, *own: str) -> SimpleNamespace:
    """The other organisation's rows at the addresses of our own; ``own`` names what stays ours."""
    return SimpleNamespace(**{**vars(foreign), **{name: getattr(world, name) for name in ("organisation", *own)}})


def test_no_address_leads_to_another_organisations_row(world, foreign, subtests):
    client = client_of(world.people["olga"])
    before = rows_of(foreign.organisation)
    for name, row in IDS.items():
        for method in ("get", "post"):
            with subtests.test(name, method=method):
                response = getattr(client, method)(address(name, row.needs, mixed(world, foreign)))
                only_posts = method == "get" and row.method == "post" and response.status_code == 405
                only_gets = method == "post" and response.status_code == 405
                if not (only_posts or only_gets):
                    assert response.status_code == GONE_IS_FINE.get((name, method), 404)
                assert SECRET not in response.content.decode()
    assert rows_of(foreign.organisation) == before


def test_no_second_id_of_an_address_leads_there_either(world, foreign, subtests):
    client = client_of(world.people["mara"])
    before = rows_of(foreign.organisation)
    for (name, method), status in SECOND.items():
        with subtests.test(name, method=method):
            first = OWNED_BY[name.split(":")[0]]
            place = address(name, TABLE[name].needs, mixed(world, foreign, first))
            words = {"version": 1, "to": "up", "expectation": "x", "name": "x", "heads": 1}
            response = getattr(client, method)(place, words)
            assert response.status_code == status
            assert SECRET not in response.content.decode()
    assert rows_of(foreign.organisation) == before


def test_a_member_of_both_opens_each_only_at_its_own_address(world, foreign, subtests):
    """Being let in at two doors does not mix what lies behind them."""
    both = world.people["olga"].user
    MembershipFactory(organisation=foreign.organisation, user=both, role=Role.OWNER)
    client = client_of(world.people["olga"])
    for name, row in IDS.items():
        if row.method == "get":
            with subtests.test(name):
                assert client.get(address(name, row.needs, mixed(world, foreign))).status_code == 404


def test_a_guest_reaches_no_station_of_another_room(world, foreign, subtests):
    """Not of another organisation's, and not of another workshop of the same one."""
    client = Client()
    enter_as_guest(client, world)
    elsewhere = {"foreign": foreign.rated}
    with scopes_disabled():
        elsewhere["same organisation"] = world.closed.activities.get().stations.first()
        elsewhere["planned block"] = world.planned.stations.first()
    before = rows_of(foreign.organisation)
    for name, station in elsewhere.items():
        with subtests.test(name):
            place = address(
                "workshops:station_rate", "code rated", SimpleNamespace(running=world.running, rated=station)
            )
            response = client.post(place, {"drawer": "5"}, headers={"HX-Request": "true"})
            assert response.status_code == (409 if name == "planned block" else 404)
            assert SECRET not in response.content.decode()
    assert rows_of(foreign.organisation) == before


def test_a_guests_cookie_opens_no_other_room(world, foreign, subtests):
    client = Client()
    enter_as_guest(client, world)
    code, other = world.running.join_code, foreign.running.join_code
    for kind in ("guest", "ballot"):
        if f"{kind}_{code}" in client.cookies:
            client.cookies[f"{kind}_{other}"] = client.cookies[f"{kind}_{code}"].value
    for name in ("room_stream", "room_poll", "ballot_detail"):
        with subtests.test(name):
            response = client.get(address(f"workshops:{name}", "code", foreign))
            assert response.status_code == 302
            assert SECRET not in response.content.decode()


# --- fields of forms ------------------------------------------------------------------------------------------------

FIELDS: dict[str, tuple[str, str, int, Any]] = {
    # what: address, rows of it, status, what is sent; there: the other organisation's world
    "member's department": (
        "accounts:member_edit", "org member", 422,
        lambda there: {"role": "employee", "department": there.department.pk},
    ),
    "invitation's department": (
        "accounts:invitation_create", "org", 422,
        lambda there: {"email": "n@example.org", "role": "employee", "department": there.department.pk},
    ),
    "department to merge into": (
        "accounts:department_merge", "org department", 422,
        lambda there: {"into": there.department.code},
    ),
    "new touchpoint's department": (
        "touchpoints:touchpoint_create", "org", 422,
        lambda there: {"name": "Neu", "phase": "PS", "existence": "actual", "department": there.department.code},
    ),
    "touchpoint's department": (
        "touchpoints:touchpoint_edit", "org touchpoint", 422,
        lambda there: {"version": 1, "name": "Neu", "phase": "PS", "department": there.department.code},
    ),
    "touchpoint to move": (
        "touchpoints:touchpoint_move", "org", 404,
        lambda there: {"down": f"{there.station.touchpoint.code}.0"},
    ),
    "touchpoints to change": (
        "touchpoints:touchpoint_bulk", "org", 409,
        lambda there: {"rows": f"{there.station.touchpoint.code}.1", "phase": "LO", "save": "1"},
    ),
    "touchpoints to choose": (
        "touchpoints:touchpoint_bulk", "org", 422,
        lambda there: {"row": f"{there.station.touchpoint.code}.1"},
    ),
    "touchpoints that were changed meanwhile": (
        "touchpoints:touchpoint_bulk", "org", 409,
        lambda there: {"stale_rows": f"{there.station.touchpoint.code}.1", "stale": "change", "phase": "LO",
                       "save": "1"},
    ),
    "touchpoints that are two": (
        "touchpoints:duplicate_dismiss", "org", 404,
        lambda there: {"first": there.station.touchpoint.code, "second": there.twin.code},
    ),
    "new journey's persona": (
        "journeys:journey_create", "org", 422,
        lambda there: {"version": 1, "name": "Neu", "persona": there.journey.persona_id},
    ),
    "journey's persona": (
        "journeys:journey_edit", "org journey", 422,
        lambda there: {"version": 1, "name": "Neu", "persona": there.journey.persona_id},
    ),
    "touchpoint to put on a journey": (
        "journeys:station_add", "org journey", 404,
        lambda there: {"code": uuid.uuid4(), "touchpoint": there.station.touchpoint.code},
    ),
    "station to stand before": (
        "journeys:station_move", "org journey station", 409,
        lambda there: {"version": 1, "phase": "PS", "before": there.station.code},
    ),
    "new workshop's journey": (
        "workshops:workshop_create", "org", 422,
        lambda there: {"code": uuid.uuid4(), "journey": there.journey.code, "title": "Neu"},
    ),
    "new block's stations": (
        "workshops:activity_create", "org workshop", 422,
        lambda there: {"code": uuid.uuid4(), "title": "Neu", "stations": [there.station.code], "is_named": "anonymous",
                       "mode": "quick", "minutes": 5},
    ),
    "table's department": (
        "workshops:table_create", "org running", 422,
        lambda there: {"code": uuid.uuid4(), "name": "Neu", "heads": 3, "department": there.department.code},
    ),
    "new measure's touchpoint": (
        "workshops:measure_create", "org", 422,
        lambda there: {"code": uuid.uuid4(), "title": "Neu", "kind": "remove",
                       "touchpoints": [there.station.touchpoint.code]},
    ),
    "measure's responsible person": (
        "workshops:measure_edit", "org measure", 422,
        lambda there: {"version": 1, "title": "Neu", "kind": "remove", "status": "planned",
                       "responsible": there.emil.code},
    ),
    "measure's department": (
        "workshops:measure_edit", "org measure", 422,
        lambda there: {"version": 1, "title": "Neu", "kind": "remove", "status": "planned",
                       "department": there.department.code},
    ),
    "block's stations": (
        "workshops:activity_edit", "org planned", 422,
        lambda there: {"title": "Neu", "stations": [there.station.code], "mode": "full", "is_named": "anonymous",
                       "minutes": 5, "version": 1},
    ),
}  # fmt: skip

# A create form carries the code of the row to be. One that is taken elsewhere must not open, change or reveal that row.
TAKEN = {
    "department": ("accounts:department_create", "org", lambda there: (there.department.code, {"kind": "department"})),
    "touchpoint": ("touchpoints:touchpoint_create", "org", lambda of: (of.station.touchpoint.code, {"phase": "PS"})),
    "persona": ("journeys:persona_create", "org", lambda there: (there.journey.persona.code, {"version": 1})),
    "journey": ("journeys:journey_create", "org", lambda of: (of.journey.code, {"version": 1, "persona_name": "P"})),
    "station": ("journeys:station_add", "org journey", lambda there: (there.station.code, {"phase": "PS"})),
    "block": (
        "workshops:activity_create", "org workshop",
        lambda there: (there.planned.code, {"title": "Neu", "mode": "full", "is_named": "anonymous", "minutes": 5}),
    ),
    "table": ("workshops:table_create", "org running", lambda there: (there.table.code, {"heads": 3})),
    "measure": (
        "workshops:measure_create", "org",
        lambda there: (there.measure.code, {"title": "Neu", "kind": "create"}),
    ),
    "workshop": ("workshops:workshop_create", "org", lambda there: (there.running.code, {"title": "Neu"})),
}  # fmt: skip


@pytest.mark.parametrize("what", FIELDS)
def test_no_field_takes_another_organisations_row(world, foreign, what):
    name, needs, status, data = FIELDS[what]
    own, before = rows_of(world.organisation), rows_of(foreign.organisation)

    response = client_of(world.people["olga"]).post(address(name, needs, world), data(foreign))

    assert response.status_code == status
    assert SECRET not in response.content.decode()
    assert rows_of(foreign.organisation) == before
    assert rows_of(world.organisation) == own
    assert wrong_references() == []


@pytest.mark.parametrize("what", TAKEN)
def test_a_code_that_is_taken_elsewhere_opens_nothing(world, foreign, what):
    name, needs, data = TAKEN[what]
    code, more = data(foreign)
    before = rows_of(foreign.organisation)
    own = {"journey": world.journey.code, "stations": [world.station.code]}
    own["touchpoints"] = [world.station.touchpoint.code]
    sent = {"name": "Neu", "existence": "actual", **own, **more, "code": code}

    response = client_of(world.people["olga"]).post(address(name, needs, world), sent)

    assert response.status_code == 302, "the row gets a code of its own"
    assert SECRET not in response.content.decode()
    assert rows_of(foreign.organisation) == before
    assert wrong_references() == []


def test_a_guest_names_no_department_of_another_organisation(world, foreign):
    response = Client().post(
        address("workshops:room_enter", "code", world), {"name": "Gast", "department": foreign.department.code}
    )
    assert response.status_code == 422
    assert SECRET not in response.content.decode()
    assert wrong_references() == []


def test_no_filter_and_no_query_string_shows_another_organisations_row(world, foreign):
    client = client_of(world.people["olga"])
    for path, query in (
        (address("touchpoints:touchpoint_list", "org", world), {"department": foreign.department.code, "q": SECRET}),
        (address("touchpoints:touchpoint_export", "org", world), {"department": foreign.department.code}),
        (address("workshops:workshop_create", "org", world), {"journey": foreign.journey.code}),
        (
            address("workshops:result_analysis", "org closed", world),
            {"block": foreign.activity.code, "channel": SECRET},
        ),
        (address("workshops:baseline_analysis", "org baseline", world), {"block": foreign.activity.code}),
    ):
        response = client.get(path, query)
        assert response.status_code == 200
        assert SECRET not in response.content.decode().replace(f'value="{SECRET}"', "")


def test_the_check_for_references_finds_one(world, foreign):
    """The control of this file: a reference between organisations is seen."""
    with scopes_disabled():
        type(world.emil)._base_manager.filter(pk=world.emil.pk).update(department=foreign.department)
    assert wrong_references() == ["accounts.Membership.department"]
