"""Departments and providers."""

from typing import Any, Protocol

from django.db import transaction
from django.db.models import F, ManyToOneRel

from accounts.models import Department, Membership
from accounts.services.edits import StaleEdit, insert_once


class Follow(Protocol):
    """What an app does with its rows before ``department`` goes; they shall belong to ``into``, or to none."""

    def __call__(self, *, department: Department, into: Department | None, by: Membership) -> None: ...


# Apps whose rows remember what happened to them, and are more than pointed elsewhere, stand here once Django is ready:
# imports point from them to this app.
FOLLOWERS: list[Follow] = []


@transaction.atomic
def create_department(*, code: Any, name: str, kind: str, by: Membership) -> Department:
    """Create a department, or return the one that the same form created before. Raises ValidationError."""
    if (existing := Department.objects.filter(code=code).first()) is not None:
        return existing
    department = Department(organisation=by.organisation, code=code, name=name, kind=kind)
    department.full_clean(validate_unique=False)
    return insert_once(department)


@transaction.atomic
def update_department(*, department: Department, version: int, name: str, kind: str) -> Department:
    """Rename or change the kind. Raises StaleEdit when ``version`` is not the present one, ValidationError."""
    department.name, department.kind = name, kind
    department.full_clean()
    changed = Department.objects.filter(pk=department.pk, version=version).update(
        name=name, kind=kind, version=F("version") + 1
    )
    if not changed:
        raise StaleEdit(Department.objects.get(pk=department.pk))
    department.version = version + 1
    return department


@transaction.atomic
def remove_department(*, department: Department, by: Membership) -> None:
    """Delete it; members and touchpoints of it stay and have no department then."""
    for follow in FOLLOWERS:
        follow(department=department, into=None, by=by)
    department.delete()


@transaction.atomic
def merge_department(*, department: Department, into: Department, by: Membership) -> Department:
    """Let everything that belongs to ``department`` belong to ``into``, and delete it: members, touchpoints, people in
    a room, and the ballots of a block that runs, so that those who have rated already are counted with the others.

    The applications that have departments are asked by their models, since imports point the other way.
    """
    if department == into:
        return into
    for follow in FOLLOWERS:
        follow(department=department, into=into, by=by)
    for field in Department._meta.get_fields(include_hidden=True):
        if isinstance(field, ManyToOneRel):
            name = field.field.name
            field.related_model._default_manager.filter(**{name: department}).update(**{name: into})
    department.delete()
    return into
