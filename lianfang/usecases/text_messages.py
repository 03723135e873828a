"""Text messages that a phone has asked not to get, wanted again: by the person, or on their word."""

from __future__ import annotations

from datetime import datetime

from lianfang.kernel.actors import Actor
from lianfang.notifications import stopping
from lianfang.notifications.models import SmsStop
from lianfang.roster.models import Person


def stopped_for(person: Person) -> SmsStop | None:
    return stopping.stop_of(person)


def resume(*, person: Person, by: Person | None, actor: Actor, now: datetime) -> bool:
    return stopping.resume(person=person, by=by, actor=actor, now=now)
