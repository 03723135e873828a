"""The work plan: a document with versions; its response levels with the tasks that they start."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import Edition


class Plan(models.Model):
    """A plan of one unit, usually the committee's leading group."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "title"], name="directives_one_plan_of_a_title")
        ]

    def __str__(self) -> str:
        return f"{self.title} (plan {self.pk})"


class PlanVersion(models.Model):
    """One wording. Adopted by a second person, it never changes again."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    body = models.TextField()
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="directives_one_plan_version_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(adopted_at__isnull=True),
                name="directives_one_plan_draft_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True)
                | (Q(adopted_by__isnull=False) & ~Q(adopted_by=models.F("drafted_by"))),
                name="directives_plan_adopted_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number} of {self.plan_id} (plan version {self.pk})"


class Level(models.TextChoices):
    I = "I", _("level I")  # noqa: E741  (the levels have these names)
    II = "II", _("level II")
    III = "III", _("level III")
    IV = "IV", _("level IV")
    NORMAL = "NORMAL", _("normal")


class PlanTask(models.Model):
    """What a unit must do when a level is activated, and how long it has."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="tasks")
    level = models.CharField(max_length=6, choices=Level)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "level", "position"], name="directives_plan_tasks_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} at {self.level} (plan task {self.pk})"


class ResponseActivation(models.Model):
    """From a day on a level is in force, and with it an intensity of reporting. Append-only.

    The edition says which intensity belongs to a level; the last activation of a day counts.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="activations")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=6, choices=Level)
    intensity = models.CharField(max_length=9)
    day_from = models.DateField()
    reason = models.CharField(max_length=200)
    activated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.level} from {self.day_from} (response activation {self.pk})"
