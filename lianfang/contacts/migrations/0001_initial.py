import django.db.models.deletion
import lianfang.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("incidents", "0001_initial"),
        ("roster", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outsider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", lianfang.vault.fields.SealedTextField()),
                ("phone", lianfang.vault.fields.SealedTextField(blank=True)),
                ("place", lianfang.vault.fields.SealedTextField(blank=True)),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Investigation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True)),
                ("outside_code", models.CharField(blank=True, max_length=40)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="investigations",
                        to="roster.person",
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
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="investigations",
                        to="incidents.incident",
                    ),
                ),
                ("is_asymptomatic", models.BooleanField(default=False)),
                ("anchor_on", models.DateField()),
                ("window_from", models.DateField()),
                ("window_source", models.CharField(max_length=200)),
                ("isolated_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "open"), ("CLOSED", "closed")],
                        default="OPEN",
                        max_length=6,
                    ),
                ),
                (
                    "infected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="infected",
                        to="contacts.investigation",
                    ),
                ),
                ("proposed_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="contacts_days_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "OPEN")),
                        fields=("person",),
                        name="contacts_one_open_per_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("window_from__lte", models.F("anchor_on"))),
                        name="contacts_window_before_onset",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("isolated_on__isnull", True),
                            ("isolated_on__gte", models.F("window_from")),
                            _connector="OR",
                        ),
                        name="contacts_isolated_within_the_window",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("infected_by", models.F("id")), _negated=True),
                        name="contacts_nobody_infects_oneself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="contacts.investigation",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "waits for the second person"),
                            ("APPROVED", "approved, not handed over yet"),
                            ("HANDED_OVER", "handed over, no receipt yet"),
                            ("RECEIVED", "received, no answer yet"),
                            ("ANSWERED", "answered"),
                            ("REFUSED", "refused"),
                        ],
                        default="ASKED",
                        max_length=11,
                    ),
                ),
                ("organisation", models.CharField(max_length=80, verbose_name="receiver")),
                ("receiver", models.CharField(max_length=80)),
                ("purpose", models.CharField(max_length=200)),
                ("request_number", models.CharField(max_length=80)),
                ("fields", models.JSONField()),
                ("states", models.JSONField()),
                (
                    "layout",
                    models.CharField(
                        choices=[("XLSX", "xlsx"), ("CSV", "CSV")], default="XLSX", max_length=4
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("approved_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("content", lianfang.vault.fields.SealedTextField(blank=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="contacts_packages_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="contacts_approved_by_a_second_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("IDENTITY", "name and identity number"),
                            ("PHONE", "phone"),
                            ("NUMBER", "student or staff number"),
                        ],
                        max_length=8,
                    ),
                ),
                ("index", models.CharField(max_length=32)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                (
                    "outsider",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="contacts.outsider",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["index"], name="contacts_key")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("kind", "index", "person"),
                        name="contacts_one_key_of_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outsider__isnull", False)),
                        fields=("kind", "index", "outsider"),
                        name="contacts_one_key_of_an_outsider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outsider__isnull", True), ("person__isnull", False)),
                            models.Q(("outsider__isnull", False), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="contacts_key_of_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.CharField(max_length=80)),
                ("officer", models.CharField(blank=True, max_length=80)),
                ("document", models.CharField(blank=True, max_length=80)),
                ("document_on", models.DateField(null=True)),
                ("file_name", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lists",
                        to="contacts.investigation",
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                (
                    "taken_by",
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
                        fields=("digest", "investigation"), name="contacts_one_list_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="team",
                        to="contacts.investigation",
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
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("investigation", "person"),
                        name="contacts_once_in_a_team",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="contacts.investigation",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="roster.person",
                    ),
                ),
                (
                    "outsider",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="contacts.outsider",
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
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("CAMPUS", "proposed by the campus"),
                            ("HAND", "named by somebody"),
                            ("LIST", "on a list from outside"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "proposed, to be looked at"),
                            ("CONFIRMED", "met the case; the CDC decides"),
                            ("CASUAL", "casual contact"),
                            ("DETERMINED", "close contact, determined by the CDC"),
                            ("DISMISSED", "no contact"),
                        ],
                        max_length=10,
                    ),
                ),
                ("score", models.PositiveIntegerField(default=0)),
                ("reasons", lianfang.vault.fields.SealedJSONField(blank=True)),
                ("first_on", models.DateField(null=True)),
                ("last_on", models.DateField(null=True)),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SHARED_MEAL", "ate together"),
                            ("SHARED_ROOM", "in one room"),
                            ("SHARED_DISHES", "shared dishes or towels"),
                            ("CARED", "cared for the case"),
                            ("VISITED", "visited the case"),
                            ("VEHICLE", "in one vehicle"),
                            ("CLASSROOM", "in one classroom, office, lift or canteen"),
                            ("LEISURE", "spent leisure together"),
                            ("OTHER", "another way"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "protection",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NONE", "no mask"),
                            ("ONE", "one of the two wore a mask"),
                            ("BOTH", "both wore a mask"),
                            ("UNKNOWN", "not known"),
                        ],
                        max_length=7,
                    ),
                ),
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
                ("officer", models.CharField(blank=True, max_length=80)),
                ("document", models.CharField(blank=True, max_length=80)),
                ("document_on", models.DateField(null=True)),
                ("determined_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RELEASED", "released"),
                            ("ILL", "fell ill"),
                            ("POSITIVE", "tested positive"),
                            ("LOST", "lost sight of"),
                        ],
                        max_length=8,
                    ),
                ),
                ("release_paper", models.CharField(blank=True, max_length=80)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["investigation", "state", "-score"], name="contacts_ranked"
                    ),
                    models.Index(fields=["unit", "state"], name="contacts_of_unit"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("investigation", "number"), name="contacts_one_number_of_a_case"
                    ),
                    models.UniqueConstraint(
                        fields=("investigation", "person"), name="contacts_one_row_of_a_person"
                    ),
                    models.UniqueConstraint(
                        fields=("investigation", "outsider"), name="contacts_one_row_of_an_outsider"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outsider__isnull", True), ("person__isnull", False)),
                            models.Q(("outsider__isnull", False), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="contacts_somebody_or_an_outsider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "DETERMINED"), _negated=True),
                            models.Q(("officer", ""), _negated=True),
                            models.Q(
                                models.Q(("document", ""), _negated=True),
                                ("document_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="contacts_determined_by_a_named_officer_or_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_on__isnull", True),
                            ("last_on__gte", models.F("first_on")),
                            _connector="OR",
                        ),
                        name="contacts_last_is_not_before_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="contacts.package",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ASKED", "asked for"),
                            ("APPROVED", "approved and frozen"),
                            ("REFUSED", "refused"),
                            ("FETCHED", "fetched"),
                            ("HANDED_OVER", "handed over"),
                            ("RECEIVED", "receipt"),
                            ("ANSWERED", "answer"),
                        ],
                        max_length=11,
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
            ],
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="contacts.package",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="contacts.contact",
                    ),
                ),
                ("fields", models.JSONField()),
                ("at", models.DateTimeField()),
                ("keep_until", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("package", "contact"), name="contacts_disclosed_once_in_a_package"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="contacts.contactlist",
                    ),
                ),
                ("row", models.PositiveIntegerField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="contacts.contact",
                    ),
                ),
                ("words", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("list", "row"), name="contacts_one_entry_of_a_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="contacts.contact",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_visits",
                        to="roster.person",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("next_due_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("WELL", "well"),
                            ("SYMPTOMS", "symptoms or fever"),
                            ("NOT_REACHED", "not reached"),
                            ("NOT_THERE", "not where they should be"),
                            ("REFUSED", "refused to speak"),
                            ("MISSED", "nobody called or came"),
                        ],
                        max_length=11,
                    ),
                ),
                ("is_in_person", models.BooleanField(default=False)),
                ("temperature", lianfang.vault.fields.SealedTextField(blank=True)),
                ("note", lianfang.vault.fields.SealedTextField(blank=True)),
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
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="contacts_visits_due",
                    ),
                    models.Index(fields=["owner", "day"], name="contacts_visits_of_owner"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contact", "day"), name="contacts_one_visit_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="contacts.investigation",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="contacts.contact",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("OPENED", "opened"),
                            ("CHANGED", "window changed"),
                            ("PROPOSED", "candidates proposed"),
                            ("NAMED", "named by hand"),
                            ("LISTED", "on a list from outside"),
                            ("CONFIRMED", "met the case"),
                            ("CASUAL", "casual contact"),
                            ("DISMISSED", "no contact"),
                            ("DETERMINED", "determined by the CDC"),
                            ("WITHDRAWN", "withdrawn by the CDC"),
                            ("INFECTED_BY", "link in the chain"),
                            ("ENDED", "observation ended"),
                            ("CLOSED", "closed"),
                        ],
                        max_length=11,
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
            ],
        ),
    ]
