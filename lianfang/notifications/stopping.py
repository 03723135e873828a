"""TD, 退订: a phone that asks for no more text messages, and how that is undone.

Alerts and one-time codes still go: they are asked for by the duty, not by us. Everything else
waits in the account, goes by e-mail, or a human rings.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.notifications.models import Delivery, SmsStop
from lianfang.notifications.outlets import PROVIDERS
from lianfang.notifications.rules import Rank
from lianfang.roster.models import Person

STOPPED = "stopped-by-phone"


def stop_of(person: Person) -> SmsStop | None:
    """The stop that holds for this person's phone now."""
    if not person.phone_index:
        return None
    return SmsStop.objects.filter(phone_index=person.phone_index, ended_at__isnull=True).first()


def is_stopped(delivery: Delivery) -> bool:
    """Whether this text message, or call, is one that its receiver has asked not to get."""
    person = delivery.message.recipient
    if delivery.channel not in PROVIDERS or delivery.rank != Rank.ORDINARY or person is None:
        return False
    return stop_of(person) is not None


@transaction.atomic
def stop(*, phone_index: str, now: datetime) -> None:
    """The phone said so; once is enough. Everybody who shares it is meant."""
    row, is_new = SmsStop.objects.get_or_create(
        phone_index=phone_index, ended_at=None, defaults={"said_at": now}
    )
    if not is_new:
        return
    for person in Person.objects.filter(phone_index=phone_index).defer("phone", "email", "address"):
        audit.record(
            verb="notifications.sms.stopped",
            actor=Actor("PERSON", person.pk, person.name),
            subject=row,
            now=now,
            concerns=person.pk,
        )


@transaction.atomic
def resume(*, person: Person, by: Person | None, actor: Actor, now: datetime) -> bool:
    """The person wants text messages again, or told somebody so. False when nothing was stopped."""
    row = stop_of(person)
    if row is None:
        return False
    open_row = SmsStop.objects.filter(pk=row.pk, ended_at__isnull=True)
    if open_row.update(ended_at=now, ended_by=by) != 1:
        return False
    audit.record(
        verb="notifications.sms.resumed", actor=actor, subject=row, now=now, concerns=person.pk
    )
    return True
