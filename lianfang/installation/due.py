"""Whether anything waits, asked outside of a transaction by a statement that is written once.

The workers ask some twenty-five tables four times a second whether a moment has come, and nearly
always none has. To build such a statement anew costs thirty times what the database needs to
answer it, and to ask inside a transaction holds up whoever writes on SQLite.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Protocol, TypeVar

from django.db import connection
from django.db.models import QuerySet

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Rows = Callable[[datetime], QuerySet[Any]]
_A_MOMENT = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=UTC)  # stands where each asking puts its own


class Move(Protocol[T_co]):
    """Something that a worker does when its moment has come."""

    def __call__(self, *, now: datetime) -> T_co: ...


class Waiting:
    """The rows that wait for a moment: `rows(moment)`, compared with that moment as it is."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._written: dict[str, tuple[str, list[Any]]] = {}

    def is_any(self, now: datetime) -> bool:
        sql, values = self._statement()
        moment = connection.ops.adapt_datetimefield_value(now)
        with connection.cursor() as cursor:
            cursor.execute(sql, [moment if value is _A_MOMENT else value for value in values])
            return cursor.fetchone() is not None

    def _statement(self) -> tuple[str, list[Any]]:
        known = self._written.get(connection.vendor)
        if known is None:
            known = self._written[connection.vendor] = self._write()
        return known

    def _write(self) -> tuple[str, list[Any]]:
        some = self._rows(_A_MOMENT).order_by().values("pk")[:1]
        sql, values = some.query.sql_with_params()
        stand_in = connection.ops.adapt_datetimefield_value(_A_MOMENT)
        marked = [_A_MOMENT if value == stand_in else value for value in values]
        if _A_MOMENT not in marked:
            raise TypeError("rows that wait must be compared with the moment itself")
        return sql, marked


def when_due(*rows: Rows) -> Callable[[Move[T]], Move[T | None]]:
    """Decorator: make the move only when one of these rows waits. It claims for itself."""
    tables = [Waiting(of_table) for of_table in rows]

    def decorate(move: Move[T]) -> Move[T | None]:
        @wraps(move)
        def look_and_move(*, now: datetime) -> T | None:
            if not any(table.is_any(now) for table in tables):
                return None
            return move(now=now)

        return look_and_move

    return decorate
