"""Who is on duty now, next and this week; the shifts of a unit, and what is done with one."""

from __future__ import annotations

from datetime import time, timedelta

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import Caller
from lianfang.api.handovers import handover_out
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.schemas import Day
from lianfang.api.shapes.duty import (
    ChangeOut,
    DutyNowOut,
    HandoverOut,
    MoveIn,
    RemovedOut,
    ShiftIn,
    ShiftOut,
    ShiftSeenOut,
    ShiftsOut,
    StandInIn,
    UnitDutyOut,
)
from lianfang.api.shapes.people import PhoneOut
from lianfang.api.shifts import (
    named,
    people_by_number,
    person_by_number,
    reader,
    shift_of,
    shift_out,
    standing_out,
    unit_to_keep,
    unit_to_see,
    writer,
)
from lianfang.duty import access, queries
from lianfang.duty.models import DutyShift
from lianfang.kernel.clock import at_local
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Unit
from lianfang.usecases import duty_check, duty_roster, handover

router = Router(tags=["duty"])
WEEK = timedelta(days=7)
MOST_DAYS = 62


@router.get("/duty/now", response=answers(200, DutyNowOut), url_name="duty_now")
def duty_now(request: HttpRequest) -> DutyNowOut:
    """Every unit with a roster: who stands there now, who comes next, the week. `duty:read`."""
    caller = reader(request)
    units = duty_check.units_to_check(day=caller.today)
    if caller.integration is not None:
        units = [unit for unit in units if unit.pk in caller.reach]
    starts = at_local(caller.today, time(0, 0))
    by_unit: dict[int, list[DutyShift]] = {unit.pk: [] for unit in units}
    for shift in queries.shifts_of_units(units, starts=starts, ends=starts + WEEK).select_related(
        "unit", "person", "deputy"
    ):
        by_unit[shift.unit_id].append(shift)
    absent = _absent(by_unit, caller)
    return DutyNowOut(
        at=caller.now, units=[_unit(unit, by_unit[unit.pk], absent, caller) for unit in units]
    )


def _absent(by_unit: dict[int, list[DutyShift]], caller: Caller) -> set[int]:
    running = {
        key
        for shifts in by_unit.values()
        for shift in shifts
        if shift.starts_at <= caller.now < shift.ends_at
        for key in (shift.person_id, shift.deputy_id)
        if key is not None
    }
    return queries.absent_among(running, day=caller.today) if running else set()


def _unit(unit: Unit, shifts: list[DutyShift], absent: set[int], caller: Caller) -> UnitDutyOut:
    now = caller.now
    standing = [
        standing_out(shift, absent, caller)
        for shift in shifts
        if shift.starts_at <= now < shift.ends_at
    ]
    coming: dict[str, DutyShift] = {}
    for shift in shifts:
        if shift.starts_at > now:
            coming.setdefault(shift.post, shift)
    return UnitDutyOut(
        unit=unit.code,
        name=unit.name,
        gap=all(one.nobody for one in standing),
        now=standing,
        next=[shift_out(shift, caller) for shift in coming.values()],
        week=[shift_out(shift, caller) for shift in shifts if shift.ends_at > now],
    )


@router.get("/duty/mine", response=answers(200, ShiftsOut), url_name="my_shifts")
def my_shifts(request: HttpRequest) -> ShiftsOut:
    """This person's shifts of the next 60 days. Token: `duty:read`, for a person."""
    caller = reader(request)
    ends = caller.now + timedelta(days=60)
    found = queries.shifts_of(caller.doer, starts=caller.now, ends=ends)
    rows = found.select_related("unit", "person", "deputy")
    return ShiftsOut(unit="", shifts=[shift_out(one, caller) for one in rows])


@router.get("/units/{code}/shifts", response=answers(200, ShiftsOut), url_name="unit_shifts")
def unit_shifts(
    request: HttpRequest, code: str, first: Day | None = None, last: Day | None = None
) -> ShiftsOut:
    """The roster of a unit from a day to a day (both included), at most 62. Token: `duty:read`."""
    caller = reader(request)
    unit = unit_to_see(code, caller)
    starts = first or caller.today
    ends = last or starts + timedelta(days=30)
    if not (0 <= (ends - starts).days < MOST_DAYS and 2000 <= starts.year < 2100):
        raise Invalid({"last": _("From the first to the last day at most 62 days, please.")})
    found = queries.shifts_between(
        unit=unit,
        starts=at_local(starts, time(0, 0)),
        ends=at_local(ends + timedelta(days=1), time(0, 0)),
    )
    rows = found.select_related("unit", "person", "deputy")
    return ShiftsOut(unit=unit.code, shifts=[shift_out(one, caller) for one in rows])


@router.post("/units/{code}/shifts", response=answers(201, ShiftOut), url_name="unit_shifts")
@once
def add_shift(request: HttpRequest, code: str, body: ShiftIn) -> Status[ShiftOut]:
    """One shift by hand. Token: `duty:write`. Session: whoever keeps the roster."""
    caller = writer(request)
    unit = unit_to_keep(code, caller)
    people = people_by_number({"person": body.person, "deputy": body.deputy})
    person = people["person"]
    assert person is not None
    made = duty_roster.add_shift(
        unit=unit,
        post=body.post,
        person=person,
        deputy=people["deputy"],
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, shift_out(made, caller))


@router.get("/shifts/{shift_id}", response=answers(200, ShiftSeenOut), url_name="shift")
def one_shift(request: HttpRequest, shift_id: str) -> ShiftSeenOut:
    """One shift with what was changed about it. Token: `duty:read`."""
    caller = reader(request)
    return _seen(shift_of(shift_id, caller), caller)


def _seen(shift: DutyShift, caller: Caller) -> ShiftSeenOut:
    changes = shift.changes.select_related("from_person", "to_person").order_by("at", "id")
    return ShiftSeenOut(
        **shift_out(shift, caller).model_dump(),
        changes=[
            ChangeOut(
                kind=one.kind,
                from_person=named(one.from_person, caller),
                to_person=named(one.to_person, caller),
                reason=one.reason,
                at=one.at,
            )
            for one in changes
        ],
    )


@router.post(
    "/shifts/{shift_id}/check-in", response=answers(200, ShiftSeenOut), url_name="check_in"
)
@once
def check_in(request: HttpRequest, shift_id: str) -> ShiftSeenOut:
    """I stand here now. Token: `duty:write`, for the person or the deputy of the shift."""
    caller = writer(request)
    shift = duty_roster.check_in(
        shift=shift_of(shift_id, caller), by=caller.doer, actor=caller.actor, now=caller.now
    )
    return _seen(shift, caller)


@router.post("/shifts/{shift_id}/move", response=answers(200, ShiftSeenOut), url_name="move_shift")
@once
def move_shift(request: HttpRequest, shift_id: str, body: MoveIn) -> ShiftSeenOut:
    """Another time for the same shift. Token: `duty:write`."""
    caller, shift = _kept(request, shift_id)
    moved = duty_roster.move_shift(
        shift=shift,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return _seen(moved, caller)


@router.post("/shifts/{shift_id}/stand-in", response=answers(200, ShiftsOut), url_name="stand_in")
@once
def stand_in(request: HttpRequest, shift_id: str, body: StandInIn) -> ShiftsOut:
    """Somebody takes over for a while (an override); both sides are told. Token: `duty:write`."""
    caller, shift = _kept(request, shift_id)
    taken = duty_roster.stand_in(
        unit=shift.unit,
        post=shift.post,
        person=person_by_number("person", body.person),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return ShiftsOut(unit=shift.unit.code, shifts=[shift_out(one, caller) for one in taken])


@router.post(
    "/shifts/{shift_id}/remove", response=answers(200, RemovedOut), url_name="remove_shift"
)
@once
def remove_shift(request: HttpRequest, shift_id: str) -> RemovedOut:
    """Off the roster; what it was stays in the trail. Token: `duty:write`."""
    caller, shift = _kept(request, shift_id)
    key = shift.pk
    duty_roster.remove_shift(shift=shift, actor=caller.actor, now=caller.now)
    return RemovedOut(id=key)


@router.post("/shifts/{shift_id}/phone", response=answers(200, PhoneOut), url_name="shift_phone")
def shift_phone(request: HttpRequest, shift_id: str) -> PhoneOut:
    """The number of whoever stands there, after the look was written down.

    Token: `duty:read` and `phones:read`.
    """
    caller = reader(request)
    caller.needs(Scope.PHONES_READ)
    shift = shift_of(shift_id, caller)
    number = duty_roster.reveal_phone(shift=shift, actor=caller.actor, now=caller.now)
    return PhoneOut(number=shift.person.number, phone=number)


@router.post(
    "/shifts/{shift_id}/hand-over", response=answers(201, HandoverOut), url_name="begin_handover"
)
@once
def begin_handover(request: HttpRequest, shift_id: str) -> Status[HandoverOut]:
    """Whoever stands here writes down what is open, for whoever comes. `duty:write`, for them."""
    caller = writer(request)
    shift = shift_of(shift_id, caller)
    if shift.person_id != caller.doer.pk:
        raise Forbidden
    begun = handover.begin(shift=shift, by=caller.doer, actor=caller.actor, now=caller.now)
    return Status(201, handover_out(begun, caller))


def _kept(request: HttpRequest, shift_id: str) -> tuple[Caller, DutyShift]:
    caller = writer(request)
    shift = shift_of(shift_id, caller)
    access.unit_to_keep(shift.unit_id, sight=caller.sight)
    return caller, shift
