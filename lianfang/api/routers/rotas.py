"""What must be manned, who takes turns, and what the next days lack."""

from __future__ import annotations

from datetime import time, timedelta

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import Caller, number_in_address
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.shapes.duty import (
    CoverIn,
    CoverOut,
    DutyCheckOut,
    DutyPlanOut,
    EndedOut,
    FaultOut,
    RotationIn,
    RotationOut,
    TurnTakerOut,
)
from lianfang.api.shifts import (
    named,
    people_by_number,
    reader,
    unit_to_keep,
    writer,
)
from lianfang.duty import access, queries
from lianfang.duty.models import Cover, RosterFinding, Rotation
from lianfang.duty.plan import BadTimes, Slot, read_slots
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.usecases import duty_check, duty_roster

router = Router(tags=["duty"])


@router.get("/units/{code}/duty-plan", response=answers(200, DutyPlanOut), url_name="duty_plan")
def duty_plan(request: HttpRequest, code: str) -> DutyPlanOut:
    """What must be manned, and who takes turns. Token: `duty:read`. Session: who keeps the roster."""
    caller = reader(request)
    unit = unit_to_keep(code, caller)
    running = Rotation.objects.filter(unit=unit).exclude(held_until__lte=caller.today)
    rotations = running.prefetch_related("members__person", "members__deputy")
    return DutyPlanOut(
        unit=unit.code,
        covers=[_cover(one) for one in queries.covers_of(unit, day=caller.today)],
        rotations=[_rotation(one, caller) for one in rotations.order_by("post", "held_from", "id")],
    )


def _cover(one: Cover) -> CoverOut:
    return CoverOut(
        id=one.pk,
        post=one.post,
        begins=f"{one.begins:%H:%M}" if one.begins else None,
        ends=f"{one.ends:%H:%M}" if one.ends else None,
        days=one.days,
        keeps_book=one.keeps_book,
        opened_on=one.opened_on,
    )


def _rotation(one: Rotation, caller: Caller) -> RotationOut:
    members = sorted(one.members.all(), key=lambda member: member.position)
    return RotationOut(
        id=one.pk,
        post=one.post,
        times=one.slot_words,
        turn=one.turn,
        days=one.days,
        held_from=one.held_from,
        held_until=one.held_until,
        made_until=one.made_until,
        people=[
            TurnTakerOut(person=named(m.person, caller), deputy=named(m.deputy, caller))
            for m in members
        ],
    )


@router.post("/units/{code}/covers", response=answers(201, CoverOut), url_name="set_cover")
@once
def set_cover(request: HttpRequest, code: str, body: CoverIn) -> Status[CoverOut]:
    """From today this post has to be manned so. Token: `duty:write`."""
    caller = writer(request)
    unit = unit_to_keep(code, caller)
    slot = _one_slot(body.times)
    made = duty_roster.set_cover(
        unit=unit,
        post=body.post,
        begins=slot.begins if slot else None,
        ends=_end_of(slot) if slot else None,
        days=body.days,
        keeps_book=body.keeps_book,
        day=caller.today,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _cover(made))


def _slots(text: str) -> list[Slot]:
    try:
        return read_slots(text)
    except BadTimes as error:
        raise Invalid({"times": _("Times are written like 22:00-06:00, 06:00-14:00.")}) from error


def _one_slot(text: str) -> Slot | None:
    """Empty is around the clock."""
    if not text.strip():
        return None
    slots = _slots(text)
    if len(slots) != 1:
        raise Invalid({"times": _("One time only, please, such as 08:00-18:00.")})
    return slots[0]


def _end_of(slot: Slot) -> time:
    minutes = slot.begins.hour * 60 + slot.begins.minute + slot.minutes
    return time(minutes // 60 % 24, minutes % 60)


@router.post("/covers/{cover_id}/end", response=answers(200, EndedOut), url_name="end_cover")
@once
def end_cover(request: HttpRequest, cover_id: str) -> EndedOut:
    """From today it need not be manned. Token: `duty:write`."""
    caller = writer(request)
    held = Cover.objects.filter(pk=number_in_address(cover_id)).select_related("unit").first()
    if held is None:
        raise NotYours
    unit_to_keep(held.unit.code, caller)
    duty_roster.end_cover(cover=held, day=caller.today, actor=caller.actor, now=caller.now)
    return EndedOut(id=held.pk, held_until=caller.today)


@router.post("/units/{code}/rotations", response=answers(201, RotationOut), url_name="rotate")
@once
def start_rotation(request: HttpRequest, code: str, body: RotationIn) -> Status[RotationOut]:
    """Who takes turns, in which order and at which times. Token: `duty:write`."""
    caller = writer(request)
    unit = unit_to_keep(code, caller)
    if body.last_on is not None and body.last_on < body.held_from:
        raise Invalid({"last_on": _("The last day lies before the first.")})
    rotation = duty_roster.start_rotation(
        unit=unit,
        post=body.post,
        members=_members(body),
        slots=_slots(body.times),
        turn=body.turn,
        days=body.days,
        held_from=body.held_from,
        held_until=body.last_on + timedelta(days=1) if body.last_on else None,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _rotation(rotation, caller))


def _members(body: RotationIn) -> list[tuple[Person, Person | None]]:
    numbers: dict[str, str | None] = {}
    for position, one in enumerate(body.people):
        numbers[f"people.{position}.person"] = one.person
        numbers[f"people.{position}.deputy"] = one.deputy
    found = people_by_number(numbers)
    members: list[tuple[Person, Person | None]] = []
    for position in range(len(body.people)):
        person = found[f"people.{position}.person"]
        assert person is not None
        members.append((person, found[f"people.{position}.deputy"]))
    return members


@router.post(
    "/rotations/{rotation_id}/end", response=answers(200, EndedOut), url_name="end_rotation"
)
@once
def end_rotation(request: HttpRequest, rotation_id: str) -> EndedOut:
    """From tomorrow on; tonight's shift stays as it is. Token: `duty:write`."""
    caller = writer(request)
    found = Rotation.objects.filter(pk=number_in_address(rotation_id)).select_related("unit")
    rotation = found.first()
    if rotation is None:
        raise NotYours
    unit_to_keep(rotation.unit.code, caller)
    day = caller.today + timedelta(days=1)
    duty_roster.end_rotation(rotation=rotation, day=day, actor=caller.actor, now=caller.now)
    rotation.refresh_from_db()
    return EndedOut(id=rotation.pk, held_until=rotation.held_until or day)


@router.get("/duty/check", response=answers(200, DutyCheckOut), url_name="duty_check")
def check_duty(request: HttpRequest) -> DutyCheckOut:
    """Gaps, overlaps, people away or without a tried phone, of the next 14 days. `duty:read`."""
    caller = reader(request)
    watched = access.watched_units(caller.sight)
    if not watched:
        raise Forbidden
    units = [u for u in duty_check.units_to_check(day=caller.today) if u.pk in watched]
    checked = duty_check.check_units(units, days=duty_check.DAYS_AHEAD, now=caller.now)
    keys = {fault.person for one in checked for fault in one.faults if fault.person}
    people = Person.objects.defer("phone", "email", "address").in_bulk(keys)
    faults = [
        FaultOut(
            unit=one.unit.code,
            kind=fault.kind,
            post=fault.post or "",
            person=named(people.get(fault.person or 0), caller),
            starts_at=fault.span.starts_at if fault.span else None,
            ends_at=fault.span.ends_at if fault.span else None,
        )
        for one in checked
        for fault in one.faults
    ]
    wrong = RosterFinding.objects.filter(
        unit_id__in=watched, kind=RosterFinding.Kind.WRONG_NUMBER, gone_at__isnull=True
    ).select_related("unit", "person")
    faults += [
        FaultOut(
            unit=one.unit.code,
            kind=one.kind,
            post=one.post,
            person=named(one.person, caller),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for one in wrong.order_by("found_at", "id")
    ]
    return DutyCheckOut(days=duty_check.DAYS_AHEAD, total=len(faults), faults=faults)
