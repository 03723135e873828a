"""May this letter go now? Limits per receiver, quiet hours, and what is held becomes one letter.

Called in the transaction of the claim; nothing is sent in it. Every answer but “go” leaves the
delivery HELD with a later moment, or BUNDLED into a letter that has one.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from lianfang.notifications.models import Allowance, Delivery, Message
from lianfang.notifications.rules import (
    LIMITS,
    Courtesy,
    Rank,
    Taken,
    capped_until,
    next_slot,
    quiet_until,
    still_counts,
)
from lianfang.rulebook.queries import NoEditionInForce, rules_in_force

_LOOKED_BACK = timedelta(days=3)
_TRIES = 50


def courtesy_at(now: datetime) -> Courtesy:
    """Quiet hours, cap and digest of the edition in force."""
    try:
        return Courtesy.from_settings(rules_in_force(now).settings)
    except NoEditionInForce:
        return Courtesy()


def may_go(delivery: Delivery, *, now: datetime) -> bool:
    """Take the letter's place in the receiver's allowance; False when it has to wait."""
    is_ordinary = delivery.rank == Rank.ORDINARY
    if not is_ordinary and delivery.channel not in LIMITS:
        return True
    courtesy = courtesy_at(now) if is_ordinary else None
    if courtesy is not None:
        until = quiet_until(courtesy, now=now)
        if until is not None:
            _hold(delivery, until)
            return False
        if _digest(delivery, courtesy, now):
            return False
    for _try in range(_TRIES):
        allowance = _allowance_of(delivery.message)
        until = _turn(delivery, allowance, courtesy, now)
        if until is not None:
            _put_off(delivery, allowance, until, now)
            return False
        if _take(allowance, delivery, now):
            return True
    # Others were first fifty times in a row: this one comes back in a moment.
    _hold(delivery, now + timedelta(seconds=1))
    return False


def give_back(delivery: Delivery) -> None:
    """A letter that no gateway took has used nobody's allowance."""
    if delivery.rank != Rank.ORDINARY and delivery.channel not in LIMITS:
        return
    for _try in range(_TRIES):
        allowance = _allowance_of(delivery.message)
        kept = [entry for entry in allowance.taken if entry[1] != delivery.pk]
        if len(kept) == len(allowance.taken) or _store(allowance, kept):
            return


def keep_for_good(delivery: Delivery) -> None:
    """The phone has rung: that counts, and a second call of the same letter counts again."""
    for _try in range(_TRIES):
        allowance = _allowance_of(delivery.message)
        kept = [
            [at, 0 if pk == delivery.pk else pk, channel, rank]
            for at, pk, channel, rank in allowance.taken
        ]
        if kept == allowance.taken or _store(allowance, kept):
            return


def key_of(message: Message) -> str:
    """Whose allowance a letter uses: a phone's, whoever shares it; else a person's or a group's."""
    if message.recipient is None:
        return f"group:{message.group}"
    return message.recipient.phone_index or f"person:{message.recipient_id}"


def _allowance_of(message: Message) -> Allowance:
    return Allowance.objects.get_or_create(key=key_of(message))[0]


def _entries(allowance: Allowance, *, but: int) -> list[Taken]:
    """What was taken by others; a repeated try does not stand in its own way."""
    return [
        Taken(datetime.fromisoformat(at), pk, channel, rank)
        for at, pk, channel, rank in allowance.taken
        if pk != but
    ]


def _turn(
    delivery: Delivery, allowance: Allowance, courtesy: Courtesy | None, now: datetime
) -> datetime | None:
    """None: now. Otherwise the moment at which the letter may try again."""
    taken = _entries(allowance, but=delivery.pk)
    slot = next_slot(taken, channel=delivery.channel, rank=delivery.rank, now=now)
    enough = None
    if courtesy is not None and delivery.message.recipient_id is not None:
        enough = capped_until(courtesy, taken, now=now)
    until = max(slot, enough or slot)
    return until if until > now else None


def _take(allowance: Allowance, delivery: Delivery, now: datetime) -> bool:
    others = still_counts(_entries(allowance, but=delivery.pk), now=now)
    mine = Taken(now, delivery.pk, delivery.channel, delivery.rank)
    return _store(
        allowance,
        [[one.at.isoformat(), one.delivery, one.channel, one.rank] for one in [*others, mine]],
    )


def _store(allowance: Allowance, taken: list[Any]) -> bool:
    """False when another worker changed the allowance in between."""
    changed = Allowance.objects.filter(pk=allowance.pk, version=allowance.version).update(
        taken=taken, version=F("version") + 1
    )
    return changed == 1


# ---------------------------------------------------------------- waiting


def _still_ours(delivery: Delivery) -> Any:
    return Delivery.objects.filter(
        pk=delivery.pk, claims=delivery.claims, state=Delivery.State.SENDING
    )


def _hold(delivery: Delivery, until: datetime) -> None:
    _still_ours(delivery).update(state=Delivery.State.HELD, next_due_at=until)


def _put_off(delivery: Delivery, allowance: Allowance, until: datetime, now: datetime) -> None:
    """Alerts and ordinary letters wait in a bundle; a code somebody waits for waits alone."""
    message = delivery.message
    can_be_bundled = bool(message.matter) or delivery.rank == Rank.ORDINARY
    if message.is_bundle or not can_be_bundled:
        _hold(delivery, until)
        return
    with transaction.atomic():
        # The row lock lets one worker at a time look for the open bundle, or make it.
        Allowance.objects.filter(pk=allowance.pk).update(version=F("version") + 1)
        carrier = _open_bundle(delivery) or _new_bundle(delivery, due_at=until, now=now)
        bundled = {"state": Delivery.State.BUNDLED, "carried_by": carrier, "next_due_at": None}
        _still_ours(delivery).update(**bundled)
        _bundle(_in_the_same_queue(delivery, now), bundled)


def _in_the_same_queue(delivery: Delivery, now: datetime) -> Any:
    """Letters that are due to the same receiver and would be put off in their turn as well."""
    message = delivery.message
    queued = Delivery.objects.filter(
        message__recipient_id=message.recipient_id,
        message__group=message.group,
        message__created_at__gte=now - _LOOKED_BACK,
        message__is_bundle=False,
        message__closed_at__isnull=True,
        channel=delivery.channel,
        is_urgent=delivery.is_urgent,
        state=Delivery.State.QUEUED,
        next_due_at__lte=now,
    )
    if delivery.rank == Rank.ORDINARY:
        return queued.filter(rank=Rank.ORDINARY)
    return queued.exclude(message__matter="")


def _bundle(letters: Any, bundled: dict[str, Any]) -> None:
    """Put these into a bundle, but for those that another worker has just claimed.

    Waiting for them could be for ever: that worker may wait for one of ours.
    """
    can_skip = connection.features.has_select_for_update_skip_locked
    free = letters.select_for_update(of=("self",), skip_locked=True) if can_skip else letters
    pks = list(free.values_list("pk", flat=True))
    Delivery.objects.filter(
        pk__in=pks, state__in=[Delivery.State.QUEUED, Delivery.State.HELD]
    ).update(**bundled)


def _open_bundle(delivery: Delivery) -> Delivery | None:
    """The bundle that still waits, locked: who claims it afterwards finds what was put in."""
    message = delivery.message
    waiting = Delivery.objects.filter(
        message__topic="bundle",
        message__recipient_id=message.recipient_id,
        message__group=message.group,
        message__body="",  # its text is not written yet
        channel=delivery.channel,
        is_urgent=delivery.is_urgent,
        state=Delivery.State.HELD,
    ).first()
    if waiting is None:
        return None
    locked = Delivery.objects.filter(pk=waiting.pk, state=Delivery.State.HELD).update(
        channel=F("channel")
    )
    return waiting if locked == 1 else None


def _new_bundle(delivery: Delivery, *, due_at: datetime, now: datetime) -> Delivery:
    message = delivery.message
    bundle = Message.objects.create(
        reference=f"bundle:{uuid.uuid4().hex}",
        topic="bundle",
        recipient=message.recipient,
        group=message.group,
        subject=message.subject,
        body="",
        is_urgent=message.is_urgent,
        is_bundle=True,
        created_at=now,
    )
    return Delivery.objects.create(
        message=bundle,
        channel=delivery.channel,
        position=0,
        state=Delivery.State.HELD,
        is_urgent=delivery.is_urgent,
        rank=Rank.FIRST_ALERT if message.is_urgent else delivery.rank,
        next_due_at=due_at,
    )


def _digest(delivery: Delivery, courtesy: Courtesy, now: datetime) -> bool:
    """Several ordinary letters that are due to one person at once become one."""
    message = delivery.message
    if message.is_bundle or message.recipient_id is None:
        return False
    beside = _due_beside(delivery, now)
    if beside.count() + 1 < courtesy.digest_after:
        return False
    _gather(delivery, beside, now)
    return True


def _due_beside(delivery: Delivery, now: datetime) -> Any:
    return Delivery.objects.filter(
        message__recipient_id=delivery.message.recipient_id,
        message__created_at__gte=now - _LOOKED_BACK,
        message__is_bundle=False,
        channel=delivery.channel,
        rank=Rank.ORDINARY,
        state__in=[Delivery.State.QUEUED, Delivery.State.HELD],
        next_due_at__lte=now,
    ).exclude(pk=delivery.pk)


@transaction.atomic
def _gather(delivery: Delivery, beside: Any, now: datetime) -> None:
    carrier = _new_bundle(delivery, due_at=now, now=now)
    bundled = {"state": Delivery.State.BUNDLED, "carried_by": carrier, "next_due_at": None}
    _still_ours(delivery).update(**bundled)
    _bundle(beside, bundled)
