"""Look-ups that stand before every request, written once a process instead of once a request.

The query builder takes four times as long as the database for one row by its key, which counts where a whole room taps
at the same moment. A ``Reading`` lets the builder say once which columns lie where, and adds a condition written out.

Only for the doors, which turn an address into a scope, and for what is read within the organisation or the workshop
that a door has found: nothing fences a reading but its own condition.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

from config.statements import prepared_cursor

M = TypeVar("M", bound=models.Model)
T = TypeVar("T", bound=tuple[Any, ...])


class Reading(Generic[M]):
    """Rows of ``model`` for a condition, with the rows that ``related`` names, as by ``select_related``.

    ``where`` is SQL that calls tables by their names in the database and values by theirs: ``%(code)s``. ``order`` is
    what ORDER BY takes, ``locked`` the tables whose rows are locked until the transaction ends, in this order.
    ``computed`` names further attributes of a row, each with the SQL of its value.
    """

    def __init__(
        self,
        model: type[M],
        *related: str,
        where: str,
        order: str = "",
        locked: tuple[str, ...] = (),
        **computed: str,
    ) -> None:
        self.model, self.related, self.where, self.computed = model, related, where, computed
        self.sorted = f" ORDER BY {order}" if order else ""
        self.lock = f" FOR NO KEY UPDATE OF {', '.join(locked)}" if locked else ""

    def find(self, **values: Any) -> M | None:
        """The first row, or None. A value of None is no value: nothing equals it."""
        found = self._read(" LIMIT 1", values)
        return found[0] if found else None

    def all(self, **values: Any) -> list[M]:
        """All rows; a condition ``… = ANY(%(ids)s)`` takes a list."""
        return self._read("", values)

    def _read(self, limit: str, values: Mapping[str, Any]) -> list[M]:
        statement, made = self.written
        with prepared_cursor() as cursor:
            cursor.execute(f"{statement}{self.sorted}{limit}{self.lock}", values)
            return made(cursor.fetchall())

    @cached_property
    def written(self) -> tuple[str, Callable[[Sequence[Sequence[Any]]], list[M]]]:
        """The statement, and what makes the rows and those they lead to out of what it says, as a queryset would.

        Nothing in it changes afterwards, so that threads may share it, and two that come first write the same.
        """
        computed = {name: RawSQL(sql, ()) for name, sql in self.computed.items()}  # noqa: S611 - our own code
        chosen: models.QuerySet[M] = models.QuerySet(self.model).order_by().annotate(**computed)
        chosen = chosen.select_related(*self.related) if self.related else chosen
        compiler = chosen.query.get_compiler(DEFAULT_DB_ALIAS)
        statement, _no_values = compiler.as_sql()
        info, columns = compiler.klass_info, compiler.select
        converters: Mapping[int, Any] = compiler.get_converters([column for column, _sql, _alias in columns])
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column.target.attname for column, _sql, _alias in columns[first:last]]
        populators = get_related_populators(info, columns, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of a later Django

        def made(rows: Sequence[Sequence[Any]]) -> list[M]:
            found = []
            for row in compiler.apply_converters(rows, converters):
                each: M = self.model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
                for populator in populators:
                    populator.populate(row, each)
                for name, column in compiler.annotation_col_map.items():
                    setattr(each, name, row[column])
                found.append(each)
            return found

        return f"{statement} WHERE {self.where}", made


class Listing(Generic[T]):
    """Rows of ``model`` as tuples of the named tuple ``kind``, whose names are columns of the model.

    For hundreds of rows that are only read: a row of the model costs ten times as much as its tuple.
    """

    def __init__(self, model: type[models.Model], kind: type[T], *, where: str, order: str = "") -> None:
        self.model, self.kind, self.where = model, kind, where
        self.sorted = f" ORDER BY {order}" if order else ""

    def all(self, **values: Any) -> list[T]:
        """All rows; a condition ``… = ANY(%(ids)s)`` takes a list."""
        statement, made = self.written
        with prepared_cursor() as cursor:
            cursor.execute(f"{statement}{self.sorted}", values)
            return made(cursor.fetchall())

    @cached_property
    def written(self) -> tuple[str, Callable[[Sequence[Sequence[Any]]], list[T]]]:
        """As of a reading."""
        names: tuple[str, ...] = self.kind._fields  # type: ignore[attr-defined]  # of a named tuple
        compiler = models.QuerySet(self.model).order_by().values_list(*names).query.get_compiler(DEFAULT_DB_ALIAS)
        statement, _no_values = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        converters: dict[int, Any] = compiler.get_converters(columns)
        for place, column in enumerate(columns):
            if isinstance(column.target, models.JSONField):
                converters[place] = ([_document], column)
        make: Callable[[Sequence[Any]], T] = self.kind._make  # type: ignore[attr-defined]  # of a named tuple

        def made(rows: Sequence[Sequence[Any]]) -> list[T]:
            return [make(row) for row in compiler.apply_converters(rows, converters)]

        return f"{statement} WHERE {self.where}", made


def _document(value: str | None, *_context: Any) -> Any:
    """What a column of JSON holds. Of a thousand documents most are empty, which needs no parser."""
    if value == "{}":
        return {}
    if value == "[]":
        return []
    return None if value is None else json.loads(value)
