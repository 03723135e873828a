"""A person has read what was written to them."""

from __future__ import annotations

from datetime import datetime

from lianfang.notifications.models import Message
from lianfang.roster.models import Person


def mark_all_read(*, person: Person, now: datetime) -> int:
    """How many letters were marked; a reading does not answer what a letter asks."""
    return Message.objects.filter(recipient=person, read_at__isnull=True).update(read_at=now)
