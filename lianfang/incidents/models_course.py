"""The course of an incident: verified, classified, told outside, reported. Rows are added only.

A row that was wrong is replaced by another that points at it; the database refuses to change
one. `at` is when it happened, `entered_at` when it was written down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from lianfang.incidents.kinds import (
    Edition,
    Illness,
    Method,
    Organisation,
    Source,
    Verdict,
    Way,
)
from lianfang.incidents.rules import ClockState, state_of_clock
from lianfang.roster.models import Person
from lianfang.rulebook.models import Edition as Rulebook
from lianfang.vault.fields import SealedJSONField, SealedTextField


class Verification(models.Model):
    """Somebody asked, and this is what they found. Separate from the signal and from closing."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="verifications"
    )
    verdict = models.CharField(max_length=16, choices=Verdict)
    method = models.CharField(max_length=10, choices=Method)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at__lte=F("entered_at")), name="incidents_verified_before_entered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} of incident {self.incident_id} (verification {self.pk})"


class Classification(models.Model):
    """What the illness was said to be, by whom, on what paper, by which case definition."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="classifications"
    )
    kind = models.CharField(max_length=16, choices=Illness)
    source = models.CharField(max_length=10, choices=Source)
    said_by = SealedTextField(blank=True)
    document = SealedTextField(blank=True)
    document_follows = models.BooleanField(default=False)
    definition = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField(blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at__lte=F("entered_at")), name="incidents_classified_before_entered"
            ),
            # The college diagnoses nobody, whoever asks.
            models.CheckConstraint(
                condition=~Q(kind__in=["SUSPECTED", "CLINICAL", "CONFIRMED", "ASYMPTOMATIC"])
                | Q(source__in=["HOSPITAL", "CDC"]),
                name="incidents_diagnosis_from_hospital_or_cdc",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of incident {self.incident_id} (classification {self.pk})"


class OutsideNotice(models.Model):
    """Somebody outside was told: who, when, how, by whom, who answered, what was given."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="notices"
    )
    organisation = models.CharField(max_length=10, choices=Organisation)
    organisation_name = SealedTextField(blank=True)
    spoke_with = SealedTextField()
    phone = SealedTextField(blank=True)
    method = models.CharField(max_length=10, choices=Way)
    given = SealedTextField()
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    reason = SealedTextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at__lte=F("entered_at")), name="incidents_told_before_entered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} told of {self.incident_id} (notice {self.pk})"


class LegalClock(models.Model):
    """A duty to tell somebody outside by a moment, started by the fact that starts it.

    `next_due_at` is the worker's: first the reminder, then the limit. Null: nothing to tell.
    """

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="clocks"
    )
    edition = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=8)
    fact = models.CharField(max_length=24)  # VERIFIED, or the classification
    tells = models.JSONField(default=list)  # organisations, any of which meets it
    first_tell = models.CharField(max_length=10, choices=Organisation)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(
        OutsideNotice, on_delete=models.PROTECT, null=True, related_name="meets"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_reason = SealedTextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident", "rule", "fact", "first_tell"],
                condition=Q(ended_at__isnull=True),
                name="incidents_one_clock_of_a_rule_and_fact",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="incidents_clocks_due",
                condition=Q(next_due_at__isnull=False),
            ),
            # what runs, on the incident, the list and the board
            models.Index(
                fields=["incident", "due_at"],
                name="incidents_clocks_open",
                condition=Q(met_at__isnull=True, ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} of incident {self.incident_id} (clock {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.ended_at is None

    @property
    def is_at_once(self) -> bool:
        return self.due_at == self.started_at

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def tells_in_words(self) -> str:
        return " / ".join(str(Organisation(one).label) for one in self.tells)

    def state(self, now: datetime) -> ClockState:
        return state_of_clock(
            started_at=self.started_at,
            due_at=self.due_at,
            met_at=self.met_at,
            ended_at=self.ended_at,
            now=now,
        )


class CaseReport(models.Model):
    """A first, interim or final report: composed from what is stored, and frozen.

    `content` holds both texts (for the authority with the name, a copy with the code alone) in
    both languages, as rows of label and words.
    """

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="case_reports"
    )
    kind = models.CharField(max_length=8, choices=Edition)
    number = models.PositiveSmallIntegerField(default=0)  # of the interim reports: 1, 2, …
    content: SealedJSONField = SealedJSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident", "kind", "number"], name="incidents_one_report_of_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of incident {self.incident_id} (report {self.pk})"

    @property
    def title(self) -> str:
        label = str(Edition(self.kind).label)
        return f"{label} {self.number}" if self.number else label

    def rows(self, *, named: bool, language: str) -> list[tuple[str, str]]:
        """The text as it was frozen."""
        content: Any = self.content
        texts = content["authority" if named else "copy"]
        return [(label, words) for label, words in texts[language]]
