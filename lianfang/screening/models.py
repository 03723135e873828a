"""What screening found. The rule row belongs to its edition: "why" is a join."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person
from lianfang.rulebook.models import ScreeningRule


class Finding(models.Model):
    """A rule held for a report. The call back that it asks for is recorded on it."""

    class Verdict(models.TextChoices):
        TRUE = "TRUE", _("true as reported")
        MISTAKE = "MISTAKE", _("a mistake in the form, corrected")
        NOT_RELEVANT = "NOT_RELEVANT", _("true, but no exposure")

    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, related_name="findings")
    rule = models.ForeignKey(ScreeningRule, on_delete=models.PROTECT, related_name="findings")
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "rule"], name="screening_a_rule_holds_once_per_report"
            ),
        ]

    def __str__(self) -> str:
        return f"rule {self.rule_id} on report {self.report_id} (finding {self.pk})"
