"""Editions of the rules. A published edition never changes: a correction is a new edition."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Edition(models.Model):
    """All rules that were in force together. `directive` names the paper that ordered them."""

    number = models.CharField(max_length=20, unique=True)
    directive = models.TextField()
    settings = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    in_force_from = models.DateTimeField()
    in_force_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gt=F("in_force_from")),
                name="rulebook_edition_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} (edition {self.pk})"


class Symptom(models.Model):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="symptoms")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="rulebook_symptom_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} (symptom {self.pk})"


class ScreeningRule(models.Model):
    class Severity(models.TextChoices):
        URGENT = "URGENT", _("report at once")
        WATCH = "WATCH", _("call back today")

        @property
        def is_urgent(self) -> bool:
            return self is ScreeningRule.Severity.URGENT

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="screening_rules")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    criterion = models.JSONField()
    source = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="rulebook_rule_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} (rule {self.pk})"


class Deadline(models.Model):
    """When a level must have reported. PERSON is everybody; the others name kinds of units."""

    class Level(models.TextChoices):
        PERSON = "PERSON", _("each person")
        CLASS = "CLASS", _("class")
        UNIT = "UNIT", _("department or office")
        COLLEGE = "COLLEGE", _("college")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="deadlines")
    level = models.CharField(max_length=8, choices=Level)
    unit_kinds = models.JSONField(default=list)
    remind_at = models.TimeField(null=True)
    due_at = models.TimeField()
    grace_minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "level"], name="rulebook_one_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.due_at} (deadline {self.pk})"


class LadderStep(models.Model):
    """One rung: whom to summon, and how long after the rung before it.

    `reach` says from which unit: OWN the unit concerned, SUPERIOR the one above it,
    DEPARTMENT, COLLEGE, or COMMITTEE.
    """

    class Ladder(models.TextChoices):
        SYMPTOM = "SYMPTOM", _("a symptom was reported")
        MISSED_UNIT_REPORT = "MISSED_UNIT_REPORT", _("a unit has not signed its report")
        OVERDUE_DIRECTIVE = "OVERDUE_DIRECTIVE", _("a directive, or a matter to settle, is overdue")
        CLUSTER = "CLUSTER", _("many ill at once")
        UNANSWERED = "UNANSWERED", _("nobody has answered, or nobody is on the post")

    class Reach(models.TextChoices):
        OWN = "OWN", _("the unit itself")
        SUPERIOR = "SUPERIOR", _("the unit above")
        DEPARTMENT = "DEPARTMENT", _("the department")
        COLLEGE = "COLLEGE", _("the college")
        COMMITTEE = "COMMITTEE", _("the college committee")

    EITHER: ClassVar = ("CARER", "ANSWERABLE")  # whoever of several roles there is

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="ladder_steps")
    ladder = models.CharField(max_length=20, choices=Ladder)
    position = models.PositiveSmallIntegerField()
    reach = models.CharField(max_length=12, choices=Reach)
    role = models.CharField(max_length=20)
    wait_minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "ladder", "position"], name="rulebook_one_step_per_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ladder} {self.position} (step {self.pk})"


class MessageText(models.Model):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="texts")
    code = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    body = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "code", "language"], name="rulebook_one_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.language} (text {self.pk})"
