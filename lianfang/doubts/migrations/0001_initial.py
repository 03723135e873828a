import django.db.models.deletion
import lianfang.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("roster", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Trace",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="roster.person",
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
                ("second", models.PositiveIntegerField()),
                ("mark", models.CharField(blank=True, max_length=16)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "person"), name="doubts_one_trace_per_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
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
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                ("day", models.DateField()),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "waits for an answer"), ("CLOSED", "answered")],
                        default="OPEN",
                        max_length=6,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ASKED", "asked, and they report themselves from now on"),
                            ("EXPLAINED", "there is a good explanation"),
                            ("HELPED", "helped: thermometer, phone, time"),
                            ("NOTHING", "nothing to it"),
                        ],
                        max_length=9,
                    ),
                ),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("quiet_until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "OPEN")),
                        fields=("unit",),
                        name="doubts_one_open_question_per_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "OPEN"),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("quiet_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="doubts_a_closed_question_has_its_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contradiction",
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
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("AWAY_BUT_GATE", "reported away, came in at the gate"),
                            ("AWAY_BUT_DORM", "reported away, was in the dormitory"),
                            ("CAMPUS_BUT_NO_DORM", "reported on campus, not in the dormitory"),
                            ("LEAVE_BUT_CAMPUS", "excused, and yet on campus"),
                            ("HOSPITAL_BUT_WELL", "in hospital, and yet nothing reported"),
                            ("QUARANTINE_BUT_GATE", "in quarantine, and yet at the gate"),
                            ("QUARANTINE_ELSEWHERE", "in quarantine, and reported from elsewhere"),
                            ("QUARANTINE_UNKNOWN", "reported quarantine, no order is known"),
                        ],
                        max_length=20,
                    ),
                ),
                ("records", lianfang.vault.fields.SealedJSONField()),
                ("found_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "waits for somebody who asks"),
                            ("CLOSED", "cleared up"),
                            ("SETTLED", "the records agree by now"),
                        ],
                        default="OPEN",
                        max_length=7,
                    ),
                ),
                (
                    "truth",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FIRST", "the first record is right"),
                            ("SECOND", "the second record is right"),
                            ("BOTH", "both are right: it changed during the day"),
                            ("NEITHER", "neither is right"),
                            ("UNKNOWN", "it cannot be found out"),
                        ],
                        max_length=7,
                    ),
                ),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "OPEN")),
                        fields=["unit", "day"],
                        name="doubts_contradictions_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "day", "kind"), name="doubts_one_contradiction_of_a_kind"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DoubtMoment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("NIGHT", "compare the day that has ended"),
                            ("IMPORT", "compare a day whose records came in"),
                        ],
                        max_length=6,
                    ),
                ),
                ("day", models.DateField()),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["due_at"],
                        name="doubts_moments_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("what", "day"),
                        name="doubts_one_open_moment_of_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="doubts.question",
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
                ("signs", models.CharField(max_length=60)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("question", "person"), name="doubts_asked_once_in_a_question"
                    )
                ],
            },
        ),
    ]
