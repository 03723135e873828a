"""What was handed over to whom: asked for, approved by a second person, frozen, received, answered."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.roster.models import Person
from lianfang.vault.fields import SealedTextField


class Package(models.Model):
    """A list for the CDC or the community. From its approval on the file never changes.

    `next_due_at` is when whoever asked for it is reminded that no receipt or answer came.
    """

    class State(models.TextChoices):
        ASKED = "ASKED", pgettext_lazy("package", "waits for the second person")
        APPROVED = "APPROVED", pgettext_lazy("package", "approved, not handed over yet")
        HANDED_OVER = "HANDED_OVER", pgettext_lazy("package", "handed over, no receipt yet")
        RECEIVED = "RECEIVED", pgettext_lazy("package", "received, no answer yet")
        ANSWERED = "ANSWERED", pgettext_lazy("package", "answered")
        REFUSED = "REFUSED", pgettext_lazy("package", "refused")

    class Layout(models.TextChoices):
        XLSX = "XLSX", "xlsx"
        CSV = "CSV", "CSV"

    investigation = models.ForeignKey(
        "contacts.Investigation", on_delete=models.PROTECT, related_name="packages"
    )
    state = models.CharField(max_length=11, choices=State, default=State.ASKED)
    organisation = models.CharField(_("receiver"), max_length=80)
    receiver = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200)
    request_number = models.CharField(max_length=80)
    fields = models.JSONField()
    states = models.JSONField()
    layout = models.CharField(max_length=4, choices=Layout, default=Layout.XLSX)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    content = SealedTextField(blank=True)  # base64
    expires_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="contacts_approved_by_a_second_person",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="contacts_packages_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"package {self.pk}"

    def is_fetchable(self, now: datetime) -> bool:
        return self.expires_at is not None and now < self.expires_at and bool(self.content)


class PackageFact(models.Model):
    """A step of a package, added only: asked, approved, fetched, handed over, receipt, answer."""

    class Kind(models.TextChoices):
        ASKED = "ASKED", pgettext_lazy("package", "asked for")
        APPROVED = "APPROVED", pgettext_lazy("package", "approved and frozen")
        REFUSED = "REFUSED", pgettext_lazy("package", "refused")
        FETCHED = "FETCHED", pgettext_lazy("package", "fetched")
        HANDED_OVER = "HANDED_OVER", pgettext_lazy("package", "handed over")
        RECEIVED = "RECEIVED", pgettext_lazy("package", "receipt")
        ANSWERED = "ANSWERED", pgettext_lazy("package", "answer")

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=11, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = SealedTextField(blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of package {self.package_id} (fact {self.pk})"


class Disclosure(models.Model):
    """Somebody's data were given away: which fields, to whom, why. Kept until `keep_until`."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="disclosures")
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.PROTECT, related_name="disclosures"
    )
    fields = models.JSONField()
    at = models.DateTimeField()
    keep_until = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["package", "contact"], name="contacts_disclosed_once_in_a_package"
            ),
        ]

    def __str__(self) -> str:
        return f"disclosure {self.pk}"
