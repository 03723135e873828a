"""Moments at which this room has something to do; workers claim them one by one."""

from __future__ import annotations

from datetime import datetime

from lianfang.duty.models import DutyMoment


def set_moment(*, reference: str, due_at: datetime) -> None:
    """Ask to be woken once. The same reference asked for again while it waits is moved."""
    moment, created = DutyMoment.objects.get_or_create(
        reference=reference, defaults={"due_at": due_at}
    )
    if not created and moment.struck_at is None and moment.due_at != due_at:
        DutyMoment.objects.filter(pk=moment.pk, struck_at__isnull=True).update(due_at=due_at)


def forget_moment(*, reference: str, now: datetime) -> None:
    """What was to be looked at is settled already."""
    DutyMoment.objects.filter(reference=reference, struck_at__isnull=True).update(struck_at=now)


def claim_moment(*, now: datetime) -> DutyMoment | None:
    """Take one moment that has come; the caller does its work in the same transaction.

    Another worker may have been first: then the conditional update changes no row.
    """
    moment = (
        DutyMoment.objects.filter(struck_at__isnull=True, due_at__lte=now)
        .order_by("due_at", "id")
        .first()
    )
    if moment is None:
        return None
    claimed = DutyMoment.objects.filter(pk=moment.pk, struck_at__isnull=True).update(struck_at=now)
    return moment if claimed == 1 else None
