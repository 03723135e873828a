"""Orders and how they went. The college records an order; it does not make one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.clock import day_mark
from lianfang.quarantine.models_rooms import Bed, Building, Keeper, Room, Stay
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import Edition
from lianfang.vault.fields import SealedJSONField, SealedTextField


class Order(models.Model):
    """A person must stay somewhere, because somebody who may said so. One running per person.

    `held_until` is exclusive: the first day on which a release may be decided. `policy_days`
    is the number of the edition in force at recording; a later edition does not rewrite it.
    """

    class Kind(models.TextChoices):
        FACILITY = "FACILITY", _("quarantine in a facility")
        HOME = "HOME", _("quarantine at home")
        CAMPUS = "CAMPUS", _("observation on campus")
        HOSPITAL = "HOSPITAL", _("isolation in hospital")
        SELF = "SELF", _("self monitoring")

    class Authority(models.TextChoices):
        CDC = "CDC", _("CDC")
        HEALTH = "HEALTH", _("health authority or command")
        COMMUNITY = "COMMUNITY", _("community or street office")
        HOSPITAL = "HOSPITAL", _("a hospital")
        SCHOOL = "SCHOOL", _("the college (named decision maker)")

    class Served(models.TextChoices):
        IN_PERSON = "IN_PERSON", _("handed over in person")
        PHONE = "PHONE", _("told by phone")
        PAPER = "PAPER", _("left as a paper")
        MESSAGE = "MESSAGE", _("sent as a message")
        FAMILY = "FAMILY", _("told the family")

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("running")
        RELEASED = "RELEASED", _("released")
        MOVED_ON = "MOVED_ON", _("handed over to hospital or authority")
        MISTAKE = "MISTAKE", _("recorded by mistake")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="quarantine_orders")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    place = SealedTextField()
    county_code = models.CharField(max_length=6, blank=True)
    reason = SealedTextField()
    authority = models.CharField(max_length=10, choices=Authority)
    authority_name = models.CharField(max_length=120)
    officer = models.CharField(max_length=60)
    document_no = models.CharField(max_length=80)
    document_on = models.DateField()
    served_how = models.CharField(max_length=10, choices=Served, blank=True)
    served_by = models.CharField(max_length=60, blank=True)
    served_to = models.CharField(max_length=60, blank=True)
    served_at = models.DateTimeField(null=True)
    last_contact_on = models.DateField(null=True)
    held_from = models.DateField()
    held_until = models.DateField()
    policy_days = models.PositiveSmallIntegerField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    carer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    asked_release_at = models.DateTimeField(null=True)
    release_paper = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ending = SealedTextField(blank=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="RUNNING"),
                name="quarantine_one_running_order_per_person",
            ),
            models.CheckConstraint(
                condition=Q(held_until__gt=F("held_from")), name="quarantine_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(officer="") & ~Q(authority_name=""),
                name="quarantine_somebody_ordered_it",
            ),
        ]
        indexes: ClassVar = [
            # the running orders of the units that a desk answers for
            models.Index(
                fields=["unit", "held_until"],
                name="quarantine_running",
                condition=Q(state="RUNNING"),
            ),
            # the worker's poll: a release to propose
            models.Index(
                fields=["next_due_at"],
                name="quarantine_orders_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id} (order {self.pk})"

    @property
    def code(self) -> str:
        """How an order is spoken of where its person must not be named."""
        return f"Q{day_mark(self.recorded_at)}-{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state == Order.State.RUNNING

    @property
    def needs_paper(self) -> bool:
        """Who ordered it ends it in writing; what the college decided itself needs no paper."""
        return self.authority != Order.Authority.SCHOOL


class Extension(models.Model):
    """The planned end was moved, by whom and why. A shorter end is one too."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="extensions")
    old_until = models.DateField()
    new_until = models.DateField()
    reason = SealedTextField()
    document_no = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"order {self.order_id} until {self.new_until} (extension {self.pk})"


class Check(models.Model):
    """One look of one slot; a correction is the next revision, and the newest is current."""

    class SlotName(models.TextChoices):
        MORNING = "MORNING", _("morning")
        EVENING = "EVENING", _("evening")

    class Source(models.TextChoices):
        SELF = "SELF", _("by the person")
        CARER = "CARER", _("told by phone or at the door")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="checks")
    day = models.DateField()
    slot = models.CharField(max_length=7, choices=SlotName)
    revision = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    findings = SealedJSONField()
    is_kept = models.BooleanField()
    source = models.CharField(max_length=5, choices=Source)
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "day", "slot"],
                condition=Q(is_current=True),
                name="quarantine_one_current_check_per_slot",
            ),
            models.UniqueConstraint(
                fields=["order", "day", "slot", "revision"],
                name="quarantine_one_revision_of_a_check",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.order_id} {self.day} {self.slot} (check {self.pk})"


class ExplainedDay(models.Model):
    """Why a day has no check, asked and written down by the carer."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="explained_days")
    day = models.DateField()
    text = SealedTextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "day"], name="quarantine_one_explanation_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.order_id} {self.day} (explained day {self.pk})"


class Need(models.Model):
    """Something that somebody in quarantine asked for: an owner, a time, and what came of it.

    `next_due_at` is when it climbs one step further; null when nobody is left to tell, or done.
    """

    class Kind(models.TextChoices):
        MEALS = "MEALS", _("meals")
        MEDICINE = "MEDICINE", _("medicine")
        STUDY = "STUDY", _("study")
        SUPPLIES = "SUPPLIES", _("things of daily life")
        OTHER = "OTHER", _("something else")

    class State(models.TextChoices):
        OPEN = "OPEN", _("waits")
        TAKEN = "TAKEN", _("somebody is on it")
        DONE = "DONE", _("done")
        DROPPED = "DROPPED", _("no longer needed")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="needs")
    kind = models.CharField(max_length=8, choices=Kind)
    text = SealedTextField(blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    told_steps = models.PositiveSmallIntegerField(default=0)
    next_due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    answer = SealedTextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="quarantine_needs_due",
                condition=Q(next_due_at__isnull=False),
            ),
            # what waits, on the desk
            models.Index(
                fields=["due_at"],
                name="quarantine_needs_open",
                condition=Q(state__in=["OPEN", "TAKEN"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id} (need {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.state in {Need.State.OPEN, Need.State.TAKEN}


__all__ = [
    "Bed", "Building", "Check", "ExplainedDay", "Extension", "Keeper", "Need", "Order", "Room",
    "Stay",
]  # fmt: skip
