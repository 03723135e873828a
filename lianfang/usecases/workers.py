"""What is due now, done in the right order; the loop around it lives in the command line.

Each function answers “did I find work?”. Several processes may run them at the same time:
every claim is a conditional update.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from lianfang.duty.models import DutyMoment
from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Escalation
from lianfang.installation import heartbeat
from lianfang.installation.queries import is_exercise
from lianfang.kernel.clock import reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.channels.base import Channel
from lianfang.usecases import deadlines, directives, duty_moments

logger = logging.getLogger(__name__)
_POSTPONED = timedelta(minutes=1)


def keep_time(now: datetime) -> bool:
    """One piece of clock-driven work: a climb, a moment of the day, something overdue."""
    return climb(now) or strike(now) or chase(now)


def climb(now: datetime) -> bool:
    """One climb. A row that cannot be climbed is put off, so that it stops nobody else."""
    try:
        return escalation.climb_next(now=now) is not None
    except Exception:
        logger.exception("A climb failed and is put off for a minute")
        due = Escalation.objects.filter(next_due_at__lte=now).order_by("next_due_at")
        first = due.first()
        if first is not None:
            Escalation.objects.filter(pk=first.pk).update(next_due_at=now + _POSTPONED)
        return True


def strike(now: datetime) -> bool:
    return deadlines.strike_next(now=now) is not None


def chase(now: datetime) -> bool:
    """One overdue directive or matter. One that cannot be chased is put off as well."""
    try:
        return directives.chase_next(now=now) is not None
    except Exception:
        logger.exception("An overdue directive or matter is put off for a minute")
        directives.postpone_next(now=now, to=now + _POSTPONED)
        return True


def keep_duty(now: datetime) -> bool:
    """One moment of the duty roster. One that fails is put off, so that it stops nobody else."""
    try:
        return duty_moments.strike_next(now=now) is not None
    except Exception:
        logger.exception("A moment of the duty roster failed and is put off for a minute")
        first = DutyMoment.objects.filter(struck_at__isnull=True, due_at__lte=now)
        DutyMoment.objects.filter(pk__in=first.order_by("due_at", "id").values("pk")[:1]).update(
            due_at=now + _POSTPONED
        )
        return True


def open_today(now: datetime) -> None:
    """The day is open even when no worker was awake at midnight."""
    deadlines.ensure_day_is_open(day=reporting_day(now), now=now)
    duty_moments.ensure_check(now=now)


def deliver(now: datetime, channels: Mapping[str, Channel]) -> bool:
    """One letter handed over (or found claimed by somebody else). True if one was due."""
    done = notifications.deliver_next(now=now, channels=channels, exercise=is_exercise())
    return done is not None


def sweep(now: datetime, name: str) -> None:
    """Housekeeping of every few seconds: the heartbeat, and leases no clock can explain."""
    heartbeat.beat(name=name, now=now)
    notifications.release_impossible_leases(now=now)
