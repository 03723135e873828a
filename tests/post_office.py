"""What the tests of the outbox share: a file of channels, people to write to, a worker's round."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from lianfang.notifications import operations as notifications
from lianfang.notifications.models import Delivery, Message
from lianfang.roster.models import Person
from lianfang.roster.operations import phone_index
from lianfang.usecases import workers
from tests.cast import College

SECRET = "a-secret-of-the-callbacks"


def write_channels(path: Path, tables: Mapping[str, Any]) -> None:
    """A channels.toml that says so."""
    path.write_text("\n".join(_lines("", tables)) + "\n", encoding="utf-8")


def _lines(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if where and (plain or not table):
        yield f"[{where}]"
    for key, value in plain.items():
        yield f"{json.dumps(key)} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            name = json.dumps(key, ensure_ascii=False)
            yield from _lines(f"{where}.{name}" if where else name, value)


@contextmanager
def channels_file(path: Path, tables: Mapping[str, Any]) -> Iterator[Path]:
    """The installation's channel settings are these for a while."""
    before = settings.CHANNELS_FILE
    write_channels(path, tables)
    settings.CHANNELS_FILE = path
    try:
        yield path
    finally:
        settings.CHANNELS_FILE = before


def person(name: str, number: int, *, email: str = "") -> Person:
    """Somebody with a phone; in no unit, which no letter asks for."""
    phone = f"+86138{number:08}"
    return Person.objects.create(
        number=f"N{number:07}",
        name=name,
        name_key=name,
        category="STAFF",
        phone=phone,
        phone_index=phone_index(phone),
        email=email,
    )


def work_off(now: datetime) -> None:
    """Hand over everything that is due now, as one worker would."""
    while workers.deliver(now):
        pass


def later(college: College, **delta: float) -> None:
    """Some time passes, and what has come due in it is handed over."""
    college.now += timedelta(**delta)
    work_off(college.now)


def draft(reference: str, to: Person | None, **extra: Any) -> notifications.Draft:
    extra.setdefault("subject", "联防:需要您处理")
    extra.setdefault("body", f"第 {reference} 封")
    return notifications.Draft(reference=reference, person=to, **extra)


def states(**where: Any) -> list[tuple[str, str]]:
    """Channel and state of every turn, in order."""
    turns = Delivery.objects.filter(**where).order_by("message_id", "position")
    return [(turn.channel, turn.state) for turn in turns]


def turn_of(message: Message, channel: str = "sms") -> Delivery:
    return message.deliveries.get(channel=channel)
