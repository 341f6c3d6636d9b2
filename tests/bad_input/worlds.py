"""Two organisations with one of everything, whose texts carry a mark, and the browsers of everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.tenancy import TenantModel
from tests.bad_input.addresses import Address
from tests.bad_input.values import Row
from tests.factories import MembershipFactory
from tests.guards.test_permission_table import browser
from tests.world import address, build_world

# Stands in every text of the two organisations. None of it is ever sent.
MARKS = {"own": "OnlyOurs7f3", "foreign": "OnlyTheirs9c2"}
ROOM_FOR_A_MARK = 40  # characters a column must hold
NO_TEXT = ("_hash", "code", "key", "file", "language", "time_zone", "content_type")


def tenant_models() -> list[type[TenantModel]]:
    return sorted(
        (each for each in apps.get_models() if issubclass(each, TenantModel)), key=lambda each: each._meta.label
    )


@dataclass
class Worlds:
    """Our organisation and the other one; ``where`` is "own" or "foreign"."""

    by_place: dict[str, SimpleNamespace]
    codes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    arguments: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def organisation(self, where: str) -> Organisation:
        return self.by_place[where].organisation

    def code(self, row: Row) -> str:
        """The code of a row; of a model without rows there one that nobody has."""
        codes = self.codes.get((row.where, row.model)) or [f"00000000-0000-4000-8000-{row.number:012}"]
        return codes[row.number % len(codes)]

    def models(self) -> list[str]:
        """The models that addresses and forms name rows of."""
        return sorted({model for _where, model in self.codes})

    def client(self, person: str, cookies: dict[str, str] | None = None) -> Client:
        """A fresh browser of somebody, with what the server has put into it, and ``cookies`` over it."""
        client = Client(raise_request_exception=False)
        for name, value in (self.cookies[person] | (cookies or {})).items():
            client.cookies[name] = value
        return client

    def valid_arguments(self, address_: Address, where: str) -> dict[str, str]:
        """The arguments with which the address names a row of an organisation."""
        known = (address_.name, where)
        if known not in self.arguments:
            try:
                found = resolve(address(address_.name, address_.needs or "", self.by_place[where])).kwargs
            except Resolver404 as error:
                raise AssertionError(address_) from error
            self.arguments[known] = {name: str(value) for name, value in found.items()}
        return self.arguments[known]


def build_worlds(people: dict[str, Membership], fremd: Membership) -> Worlds:
    """Two worlds alike; only in ours somebody of each role has a browser, in the other one the owner."""
    there = {"olga": fremd} | {
        name: MembershipFactory(organisation=fremd.organisation, role=role)
        for name, role in (("mara", Role.MODERATOR), ("max", Role.MANAGER), ("emil", Role.EMPLOYEE))
    }
    worlds = Worlds({"own": build_world(people | {"fremd": fremd}), "foreign": build_world(there)})
    for where in worlds.by_place:
        mark(worlds.organisation(where), MARKS[where])
        for model in tenant_models():
            if any(each.name == "code" for each in model._meta.fields):
                rows = model._base_manager.filter(**{model.organisation_path: worlds.organisation(where)})
                codes = [str(code) for code in rows.order_by("pk").values_list("code", flat=True)[:3]]
                worlds.codes[where, model._meta.label] = codes
    for person in ("anonymous", "gast", *people, "fremd"):
        client = browser(person, worlds.by_place["own"])
        worlds.cookies[person] = {name: morsel.value for name, morsel in client.cookies.items()}
    return worlds


def mark(organisation: Organisation, text: str) -> None:
    """Write ``text`` into every free text of an organisation, documents included."""
    for model in tenant_models():
        rows = model._base_manager.filter(**{model.organisation_path: organisation})
        names = [each.name for each in model._meta.fields if is_free_text(each)]
        for row in rows:
            for name in names:
                setattr(row, name, f"{text} {row.pk}")
            if names:
                row.save(update_fields=names)
        mark_documents(model, rows, text)
    users = User.objects.filter(pk__in=Membership._base_manager.filter(organisation=organisation).values("user"))
    users.update(name=f"{text} person")


def is_free_text(column: models.Field) -> bool:
    """Whether somebody's words stand in a column."""
    if not isinstance(column, models.CharField | models.TextField) or isinstance(column, models.EmailField):
        return False
    wide = column.max_length is None or column.max_length >= ROOM_FOR_A_MARK
    return wide and not column.choices and not column.unique and not column.name.endswith(NO_TEXT)


def mark_documents(model: type[TenantModel], rows: models.QuerySet, text: str) -> None:
    """The names in frozen results."""
    if model._meta.label != "workshops.Baseline":
        return
    for row in rows:
        for station in row.document["stations"]:
            station["name"] = f"{text} {row.pk}"
        row.save(update_fields=["document"])


@dataclass
class Watch:
    """Whether a row of an organisation has changed since the watch was set up."""

    organisation: Organisation
    statement: str = ""
    values: list[object] = field(default_factory=list)
    before: str = ""

    def __post_init__(self) -> None:
        parts = []
        for model in tenant_models():
            rows = model._base_manager.filter(**{model.organisation_path: self.organisation})
            sql, values = rows.values(*[each.attname for each in model._meta.concrete_fields]).query.sql_with_params()
            parts.append(f"SELECT '{model._meta.label}', md5(string_agg(r::text, '|' ORDER BY r::text)) FROM ({sql}) r")  # noqa: S608 - our own models
            self.values += values
        self.statement = " UNION ALL ".join(parts) + " ORDER BY 1"
        self.before = self.fingerprint()

    def fingerprint(self) -> str:
        """Every row of the organisation, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement, self.values)
            return repr(cursor.fetchall())

    @property
    def is_untouched(self) -> bool:
        return self.fingerprint() == self.before


def rows_written() -> int:
    """How many rows this transaction has written, undone ones included; cheaper than looking at all of them."""
    tables = [model._meta.db_table for model in tenant_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)",
            [tables],
        )
        return int(cursor.fetchone()[0])


def session_cookie() -> str:
    return str(settings.SESSION_COOKIE_NAME)
