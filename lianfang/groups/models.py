"""Groups that no roster tells: who shares a course, a sitting in the canteen, an activity.

Periods are half-open days. Class, room and floor are not stored here: `queries` derives them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person


class Group(models.Model):
    """People who share a place again and again, or once."""

    class Kind(models.TextChoices):
        COURSE = "COURSE", _("course")
        CANTEEN = "CANTEEN", _("sitting in a canteen")
        ACTIVITY = "ACTIVITY", _("activity")
        WORKSHOP = "WORKSHOP", _("workshop or laboratory")
        OFFICE = "OFFICE", _("shared office")
        VEHICLE = "VEHICLE", _("bus or other vehicle")
        OTHER = "OTHER", _("another group")

    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "code"], name="groups_one_of_a_code"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind} {self.pk})"


class GroupMember(models.Model):
    """A person belongs to a group, on a seat if there is one, from a day to a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="group_members")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members")
    seat = models.CharField(max_length=30, blank=True)
    held_from = models.DateField()
    held_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "group"],
                condition=Q(held_until__isnull=True),
                name="groups_one_open_membership",
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gt=F("held_from")),
                name="groups_membership_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [
            # everybody who shares a group
            models.Index(fields=["group", "held_from"], name="groups_members_of"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id} (group member {self.pk})"


class Session(models.Model):
    """A group meets once: a slot of the timetable, a meal, an activity."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sessions")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "begins_at"], name="groups_one_session_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="groups_session_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} at {self.begins_at} (session {self.pk})"


class Attendance(models.Model):
    """Somebody was seen at a session. Where a session has any, only these people were there."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances")
    seat = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "person"], name="groups_attended_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.session_id} (attendance {self.pk})"


class RoomFloor(models.Model):
    """The floor of a room whose number does not say it."""

    building = models.CharField(max_length=20)
    room = models.CharField(max_length=20)
    floor = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["building", "room"], name="groups_one_floor_of_a_room"),
        ]

    def __str__(self) -> str:
        return f"{self.building} {self.room} (floor {self.floor})"
