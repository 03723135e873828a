"""Many rows at once, and the refusal when somebody else was here first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import Model

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

_CHUNK = 500
Item = TypeVar("Item")
Plain = str | int | date | None


class RosterChanged(Refused):
    code = "roster.changed-meanwhile"
    message = _("The roster was changed meanwhile. Nothing was imported; please look again.")
    status = 409


def chunks(items: Sequence[Item], size: int = _CHUNK) -> Iterable[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def end_rows(model: type[Model], keys: Sequence[int], *, day: date) -> None:
    """End rows as of a day; raises `RosterChanged` when one of them is not as it was."""
    rows = model._default_manager
    for some in chunks(keys):
        not_ended = rows.filter(pk__in=some).exclude(held_until__lte=day)
        never_began, _by_model = not_ended.filter(held_from__gte=day).delete()
        ended = not_ended.update(held_until=day)
        if never_began + ended != len(some):
            raise RosterChanged


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Plain]]) -> None:
    """Rows of plain values in one statement each chunk: four times as fast as by objects."""
    if not rows:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    places = f"({', '.join(['%s'] * len(columns))})"
    day = connection.ops.adapt_datefield_value
    for some in chunks(rows):
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([places] * len(some))}"
        values = [day(value) if isinstance(value, date) else value for row in some for value in row]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
