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
            name="Order",
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
                        related_name="quarantine_orders",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("FACILITY", "quarantine in a facility"),
                            ("HOME", "quarantine at home"),
                            ("CAMPUS", "observation on campus"),
                            ("HOSPITAL", "isolation in hospital"),
                            ("SELF", "self monitoring"),
                        ],
                        max_length=10,
                    ),
                ),
                ("place", lianfang.vault.fields.SealedTextField()),
                ("county_code", models.CharField(blank=True, max_length=6)),
                ("reason", lianfang.vault.fields.SealedTextField()),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("CDC", "CDC"),
                            ("HEALTH", "health authority or command"),
                            ("COMMUNITY", "community or street office"),
                            ("HOSPITAL", "a hospital"),
                            ("SCHOOL", "the college (named decision maker)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("authority_name", models.CharField(max_length=120)),
                ("officer", models.CharField(max_length=60)),
                ("document_no", models.CharField(max_length=80)),
                ("document_on", models.DateField()),
                (
                    "served_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("IN_PERSON", "handed over in person"),
                            ("PHONE", "told by phone"),
                            ("PAPER", "left as a paper"),
                            ("MESSAGE", "sent as a message"),
                            ("FAMILY", "told the family"),
                        ],
                        max_length=10,
                    ),
                ),
                ("served_by", models.CharField(blank=True, max_length=60)),
                ("served_to", models.CharField(blank=True, max_length=60)),
                ("served_at", models.DateTimeField(null=True)),
                ("last_contact_on", models.DateField(null=True)),
                ("held_from", models.DateField()),
                ("held_until", models.DateField()),
                ("policy_days", models.PositiveSmallIntegerField()),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.edition",
                    ),
                ),
                (
                    "carer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RUNNING", "running"),
                            ("RELEASED", "released"),
                            ("MOVED_ON", "handed over to hospital or authority"),
                            ("MISTAKE", "recorded by mistake"),
                        ],
                        default="RUNNING",
                        max_length=9,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("proposed_at", models.DateTimeField(null=True)),
                ("asked_release_at", models.DateTimeField(null=True)),
                ("release_paper", models.CharField(blank=True, max_length=80)),
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
                ("ending", lianfang.vault.fields.SealedTextField(blank=True)),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "RUNNING")),
                        fields=["unit", "held_until"],
                        name="quarantine_running",
                    ),
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="quarantine_orders_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "RUNNING")),
                        fields=("person",),
                        name="quarantine_one_running_order_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held_until__gt", models.F("held_from"))),
                        name="quarantine_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("officer", ""), _negated=True),
                            models.Q(("authority_name", ""), _negated=True),
                        ),
                        name="quarantine_somebody_ordered_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("is_open", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="quarantine.order",
                    ),
                ),
                ("old_until", models.DateField()),
                ("new_until", models.DateField()),
                ("reason", lianfang.vault.fields.SealedTextField()),
                ("document_no", models.CharField(blank=True, max_length=80)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Keeper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keepers",
                        to="quarantine.building",
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
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("held_until__isnull", True)),
                        fields=("building", "person"),
                        name="quarantine_one_keeper_row",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rooms",
                        to="quarantine.building",
                    ),
                ),
                ("name", models.CharField(max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("building", "name"), name="quarantine_one_room_of_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="quarantine.order",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "slot",
                    models.CharField(
                        choices=[("MORNING", "morning"), ("EVENING", "evening")], max_length=7
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("is_current", models.BooleanField(default=True)),
                ("findings", lianfang.vault.fields.SealedJSONField()),
                ("is_kept", models.BooleanField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("SELF", "by the person"),
                            ("CARER", "told by phone or at the door"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("order", "day", "slot"),
                        name="quarantine_one_current_check_per_slot",
                    ),
                    models.UniqueConstraint(
                        fields=("order", "day", "slot", "revision"),
                        name="quarantine_one_revision_of_a_check",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExplainedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="explained_days",
                        to="quarantine.order",
                    ),
                ),
                ("day", models.DateField()),
                ("text", lianfang.vault.fields.SealedTextField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "day"), name="quarantine_one_explanation_per_day"
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="quarantine.order",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("MEALS", "meals"),
                            ("MEDICINE", "medicine"),
                            ("STUDY", "study"),
                            ("SUPPLIES", "things of daily life"),
                            ("OTHER", "something else"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", lianfang.vault.fields.SealedTextField(blank=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("told_steps", models.PositiveSmallIntegerField(default=0)),
                ("next_due_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "waits"),
                            ("TAKEN", "somebody is on it"),
                            ("DONE", "done"),
                            ("DROPPED", "no longer needed"),
                        ],
                        default="OPEN",
                        max_length=7,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("answer", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="quarantine_needs_due",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["OPEN", "TAKEN"])),
                        fields=["due_at"],
                        name="quarantine_needs_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="beds",
                        to="quarantine.room",
                    ),
                ),
                ("name", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("FREE", "free"),
                            ("OCCUPIED", "occupied"),
                            ("TO_CLEAN", "to be cleaned"),
                            ("CLOSED", "not in use"),
                        ],
                        default="FREE",
                        max_length=8,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="beds",
                        to="quarantine.order",
                    ),
                ),
                ("since_at", models.DateTimeField(null=True)),
                (
                    "cleaned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("cleaned_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("room", "name"), name="quarantine_one_bed_of_a_name"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("order__isnull", False)),
                        fields=("order",),
                        name="quarantine_one_bed_per_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order__isnull", False), ("state", "OCCUPIED")),
                            models.Q(
                                models.Q(("state", "OCCUPIED"), _negated=True),
                                ("order__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="quarantine_occupied_means_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="quarantine.order",
                    ),
                ),
                (
                    "bed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="quarantine.bed",
                    ),
                ),
                ("stayed_from", models.DateTimeField()),
                ("stayed_until", models.DateTimeField(null=True)),
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
                        condition=models.Q(("stayed_until__isnull", True)),
                        fields=("order",),
                        name="quarantine_one_open_stay_per_order",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("stayed_until__isnull", True)),
                        fields=("bed",),
                        name="quarantine_one_open_stay_per_bed",
                    ),
                ],
            },
        ),
    ]
