"""Codes in letters: sealed while the letter is on its way, and forgotten once it has gone.

The text that stays in the outbox and in the account shows `SECRET_PLACE` in their stead.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lianfang.notifications.models import Delivery, Message

SECRET_PLACE = "······"
KEPT_FOR = timedelta(days=1)  # as long as a letter that is not urgent is tried at all
_RECEIPT_COMES_WITHIN = timedelta(minutes=15)
_State = Delivery.State
_ON_ITS_WAY = (
    _State.WAITING, _State.QUEUED, _State.HELD, _State.SENDING, _State.RETRYING, _State.BUNDLED,
)  # fmt: skip


def without(body: str, secret: str) -> str:
    """The text as it is kept."""
    return body.replace(secret, SECRET_PLACE) if secret else body


def full_body(message: Message) -> str:
    """The text as it goes out."""
    if not message.has_secret:
        return message.body
    return message.body.replace(SECRET_PLACE, message.secret)


def is_lost(message: Message) -> bool:
    """A letter whose code was forgotten already is of no use to anybody."""
    return not message.has_secret and SECRET_PLACE in message.body


def forget_secret(message: Message) -> None:
    """Unless a channel still has to carry it."""
    if not message.has_secret:
        return
    if message.deliveries.filter(state__in=_ON_ITS_WAY, next_due_at__isnull=False).exists():
        return
    Message.objects.filter(pk=message.pk).update(secret="", has_secret=False)


def forget_old_secrets(*, now: datetime) -> int:
    """Housekeeping: what no receipt has settled is forgotten a quarter of an hour after it went,
    and everything after a day."""
    kept = Message.objects.filter(has_secret=True)
    old = kept.filter(created_at__lt=now - KEPT_FOR)
    moving = Delivery.objects.filter(next_due_at__isnull=False, state__in=_ON_ITS_WAY)
    recent = Delivery.objects.filter(sent_at__gte=now - _RECEIPT_COMES_WITHIN)
    gone = kept.filter(created_at__lt=now - _RECEIPT_COMES_WITHIN)
    gone = gone.exclude(pk__in=moving.values("message_id")).exclude(
        pk__in=recent.values("message_id")
    )
    forgotten = 0
    for found in (old, gone):
        pks = list(found.values_list("pk", flat=True)[:500])
        forgotten += Message.objects.filter(pk__in=pks).update(secret="", has_secret=False)
    return forgotten
