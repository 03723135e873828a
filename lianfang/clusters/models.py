"""The alerts that many ill people make: their circles, rules, people and steps."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.clusters.models_signs import DetectionDay, IllDay, Recount, Sign, SignGroup
from lianfang.kernel.clock import day_mark
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import Edition
from lianfang.vault.fields import SealedTextField

__all__ = [
    "Alert", "AlertGroup", "AlertPerson", "AlertRule", "AlertStep", "DetectionDay", "IllDay",
    "Recount", "Sign", "SignGroup",
]  # fmt: skip


class Alert(models.Model):
    """Many ill at once. Verification, risk assessment, risk characterisation, outcome, closed.

    `unit` is where its ladder begins: the class, or the college for circles that cross units.
    `clock_due_at` is by when outside must have been told, by the shortest clock of its rules;
    `next_due_at` the next moment at which somebody is reminded of it.
    """

    class Stage(models.TextChoices):
        VERIFICATION = "VERIFICATION", _("verification")
        ASSESSMENT = "ASSESSMENT", _("risk assessment")
        CHARACTERISATION = "CHARACTER", _("risk characterisation")
        OUTCOME = "OUTCOME", _("outcome")
        CLOSED = "CLOSED", _("closed")

    class Outcome(models.TextChoices):
        DISCARD = "DISCARD", _("discarded: no cluster")
        MONITOR = "MONITOR", _("monitor")
        RESPOND = "RESPOND", _("respond")

    class Risk(models.TextChoices):
        LOW = "LOW", _("low")
        MODERATE = "MODERATE", _("moderate")
        HIGH = "HIGH", _("high")
        VERY_HIGH = "VERY_HIGH", _("very high")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.VERIFICATION)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    risk = models.CharField(max_length=10, choices=Risk, blank=True)
    opened_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    unanswered_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    is_urgent_kind = models.BooleanField(default=False)
    clock_due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    missed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(stage="CLOSED") | Q(closed_at__isnull=False),
                name="clusters_closed_alert_says_when",
            ),
        ]
        indexes: ClassVar = [
            # what is open, on every page of early warning
            models.Index(
                fields=["opened_at"], name="clusters_alerts_open", condition=~Q(stage="CLOSED")
            ),
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="clusters_alerts_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"

    @property
    def code(self) -> str:
        """How an alert is spoken of in letters: no group, no illness."""
        return f"J{day_mark(self.opened_at)}-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.stage != Alert.Stage.CLOSED

    @property
    def waits(self) -> bool:
        """Nobody has taken it over yet."""
        return self.is_open and self.taken_at is None

    @property
    def clock_runs(self) -> bool:
        return self.is_open and self.clock_due_at is not None and self.told_at is None

    @property
    def told_in_time(self) -> bool | None:
        """None where there is no clock, or it still runs."""
        if self.clock_due_at is None or self.told_at is None:
            return False if self.missed_at is not None else None
        return self.told_at <= self.clock_due_at


class AlertGroup(models.Model):
    """A circle of an alert. At most one open alert speaks of a circle."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="groups")
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    size = models.IntegerField(null=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                condition=Q(is_open=True),
                name="clusters_one_open_alert_per_group",
            ),
            models.UniqueConstraint(
                fields=["alert", "kind", "code"], name="clusters_a_group_once_per_alert"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} (alert group {self.pk})"


class AlertRule(models.Model):
    """A rule that held for a circle of the alert, by its code in the alert's edition."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="rules")
    group = models.ForeignKey(AlertGroup, on_delete=models.CASCADE, related_name="rules")
    code = models.CharField(max_length=20)
    syndromes = models.JSONField(default=list)
    people = models.IntegerField()
    held_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "code"], name="clusters_a_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} (alert rule {self.pk})"


class AlertPerson(models.Model):
    """Somebody of an alert; once, whatever they have and in how many of its circles they are."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cluster_alerts")
    sign = models.ForeignKey(Sign, on_delete=models.PROTECT, related_name="alerts")
    joined_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "person"], name="clusters_a_person_once_per_alert"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.alert_id} (alert person {self.pk})"


class AlertStep(models.Model):
    """What happened to an alert, in time order: by whom, what was chosen, in which words."""

    class Kind(models.TextChoices):
        OPENED = "OPENED", _("a rule held")
        GREW = "GREW", _("more people fell ill")
        RULE = "RULE", _("another rule held")
        GROUP = "GROUP", _("another circle of the same people")
        HEARD = "HEARD", _("written down by hand")
        TAKEN = "TAKEN", _("taken over")
        VERIFIED = "VERIFIED", _("verified")
        ASSESSED = "ASSESSED", _("risk assessed")
        CHARACTERISED = "CHARACTER", _("risk characterised")
        DECIDED = "DECIDED", _("outcome decided")
        TOLD = "TOLD", _("told outside")
        MISSED = "MISSED", _("the legal time to report outside has passed")
        UNANSWERED = "UNANSWERED", _("nobody answered")
        NOTE = "NOTE", _("note")
        CLOSED = "CLOSED", _("closed")

    class Outside(models.TextChoices):
        CDC = "CDC", _("county CDC")
        HEALTH = "HEALTH", _("county health authority")
        EDUCATION = "EDUCATION", _("education authority")
        HOSPITAL = "HOSPITAL", _("a hospital")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    choice = models.CharField(max_length=20, blank=True)
    number = models.IntegerField(null=True)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = SealedTextField(blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of alert {self.alert_id} (step {self.pk})"

    @property
    def said_at(self) -> datetime:
        """When it happened; the moment of writing where nobody said otherwise."""
        return self.happened_at or self.at

    @property
    def choice_name(self) -> str:
        named = {
            **dict(Alert.Outcome.choices), **dict(Alert.Risk.choices),
            **dict(AlertStep.Outside.choices),
            "ASSESS": Alert.Stage.ASSESSMENT.label,
        }  # fmt: skip
        return str(named.get(self.choice, self.choice))
