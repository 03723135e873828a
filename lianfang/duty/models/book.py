"""The duty book: log entries, hand-overs, and the moments at which something is due."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.duty.models.shifts import DutyPost, DutyShift
from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedTextField


class LogEntry(models.Model):
    """A line of the duty book. Texts are sealed; an incident is named by its number only."""

    class Source(models.TextChoices):
        PHONE = "PHONE", _("phone call")
        SYSTEM = "SYSTEM", _("alert of this product")
        VISIT = "VISIT", _("visit")
        OTHER = "OTHER", _("other")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duty_log")
    shift = models.ForeignKey(DutyShift, on_delete=models.SET_NULL, null=True, related_name="log")
    at = models.DateTimeField()
    source = models.CharField(max_length=8, choices=Source)
    caller = SealedTextField(blank=True)
    content = SealedTextField()
    handling = SealedTextField(blank=True)
    incident_number = models.BigIntegerField(null=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # the book of a unit, newest first
            models.Index(fields=["unit", "-at"], name="duty_log_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.at:%m-%d %H:%M} (log entry {self.pk})"


class Handover(models.Model):
    """From one shift to the next: what is open, seen and signed by both sides.

    `items` is a snapshot of codes, counts and links at the moment of opening; no health answers.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="handovers")
    post = models.CharField(max_length=8, choices=DutyPost)
    out_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    in_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    in_shift = models.OneToOneField(
        DutyShift, on_delete=models.SET_NULL, null=True, related_name="handover"
    )
    items: models.JSONField[Any, Any] = models.JSONField(default=list)
    remarks = SealedTextField(blank=True)
    opened_at = models.DateTimeField()
    out_signed_at = models.DateTimeField(null=True)
    in_signed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # the hand-overs of a unit, newest first
            models.Index(fields=["unit", "-opened_at"], name="duty_handovers_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.post} of {self.unit_id} (hand-over {self.pk})"

    @property
    def is_signed(self) -> bool:
        return self.out_signed_at is not None and self.in_signed_at is not None


class DutyMoment(models.Model):
    """Something of this room that time itself must do, once: a row that a worker polls.

    `reference` is unique: `check:2020-02-03`, `shift:12`, `handover:5`, `drill:7`.
    """

    reference = models.CharField(max_length=40, unique=True)
    due_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["due_at"], name="duty_moments_due", condition=Q(struck_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} (moment {self.pk})"

    @property
    def what(self) -> str:
        return self.reference.partition(":")[0]

    @property
    def key(self) -> str:
        return self.reference.partition(":")[2]
