"""Look-ups that stand before every request, written once a process instead of once a request.

The query builder takes four times as long as the database for one row by its key, which counts where a whole room taps
at the same moment. A ``Reading`` lets the builder say once which columns lie where, and adds a condition written out.

Only for the doors, which turn an address into a scope, and for what is read within the very workshop that a door has
found: nothing fences a reading but its own condition.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)


class Reading(Generic[M]):
    """The one row of ``model`` for a condition, with the rows that ``related`` names, as by ``select_related``.

    ``where`` is SQL that calls tables by their names in the database and values by theirs: ``%(code)s``.
    """

    def __init__(self, model: type[M], *related: str, where: str) -> None:
        self.model, self.related, self.where = model, related, where

    def find(self, **values: Any) -> M | None:
        """The row, or None. A value of None is no value: nothing equals it."""
        statement, made = self.written
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        return made(row) if row else None

    @cached_property
    def written(self) -> tuple[str, Callable[[Sequence[Any]], M]]:
        """The statement, and what makes the row and those it leads to out of what it says, as a queryset would.

        Nothing in it changes afterwards, so that threads may share it, and two that come first write the same.
        """
        chosen: models.QuerySet[M] = models.QuerySet(self.model).order_by()
        chosen = chosen.select_related(*self.related) if self.related else chosen
        compiler = chosen.query.get_compiler(DEFAULT_DB_ALIAS)
        statement, _no_values = compiler.as_sql()
        info, columns = compiler.klass_info, compiler.select
        converters: Mapping[int, Any] = compiler.get_converters([column for column, _sql, _alias in columns])
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column.target.attname for column, _sql, _alias in columns[first:last]]
        populators = get_related_populators(info, columns, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of a later Django

        def made(row: Sequence[Any]) -> M:
            (row,) = compiler.apply_converters([row], converters)
            found: M = self.model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
            for populator in populators:
                populator.populate(row, found)
            return found

        return f"{statement} WHERE {self.where} LIMIT 1", made
