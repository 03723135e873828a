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
            name="Plan",
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
                        related_name="plans",
                        to="roster.unit",
                    ),
                ),
                ("title", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "title"), name="directives_one_plan_of_a_title"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupervisionItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("DIRECTIVE", "overdue directive"),
                            ("MISSED_REPORT", "missed report"),
                            ("INSPECTION", "inspection"),
                            ("COMPLAINT", "complaint"),
                            ("PLAN", "work plan"),
                            ("TASK", "task"),
                        ],
                        max_length=14,
                    ),
                ),
                ("origin", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(max_length=100)),
                ("text", models.TextField(blank=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervision_items",
                        to="roster.unit",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervision_items",
                        to="roster.person",
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("assigned_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "to be done"),
                            ("UNDER_WAY", "under way"),
                            ("TO_CHECK", "to be checked"),
                            ("CLOSED", "settled and checked"),
                        ],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="directives_items_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "CLOSED"), _negated=True),
                        fields=["unit", "due_at"],
                        name="directives_items_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("owner")), _negated=True),
                            _connector="OR",
                        ),
                        name="directives_item_checked_by_somebody_else",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("origin", ""), _negated=True),
                            models.Q(("state", "CLOSED"), _negated=True),
                        ),
                        fields=("origin",),
                        name="directives_one_open_item_per_origin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Directive",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="directives",
                        to="roster.unit",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_why", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="directives.plan",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
                (
                    "adopted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("adopted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "number"), name="directives_one_plan_version_of_a_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("adopted_at__isnull", True)),
                        fields=("plan",),
                        name="directives_one_plan_draft_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("adopted_at__isnull", True),
                            models.Q(
                                ("adopted_by__isnull", False),
                                models.Q(("adopted_by", models.F("drafted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="directives_plan_adopted_by_a_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="directives.supervisionitem",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ASSIGNED", "assigned"),
                            ("PROGRESS", "progress"),
                            ("SUBMITTED", "reported as done"),
                            ("RETURNED", "sent back"),
                            ("CLOSED", "checked and closed"),
                            ("REOPENED", "reopened"),
                            ("EXTENDED", "more time given"),
                            ("OVERDUE", "overdue, the line above is told"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DirectiveVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "directive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="directives.directive",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=100)),
                ("body", models.TextField()),
                (
                    "urgency",
                    models.CharField(
                        choices=[
                            ("EXTRA_URGENT", "extra urgent"),
                            ("URGENT", "pressing"),
                            ("ORDINARY", "ordinary"),
                        ],
                        max_length=12,
                    ),
                ),
                ("acknowledge_due_at", models.DateTimeField()),
                ("feedback_due_at", models.DateTimeField(null=True)),
                ("feedback_asks", models.TextField(blank=True)),
                ("to_everybody", models.BooleanField(default=False)),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("published_at", models.DateTimeField(null=True)),
                ("superseded_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("directive", "number"), name="directives_one_version_of_a_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", True)),
                        fields=("directive",),
                        name="directives_one_draft_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("published_at__isnull", False), ("superseded_at__isnull", True)
                        ),
                        fields=("directive",),
                        name="directives_one_version_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True),
                            models.Q(
                                ("signed_by__isnull", False),
                                models.Q(("signed_by", models.F("drafted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="directives_signed_by_a_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="directives.planversion",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("I", "level I"),
                            ("II", "level II"),
                            ("III", "level III"),
                            ("IV", "level IV"),
                            ("NORMAL", "normal"),
                        ],
                        max_length=6,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=100)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "level", "position"),
                        name="directives_plan_tasks_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponseActivation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activations",
                        to="directives.planversion",
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
                    "level",
                    models.CharField(
                        choices=[
                            ("I", "level I"),
                            ("II", "level II"),
                            ("III", "level III"),
                            ("IV", "level IV"),
                            ("NORMAL", "normal"),
                        ],
                        max_length=6,
                    ),
                ),
                ("intensity", models.CharField(max_length=9)),
                ("day_from", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                (
                    "activated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("activated_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Addressee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addressees",
                        to="directives.directiveversion",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                ("with_below", models.BooleanField(default=False)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RESPONSIBLE_HEAD", "responsible head"),
                            ("COUNSELOR", "counselor"),
                            ("CLASS_REPORTER", "class reporter"),
                            ("LIAISON", "liaison officer"),
                            ("SECRETARY", "Party secretary"),
                            ("DUTY_OFFICER", "duty officer of the committee"),
                            ("LEADER", "member of the leading group"),
                            ("DOCTOR", "school doctor"),
                        ],
                        max_length=20,
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", True), ("unit__isnull", False)),
                            models.Q(("person__isnull", False), ("unit__isnull", True)),
                            _connector="OR",
                        ),
                        name="directives_addressee_is_a_unit_or_a_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectiveReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="directives.directiveversion",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="roster.unit",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="below",
                        to="directives.directivereceipt",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RESPONSIBLE_HEAD", "responsible head"),
                            ("COUNSELOR", "counselor"),
                            ("CLASS_REPORTER", "class reporter"),
                            ("LIAISON", "liaison officer"),
                            ("SECRETARY", "Party secretary"),
                            ("DUTY_OFFICER", "duty officer of the committee"),
                            ("LEADER", "member of the leading group"),
                            ("DOCTOR", "school doctor"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="directive_receipts",
                        to="roster.person",
                    ),
                ),
                ("has_below", models.BooleanField(default=False)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("acknowledge_due_at", models.DateTimeField(null=True)),
                ("feedback_due_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "read_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
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
                ("relayed_at", models.DateTimeField(null=True)),
                (
                    "relayed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("own_words", models.TextField(blank=True)),
                ("own_due_at", models.DateTimeField(null=True)),
                ("fed_back_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="directives_receipts_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", True)),
                        fields=("version", "unit", "role"),
                        name="directives_one_receipt_per_unit",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("version", "person"),
                        name="directives_one_receipt_per_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedbacks",
                        to="directives.directivereceipt",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("figures", models.JSONField(default=dict)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("is_accepted", models.BooleanField(null=True)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("receipt", "number"), name="directives_feedback_counts_up"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_accepted", False), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="directives_returned_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="directives.directiveversion",
                    ),
                ),
                (
                    "feedback",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="directives.feedback",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="directives.itementry",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application/pdf", "PDF"),
                            ("image/png", "PNG"),
                            ("image/jpeg", "JPEG"),
                            (
                                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                                "Word",
                            ),
                            (
                                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                "Excel",
                            ),
                        ],
                        max_length=80,
                    ),
                ),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("content", lianfang.vault.fields.SealedTextField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version__isnull", False),
                            ("feedback__isnull", False),
                            ("entry__isnull", False),
                            _connector="OR",
                        ),
                        name="directives_attachment_belongs_somewhere",
                    )
                ],
            },
        ),
    ]
