"""Who calls or visits which contact, and what came of it. A missed visit is a row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from lianfang.roster.models import Person
from lianfang.vault.fields import SealedTextField


class TeamMember(models.Model):
    """Somebody who calls or visits the contacts of an investigation, until they leave."""

    investigation = models.ForeignKey(
        "contacts.Investigation", on_delete=models.PROTECT, related_name="team"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["investigation", "person"],
                condition=Q(left_at__isnull=True),
                name="contacts_once_in_a_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in the team of {self.investigation_id} (member {self.pk})"


class Visit(models.Model):
    """The call or visit of a day. `next_due_at` strikes once: then it is missed, and said."""

    class Outcome(models.TextChoices):
        WELL = "WELL", pgettext_lazy("visit", "well")
        SYMPTOMS = "SYMPTOMS", pgettext_lazy("visit", "symptoms or fever")
        NOT_REACHED = "NOT_REACHED", pgettext_lazy("visit", "not reached")
        NOT_THERE = "NOT_THERE", pgettext_lazy("visit", "not where they should be")
        REFUSED = "REFUSED", pgettext_lazy("visit", "refused to speak")
        MISSED = "MISSED", pgettext_lazy("visit", "nobody called or came")

    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="visits")
    day = models.DateField()
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="contact_visits"
    )
    due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    is_in_person = models.BooleanField(default=False)
    temperature = SealedTextField(blank=True)
    note = SealedTextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact", "day"], name="contacts_one_visit_a_day"),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="contacts_visits_due",
                condition=Q(next_due_at__isnull=False),
            ),
            # what somebody has to do today
            models.Index(fields=["owner", "day"], name="contacts_visits_of_owner"),
        ]

    def __str__(self) -> str:
        return f"visit of {self.contact_id} on {self.day} (visit {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.outcome == ""

    @property
    def is_missed(self) -> bool:
        return self.outcome in {Visit.Outcome.MISSED, Visit.Outcome.NOT_REACHED}
