"""Who is on duty."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lianfang.duty.models import DutyShift
from lianfang.roster.models import Person, Unit


def on_duty(*, unit: Unit, post: str, at: datetime) -> list[Person]:
    """Everybody whose shift on the post covers the moment, in the order they came."""
    shifts = (
        DutyShift.objects.filter(unit=unit, post=post, starts_at__lte=at, ends_at__gt=at)
        .select_related("person")
        .order_by("starts_at", "id")
    )
    return [shift.person for shift in shifts]


def shifts_between(*, unit: Unit, starts: datetime, ends: datetime) -> QuerySet[DutyShift]:
    """Shifts that touch the span, in time order."""
    return (
        DutyShift.objects.filter(unit=unit, starts_at__lt=ends, ends_at__gt=starts)
        .select_related("person")
        .order_by("starts_at", "post", "id")
    )
