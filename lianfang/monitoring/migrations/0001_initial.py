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
            name="MonitoringFile",
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
                        related_name="monitoring_files",
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
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.edition",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("LIVED_WUHAN", "lived in or travelled to Wuhan"),
                            ("LIVED_HUBEI", "lived in or travelled to Hubei outside Wuhan"),
                            ("LIVED_AREA", "lived in or travelled to another listed area"),
                            ("PASSED", "passed through a listed area"),
                            ("MET_FROM_AREA", "met somebody from a listed area"),
                            ("MET_CASE", "met a suspected or confirmed case"),
                            ("SHARED_HOME", "lives with somebody who is watched over or ill"),
                            ("FEVER", "a fever that is being looked into"),
                            ("NAMED", "named by the leading group"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", lianfang.vault.fields.SealedTextField()),
                ("evidence", lianfang.vault.fields.SealedTextField(blank=True)),
                ("source", models.CharField(max_length=60)),
                ("last_exposure_on", models.DateField()),
                ("extra_days", models.PositiveSmallIntegerField(default=0)),
                ("eligible_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("TO_VERIFY", "to be verified"),
                            ("WATCHED", "under key monitoring"),
                            ("ILL", "something was reported"),
                            ("AS_CONTACT", "handled as a close contact"),
                            ("IN_HOSPITAL", "in the care of a hospital"),
                            ("TO_RELEASE", "release to be decided"),
                            ("RELEASED", "released"),
                            ("CANCELLED", "cancelled as mistaken"),
                        ],
                        default="TO_VERIFY",
                        max_length=12,
                    ),
                ),
                (
                    "isolation",
                    models.CharField(
                        choices=[
                            ("NONE", "none"),
                            ("SELF", "watches their own health"),
                            ("AT_HOME", "at home"),
                            ("ON_CAMPUS", "in a room of the college"),
                            ("FACILITY", "in a quarantine facility"),
                            ("HOSPITAL", "in hospital"),
                        ],
                        default="NONE",
                        max_length=12,
                    ),
                ),
                ("isolation_place", lianfang.vault.fields.SealedTextField(blank=True)),
                ("isolation_from", models.DateField(null=True)),
                ("is_ordered", models.BooleanField(default=False)),
                ("proof_number", models.CharField(blank=True, max_length=60)),
                ("supervisor", lianfang.vault.fields.SealedTextField(blank=True)),
                ("supervisor_phone", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "carer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="monitoring_cared_for",
                        to="roster.person",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
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
                ("told_at", models.DateTimeField(null=True)),
                (
                    "told_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PHONE", "by phone"),
                            ("VIDEO", "by video call"),
                            ("VISIT", "face to face"),
                            ("WRITTEN", "in writing"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "verified_by",
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
                (
                    "next_step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TELL", "tell the carer"),
                            ("VERIFY", "remind of the verification"),
                            ("DAY", "begin the next day"),
                            ("DECIDE", "remind of the decision"),
                        ],
                        max_length=8,
                    ),
                ),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["unit", "state"],
                        name="monitoring_open",
                    ),
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="monitoring_files_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("person",),
                        name="monitoring_one_open_file_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                (
                                    "state__in",
                                    [
                                        "AS_CONTACT",
                                        "ILL",
                                        "IN_HOSPITAL",
                                        "TO_RELEASE",
                                        "TO_VERIFY",
                                        "WATCHED",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("state__in", ["CANCELLED", "RELEASED"]),
                            ),
                            _connector="OR",
                        ),
                        name="monitoring_closed_when_it_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("eligible_on__gt", models.F("last_exposure_on"))),
                        name="monitoring_ends_after_the_exposure",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundPlan",
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
                ("codes", models.JSONField()),
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("held_until__isnull", True)),
                        fields=("unit",),
                        name="monitoring_one_open_round_plan",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_until__isnull", True),
                            ("held_until__gte", models.F("held_from")),
                            _connector="OR",
                        ),
                        name="monitoring_round_plan_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundCheck",
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
                ("code", models.CharField(max_length=12)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="round_checks",
                        to="roster.person",
                    ),
                ),
                ("is_present", models.BooleanField()),
                ("temperature", lianfang.vault.fields.SealedTextField(blank=True)),
                ("symptoms", lianfang.vault.fields.SealedJSONField(blank=True)),
                ("has_symptoms", models.BooleanField(default=False)),
                ("taken_at", models.DateTimeField()),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit", "day", "code"], name="monitoring_round_of_unit")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "code", "person"), name="monitoring_once_in_a_round"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonitoringFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="monitoring.monitoringfile",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("OPENED", "opened"),
                            ("VERIFIED", "verified, and the person told"),
                            ("EXPOSED_AGAIN", "exposed again: the days begin anew"),
                            ("REPORTED_AGAIN", "reported again, nothing later"),
                            ("EXTENDED", "extended"),
                            ("POLICY", "put under another edition of the rules"),
                            ("CORRECTED", "reason corrected"),
                            ("CARER", "given to a carer"),
                            ("PLACE", "place and supervision noted"),
                            ("CALLED", "called the person"),
                            ("NOTE", "note"),
                            ("LOST", "cannot be found: told upwards"),
                            ("EXPLAINED", "gap explained"),
                            ("URGENT", "symptoms or fever reported"),
                            ("MOVED", "state changed"),
                            ("PROPOSED", "release proposed"),
                            ("REFUSED", "release refused"),
                            ("RELEASED", "released"),
                            ("CANCELLED", "cancelled"),
                            ("CONTESTED", "contested by the person"),
                            ("ANSWERED", "contest answered"),
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
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
                ("detail", lianfang.vault.fields.SealedJSONField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="CheckSlot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="monitoring.monitoringfile",
                    ),
                ),
                ("day", models.DateField()),
                ("code", models.CharField(max_length=12)),
                ("opens_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("struck_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("DUE", "due"), ("DONE", "done"), ("MISSED", "missed")],
                        default="DUE",
                        max_length=6,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NORMAL", "nothing to note"),
                            ("SYMPTOMS", "symptoms or fever"),
                            ("NOT_REACHED", "not reached"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SELF", "filled in by the person"),
                            ("REPORT", "from the daily report"),
                            ("PHONE", "by phone"),
                            ("VISIT", "by a visit"),
                        ],
                        max_length=8,
                    ),
                ),
                ("temperature", lianfang.vault.fields.SealedTextField(blank=True)),
                ("site", models.CharField(blank=True, max_length=8)),
                ("symptoms", lianfang.vault.fields.SealedJSONField(blank=True)),
                ("place_kept", models.BooleanField(null=True)),
                ("isolation_kept", models.BooleanField(null=True)),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="monitoring_slots_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "day", "code"), name="monitoring_one_slot_of_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "DONE"), _negated=True),
                            ("checked_at__isnull", False),
                            _connector="OR",
                        ),
                        name="monitoring_done_has_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GapExplanation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="explanations",
                        to="monitoring.monitoringfile",
                    ),
                ),
                ("held_from", models.DateField()),
                ("held_until", models.DateField()),
                ("text", lianfang.vault.fields.SealedTextField()),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("held_until__gt", models.F("held_from"))),
                        name="monitoring_explanation_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="monitoring.monitoringfile",
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField()),
                ("asked_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("next_due_at", models.DateTimeField(null=True)),
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
                ("answer", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="monitoring_needs_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contests",
                        to="monitoring.monitoringfile",
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField()),
                ("filed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("next_due_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STANDS", "the label stays"),
                            ("CORRECTED", "the label stays, its reason is corrected"),
                            ("CANCELLED", "the label was wrong and is taken away"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answer", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="monitoring_contests_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("file",),
                        name="monitoring_one_open_contest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", True),
                            models.Q(("outcome", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="monitoring_answer_says_what",
                    ),
                ],
            },
        ),
    ]
