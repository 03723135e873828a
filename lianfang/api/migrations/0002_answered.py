from django.db import migrations, models

import lianfang.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0001_integration"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answered",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key_index", models.CharField(max_length=64, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("answer", lianfang.vault.fields.SealedTextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="api_answered_at")],
            },
        ),
    ]
