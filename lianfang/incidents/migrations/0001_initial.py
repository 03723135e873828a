import django.db.models.deletion
import lianfang.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("reporting", "0001_initial"),
        ("roster", "0001_initial"),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
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
                        related_name="incidents",
                        to="roster.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="roster.unit",
                    ),
                ),
                (
                    "first_report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.dailyreport",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "nobody has answered yet"),
                            ("ACKNOWLEDGED", "somebody is on it"),
                            ("CLOSED", "closed"),
                        ],
                        default="OPEN",
                        max_length=14,
                    ),
                ),
                ("county_code", models.CharField(max_length=6)),
                ("opened_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("unanswered_at", models.DateTimeField(null=True)),
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
                (
                    "closing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RECOVERED", "well again"),
                            ("RULED_OUT", "ruled out by the hospital"),
                            ("OTHER_DIAGNOSIS", "another diagnosis by the hospital"),
                            ("HANDED_OVER", "handed over to hospital or CDC"),
                            ("DIED", "died"),
                            ("LOST", "not found; community or police are looking"),
                            ("DISMISSED", "dismissed: a false alarm"),
                            ("MISTAKE", "a mistake in the form"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.incident",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TRUE", "true, as reported"),
                            ("OTHER_CAUSE", "true, but with another cause"),
                            ("TYPED_WRONG", "typed wrong"),
                            ("MEASURED_WRONG", "measured wrong, normal when measured again"),
                            ("WRONG_PERSON", "reported for the wrong person"),
                            ("KNOWN_ALREADY", "known already, and cleared by a doctor"),
                            ("UNREACHABLE", "could not reach the person"),
                        ],
                        max_length=16,
                    ),
                ),
                ("verified_at", models.DateTimeField(null=True)),
                (
                    "illness",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("GENERAL_SYMPTOM", "general symptom, no epidemiological history"),
                            ("KEY_SYMPTOM", "key symptom with epidemiological history"),
                            ("FEVER_EXAMINED", "fever under examination"),
                            ("CLOSE_CONTACT", "notified as a close contact"),
                            ("SUSPECTED", "suspected case"),
                            ("CLINICAL", "clinically diagnosed case"),
                            ("CONFIRMED", "confirmed case"),
                            ("ASYMPTOMATIC", "asymptomatic infection"),
                            ("RULED_OUT", "ruled out"),
                            ("RECOVERED", "recovered"),
                            ("DIED", "died"),
                        ],
                        max_length=16,
                    ),
                ),
                ("was_diagnosed", models.BooleanField(default=False)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RECOVERED", "well again"),
                            ("RULED_OUT", "ruled out by the hospital"),
                            ("OTHER_DIAGNOSIS", "another diagnosis by the hospital"),
                            ("HANDED_OVER", "handed over to hospital or CDC"),
                            ("DIED", "died"),
                            ("LOST", "not found; community or police are looking"),
                            ("DISMISSED", "dismissed: a false alarm"),
                            ("MISTAKE", "a mistake in the form"),
                        ],
                        max_length=16,
                    ),
                ),
                ("outcome_at", models.DateTimeField(null=True)),
                (
                    "outcome_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("course", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "CLOSED"), _negated=True),
                        fields=["opened_at"],
                        name="incidents_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "CLOSED"), _negated=True),
                        fields=("person",),
                        name="incidents_one_open_per_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="incidents.incident",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("REPORTED", "reported"),
                            ("REPORTED_AGAIN", "reported again"),
                            ("ACKNOWLEDGED", "taken over"),
                            ("CALLED", "called the person"),
                            ("HOSPITAL", "hospital"),
                            ("OUTSIDE", "told outside"),
                            ("NOTE", "note"),
                            ("NOBODY_ANSWERED", "nobody answered"),
                            ("OUTCOME", "outcome"),
                            ("DISMISSED", "dismissed as a false alarm"),
                            ("REOPENED", "opened again"),
                            ("CLOSED", "closed"),
                        ],
                        max_length=16,
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
                (
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.dailyreport",
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="incidents.incident",
                    ),
                ),
                ("hospital", lianfang.vault.fields.SealedTextField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("advised_at", models.DateTimeField()),
                ("went_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("result_at", models.DateTimeField(null=True)),
                ("back_at", models.DateTimeField(null=True)),
                (
                    "transport",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("AMBULANCE", "ambulance (120)"),
                            ("COLLEGE_CAR", "car of the college"),
                            ("OWN_CAR", "own or family car"),
                            ("ON_FOOT", "on foot"),
                            ("PUBLIC", "public transport or taxi"),
                        ],
                        max_length=12,
                    ),
                ),
                ("companion", lianfang.vault.fields.SealedTextField(blank=True)),
                ("result", lianfang.vault.fields.SealedTextField(blank=True)),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="incidents_referrals_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("back_at__isnull", True)),
                        fields=("incident",),
                        name="incidents_one_open_referral",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReachStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reach_steps",
                        to="incidents.incident",
                    ),
                ),
                (
                    "ring",
                    models.CharField(
                        choices=[
                            ("PERSON", "the person again"),
                            ("ROOMMATE", "room-mates or classmates"),
                            ("FAMILY", "family or emergency contact"),
                            ("COMMUNITY", "community where the person is"),
                            ("POLICE", "police"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("REACHED", "the person was reached"),
                            ("KNOWS", "they know where the person is"),
                            ("NOBODY", "nobody answered"),
                            ("LOOKING", "they are looking"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("at__lte", models.F("entered_at"))),
                        name="incidents_reached_before_entered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NextCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="incidents.incident",
                    ),
                ),
                ("what", lianfang.vault.fields.SealedTextField()),
                ("due_at", models.DateTimeField()),
                ("next_due_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("found", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="incidents_checks_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("incident",),
                        name="incidents_one_open_check",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clearances",
                        to="incidents.incident",
                    ),
                ),
                (
                    "paper",
                    models.CharField(
                        choices=[
                            ("DIAGNOSIS", "diagnosis of a hospital"),
                            ("FIT_FOR_CLASS", "certificate of fitness to return to class"),
                            ("RELEASE", "release from isolation or observation"),
                            ("TEST", "laboratory report"),
                            ("EXAMINED", "examined by the school doctor"),
                        ],
                        max_length=16,
                    ),
                ),
                ("document", lianfang.vault.fields.SealedTextField(blank=True)),
                ("issued_by", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("returns_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="incidents.incident",
                    ),
                ),
                ("room", models.CharField(max_length=60)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("incident",),
                        name="incidents_one_open_observation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Companion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="companions",
                        to="incidents.incident",
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
                ("name", lianfang.vault.fields.SealedTextField()),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Disinfection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disinfections",
                        to="incidents.incident",
                    ),
                ),
                ("place", lianfang.vault.fields.SealedTextField()),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifications",
                        to="incidents.incident",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("TRUE", "true, as reported"),
                            ("OTHER_CAUSE", "true, but with another cause"),
                            ("TYPED_WRONG", "typed wrong"),
                            ("MEASURED_WRONG", "measured wrong, normal when measured again"),
                            ("WRONG_PERSON", "reported for the wrong person"),
                            ("KNOWN_ALREADY", "known already, and cleared by a doctor"),
                            ("UNREACHABLE", "could not reach the person"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("PHONE", "by phone"),
                            ("VIDEO", "by video"),
                            ("IN_PERSON", "in person"),
                            ("DOCTOR", "by a doctor"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("at__lte", models.F("entered_at"))),
                        name="incidents_verified_before_entered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Classification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classifications",
                        to="incidents.incident",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GENERAL_SYMPTOM", "general symptom, no epidemiological history"),
                            ("KEY_SYMPTOM", "key symptom with epidemiological history"),
                            ("FEVER_EXAMINED", "fever under examination"),
                            ("CLOSE_CONTACT", "notified as a close contact"),
                            ("SUSPECTED", "suspected case"),
                            ("CLINICAL", "clinically diagnosed case"),
                            ("CONFIRMED", "confirmed case"),
                            ("ASYMPTOMATIC", "asymptomatic infection"),
                            ("RULED_OUT", "ruled out"),
                            ("RECOVERED", "recovered"),
                            ("DIED", "died"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("SELF", "the person"),
                            ("DOCTOR", "school doctor"),
                            ("HOSPITAL", "hospital"),
                            ("CDC", "CDC"),
                            ("COMMUNITY", "community"),
                        ],
                        max_length=10,
                    ),
                ),
                ("said_by", lianfang.vault.fields.SealedTextField(blank=True)),
                ("document", lianfang.vault.fields.SealedTextField(blank=True)),
                ("document_follows", models.BooleanField(default=False)),
                ("definition", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="incidents.classification",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("at__lte", models.F("entered_at"))),
                        name="incidents_classified_before_entered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "kind__in",
                                    ["SUSPECTED", "CLINICAL", "CONFIRMED", "ASYMPTOMATIC"],
                                ),
                                _negated=True,
                            ),
                            ("source__in", ["HOSPITAL", "CDC"]),
                            _connector="OR",
                        ),
                        name="incidents_diagnosis_from_hospital_or_cdc",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="incidents.incident",
                    ),
                ),
                (
                    "organisation",
                    models.CharField(
                        choices=[
                            ("CDC", "CDC of the district"),
                            ("EDUCATION", "education authority"),
                            ("HEALTH", "health commission"),
                            ("COMMUNITY", "community where the person is"),
                            ("HOSPITAL", "hospital"),
                            ("PARENTS", "parents or family"),
                        ],
                        max_length=10,
                    ),
                ),
                ("organisation_name", lianfang.vault.fields.SealedTextField(blank=True)),
                ("spoke_with", lianfang.vault.fields.SealedTextField()),
                ("phone", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("PHONE", "by phone"),
                            ("IN_PERSON", "in person"),
                            ("IN_WRITING", "in writing, with receipt"),
                            ("ONLINE", "in a reporting system"),
                        ],
                        max_length=10,
                    ),
                ),
                ("given", lianfang.vault.fields.SealedTextField()),
                ("at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="incidents.outsidenotice",
                    ),
                ),
                ("reason", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("at__lte", models.F("entered_at"))),
                        name="incidents_told_before_entered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_reports",
                        to="incidents.incident",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FIRST", "first report"),
                            ("INTERIM", "interim report"),
                            ("FINAL", "final report"),
                        ],
                        max_length=8,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=0)),
                ("content", lianfang.vault.fields.SealedJSONField()),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "kind", "number"),
                        name="incidents_one_report_of_a_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalClock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="incidents.incident",
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
                ("rule", models.CharField(max_length=8)),
                ("fact", models.CharField(max_length=24)),
                ("tells", models.JSONField(default=list)),
                (
                    "first_tell",
                    models.CharField(
                        choices=[
                            ("CDC", "CDC of the district"),
                            ("EDUCATION", "education authority"),
                            ("HEALTH", "health commission"),
                            ("COMMUNITY", "community where the person is"),
                            ("HOSPITAL", "hospital"),
                            ("PARENTS", "parents or family"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("next_due_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
                ("met_at", models.DateTimeField(null=True)),
                (
                    "met_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meets",
                        to="incidents.outsidenotice",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("ended_reason", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="incidents_clocks_due",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("met_at__isnull", True)),
                        fields=["incident", "due_at"],
                        name="incidents_clocks_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("incident", "rule", "fact", "first_tell"),
                        name="incidents_one_clock_of_a_rule_and_fact",
                    )
                ],
            },
        ),
    ]
