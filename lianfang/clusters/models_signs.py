"""Who is ill of what, in which circles, and what detectors saw and said of each day.

The syndrome of a sign stands in the open because it is what is counted; the answers that it
comes from stay sealed in their report (docs/decisions/0035).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Exemption, Person, Unit


class Sign(models.Model):
    """A person is ill of one syndrome: one row per illness, however often it is reported.

    `onset_on` is the earliest first day that was named, `known_on` when the college learned of
    it, `seen_on` the last day on which it was still there. `next_due_at`: it waits to be
    counted in its groups. A sign that was a mistake is withdrawn, and kept.
    """

    class Source(models.TextChoices):
        REPORT = "REPORT", _("daily report")
        CLINIC = "CLINIC", _("seen in the school clinic")
        ABSENCE = "ABSENCE", _("absent because ill")
        INCIDENT = "INCIDENT", _("classified in an incident")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signs")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    syndrome = models.CharField(max_length=20)
    onset_on = models.DateField()
    known_on = models.DateField()
    seen_on = models.DateField()
    linked = models.BooleanField(default=False)
    source = models.CharField(max_length=8, choices=Source)
    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, null=True, related_name="+")
    exemption = models.ForeignKey(Exemption, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "syndrome", "onset_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="clusters_one_sign_per_illness",
            ),
        ]
        indexes: ClassVar = [
            # what was known in a window, for detectors and the hourly count
            models.Index(
                fields=["known_on", "unit", "syndrome"],
                name="clusters_signs_of_window",
                condition=Q(withdrawn_at__isnull=True),
            ),
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="clusters_signs_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.syndrome} of {self.person_id} (sign {self.pk})"


class SignGroup(models.Model):
    """A circle that the person of a sign belonged to when it became known."""

    sign = models.ForeignKey(Sign, on_delete=models.CASCADE, related_name="groups")
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    known_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sign", "kind", "code"], name="clusters_once_in_a_group"
            ),
        ]
        indexes: ClassVar = [
            # everybody ill in a group within a window
            models.Index(fields=["kind", "code", "known_on"], name="clusters_ill_of_group"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} (sign group {self.pk})"


class IllDay(models.Model):
    """What the detectors saw of a unit with everything below it on one day, and what they said.

    No person stands here: these rows outlive the reports and become the history of later years.
    `bounds` holds the upper bound of each method, null where it could not judge.
    """

    class Verdict(models.TextChoices):
        ALARM = "ALARM", _("more than usual")
        QUIET = "QUIET", _("as usual")
        UNKNOWN = "UNKNOWN", _("unknown – data incomplete")
        SMALL = "SMALL", _("too few for statistics: count rules watch it")
        LEARNING = "LEARNING", _("not enough days yet")

    day = models.DateField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    syndrome = models.CharField(max_length=20)
    ill = models.IntegerField()
    reporters = models.IntegerField()
    expected = models.IntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    alarms = models.JSONField(default=list)
    bounds = models.JSONField(default=dict)
    suppressed = models.BooleanField(default=False)
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "unit", "syndrome"], name="clusters_one_ill_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.syndrome} {self.day} (ill day {self.pk})"

    @property
    def completeness(self) -> float | None:
        return self.reporters / self.expected if self.expected else None


class DetectionDay(models.Model):
    """The detectors run once a day, after the college's own deadline."""

    day = models.DateField(unique=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["due_at"], name="clusters_days_due", condition=Q(done_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} (detection day {self.pk})"


class Recount(models.Model):
    """When everything was last counted anew; one row."""

    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"recount {self.pk}"
