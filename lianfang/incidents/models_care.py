"""What is done for the person and around them: the search, checks, the campus, the way back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.incidents.kinds import Paper, Ring
from lianfang.roster.models import Person
from lianfang.vault.fields import SealedTextField


class ReachStep(models.Model):
    """One step of the emergency path to a person who cannot be reached."""

    class Answer(models.TextChoices):
        REACHED = "REACHED", pgettext_lazy("emergency path", "the person was reached")
        KNOWS = "KNOWS", _("they know where the person is")
        NOBODY = "NOBODY", pgettext_lazy("emergency path", "nobody answered")
        LOOKING = "LOOKING", _("they are looking")

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="reach_steps"
    )
    ring = models.CharField(max_length=10, choices=Ring)
    answer = models.CharField(max_length=8, choices=Answer)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at__lte=F("entered_at")), name="incidents_reached_before_entered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ring} asked for {self.incident_id} (step {self.pk})"


class NextCheck(models.Model):
    """When the person is looked at, or rung, next. One that is waited for at a time."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="checks"
    )
    what = SealedTextField()
    due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    found = SealedTextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(done_at__isnull=True),
                name="incidents_one_open_check",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="incidents_checks_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"check of {self.incident_id} (check {self.pk})"


class Clearance(models.Model):
    """The paper with which somebody who was ill returns to class, checked by the school doctor."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="clearances"
    )
    paper = models.CharField(max_length=16, choices=Paper)
    document = SealedTextField(blank=True)
    issued_by = SealedTextField(blank=True)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    returns_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.paper} for {self.incident_id} (clearance {self.pk})"


class Observation(models.Model):
    """Waiting in the temporary observation room until somebody comes for the person."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="observations"
    )
    room = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(ended_at__isnull=True),
                name="incidents_one_open_observation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} for {self.incident_id} (observation {self.pk})"


class Companion(models.Model):
    """Somebody who was with the person on campus. A name and a note; not a close contact."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="companions"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    name = SealedTextField()
    note = SealedTextField(blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"companion in {self.incident_id} (companion {self.pk})"


class Disinfection(models.Model):
    """A place that has to be disinfected: asked for, and done by somebody at a moment."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="disinfections"
    )
    place = SealedTextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = SealedTextField(blank=True)
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"disinfection of {self.incident_id} (disinfection {self.pk})"
