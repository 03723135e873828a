"""Model fields that are sealed in the database and plain in Python.

They refuse every lookup but `isnull`: what must be found again gets a blind index beside it
(`blind_index`), what must be sorted gets no sealed field.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.expressions import Expression
from django.db.models.lookups import Lookup

from lianfang.kernel.sealing import Keyring


def keyring() -> Keyring:
    ring: Keyring = settings.KEYRING
    return ring


def blind_index(text: str, *, place: str) -> str:
    """The keyed hash under which an equal text can be found; empty for an empty text."""
    return keyring().blind(text, place=place) if text else ""


class SealedTextField(models.TextField):  # type: ignore[type-arg]  # generic in its stubs only
    """Text sealed with AES-256-GCM, bound to its table and column. Empty stays empty."""

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.place} is sealed: look it up by its blind index")

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Expression):
            return value
        return keyring().seal(self.to_text(value), place=self.place) if value else ""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return self.from_text(keyring().open(value, place=self.place)) if value else self.empty()

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def empty(self) -> Any:
        return ""


class SealedJSONField(SealedTextField):
    """A JSON object, sealed whole. An empty dict is stored as an empty string."""

    _pyi_private_set_type: Any  # for the type checker: takes and gives a dict, not a text
    _pyi_private_get_type: Any

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def from_text(self, text: str) -> Any:
        return json.loads(text)

    def empty(self) -> Any:
        return {}
