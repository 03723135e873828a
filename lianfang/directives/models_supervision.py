"""Matters to be settled (督办) and tasks: one table, told apart by where they came from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person, Unit


class SupervisionItem(models.Model):
    """What somebody must see to by a moment, and somebody else checks. Numbered.

    `origin` names what it came from, once: "receipt:7", "unit-report:3:2020-02-01".
    The owner is null where nobody was on the post when it was made.
    """

    class Source(models.TextChoices):
        DIRECTIVE = "DIRECTIVE", _("overdue directive")
        MISSED_REPORT = "MISSED_REPORT", _("missed report")
        INSPECTION = "INSPECTION", _("inspection")
        COMPLAINT = "COMPLAINT", _("complaint")
        PLAN = "PLAN", _("work plan")
        TASK = "TASK", _("task")

        @property
        def is_task(self) -> bool:
            return self in {SupervisionItem.Source.PLAN, SupervisionItem.Source.TASK}

    class State(models.TextChoices):
        OPEN = "OPEN", _("to be done")
        UNDER_WAY = "UNDER_WAY", _("under way")
        TO_CHECK = "TO_CHECK", _("to be checked")
        CLOSED = "CLOSED", _("settled and checked")

        @property
        def is_owners_turn(self) -> bool:
            return self in {SupervisionItem.State.OPEN, SupervisionItem.State.UNDER_WAY}

    number = models.CharField(max_length=20, unique=True)
    source = models.CharField(max_length=14, choices=Source)
    origin = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="supervision_items")
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="supervision_items"
    )
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("owner")),
                name="directives_item_checked_by_somebody_else",
            ),
            models.UniqueConstraint(
                fields=["origin"],
                condition=~Q(origin="") & ~Q(state="CLOSED"),
                name="directives_one_open_item_per_origin",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="directives_items_due",
                condition=Q(next_due_at__isnull=False),
            ),
            # what is open in a unit, the most pressing first
            models.Index(
                fields=["unit", "due_at"],
                name="directives_items_open",
                condition=~Q(state="CLOSED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} (supervision item {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.state != SupervisionItem.State.CLOSED


class ItemEntry(models.Model):
    """What happened to a matter, in order. Append-only."""

    class Kind(models.TextChoices):
        ASSIGNED = "ASSIGNED", _("assigned")
        PROGRESS = "PROGRESS", _("progress")
        SUBMITTED = "SUBMITTED", _("reported as done")
        RETURNED = "RETURNED", _("sent back")
        CLOSED = "CLOSED", _("checked and closed")
        REOPENED = "REOPENED", _("reopened")
        EXTENDED = "EXTENDED", _("more time given")
        OVERDUE = "OVERDUE", _("overdue, the line above is told")

    item = models.ForeignKey(SupervisionItem, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} of {self.item_id} (item entry {self.pk})"
