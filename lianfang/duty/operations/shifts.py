"""Writing single shifts: put on, moved, given to somebody else for a while, taken off."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.duty.models import DutyShift, ShiftChange
from lianfang.duty.operations.moments import forget_moment, look_again_soon, set_moment
from lianfang.duty.queries import cover_of
from lianfang.duty.rules import Span, cut
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit

LONGEST_SHIFT = timedelta(hours=36)
CHECK_IN_WITHIN = timedelta(minutes=15)
CHECK_IN_BEFORE = timedelta(hours=1)


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


class DeputyIsThePerson(Refused):
    code = "duty.deputy-is-the-person"
    message = _("Somebody else has to stand in: %(name)s cannot be the deputy of the same shift.")


class NothingToStandInFor(Refused):
    code = "duty.nothing-to-stand-in-for"
    message = _("In this time there is no shift of this post that somebody could stand in for.")


class NotTheTime(Refused):
    code = "duty.not-the-time"
    message = _("A check-in is possible from one hour before the shift until its end.")
    status = 409


class AlreadyCheckedIn(Refused):
    code = "duty.already-checked-in"
    message = _("This check-in has been made already.")
    status = 409


class NotOnThisShift(Refused):
    code = "duty.not-on-this-shift"
    message = _("Only whoever is on this shift can do this.")
    status = 403


class ShiftIsOver(Refused):
    code = "duty.shift-is-over"
    message = _("This shift is over; what happened stays as it is.")
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
    deputy: Person | None = None,
) -> DutyShift:
    """Put a person on a post; one person holds one post once at a time."""
    _refuse_odd_times(starts_at, ends_at)
    if deputy is not None and deputy.pk == person.pk:
        raise DeputyIsThePerson(name=person.name)
    _refuse_clash(unit.pk, post, person, Span(starts_at, ends_at), but=None)
    shift = DutyShift.objects.create(
        unit=unit,
        post=post,
        person=person,
        deputy=deputy,
        starts_at=starts_at,
        ends_at=ends_at,
        is_by_hand=True,
    )
    watch_shift(shift=shift, now=now)
    audit.record(verb="duty.shift.added", actor=actor, subject=shift, now=now, unit=unit.pk)
    return shift


def _refuse_odd_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise ShiftWithoutLength
    if ends_at - starts_at > LONGEST_SHIFT:
        raise ShiftTooLong


def _refuse_clash(unit: int, post: str, person: Person, span: Span, *, but: int | None) -> None:
    others = DutyShift.objects.filter(
        unit_id=unit,
        post=post,
        person=person,
        starts_at__lt=span.ends_at,
        ends_at__gt=span.starts_at,
    )
    clash = (others.exclude(pk=but) if but is not None else others).first()
    if clash is not None:
        raise ShiftOverlaps(
            name=person.name,
            starts=f"{clash.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            ends=f"{clash.ends_at.astimezone(SHANGHAI):%m-%d %H:%M}",
        )


def watch_shift(*, shift: DutyShift, now: datetime) -> None:
    """Where a book is kept: look for the check-in and open the hand-over when the time comes."""
    cover = cover_of(shift)
    if cover is None or not cover.keeps_book or shift.starts_at <= now:
        return
    set_moment(reference=f"shift:{shift.pk}", due_at=shift.starts_at + CHECK_IN_WITHIN)
    set_moment(reference=f"change:{shift.pk}", due_at=shift.starts_at)


@transaction.atomic
def move_shift(
    *,
    shift: DutyShift,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> DutyShift:
    """Another time for the same shift. Its swaps, its log and its calendar entry go with it."""
    _refuse_odd_times(starts_at, ends_at)
    _refuse_past(shift, now)
    _refuse_clash(shift.unit_id, shift.post, shift.person, Span(starts_at, ends_at), but=shift.pk)
    was = shift.starts_at
    shift.starts_at, shift.ends_at, shift.is_by_hand = starts_at, ends_at, True
    shift.save(update_fields=["starts_at", "ends_at", "is_by_hand"])
    ShiftChange.objects.create(
        shift=shift,
        kind=ShiftChange.Kind.MOVED,
        from_person=shift.person,
        to_person=shift.person,
        reason=reason[:200],
        by=by,
        at=now,
    )
    watch_shift(shift=shift, now=now)
    look_again_soon(starts_at=min(was, starts_at), now=now)
    audit.record(verb="duty.shift.moved", actor=actor, subject=shift, now=now, was=was.isoformat())
    return shift


def _refuse_past(shift: DutyShift, now: datetime) -> None:
    if shift.ends_at <= now:
        raise ShiftIsOver


@transaction.atomic
def stand_in(
    *,
    unit: Unit,
    post: str,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> list[DutyShift]:
    """Somebody takes over a post for a piece of time, whatever shifts it touches.

    A shift that is covered whole changes its person; of one that is covered in part the piece
    becomes a shift of its own. Half-open throughout, so that no second is lost or manned twice.
    """
    _refuse_odd_times(starts_at, ends_at)
    piece = Span(starts_at, ends_at)
    touched = list(
        DutyShift.objects.select_related("person")
        .filter(unit=unit, post=post, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .exclude(person=person)
        .order_by("starts_at")
    )
    if not touched or ends_at <= now:
        raise NothingToStandInFor
    taken = []
    for shift in touched:
        common = Span(shift.starts_at, shift.ends_at).common(piece)
        _refuse_clash(unit.pk, post, person, common, but=None)
        part = _cut_out(shift, common, now)
        taken.append(part)
        give(
            shift=part, to=person, kind=ShiftChange.Kind.OVERRIDE, reason=reason, by=by,
            actor=actor, now=now,
        )  # fmt: skip
    return taken


def _cut_out(shift: DutyShift, piece: Span, now: datetime) -> DutyShift:
    """The shift of exactly this piece; what remains before and after stays with its person."""
    whole = Span(shift.starts_at, shift.ends_at)
    rest = cut(whole, piece)
    if not rest:
        return shift
    shift.starts_at, shift.ends_at = rest[0].starts_at, rest[0].ends_at
    shift.is_by_hand = True
    shift.save(update_fields=["starts_at", "ends_at", "is_by_hand"])
    watch_shift(shift=shift, now=now)
    for span in rest[1:]:
        watch_shift(shift=_copy(shift, span), now=now)
    return _copy(shift, piece)


def _copy(shift: DutyShift, span: Span) -> DutyShift:
    return DutyShift.objects.create(
        unit_id=shift.unit_id,
        post=shift.post,
        person=shift.person,
        deputy_id=shift.deputy_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        rotation_id=shift.rotation_id,
        is_by_hand=True,
    )


def give(
    *,
    shift: DutyShift,
    to: Person,
    kind: ShiftChange.Kind,
    reason: str,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> None:
    """The shift is somebody else's from now on; a check-in of the person before is void."""
    before = shift.person
    shift.person, shift.is_by_hand = to, True
    shift.checked_in_at = shift.checked_in_by = None
    if shift.deputy_id == to.pk:
        shift.deputy = None
    shift.save(update_fields=["person", "deputy", "is_by_hand", "checked_in_at", "checked_in_by"])
    ShiftChange.objects.create(
        shift=shift, kind=kind, from_person=before, to_person=to, reason=reason[:200], by=by, at=now
    )
    watch_shift(shift=shift, now=now)
    look_again_soon(starts_at=shift.starts_at, now=now)
    audit.record(
        verb="duty.shift.given",
        actor=actor,
        subject=shift,
        now=now,
        was=before.pk,
        person=to.pk,
        how=str(kind),
    )


@transaction.atomic
def check_in(*, shift: DutyShift, by: Person, actor: Actor, now: datetime) -> DutyShift:
    """“I am here”, from an hour before the shift; by the person or the deputy who stands in."""
    if by.pk not in {shift.person_id, shift.deputy_id}:
        raise NotOnThisShift
    if not shift.starts_at - CHECK_IN_BEFORE <= now < shift.ends_at:
        raise NotTheTime
    changed = DutyShift.objects.filter(pk=shift.pk, checked_in_at__isnull=True).update(
        checked_in_at=now, checked_in_by=by
    )
    if changed != 1:
        raise AlreadyCheckedIn
    shift.refresh_from_db()
    forget_moment(reference=f"shift:{shift.pk}", now=now)
    audit.record(verb="duty.shift.checked_in", actor=actor, subject=shift, now=now)
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
    for what in ("shift", "change"):
        forget_moment(reference=f"{what}:{shift.pk}", now=now)
    if shift.ends_at > now:
        look_again_soon(starts_at=shift.starts_at, now=now)
    shift.delete()
