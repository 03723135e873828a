"""The workers' pulse."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from lianfang.installation.models import Heartbeat

SILENT_AFTER = timedelta(minutes=1)


def beat(*, name: str, now: datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def workers_are_silent(*, now: datetime) -> bool:
    """True when no worker has been heard of for a minute: nobody is told of anything."""
    last = Heartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    return last is None or now - last > SILENT_AFTER
