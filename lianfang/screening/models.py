"""What screening found. The rule row belongs to its edition: "why" is a join."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.places.models import AreaImport, RiskArea
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import ScreeningRule
from lianfang.vault.fields import SealedTextField


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


class ExposureHit(models.Model):
    """A person was in a listed area, or met somebody who matters: to be verified by phone.

    Two moments are kept of everything: when it holds (days) and when we knew it (`found_at`,
    the number of the list as it was then, a fact for each later step). `area_code` is the city
    of the exposure; one hit is open for a person and an exposure, a new exposure extends it.
    """

    class Kind(models.TextChoices):
        IN_AREA = "IN_AREA", _("was in a listed area")
        FROM_AREA = "FROM_AREA", _("met somebody from a listed area")
        MET_CASE = "MET_CASE", _("met a patient")

    class Verdict(models.TextChoices):
        TRUE = "TRUE", _("true")
        NOT_TRUE = "NOT_TRUE", _("not true")
        BEFORE_LISTING = "BEFORE", _("true, but before the area was listed")
        NO_EXPOSURE = "NO_EXPOSURE", _("true, but no exposure")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exposure_hits")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    area_code = models.CharField(max_length=6, blank=True)
    listing = models.ForeignKey(RiskArea, on_delete=models.PROTECT, null=True, related_name="+")
    list_number = models.PositiveIntegerField(null=True)
    found_at = models.DateTimeField()
    last_exposed_on = models.DateField()
    seen_until_on = models.DateField()
    evidence = models.JSONField()
    verdict = models.CharField(max_length=11, choices=Verdict, blank=True)
    verdict_reason = SealedTextField(blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    doubted_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "area_code"],
                condition=Q(verdict=""),
                name="screening_one_open_hit_per_exposure",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verified_at__isnull=False),
                name="screening_a_verdict_has_its_moment",
            ),
        ]
        indexes: ClassVar = [
            # whom to ring in a unit
            models.Index(
                fields=["unit", "found_at"],
                name="screening_hits_to_verify",
                condition=Q(verdict="") | Q(doubted_at__isnull=False),
            ),
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="screening_hits_overdue",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_code} of {self.person_id} (exposure hit {self.pk})"

    @property
    def code(self) -> str:
        """How a hit is spoken of where its person must not be named."""
        return f"E{self.pk}"

    @property
    def reference(self) -> str:
        return f"exposure:{self.pk}"

    @property
    def waits(self) -> bool:
        return not self.verdict or self.doubted_at is not None


class ExposureFact(models.Model):
    """What became known of a hit, in the order in which it was known."""

    class Kind(models.TextChoices):
        FOUND = "FOUND", _("brought up")
        EXTENDED = "EXTENDED", _("exposed again")
        ANSWER_CHANGED = "CHANGED", _("the answer that led to it has changed")
        VERIFIED = "VERIFIED", _("verified by phone")
        OVERDUE = "OVERDUE", _("nobody has rung in time")

    hit = models.ForeignKey(ExposureHit, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    last_exposed_on = models.DateField()
    list_number = models.PositiveIntegerField(null=True)
    verdict = models.CharField(max_length=11, choices=ExposureHit.Verdict, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of hit {self.hit_id} (exposure fact {self.pk})"


class Reevaluation(models.Model):
    """A list was stored and everybody has to be compared with it. `next_due_at` null: done."""

    area_list = models.OneToOneField(AreaImport, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(default=0)
    extended = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="screening_lists_to_compare",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"comparison with list {self.area_list_id} (re-evaluation {self.pk})"
