"""The outbox. A message is a letter to one person; a delivery is one channel's turn with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.notifications.rules import Rank
from lianfang.roster.models import Person
from lianfang.vault.fields import SealedTextField

UNDELIVERED = "UNDELIVERED"  # the outcome of a receipt that came later


class Message(models.Model):
    """`reference` says what it is about, once per recipient: `incident:7:round:0:step:2`.

    Texts never carry health content: that something needs an answer, and where.
    `recipient` is null for a group robot, which `group` then names. `topic` is the beginning
    of the reference that one matter's letters share; `matter` is what a bundle calls it.
    `answer_code` is what an SMS answer names; empty where no answer is asked. `secret` stands in
    the text for `SECRET_PLACE` while the letter goes out, sealed, and is gone afterwards.
    """

    reference = models.CharField(max_length=120)
    topic = models.CharField(max_length=60, default="")
    recipient = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="messages"
    )
    group = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=120)
    body = models.TextField()
    secret = SealedTextField(blank=True)
    has_secret = models.BooleanField(default=False)
    link = models.CharField(max_length=300, blank=True)
    is_urgent = models.BooleanField(default=False)
    matter = models.CharField(max_length=60, blank=True)
    answer_code = models.CharField(max_length=8, blank=True)
    is_bundle = models.BooleanField(default=False)
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
            # an answer closes the letters of its matter; is this the first one about it?
            models.Index(fields=["topic", "recipient"], name="notifications_topic"),
            # secrets that are to be forgotten
            models.Index(
                fields=["created_at"],
                name="notifications_secrets",
                condition=Q(has_secret=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} (message {self.pk})"


class Delivery(models.Model):
    """One channel's turn. `next_due_at` is when a worker shall take it (again); null: nothing due.

    Claiming pushes `next_due_at` ahead by the lease: a killed worker's letter is due again by
    itself. `claims` counts the claims and tells an old owner from the present one; `attempts`
    counts hand-overs that ended. `position` orders the channels of a message: a later one
    waits until an earlier one has failed once.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting for its turn")
        QUEUED = "QUEUED", _("queued")
        HELD = "HELD", _("held back")
        SENDING = "SENDING", _("being sent")
        SENT = "SENT", _("handed to the gateway")
        DELIVERED = "DELIVERED", _("delivered")
        RETRYING = "RETRYING", _("failed for now")
        FAILED = "FAILED", _("failed for good")
        CANCELLED = "CANCELLED", _("no longer needed")
        BUNDLED = "BUNDLED", _("sent together with others")

        @property
        def is_final(self) -> bool:
            return self in {
                Delivery.State.SENT,
                Delivery.State.DELIVERED,
                Delivery.State.FAILED,
                Delivery.State.CANCELLED,
                Delivery.State.BUNDLED,
            }

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State)
    is_urgent = models.BooleanField(default=False)
    rank = models.PositiveSmallIntegerField(default=Rank.ORDINARY)
    claims = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    carried_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="carries"
    )
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
                fields=["rank", "next_due_at"],
                name="notifications_due",
                condition=Q(next_due_at__isnull=False),
            ),
            # which letter a gateway's report is about
            models.Index(
                fields=["provider_id"],
                name="notifications_provider_id",
                condition=~Q(provider_id=""),
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
    provider = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"try {self.number} of {self.delivery_id} (attempt {self.pk})"


class Allowance(models.Model):
    """What one receiver has been sent lately, so that people are not drowned.

    `key` is the blind index of a phone, a person without a phone, or a group. `taken` holds a
    few entries; a change is a conditional update on `version`. `bundle` gathers what is held.
    """

    key = models.CharField(max_length=80, unique=True)
    taken = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"allowance {self.pk}"


class ProviderState(models.Model):
    """One SMS provider and its probes: a message to ourselves every few minutes.

    Two misses in a row put the others before it, until a probe arrives again.
    """

    code = models.CharField(max_length=20, primary_key=True)
    probe_due_at = models.DateTimeField()
    probe_reference = models.CharField(max_length=120, blank=True)
    probe_id = models.CharField(max_length=120, blank=True)
    probed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    misses = models.PositiveSmallIntegerField(default=0)
    degraded_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.code} (provider)"


class Nonce(models.Model):
    """A callback that was received: the same one is not believed twice."""

    channel = models.CharField(max_length=20)
    word = models.CharField(max_length=64)
    kept_until = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "word"], name="notifications_nonce_once"),
        ]

    def __str__(self) -> str:
        return f"nonce {self.pk}"


class SmsStop(models.Model):
    """Whose phone answered TD or 退订: no text messages but alerts and codes, until it is undone.

    It belongs to the number: who gets another one has asked for nothing with it.
    """

    phone_index = models.CharField(max_length=32)
    said_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            # also the index that every ordinary text message asks
            models.UniqueConstraint(
                fields=["phone_index"],
                condition=Q(ended_at__isnull=True),
                name="notifications_one_stop_of_a_phone",
            ),
        ]

    def __str__(self) -> str:
        return f"sms stop {self.pk}"


class ParkedAnswer(models.Model):
    """An SMS answer that a human must read: nothing is acknowledged by guess."""

    class Reason(models.TextChoices):
        UNKNOWN_PHONE = "UNKNOWN_PHONE", _("nobody here has this number")
        UNCLEAR = "UNCLEAR", _("the words are not clear")
        EMPTY = "EMPTY", _("empty")
        UNKNOWN_CODE = "UNKNOWN_CODE", _("no open message has this code")
        AMBIGUOUS = "AMBIGUOUS", _("several messages are open, and no code says which")
        TOO_LATE = "TOO_LATE", _("answered by somebody else, or too old")
        STOP = "STOP", _("asks for no more messages")

    channel = models.CharField(max_length=20)
    phone = SealedTextField()
    phone_index = models.CharField(max_length=32, db_index=True)
    text = SealedTextField(blank=True)
    reason = models.CharField(max_length=16, choices=Reason)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            # what still waits for a human, on the gateways page
            models.Index(
                fields=["received_at"],
                name="notifications_parked_open",
                condition=Q(settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"parked answer {self.pk}"
