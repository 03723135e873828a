"""Traces of two weeks, questions about help, contradictions. No place of a person, no device."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.doubts import rules
from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedJSONField, SealedTextField


class Trace(models.Model):
    """What is kept of a report for the comparison: its second and a keyed mark of its answers.

    The mark opens nothing: equal answers have equal marks, and that is all. Deleted after the
    window of the edition. Only of reports that people sent for themselves.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    second = models.PositiveIntegerField()
    mark = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "person"], name="doubts_one_trace_per_day"),
        ]

    def __str__(self) -> str:
        return f"trace {self.pk}"


class Question(models.Model):
    """Some people of a unit may need help with reporting: asked of its head, never of them."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("waits for an answer")
        CLOSED = "CLOSED", _("answered")

    class Answer(models.TextChoices):
        ASKED = "ASKED", _("asked, and they report themselves from now on")
        EXPLAINED = "EXPLAINED", _("there is a good explanation")
        HELPED = "HELPED", _("helped: thermometer, phone, time")
        NOTHING = "NOTHING", _("nothing to it")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    note = SealedTextField(blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    quiet_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state="OPEN"),
                name="doubts_one_open_question_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN") | (~Q(answer="") & Q(quiet_until__isnull=False)),
                name="doubts_a_closed_question_has_its_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"question of {self.unit_id} (question {self.pk})"


class Asked(models.Model):
    """One of the people of a question, with the signs that led to it."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signs = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["question", "person"], name="doubts_asked_once_in_a_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in question {self.question_id} (asked {self.pk})"


class Contradiction(models.Model):
    """Two records of one person and day that cannot both be so. Somebody asks the person."""

    class Kind(models.TextChoices):
        AWAY_BUT_GATE = rules.AWAY_BUT_GATE, _("reported away, came in at the gate")
        AWAY_BUT_DORM = rules.AWAY_BUT_DORM, _("reported away, was in the dormitory")
        CAMPUS_BUT_NO_DORM = rules.CAMPUS_BUT_NO_DORM, _("reported on campus, not in the dormitory")
        LEAVE_BUT_CAMPUS = rules.LEAVE_BUT_CAMPUS, _("excused, and yet on campus")
        HOSPITAL_BUT_WELL = rules.HOSPITAL_BUT_WELL, _("in hospital, and yet nothing reported")
        QUARANTINE_BUT_GATE = rules.QUARANTINE_BUT_GATE, _("in quarantine, and yet at the gate")
        QUARANTINE_ELSEWHERE = (
            rules.QUARANTINE_ELSEWHERE,
            _("in quarantine, and reported from elsewhere"),
        )
        QUARANTINE_UNKNOWN = rules.QUARANTINE_UNKNOWN, _("reported quarantine, no order is known")

    class State(models.TextChoices):
        OPEN = "OPEN", _("waits for somebody who asks")
        CLOSED = "CLOSED", _("cleared up")
        SETTLED = "SETTLED", _("the records agree by now")

    class Truth(models.TextChoices):
        FIRST = "FIRST", _("the first record is right")
        SECOND = "SECOND", _("the second record is right")
        BOTH = "BOTH", _("both are right: it changed during the day")
        NEITHER = "NEITHER", _("neither is right")
        UNKNOWN = "UNKNOWN", _("it cannot be found out")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind)
    records = SealedJSONField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    truth = models.CharField(max_length=7, choices=Truth, blank=True)
    note = SealedTextField(blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "day", "kind"], name="doubts_one_contradiction_of_a_kind"
            ),
        ]
        indexes: ClassVar = [
            # what waits for the carers of some units
            models.Index(
                fields=["unit", "day"],
                name="doubts_contradictions_open",
                condition=Q(state="OPEN"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id} {self.day} (contradiction {self.pk})"


class DoubtMoment(models.Model):
    """When records are compared: every night, and after each import of a day's records."""

    class What(models.TextChoices):
        NIGHT = "NIGHT", _("compare the day that has ended")
        IMPORT = "IMPORT", _("compare a day whose records came in")

    what = models.CharField(max_length=6, choices=What)
    day = models.DateField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["what", "day"],
                condition=Q(done_at__isnull=True),
                name="doubts_one_open_moment_of_a_day",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["due_at"], name="doubts_moments_due", condition=Q(done_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.day} (doubt moment {self.pk})"
