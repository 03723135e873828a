"""Incidents. Not "cases": 病例 is a medical classification, and the college does not diagnose."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.incidents.kinds import Illness, Outcome, Transport, Verdict
from lianfang.kernel.clock import day_mark
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedTextField


class Incident(models.Model):
    """Open → acknowledged → closed. One open incident per person; later reports extend it.

    `verdict`, `illness` and `outcome` are what the rows of its course say now; the rows are the
    truth. `course` counts them: whoever adds one takes the row of the incident first.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("nobody has answered yet")
        ACKNOWLEDGED = "ACKNOWLEDGED", _("somebody is on it")
        CLOSED = "CLOSED", _("closed")

    Closing = Outcome

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="incidents")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="incidents")
    first_report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=14, choices=State, default=State.OPEN)
    county_code = models.CharField(max_length=6)
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+"
    )
    unanswered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closing = models.CharField(max_length=16, choices=Closing, blank=True)
    # An earlier incident of the same person, dismissed as a false alarm not long before.
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=16, choices=Verdict, blank=True)
    verified_at = models.DateTimeField(null=True)
    illness = models.CharField(max_length=16, choices=Illness, blank=True)
    was_diagnosed = models.BooleanField(default=False)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True)
    outcome_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    course = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(state="CLOSED"),
                name="incidents_one_open_per_person",
            ),
        ]
        indexes: ClassVar = [
            # what is open, on the board and every desk
            models.Index(fields=["opened_at"], name="incidents_open", condition=~Q(state="CLOSED")),
        ]

    def __str__(self) -> str:
        return f"incident {self.pk}"

    @property
    def code(self) -> str:
        """How an incident is spoken of where its person must not be named."""
        return f"{day_mark(self.opened_at)}-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state != Incident.State.CLOSED

    @property
    def waits(self) -> bool:
        return self.state == Incident.State.OPEN

    @property
    def is_dismissed(self) -> bool:
        return self.closing == Outcome.DISMISSED


class IncidentFact(models.Model):
    """Something that happened to an incident, in time order. Texts are sealed."""

    class Kind(models.TextChoices):
        REPORTED = "REPORTED", _("reported")
        REPORTED_AGAIN = "REPORTED_AGAIN", _("reported again")
        ACKNOWLEDGED = "ACKNOWLEDGED", _("taken over")
        CALLED = "CALLED", _("called the person")
        HOSPITAL = "HOSPITAL", _("hospital")
        OUTSIDE = "OUTSIDE", _("told outside")
        NOTE = "NOTE", _("note")
        NOBODY_ANSWERED = "NOBODY_ANSWERED", _("nobody answered")
        OUTCOME = "OUTCOME", _("outcome")
        DISMISSED = "DISMISSED", _("dismissed as a false alarm")
        REOPENED = "REOPENED", _("opened again")
        CLOSED = "CLOSED", _("closed")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, null=True, related_name="+")
    text = SealedTextField(blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of incident {self.incident_id} (fact {self.pk})"

    @property
    def words(self) -> str:
        """The text; a step on the way to a hospital in the language of whoever reads."""
        text: str = self.text
        step, dot, where = text.partition(" · ")
        if self.kind == self.Kind.HOSPITAL and step in Referral.Step.values:
            return f"{Referral.Step(step).label}{dot}{where}"
        return text


class Referral(models.Model):
    """The way to a hospital and back: advised, gone, seen, result, back. One open way at a time.

    Each step has its moment once it is known; `next_due_at` is when whoever answers is reminded
    that the next one is not, once per step. Null: nothing to remind of.
    """

    class Step(models.TextChoices):
        ADVISED = "advised", _("advised to go")
        WENT = "went", _("has gone")
        SEEN = "seen", _("seen by a doctor")
        RESULT = "result", _("result known")
        BACK = "back", _("back")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="referrals")
    hospital = SealedTextField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    advised_at = models.DateTimeField()
    went_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    result_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    transport = models.CharField(max_length=12, choices=Transport, blank=True)
    companion = SealedTextField(blank=True)
    result = SealedTextField(blank=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(back_at__isnull=True),
                name="incidents_one_open_referral",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="incidents_referrals_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"referral of {self.incident_id} (referral {self.pk})"

    @property
    def moments(self) -> list[tuple[Step, datetime | None]]:
        """Every step with its moment, in order."""
        return [(step, getattr(self, f"{step.value}_at")) for step in Referral.Step]

    @property
    def next_step(self) -> Step | None:
        """The step after the last one that is known; None when the person is back."""
        steps = list(Referral.Step)
        last = max(n for n, (_step, at) in enumerate(self.moments) if at is not None)
        return steps[last + 1] if last + 1 < len(steps) else None


# The other tables of the room, so that Django finds them here.
from lianfang.incidents.models_care import (  # noqa: E402  (they refer to this one)
    Clearance,
    Companion,
    Disinfection,
    NextCheck,
    Observation,
    ReachStep,
)
from lianfang.incidents.models_course import (  # noqa: E402  (they refer to this one)
    CaseReport,
    Classification,
    LegalClock,
    OutsideNotice,
    Verification,
)

__all__ = [
    "CaseReport", "Classification", "Clearance", "Companion", "Disinfection", "Incident",
    "IncidentFact", "LegalClock", "NextCheck", "Observation", "OutsideNotice", "ReachStep",
    "Referral", "Verification",
]  # fmt: skip
