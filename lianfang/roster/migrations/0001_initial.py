import django.db.models.deletion
import lianfang.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tree",
                    models.CharField(
                        choices=[("ADMINISTRATIVE", "administrative"), ("PARTY", "Party")],
                        max_length=16,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("COLLEGE", "college"),
                            ("DEPARTMENT", "department"),
                            ("OFFICE", "office"),
                            ("MAJOR", "major"),
                            ("CLASS", "class"),
                            ("COMMITTEE", "Party committee"),
                            ("GENERAL_BRANCH", "general Party branch"),
                            ("DIRECT_BRANCH", "Party branch directly under the committee"),
                            ("BRANCH", "Party branch"),
                            ("GROUP", "Party group"),
                            ("LEADING_GROUP", "leading group"),
                            ("OTHER", "other unit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="roster.unit",
                    ),
                ),
                (
                    "answers_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.unit",
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("tree", "parent", "name"),
                        name="roster_one_open_unit_of_a_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True), ("parent__isnull", True)),
                        fields=("tree",),
                        name="roster_one_root_per_tree",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("name_key", models.CharField(db_index=True, max_length=120)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("STUDENT", "student"),
                            ("STAFF", "member of staff"),
                            ("CONTRACTOR", "contractor"),
                            ("RETIRED", "retired"),
                            ("OTHER", "other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("sex", models.CharField(blank=True, max_length=2)),
                ("grade", models.CharField(blank=True, max_length=8)),
                ("position", models.CharField(blank=True, max_length=40)),
                ("political_status", models.CharField(blank=True, max_length=20)),
                ("phone", lianfang.vault.fields.SealedTextField(blank=True)),
                ("phone_index", models.CharField(blank=True, db_index=True, max_length=32)),
                ("phone_verified_at", models.DateTimeField(null=True)),
                ("email", lianfang.vault.fields.SealedTextField(blank=True)),
                ("address", lianfang.vault.fields.SealedTextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="UnitLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ancestor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_down",
                        to="roster.unit",
                    ),
                ),
                (
                    "descendant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_up",
                        to="roster.unit",
                    ),
                ),
                ("depth", models.PositiveSmallIntegerField()),
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["descendant", "depth"], name="roster_link_up"),
                    models.Index(fields=["ancestor", "descendant"], name="roster_link_down"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("held_until__isnull", True)),
                        fields=("ancestor", "descendant"),
                        name="roster_one_open_link",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                        related_name="memberships",
                        to="roster.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="roster.unit",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("REPORTING", "reporting unit"), ("PARTY", "Party branch")],
                        max_length=12,
                    ),
                ),
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["kind", "unit", "held_from", "held_until", "person"],
                        name="roster_roll_of_unit",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("held_until__isnull", True)),
                        fields=("person", "kind"),
                        name="roster_one_open_membership_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_until__isnull", True),
                            ("held_until__gt", models.F("held_from")),
                            _connector="OR",
                        ),
                        name="roster_membership_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
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
                        related_name="posts",
                        to="roster.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="roster.unit",
                    ),
                ),
                (
                    "role",
                    models.CharField(
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
                ("is_deputy", models.BooleanField(default=False)),
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "role"], name="roster_post_of_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("held_until__isnull", True)),
                        fields=("person", "unit", "role"),
                        name="roster_one_open_post",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_until__isnull", True),
                            ("held_until__gt", models.F("held_from")),
                            _connector="OR",
                        ),
                        name="roster_post_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lodging",
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
                        related_name="lodgings",
                        to="roster.person",
                    ),
                ),
                ("building", models.CharField(max_length=20)),
                ("room", models.CharField(max_length=20)),
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["building", "room"], name="roster_room")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("held_until__isnull", True)),
                        fields=("person",),
                        name="roster_one_open_lodging",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_until__isnull", True),
                            ("held_until__gt", models.F("held_from")),
                            _connector="OR",
                        ),
                        name="roster_lodging_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
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
                        related_name="exemptions",
                        to="roster.person",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("LEAVE", "on leave of absence"),
                            ("HOSPITAL", "in hospital"),
                            ("ARMY", "in military service"),
                            ("DEPARTED", "has left the college"),
                            ("OTHER", "other reason"),
                        ],
                        max_length=12,
                    ),
                ),
                ("held_from", models.DateField()),
                ("held_until", models.DateField(null=True)),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.person",
                    ),
                ),
                ("granted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_until__isnull", True),
                            ("held_until__gt", models.F("held_from")),
                            _connector="OR",
                        ),
                        name="roster_exemption_ends_after_it_begins",
                    )
                ],
            },
        ),
    ]
