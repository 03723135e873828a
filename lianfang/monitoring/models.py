"""Files of people who are watched over, their slots, their gaps, needs and contests.

The label follows an exposure, never an origin: it has a reason, an end, is open to its person,
and can be contested. Reasons, evidence and everything about health or whereabouts are sealed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.clock import day_mark, days_between
from lianfang.monitoring import rules
from lianfang.monitoring.models_asking import Contest, Need
from lianfang.monitoring.models_checks import CheckSlot, GapExplanation
from lianfang.monitoring.models_rounds import RoundCheck, RoundPlan
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import Edition
from lianfang.vault.fields import SealedJSONField, SealedTextField


class MonitoringFile(models.Model):
    """Why a person is watched over, from when to when, who cares, and how it stands.

    One open file per person. `eligible_on` is the first day on which release may be decided:
    the last exposure, the days of the edition and `extra_days`, and one. `next_due_at` is when
    time itself must do `next_step`.
    """

    class Category(models.TextChoices):
        LIVED_WUHAN = "LIVED_WUHAN", _("lived in or travelled to Wuhan")
        LIVED_HUBEI = "LIVED_HUBEI", _("lived in or travelled to Hubei outside Wuhan")
        LIVED_AREA = "LIVED_AREA", _("lived in or travelled to another listed area")
        PASSED = "PASSED", _("passed through a listed area")
        MET_FROM_AREA = "MET_FROM_AREA", _("met somebody from a listed area")
        MET_CASE = "MET_CASE", _("met a suspected or confirmed case")
        SHARED_HOME = "SHARED_HOME", _("lives with somebody who is watched over or ill")
        FEVER = "FEVER", _("a fever that is being looked into")
        NAMED = "NAMED", _("named by the leading group")

    class State(models.TextChoices):
        TO_VERIFY = rules.TO_VERIFY, pgettext_lazy("monitoring", "to be verified")
        WATCHED = rules.WATCHED, pgettext_lazy("monitoring", "under key monitoring")
        ILL = rules.ILL, pgettext_lazy("monitoring", "something was reported")
        AS_CONTACT = rules.AS_CONTACT, pgettext_lazy("monitoring", "handled as a close contact")
        IN_HOSPITAL = rules.IN_HOSPITAL, pgettext_lazy("monitoring", "in the care of a hospital")
        TO_RELEASE = rules.TO_RELEASE, pgettext_lazy("monitoring", "release to be decided")
        RELEASED = rules.RELEASED, pgettext_lazy("monitoring", "released")
        CANCELLED = rules.CANCELLED, pgettext_lazy("monitoring", "cancelled as mistaken")

    class Isolation(models.TextChoices):
        NONE = "NONE", pgettext_lazy("monitoring", "none")
        SELF = "SELF", pgettext_lazy("monitoring", "watches their own health")
        AT_HOME = "AT_HOME", pgettext_lazy("monitoring", "at home")
        ON_CAMPUS = "ON_CAMPUS", pgettext_lazy("monitoring", "in a room of the college")
        FACILITY = "FACILITY", pgettext_lazy("monitoring", "in a quarantine facility")
        HOSPITAL = "HOSPITAL", pgettext_lazy("monitoring", "in hospital")

    class Told(models.TextChoices):
        PHONE = "PHONE", _("by phone")
        VIDEO = "VIDEO", _("by video call")
        VISIT = "VISIT", _("face to face")
        WRITTEN = "WRITTEN", _("in writing")

    class Step(models.TextChoices):
        TELL = "TELL", _("tell the carer")
        VERIFY = "VERIFY", _("remind of the verification")
        DAY = "DAY", _("begin the next day")
        DECIDE = "DECIDE", _("remind of the decision")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="monitoring_files")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=16, choices=Category)
    reason = SealedTextField()
    evidence = SealedTextField(blank=True)
    source = models.CharField(max_length=60)
    last_exposure_on = models.DateField()
    extra_days = models.PositiveSmallIntegerField(default=0)
    eligible_on = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.TO_VERIFY)
    isolation = models.CharField(max_length=12, choices=Isolation, default=Isolation.NONE)
    isolation_place = SealedTextField(blank=True)
    isolation_from = models.DateField(null=True)
    is_ordered = models.BooleanField(default=False)  # by an authority, not by the college
    proof_number = models.CharField(max_length=60, blank=True)
    supervisor = SealedTextField(blank=True)
    supervisor_phone = SealedTextField(blank=True)
    carer = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="monitoring_cared_for"
    )
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)
    told_how = models.CharField(max_length=8, choices=Told, blank=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    next_step = models.CharField(max_length=8, choices=Step, blank=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(closed_at__isnull=True),
                name="monitoring_one_open_file_per_person",
            ),
            models.CheckConstraint(
                condition=Q(
                    closed_at__isnull=True, state__in=sorted(set(rules.MOVES) - rules.CLOSED)
                )
                | Q(closed_at__isnull=False, state__in=sorted(rules.CLOSED)),
                name="monitoring_closed_when_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(eligible_on__gt=F("last_exposure_on")),
                name="monitoring_ends_after_the_exposure",
            ),
        ]
        indexes: ClassVar = [
            # what is open in a unit: the list, the summaries, the audience of a campaign
            models.Index(
                fields=["unit", "state"],
                name="monitoring_open",
                condition=Q(closed_at__isnull=True),
            ),
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="monitoring_files_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"monitoring file {self.pk}"

    @property
    def number(self) -> str:
        """How a file is spoken of where its person must not be named."""
        return f"M{day_mark(self.opened_at)}-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_checked(self) -> bool:
        """Whether two checks a day are asked from here."""
        return self.state in rules.CHECKED

    @property
    def last_day(self) -> date:
        """The last watched day: the planned end as people say it."""
        return self.eligible_on - timedelta(days=1)

    def day_number(self, day: date) -> int:
        """Which day after the last exposure `day` is; the exposure itself is day 0."""
        return days_between(self.last_exposure_on, day)


class MonitoringFact(models.Model):
    """Something that happened to a file, in time order, never changed. Texts are sealed.

    `detail` holds plain values: the old and the new end, the checklist as it was decided on.
    """

    class Kind(models.TextChoices):
        OPENED = "OPENED", _("opened")
        VERIFIED = "VERIFIED", _("verified, and the person told")
        EXPOSED_AGAIN = "EXPOSED_AGAIN", _("exposed again: the days begin anew")
        REPORTED_AGAIN = "REPORTED_AGAIN", _("reported again, nothing later")
        EXTENDED = "EXTENDED", _("extended")
        POLICY = "POLICY", _("put under another edition of the rules")
        CORRECTED = "CORRECTED", _("reason corrected")
        CARER = "CARER", _("given to a carer")
        PLACE = "PLACE", _("place and supervision noted")
        CALLED = "CALLED", _("called the person")
        NOTE = "NOTE", _("note")
        LOST = "LOST", _("cannot be found: told upwards")
        EXPLAINED = "EXPLAINED", _("gap explained")
        URGENT = "URGENT", _("symptoms or fever reported")
        MOVED = "MOVED", _("state changed")
        PROPOSED = "PROPOSED", _("release proposed")
        REFUSED = "REFUSED", _("release refused")
        RELEASED = "RELEASED", _("released")
        CANCELLED = "CANCELLED", _("cancelled")
        CONTESTED = "CONTESTED", _("contested by the person")
        ANSWERED = "ANSWERED", _("contest answered")

    file = models.ForeignKey(MonitoringFile, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = SealedTextField(blank=True)
    detail = SealedJSONField(blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of file {self.file_id} (fact {self.pk})"


__all__ = [
    "CheckSlot", "Contest", "GapExplanation", "MonitoringFact", "MonitoringFile", "Need",
    "RoundCheck", "RoundPlan",
]  # fmt: skip
