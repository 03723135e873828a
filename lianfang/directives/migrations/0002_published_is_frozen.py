"""The database refuses to reword or delete a published version, whoever asks."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLE = "directives_directiveversion"
FROZEN = (
    "directive_id", "number", "title", "body", "urgency", "acknowledge_due_at",
    "feedback_due_at", "feedback_asks", "drafted_by_id", "drafted_at", "signed_by_id",
    "published_at",
)  # fmt: skip
WORDS = "a published directive is frozen"


def _changes(differs: str) -> str:
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in FROZEN)


SQLITE = [
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
        WHEN OLD.published_at IS NOT NULL AND ({_changes("IS NOT")})
        BEGIN SELECT RAISE(ABORT, '{WORDS}'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
        WHEN OLD.published_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, '{WORDS}'); END""",
]
POSTGRES = [
    f"""CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$""",
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW
        WHEN (OLD.published_at IS NOT NULL AND ({_changes("IS DISTINCT FROM")}))
        EXECUTE FUNCTION {TABLE}_refuse()""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW
        WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION {TABLE}_refuse()""",
]


def guard(apps: Any, schema_editor: Any) -> None:
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def unguard(apps: Any, schema_editor: Any) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for name in (f"{TABLE}_no_update", f"{TABLE}_no_delete"):
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if postgres else ""))
    if postgres:
        schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")


class Migration(migrations.Migration):
    dependencies = [("directives", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
