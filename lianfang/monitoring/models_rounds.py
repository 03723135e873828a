"""Several checks a day of a class on campus (晨午晚检): when they are taken, and what was found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedJSONField, SealedTextField


class RoundPlan(models.Model):
    """Which rounds a class takes, half-open days. One plan at a time; a new one ends the old."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    codes = models.JSONField()  # of the edition's rounds: morning, noon, evening
    held_from = models.DateField()
    held_until = models.DateField(null=True)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(held_until__isnull=True),
                name="monitoring_one_open_round_plan",
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gte=F("held_from")),
                name="monitoring_round_plan_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"rounds of {self.unit_id} (plan {self.pk})"


class RoundCheck(models.Model):
    """One person in one round: there or not, and how. Who is not in a row was not looked at."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    code = models.CharField(max_length=12)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="round_checks")
    is_present = models.BooleanField()
    temperature = SealedTextField(blank=True)
    symptoms = SealedJSONField(blank=True)
    has_symptoms = models.BooleanField(default=False)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "code", "person"], name="monitoring_once_in_a_round"
            ),
        ]
        indexes: ClassVar = [
            # the round of a class
            models.Index(fields=["unit", "day", "code"], name="monitoring_round_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.day} of {self.person_id} (round check {self.pk})"
