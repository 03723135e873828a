import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("directive", models.TextField()),
                ("settings", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("in_force_from", models.DateTimeField()),
                ("in_force_until", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("in_force_until__isnull", True),
                            ("in_force_until__gt", models.F("in_force_from")),
                            _connector="OR",
                        ),
                        name="rulebook_edition_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Symptom",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="symptoms",
                        to="rulebook.edition",
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("name_zh", models.CharField(max_length=40)),
                ("name_en", models.CharField(max_length=60)),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "code"), name="rulebook_symptom_code"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreeningRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screening_rules",
                        to="rulebook.edition",
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                (
                    "severity",
                    models.CharField(
                        choices=[("URGENT", "report at once"), ("WATCH", "call back today")],
                        max_length=8,
                    ),
                ),
                ("name_zh", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=120)),
                ("criterion", models.JSONField()),
                ("source", models.TextField()),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "code"), name="rulebook_rule_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deadlines",
                        to="rulebook.edition",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("PERSON", "each person"),
                            ("CLASS", "class"),
                            ("UNIT", "department or office"),
                            ("COLLEGE", "college"),
                        ],
                        max_length=8,
                    ),
                ),
                ("unit_kinds", models.JSONField(default=list)),
                ("remind_at", models.TimeField(null=True)),
                ("due_at", models.TimeField()),
                ("grace_minutes", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "level"), name="rulebook_one_deadline"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LadderStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ladder_steps",
                        to="rulebook.edition",
                    ),
                ),
                (
                    "ladder",
                    models.CharField(
                        choices=[
                            ("SYMPTOM", "a symptom was reported"),
                            ("MISSED_UNIT_REPORT", "a unit has not signed its report"),
                            ("OVERDUE_DIRECTIVE", "a directive, or a matter to settle, is overdue"),
                            ("CLUSTER", "many ill at once"),
                            ("UNANSWERED", "nobody has answered, or nobody is on the post"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("OWN", "the unit itself"),
                            ("SUPERIOR", "the unit above"),
                            ("DEPARTMENT", "the department"),
                            ("COLLEGE", "the college"),
                            ("COMMITTEE", "the college committee"),
                        ],
                        max_length=12,
                    ),
                ),
                ("role", models.CharField(max_length=20)),
                ("wait_minutes", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "ladder", "position"),
                        name="rulebook_one_step_per_position",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="rulebook.edition",
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=8)),
                ("body", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "code", "language"), name="rulebook_one_text"
                    )
                ],
            },
        ),
    ]
