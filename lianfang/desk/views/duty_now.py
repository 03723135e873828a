"""Who is on duty now, who comes next, and this week; and what waits for oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.duty_pages import duty_answer, for_duty
from lianfang.duty import access, queries
from lianfang.duty.models import DutyShift
from lianfang.kernel.clock import at_local
from lianfang.kernel.refusals import NotYours
from lianfang.portal.edge import Visit
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.usecases import duty_check, duty_roster

DAYS = 7


@dataclass(frozen=True, slots=True)
class Standing:
    """A shift and who really stands there: the deputy when the person is away, or nobody."""

    shift: DutyShift
    name: str
    is_deputy: bool


@dataclass(frozen=True, slots=True)
class UnitNow:
    """One unit: on the posts now, next on each post, and the shifts of the week."""

    unit: Unit
    now: list[Standing]
    following: list[DutyShift]
    week: list[DutyShift]
    gap: bool  # the committee's officer, or a post that is asked for, has nobody


@for_duty
@require_GET
def now(request: HttpRequest, visit: Visit) -> HttpResponse:
    units = duty_check.units_to_check(day=visit.today)
    rows = _rows(units, visit)
    person = visit.account.person
    mine = _mine(visit) if person is not None else []
    kept = access.kept_units(visit.sight)
    committee = roster.committee()
    top = next((row for row in rows if committee and row.unit.pk == committee.pk), None)
    return duty_answer(
        request,
        visit,
        "now.html",
        part="desk-duty",
        top=top,
        others=[row for row in rows if row is not top],
        mine=mine,
        handovers=list(queries.open_handovers(person=person)) if person else [],
        drills=list(queries.waiting_calls(person, at=visit.now)) if person else [],
        findings=queries.open_findings(kept).count() if kept else 0,
        swaps=queries.open_swaps(person=person).filter(state="ASKED", asked_of=person).count()
        if person
        else 0,
        to_approve=queries.swaps_to_approve(kept).count() if kept else 0,
        kept=Unit.objects.filter(pk__in=kept & {unit.pk for unit in units}).order_by(
            "-tree", "position"
        ),
    )


def _mine(visit: Visit) -> list[DutyShift]:
    """The viewer's own shifts: those that run, and those to come."""
    return list(
        queries.shifts_of(visit.person, starts=visit.now, ends=visit.now + timedelta(days=14))[:10]
    )


def _rows(units: list[Unit], visit: Visit) -> list[UnitNow]:
    """All units with a handful of queries, however many units there are."""
    starts = at_local(visit.today, time(0, 0))
    found = queries.shifts_of_units(units, starts=starts, ends=starts + timedelta(days=DAYS))
    by_unit: dict[int, list[DutyShift]] = {unit.pk: [] for unit in units}
    people: set[int] = set()
    for shift in found:
        by_unit[shift.unit_id].append(shift)
        if shift.starts_at <= visit.now < shift.ends_at:
            people |= {p for p in (shift.person_id, shift.deputy_id) if p is not None}
    absent = queries.absent_among(people, day=visit.today) if people else set()
    return [_row(unit, by_unit[unit.pk], absent, visit) for unit in units]


def _row(unit: Unit, shifts: list[DutyShift], absent: set[int], visit: Visit) -> UnitNow:
    running = [shift for shift in shifts if shift.starts_at <= visit.now < shift.ends_at]
    standing = [_standing(shift, absent) for shift in running]
    return UnitNow(
        unit=unit,
        now=standing,
        following=_next(shifts, visit.now),
        week=[shift for shift in shifts if shift.ends_at > visit.now],
        gap=not any(one.name for one in standing),
    )


def _standing(shift: DutyShift, absent: set[int]) -> Standing:
    person = queries.stands_for(shift, absent)
    if person is None:
        return Standing(shift, "", is_deputy=False)
    return Standing(shift, person.name, is_deputy=person.pk != shift.person_id)


def _next(shifts: list[DutyShift], at: datetime) -> list[DutyShift]:
    """Whoever comes on next, on each post."""
    coming: dict[str, DutyShift] = {}
    for shift in shifts:
        if shift.starts_at > at:
            coming.setdefault(shift.post, shift)
    return list(coming.values())


@for_duty
@require_POST
def phone(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The number of whoever stands on a shift, after the look was written down."""
    shift = DutyShift.objects.select_related("person", "deputy", "unit").filter(pk=pk).first()
    if shift is None:
        raise NotYours
    number = duty_roster.reveal_phone(shift=shift, actor=visit.actor, now=visit.now)
    return duty_answer(request, visit, "phone.html", part="desk-duty", number=number, shift=shift)
