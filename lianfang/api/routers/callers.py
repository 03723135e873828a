"""The callers' worklist: whom to ring next, the number on record, what the call came to."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from lianfang.api import outreaching
from lianfang.api.access import Caller, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.outreaching import person_out, reader, writer
from lianfang.api.papers import name_of
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.schemas import PersonOut
from lianfang.api.shapes.callers import (
    CallListOut,
    CallTaskOut,
    CorrectionOut,
    CorrectionsOut,
    NextCallOut,
    OutcomeIn,
)
from lianfang.api.shapes.people import PhoneOut
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.outreach import access
from lianfang.outreach.models import CallTask, PhoneCorrection
from lianfang.usecases import callers, campaigns

router = Router(tags=["outreach"])


@router.get("/call-list", response=answers(200, CallListOut), url_name="call_list")
def call_list(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> CallListOut:
    """Everybody to be rung, whose turn is soonest first. Token: `outreach:read`."""
    caller = reader(request)
    found = outreaching.calls(caller)
    return CallListOut(
        total=found.count(),
        due=found.filter(next_try_at__lte=caller.now).count(),
        calls=[_task(one, caller) for one in found[offset : offset + limit]],
    )


@router.get("/call-list/next", response=answers(200, NextCallOut), url_name="next_call")
def next_call(request: HttpRequest) -> NextCallOut:
    """Whom this person rings now, with the words to say. Token: `outreach:read`, for a person."""
    caller = reader(request)
    caller.needs_somebody()
    waiting = outreaching.calls(caller)
    one = waiting.filter(next_try_at__lte=caller.now).first()
    later = waiting.filter(next_try_at__gt=caller.now).first()
    return NextCallOut(
        call=_task(one, caller) if one else None,
        text=campaigns.full_text(one.recipient.campaign) if one else "",
        later=later.next_try_at if later else None,
    )


@router.post("/call-list/{call_id}/phone", response=answers(200, PhoneOut), url_name="call_phone")
def call_phone(request: HttpRequest, call_id: str) -> PhoneOut:
    """The number, after the look was written down. `outreach:write` and `phones:read`, for a person."""
    caller, task = _mine(request, call_id)
    caller.needs(Scope.PHONES_READ)
    phone = callers.reveal_number(task=task, actor=caller.actor, now=caller.now)
    return PhoneOut(number=task.recipient.person.number, phone=phone)


@router.post(
    "/call-list/{call_id}/outcome", response=answers(200, CallTaskOut), url_name="call_outcome"
)
@once
def note_outcome(request: HttpRequest, call_id: str, body: OutcomeIn) -> CallTaskOut:
    """What the call came to; a wrong number becomes a task of the unit. `outreach:write`, for a person."""
    caller, task = _mine(request, call_id)
    noted = callers.note_call(
        task=task,
        outcome=body.outcome,
        note=body.note,
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    noted.refresh_from_db()
    return _task(noted, caller)


def _mine(request: HttpRequest, call_id: str) -> tuple[Caller, CallTask]:
    caller = writer(request)
    by = caller.doer
    task = access.call(number_in_address(call_id), sight=caller.sight)
    if task.recipient.person_id == by.pk:
        raise Forbidden
    return caller, task


@router.get("/corrections", response=answers(200, CorrectionsOut), url_name="corrections")
def list_corrections(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> CorrectionsOut:
    """Wrong numbers that the roster still has, the oldest first. Token: `outreach:read`."""
    caller = reader(request)
    found = outreaching.corrections(caller)
    return CorrectionsOut(
        total=found.count(),
        corrections=[_correction(one, caller) for one in found[offset : offset + limit]],
    )


@router.post(
    "/corrections/{correction_id}/right",
    response=answers(200, CorrectionOut),
    url_name="number_is_right",
)
@once
def number_is_right(request: HttpRequest, correction_id: str) -> CorrectionOut:
    """Somebody reached the person with the number after all. Token: `outreach:write`."""
    caller = writer(request)
    found = outreaching.corrections(caller).filter(pk=number_in_address(correction_id)).first()
    if found is None:
        raise NotYours
    callers.number_is_right(correction=found, actor=caller.actor, now=caller.now)
    return _correction(found, caller)


def _task(task: CallTask, caller: Caller) -> CallTaskOut:
    recipient = task.recipient
    one = recipient.campaign
    return CallTaskOut(
        id=task.pk,
        person=person_out(recipient.person, recipient.unit_id, one, caller),
        unit=recipient.unit.code,
        campaign=one.pk,
        subject=one.subject,
        assigned_to=name_of(task.assigned_to, caller),
        tries=task.tries,
        last_outcome=task.last_outcome,
        next_try_at=task.next_try_at,
        closed_at=task.closed_at,
        closing=task.closing,
    )


def _correction(one: PhoneCorrection, caller: Caller) -> CorrectionOut:
    named = one.unit_id in caller.name_units
    return CorrectionOut(
        id=one.pk,
        person=PersonOut(number=one.person.number, name=one.person.name) if named else None,
        unit=one.unit.code,
        found=one.found,
        noted_at=one.noted_at,
    )
