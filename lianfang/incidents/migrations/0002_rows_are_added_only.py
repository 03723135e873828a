"""The database refuses to change a row of an incident's course; a later row replaces it.

Deleting stays possible: what was collected for an emergency is destroyed after it.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = (
    "incidents_verification",
    "incidents_classification",
    "incidents_outsidenotice",
    "incidents_casereport",
)


def guard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            """CREATE FUNCTION incidents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION 'rows of a course are added only'; END $$"""
        )
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION incidents_refuse_change()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'rows of a course are added only'); END"
            )


def unguard(apps: Any, schema_editor: Any) -> None:
    for table in TABLES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_no_change{on}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION incidents_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
