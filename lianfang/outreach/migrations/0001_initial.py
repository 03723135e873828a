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
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="UnitGroup",
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
                        related_name="qq_groups",
                        to="roster.unit",
                    ),
                ),
                ("number", models.CharField(max_length=12)),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("noted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("unit",),
                        name="outreach_one_group_of_a_unit",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneCorrection",
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
                        related_name="phone_corrections",
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
                ("wrong_index", models.CharField(blank=True, max_length=32)),
                (
                    "found",
                    models.CharField(
                        choices=[
                            ("CALL", "on the phone"),
                            ("GATEWAY", "by the messages that fail"),
                        ],
                        max_length=8,
                    ),
                ),
                ("noted_at", models.DateTimeField()),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("person", "wrong_index"),
                        name="outreach_one_correction_of_a_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="outreach.article",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("title_zh", models.CharField(max_length=100)),
                ("title_en", models.CharField(blank=True, max_length=100)),
                ("text_zh", models.TextField()),
                ("text_en", models.TextField(blank=True)),
                ("source", models.CharField(max_length=300)),
                ("valid_until", models.DateField()),
                ("what_changed", models.CharField(blank=True, max_length=300)),
                ("question_zh", models.CharField(blank=True, max_length=200)),
                ("question_en", models.CharField(blank=True, max_length=200)),
                ("choices", models.JSONField(default=list)),
                ("right_choice", models.PositiveSmallIntegerField(null=True)),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "number"), name="outreach_one_version_of_an_article"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("question_zh", ""), ("right_choice__isnull", False), _connector="OR"
                        ),
                        name="outreach_a_question_has_a_right_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", 1),
                            models.Q(("what_changed", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outreach_a_new_version_says_what_changed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
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
                        related_name="campaigns",
                        to="outreach.articleversion",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="roster.unit",
                    ),
                ),
                ("subject", models.CharField(max_length=100)),
                ("audience", models.JSONField()),
                ("asks_question", models.BooleanField(default=False)),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CampaignStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="outreach.campaign",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("ways", models.JSONField()),
                ("due_at", models.DateTimeField()),
                ("struck_at", models.DateTimeField(null=True)),
                ("claims", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("struck_at__isnull", True)),
                        fields=["due_at"],
                        name="outreach_steps_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "position"), name="outreach_one_step_per_position"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="outreach.campaign",
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
                ("reached", models.SmallIntegerField(default=-1)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LINK", "by the link of a message"),
                            ("SMS", "by a text message"),
                            ("ACCOUNT", "in the account"),
                            ("CALL", "on the phone"),
                        ],
                        max_length=8,
                    ),
                ),
                ("first_choice", models.PositiveSmallIntegerField(null=True)),
                ("is_right", models.BooleanField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("confirmed_at__isnull", True), ("told_at__isnull", True)
                        ),
                        fields=["campaign", "reached"],
                        name="outreach_not_yet",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "person"), name="outreach_told_once_per_campaign"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupPosting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="postings",
                        to="outreach.campaign",
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
                ("robot", models.CharField(blank=True, max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("posted_at", models.DateTimeField(null=True)),
                (
                    "posted_by",
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
                        fields=("campaign", "unit"), name="outreach_one_posting_per_unit"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recipient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="call",
                        to="outreach.recipient",
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="call_tasks",
                        to="roster.person",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_outcome", models.CharField(blank=True, max_length=12)),
                ("last_try_at", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TOLD", "told"),
                            ("CONFIRMED", "confirmed by themselves"),
                            ("REFUSED", "does not want to be called"),
                            ("NOT_REACHED", "not reached"),
                            ("WRONG_NUMBER", "the number is wrong"),
                            ("ENDED", "the campaign ended"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["assigned_to", "next_try_at"],
                        name="outreach_calls_open",
                    )
                ],
            },
        ),
    ]
