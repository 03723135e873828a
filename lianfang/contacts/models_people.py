"""People from outside lists, and the keys by which anybody is found again.

No identity number is stored: of number and name there is a keyed hash.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person
from lianfang.vault.fields import SealedTextField


class Outsider(models.Model):
    """Somebody who is not on the roster: a relative, a fellow traveller."""

    name = SealedTextField()
    phone = SealedTextField(blank=True)
    place = SealedTextField(blank=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"outsider {self.pk}"


class PersonKey(models.Model):
    """A blind key of somebody: name with identity number, a phone, a student number."""

    class Kind(models.TextChoices):
        IDENTITY = "IDENTITY", _("name and identity number")
        PHONE = "PHONE", _("phone")
        NUMBER = "NUMBER", _("student or staff number")

    kind = models.CharField(max_length=8, choices=Kind)
    index = models.CharField(max_length=32)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    outsider = models.ForeignKey(Outsider, on_delete=models.CASCADE, null=True, related_name="keys")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "index", "person"],
                condition=Q(person__isnull=False),
                name="contacts_one_key_of_a_person",
            ),
            models.UniqueConstraint(
                fields=["kind", "index", "outsider"],
                condition=Q(outsider__isnull=False),
                name="contacts_one_key_of_an_outsider",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, outsider__isnull=True)
                | Q(person__isnull=True, outsider__isnull=False),
                name="contacts_key_of_somebody",
            ),
        ]
        indexes: ClassVar = [
            # who is this?
            models.Index(fields=["index"], name="contacts_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} (key {self.pk})"


class ContactList(models.Model):
    """A list of contacts that came from outside, as it was taken in."""

    organisation = models.CharField(max_length=80)
    officer = models.CharField(max_length=80, blank=True)
    document = models.CharField(max_length=80, blank=True)
    document_on = models.DateField(null=True)
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    investigation = models.ForeignKey(
        "contacts.Investigation", on_delete=models.PROTECT, related_name="lists"
    )
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["digest", "investigation"], name="contacts_one_list_once"
            ),
        ]

    def __str__(self) -> str:
        return f"contact list {self.pk}"


class ListEntry(models.Model):
    """A row of an outside list: whom it became, and what the list said of them."""

    list = models.ForeignKey(ContactList, on_delete=models.PROTECT, related_name="entries")
    row = models.PositiveIntegerField()
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.PROTECT, related_name="entries"
    )
    words = SealedTextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "row"], name="contacts_one_entry_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"row {self.row} of list {self.list_id} (entry {self.pk})"
