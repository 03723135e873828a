"""The database refuses to change what was sent, and a draft that was sent or discarded."""

from __future__ import annotations

from typing import Any

from django.db import migrations

CAMPAIGN = "outreach_campaign"
DRAFT = "outreach_campaigndraft"
SENT = (
    "version_id", "unit_id", "subject", "words", "audience", "asks_question", "started_by_id",
    "started_at",
)  # fmt: skip
WORDS = {CAMPAIGN: "a sent campaign is frozen", DRAFT: "a closed draft is frozen"}


def _when(table: str, postgres: bool) -> str:
    if table == DRAFT:
        return "OLD.sent_at IS NOT NULL OR OLD.discarded_at IS NOT NULL"
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in SENT)


def guard(apps: Any, schema_editor: Any) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, words in WORDS.items():
        when = _when(table, postgres)
        if not postgres:
            schema_editor.execute(
                f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {when}
                    BEGIN SELECT RAISE(ABORT, '{words}'); END"""
            )
            continue
        schema_editor.execute(
            f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION '{words}'; END $$"""
        )
        schema_editor.execute(
            f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW
                WHEN ({when}) EXECUTE FUNCTION {table}_refuse()"""
        )


def unguard(apps: Any, schema_editor: Any) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in WORDS:
        on_table = f" ON {table}" if postgres else ""
        schema_editor.execute(f"DROP TRIGGER {table}_no_update{on_table}")
        if postgres:
            schema_editor.execute(f"DROP FUNCTION {table}_refuse()")


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_drafts")]
    operations = [migrations.RunPython(guard, unguard)]
