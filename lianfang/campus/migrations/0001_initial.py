import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("roster", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GATE", "gate passages"),
                            ("DORM", "evening check of the dormitory"),
                        ],
                        max_length=4,
                    ),
                ),
                ("file_name", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                (
                    "imported_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("imported_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "digest"), name="campus_one_import_of_a_file"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("deleted", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["due_at"],
                        name="campus_purges_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatePassage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "direction",
                    models.CharField(choices=[("IN", "in"), ("OUT", "out")], max_length=3),
                ),
                ("gate", models.CharField(blank=True, max_length=40)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="campus.batch",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day", "person"], name="campus_passages_of_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "at", "direction"), name="campus_one_passage_at_a_moment"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EveningCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("is_present", models.BooleanField()),
                ("room", models.CharField(blank=True, max_length=40)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="campus.batch",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day", "person"], name="campus_checks_of_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "at"), name="campus_one_check_at_a_moment"
                    )
                ],
            },
        ),
    ]
