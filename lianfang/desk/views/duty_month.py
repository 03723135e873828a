"""The roster of one unit: a month at a glance, and what is asked for and who takes turns."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.duty_pages import duty_answer, for_duty, tried
from lianfang.desk.frame import say
from lianfang.duty import access, calendar, queries
from lianfang.duty.forms import CoverForm, RotationForm, ShiftForm
from lianfang.duty.models import Cover, Days, DutyPost, DutyShift, RosterFinding, Rotation
from lianfang.kernel.clock import at_local
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.portal.edge import Visit
from lianfang.roster.models import Person, Unit
from lianfang.usecases import duty_check, duty_roster


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month with the shifts that begin on it and those that run into it."""

    day: date
    kind: calendar.DayKind
    begins: list[DutyShift]
    runs_on: list[DutyShift]
    gap_at: datetime | None
    in_month: bool


@for_duty
@require_GET
def month(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    unit = access.unit_to_see(pk, sight=visit.sight, at=visit.now)
    first = _month_asked(request, visit)
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    keeps = access.keeps(unit, sight=visit.sight)
    return duty_answer(
        request,
        visit,
        "month.html",
        part="desk-duty",
        unit=unit,
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=last + timedelta(days=1),
        weeks=_weeks(unit, first, last, visit),
        is_announced=calendar.is_announced(first.year),
        keeps=keeps,
        reads_book=access.reads_book(unit, sight=visit.sight, at=visit.now),
    )


@for_duty
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """One shift by hand: who, when, and who stands in."""
    unit = access.unit_to_keep(pk, sight=visit.sight)
    if request.method == "GET":
        asked = request.GET.get("day", "")
        day = asked if len(asked) == 10 else visit.today.isoformat()
        return _form(request, visit, unit, "add.html", typed={"starts_on": day})
    form = ShiftForm(request.POST)
    if not form.is_valid():
        more = {"problems": form.problems, "typed": request.POST}
        return _form(request, visit, unit, "add.html", 422, **more)
    clean = form.cleaned_data
    problems = tried(
        request,
        lambda: duty_roster.add_shift(
            unit=unit,
            post=clean["post"],
            person=clean["person"],
            deputy=clean["deputy"],
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is not None:
        more = {"problems": problems, "typed": request.POST}
        return _form(request, visit, unit, "add.html", 422, **more)
    say(request, _("%(name)s is on the roster.") % {"name": clean["person"].name})
    address = reverse("desk-duty-month", args=[unit.pk])
    return redirect(f"{address}?month={clean['starts_on']:%Y-%m}")


def _month_asked(request: HttpRequest, visit: Visit) -> date:
    """`?month=2020-02`; anything else is the present one."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return visit.today.replace(day=1)


def _weeks(unit: Unit, first: date, last: date, visit: Visit) -> list[list[Cell]]:
    starts = first - timedelta(days=first.weekday())
    ends = last + timedelta(days=7 - last.weekday())
    shifts = list(
        queries.shifts_between(
            unit=unit, starts=at_local(starts, time(0, 0)), ends=at_local(ends, time(0, 0))
        )
    )
    holes = _gaps(unit, visit)
    days = [starts + timedelta(days=n) for n in range((ends - starts).days)]
    cells = [_cell(day, shifts, holes, month=first.month) for day in days]
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _gaps(unit: Unit, visit: Visit) -> list[tuple[datetime, datetime]]:
    """The holes of the next fourteen days, as the checker sees them at this moment."""
    faults = duty_check.check_unit(unit, days=duty_check.DAYS_AHEAD, now=visit.now)
    return [(f.span.starts_at, f.span.ends_at) for f in faults if f.kind == "GAP" and f.span]


def _cell(
    day: date, shifts: list[DutyShift], holes: list[tuple[datetime, datetime]], *, month: int
) -> Cell:
    starts, ends = at_local(day, time(0, 0)), at_local(day + timedelta(days=1), time(0, 0))
    here = [one for one in shifts if one.starts_at < ends and one.ends_at > starts]
    gap = next((max(a, starts) for a, b in holes if a < ends and b > starts), None)
    return Cell(
        day=day,
        kind=calendar.kind_of(day, get_language() or ""),
        begins=[one for one in here if one.starts_at >= starts],
        runs_on=[one for one in here if one.starts_at < starts],
        gap_at=gap,
        in_month=day.month == month,
    )


# ---------------------------------------------------------------- covers and rotations


@for_duty
@require_GET
def plan(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """What must be manned, and who takes turns."""
    unit = access.unit_to_keep(pk, sight=visit.sight)
    running = Rotation.objects.filter(unit=unit).exclude(held_until__lte=visit.today)
    return duty_answer(
        request,
        visit,
        "plan.html",
        part="desk-duty",
        unit=unit,
        covers=queries.covers_of(unit, day=visit.today),
        rotations=running.prefetch_related("members__person", "members__deputy").order_by(
            "post", "held_from"
        ),
        is_committee=unit.kind == Unit.Kind.COMMITTEE,
    )


@for_duty
@require_http_methods(["GET", "POST"])
def cover(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """From today this post has to be manned so."""
    unit = access.unit_to_keep(pk, sight=visit.sight)
    if request.method == "GET":
        return _form(request, visit, unit, "cover.html")
    form = CoverForm(request.POST)
    if not form.is_valid():
        more = {"problems": form.problems, "typed": request.POST}
        return _form(request, visit, unit, "cover.html", 422, **more)
    duty_roster.set_cover(
        unit=unit,
        post=form.cleaned_data["post"],
        begins=form.slot.begins if form.slot else None,
        ends=form.ends,
        days=form.cleaned_data["days"],
        keeps_book=form.cleaned_data["keeps_book"],
        day=visit.today,
        actor=visit.actor,
        now=visit.now,
    )
    say(request, _("From today this post has to be manned."))
    return redirect("desk-duty-plan", unit.pk)


@for_duty
@require_http_methods(["GET", "POST"])
def rotate(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Who takes turns, in which order and at which times."""
    unit = access.unit_to_keep(pk, sight=visit.sight)
    if request.method == "GET":
        return _form(request, visit, unit, "rotate.html")
    form = RotationForm(request.POST)
    if not form.is_valid():
        more = {"problems": form.problems, "typed": request.POST}
        return _form(request, visit, unit, "rotate.html", 422, **more)
    clean = form.cleaned_data
    problems = tried(
        request,
        lambda: duty_roster.start_rotation(
            unit=unit,
            post=clean["post"],
            members=clean["people"],
            slots=clean["times"],
            turn=clean["turn"],
            days=clean["days"],
            held_from=clean["held_from"],
            held_until=form.held_until,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is not None:
        more = {"problems": problems, "typed": request.POST}
        return _form(request, visit, unit, "rotate.html", 422, **more)
    say(request, _("The turns are on the roster."))
    return redirect("desk-duty-month", unit.pk)


def _form(
    request: HttpRequest, visit: Visit, unit: Unit, template: str, status: int = 200, **more: Any
) -> HttpResponse:
    return duty_answer(
        request,
        visit,
        template,
        part="desk-duty",
        status=status,
        unit=unit,
        posts=DutyPost.choices,
        kinds_of_days=Days.choices,
        turns=Rotation.Turn.choices,
        default_day=visit.today.isoformat(),
        **more,
    )


@for_duty
@require_POST
def end_cover(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    held = Cover.objects.filter(pk=pk).select_related("unit").first()
    if held is None:
        raise NotYours
    access.unit_to_keep(held.unit_id, sight=visit.sight)
    duty_roster.end_cover(cover=held, day=visit.today, actor=visit.actor, now=visit.now)
    return redirect("desk-duty-plan", held.unit_id)


@for_duty
@require_POST
def end_rotation(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """From tomorrow on; tonight's shift stays as it is."""
    rotation = Rotation.objects.filter(pk=pk).select_related("unit").first()
    if rotation is None:
        raise NotYours
    access.unit_to_keep(rotation.unit_id, sight=visit.sight)
    tried(
        request,
        lambda: duty_roster.end_rotation(
            rotation=rotation,
            day=visit.today + timedelta(days=1),
            actor=visit.actor,
            now=visit.now,
        ),
    )
    return redirect("desk-duty-plan", rotation.unit_id)


# ---------------------------------------------------------------- what has to be mended


@for_duty
@require_GET
def check(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The findings of all units that this person keeps, by unit, as of this very moment."""
    watched = access.watched_units(visit.sight)
    if not watched:
        raise Forbidden
    units = [u for u in duty_check.units_to_check(day=visit.today) if u.pk in watched]
    checked = [
        one
        for one in duty_check.check_units(units, days=duty_check.DAYS_AHEAD, now=visit.now)
        if one.faults
    ]
    keys = {fault.person for one in checked for fault in one.faults if fault.person}
    wrong = RosterFinding.objects.filter(
        unit_id__in=watched, kind="WRONG_NUMBER", gone_at__isnull=True
    ).select_related("unit", "person")
    return duty_answer(
        request,
        visit,
        "check.html",
        part="desk-duty-check",
        checked=checked,
        people=Person.objects.defer("phone", "email", "address").in_bulk(keys),
        wrong=wrong,
        words=dict(RosterFinding.Kind.choices),
        posts=dict(DutyPost.choices),
        count=sum(len(one.faults) for one in checked) + len(wrong),
        days=duty_check.DAYS_AHEAD,
    )
