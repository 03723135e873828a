"""Queueing letters in the writer's transaction, and handing them over outside of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from lianfang.kernel.clock import now as the_time
from lianfang.notifications.channels.base import Channel, Letter, Outcome, Receipt
from lianfang.notifications.models import Attempt, Delivery, Message
from lianfang.notifications.outlets import provider_for
from lianfang.notifications.rules import LEASE, MOST_ATTEMPTS, back_off
from lianfang.roster.models import Person

PERSONAL_CHANNELS = ("sms", "email")
EXERCISE_MARK = "【演练 EXERCISE】"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants said to one person, or to a group robot (`group`, `wecom:duty`)."""

    reference: str
    person: Person | None
    subject: str
    body: str
    link: str = ""
    is_urgent: bool = False
    group: str = ""


def queue(drafts: Iterable[Draft], *, now: datetime) -> list[Message]:
    """Put letters into the outbox; a reference already queued for a recipient is left alone.

    Runs inside the caller's transaction: a fact and its letters are stored together or not
    at all. Nothing is sent here.
    """
    drafts = list(drafts)
    Message.objects.bulk_create(
        [
            Message(
                reference=d.reference,
                recipient=d.person,
                group=d.group,
                subject=d.subject,
                body=d.body,
                link=d.link,
                is_urgent=d.is_urgent,
                created_at=now,
            )
            for d in drafts
        ],
        ignore_conflicts=True,
    )
    messages = list(
        Message.objects.filter(
            reference__in={d.reference for d in drafts}, created_at=now, deliveries__isnull=True
        ).select_related("recipient")
    )
    Delivery.objects.bulk_create(
        [delivery for message in messages for delivery in _turns(message, now)]
    )
    return messages


def _turns(message: Message, now: datetime) -> list[Delivery]:
    """The channels in order: the first is due now, the others wait for a failure before them."""
    if message.recipient is None:
        channels = [message.group.partition(":")[0]]
    else:
        has = {"sms": bool(message.recipient.phone), "email": bool(message.recipient.email)}
        channels = [channel for channel in PERSONAL_CHANNELS if has[channel]]
    return [
        Delivery(
            message=message,
            channel=channel,
            position=position,
            state=Delivery.State.QUEUED if position == 0 else Delivery.State.WAITING,
            is_urgent=message.is_urgent,
            next_due_at=now if position == 0 else None,
        )
        for position, channel in enumerate(channels)
    ]


def cancel(*, reference_prefix: str, now: datetime) -> int:
    """What was answered needs no further ringing: open letters of this matter are closed."""
    messages = Message.objects.filter(
        reference__startswith=reference_prefix, closed_at__isnull=True
    )
    open_turns = Delivery.objects.filter(
        message__in=messages,
        state__in=[Delivery.State.WAITING, Delivery.State.QUEUED, Delivery.State.RETRYING],
    )
    cancelled = open_turns.update(state=Delivery.State.CANCELLED, next_due_at=None)
    messages.update(closed_at=now)
    return cancelled


def deliver_next(
    *, now: datetime, channels: Mapping[str, Channel], exercise: bool
) -> Delivery | None:
    """Take one letter whose moment has come, hand it over, store what came of it.

    1. Claim it with a conditional update; another worker may have been first.
    2. Send, outside any transaction.
    3. Store the receipt, only if the claim is still ours: after a lease that ran out another
       worker owns the letter, and its receipt counts.

    Returns the delivery, or None when nothing was due.
    """
    delivery = (
        Delivery.objects.filter(next_due_at__lte=now)
        .order_by("-is_urgent", "next_due_at")
        .select_related("message__recipient")
        .first()
    )
    if delivery is None:
        return None
    claimed = Delivery.objects.filter(
        pk=delivery.pk, next_due_at=delivery.next_due_at, attempts=delivery.attempts
    ).update(next_due_at=now + LEASE, attempts=F("attempts") + 1, state=Delivery.State.SENDING)
    if claimed != 1:
        return delivery
    delivery.attempts += 1
    started_at = the_time()
    receipt = _hand_over(delivery, channels, exercise)
    settle(delivery=delivery, receipt=receipt, started_at=started_at, now=the_time())
    return delivery


def _hand_over(delivery: Delivery, channels: Mapping[str, Channel], exercise: bool) -> Receipt:
    channel = provider_for(delivery.channel, attempt=delivery.attempts, channels=channels)
    if channel is None:
        return Receipt(Outcome.FAILED_FOR_GOOD, code="not-configured")
    return channel.send(letter_of(delivery, exercise=exercise))


def letter_of(delivery: Delivery, *, exercise: bool) -> Letter:
    """The letter as it leaves the house. The reference lets a gateway recognise a repeat."""
    message = delivery.message
    person = message.recipient
    address = ""
    if person is not None:
        address = person.phone if delivery.channel == "sms" else person.email
    mark = EXERCISE_MARK if exercise else ""
    return Letter(
        reference=f"{message.pk}:{message.reference}:{delivery.channel}",
        to=address or message.group.partition(":")[2],
        name=person.name if person else "",
        subject=mark + message.subject,
        body=mark + message.body,
        link=settings.BASE_URL + message.link if message.link else None,
        urgent=message.is_urgent,
    )


@transaction.atomic
def settle(*, delivery: Delivery, receipt: Receipt, started_at: datetime, now: datetime) -> None:
    """Write down what a hand-over came to; a failure gives the next channel its turn."""
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        started_at=started_at,
        ended_at=now,
        outcome=receipt.outcome,
        code=receipt.code[:60],
        detail=receipt.detail[:300],
    )
    still_ours = Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, state=Delivery.State.SENDING
    )
    still_ours.update(**_after(delivery, receipt, now))
    if receipt.outcome.is_failure:
        _next_channel(delivery, now)


def _after(delivery: Delivery, receipt: Receipt, now: datetime) -> dict[str, object]:
    common = {"provider_id": receipt.provider_id[:120], "code": receipt.code[:60]}
    match receipt.outcome:
        case Outcome.ACCEPTED:
            return {**common, "state": Delivery.State.SENT, "sent_at": now, "next_due_at": None}
        case Outcome.DELIVERED:
            return {
                **common,
                "state": Delivery.State.DELIVERED,
                "sent_at": now,
                "delivered_at": now,
                "next_due_at": None,
            }
        case Outcome.FAILED_FOR_NOW if delivery.attempts < MOST_ATTEMPTS:
            wait = back_off(delivery.attempts, asked_s=receipt.retry_after_s)
            return {**common, "state": Delivery.State.RETRYING, "next_due_at": now + wait}
    return {**common, "state": Delivery.State.FAILED, "next_due_at": None}


def _next_channel(delivery: Delivery, now: datetime) -> None:
    """Release the channel behind the failed one (once: later failures find it released)."""
    following = (
        Delivery.objects.filter(
            message_id=delivery.message_id,
            position__gt=delivery.position,
            state=Delivery.State.WAITING,
        )
        .order_by("position")
        .first()
    )
    if following is not None and following.position == delivery.position + 1:
        Delivery.objects.filter(pk=following.pk, state=Delivery.State.WAITING).update(
            state=Delivery.State.QUEUED, next_due_at=now
        )


def release_impossible_leases(*, now: datetime) -> int:
    """A worker whose clock ran ahead must not hold a letter longer than a lease.

    A claim that reaches further into the future than any lease can is cut short.
    """
    return Delivery.objects.filter(
        Q(state=Delivery.State.SENDING), next_due_at__gt=now + LEASE
    ).update(next_due_at=now)
