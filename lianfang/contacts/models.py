"""Whom a case met. The case is a code; what happened to a contact is a row that stays.

A candidate is proposed by the campus, confirmed by a person, and determined as a close contact
by the CDC alone. A casual contact is a class of its own.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.contacts.models_packages import Disclosure, Package, PackageFact
from lianfang.contacts.models_people import ContactList, ListEntry, Outsider, PersonKey
from lianfang.contacts.models_visits import TeamMember, Visit
from lianfang.incidents.models import Incident
from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedJSONField, SealedTextField

__all__ = [
    "Contact", "ContactList", "Disclosure", "Fact", "Investigation", "ListEntry", "Outsider",
    "Package", "PackageFact", "PersonKey", "TeamMember", "Visit",
]  # fmt: skip


class Investigation(models.Model):
    """One case whose contacts are looked for, spoken of by its code.

    `anchor_on` is the onset, or the sampling of somebody without symptoms. Contacts count from
    `window_from` on (the text in force on that day, which stands in `window_source`) until the
    case was isolated. `person` is empty for a case that is not of the college.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("investigation", "open")
        CLOSED = "CLOSED", pgettext_lazy("investigation", "closed")

    code = models.CharField(max_length=24, unique=True)
    outside_code = models.CharField(max_length=40, blank=True)  # as the CDC calls the case
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="investigations"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, related_name="investigations"
    )
    is_asymptomatic = models.BooleanField(default=False)
    anchor_on = models.DateField()
    window_from = models.DateField()
    window_source = models.CharField(max_length=200)
    isolated_on = models.DateField(null=True)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    infected_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="infected"
    )
    proposed_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)  # when the visits of the next day are shared out
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="contacts_days_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="OPEN"), name="contacts_one_open_per_case"
            ),
            models.CheckConstraint(
                condition=Q(window_from__lte=F("anchor_on")), name="contacts_window_before_onset"
            ),
            models.CheckConstraint(
                condition=Q(isolated_on__isnull=True) | Q(isolated_on__gte=F("window_from")),
                name="contacts_isolated_within_the_window",
            ),
            models.CheckConstraint(
                condition=~Q(infected_by=F("id")), name="contacts_nobody_infects_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"investigation {self.code}"

    @property
    def is_open(self) -> bool:
        return self.state == Investigation.State.OPEN


class Contact(models.Model):
    """Somebody whom a case may have met, and what people decided about it.

    `reasons` holds why the campus proposes them, with the points of each; `first_on` and
    `last_on` are the first and last day of contact in the window.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("proposed, to be looked at")
        CONFIRMED = "CONFIRMED", _("met the case; the CDC decides")
        CASUAL = "CASUAL", _("casual contact")
        DETERMINED = "DETERMINED", _("close contact, determined by the CDC")
        DISMISSED = "DISMISSED", _("no contact")

    class Mode(models.TextChoices):
        SHARED_MEAL = "SHARED_MEAL", _("ate together")
        SHARED_ROOM = "SHARED_ROOM", _("in one room")
        SHARED_DISHES = "SHARED_DISHES", _("shared dishes or towels")
        CARED = "CARED", _("cared for the case")
        VISITED = "VISITED", _("visited the case")
        VEHICLE = "VEHICLE", _("in one vehicle")
        CLASSROOM = "CLASSROOM", _("in one classroom, office, lift or canteen")
        LEISURE = "LEISURE", _("spent leisure together")
        OTHER = "OTHER", pgettext_lazy("contact", "another way")

    class Protection(models.TextChoices):
        NONE = "NONE", pgettext_lazy("protection", "no mask")
        ONE = "ONE", pgettext_lazy("protection", "one of the two wore a mask")
        BOTH = "BOTH", pgettext_lazy("protection", "both wore a mask")
        UNKNOWN = "UNKNOWN", pgettext_lazy("protection", "not known")

    class Origin(models.TextChoices):
        CAMPUS = "CAMPUS", _("proposed by the campus")
        HAND = "HAND", _("named by somebody")
        LIST = "LIST", _("on a list from outside")

    class Outcome(models.TextChoices):
        RELEASED = "RELEASED", pgettext_lazy("contact", "released")
        ILL = "ILL", pgettext_lazy("contact", "fell ill")
        POSITIVE = "POSITIVE", pgettext_lazy("contact", "tested positive")
        LOST = "LOST", pgettext_lazy("contact", "lost sight of")

    investigation = models.ForeignKey(
        Investigation, on_delete=models.PROTECT, related_name="contacts"
    )
    number = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="contacts")
    outsider = models.ForeignKey(
        Outsider, on_delete=models.PROTECT, null=True, related_name="contacts"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    origin = models.CharField(max_length=6, choices=Origin)
    state = models.CharField(max_length=10, choices=State)
    score = models.PositiveIntegerField(default=0)
    reasons = SealedJSONField(blank=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    mode = models.CharField(max_length=13, choices=Mode, blank=True)
    protection = models.CharField(max_length=7, choices=Protection, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    officer = models.CharField(max_length=80, blank=True)
    document = models.CharField(max_length=80, blank=True)
    document_on = models.DateField(null=True)
    determined_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    release_paper = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["investigation", "number"], name="contacts_one_number_of_a_case"
            ),
            models.UniqueConstraint(
                fields=["investigation", "person"], name="contacts_one_row_of_a_person"
            ),
            models.UniqueConstraint(
                fields=["investigation", "outsider"], name="contacts_one_row_of_an_outsider"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, outsider__isnull=True)
                | Q(person__isnull=True, outsider__isnull=False),
                name="contacts_somebody_or_an_outsider",
            ),
            models.CheckConstraint(
                condition=~Q(state="DETERMINED")
                | ~Q(officer="")
                | (~Q(document="") & Q(document_on__isnull=False)),
                name="contacts_determined_by_a_named_officer_or_document",
            ),
            models.CheckConstraint(
                condition=Q(first_on__isnull=True) | Q(last_on__gte=F("first_on")),
                name="contacts_last_is_not_before_first",
            ),
        ]
        indexes: ClassVar = [
            # the candidates of a case in their order
            models.Index(fields=["investigation", "state", "-score"], name="contacts_ranked"),
            # the contacts among one's own people
            models.Index(fields=["unit", "state"], name="contacts_of_unit"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    @property
    def code(self) -> str:
        """How a contact is spoken of where no name may stand."""
        return f"{self.investigation.code}/{self.number}"

    @property
    def is_followed(self) -> bool:
        """Whether somebody calls or visits every day."""
        return self.ended_at is None and self.state in {
            Contact.State.CONFIRMED,
            Contact.State.DETERMINED,
        }


class Fact(models.Model):
    """Something that happened to an investigation or to one of its contacts. Added only."""

    class Kind(models.TextChoices):
        OPENED = "OPENED", pgettext_lazy("contacts", "opened")
        CHANGED = "CHANGED", pgettext_lazy("contacts", "window changed")
        PROPOSED = "PROPOSED", pgettext_lazy("contacts", "candidates proposed")
        NAMED = "NAMED", pgettext_lazy("contacts", "named by hand")
        LISTED = "LISTED", pgettext_lazy("contacts", "on a list from outside")
        CONFIRMED = "CONFIRMED", pgettext_lazy("contacts", "met the case")
        CASUAL = "CASUAL", pgettext_lazy("contacts", "casual contact")
        DISMISSED = "DISMISSED", pgettext_lazy("contacts", "no contact")
        DETERMINED = "DETERMINED", pgettext_lazy("contacts", "determined by the CDC")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("contacts", "withdrawn by the CDC")
        INFECTED_BY = "INFECTED_BY", pgettext_lazy("contacts", "link in the chain")
        ENDED = "ENDED", pgettext_lazy("contacts", "observation ended")
        CLOSED = "CLOSED", pgettext_lazy("contacts", "closed")

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="facts")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="facts")
    kind = models.CharField(max_length=11, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = SealedTextField(blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of investigation {self.investigation_id} (fact {self.pk})"
