"""Whether people can be reached: drills, findings about the roster, facts with a reply, feeds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianfang.duty.models.shifts import DutyPost
from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedTextField


class Drill(models.Model):
    """Somebody asks a set of posts for a sign of life, within minutes that are set beforehand."""

    class Channel(models.TextChoices):
        SMS = "SMS", _("text message (or e-mail where there is no phone)")
        VOICE = "VOICE", _("phone call by machine: a key is the answer")
        ROBOT = "ROBOT", _("group robot: people answer after logging in")
        CALLS = "CALLS", _("call list: somebody rings them one by one")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="drills")
    channel = models.CharField(max_length=8, choices=Channel)
    minutes = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")), name="duty_drill_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.started_at:%m-%d %H:%M} (drill {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def reference(self) -> str:
        return f"drill:{self.pk}:"


class DrillCall(models.Model):
    """One person of a drill. Delivered is not reached: only an answer of the person counts.

    `code_index` is the blind index of the code; the code itself stands in the letter only.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting for an answer")
        ANSWERED = "ANSWERED", _("answered in time")
        LATE = "LATE", _("answered late")
        NO_ANSWER = "NO_ANSWER", _("no answer in time")
        FAILED = "FAILED", _("could not be delivered")

        @property
        def is_reached(self) -> bool:
            return self in {DrillCall.State.ANSWERED, DrillCall.State.LATE}

        @property
        def asks_for_words(self) -> bool:
            return self in {DrillCall.State.LATE, DrillCall.State.NO_ANSWER, DrillCall.State.FAILED}

    class How(models.TextChoices):
        LINK = "LINK", _("by the link")
        CODE = "CODE", _("by the code")
        LOGIN = "LOGIN", _("after logging in")
        CALL = "CALL", _("on the phone")
        KEY = "KEY", _("by a key on the phone")

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="calls")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drill_calls")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="drill_calls")
    role = models.CharField(max_length=20)
    is_deputy = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    code_index = models.CharField(max_length=32)
    attempts = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=8, choices=How, blank=True)
    heard_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drill", "person"], name="duty_a_drill_rings_a_person_once"
            ),
        ]
        indexes: ClassVar = [
            # the last proved contact of a person
            models.Index(
                fields=["person", "-answered_at"],
                name="duty_drill_answers",
                condition=Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} (drill call {self.pk})"

    @property
    def kind(self) -> str:
        """The class of its state word. Nobody is red here: this is a question, no alarm."""
        match self.state:
            case DrillCall.State.ANSWERED:
                return "done"
            case DrillCall.State.WAITING:
                return ""
            case DrillCall.State.FAILED:
                return "unknown"
        return "today"

    @property
    def state_words(self) -> str:
        """What the state means on this road: on a call list nothing is delivered."""
        if self.state == DrillCall.State.FAILED and self.drill.channel == Drill.Channel.CALLS:
            return gettext("was not rung")
        return str(DrillCall.State(self.state).label)

    @property
    def seconds(self) -> int | None:
        if self.answered_at is None:
            return None
        return int((self.answered_at - self.drill.started_at).total_seconds())

    @property
    def took(self) -> str:
        """How long the answer took, in words."""
        seconds = self.seconds or 0
        if seconds < 120:
            return gettext("after %(n)s s") % {"n": seconds}
        return gettext("after %(n)s min") % {"n": seconds // 60}


class RosterFinding(models.Model):
    """Something about the roster that somebody should mend; told once, gone when it is mended."""

    class Kind(models.TextChoices):
        GAP = "GAP", _("nobody on the post")
        TWICE = "TWICE", _("in two places at once")
        OVERLAP = "OVERLAP", _("two on one post for a part of the time")
        AWAY = "AWAY", _("cannot be counted on that day")
        DEPARTED = "DEPARTED", _("is no longer on the roll")
        NO_PHONE = "NO_PHONE", _("has no phone number here")
        UNVERIFIED = "UNVERIFIED", _("the phone was never tried")
        WRONG_NUMBER = "WRONG_NUMBER", _("messages to the phone cannot be delivered")
        NO_HEAD = "NO_HEAD", _("nobody answers for this unit")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roster_findings")
    kind = models.CharField(max_length=12, choices=Kind)
    post = models.CharField(max_length=8, choices=DutyPost, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=120)
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "fingerprint"],
                condition=Q(gone_at__isnull=True),
                name="duty_one_open_finding_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.unit_id} (finding {self.pk})"


class DutyFact(models.Model):
    """What happened, with the unit's own words beside it. No verdict, and nothing is deleted."""

    class Kind(models.TextChoices):
        NOT_CHECKED_IN = "NOT_CHECKED_IN", _("a shift began without a check-in")
        HANDOVER_OPEN = "HANDOVER_OPEN", _("a hand-over was open for more than 30 minutes")
        LATE_ANSWER = "LATE_ANSWER", _("an alert was answered late, or not at all")
        DRILL_UNANSWERED = "DRILL_UNANSWERED", _("a drill was not answered in time")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duty_facts")
    kind = models.CharField(max_length=20, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()
    minutes = models.PositiveIntegerField(null=True)
    reply = SealedTextField(blank=True)
    replied_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # the facts of a unit, newest first
            models.Index(fields=["unit", "-at"], name="duty_facts_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.unit_id} (fact {self.pk})"


class FeedAddress(models.Model):
    """A calendar address: of one person's shifts or of one unit's roster. It can be revoked."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="duty_feeds"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="duty_feeds")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, unit__isnull=True)
                | Q(person__isnull=True, unit__isnull=False),
                name="duty_feed_is_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"
