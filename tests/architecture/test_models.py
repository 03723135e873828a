"""What holds for every table: migrations, privacy, names."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from lianfang.vault.fields import SealedTextField
from tests.architecture.house import ROOT

# Where a person's family comes from was turned against people in 2020: no column ever asks.
ORIGIN = re.compile(
    r"native|birth_?place|place_of_birth|home_?town|hukou|huji|jiguan|household|ancestral"
    r"|origin_(?:place|province|county)|ethnic|nationality|籍贯|户籍|户口|民族|祖籍",
    re.IGNORECASE,
)
# A number that reaches a person. Those of hospitals and hot lines are public.
PHONE = re.compile(r"phone|mobile|msisdn", re.IGNORECASE)
PUBLIC = {"places", "rulebook"}


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("lianfang.")]


def fields() -> list[tuple[str, models.Field[Any, Any]]]:
    return [
        (f"{model._meta.label}.{field.name}", field)
        for model in our_models()
        for field in model._meta.local_fields
    ]


def asks_for_origin(field: models.Field[Any, Any]) -> bool:
    return bool(ORIGIN.search(f"{field.name} {field.verbose_name} {field.help_text}"))


def origins_asked_for() -> list[str]:
    """Fields of ours that would ask for native place, household register or ethnicity."""
    return [name for name, field in fields() if asks_for_origin(field)]


def test_no_field_asks_where_somebody_comes_from() -> None:
    assert origins_asked_for() == []


@pytest.mark.parametrize(
    "planted",
    [
        models.CharField("籍贯", name="origin"),
        models.CharField(name="native_place"),
        models.CharField(name="home_town"),
        models.CharField(name="hukou_county"),
        models.CharField(name="household_register"),
        models.CharField(name="ethnic_group"),
        models.CharField("民族", name="group"),
        models.CharField(name="place", help_text="户籍所在地"),
    ],
)
def test_a_field_that_asked_for_it_would_be_found(planted: models.Field[Any, Any]) -> None:
    """Planted beside the real fields of a real table, for the length of this test."""
    options = our_models()[0]._meta
    planted.set_attributes_from_name(planted.name)
    planted.model = our_models()[0]
    options.local_fields.append(planted)
    try:
        assert origins_asked_for() == [f"{options.label}.{planted.name}"]
    finally:
        options.local_fields.remove(planted)


def test_a_persons_number_is_sealed() -> None:
    open_text = [
        name
        for name, field in fields()
        if PHONE.search(field.name)
        and isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, SealedTextField)
        and not field.name.endswith(("_index", "_hash", "_blind"))
        and field.model._meta.app_label not in PUBLIC
        and not field.choices
    ]
    assert open_text == []


def test_the_clock_of_the_machine_fills_no_column() -> None:
    """`now` comes from the edge: a column that fills itself would know another time."""
    assert [
        name
        for name, field in fields()
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ] == []


def test_a_moment_ends_in_at_and_a_date_in_on() -> None:
    assert [name for name, field in fields() if not is_named_for_its_time(field)] == []


def is_named_for_its_time(field: models.Field[Any, Any]) -> bool:
    name = field.name
    if isinstance(field, models.DateTimeField):
        return name in {"at", "last_login"} or name.endswith(("_at", "_from", "_until"))
    if isinstance(field, models.DateField):
        return name == "day" or name.endswith(("_on", "_day", "_from", "_until"))
    return True


def test_a_constraint_is_named_for_its_rule() -> None:
    assert [
        f"{model._meta.label}: {constraint.name}"
        for model in our_models()
        for constraint in model._meta.constraints
        if not constraint.name.startswith(f"{model._meta.app_label}_")
    ] == []


@pytest.mark.django_db
def test_the_migrations_are_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_migration_is_named_for_its_idea() -> None:
    files = (ROOT / "lianfang").glob("*/migrations/[0-9]*.py")
    assert [path.name for path in files if re.search(r"_auto_\d|_and_more", path.name)] == []


def test_the_sqlite_in_use_does_not_corrupt_a_wal_database() -> None:
    assert sqlite3.sqlite_version_info >= (3, 51, 3)
    if connection.vendor == "sqlite":
        wrapper: Any = connection
        library = wrapper.Database
        assert library.sqlite_version == sqlite3.sqlite_version
        assert library.__name__.startswith("pysqlite3")
