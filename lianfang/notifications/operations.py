"""Queueing letters in the writer's transaction, and handing them over outside of it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from lianfang.kernel.clock import now as the_time
from lianfang.notifications import holding
from lianfang.notifications.channels.base import Channel, Outcome, Receipt
from lianfang.notifications.models import Attempt, Delivery, Message, ProviderState
from lianfang.notifications.outlets import provider_for
from lianfang.notifications.rules import (
    LEASE,
    RECEIPT_WAIT,
    Rank,
    back_off,
    is_still_wanted,
    quiet_until,
)
from lianfang.notifications.wording import EXERCISE_MARK, fill_bundle, letter_of
from lianfang.roster.models import Person

__all__ = [
    "EXERCISE_MARK", "Draft", "cancel", "deliver_next", "letter_of", "queue",
    "release_impossible_leases", "release_next_channel", "settle",
]  # fmt: skip

PERSONAL_CHANNELS = ("sms", "email")
_NEAR = 8  # so many due letters are looked at, so that senders do not all reach for the same


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants said to one person, or to a group robot (`group`, `wecom:duty`).

    `matter` is what a bundle calls it (an incident's code; never who or what illness); a letter
    that has one may be sent together with others. `wants_answer`: an SMS answer with the
    letter's code is an answer. `is_awaited`: somebody sits and waits for it (a one-time code);
    it knows no quiet hours and no digest. `channels` narrows the personal channels; with none
    the letter waits in the account alone.
    """

    reference: str
    person: Person | None
    subject: str
    body: str
    link: str = ""
    is_urgent: bool = False
    group: str = ""
    matter: str = ""
    wants_answer: bool = False
    is_awaited: bool = False
    channels: tuple[str, ...] = PERSONAL_CHANNELS


# ---------------------------------------------------------------- queueing


def queue(drafts: Iterable[Draft], *, now: datetime) -> list[Message]:
    """Put letters into the outbox; a reference already queued for a recipient is left alone.

    Runs inside the caller's transaction: a fact and its letters are stored together or not
    at all. Nothing is sent here.
    """
    drafts = list(drafts)
    told = _told_before(drafts)
    Message.objects.bulk_create([_message(d, now) for d in drafts], ignore_conflicts=True)
    messages = list(
        Message.objects.filter(
            reference__in={d.reference for d in drafts}, created_at=now, deliveries__isnull=True
        ).select_related("recipient")
    )
    awaited = {d.reference for d in drafts if d.is_awaited}
    ranks = {message.pk: _rank(message, told, awaited) for message in messages}
    quiet = None
    if Rank.ORDINARY in ranks.values():
        quiet = quiet_until(holding.courtesy_at(now), now=now)
    narrowed = {
        (d.reference, d.person.pk): d.channels
        for d in drafts
        if d.person is not None and d.channels != PERSONAL_CHANNELS
    }
    turns = []
    for message in messages:
        rank = ranks[message.pk]
        due_at = quiet if quiet is not None and rank == Rank.ORDINARY else now
        allowed = narrowed.get((message.reference, message.recipient_id or 0), PERSONAL_CHANNELS)
        turns += _turns(message, rank, due_at, now, allowed)
    Delivery.objects.bulk_create(turns)
    return messages


def _message(draft: Draft, now: datetime) -> Message:
    return Message(
        reference=draft.reference,
        topic=_topic(draft.reference),
        recipient=draft.person,
        group=draft.group,
        subject=draft.subject,
        body=draft.body,
        link=draft.link,
        is_urgent=draft.is_urgent,
        matter=draft.matter[:60],
        answer_code=f"{10_000 + secrets.randbelow(90_000)}" if draft.wants_answer else "",
        created_at=now,
    )


def _topic(reference: str) -> str:
    """`escalation:7:round:0:step:2` is about `escalation:7`."""
    return ":".join(reference.split(":", 2)[:2])[:60]


def _told_before(drafts: Iterable[Draft]) -> set[tuple[str, int | None]]:
    """Who was written to about an urgent matter already."""
    topics = {_topic(d.reference) for d in drafts if d.is_urgent}
    if not topics:
        return set()
    return set(Message.objects.filter(topic__in=topics).values_list("topic", "recipient_id"))


def _rank(message: Message, told: set[tuple[str, int | None]], awaited: set[str]) -> Rank:
    if message.is_urgent:
        first = (message.topic, message.recipient_id) not in told
        return Rank.FIRST_ALERT if first else Rank.PROMPT
    return Rank.PROMPT if message.reference in awaited else Rank.ORDINARY


def _turns(
    message: Message, rank: Rank, due_at: datetime, now: datetime, allowed: tuple[str, ...]
) -> list[Delivery]:
    """The channels in order: the first is due, the others wait for a failure before them."""
    if message.recipient is None:
        channels = [message.group.partition(":")[0]]
    else:
        has = {"sms": bool(message.recipient.phone), "email": bool(message.recipient.email)}
        channels = [channel for channel in PERSONAL_CHANNELS if has[channel] and channel in allowed]
    first = Delivery.State.QUEUED if due_at <= now else Delivery.State.HELD
    return [
        Delivery(
            message=message,
            channel=channel,
            position=position,
            state=first if position == 0 else Delivery.State.WAITING,
            is_urgent=message.is_urgent,
            rank=rank,
            next_due_at=due_at if position == 0 else None,
        )
        for position, channel in enumerate(channels)
    ]


def cancel(*, reference_prefix: str, now: datetime, recipient: int | None = None) -> int:
    """What was answered needs no further ringing: open letters of this matter are closed.

    `recipient`: only those to this person, found by index where a matter has many letters.
    """
    messages = Message.objects.filter(
        topic=_topic(reference_prefix),
        reference__startswith=reference_prefix,
        closed_at__isnull=True,
    )
    if recipient is not None:
        messages = messages.filter(recipient_id=recipient)
    State = Delivery.State
    ahead = [State.WAITING, State.QUEUED, State.HELD, State.RETRYING]
    open_turns = Delivery.objects.filter(
        Q(state__in=ahead) | Q(state=State.BUNDLED, carried_by__state=State.HELD),
        message__in=messages,
    )
    cancelled = open_turns.update(state=State.CANCELLED, next_due_at=None)
    messages.update(closed_at=now)
    return cancelled


# ---------------------------------------------------------------- handing over


def deliver_next(
    *,
    now: datetime,
    channels: Mapping[str, Channel],
    exercise: bool,
    lease: timedelta = LEASE,
    settings_are_sound: bool = True,
    reporting_back: Collection[str] = (),
) -> Delivery | None:
    """Take one letter whose moment has come, hand it over, store what came of it.

    1. Claim it with a conditional update (another worker may have been first), and take its
       place in the receiver's allowance or put it off.
    2. Send, outside any transaction.
    3. Store the receipt, only if the claim is still ours: after a lease that ran out another
       worker owns the letter, and its receipt counts.

    `reporting_back` names the SMS providers whose receipts and answers reach us. With settings
    that are not sound a missing channel may come back: nothing is given up for it.
    Returns the delivery, or None when nothing was due.
    """
    claimed = _claim(now=now, lease=lease)
    if claimed is None:
        return None
    delivery, goes = claimed
    if not goes:
        return delivery
    # Nothing joins a bundle any more once it is claimed and may go: now its text is written.
    if delivery.message.is_bundle and not fill_bundle(delivery):
        _still_ours(delivery).update(state=Delivery.State.CANCELLED, next_due_at=None)
        holding.give_back(delivery)
        return delivery
    channel = _provider(delivery, channels)
    delivery.provider = channel.code if channel else ""
    reports_back = delivery.provider in reporting_back
    started_at = the_time()
    if channel is None:
        receipt = _no_channel(delivery, settings_are_sound)
    else:
        receipt = channel.send(
            letter_of(delivery, exercise=exercise, answers_come_back=reports_back)
        )
    settle(
        delivery=delivery,
        receipt=receipt,
        started_at=started_at,
        now=the_time(),
        reports_back=reports_back,
    )
    return delivery


def _claim(*, now: datetime, lease: timedelta) -> tuple[Delivery, bool] | None:
    """The most pressing letter that is due and that nobody else took in the same moment, and
    whether it may go now.

    One look for each rank, so that the index ends each look at the first row that is not due.
    """
    for rank in Rank:
        due = Delivery.objects.filter(rank=rank, next_due_at__lte=now).order_by("next_due_at")
        while near := list(due.values_list("pk", "claims", "state")[:_NEAR]):
            # Ordinary letters are in no order among themselves: senders begin apart.
            start = threading.get_ident() % len(near) if rank == Rank.ORDINARY else 0
            for pk, claims, state in near[start:] + near[:start]:
                begun = _begin(pk, claims, state, now, lease)
                if begun is not None:
                    return begun
    return None


@transaction.atomic
def _begin(
    pk: int, claims: int, state: str, now: datetime, lease: timedelta
) -> tuple[Delivery, bool] | None:
    """The claim and the place in the receiver's allowance, together; nothing is sent here.

    Addresses stay sealed until the claim is kept: one that cannot be opened must not hold up
    the letters behind it.
    """
    if not _claimed(pk, claims, state, now, lease):
        return None
    delivery = (
        Delivery.objects.select_related("message__recipient")
        .defer(*(f"message__recipient__{name}" for name in ("phone", "email", "address")))
        .get(pk=pk)
    )
    if delivery.state != Delivery.State.SENDING:
        return delivery, False
    if delivery.message.closed_at is not None:
        _still_ours(delivery).update(state=Delivery.State.CANCELLED, next_due_at=None)
        return delivery, False
    return delivery, holding.may_go(delivery, now=now)


def _claimed(pk: int, claims: int, state: str, now: datetime, lease: timedelta) -> bool:
    """A conditional update; another worker may have been first."""
    row = Delivery.objects.filter(pk=pk, claims=claims, state=state, next_due_at__lte=now)
    if state == Delivery.State.SENT:
        return _receipt_is_overdue(row)
    taken = row.update(
        next_due_at=now + lease, claims=F("claims") + 1, state=Delivery.State.SENDING
    )
    return taken == 1


def _receipt_is_overdue(row: QuerySet[Delivery]) -> bool:
    """Handed over a minute ago and no phone has it: the next channel tries as well."""
    delivery = row.first()
    if delivery is None or row.update(next_due_at=None, code="no-receipt") != 1:
        return False
    release_next_channel(delivery, now=the_time())
    return True


def _provider(delivery: Delivery, channels: Mapping[str, Channel]) -> Channel | None:
    lost: Collection[str] = ()
    if delivery.channel == "sms":
        degraded = ProviderState.objects.filter(degraded_at__isnull=False)
        lost = set(degraded.values_list("code", flat=True))
    return provider_for(
        delivery.channel, attempt=delivery.attempts + 1, channels=channels, last=lost
    )


def _no_channel(delivery: Delivery, settings_are_sound: bool) -> Receipt:
    for_now = delivery.is_urgent or not settings_are_sound
    outcome = Outcome.FAILED_FOR_NOW if for_now else Outcome.FAILED_FOR_GOOD
    return Receipt(outcome, code="not-configured")


def _still_ours(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk=delivery.pk, claims=delivery.claims, state=Delivery.State.SENDING
    )


# ---------------------------------------------------------------- what came of it


@transaction.atomic
def settle(
    *,
    delivery: Delivery,
    receipt: Receipt,
    started_at: datetime,
    now: datetime,
    reports_back: bool = False,
) -> None:
    """Write down what a hand-over came to; a failure gives the next channel its turn."""
    delivery.attempts += 1
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        started_at=started_at,
        ended_at=now,
        provider=delivery.provider,
        outcome=receipt.outcome,
        code=receipt.code[:60],
        detail=receipt.detail[:300],
    )
    after = _after(delivery, receipt, now, reports_back)
    _still_ours(delivery).update(attempts=delivery.attempts, **after)
    if receipt.outcome.is_failure:
        holding.give_back(delivery)
        release_next_channel(delivery, now=now)


def _after(
    delivery: Delivery, receipt: Receipt, now: datetime, reports_back: bool
) -> dict[str, object]:
    common = {
        "provider": delivery.provider,
        "provider_id": receipt.provider_id[:120],
        "code": receipt.code[:60],
    }
    match receipt.outcome:
        case Outcome.ACCEPTED:
            overdue_at = now + RECEIPT_WAIT if reports_back and delivery.is_urgent else None
            return {
                **common,
                "state": Delivery.State.SENT,
                "sent_at": now,
                "next_due_at": overdue_at,
            }
        case Outcome.DELIVERED:
            return {
                **common,
                "state": Delivery.State.DELIVERED,
                "sent_at": now,
                "delivered_at": now,
                "next_due_at": None,
            }
        case Outcome.FAILED_FOR_NOW if is_still_wanted(
            created_at=delivery.message.created_at, urgent=delivery.is_urgent, now=now
        ):
            wait = back_off(delivery.attempts, asked_s=receipt.retry_after_s)
            return {**common, "state": Delivery.State.RETRYING, "next_due_at": now + wait}
    return {**common, "state": Delivery.State.FAILED, "next_due_at": None}


def release_next_channel(delivery: Delivery, *, now: datetime) -> None:
    """Release the channel behind a failed one (once: later failures find it released).

    A bundle that fails lets each letter in it try its own next channel.
    """
    turns = [(delivery.message_id, delivery.position)]
    if delivery.message.is_bundle:
        turns += delivery.carries.values_list("message_id", "position")
    for message_id, position in turns:
        Delivery.objects.filter(
            message_id=message_id, position=position + 1, state=Delivery.State.WAITING
        ).update(state=Delivery.State.QUEUED, next_due_at=now)


def release_impossible_leases(*, now: datetime, lease: timedelta = LEASE) -> int:
    """A worker whose clock ran ahead must not hold a letter longer than a lease.

    A claim that reaches further into the future than any lease can is cut short.
    """
    return Delivery.objects.filter(
        state=Delivery.State.SENDING, next_due_at__gt=now + lease
    ).update(next_due_at=now)
