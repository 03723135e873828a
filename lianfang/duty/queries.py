"""Who is on duty."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lianfang.duty.models import DutyShift
from lianfang.kernel.clock import reporting_day
from lianfang.roster.models import Person, Post, Unit

# Being on shift opens what the post of the same name opens, for as long as the shift lasts.
ROLE_OF_SHIFT = {
    DutyShift.Post.OFFICER: Post.Role.DUTY_OFFICER,
    DutyShift.Post.LEADER: Post.Role.LEADER,
    DutyShift.Post.DOCTOR: Post.Role.DOCTOR,
}


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


def posts_on_shift(person: Person, *, at: datetime) -> list[Post]:
    """The posts that this person's shifts stand for at a moment; rows of no table."""
    shifts = DutyShift.objects.filter(
        person=person, starts_at__lte=at, ends_at__gt=at, post__in=list(ROLE_OF_SHIFT)
    ).select_related("unit")
    return [
        Post(
            person=person,
            unit=shift.unit,
            role=ROLE_OF_SHIFT[DutyShift.Post(shift.post)],
            held_from=reporting_day(shift.starts_at),
        )
        for shift in shifts
    ]
