"""The duty book of a unit, and the hand-over from one shift to the next."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import Caller, number_in_address
from lianfang.api.handovers import handover_out
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.duty import (
    BookOut,
    HandlingIn,
    HandoverOut,
    HandoversOut,
    LogIn,
    LogOut,
    RemarksIn,
)
from lianfang.api.shifts import named, reader, unit_to_see, writer
from lianfang.duty import access, queries
from lianfang.duty.models import DutyShift, Handover, LogEntry
from lianfang.kernel.refusals import NotYours
from lianfang.roster.models import Unit
from lianfang.usecases import duty_roster, handover

router = Router(tags=["duty"])


@router.get("/units/{code}/book", response=answers(200, BookOut), url_name="book")
def book(request: HttpRequest, code: str, limit: Limit = 30, offset: Offset = 0) -> BookOut:
    """The duty book, newest first; the look is written down. Token: `duty:read` and `book:read`, for a person."""
    caller = reader(request)
    caller.needs(Scope.BOOK_READ)
    unit = _unit(code, caller)
    duty_roster.book_seen(unit=unit, actor=caller.actor, now=caller.now)
    found = LogEntry.objects.filter(unit=unit).select_related("written_by").order_by("-at", "-id")
    return BookOut(
        unit=unit.code,
        total=found.count(),
        open=queries.open_log(unit).count(),
        entries=[_entry(one, caller) for one in found[offset : offset + limit]],
    )


@router.post("/units/{code}/book", response=answers(201, LogOut), url_name="book")
@once
def write_in_book(request: HttpRequest, code: str, body: LogIn) -> Status[LogOut]:
    """A line of the book, by whoever stands there or keeps the roster. `duty:write`, for a person."""
    caller = writer(request)
    by = caller.doer
    unit = _unit(code, caller)
    running = DutyShift.objects.filter(
        unit=unit, person=by, starts_at__lte=caller.now, ends_at__gt=caller.now
    )
    entry = duty_roster.write_log(
        unit=unit,
        shift=running.first(),
        at=body.at,
        source=body.source,
        caller=body.caller,
        content=body.content,
        handling=body.handling,
        incident_number=body.incident,
        is_settled=body.settled,
        by=by,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _entry(entry, caller))


@router.post("/book/{entry_id}/settle", response=answers(200, LogOut), url_name="settle_entry")
@once
def settle_entry(request: HttpRequest, entry_id: str, body: HandlingIn) -> LogOut:
    """How it ended. Token: `duty:write`, for a person."""
    caller = writer(request)
    found = LogEntry.objects.filter(pk=number_in_address(entry_id))
    entry = found.select_related("unit", "written_by").first()
    if entry is None:
        raise NotYours
    _unit(entry.unit.code, caller)
    duty_roster.settle_log(entry=entry, handling=body.handling, actor=caller.actor, now=caller.now)
    return _entry(entry, caller)


def _unit(code: str, caller: Caller) -> Unit:
    unit = unit_to_see(code, caller)
    caller.needs_somebody()
    return access.unit_with_book(unit.pk, sight=caller.sight, at=caller.now)


def _entry(one: LogEntry, caller: Caller) -> LogOut:
    by = named(one.written_by, caller)
    return LogOut(
        id=one.pk,
        at=one.at,
        source=one.source,
        caller=one.caller,
        content=one.content,
        handling=one.handling,
        incident=one.incident_number,
        written_by=by.name if by else None,
        settled_at=one.settled_at,
    )


# ---------------------------------------------------------------- hand-over


@router.get("/units/{code}/handovers", response=answers(200, HandoversOut), url_name="handovers")
def handovers(request: HttpRequest, code: str, limit: Limit = 20) -> HandoversOut:
    """The last hand-overs of a unit, newest first. Token: `duty:read` and `book:read`, for a person."""
    caller = reader(request)
    caller.needs(Scope.BOOK_READ)
    unit = _unit(code, caller)
    found = Handover.objects.filter(unit=unit).select_related("unit", "out_person", "in_person")
    return HandoversOut(
        unit=unit.code,
        handovers=[handover_out(one, caller) for one in found.order_by("-opened_at")[:limit]],
    )


@router.get("/handovers/{handover_id}", response=answers(200, HandoverOut), url_name="handover")
def one_handover(request: HttpRequest, handover_id: str) -> HandoverOut:
    """What was open, and who has signed. Token: `duty:read` and `book:read`, for a person."""
    caller = reader(request)
    caller.needs(Scope.BOOK_READ)
    caller.needs_somebody()
    return handover_out(_handover(handover_id, caller), caller)


@router.post(
    "/handovers/{handover_id}/sign", response=answers(200, HandoverOut), url_name="sign_handover"
)
@once
def sign_handover(request: HttpRequest, handover_id: str, body: RemarksIn) -> HandoverOut:
    """Each side signs for itself. Token: `duty:write`, for a person."""
    caller = writer(request)
    by = caller.doer
    signed = handover.sign(
        handover=_handover(handover_id, caller),
        by=by,
        remarks=body.remarks,
        actor=caller.actor,
        now=caller.now,
    )
    return handover_out(signed, caller)


def _handover(handover_id: str, caller: Caller) -> Handover:
    found = access.handover_to_see(number_in_address(handover_id), sight=caller.sight)
    unit_to_see(found.unit.code, caller)
    return found
