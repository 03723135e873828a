"""Seals over stretches of the trail; append-only as the entries are."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

SQLITE = [
    """CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal
       BEGIN SELECT RAISE(ABORT, 'audit seals are append-only'); END""",
    """CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal
       BEGIN SELECT RAISE(ABORT, 'audit seals are append-only'); END""",
]
POSTGRES = [
    """CREATE TRIGGER audit_seal_no_change BEFORE UPDATE OR DELETE ON audit_seal
       FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
]


def guard(apps: Any, schema_editor: Any) -> None:
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def unguard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER audit_seal_no_change ON audit_seal")
        return
    for name in ("audit_seal_no_update", "audit_seal_no_delete"):
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("after", models.BigIntegerField(unique=True)),
                ("last", models.BigIntegerField()),
                ("marks", models.TextField()),
                ("mark", models.CharField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(guard, unguard),
    ]
