"""Two checks a day of a watched person: each slot, and days without data that were explained."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from lianfang.roster.models import Person
from lianfang.vault.fields import SealedJSONField, SealedTextField


class CheckSlot(models.Model):
    """One part of one day in which a check is due. A missed slot is a row, and says so.

    `next_due_at` is the reminder before the end of the window, then the end itself, then null.
    """

    class State(models.TextChoices):
        DUE = "DUE", pgettext_lazy("slot", "due")
        DONE = "DONE", pgettext_lazy("slot", "done")
        MISSED = "MISSED", pgettext_lazy("slot", "missed")

    class Result(models.TextChoices):
        NORMAL = "NORMAL", pgettext_lazy("slot", "nothing to note")
        SYMPTOMS = "SYMPTOMS", pgettext_lazy("slot", "symptoms or fever")
        NOT_REACHED = "NOT_REACHED", pgettext_lazy("slot", "not reached")

    class Method(models.TextChoices):
        SELF = "SELF", pgettext_lazy("slot", "filled in by the person")
        REPORT = "REPORT", pgettext_lazy("slot", "from the daily report")
        PHONE = "PHONE", pgettext_lazy("slot", "by phone")
        VISIT = "VISIT", pgettext_lazy("slot", "by a visit")

    file = models.ForeignKey(
        "monitoring.MonitoringFile", on_delete=models.PROTECT, related_name="slots"
    )
    day = models.DateField()
    code = models.CharField(max_length=12)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)  # when the window closed over an empty slot
    state = models.CharField(max_length=6, choices=State, default=State.DUE)
    result = models.CharField(max_length=12, choices=Result, blank=True)
    method = models.CharField(max_length=8, choices=Method, blank=True)
    temperature = SealedTextField(blank=True)
    site = models.CharField(max_length=8, blank=True)
    symptoms = SealedJSONField(blank=True)
    place_kept = models.BooleanField(null=True)
    isolation_kept = models.BooleanField(null=True)
    note = SealedTextField(blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "day", "code"], name="monitoring_one_slot_of_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(checked_at__isnull=False),
                name="monitoring_done_has_its_moment",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="monitoring_slots_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.day} of file {self.file_id} (slot {self.pk})"

    @property
    def is_urgent(self) -> bool:
        return self.result == CheckSlot.Result.SYMPTOMS


class GapExplanation(models.Model):
    """A carer's word on days without data, half-open. It covers what had arisen by then."""

    file = models.ForeignKey(
        "monitoring.MonitoringFile", on_delete=models.PROTECT, related_name="explanations"
    )
    held_from = models.DateField()
    held_until = models.DateField()
    text = SealedTextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(held_until__gt=F("held_from")),
                name="monitoring_explanation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"explanation {self.pk} of file {self.file_id}"
