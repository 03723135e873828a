"""Swaps: asked by one, accepted by the other, approved by the head."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.duty.models import DutyShift, ShiftChange, Swap
from lianfang.duty.operations.shifts import NotOnThisShift, ShiftIsOver, ShiftOverlaps, give
from lianfang.duty.rules import Span
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person


class SwapIsOpen(Refused):
    code = "duty.swap-is-open"
    message = _("A swap of this shift is being asked for already.")
    status = 409


class SwapWithOneself(Refused):
    code = "duty.swap-with-oneself"
    message = _("A shift is swapped with somebody else.")


class ReturnIsNotTheirs(Refused):
    code = "duty.return-is-not-theirs"
    message = _("The shift in return has to be one of %(name)s on the same roster.")


class SwapIsSettled(Refused):
    code = "duty.swap-is-settled"
    message = _("This swap has been settled already.")
    status = 409


class NotYourSwap(Refused):
    code = "duty.not-your-swap"
    message = _("This answer is somebody else's to give.")
    status = 403


class OwnSwap(Refused):
    code = "duty.own-swap"
    message = _("A swap is approved by somebody who is not part of it.")
    status = 403


@transaction.atomic
def ask_swap(
    *,
    shift: DutyShift,
    asked_by: Person,
    asked_of: Person,
    in_return: DutyShift | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Swap:
    """Ask somebody to take one's shift, for one of theirs or as a favour. Nothing changes yet."""
    if shift.person_id != asked_by.pk:
        raise NotOnThisShift
    if shift.starts_at <= now:
        raise ShiftIsOver
    if asked_of.pk == asked_by.pk:
        raise SwapWithOneself
    if in_return is not None and (
        in_return.person_id != asked_of.pk
        or in_return.unit_id != shift.unit_id
        or in_return.starts_at <= now
    ):
        raise ReturnIsNotTheirs(name=asked_of.name)
    if shift.swaps.filter(state__in=["ASKED", "ACCEPTED"]).exists():
        raise SwapIsOpen
    swap = Swap.objects.create(
        shift=shift,
        in_return=in_return,
        asked_by=asked_by,
        asked_of=asked_of,
        reason=reason[:200],
        asked_at=now,
    )
    audit.record(
        verb="duty.swap.asked", actor=actor, subject=swap, now=now, shift=shift.pk,
        of=asked_of.pk,
    )  # fmt: skip
    return swap


def _settle(swap: Swap, *, was: Swap.State, state: Swap.State, **more: object) -> None:
    """Two phones, one swap: the conditional update lets one through."""
    if Swap.objects.filter(pk=swap.pk, state=was).update(state=state, **more) != 1:
        raise SwapIsSettled
    swap.refresh_from_db()


@transaction.atomic
def answer_swap(*, swap: Swap, by: Person, accept: bool, actor: Actor, now: datetime) -> Swap:
    """The person who was asked says yes or no. Yes still waits for the head."""
    if swap.asked_of_id != by.pk:
        raise NotYourSwap
    state = Swap.State.ACCEPTED if accept else Swap.State.DECLINED
    _settle(swap, was=Swap.State.ASKED, state=state, answered_at=now)
    verb = "duty.swap.accepted" if accept else "duty.swap.declined"
    audit.record(verb=verb, actor=actor, subject=swap, now=now)
    return swap


@transaction.atomic
def withdraw_swap(*, swap: Swap, by: Person, actor: Actor, now: datetime) -> Swap:
    if swap.asked_by_id != by.pk:
        raise NotYourSwap
    if not swap.is_open:
        raise SwapIsSettled
    _settle(swap, was=Swap.State(swap.state), state=Swap.State.WITHDRAWN, decided_at=now)
    audit.record(verb="duty.swap.withdrawn", actor=actor, subject=swap, now=now)
    return swap


@transaction.atomic
def decide_swap(
    *, swap: Swap, by: Person | None, approve: bool, actor: Actor, now: datetime
) -> Swap:
    """The head lets it happen, or not. The people change; the shifts, wherever they were moved
    to since, stay the same rows. Whoever is part of it does not approve it.
    """
    if by is not None and by.pk in {swap.asked_by_id, swap.asked_of_id}:
        raise OwnSwap
    state = Swap.State.APPROVED if approve else Swap.State.REFUSED
    _settle(swap, was=Swap.State.ACCEPTED, state=state, decided_at=now, decided_by=by)
    if approve:
        _exchange(swap, by, actor, now)
    verb = "duty.swap.approved" if approve else "duty.swap.refused"
    audit.record(verb=verb, actor=actor, subject=swap, now=now, shift=swap.shift_id)
    return swap


def _exchange(swap: Swap, by: Person | None, actor: Actor, now: datetime) -> None:
    if swap.shift.person_id != swap.asked_by_id or swap.shift.ends_at <= now:
        raise SwapIsSettled  # the shift has become somebody else's since
    trades = [(swap.shift, swap.asked_of)]
    if swap.in_return is not None:
        trades.append((swap.in_return, swap.asked_by))
    traded = [shift.pk for shift, _person in trades]
    for shift, person in trades:
        _refuse_twice(shift, person, traded)
    for shift, person in trades:
        give(
            shift=shift, to=person, kind=ShiftChange.Kind.SWAP, reason=swap.reason, by=by,
            actor=actor, now=now,
        )  # fmt: skip


def _refuse_twice(shift: DutyShift, person: Person, traded: list[int]) -> None:
    """Whoever takes the shift must not stand on another one of theirs at the same time."""
    span = Span(shift.starts_at, shift.ends_at)
    others = DutyShift.objects.filter(
        person=person, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at
    ).exclude(pk__in=traded)
    clash = others.first()
    if clash is not None:
        raise ShiftOverlaps(
            name=person.name,
            starts=f"{clash.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            ends=f"{clash.ends_at.astimezone(SHANGHAI):%m-%d %H:%M}",
        )
