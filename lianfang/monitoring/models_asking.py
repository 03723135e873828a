"""What a watched person asks for, and what they say against their label."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person
from lianfang.vault.fields import SealedTextField


class Need(models.Model):
    """Something a watched person asked for, with whoever answers for it and by when."""

    file = models.ForeignKey(
        "monitoring.MonitoringFile", on_delete=models.PROTECT, related_name="needs"
    )
    text = SealedTextField()
    asked_at = models.DateTimeField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answer = SealedTextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="monitoring_needs_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"need {self.pk} of file {self.file_id}"


class Contest(models.Model):
    """The person says that the label is wrong; a person of the deciding level answers in time."""

    class Outcome(models.TextChoices):
        STANDS = "STANDS", _("the label stays")
        CORRECTED = "CORRECTED", _("the label stays, its reason is corrected")
        CANCELLED = "CANCELLED", _("the label was wrong and is taken away")

    file = models.ForeignKey(
        "monitoring.MonitoringFile", on_delete=models.PROTECT, related_name="contests"
    )
    text = SealedTextField()
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = SealedTextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file"],
                condition=Q(done_at__isnull=True),
                name="monitoring_one_open_contest",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | ~Q(outcome=""),
                name="monitoring_answer_says_what",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="monitoring_contests_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"contest {self.pk} of file {self.file_id}"
