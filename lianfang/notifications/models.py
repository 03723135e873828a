"""The outbox. A message is a letter to one person; a delivery is one channel's turn with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person


class Message(models.Model):
    """`reference` says what it is about, once per recipient: `incident:7:round:0:step:2`.

    Texts never carry health content: that something needs an answer, and where.
    `recipient` is null for a group robot, which `group` then names.
    """

    reference = models.CharField(max_length=120)
    recipient = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="messages"
    )
    group = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=120)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference", "recipient"], name="notifications_say_it_once"
            ),
            models.UniqueConstraint(
                fields=["reference", "group"],
                condition=Q(recipient__isnull=True),
                name="notifications_say_it_once_to_a_group",
            ),
        ]
        indexes: ClassVar = [
            # the in-app messages of a person, newest first
            models.Index(fields=["recipient", "-created_at"], name="notifications_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} (message {self.pk})"


class Delivery(models.Model):
    """One channel's turn. `next_due_at` is when a worker shall take it (again); null: nothing due.

    Claiming pushes `next_due_at` ahead by the lease: a killed worker's letter is due again by
    itself. `position` orders the channels of a message: a later one waits until an earlier
    one has failed once.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting for its turn")
        QUEUED = "QUEUED", _("queued")
        SENDING = "SENDING", _("being sent")
        SENT = "SENT", _("handed to the gateway")
        DELIVERED = "DELIVERED", _("delivered")
        RETRYING = "RETRYING", _("failed for now")
        FAILED = "FAILED", _("failed for good")
        CANCELLED = "CANCELLED", _("no longer needed")

        @property
        def is_final(self) -> bool:
            return self in {
                Delivery.State.SENT,
                Delivery.State.DELIVERED,
                Delivery.State.FAILED,
                Delivery.State.CANCELLED,
            }

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State)
    is_urgent = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["message", "channel"], name="notifications_one_turn_per_channel"
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll: must not grow with letters that are not due
            models.Index(
                fields=["-is_urgent", "next_due_at"],
                name="notifications_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.message_id} (delivery {self.pk})"


class Attempt(models.Model):
    """What one hand-over came to. Append-only."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"try {self.number} of {self.delivery_id} (attempt {self.pk})"
