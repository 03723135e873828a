"""Units, people, and what binds them. Periods are half-open days: until is exclusive."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.vault.fields import SealedTextField


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(held_until__isnull=True) | Q(held_until__gt=F("held_from")), name=name
    )


class Unit(models.Model):
    """A node of one of the two trees. `answers_to` is the Party organisation in charge."""

    class Tree(models.TextChoices):
        ADMINISTRATIVE = "ADMINISTRATIVE", _("administrative")
        PARTY = "PARTY", _("Party")

    class Kind(models.TextChoices):
        COLLEGE = "COLLEGE", _("college")
        DEPARTMENT = "DEPARTMENT", _("department")
        OFFICE = "OFFICE", _("office")
        MAJOR = "MAJOR", _("major")
        CLASS = "CLASS", _("class")
        COMMITTEE = "COMMITTEE", _("Party committee")
        GENERAL_BRANCH = "GENERAL_BRANCH", _("general Party branch")
        DIRECT_BRANCH = "DIRECT_BRANCH", _("Party branch directly under the committee")
        BRANCH = "BRANCH", _("Party branch")
        GROUP = "GROUP", _("Party group")
        LEADING_GROUP = "LEADING_GROUP", _("leading group")
        OTHER = "OTHER", _("other unit")

    tree = models.CharField(max_length=16, choices=Tree)
    kind = models.CharField(max_length=16, choices=Kind)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    answers_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveIntegerField(default=0)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tree", "parent", "name"],
                condition=Q(closed_on__isnull=True),
                name="roster_one_open_unit_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["tree"],
                condition=Q(parent__isnull=True, closed_on__isnull=True),
                name="roster_one_root_per_tree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (unit {self.pk})"


class UnitLink(models.Model):
    """Closure of the trees over time: `ancestor` stood `depth` levels above `descendant`."""

    ancestor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="links_down")
    descendant = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="links_up")
    depth = models.PositiveSmallIntegerField()
    held_from = models.DateField()
    held_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ancestor", "descendant"],
                condition=Q(held_until__isnull=True),
                name="roster_one_open_link",
            ),
        ]
        indexes: ClassVar = [
            # the line of superiors of a unit
            models.Index(fields=["descendant", "depth"], name="roster_link_up"),
            # everybody below a unit
            models.Index(fields=["ancestor", "descendant"], name="roster_link_down"),
        ]

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id} (link {self.pk})"


class Person(models.Model):
    """Somebody for whom the college answers. No birthday, no identity number, no origin.

    `name_key` is the pinyin by which lists are sorted on every database alike.
    """

    class Category(models.TextChoices):
        STUDENT = "STUDENT", _("student")
        STAFF = "STAFF", _("member of staff")
        CONTRACTOR = "CONTRACTOR", _("contractor")
        RETIRED = "RETIRED", _("retired")
        OTHER = "OTHER", _("other")

    number = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=120, db_index=True)
    category = models.CharField(max_length=12, choices=Category)
    sex = models.CharField(max_length=2, blank=True)
    grade = models.CharField(max_length=8, blank=True)
    position = models.CharField(max_length=40, blank=True)
    political_status = models.CharField(max_length=20, blank=True)
    phone = SealedTextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True, db_index=True)
    phone_verified_at = models.DateTimeField(null=True)
    email = SealedTextField(blank=True)
    address = SealedTextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name} (person {self.pk})"

    @property
    def masked_name(self) -> str:
        return self.name[:1] + "*" * (len(self.name) - 1)

    @property
    def masked_phone(self) -> str:
        return f"{self.phone[:3]}****{self.phone[-4:]}" if len(self.phone) >= 8 else ""


class Membership(models.Model):
    """A person belongs to a unit: exactly one REPORTING unit, at most one PARTY branch."""

    class Kind(models.TextChoices):
        REPORTING = "REPORTING", _("reporting unit")
        PARTY = "PARTY", _("Party branch")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=12, choices=Kind)
    held_from = models.DateField()
    held_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(held_until__isnull=True),
                name="roster_one_open_membership_of_a_kind",
            ),
            _ends_after_it_begins("roster_membership_ends_after_it_begins"),
        ]
        indexes: ClassVar = [
            # the roll of a unit on a day; covers the head count of every unit
            models.Index(
                fields=["kind", "unit", "held_from", "held_until", "person"],
                name="roster_roll_of_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.unit_id} (membership {self.pk})"


class Post(models.Model):
    """A person answers for something in a unit, from a day to a day."""

    class Role(models.TextChoices):
        RESPONSIBLE_HEAD = "RESPONSIBLE_HEAD", _("responsible head")
        COUNSELOR = "COUNSELOR", _("counselor")
        CLASS_REPORTER = "CLASS_REPORTER", _("class reporter")
        LIAISON = "LIAISON", _("liaison officer")
        SECRETARY = "SECRETARY", _("Party secretary")
        DUTY_OFFICER = "DUTY_OFFICER", _("duty officer of the committee")
        LEADER = "LEADER", _("member of the leading group")
        DOCTOR = "DOCTOR", _("school doctor")

        @property
        def sees_every_answer(self) -> bool:
            """Reads the health answers of everyone in the unit (DOMAIN 6.3)."""
            return self in {Post.Role.COUNSELOR, Post.Role.LIAISON, Post.Role.DOCTOR}

        @property
        def sees_events(self) -> bool:
            """Reads the health answers of people with something to follow up."""
            return self.sees_every_answer or self in {
                Post.Role.RESPONSIBLE_HEAD,
                Post.Role.SECRETARY,
                Post.Role.DUTY_OFFICER,
            }

        @property
        def sees_names(self) -> bool:
            return self.sees_events or self is Post.Role.CLASS_REPORTER

        @property
        def signs(self) -> bool:
            """May sign the unit's report."""
            return self in {
                Post.Role.RESPONSIBLE_HEAD,
                Post.Role.COUNSELOR,
                Post.Role.LIAISON,
                Post.Role.SECRETARY,
                Post.Role.DUTY_OFFICER,
            }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role)
    is_deputy = models.BooleanField(default=False)
    held_from = models.DateField()
    held_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "unit", "role"],
                condition=Q(held_until__isnull=True),
                name="roster_one_open_post",
            ),
            _ends_after_it_begins("roster_post_ends_after_it_begins"),
        ]
        indexes: ClassVar = [
            # who holds a post in a unit: every ladder step asks it
            models.Index(fields=["unit", "role"], name="roster_post_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.unit_id} (post {self.pk})"


class Lodging(models.Model):
    """Where on campus a person lives, from a day to a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lodgings")
    building = models.CharField(max_length=20)
    room = models.CharField(max_length=20)
    held_from = models.DateField()
    held_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(held_until__isnull=True),
                name="roster_one_open_lodging",
            ),
            _ends_after_it_begins("roster_lodging_ends_after_it_begins"),
        ]
        indexes: ClassVar = [
            # who shares a room
            models.Index(fields=["building", "room"], name="roster_room"),
        ]

    def __str__(self) -> str:
        return f"{self.building}-{self.room} (lodging {self.pk})"


class Exemption(models.Model):
    """Days on which a person need not report: leave of absence, in hospital, army, departed."""

    class Reason(models.TextChoices):
        LEAVE = "LEAVE", _("on leave of absence")
        HOSPITAL = "HOSPITAL", _("in hospital")
        ARMY = "ARMY", _("in military service")
        DEPARTED = "DEPARTED", _("has left the college")
        OTHER = "OTHER", _("other reason")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.CharField(max_length=12, choices=Reason)
    held_from = models.DateField()
    held_until = models.DateField(null=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [_ends_after_it_begins("roster_exemption_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.person_id} exempt (exemption {self.pk})"
