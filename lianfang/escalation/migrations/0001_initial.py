import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clusters", "0001_initial"),
        ("directives", "0001_initial"),
        ("incidents", "0001_initial"),
        ("roster", "0001_initial"),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.edition",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="incidents.incident",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="directives.directivereceipt",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="directives.supervisionitem",
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="clusters.alert",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="roster.unit",
                    ),
                ),
                ("day", models.DateField()),
                ("round", models.PositiveSmallIntegerField(default=0)),
                ("reached", models.SmallIntegerField(default=-1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RUNNING", "climbing"),
                            ("ANSWERED", "answered"),
                            ("SETTLED", "no longer needed"),
                            ("EXHAUSTED", "nobody answered"),
                        ],
                        default="RUNNING",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("next_due_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="escalation_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("incident__isnull", False)),
                        fields=("incident",),
                        name="escalation_one_climb_per_incident",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("alert__isnull", True),
                            ("incident__isnull", True),
                            ("item__isnull", True),
                            ("receipt__isnull", True),
                        ),
                        fields=("ladder", "unit", "day"),
                        name="escalation_one_climb_per_unit_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("receipt__isnull", False), ("state", "RUNNING")),
                        fields=("receipt",),
                        name="escalation_one_climb_at_a_time_per_receipt",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("item__isnull", False), ("state", "RUNNING")),
                        fields=("item",),
                        name="escalation_one_climb_at_a_time_per_item",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("alert__isnull", False)),
                        fields=("alert",),
                        name="escalation_one_climb_per_alert",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Summons",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="summonses",
                        to="escalation.escalation",
                    ),
                ),
                (
                    "rung",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.ladderstep",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="summonses",
                        to="roster.person",
                    ),
                ),
                ("summoned_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MINE", "I will see to it"),
                            ("PASSED_ON", "passed on to the deputy"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("escalation", "round", "rung", "person"),
                        name="escalation_summoned_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", True)),
                        fields=("escalation", "round", "rung"),
                        name="escalation_nobody_once",
                    ),
                ],
            },
        ),
    ]
