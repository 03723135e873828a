"""One row: the installation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Installation(models.Model):
    """Whose copy this is. `clock_offset_s` shifts the clock of an exercise, never a real one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120)
    is_exercise = models.BooleanField(default=False)
    clock_offset_s = models.FloatField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="installation_only_one"),
            models.CheckConstraint(
                condition=Q(is_exercise=True) | Q(clock_offset_s=0),
                name="installation_real_clock_unless_exercise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (installation {self.pk})"


class Heartbeat(models.Model):
    """When a worker last said that it is alive. Silence is shown on every page."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} (heartbeat)"
