"""Covers and rotations: what must be manned, and the shifts that are made for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from lianfang.audit import operations as audit
from lianfang.duty import calendar
from lianfang.duty.models import Cover, DutyShift, Rotation, RotationMember
from lianfang.duty.operations.shifts import watch_shift
from lianfang.duty.plan import Slot, turns
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit

MAKE_AHEAD = timedelta(days=60)


class NobodyTakesTurns(Refused):
    code = "duty.nobody-takes-turns"
    message = _("A rotation needs at least one person.")


class RotationHasEnded(Refused):
    code = "duty.rotation-has-ended"
    message = _("This rotation has ended already.")
    status = 409


@transaction.atomic
def set_cover(
    *,
    unit: Unit,
    post: str,
    begins: time | None,
    ends: time | None,
    days: str,
    keeps_book: bool,
    day: date,
    actor: Actor,
    now: datetime,
) -> Cover:
    """From `day` on this post must be manned so; what was asked for before ends that day."""
    _end_cover(unit, post, day)
    cover = Cover.objects.create(
        unit=unit,
        post=post,
        begins=begins,
        ends=ends,
        days=days,
        keeps_book=keeps_book,
        opened_on=day,
    )
    if keeps_book:
        for shift in DutyShift.objects.filter(unit=unit, post=post, starts_at__gt=now):
            watch_shift(shift=shift, now=now)
    audit.record(
        verb="duty.cover.set", actor=actor, subject=cover, now=now, unit=unit.pk, post=post
    )
    return cover


@transaction.atomic
def end_cover(*, cover: Cover, day: date, actor: Actor, now: datetime) -> None:
    """From `day` on nobody asks whether this post is manned."""
    audit.record(verb="duty.cover.ended", actor=actor, subject=cover, now=now)
    _end_cover(cover.unit, cover.post, day)


def _end_cover(unit: Unit, post: str, day: date) -> None:
    """A cover that began on or after the day never came to be."""
    held = Cover.objects.filter(unit=unit, post=post, closed_on__isnull=True)
    held.filter(opened_on__gte=day).delete()
    held.update(closed_on=day)


@transaction.atomic
def start_rotation(
    *,
    unit: Unit,
    post: str,
    members: Sequence[tuple[Person, Person | None]],
    slots: Sequence[Slot],
    turn: str,
    days: str,
    held_from: date,
    held_until: date | None,
    actor: Actor,
    now: datetime,
) -> Rotation:
    """People take turns from a day on; the shifts of the next weeks are made at once.

    `members` are (person, deputy) in their order.
    """
    if not members:
        raise NobodyTakesTurns
    rotation = Rotation.objects.create(
        unit=unit,
        post=post,
        slots=[[f"{slot.begins:%H:%M}", slot.minutes] for slot in slots],
        turn=turn,
        days=days,
        held_from=held_from,
        held_until=held_until,
        made_until=held_from,
        created_at=now,
    )
    RotationMember.objects.bulk_create(
        RotationMember(rotation=rotation, position=position, person=person, deputy=deputy)
        for position, (person, deputy) in enumerate(members)
    )
    audit.record(verb="duty.rotation.started", actor=actor, subject=rotation, now=now, unit=unit.pk)
    make_shifts(rotation=rotation, now=now)
    return rotation


@transaction.atomic
def make_shifts(*, rotation: Rotation, now: datetime) -> list[DutyShift]:
    """The shifts between what was made already and the horizon, as rows.

    A turn that exists stays as it is, moved, swapped or given away; one that would put the same
    person twice on the post at the same time is left out, and the checker names the gap.
    """
    ends = reporting_day(now) + MAKE_AHEAD
    if rotation.held_until is not None:
        ends = min(ends, rotation.held_until)
    starts = rotation.made_until
    if ends <= starts:
        return []
    members = list(rotation.members.select_related("person", "deputy").order_by("position"))
    made = []
    for turn in turns(
        slots=_slots(rotation),
        places=len(members),
        how=rotation.turn,
        first=rotation.held_from,
        starts=starts,
        ends=ends,
        runs_on=lambda day: calendar.runs_on(rotation.days, day),
    ):
        member = members[turn.place]
        if turn.span.ends_at <= now or _is_taken(rotation, member.person, turn.span.starts_at):
            continue
        shift = DutyShift.objects.create(
            unit_id=rotation.unit_id,
            post=rotation.post,
            person=member.person,
            deputy=member.deputy,
            starts_at=turn.span.starts_at,
            ends_at=turn.span.ends_at,
            rotation=rotation,
            slot_at=turn.span.starts_at,
        )
        watch_shift(shift=shift, now=now)
        made.append(shift)
    Rotation.objects.filter(pk=rotation.pk).update(made_until=ends)
    rotation.made_until = ends
    return made


def _slots(rotation: Rotation) -> list[Slot]:
    return [Slot(time.fromisoformat(begins), minutes) for begins, minutes in rotation.slots]


def _is_taken(rotation: Rotation, person: Person, slot_at: datetime) -> bool:
    return DutyShift.objects.filter(
        Q(rotation=rotation, slot_at=slot_at)
        | Q(unit_id=rotation.unit_id, post=rotation.post, person=person, starts_at=slot_at)
    ).exists()


def make_all_shifts(*, now: datetime) -> int:
    """Every running rotation up to the horizon; the daily work of the clock."""
    today = reporting_day(now)
    running = Rotation.objects.filter(Q(held_until__isnull=True) | Q(held_until__gt=today))
    made = sum(len(make_shifts(rotation=rotation, now=now)) for rotation in running)
    if made:
        audit.record(verb="duty.shifts.made", actor=SYSTEM, subject=None, now=now, count=made)
    return made


@transaction.atomic
def end_rotation(*, rotation: Rotation, day: date, actor: Actor, now: datetime) -> int:
    """No more turns from `day` on. Shifts that nobody touched go; what was agreed on stays.

    Returns how many shifts were taken off.
    """
    if rotation.held_until is not None and rotation.held_until <= day:
        raise RotationHasEnded
    day = max(day, rotation.held_from)
    Rotation.objects.filter(pk=rotation.pk).update(held_until=day)
    untouched = DutyShift.objects.filter(
        rotation=rotation,
        is_by_hand=False,
        checked_in_at__isnull=True,
        starts_at__gte=max(at_local(day, time(0, 0)), now),
        swaps__isnull=True,
        swaps_in_return__isnull=True,
    )
    gone = untouched.count()
    untouched.delete()
    audit.record(verb="duty.rotation.ended", actor=actor, subject=rotation, now=now, shifts=gone)
    return gone
