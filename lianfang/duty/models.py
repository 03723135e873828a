"""The duty roster."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person, Unit


class DutyShift(models.Model):
    """One person on one post of one unit, half-open in time."""

    class Post(models.TextChoices):
        LEADER = "LEADER", _("leader on duty")
        OFFICER = "OFFICER", _("duty officer")
        UNIT = "UNIT", _("duty in the unit")
        DOCTOR = "DOCTOR", _("doctor on duty")
        GATE = "GATE", _("gate")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="shifts")
    post = models.CharField(max_length=8, choices=Post)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="duty_shift_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["unit", "post", "person", "starts_at"], name="duty_one_shift_once"
            ),
        ]
        indexes: ClassVar = [
            # who is on duty now
            models.Index(fields=["unit", "post", "starts_at"], name="duty_now"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.starts_at:%m-%d %H:%M} (shift {self.pk})"
