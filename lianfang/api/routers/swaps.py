"""Swaps: asked by one, accepted by the other, approved by whoever keeps the roster."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import Caller, number_in_address
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.shapes.duty import SettleSwapIn, SwapIn, SwapOut, SwapsOut
from lianfang.api.shifts import (
    named,
    person_by_number,
    reader,
    shift_of,
    shift_out,
    unit_to_keep,
    unit_to_see,
    writer,
)
from lianfang.duty import access, queries
from lianfang.duty.models import DutyShift, Swap
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.usecases import duty_roster

router = Router(tags=["duty"])


@router.post("/shifts/{shift_id}/swap", response=answers(201, SwapOut), url_name="ask_swap")
@once
def ask_swap(request: HttpRequest, shift_id: str, body: SwapIn) -> Status[SwapOut]:
    """Ask somebody to take one's shift, for one of theirs or as a favour. `duty:write`, for a person."""
    caller = writer(request)
    shift = shift_of(shift_id, caller)
    if shift.person_id != caller.doer.pk:
        raise Forbidden
    theirs = None
    if body.in_return is not None:
        theirs = DutyShift.objects.filter(pk=body.in_return, unit=shift.unit).first()
        if theirs is None:
            raise Invalid({"in_return": _("This is no shift of that unit.")})
    swap = duty_roster.ask_swap(
        shift=shift,
        asked_by=caller.doer,
        asked_of=person_by_number("asked_of", body.asked_of),
        in_return=theirs,
        reason=body.reason,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _swap(swap, caller))


@router.get("/swaps", response=answers(200, SwapsOut), url_name="swaps")
def list_swaps(request: HttpRequest) -> SwapsOut:
    """What waits for my word, what I asked for, what waits for approval. Token: `duty:read`."""
    caller = reader(request)
    kept = access.kept_units(caller.sight)
    mine = list(queries.open_swaps(person=caller.person)) if caller.person else []
    waiting = list(queries.swaps_to_approve(kept)) if kept else []
    return SwapsOut(
        mine=[_swap(one, caller) for one in mine],
        to_approve=[
            _swap(one, caller)
            for one in waiting
            if caller.person not in {one.asked_by, one.asked_of}
        ],
    )


@router.post("/swaps/{swap_id}/settle", response=answers(200, SwapOut), url_name="settle_swap")
@once
def settle_swap(request: HttpRequest, swap_id: str, body: SettleSwapIn) -> SwapOut:
    """Accept, decline, approve, refuse, withdraw: each is somebody's own to say. `duty:write`."""
    caller = writer(request)
    swap = (
        Swap.objects.filter(pk=number_in_address(swap_id))
        .select_related("shift__unit", "shift__person", "in_return", "asked_by", "asked_of")
        .first()
    )
    if swap is None:
        raise NotYours
    unit_to_see(swap.shift.unit.code, caller)
    common: dict[str, Any] = {"swap": swap, "actor": caller.actor, "now": caller.now}
    match body.what:
        case "accept" | "decline":
            duty_roster.answer_swap(by=caller.doer, accept=body.what == "accept", **common)
        case "approve" | "refuse":
            unit_to_keep(swap.shift.unit.code, caller)
            duty_roster.decide_swap(by=caller.person, approve=body.what == "approve", **common)
        case "withdraw":
            duty_roster.withdraw_swap(by=caller.doer, **common)
    return _swap(swap, caller)


def _swap(swap: Swap, caller: Caller) -> SwapOut:
    return SwapOut(
        id=swap.pk,
        state=swap.state,
        shift=shift_out(swap.shift, caller),
        in_return=shift_out(swap.in_return, caller) if swap.in_return else None,
        asked_by=named(swap.asked_by, caller),
        asked_of=named(swap.asked_of, caller),
        reason=swap.reason,
        asked_at=swap.asked_at,
    )
