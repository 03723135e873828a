"""What gateways send back: receipts, nonces, and answers that a human must read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from lianfang.notifications import holding
from lianfang.notifications.channels.base import Outcome
from lianfang.notifications.channels.reports import DeliveryReport, KeyPress, TextAnswer
from lianfang.notifications.delivering import (
    providers_that_lost,
    release_next_channel,
)
from lianfang.notifications.models import UNDELIVERED, Attempt, Delivery, Nonce, ParkedAnswer
from lianfang.notifications.outlets import PROVIDERS, kind_of, usable
from lianfang.notifications.probes import probe_came_back
from lianfang.notifications.rules import call_again_after, is_still_wanted
from lianfang.notifications.secrecy import forget_secret, is_lost
from lianfang.notifications.wording import reference_of, ring_reference_of
from lianfang.roster.models import Person
from lianfang.roster.operations import phone_index

_State = Delivery.State
_LATER_RING = re.compile(r":[2-9]")
# A letter that was answered, or that others were sent with, is no longer anybody's to deliver.
_MAY_ARRIVE = (_State.SENDING, _State.SENT, _State.RETRYING, _State.QUEUED, _State.HELD, _State.FAILED)  # fmt: skip


def take_reports(reports: Iterable[DeliveryReport], *, channel: str, now: datetime) -> int:
    """Note what became of our letters; answers how many of the reports name one of ours.

    Late, twice and out of order is how they come: delivered is never taken back, and a failure
    counts only for the hand-over it is about.
    """
    known = 0
    for report in reports:
        if probe_came_back(report, channel=channel, now=now):
            known += 1
            continue
        delivery = letter_of_reference(report.reference, channel) or _by_id(report, channel)
        if delivery is not None:
            known += 1
            _apply(report, delivery, channel, now)
    return known


def letter_of_reference(reference: str, channel: str) -> Delivery | None:
    """The turn that we named so when we handed it over."""
    message_id = reference.partition(":")[0]
    if not (message_id.isascii() and message_id.isdigit() and len(message_id) < 18):
        return None
    turns = Delivery.objects.filter(message_id=int(message_id), channel=kind_of(channel))
    delivery = turns.select_related("message__recipient").first()
    if delivery is None:
        return None
    rest = reference.removeprefix(reference_of(delivery))
    is_ring = delivery.channel == "voice" and _LATER_RING.fullmatch(rest)
    return delivery if not rest or is_ring else None


def _by_id(report: DeliveryReport, channel: str) -> Delivery | None:
    """By the gateway's own id, where it does not give our reference back."""
    if not report.provider_id:
        return None
    turns = Delivery.objects.filter(provider_id=report.provider_id, provider=channel)
    return turns.select_related("message").first()


@transaction.atomic
def _apply(report: DeliveryReport, delivery: Delivery, channel: str, now: datetime) -> None:
    if report.outcome == Outcome.DELIVERED:
        Delivery.objects.filter(pk=delivery.pk, state__in=_MAY_ARRIVE).update(
            state=_State.DELIVERED,
            sent_at=Coalesce(F("sent_at"), now),
            delivered_at=now,
            next_due_at=None,
        )
        forget_secret(delivery.message)
        return
    if delivery.channel == "voice" and report.reference not in ("", ring_reference_of(delivery)):
        return  # about an earlier ring
    failed = Delivery.objects.filter(pk=delivery.pk, state=_State.SENT, provider=channel)
    if report.provider_id:
        failed = failed.filter(provider_id__in=["", report.provider_id])
    if failed.update(state=_State.FAILED, code=report.code[:60], next_due_at=None) != 1:
        return
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        started_at=delivery.sent_at or now,
        ended_at=now,
        provider=channel,
        outcome=UNDELIVERED,
        code=report.code[:60],
        detail=report.detail[:300],
    )
    if delivery.channel == "voice" and report.outcome.may_retry:
        _rings_again(delivery, report.code, now)
    elif delivery.channel != "voice" and _another_provider_tries(delivery, now):
        return
    if not is_lost(delivery.message):
        release_next_channel(delivery, now=now)
    forget_secret(delivery.message)


def _rings_again(delivery: Delivery, code: str, now: datetime) -> None:
    """Busy, nobody there: the phone is rung again in a while, and other channels try meanwhile.

    What rang counts for what a phone is asked to bear, whoever picked up.
    """
    holding.keep_for_good(delivery)
    message = delivery.message
    calls = Attempt.objects.filter(delivery=delivery, outcome=UNDELIVERED).count()
    wait = call_again_after(code, calls=calls)
    if wait is None or message.closed_at is not None:
        return
    if is_still_wanted(created_at=message.created_at, urgent=delivery.is_urgent, now=now):
        failed = Delivery.objects.filter(pk=delivery.pk, state=_State.FAILED)
        failed.update(state=_State.RETRYING, next_due_at=now + wait)


def _another_provider_tries(delivery: Delivery, now: datetime) -> bool:
    """Before another channel: a provider that has not lost this letter yet.

    Not for a number that nobody has, nor for a letter that was answered or whose code is gone.
    """
    message = delivery.message
    if delivery.channel not in PROVIDERS or message.closed_at is not None or is_lost(message):
        return False
    if not is_still_wanted(created_at=message.created_at, urgent=delivery.is_urgent, now=now):
        return False
    others = set(PROVIDERS[delivery.channel]) & set(usable().channels) - providers_that_lost(
        delivery
    )
    if not others:
        return False
    again = Delivery.objects.filter(pk=delivery.pk, state=_State.FAILED)
    return again.update(state=_State.RETRYING, next_due_at=now) == 1


def was_picked_up(call: Delivery, *, now: datetime) -> None:
    """A key was pressed, so somebody heard it, even where no receipt has said so yet."""
    Delivery.objects.filter(pk=call.pk, state__in=_MAY_ARRIVE).update(
        state=_State.DELIVERED,
        sent_at=Coalesce(F("sent_at"), now),
        delivered_at=now,
        next_due_at=None,
    )


def note_code(call: Delivery, code: str) -> None:
    """What the call came to, beside its state."""
    Delivery.objects.filter(pk=call.pk).update(code=code)


# ---------------------------------------------------------------- once only


def remember_for(channel: str) -> Callable[[str, datetime], bool]:
    """What `callbacks.verify` asks: keep this nonce; False when it is known."""

    def remember(word: str, until: datetime) -> bool:
        return _keep(channel, word, until)

    return remember


def is_new_answer(answer: TextAnswer, *, channel: str, until: datetime) -> bool:
    """Clouds push an answer again until they are thanked: the same one counts once."""
    said = f"{answer.phone}\n{answer.written_at}\n{answer.text}".encode()
    return _keep(channel, hashlib.sha256(said).hexdigest(), until)


def is_new_key(press: KeyPress, *, channel: str, until: datetime) -> bool:
    """One key in one call counts once, however often it is pushed."""
    said = f"{press.reference}\n{press.provider_id}\n{press.key}\n{press.pressed_at}".encode()
    return _keep(channel, hashlib.sha256(said).hexdigest(), until)


def _keep(channel: str, word: str, until: datetime) -> bool:
    _row, is_new = Nonce.objects.get_or_create(
        channel=channel, word=word, defaults={"kept_until": until}
    )
    return is_new


def forget_old_nonces(*, now: datetime) -> None:
    """`now` is the real time: nonces are kept by it, in an exercise too."""
    Nonce.objects.filter(kept_until__lt=now).delete()


# ---------------------------------------------------------------- for a human


def is_known_phone(index: str) -> bool:
    return bool(index) and Person.objects.filter(phone_index=index).exists()


def park(
    *, phone: str, text: str, reason: ParkedAnswer.Reason, channel: str, now: datetime
) -> ParkedAnswer:
    """Keep an answer that nothing was done with, until a human has read it."""
    return ParkedAnswer.objects.create(
        channel=channel,
        phone=phone,
        phone_index=phone_index(phone),
        text=text,
        reason=reason,
        received_at=now,
    )


def settle_parked(*, parked: ParkedAnswer, by: Person | None, now: datetime) -> bool:
    """Somebody has read it and done what it asks; False when somebody else was first."""
    waiting = ParkedAnswer.objects.filter(pk=parked.pk, settled_at__isnull=True)
    return waiting.update(settled_at=now, settled_by=by) == 1
