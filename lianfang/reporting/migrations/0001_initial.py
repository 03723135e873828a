import django.db.models.deletion
import lianfang.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("roster", "0001_initial"),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyReport",
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
                        related_name="daily_reports",
                        to="roster.person",
                    ),
                ),
                ("day", models.DateField()),
                ("revision", models.PositiveSmallIntegerField()),
                ("is_current", models.BooleanField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.edition",
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("first_received_at", models.DateTimeField()),
                ("is_late", models.BooleanField()),
                ("has_events", models.BooleanField()),
                ("county_code", models.CharField(max_length=6)),
                ("presence", models.CharField(max_length=12)),
                ("answers", lianfang.vault.fields.SealedJSONField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("WEB", "filled in by the person"),
                            ("API", "sent by an integration"),
                            ("PROXY", "reported by somebody else"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "proxy_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PHONE", "told by phone"),
                            ("NO_PHONE", "has no smartphone"),
                            ("ILL", "too ill to fill in the form"),
                            ("PARENT", "told by the family"),
                            ("PAPER", "from the paper sheet"),
                        ],
                        max_length=10,
                    ),
                ),
                ("told_by", models.CharField(blank=True, max_length=60)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submitted_reports",
                        to="roster.person",
                    ),
                ),
                ("receipt", models.CharField(max_length=20)),
                ("submission_key", models.CharField(max_length=64, unique=True)),
                ("submission_digest", models.CharField(max_length=64)),
                ("client_skew_s", models.IntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("has_events", True), ("is_current", True)),
                        fields=["day", "unit"],
                        name="reporting_events_of_day",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "day", "revision"),
                        name="reporting_one_revision_per_person_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("day", "person"),
                        name="reporting_one_current_report",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "PROXY"), _negated=True),
                            models.Q(("proxy_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="reporting_proxy_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                ("day", models.DateField()),
                ("expected", models.IntegerField(default=0)),
                ("exempt", models.IntegerField(default=0)),
                ("zero", models.IntegerField(default=0)),
                ("with_events", models.IntegerField(default=0)),
                ("late", models.IntegerField(default=0)),
                ("proxy", models.IntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "unit"), name="reporting_one_unit_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unit_reports",
                        to="roster.unit",
                    ),
                ),
                ("day", models.DateField()),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "declaration",
                    models.CharField(
                        choices=[
                            ("ZERO_FULL", "zero report, everybody reached"),
                            ("ZERO_PARTIAL", "zero report, some not reached"),
                            ("WITH_EVENTS", "report with events"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("signed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("is_late", models.BooleanField()),
                ("narrative", lianfang.vault.fields.SealedTextField(blank=True)),
                ("correction_reason", models.CharField(blank=True, max_length=200)),
                ("figures", models.JSONField()),
                ("not_reached", lianfang.vault.fields.SealedJSONField(blank=True)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "day", "version"),
                        name="reporting_one_version_of_unit_report",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version", 1),
                            models.Q(("correction_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="reporting_correction_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MissedReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("flagged_at", models.DateTimeField()),
                ("made_up_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("day", "person"),
                        name="reporting_missed_once_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", True)),
                        fields=("day", "unit"),
                        name="reporting_missed_once_per_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallRecord",
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
                        related_name="calls",
                        to="roster.person",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "called_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("called_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("CONFIRMED", "confirmed by the person"),
                            ("TOLD", "told by phone"),
                            ("FAMILY", "told the family"),
                            ("NO_ANSWER", "no answer"),
                            ("WRONG_NUMBER", "wrong number"),
                            ("REFUSED", "refused"),
                            ("LOST", "cannot be found"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["day", "person", "-called_at"], name="reporting_calls_of_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DueMoment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("OPEN", "open the day"),
                            ("REMIND", "remind those who have not reported"),
                            ("CUT_OFF", "flag those who have not reported"),
                            ("CHASE", "start the ladder of the units"),
                            ("LADDER", "tell those responsible how many have not reported"),
                        ],
                        max_length=8,
                    ),
                ),
                ("level", models.CharField(max_length=8)),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["due_at"],
                        name="reporting_moments_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "action", "level"), name="reporting_moment_strikes_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Intensity",
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
                            ("DAILY", "every day"),
                            ("ON_CHANGE", "when something changes"),
                            ("STOPPED", "not asked for"),
                        ],
                        max_length=9,
                    ),
                ),
                ("day_from", models.DateField()),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-day_from", "-id"], name="reporting_intensity_of_day")
                ],
            },
        ),
    ]
