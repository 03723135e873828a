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
            name="Survey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "open"), ("CLOSED", "closed")],
                        default="OPEN",
                        max_length=6,
                    ),
                ),
                ("period_from", models.DateField()),
                ("asks_anew", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField()),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
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
                        condition=models.Q(("state", "OPEN")),
                        fields=("state",),
                        name="surveys_one_open_round",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyResponse",
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
                        related_name="survey_responses",
                        to="roster.person",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="surveys.survey",
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
                ("revision", models.PositiveSmallIntegerField()),
                ("is_current", models.BooleanField()),
                ("answered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField()),
                ("county_code", models.CharField(blank=True, max_length=6)),
                ("since_on", models.DateField()),
                ("has_trips", models.BooleanField()),
                ("has_meetings", models.BooleanField()),
                ("community_told", models.BooleanField()),
                ("words", lianfang.vault.fields.SealedJSONField(blank=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("SELF", "by the person"),
                            ("PROXY", "by somebody else"),
                            ("PHONE", "told by phone"),
                        ],
                        max_length=5,
                    ),
                ),
                ("told_by", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("submission_key", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "revision"), name="surveys_one_revision_of_a_person"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("person",),
                        name="surveys_one_current_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
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
                        related_name="survey_attempts",
                        to="roster.person",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="surveys.survey",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("REFUSED", "refused"),
                            ("UNREACHABLE", "cannot be reached"),
                            ("MOVED", "has moved away"),
                        ],
                        max_length=11,
                    ),
                ),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-at"], name="surveys_last_attempt")],
            },
        ),
        migrations.CreateModel(
            name="Trip",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="surveys.surveyresponse",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("county_code", models.CharField(blank=True, max_length=6)),
                ("arrived_on", models.DateField()),
                ("left_on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("STAY", "lived or stayed there"),
                            ("VISIT", "visited the place"),
                            ("PASSING", "passed through"),
                            ("CHANGE", "changed trains or planes"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TRAIN", "train"),
                            ("COACH", "coach"),
                            ("PLANE", "plane"),
                            ("CAR", "car"),
                            ("SHIP", "ship"),
                            ("OTHER", "another way"),
                        ],
                        max_length=5,
                    ),
                ),
                ("companions", models.PositiveSmallIntegerField(null=True)),
                ("words", lianfang.vault.fields.SealedJSONField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county_code", "left_on"], name="surveys_trips_to_a_place")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("response", "position"), name="surveys_one_trip_at_a_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("left_on__gte", models.F("arrived_on"))),
                        name="surveys_trip_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="surveys.surveyresponse",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("met_on", models.DateField()),
                ("last_met_on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FROM_AREA", "somebody from an area of high incidence"),
                            ("SUSPECTED", "a suspected patient"),
                            ("CONFIRMED", "a confirmed patient"),
                        ],
                        max_length=9,
                    ),
                ),
                ("from_code", models.CharField(blank=True, max_length=6)),
                ("still_in_contact", models.BooleanField()),
                ("words", lianfang.vault.fields.SealedJSONField(blank=True)),
            ],
            options={
                "indexes": [models.Index(fields=["last_met_on"], name="surveys_meetings_of_late")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("response", "position"), name="surveys_one_meeting_at_a_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_met_on__gte", models.F("met_on"))),
                        name="surveys_last_contact_is_not_before_the_first",
                    ),
                ],
            },
        ),
    ]
