"""What import-linter cannot see: foreign keys, and rooms that stand on no line."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.house import ROOT, lines_of_the_flow


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("lianfang.")]


def room_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def relations() -> list[Any]:
    return [
        pytest.param(room_of(model), room_of(target), id=f"{model.__name__}.{field.name}")
        for model in our_models()
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if (target := field.remote_field and field.remote_field.model) in our_models()
    ]


@pytest.mark.parametrize("from_room,to_room", relations())
def test_a_foreign_key_points_down_the_flow(from_room: str, to_room: str) -> None:
    line = lines_of_the_flow()
    assert from_room == to_room or line[from_room] > line[to_room]


def test_every_room_has_a_line() -> None:
    rooms = {path.parent.name for path in (ROOT / "lianfang").glob("*/__init__.py")}
    assert rooms <= lines_of_the_flow().keys()


def test_every_room_says_what_it_is() -> None:
    """Owns / Reads / Gives: the first thing that a newcomer reads of a room."""
    silent = [
        path.parent.name
        for path in (ROOT / "lianfang").glob("*/__init__.py")
        if not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert silent == []
