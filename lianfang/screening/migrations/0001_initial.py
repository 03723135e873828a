import django.db.models.deletion
import lianfang.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
        ("reporting", "0001_initial"),
        ("roster", "0001_initial"),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="reporting.dailyreport",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="rulebook.screeningrule",
                    ),
                ),
                ("found_at", models.DateTimeField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TRUE", "true as reported"),
                            ("MISTAKE", "a mistake in the form, corrected"),
                            ("NOT_RELEVANT", "true, but no exposure"),
                        ],
                        max_length=12,
                    ),
                ),
                ("verified_at", models.DateTimeField(null=True)),
                (
                    "verified_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "rule"), name="screening_a_rule_holds_once_per_report"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExposureHit",
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
                        related_name="exposure_hits",
                        to="roster.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("IN_AREA", "was in a listed area"),
                            ("FROM_AREA", "met somebody from a listed area"),
                            ("MET_CASE", "met a patient"),
                        ],
                        max_length=9,
                    ),
                ),
                ("area_code", models.CharField(blank=True, max_length=6)),
                (
                    "listing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.riskarea",
                    ),
                ),
                ("list_number", models.PositiveIntegerField(null=True)),
                ("found_at", models.DateTimeField()),
                ("last_exposed_on", models.DateField()),
                ("seen_until_on", models.DateField()),
                ("evidence", models.JSONField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TRUE", "true"),
                            ("NOT_TRUE", "not true"),
                            ("BEFORE", "true, but before the area was listed"),
                            ("NO_EXPOSURE", "true, but no exposure"),
                        ],
                        max_length=11,
                    ),
                ),
                ("verdict_reason", lianfang.vault.fields.SealedTextField(blank=True)),
                ("verified_at", models.DateTimeField(null=True)),
                (
                    "verified_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("doubted_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("verdict", ""), ("doubted_at__isnull", False), _connector="OR"
                        ),
                        fields=["unit", "found_at"],
                        name="screening_hits_to_verify",
                    ),
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="screening_hits_overdue",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("verdict", "")),
                        fields=("person", "kind", "area_code"),
                        name="screening_one_open_hit_per_exposure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", ""), ("verified_at__isnull", False), _connector="OR"
                        ),
                        name="screening_a_verdict_has_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reevaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "area_list",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.areaimport",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("next_due_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("found", models.PositiveIntegerField(default=0)),
                ("extended", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="screening_lists_to_compare",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExposureFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="screening.exposurehit",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FOUND", "brought up"),
                            ("EXTENDED", "exposed again"),
                            ("CHANGED", "the answer that led to it has changed"),
                            ("VERIFIED", "verified by phone"),
                            ("OVERDUE", "nobody has rung in time"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("last_exposed_on", models.DateField()),
                ("list_number", models.PositiveIntegerField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TRUE", "true"),
                            ("NOT_TRUE", "not true"),
                            ("BEFORE", "true, but before the area was listed"),
                            ("NO_EXPOSURE", "true, but no exposure"),
                        ],
                        max_length=11,
                    ),
                ),
            ],
        ),
    ]
