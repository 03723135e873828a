"""One shift: check in, move, stand in, swap, hand over. One address, one action."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.desk.duty_pages import duty_answer, for_duty, tried
from lianfang.desk.frame import say
from lianfang.duty import access, queries
from lianfang.duty.forms import MoveForm, StandInForm, SwapForm
from lianfang.duty.models import DutyShift, Swap
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.portal.edge import Visit
from lianfang.usecases import duty_roster, handover


def _shift(pk: int) -> DutyShift:
    shift = (
        DutyShift.objects.filter(pk=pk)
        .select_related("unit", "person", "deputy", "checked_in_by", "rotation")
        .first()
    )
    if shift is None:
        raise NotYours
    return shift


@for_duty
@require_GET
def shift(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    return _page(request, visit, _shift(pk))


def _page(request: HttpRequest, visit: Visit, one: DutyShift) -> HttpResponse:
    me = visit.account.person
    is_mine = me is not None and one.person_id == me.pk
    stands = me is not None and me.pk in {one.person_id, one.deputy_id}
    return duty_answer(
        request,
        visit,
        "shift.html",
        part="desk-duty",
        shift=one,
        is_mine=is_mine,
        may_check_in=stands and _is_near(one, visit) and one.checked_in_at is None,
        may_hand_over=is_mine and one.starts_at <= visit.now,
        may_swap=is_mine and one.starts_at > visit.now,
        keeps=access.keeps(one.unit, sight=visit.sight) and one.ends_at > visit.now,
        changes=one.changes.select_related("from_person", "to_person", "by").order_by("at"),
        swap=one.swaps.filter(state__in=["ASKED", "ACCEPTED"]).select_related("asked_of").first(),
    )


def _form(
    request: HttpRequest,
    visit: Visit,
    one: DutyShift,
    template: str,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page with one form about this shift, its times filled in."""
    starts, ends = (m.astimezone(SHANGHAI) for m in (one.starts_at, one.ends_at))
    typed = {
        "starts_on": starts.date().isoformat(),
        "starts": f"{starts:%H:%M}",
        "ends_on": ends.date().isoformat(),
        "ends": f"{ends:%H:%M}",
    }
    context = {"typed": typed} | more
    return duty_answer(
        request, visit, template, part="desk-duty", status=status, shift=one, **context
    )


def _is_near(one: DutyShift, visit: Visit) -> bool:
    return (one.starts_at - visit.now).total_seconds() <= 3600 and visit.now < one.ends_at


@for_duty
@require_POST
def check_in(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one = _shift(pk)
    done = tried(
        request,
        lambda: duty_roster.check_in(shift=one, by=visit.person, actor=visit.actor, now=visit.now),
    )
    if done is None:
        say(request, _("You are on duty now. Have a calm shift."))
    return redirect("desk-duty-shift", pk)


@for_duty
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Another time for the same shift."""
    one = _shift(pk)
    access.unit_to_keep(one.unit_id, sight=visit.sight)
    if request.method == "GET":
        return _form(request, visit, one, "move.html")
    form = MoveForm(request.POST)
    if not form.is_valid():
        more = {"problems": form.problems, "typed": request.POST}
        return _form(request, visit, one, "move.html", 422, **more)
    problems = tried(
        request,
        lambda: duty_roster.move_shift(
            shift=one,
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            reason=form.cleaned_data["reason"],
            by=visit.account.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is not None:
        return _form(request, visit, _shift(pk), "move.html", 422, typed=request.POST)
    return redirect("desk-duty-shift", pk)


@for_duty
@require_http_methods(["GET", "POST"])
def stand_in(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Somebody takes over for the time given; the shift is cut where it has to be."""
    one = _shift(pk)
    access.unit_to_keep(one.unit_id, sight=visit.sight)
    if request.method == "GET":
        return _form(request, visit, one, "stand_in.html")
    form = StandInForm(request.POST)
    if not form.is_valid():
        more = {"problems": form.problems, "typed": request.POST}
        return _form(request, visit, one, "stand_in.html", 422, **more)
    clean = form.cleaned_data
    problems = tried(
        request,
        lambda: duty_roster.stand_in(
            unit=one.unit,
            post=one.post,
            person=clean["person"],
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            reason=clean["reason"],
            by=visit.account.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is not None:
        return _form(request, visit, _shift(pk), "stand_in.html", 422, typed=request.POST)
    say(request, _("%(name)s stands in.") % {"name": clean["person"].name})
    return redirect("desk-duty-month", one.unit_id)


@for_duty
@require_POST
def remove(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    one = _shift(pk)
    access.unit_to_keep(one.unit_id, sight=visit.sight)
    unit, name = one.unit_id, one.person.name
    duty_roster.remove_shift(shift=one, actor=visit.actor, now=visit.now)
    say(request, _("%(name)s is off the roster for this shift.") % {"name": name})
    return redirect("desk-duty-month", unit)


@for_duty
@require_POST
def hand_over(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Whoever stands here writes down what is open, for whoever comes."""
    one = _shift(pk)
    if one.person_id != visit.person.pk:
        raise Forbidden
    begun = handover.begin(shift=one, by=visit.person, actor=visit.actor, now=visit.now)
    return redirect("desk-duty-handover", begun.pk)


# ---------------------------------------------------------------- swaps


@for_duty
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Ask somebody to take one's shift, in return for one of theirs or as a favour."""
    one = _shift(pk)
    if one.person_id != visit.person.pk:
        raise Forbidden
    choices = list(
        DutyShift.objects.filter(unit=one.unit, starts_at__gt=visit.now)
        .exclude(person=one.person)
        .select_related("person")
        .order_by("starts_at")[:40]
    )
    if request.method == "GET":
        return _form(request, visit, one, "ask.html", choices=choices)
    form = SwapForm(request.POST)
    if not form.is_valid():
        more = {"problems": form.problems, "typed": request.POST, "choices": choices}
        return _form(request, visit, one, "ask.html", 422, **more)
    clean = form.cleaned_data
    theirs = None
    if clean["in_return"]:
        theirs = DutyShift.objects.filter(pk=clean["in_return"], unit=one.unit).first()
    problems = tried(
        request,
        lambda: duty_roster.ask_swap(
            shift=one,
            asked_by=visit.person,
            asked_of=clean["asked_of"],
            in_return=theirs,
            reason=clean["reason"],
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is not None:
        more = {"typed": request.POST, "choices": choices}
        return _form(request, visit, one, "ask.html", 422, **more)
    say(request, _("%(name)s has been asked.") % {"name": clean["asked_of"].name})
    return redirect("desk-duty-swaps")


@for_duty
@require_GET
def swaps(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What waits for one's own word, for one's approval, and what one asked for."""
    person = visit.account.person
    mine = list(queries.open_swaps(person=person)) if person else []
    kept = access.kept_units(visit.sight)
    waiting = list(queries.swaps_to_approve(kept)) if kept else []
    return duty_answer(
        request,
        visit,
        "swaps.html",
        part="desk-duty-swaps",
        to_answer=[s for s in mine if s.asked_of == person and s.state == Swap.State.ASKED],
        to_decide=[s for s in waiting if person not in {s.asked_by, s.asked_of}],
        asked=[s for s in mine if s.asked_by == person or s.state == Swap.State.ACCEPTED],
        me=person,
    )


@for_duty
@require_POST
def settle(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Accept, decline, approve, refuse, withdraw: each is somebody's own to say."""
    swap = (
        Swap.objects.filter(pk=pk)
        .select_related("shift__unit", "shift__person", "in_return", "asked_by", "asked_of")
        .first()
    )
    if swap is None:
        raise NotYours
    what = request.POST.get("what", "")
    tried(request, lambda: _settle(visit, swap, what))
    return redirect("desk-duty-swaps")


def _settle(visit: Visit, swap: Swap, what: str) -> None:
    common: dict[str, Any] = {"swap": swap, "actor": visit.actor, "now": visit.now}
    match what:
        case "accept" | "decline":
            duty_roster.answer_swap(by=visit.person, accept=what == "accept", **common)
        case "approve" | "refuse":
            access.unit_to_keep(swap.shift.unit_id, sight=visit.sight)
            duty_roster.decide_swap(by=visit.account.person, approve=what == "approve", **common)
        case "withdraw":
            duty_roster.withdraw_swap(by=visit.person, **common)
        case _:
            raise NotYours
