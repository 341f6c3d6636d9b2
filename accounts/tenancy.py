"""The tenancy fence: no query without a scope, and every scope ends at one organisation.

A member's scope is an organisation. A guest's scope is an organisation and one workshop of it: models reach a guest
only when they name the path to the workshop, so a new model is closed to guests until somebody opens it.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from django.db import models
from django_scopes import ScopeError, get_scope, scope, scopes_disabled
from django_scopes.manager import DisabledQuerySet

# A model with this guest path holds nothing that a guest of the organisation's workshops may not see.
WHOLE_ORGANISATION = "*"

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """Base of the querysets of tenant rows."""


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]  # built at run time
    """Filters by the open scope; outside of one every query raises ``django_scopes.ScopeError``."""

    def get_queryset(self) -> models.QuerySet:
        current = get_scope()
        if not current.get("_enabled", True):
            return super().get_queryset()
        if "organisation" not in current:
            return DisabledQuerySet(self.model, using=self._db, missing_scopes={"organisation"})
        queryset = super().get_queryset().filter(**{self.model.organisation_path: current["organisation"]})
        if (workshop := current.get("workshop")) is None:
            return queryset
        if self.model.guest_path is None:
            return DisabledQuerySet(self.model, using=self._db, missing_scopes={"member"})
        if self.model.guest_path == WHOLE_ORGANISATION:
            return queryset
        return queryset.filter(**{self.model.guest_path: workshop.pk})

    def all(self) -> models.QuerySet:
        queryset = super().all()
        return queryset.all() if isinstance(queryset, DisabledQuerySet) else queryset


class TenantModel(models.Model):
    """Base of every row that belongs to an organisation.

    ``organisation_path`` is the lookup that leads from the row to its organisation. ``guest_path`` is the one that
    leads to a workshop; None keeps guests out, WHOLE_ORGANISATION lets them see all rows of the organisation.
    """

    organisation_path: ClassVar[str] = "organisation"
    guest_path: ClassVar[str | None] = None

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        abstract = True

    @classmethod
    def manager_for(cls, queryset_class: type[models.QuerySet]) -> Any:
        """Return a fenced manager that also has the methods of ``queryset_class``."""
        return TenantManager.from_queryset(queryset_class)()


class OrganisationOwned(TenantModel):
    """A tenant row that carries its organisation itself."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


@contextmanager
def member_scope(organisation: Any) -> Generator[None]:
    """Open the scope of one organisation. Used by the member's door and by tasks."""
    with scope(organisation=organisation, workshop=None):
        yield


@contextmanager
def guest_scope(organisation: Any, workshop: Any) -> Generator[None]:
    """Open the scope of exactly one workshop. Used by the guest's door."""
    with scope(organisation=organisation, workshop=workshop):
        yield


def open_organisation() -> int:
    """The primary key of the organisation whose member's scope is open, for a reading's condition.

    Raises ``django_scopes.ScopeError`` outside of one, as every query would; a guest's scope is none.
    """
    current = get_scope()
    if "organisation" not in current or current.get("workshop") is not None:
        raise ScopeError("A member's scope is needed here.")
    return int(current["organisation"].pk)


def find_unscoped(model: type[M], *, select_related: tuple[str, ...] = (), **lookup: Any) -> M | None:
    """Return the one row of ``model`` for ``lookup`` over all organisations, or None.

    Only for the doors, which turn an address into a scope, and for tasks, which start from an id. The names in
    ``select_related`` are loaded in the same query.
    """
    with scopes_disabled():
        return model._default_manager.select_related(*select_related).filter(**lookup).first()


def memberships_of(model: type[M], user: Any) -> list[M]:
    """Return every membership of ``user`` with its organisation: the one list that spans organisations."""
    with scopes_disabled():
        return list(model._default_manager.select_related("organisation").filter(user=user))


__all__ = [
    "WHOLE_ORGANISATION",
    "OrganisationOwned",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "find_unscoped",
    "guest_scope",
    "member_scope",
    "memberships_of",
    "open_organisation",
]
