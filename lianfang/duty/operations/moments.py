"""Moments at which this room has something to do; workers claim them one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lianfang.duty.models import DutyMoment

_SOON = timedelta(days=2)
_PAUSE = timedelta(minutes=5)


def set_moment(*, reference: str, due_at: datetime) -> None:
    """Ask to be woken once. The same reference asked for again while it waits is moved."""
    moment, created = DutyMoment.objects.get_or_create(
        reference=reference, defaults={"due_at": due_at}
    )
    if not created and moment.struck_at is None and moment.due_at != due_at:
        DutyMoment.objects.filter(pk=moment.pk, struck_at__isnull=True).update(due_at=due_at)


def look_again_soon(*, starts_at: datetime, now: datetime) -> None:
    """What changes about the next two days is looked at within minutes, not tomorrow at nine.

    One look for all the changes of five minutes: whoever rewrites a night is told once.
    """
    if starts_at - now > _SOON:
        return
    steps = int((now + _PAUSE).timestamp() // _PAUSE.total_seconds()) + 1
    due_at = datetime.fromtimestamp(steps * _PAUSE.total_seconds(), tz=UTC)
    set_moment(reference=f"recheck:{due_at:%Y%m%d%H%M}", due_at=due_at)


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
