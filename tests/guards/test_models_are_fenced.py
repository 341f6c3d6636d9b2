"""Every row belongs to an organisation, or stands here with the reason why it does not."""

import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from accounts.tenancy import WHOLE_ORGANISATION, TenantManager, TenantModel

OWN_APPS = ["accounts", "touchpoints", "journeys", "workshops", "reports"]
NOT_TENANT = {
    "accounts.User": "one person may belong to several organisations",
    "accounts.Organisation": "is the tenant itself; reached through memberships and join codes only",
    "accounts.SetupLink": "belongs to the installation, before any organisation exists",
    "accounts.Attempt": "counts under a keyed hash and holds nothing of anybody",
}
# What a guest's scope reaches, and why. A model that is not here must stay closed.
OPEN_TO_GUESTS = {
    "accounts.Department": "a guest chooses theirs from the list",
    "workshops.Workshop": "the room itself",
    "workshops.Participant": "the guest's own row",
    "workshops.WorkshopSpectator": "whether a member who comes in through this door only watches",
    "workshops.Activity": "the block that runs",
    "workshops.ActivityStation": "what is rated",
    "workshops.Participation": "that the guest takes part",
    "workshops.Ballot": "found by the guest's secret only",
    "workshops.StationTally": "the counts of a shown result",
}
MODELS = [model for app in OWN_APPS for model in apps.get_app_config(app).get_models()]
TENANT = [model for model in MODELS if issubclass(model, TenantModel)]
SCOPES_DISABLED_IN = {"accounts/tenancy.py": 2}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_model_is_fenced_or_excused(model):
    assert issubclass(model, TenantModel) != (model._meta.label in NOT_TENANT)


@pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
def test_default_manager_is_the_fence(model):
    assert isinstance(model._default_manager, TenantManager)


@pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
def test_path_leads_to_the_organisation_without_a_gap(model):
    step = model
    for name in model.organisation_path.split("__"):
        field = step._meta.get_field(name)
        assert not field.null
        step = field.related_model

    assert step._meta.label == "accounts.Organisation"


@pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
def test_guests_reach_only_what_is_listed(model):
    assert (model.guest_path is not None) == (model._meta.label in OPEN_TO_GUESTS)


@pytest.mark.parametrize("model", [m for m in TENANT if m.guest_path not in (None, WHOLE_ORGANISATION, "pk")])
def test_guest_path_leads_to_the_workshop(model):
    step = model
    for name in model.guest_path.split("__"):
        step = step._meta.get_field(name).related_model

    assert step._meta.label == "workshops.Workshop"


def test_lists_name_only_what_exists():
    labels = {model._meta.label for model in MODELS}

    assert set(NOT_TENANT) <= labels
    assert set(OPEN_TO_GUESTS) <= labels


def test_scopes_are_switched_off_nowhere_else():
    found = {}
    for app in [*OWN_APPS, "config"]:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            count = len(re.findall(r"with scopes_disabled\(\)", path.read_text()))
            if count:
                found[str(path.relative_to(settings.BASE_DIR))] = count

    assert found == SCOPES_DISABLED_IN


def test_no_ballot_carries_a_time_or_an_order():
    kinds = {field.get_internal_type() for field in apps.get_model("workshops.Ballot")._meta.fields}
    assert kinds & {"DateTimeField", "DateField", "TimeField", "BigAutoField", "AutoField"} == set()


def test_tasks_take_ids_only_and_open_their_scope():
    from config.celery import app  # noqa: PLC0415 - after Django's apps are ready

    app.loader.import_default_modules()
    own = {name: task for name, task in app.tasks.items() if name.split(".")[0] in OWN_APPS}
    assert own
    for name, task in own.items():
        parameters = list(inspect.signature(task.run).parameters.values())
        assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters), name
        source = Path(inspect.getsourcefile(task.run)).read_text()
        if parameters:
            assert parameters[0].name == "organisation_id", name
            assert "member_scope(" in source, name
