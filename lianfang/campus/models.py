"""Records of gate and dormitory, for a few days. A gate and a moment, never a way between two."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person


class Batch(models.Model):
    """One file that was imported; the same file again changes nothing."""

    class Kind(models.TextChoices):
        GATE = "GATE", _("gate passages")
        DORM = "DORM", _("evening check of the dormitory")

    kind = models.CharField(max_length=4, choices=Kind)
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    imported_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "digest"], name="campus_one_import_of_a_file"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name} (batch {self.pk})"


class GatePassage(models.Model):
    """Somebody went in or out. The day stands beside the moment: lists ask for it."""

    class Direction(models.TextChoices):
        IN = "IN", _("in")
        OUT = "OUT", _("out")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    direction = models.CharField(max_length=3, choices=Direction)
    gate = models.CharField(max_length=40, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="passages")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "at", "direction"], name="campus_one_passage_at_a_moment"
            ),
        ]
        indexes: ClassVar = [
            # what the gate recorded on a day: contradictions, and what is too old
            models.Index(fields=["day", "person"], name="campus_passages_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.direction} (passage {self.pk})"


class EveningCheck(models.Model):
    """Somebody was in the room in the evening, or was not. A later look of the evening wins."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    is_present = models.BooleanField()
    room = models.CharField(max_length=40, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="checks")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "at"], name="campus_one_check_at_a_moment"),
        ]
        indexes: ClassVar = [
            # the evening of a day
            models.Index(fields=["day", "person"], name="campus_checks_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day} (evening check {self.pk})"


class Purge(models.Model):
    """When records are deleted next, and how many went: a row that a worker claims."""

    day = models.DateField(unique=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    deleted = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["due_at"],
                name="campus_purges_due",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"purge of {self.day} (purge {self.pk})"
