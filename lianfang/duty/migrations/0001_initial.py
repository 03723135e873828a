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
            name="Cover",
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
                        related_name="covers",
                        to="roster.unit",
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("LEADER", "leader on duty"),
                            ("OFFICER", "duty officer"),
                            ("UNIT", "duty in the unit"),
                            ("DOCTOR", "doctor on duty"),
                            ("GATE", "gate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("begins", models.TimeField(null=True)),
                ("ends", models.TimeField(null=True)),
                (
                    "days",
                    models.CharField(
                        choices=[
                            ("EVERY", "on every day"),
                            ("WORKDAYS", "working days"),
                            ("FREE", "weekends and holidays"),
                        ],
                        default="EVERY",
                        max_length=8,
                    ),
                ),
                ("keeps_book", models.BooleanField(default=False)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("unit", "post"),
                        name="duty_one_open_cover_of_a_post",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("begins__isnull", True), ("ends__isnull", True)),
                            models.Q(("begins__isnull", False), ("ends__isnull", False)),
                            _connector="OR",
                        ),
                        name="duty_cover_has_both_times_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rotation",
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
                        related_name="rotations",
                        to="roster.unit",
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("LEADER", "leader on duty"),
                            ("OFFICER", "duty officer"),
                            ("UNIT", "duty in the unit"),
                            ("DOCTOR", "doctor on duty"),
                            ("GATE", "gate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("slots", models.JSONField(default=list)),
                (
                    "turn",
                    models.CharField(
                        choices=[
                            ("SHIFT", "the next person with every shift"),
                            ("DAY", "the next person every day"),
                            ("WEEK", "the next person every Monday"),
                        ],
                        default="SHIFT",
                        max_length=8,
                    ),
                ),
                (
                    "days",
                    models.CharField(
                        choices=[
                            ("EVERY", "on every day"),
                            ("WORKDAYS", "working days"),
                            ("FREE", "weekends and holidays"),
                        ],
                        default="EVERY",
                        max_length=8,
                    ),
                ),
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
                ("made_until", models.DateField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_until__isnull", True),
                            ("held_until__gte", models.F("held_from")),
                            _connector="OR",
                        ),
                        name="duty_rotation_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyMoment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=40, unique=True)),
                ("due_at", models.DateTimeField()),
                ("struck_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("struck_at__isnull", True)),
                        fields=["due_at"],
                        name="duty_moments_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Drill",
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
                        related_name="drills",
                        to="roster.unit",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("SMS", "text message (or e-mail where there is no phone)"),
                            ("ROBOT", "group robot: people answer after logging in"),
                            ("CALLS", "call list: somebody rings them one by one"),
                        ],
                        max_length=8,
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "started_by",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("started_at"))),
                        name="duty_drill_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterFinding",
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
                        related_name="roster_findings",
                        to="roster.unit",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GAP", "nobody on the post"),
                            ("TWICE", "in two places at once"),
                            ("OVERLAP", "two on one post for a part of the time"),
                            ("AWAY", "cannot be counted on that day"),
                            ("DEPARTED", "is no longer on the roll"),
                            ("NO_PHONE", "has no phone number here"),
                            ("UNVERIFIED", "the phone was never tried"),
                            ("WRONG_NUMBER", "messages to the phone cannot be delivered"),
                            ("NO_HEAD", "nobody answers for this unit"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LEADER", "leader on duty"),
                            ("OFFICER", "duty officer"),
                            ("UNIT", "duty in the unit"),
                            ("DOCTOR", "doctor on duty"),
                            ("GATE", "gate"),
                        ],
                        max_length=8,
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
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("fingerprint", models.CharField(max_length=120)),
                ("found_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("gone_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gone_at__isnull", True)),
                        fields=("unit", "fingerprint"),
                        name="duty_one_open_finding_of_a_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyFact",
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
                        related_name="duty_facts",
                        to="roster.unit",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("NOT_CHECKED_IN", "a shift began without a check-in"),
                            ("HANDOVER_OPEN", "a hand-over was open for more than 30 minutes"),
                            ("LATE_ANSWER", "an alert was answered late, or not at all"),
                            ("DRILL_UNANSWERED", "a drill was not answered in time"),
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
                ("reference", models.CharField(max_length=60, unique=True)),
                ("at", models.DateTimeField()),
                ("minutes", models.PositiveIntegerField(null=True)),
                ("reply", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "replied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("replied_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "-at"], name="duty_facts_of_unit")],
            },
        ),
        migrations.CreateModel(
            name="FeedAddress",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_feeds",
                        to="roster.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_feeds",
                        to="roster.unit",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_read_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("unit__isnull", True)),
                            models.Q(("person__isnull", True), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="duty_feed_is_of_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RotationMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="duty.rotation",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rotation", "position"), name="duty_one_member_per_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyShift",
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
                        related_name="shifts",
                        to="roster.unit",
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("LEADER", "leader on duty"),
                            ("OFFICER", "duty officer"),
                            ("UNIT", "duty in the unit"),
                            ("DOCTOR", "doctor on duty"),
                            ("GATE", "gate"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="roster.person",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputy_shifts",
                        to="roster.person",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "rotation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="duty.rotation",
                    ),
                ),
                ("slot_at", models.DateTimeField(null=True)),
                ("is_by_hand", models.BooleanField(default=False)),
                ("checked_in_at", models.DateTimeField(null=True)),
                (
                    "checked_in_by",
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
                    models.Index(fields=["unit", "post", "starts_at"], name="duty_now"),
                    models.Index(fields=["person", "starts_at"], name="duty_of_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="duty_shift_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        fields=("unit", "post", "person", "starts_at"), name="duty_one_shift_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("rotation__isnull", False)),
                        fields=("rotation", "slot_at"),
                        name="duty_one_shift_per_turn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DrillCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "drill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="duty.drill",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drill_calls",
                        to="roster.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drill_calls",
                        to="roster.unit",
                    ),
                ),
                ("role", models.CharField(max_length=20)),
                ("is_deputy", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "waiting for an answer"),
                            ("ANSWERED", "answered in time"),
                            ("LATE", "answered late"),
                            ("NO_ANSWER", "no answer in time"),
                            ("FAILED", "could not be delivered"),
                        ],
                        default="WAITING",
                        max_length=10,
                    ),
                ),
                ("code_index", models.CharField(max_length=32)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LINK", "by the link"),
                            ("CODE", "by the code"),
                            ("LOGIN", "after logging in"),
                            ("CALL", "on the phone"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "heard_by",
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
                        condition=models.Q(("answered_at__isnull", False)),
                        fields=["person", "-answered_at"],
                        name="duty_drill_answers",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("drill", "person"), name="duty_a_drill_rings_a_person_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="duty.dutyshift",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("OVERRIDE", "stands in"),
                            ("SWAP", "swapped"),
                            ("MOVED", "other time"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "from_person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "to_person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
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
            name="Swap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="swaps",
                        to="duty.dutyshift",
                    ),
                ),
                (
                    "in_return",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="swaps_in_return",
                        to="duty.dutyshift",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="swaps_asked",
                        to="roster.person",
                    ),
                ),
                (
                    "asked_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="swaps_received",
                        to="roster.person",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "asked"),
                            ("ACCEPTED", "accepted, waits for approval"),
                            ("APPROVED", "approved"),
                            ("DECLINED", "declined"),
                            ("REFUSED", "not approved"),
                            ("WITHDRAWN", "withdrawn"),
                        ],
                        default="ASKED",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
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
                        condition=models.Q(("state__in", ["ASKED", "ACCEPTED"])),
                        fields=("shift",),
                        name="duty_one_open_swap_per_shift",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LogEntry",
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
                        related_name="duty_log",
                        to="roster.unit",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="log",
                        to="duty.dutyshift",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("PHONE", "phone call"),
                            ("SYSTEM", "alert of this product"),
                            ("VISIT", "visit"),
                            ("OTHER", "other"),
                        ],
                        max_length=8,
                    ),
                ),
                ("caller", lianfang.vault.fields.SealedTextField(blank=True)),
                ("content", lianfang.vault.fields.SealedTextField()),
                ("handling", lianfang.vault.fields.SealedTextField(blank=True)),
                ("incident_number", models.BigIntegerField(null=True)),
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
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "-at"], name="duty_log_of_unit")],
            },
        ),
        migrations.CreateModel(
            name="Handover",
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
                        related_name="handovers",
                        to="roster.unit",
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("LEADER", "leader on duty"),
                            ("OFFICER", "duty officer"),
                            ("UNIT", "duty in the unit"),
                            ("DOCTOR", "doctor on duty"),
                            ("GATE", "gate"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "out_person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "in_person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "in_shift",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="handover",
                        to="duty.dutyshift",
                    ),
                ),
                ("items", models.JSONField(default=list)),
                ("remarks", lianfang.vault.fields.SealedTextField(blank=True)),
                ("opened_at", models.DateTimeField()),
                ("out_signed_at", models.DateTimeField(null=True)),
                ("in_signed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit", "-opened_at"], name="duty_handovers_of_unit")
                ],
            },
        ),
    ]
