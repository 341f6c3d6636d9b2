"""Departments and providers."""

from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Department, Membership
from accounts.services.edits import StaleEdit, insert_once


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


def remove_department(*, department: Department) -> None:
    """Delete it; members and touchpoints of it stay and have no department then."""
    department.delete()
