"""The phone: one person after the other, the number on record, what the call came to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk import worklist
from lianfang.desk.answers import lines_of
from lianfang.desk.forms import CallBackForm, CallForm
from lianfang.desk.frame import answer, say, say_refusal
from lianfang.kernel.refusals import NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.reporting.people import person_rows
from lianfang.roster import queries as roster
from lianfang.roster.access import may_have_phone, person_with_phone
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_of
from lianfang.screening.models import Finding
from lianfang.usecases import desk_calls, looks

REACHED = [outcome.value for outcome in CallRecord.Outcome if outcome.is_reached]

# ---------------------------------------------------------------- the missing, one by one


@for_desk
@require_GET
def call(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Somebody to ring, with one button for each way a call can end."""
    return _call_page(request, visit, visit.sight.named_person(pk))


def _call_page(
    request: HttpRequest, visit: Visit, one: Person, status: int = 200, **more: Any
) -> HttpResponse:
    row = person_rows([one], day=visit.today)[0]
    unit_id = row.unit.pk if row.unit else None
    scope = _scope(request)
    line = worklist.missing_in(_units(visit, scope), day=visit.today)
    order = [silent.person.pk for silent in line]
    following = worklist.next_in_line(
        one, unit_ids=_units(visit, scope), day=visit.today, now=visit.now
    )
    return answer(
        request,
        visit,
        "desk/call.html",
        here="desk-home",
        status=status,
        person=one,
        row=row,
        calls=_calls_today(one, visit),
        outcomes=list(CallRecord.Outcome),
        reached=REACHED,
        may_phone=may_have_phone(unit_id, sight=visit.sight),
        place=order.index(one.pk) + 1 if one.pk in order else None,
        length=len(line),
        following=following,
        scope=scope,
        **more,
    )


def _calls_today(one: Person, visit: Visit) -> list[CallRecord]:
    calls = CallRecord.objects.filter(person=one, day=visit.today).select_related("called_by")
    return list(calls.order_by("-called_at"))


def _scope(request: HttpRequest) -> int | None:
    """`?unit=` narrows the line to one unit; one that is not in sight narrows to nothing."""
    asked = (request.POST.get("unit") or request.GET.get("unit") or "").strip()
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None


def _units(visit: Visit, scope: int | None) -> frozenset[int]:
    if scope is None:
        return visit.sight.name_units
    below = roster.subtree_ids(visit.sight.unit(scope), day=visit.today)
    return visit.sight.name_units & frozenset(below)


@for_desk
@require_POST
def record(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """One click writes the call down and brings the next person in line."""
    one = visit.sight.named_person(pk)
    form = CallForm(request.POST)
    if not form.is_valid():
        kept = {"problems": form.problems, "note": request.POST.get("note", "")}
        return _call_page(request, visit, one, 422, **kept)
    outcome = CallRecord.Outcome(form.cleaned_data["outcome"])
    desk_calls.record_call(
        person=one,
        day=visit.today,
        outcome=outcome,
        note=form.cleaned_data["note"],
        called_by=visit.person,
        actor=visit.actor,
        now=visit.now,
    )
    say(request, _("Noted: %(name)s, %(outcome)s.") % {"name": one.name, "outcome": outcome.label})
    return redirect(_next_call(request, visit, one))


def _next_call(request: HttpRequest, visit: Visit, one: Person) -> str:
    if back := _call_back_of(request):
        return back
    scope = _scope(request)
    following = worklist.next_in_line(
        one, unit_ids=_units(visit, scope), day=visit.today, now=visit.now
    )
    if following is None:
        return reverse("desk-home")
    query = f"?{urlencode({'unit': scope})}" if scope else ""
    return reverse("desk-call", args=[following.person.pk]) + query


def _call_back_of(request: HttpRequest) -> str:
    """A call that was made from a call back returns to the list, not to the missing."""
    return reverse("desk-home") if request.POST.get("from") == "call-back" else ""


@for_desk
@require_POST
def reveal(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The number, after the look was written down with its reason."""
    one = person_with_phone(pk, sight=visit.sight)
    phone = desk_calls.reveal_phone(
        person=one, reason=request.POST.get("reason", ""), actor=visit.actor, now=visit.now
    )
    if request.headers.get("HX-Request"):
        return render(request, "desk/_phone.html", {"phone": phone, "revealed": True})
    return _call_page(request, visit, one, phone=phone, revealed=True)


# ---------------------------------------------------------------- reports that ask for a call


@for_desk
@require_GET
def call_back(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Why this report asks for a call, in the words of the rule; the look is written down."""
    return _call_back_page(request, visit, _report(visit, pk))


def _report(visit: Visit, pk: int) -> DailyReport:
    report = (
        DailyReport.objects.filter(pk=pk, is_current=True, unit_id__in=visit.sight.event_units)
        .select_related("person", "unit")
        .first()
    )
    if report is None or report.person_id == visit.person.pk:
        raise NotYours
    return report


def _call_back_page(
    request: HttpRequest, visit: Visit, report: DailyReport, status: int = 200, **more: Any
) -> HttpResponse:
    looks.answers_seen(person=report.person, reports=[report], actor=visit.actor, now=visit.now)
    rules = rules_of(report.edition_id)
    findings = list(
        report.findings.select_related("rule", "verified_by").order_by("rule__position")
    )
    return answer(
        request,
        visit,
        "desk/call_back.html",
        here="desk-home",
        status=status,
        report=report,
        person=report.person,
        findings=[
            (one, rules.rule(one.rule_id), rules.in_words(rules.rule(one.rule_id)))
            for one in findings
        ],
        open_findings=[one for one in findings if one.verified_at is None],
        lines=lines_of(report, rules),
        calls=_calls_today(report.person, visit),
        verdicts=list(Finding.Verdict),
        reached=REACHED,
        may_phone=True,
        **more,
    )


@for_desk
@require_POST
def settle(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The person was reached: what was said settles every rule of the report."""
    report = _report(visit, pk)
    form = CallBackForm(request.POST)
    findings = list(report.findings.filter(verified_at__isnull=True))
    if not form.is_valid():
        kept = {"problems": form.problems, "note": request.POST.get("note", "")}
        return _call_back_page(request, visit, report, 422, **kept)
    if findings:
        try:
            desk_calls.call_back(
                findings=findings,
                verdict=Finding.Verdict(form.cleaned_data["verdict"]),
                note=form.cleaned_data["note"],
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        except Refused as refusal:
            say_refusal(request, refusal)
            return redirect("desk-home")
        say(request, _("Noted. Thank you for calling."))
    waiting = worklist.call_backs_in(visit.sight.event_units, day=visit.today)
    if waiting:
        return redirect("desk-call-back", waiting[0].report.pk)
    return redirect("desk-home")
