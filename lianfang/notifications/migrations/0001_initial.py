import django.db.models.deletion
import lianfang.notifications.rules
import lianfang.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("roster", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=120)),
                ("topic", models.CharField(default="", max_length=60)),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="roster.person",
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=40)),
                ("subject", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("secret", lianfang.vault.fields.SealedTextField(blank=True)),
                ("has_secret", models.BooleanField(default=False)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("is_urgent", models.BooleanField(default=False)),
                ("matter", models.CharField(blank=True, max_length=60)),
                ("answer_code", models.CharField(blank=True, max_length=8)),
                ("is_bundle", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["recipient", "-created_at"], name="notifications_inbox"),
                    models.Index(fields=["topic", "recipient"], name="notifications_topic"),
                    models.Index(
                        condition=models.Q(("has_secret", True)),
                        fields=["created_at"],
                        name="notifications_secrets",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reference", "recipient"), name="notifications_say_it_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("recipient__isnull", True)),
                        fields=("reference", "group"),
                        name="notifications_say_it_once_to_a_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                ("taken", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ProviderState",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("probe_due_at", models.DateTimeField()),
                ("probe_reference", models.CharField(blank=True, max_length=120)),
                ("probe_id", models.CharField(blank=True, max_length=120)),
                ("probed_at", models.DateTimeField(null=True)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("misses", models.PositiveSmallIntegerField(default=0)),
                ("degraded_at", models.DateTimeField(null=True)),
                ("detail", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Nonce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("word", models.CharField(max_length=64)),
                ("kept_until", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "word"), name="notifications_nonce_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SmsStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone_index", models.CharField(max_length=32)),
                ("said_at", models.DateTimeField()),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("phone_index",),
                        name="notifications_one_stop_of_a_phone",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ParkedAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("phone", lianfang.vault.fields.SealedTextField()),
                ("phone_index", models.CharField(db_index=True, max_length=32)),
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("UNKNOWN_PHONE", "nobody here has this number"),
                            ("UNCLEAR", "the words are not clear"),
                            ("EMPTY", "empty"),
                            ("UNKNOWN_CODE", "no open message has this code"),
                            ("AMBIGUOUS", "several messages are open, and no code says which"),
                            ("TOO_LATE", "answered by somebody else, or too old"),
                            ("STOP", "asks for no more messages"),
                        ],
                        max_length=16,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_by",
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
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["received_at"],
                        name="notifications_parked_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notifications.message",
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "waiting for its turn"),
                            ("QUEUED", "queued"),
                            ("HELD", "held back"),
                            ("SENDING", "being sent"),
                            ("SENT", "handed to the gateway"),
                            ("DELIVERED", "delivered"),
                            ("RETRYING", "failed for now"),
                            ("FAILED", "failed for good"),
                            ("CANCELLED", "no longer needed"),
                            ("BUNDLED", "sent together with others"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_urgent", models.BooleanField(default=False)),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=lianfang.notifications.rules.Rank["ORDINARY"]
                    ),
                ),
                ("claims", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_due_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("provider", models.CharField(blank=True, max_length=20)),
                ("provider_id", models.CharField(blank=True, max_length=120)),
                (
                    "carried_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carries",
                        to="notifications.delivery",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["rank", "next_due_at"],
                        name="notifications_due",
                    ),
                    models.Index(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=["provider_id"],
                        name="notifications_provider_id",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "channel"), name="notifications_one_turn_per_channel"
                    )
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
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="notifications.delivery",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("provider", models.CharField(blank=True, max_length=20)),
                ("outcome", models.CharField(max_length=20)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("detail", models.CharField(blank=True, max_length=300)),
            ],
        ),
    ]
