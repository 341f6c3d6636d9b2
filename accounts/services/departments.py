"""Departments and providers."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Department, Membership


class StaleEditError(Exception):
    """Somebody else changed the row since the form was opened."""


@transaction.atomic
def create_department(*, code: Any, name: str, kind: str, by: Membership) -> Department:
    """Create a department, or return the one that the same form created before. Raises ValidationError."""
    if (existing := Department.objects.filter(code=code).first()) is not None:
        return existing
    department = Department(organisation=by.organisation, code=code, name=name, kind=kind)
    department.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            department.save(force_insert=True)
    except IntegrityError:
        # The form was sent twice at the same moment, or its code is somebody else's: then we take one of our own.
        if (existing := Department.objects.filter(code=code).first()) is not None:
            return existing
        department.code = uuid.uuid4()
        department.save(force_insert=True)
    return department


@transaction.atomic
def update_department(*, department: Department, version: int, name: str, kind: str) -> Department:
    """Rename or change the kind. Raises StaleEditError when ``version`` is not the present one, ValidationError."""
    department.name, department.kind = name, kind
    department.full_clean()
    changed = Department.objects.filter(pk=department.pk, version=version).update(
        name=name, kind=kind, version=F("version") + 1
    )
    if not changed:
        raise StaleEditError
    department.version = version + 1
    return department


def remove_department(*, department: Department) -> None:
    """Delete it; members and touchpoints of it stay and have no department then."""
    department.delete()
