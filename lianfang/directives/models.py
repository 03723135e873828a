"""Directives. A version that was published never changes; what units did with it are rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.directives import rules
from lianfang.directives.models_plan import Plan, PlanTask, PlanVersion, ResponseActivation
from lianfang.directives.models_supervision import ItemEntry, SupervisionItem
from lianfang.roster.models import Person, Post, Unit
from lianfang.vault.fields import SealedTextField

__all__ = [
    "Addressee",
    "Attachment",
    "Directive",
    "DirectiveReceipt",
    "DirectiveVersion",
    "Feedback",
    "ItemEntry",
    "Plan",
    "PlanTask",
    "PlanVersion",
    "ResponseActivation",
    "SupervisionItem",
]


class Directive(models.Model):
    """A matter on which one unit directs others, under one number through all its versions."""

    number = models.CharField(max_length=40, unique=True)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="directives")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.number} (directive {self.pk})"


class DirectiveVersion(models.Model):
    """One wording with its audience. Published: frozen (the database refuses a change)."""

    class Urgency(models.TextChoices):
        EXTRA_URGENT = "EXTRA_URGENT", _("extra urgent")
        URGENT = "URGENT", _("pressing")
        ORDINARY = "ORDINARY", _("ordinary")

        @property
        def rings(self) -> bool:
            """Its letters overtake the queue and ignore quiet hours."""
            return self is DirectiveVersion.Urgency.EXTRA_URGENT

    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    body = models.TextField()
    urgency = models.CharField(max_length=12, choices=Urgency)
    acknowledge_due_at = models.DateTimeField()
    feedback_due_at = models.DateTimeField(null=True)
    feedback_asks = models.TextField(blank=True)  # names of the numbers asked for, one a line
    to_everybody = models.BooleanField(default=False)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["directive", "number"], name="directives_one_version_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["directive"],
                condition=Q(published_at__isnull=True),
                name="directives_one_draft_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["directive"],
                condition=Q(published_at__isnull=False, superseded_at__isnull=True),
                name="directives_one_version_in_force",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | (Q(signed_by__isnull=False) & ~Q(signed_by=models.F("drafted_by"))),
                name="directives_signed_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number} (directive version {self.pk})"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_in_force(self) -> bool:
        return self.is_published and self.superseded_at is None

    @property
    def asks(self) -> list[str]:
        return [line.strip() for line in self.feedback_asks.splitlines() if line.strip()]


class Addressee(models.Model):
    """Whom a version is for: a unit (with all below it or alone), a role, or a person.

    A role is looked for in the unit, and in all below it with `with_below`.
    """

    version = models.ForeignKey(
        DirectiveVersion, on_delete=models.CASCADE, related_name="addressees"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    with_below = models.BooleanField(default=False)
    role = models.CharField(max_length=20, choices=Post.Role, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person__isnull=True)
                | Q(unit__isnull=True, person__isnull=False),
                name="directives_addressee_is_a_unit_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id or self.person_id} {self.role} (addressee {self.pk})"


class DirectiveReceipt(models.Model):
    """One unit and one version. `parent` is the hop above: null where the issuer speaks itself.

    Made for the whole audience when the version is published, so that a later change of the
    roster rewrites nothing; delivered when the hop above has passed it on. `role` or `person`
    say that the answer is asked of these; else of whoever answers for the unit.
    """

    version = models.ForeignKey(DirectiveVersion, on_delete=models.PROTECT, related_name="receipts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="receipts")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="below")
    role = models.CharField(max_length=20, choices=Post.Role, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="directive_receipts"
    )
    has_below = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(null=True)
    acknowledge_due_at = models.DateTimeField(null=True)
    feedback_due_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+"
    )
    relayed_at = models.DateTimeField(null=True)
    relayed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    own_words = models.TextField(blank=True)
    own_due_at = models.DateTimeField(null=True)
    fed_back_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "unit", "role"],
                condition=Q(person__isnull=True),
                name="directives_one_receipt_per_unit",
            ),
            models.UniqueConstraint(
                fields=["version", "person"],
                condition=Q(person__isnull=False),
                name="directives_one_receipt_per_person",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll: must not grow with receipts that are not due
            models.Index(
                fields=["next_due_at"],
                name="directives_receipts_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} of {self.version_id} (directive receipt {self.pk})"

    @property
    def facts(self) -> rules.Facts:
        return rules.Facts(
            delivered_at=self.delivered_at,
            acknowledged_at=self.acknowledged_at,
            relayed_at=self.relayed_at,
            has_below=self.has_below,
            acknowledge_due_at=self.acknowledge_due_at,
            feedback_due_at=self.feedback_due_at,
            fed_back_at=self.fed_back_at,
            accepted_at=self.accepted_at,
            returned_at=self.returned_at,
        )


class Feedback(models.Model):
    """What a unit reported back, and what the hop above said to it. One row per try."""

    receipt = models.ForeignKey(
        DirectiveReceipt, on_delete=models.PROTECT, related_name="feedbacks"
    )
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    figures = models.JSONField(default=dict)  # what was asked for -> a number
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    is_accepted = models.BooleanField(null=True)
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["receipt", "number"], name="directives_feedback_counts_up"
            ),
            models.CheckConstraint(
                condition=~Q(is_accepted=False) | ~Q(reason=""),
                name="directives_returned_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.receipt_id} (feedback {self.pk})"


class Attachment(models.Model):
    """A file of a version, a feedback or an entry of a matter. The content is sealed."""

    class Kind(models.TextChoices):
        PDF = "application/pdf", "PDF"
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"
        DOCX = (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "Word",
        )
        XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"

    version = models.ForeignKey(
        DirectiveVersion, on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    feedback = models.ForeignKey(
        Feedback, on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    entry = models.ForeignKey(
        ItemEntry, on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=80, choices=Kind)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = SealedTextField()  # base64
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(version__isnull=False)
                | Q(feedback__isnull=False)
                | Q(entry__isnull=False),
                name="directives_attachment_belongs_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (attachment {self.pk})"
