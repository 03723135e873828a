"""Reports of people and of units. What was received or signed is never overwritten."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import Edition
from lianfang.vault.fields import SealedJSONField, SealedTextField


class DailyReport(models.Model):
    """One revision of one person's report of one day. The newest is `is_current`.

    `unit` is where the person belonged when reporting. `first_received_at` and `is_late`
    belong to the first revision and are carried along: a correction never makes a report
    late. `county_code` and `presence` stand outside the sealed answers because the map and
    the summaries count them.
    """

    class Source(models.TextChoices):
        WEB = "WEB", _("filled in by the person")
        API = "API", _("sent by an integration")
        PROXY = "PROXY", _("reported by somebody else")

    class ProxyReason(models.TextChoices):
        PHONE = "PHONE", _("told by phone")
        NO_PHONE = "NO_PHONE", _("has no smartphone")
        ILL = "ILL", _("too ill to fill in the form")
        PARENT = "PARENT", _("told by the family")
        PAPER = "PAPER", _("from the paper sheet")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="daily_reports")
    day = models.DateField()
    revision = models.PositiveSmallIntegerField()
    is_current = models.BooleanField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    first_received_at = models.DateTimeField()
    is_late = models.BooleanField()
    has_events = models.BooleanField()
    county_code = models.CharField(max_length=6)
    presence = models.CharField(max_length=12)
    answers = SealedJSONField()
    source = models.CharField(max_length=6, choices=Source)
    proxy_reason = models.CharField(max_length=10, choices=ProxyReason, blank=True)
    told_by = models.CharField(max_length=60, blank=True)
    submitted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="submitted_reports"
    )
    receipt = models.CharField(max_length=20)
    submission_key = models.CharField(max_length=64, unique=True)
    submission_digest = models.CharField(max_length=64)
    client_skew_s = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "day", "revision"],
                name="reporting_one_revision_per_person_day",
            ),
            models.UniqueConstraint(
                fields=["day", "person"],
                condition=Q(is_current=True),
                name="reporting_one_current_report",
            ),
            models.CheckConstraint(
                condition=~Q(source="PROXY") | ~Q(proxy_reason=""),
                name="reporting_proxy_says_why",
            ),
        ]
        indexes: ClassVar = [
            # people of a unit with something to follow up today
            models.Index(
                fields=["day", "unit"],
                name="reporting_events_of_day",
                condition=Q(is_current=True, has_events=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day} r{self.revision} (daily report {self.pk})"


class UnitDay(models.Model):
    """The counters of one unit's own people on one day; units below it have their own.

    A cache of a GROUP BY, kept in the transaction of each report and recounted when the
    roster changes; a test holds the two equal. `counted_at` is null until the roll was counted.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    expected = models.IntegerField(default=0)
    exempt = models.IntegerField(default=0)
    zero = models.IntegerField(default=0)
    with_events = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    proxy = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "unit"], name="reporting_one_unit_day"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day} (unit day {self.pk})"


class UnitReport(models.Model):
    """What a unit signed: a frozen version. A correction is the next version, with its reason."""

    class Declaration(models.TextChoices):
        ZERO_FULL = "ZERO_FULL", _("zero report, everybody reached")
        ZERO_PARTIAL = "ZERO_PARTIAL", _("zero report, some not reached")
        WITH_EVENTS = "WITH_EVENTS", _("report with events")

        @property
        def is_zero(self) -> bool:
            return self is not UnitReport.Declaration.WITH_EVENTS

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="unit_reports")
    day = models.DateField()
    version = models.PositiveSmallIntegerField()
    declaration = models.CharField(max_length=14, choices=Declaration)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_late = models.BooleanField()
    narrative = SealedTextField(blank=True)
    correction_reason = models.CharField(max_length=200, blank=True)
    figures = models.JSONField()
    not_reached = SealedJSONField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "day", "version"], name="reporting_one_version_of_unit_report"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(correction_reason=""),
                name="reporting_correction_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day} v{self.version} (unit report {self.pk})"


class MissedReport(models.Model):
    """At the cut-off this person, or this unit (`person` null), had not reported."""

    day = models.DateField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    flagged_at = models.DateTimeField()
    made_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "person"],
                condition=Q(person__isnull=False),
                name="reporting_missed_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["day", "unit"],
                condition=Q(person__isnull=True),
                name="reporting_missed_once_per_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.unit_id} {self.day} (missed report {self.pk})"


class CallRecord(models.Model):
    """Somebody rang a person who had not reported, or who needs a call back."""

    class Outcome(models.TextChoices):
        CONFIRMED = "CONFIRMED", _("confirmed by the person")
        TOLD = "TOLD", _("told by phone")
        FAMILY = "FAMILY", _("told the family")
        NO_ANSWER = "NO_ANSWER", _("no answer")
        WRONG_NUMBER = "WRONG_NUMBER", _("wrong number")
        REFUSED = "REFUSED", _("refused")
        LOST = "LOST", _("cannot be found")

        @property
        def is_reached(self) -> bool:
            return self in {
                CallRecord.Outcome.CONFIRMED,
                CallRecord.Outcome.TOLD,
                CallRecord.Outcome.FAMILY,
                CallRecord.Outcome.REFUSED,
            }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calls")
    day = models.DateField()
    called_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = SealedTextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            # the last call of each missing person today
            models.Index(fields=["day", "person", "-called_at"], name="reporting_calls_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.outcome} (call {self.pk})"


class DueMoment(models.Model):
    """Something that time itself must do, once: a row that a worker polls and claims."""

    class Action(models.TextChoices):
        OPEN = "OPEN", _("open the day")
        REMIND = "REMIND", _("remind those who have not reported")
        CUT_OFF = "CUT_OFF", _("flag those who have not reported")
        CHASE = "CHASE", _("start the ladder of the units")
        LADDER = "LADDER", _("tell those responsible how many have not reported")

    day = models.DateField()
    action = models.CharField(max_length=8, choices=Action)
    level = models.CharField(max_length=8)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "action", "level"], name="reporting_moment_strikes_once"
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["due_at"],
                name="reporting_moments_due",
                condition=Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.level} {self.day} (due moment {self.pk})"


class Intensity(models.Model):
    """How much reporting is asked for from a day on. Append-only; no row means every day."""

    class Kind(models.TextChoices):
        DAILY = "DAILY", _("every day")
        ON_CHANGE = "ON_CHANGE", _("when something changes")
        STOPPED = "STOPPED", _("not asked for")

        @property
        def chases(self) -> bool:
            """Whether silence is reminded, flagged and climbs."""
            return self is Intensity.Kind.DAILY

    kind = models.CharField(max_length=9, choices=Kind)
    day_from = models.DateField()
    set_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # what holds on a day: asked with every ledger
            models.Index(fields=["-day_from", "-id"], name="reporting_intensity_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.day_from} (intensity {self.pk})"
