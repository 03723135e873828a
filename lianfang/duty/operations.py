"""Writing the duty roster."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.duty.models import DutyShift
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit

LONGEST_SHIFT = timedelta(hours=36)


class ShiftWithoutLength(Refused):
    code = "duty.shift-without-length"
    message = _("A shift ends after it begins.")


class ShiftTooLong(Refused):
    code = "duty.shift-too-long"
    message = _("A shift lasts at most 36 hours; write a longer one as several.")


class ShiftOverlaps(Refused):
    code = "duty.shift-overlaps"
    message = _("%(name)s already has this post from %(starts)s to %(ends)s.")
    status = 409


@transaction.atomic
def add_shift(
    *,
    unit: Unit,
    post: str,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    now: datetime,
) -> DutyShift:
    """Put a person on a post; one person holds one post once at a time."""
    if ends_at <= starts_at:
        raise ShiftWithoutLength
    if ends_at - starts_at > LONGEST_SHIFT:
        raise ShiftTooLong
    clash = DutyShift.objects.filter(
        unit=unit, post=post, person=person, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).first()
    if clash is not None:
        raise ShiftOverlaps(
            name=person.name,
            starts=f"{clash.starts_at:%m-%d %H:%M}",
            ends=f"{clash.ends_at:%m-%d %H:%M}",
        )
    shift = DutyShift.objects.create(
        unit=unit, post=post, person=person, starts_at=starts_at, ends_at=ends_at
    )
    audit.record(verb="duty.shift.added", actor=actor, subject=shift, now=now, unit=unit.pk)
    return shift


@transaction.atomic
def remove_shift(*, shift: DutyShift, actor: Actor, now: datetime) -> None:
    """Take a shift off the roster; the audit keeps who stood there."""
    audit.record(
        verb="duty.shift.removed",
        actor=actor,
        subject=shift,
        now=now,
        unit=shift.unit_id,
        person=shift.person_id,
        starts_at=shift.starts_at.isoformat(),
        ends_at=shift.ends_at.isoformat(),
    )
    shift.delete()
