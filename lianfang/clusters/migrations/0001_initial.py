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
            name="Sign",
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
                        related_name="signs",
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
                ("syndrome", models.CharField(max_length=20)),
                ("onset_on", models.DateField()),
                ("known_on", models.DateField()),
                ("seen_on", models.DateField()),
                ("linked", models.BooleanField(default=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("REPORT", "daily report"),
                            ("CLINIC", "seen in the school clinic"),
                            ("ABSENCE", "absent because ill"),
                            ("INCIDENT", "classified in an incident"),
                        ],
                        max_length=8,
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
                (
                    "exemption",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.exemption",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=["known_on", "unit", "syndrome"],
                        name="clusters_signs_of_window",
                    ),
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="clusters_signs_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("person", "syndrome", "onset_on"),
                        name="clusters_one_sign_per_illness",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IllDay",
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
                ("syndrome", models.CharField(max_length=20)),
                ("ill", models.IntegerField()),
                ("reporters", models.IntegerField()),
                ("expected", models.IntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("ALARM", "more than usual"),
                            ("QUIET", "as usual"),
                            ("UNKNOWN", "unknown – data incomplete"),
                            ("SMALL", "too few for statistics: count rules watch it"),
                            ("LEARNING", "not enough days yet"),
                        ],
                        max_length=8,
                    ),
                ),
                ("alarms", models.JSONField(default=list)),
                ("bounds", models.JSONField(default=dict)),
                ("suppressed", models.BooleanField(default=False)),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "unit", "syndrome"), name="clusters_one_ill_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DetectionDay",
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["due_at"],
                        name="clusters_days_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.edition",
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
                    "stage",
                    models.CharField(
                        choices=[
                            ("VERIFICATION", "verification"),
                            ("ASSESSMENT", "risk assessment"),
                            ("CHARACTER", "risk characterisation"),
                            ("OUTCOME", "outcome"),
                            ("CLOSED", "closed"),
                        ],
                        default="VERIFICATION",
                        max_length=12,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("DISCARD", "discarded: no cluster"),
                            ("MONITOR", "monitor"),
                            ("RESPOND", "respond"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "risk",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LOW", "low"),
                            ("MODERATE", "moderate"),
                            ("HIGH", "high"),
                            ("VERY_HIGH", "very high"),
                        ],
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("unanswered_at", models.DateTimeField(null=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("is_urgent_kind", models.BooleanField(default=False)),
                ("clock_due_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "told_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("missed_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("stage", "CLOSED"), _negated=True),
                        fields=["opened_at"],
                        name="clusters_alerts_open",
                    ),
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="clusters_alerts_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "CLOSED"), _negated=True),
                            ("closed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="clusters_closed_alert_says_when",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="clusters.sign",
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("code", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=120)),
                ("known_on", models.DateField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "code", "known_on"], name="clusters_ill_of_group")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sign", "kind", "code"), name="clusters_once_in_a_group"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="clusters.alert",
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("code", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=120)),
                ("size", models.IntegerField(null=True)),
                ("is_open", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)),
                        fields=("kind", "code"),
                        name="clusters_one_open_alert_per_group",
                    ),
                    models.UniqueConstraint(
                        fields=("alert", "kind", "code"), name="clusters_a_group_once_per_alert"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="clusters.alert",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cluster_alerts",
                        to="roster.person",
                    ),
                ),
                (
                    "sign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="clusters.sign",
                    ),
                ),
                ("joined_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("alert", "person"), name="clusters_a_person_once_per_alert"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="clusters.alert",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("OPENED", "a rule held"),
                            ("GREW", "more people fell ill"),
                            ("RULE", "another rule held"),
                            ("GROUP", "another circle of the same people"),
                            ("HEARD", "written down by hand"),
                            ("TAKEN", "taken over"),
                            ("VERIFIED", "verified"),
                            ("ASSESSED", "risk assessed"),
                            ("CHARACTER", "risk characterised"),
                            ("DECIDED", "outcome decided"),
                            ("TOLD", "told outside"),
                            ("MISSED", "the legal time to report outside has passed"),
                            ("UNANSWERED", "nobody answered"),
                            ("NOTE", "note"),
                            ("CLOSED", "closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("choice", models.CharField(blank=True, max_length=20)),
                ("number", models.IntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("happened_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="clusters.alert",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="clusters.alertgroup",
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("syndromes", models.JSONField(default=list)),
                ("people", models.IntegerField()),
                ("held_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("group", "code"), name="clusters_a_rule_once")
                ],
            },
        ),
    ]
