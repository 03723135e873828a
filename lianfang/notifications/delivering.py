"""Handing letters over: the claim, the gateway, and what came of it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from lianfang.installation.turns import write_turn
from lianfang.kernel.clock import now as the_time
from lianfang.notifications import holding
from lianfang.notifications.channels.base import Channel, Outcome, Receipt
from lianfang.notifications.models import UNDELIVERED, Attempt, Delivery, ProviderState
from lianfang.notifications.outlets import PROVIDERS, provider_for
from lianfang.notifications.queries import WAITING
from lianfang.notifications.rules import (
    CALL_WAIT,
    LEASE,
    RECEIPT_WAIT,
    Rank,
    back_off,
    is_still_wanted,
)
from lianfang.notifications.secrecy import forget_secret
from lianfang.notifications.stopping import STOPPED, is_stopped
from lianfang.notifications.wording import fill_bundle, letter_of

# What gateways say about a number that nobody has.
DEAD_NUMBERS = (
    "letter.bad-address",
    "isv.MOBILE_NUMBER_ILLEGAL",
    "InvalidParameterValue.IncorrectPhoneNumber",
    "voice.wrong-number",
)
_NEAR = 8  # so many due letters are looked at, so that senders do not all reach for the same


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

    `reporting_back` names the providers whose receipts and answers reach us. With settings
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
    """
    for rank in Rank:
        if not WAITING[rank].is_any(now):
            continue
        due = Delivery.objects.filter(rank=rank, next_due_at__lte=now).order_by("next_due_at")
        while near := list(due.values_list("pk", "claims", "state")[:_NEAR]):
            # Ordinary letters are in no order among themselves: senders begin apart.
            start = threading.get_ident() % len(near) if rank == Rank.ORDINARY else 0
            for pk, claims, state in near[start:] + near[:start]:
                begun = _begin(pk, claims, state, now, lease)
                if begun is not None:
                    return begun
    return None


@write_turn()
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
    if is_stopped(delivery):
        _still_ours(delivery).update(state=Delivery.State.CANCELLED, next_due_at=None, code=STOPPED)
        release_next_channel(delivery, now=now)
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
    if delivery.channel in PROVIDERS:
        degraded = ProviderState.objects.filter(degraded_at__isnull=False)
        lost = set(degraded.values_list("code", flat=True))
    return provider_for(
        delivery.channel,
        attempt=delivery.attempts + 1,
        channels=channels,
        last=lost,
        but=providers_that_lost(delivery),
    )


def providers_that_lost(delivery: Delivery) -> set[str]:
    """Providers that took this letter and reported later that no phone has it."""
    if delivery.channel not in PROVIDERS or not delivery.attempts:
        return set()
    lost = Attempt.objects.filter(delivery=delivery, outcome=UNDELIVERED)
    return set(lost.values_list("provider", flat=True))


def _no_channel(delivery: Delivery, settings_are_sound: bool) -> Receipt:
    for_now = delivery.is_urgent or not settings_are_sound
    outcome = Outcome.FAILED_FOR_NOW if for_now else Outcome.FAILED_FOR_GOOD
    return Receipt(outcome, code="not-configured")


def _still_ours(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk=delivery.pk, claims=delivery.claims, state=Delivery.State.SENDING
    )


# ---------------------------------------------------------------- what came of it


@write_turn()
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
    if receipt.outcome.is_failure or not reports_back:
        forget_secret(delivery.message)


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
            wait = CALL_WAIT if delivery.channel == "voice" else RECEIPT_WAIT
            overdue_at = now + wait if reports_back and delivery.is_urgent else None
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
    """Release what stands behind a failed channel (once: later failures find it released).

    Whoever cannot be texted is rung and written to at once. A bundle that fails lets each letter in it try its own next channel.
    """
    turns = [(delivery.message_id, delivery.position)]
    if delivery.message.is_bundle:
        turns += delivery.carries.values_list("message_id", "position")
    for message_id, position in turns:
        Delivery.objects.filter(
            message_id=message_id, position__gt=position, state=Delivery.State.WAITING
        ).update(state=Delivery.State.QUEUED, next_due_at=now)


def release_impossible_leases(*, now: datetime, lease: timedelta = LEASE) -> int:
    """A worker whose clock ran ahead must not hold a letter longer than a lease.

    A claim that reaches further into the future than any lease can is cut short.
    """
    return Delivery.objects.filter(
        state=Delivery.State.SENDING, next_due_at__gt=now + lease
    ).update(next_due_at=now)
