"""The committee's duty roster: who is on now, who comes next, the next fourteen days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianfang.desk.access import keeps_duty
from lianfang.desk.forms import ShiftForm
from lianfang.desk.frame import answer, say, say_refusal
from lianfang.duty.models import DutyShift
from lianfang.duty.queries import shifts_between
from lianfang.kernel.clock import at_local
from lianfang.kernel.refusals import Forbidden, NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.usecases import keep_the_posts

DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class DutyDay:
    """One day of the roster: the shifts that begin on it, and on the first day those that run.

    `gap_at` is the first moment of the day at which no officer is on.
    """

    day: date
    shifts: tuple[DutyShift, ...]
    gap_at: datetime | None


@for_desk
@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest, visit: Visit) -> HttpResponse:
    if not (visit.sight.sees_college or keeps_duty(visit.sight)):
        raise Forbidden
    committee = roster.committee()
    if request.method == "POST" and committee is not None:
        return _add(request, visit, committee)
    return _page(request, visit, committee)


def _add(request: HttpRequest, visit: Visit, committee: Unit) -> HttpResponse:
    if not keeps_duty(visit.sight):
        raise Forbidden
    form = ShiftForm(request.POST)
    problems = {} if form.is_valid() else form.problems
    person = _person(request.POST.get("number", ""))
    if person is None and "number" not in problems:
        problems["number"] = _("No one, or more than one person, has this number or name.")
    if problems or person is None:
        return _page(request, visit, committee, 422, problems=problems, typed=request.POST)
    try:
        keep_the_posts.add_shift(
            unit=committee,
            post=form.cleaned_data["post"],
            person=person,
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            actor=visit.actor,
            now=visit.now,
        )
    except Refused as refusal:
        say_refusal(request, refusal)
        return _page(request, visit, committee, refusal.status, typed=request.POST)
    say(request, _("%(name)s is on the roster.") % {"name": person.name})
    return redirect("desk-duty")


def _person(text: str) -> Person | None:
    """By number, or by a full name that only one member of staff has."""
    found = list(Person.objects.filter(number=text.strip())[:2]) or list(
        Person.objects.filter(~Q(category=Person.Category.STUDENT), name=text.strip())[:2]
    )
    return found[0] if len(found) == 1 else None


def _page(
    request: HttpRequest, visit: Visit, committee: Unit | None, status: int = 200, **more: Any
) -> HttpResponse:
    starts = at_local(visit.today, time(0, 0))
    ends = starts + timedelta(days=DAYS_AHEAD)
    shifts = list(shifts_between(unit=committee, starts=starts, ends=ends)) if committee else []
    return answer(
        request,
        visit,
        "desk/duty.html",
        here="desk-duty",
        status=status,
        committee=committee,
        now_on=[one for one in shifts if one.starts_at <= visit.now < one.ends_at],
        next_on=_next(shifts, visit.now),
        days=duty_days(shifts, first=visit.today, now=visit.now),
        may_write=keeps_duty(visit.sight),
        posts=DutyShift.Post.choices,
        **more,
    )


def _next(shifts: Iterable[DutyShift], now: datetime) -> list[DutyShift]:
    """Whoever comes on next, on each post."""
    coming: dict[str, DutyShift] = {}
    for shift in shifts:
        if shift.starts_at > now:
            coming.setdefault(shift.post, shift)
    return list(coming.values())


def duty_days(shifts: Iterable[DutyShift], *, first: date, now: datetime) -> list[DutyDay]:
    """Each day with its shifts, and where an officer is missing."""
    shifts = list(shifts)
    days = []
    for n in range(DAYS_AHEAD):
        day = first + timedelta(days=n)
        starts, ends = at_local(day, time(0, 0)), at_local(day + timedelta(days=1), time(0, 0))
        mine = tuple(one for one in shifts if one.starts_at < ends and one.ends_at > starts)
        officers = [one for one in mine if one.post == DutyShift.Post.OFFICER]
        shown = tuple(one for one in mine if one.starts_at >= starts or n == 0)
        days.append(DutyDay(day, shown, _gap(officers, max(starts, now), ends)))
    return days


def _gap(officers: Iterable[DutyShift], starts: datetime, ends: datetime) -> datetime | None:
    """The first moment from `starts` to `ends` that no shift covers; None when all is covered."""
    covered = starts
    for shift in sorted(officers, key=lambda one: one.starts_at):
        if shift.starts_at > covered:
            break
        covered = max(covered, shift.ends_at)
    return covered if covered < ends else None


@for_desk
@require_POST
def remove(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    if not keeps_duty(visit.sight):
        raise Forbidden
    shift = (
        DutyShift.objects.filter(pk=pk, unit=roster.committee()).select_related("person").first()
    )
    if shift is None:
        raise NotYours
    name = shift.person.name
    keep_the_posts.remove_shift(shift=shift, actor=visit.actor, now=visit.now)
    say(request, _("%(name)s is off the roster for this shift.") % {"name": name})
    return redirect("desk-duty")
