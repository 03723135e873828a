"""Whether the tables of the database are those of this version, and bringing them up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import CreateModel

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

_COLUMNS = {
    "sqlite": (
        "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c"
        " WHERE t.type = 'table'"
    ),
    "postgresql": (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema()"
    ),
}


class NoDatabase(Refused):
    code = "installation.no-database"
    message = _(
        "The database %(database)s cannot be reached: %(reason)s. Look at LIANFANG_DATABASE_URL and"
        " whether its server runs."
    )
    status = 503


class TablesAreBehind(Refused):
    code = "installation.tables-are-behind"
    message = _(
        "The database %(database)s was made by an earlier version. Stop what runs on it, back it"
        " up, and start “lianfang run” once: it brings the tables up to date. Nothing was changed."
    )
    status = 409


class TablesOfAnotherVersion(Refused):
    code = "installation.tables-of-another-version"
    message = _(
        "The database %(database)s was made by another version of Lianfang, and this version"
        " cannot bring it up to date. Nothing was changed. If it holds only a demonstration, move"
        " it away and start again: mv %(home)s %(home)s.old (with PostgreSQL: name an empty"
        " database in LIANFANG_DATABASE_URL). If it holds your college, go back to the version"
        " that made it, and keep its backup and its keys."
    )
    status = 409


def insist_on_a_database() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise NoDatabase(database=settings.DATABASES["default"]["NAME"], reason=reason) from error


def bring_up_to_date() -> None:
    """Make or change the tables; refuses a database whose history is not ours, before a change."""
    executor = MigrationExecutor(connection)
    plan = _plan(executor)
    if plan is None:
        raise _of_another_version()
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    if not tables_fit():
        raise _of_another_version()


def insist_that_tables_fit() -> None:
    """For a command that finds its database made: raw errors of the database help nobody."""
    if tables_fit():
        return
    if _plan(MigrationExecutor(connection)):
        raise TablesAreBehind(database=settings.DATABASES["default"]["NAME"])
    raise _of_another_version()


def tables_fit() -> bool:
    """Every table of ours has the columns that this version reads and writes, and no others."""
    there = _columns()
    return all(
        there[model._meta.db_table] == {field.column for field in model._meta.local_concrete_fields}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    )


def _of_another_version() -> TablesOfAnotherVersion:
    return TablesOfAnotherVersion(
        database=settings.DATABASES["default"]["NAME"], home=settings.HOME
    )


def _columns() -> defaultdict[str, set[str]]:
    """What stands in the database: columns by table, in one question."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS[connection.vendor])
        for table, column in cursor.fetchall():
            found[table].add(column)
    return found


def _plan(executor: MigrationExecutor) -> list[Any] | None:
    """The migrations that are still to be applied; None where they cannot follow what is there."""
    try:
        executor.loader.check_consistent_history(connection)
    except InconsistentMigrationHistory:
        return None
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    there = set(connection.introspection.table_names())
    return None if there.intersection(_tables_made_by(plan)) else plan


def _tables_made_by(plan: list[Any]) -> Iterator[str]:
    for migration, _backwards in plan:
        for operation in migration.operations:
            if isinstance(operation, CreateModel):
                named = operation.options.get("db_table")
                yield named or f"{migration.app_label}_{operation.name_lower}"
