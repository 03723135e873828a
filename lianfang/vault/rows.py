"""Model instances from a plain statement, for the few questions that every request asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


def stored(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """An instance as it stands in the database; what is not named is fetched when asked for.

    `names` are attribute names in the order of `values`. `Model.from_db` wants them in the
    order of the model's fields, and mixes them up silently otherwise.
    """
    known = dict(zip(names, values, strict=True))
    ordered = [f.attname for f in model._meta.concrete_fields if f.attname in known]
    return model.from_db(connection.alias, ordered, [known[name] for name in ordered])
