"""Incidents: the list, one of them as a time line, and what whoever took it over writes down."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.answers import lines_of, place_in_words
from lianfang.desk.board import incidents_with_ladders
from lianfang.desk.forms import CloseForm, FactForm
from lianfang.desk.frame import answer, page_number, say, say_refusal
from lianfang.desk.incident_page import facts_of, ladder_of
from lianfang.escalation.access import IncidentSight, sight_of_incident
from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.reporting.models import DailyReport
from lianfang.rulebook.queries import rules_of
from lianfang.usecases import acknowledge_incident, handle_incident, looks

PER_PAGE = 30
_NOTHING_TYPED = {"typed_kind": "", "typed_text": "", "typed_closing": "", "typed_ending": ""}


@for_desk
@require_GET
def incidents(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is open first; below it what was closed. Names only where the post opens them."""
    sight = visit.sight
    if visit.account.person is None:
        raise Forbidden
    state = "closed" if request.GET.get("state") == "closed" else "open"
    found = Incident.objects.filter(unit_id__in=sight.event_figure_units).exclude(
        person=visit.person
    )
    found = found.filter(state="CLOSED") if state == "closed" else found.exclude(state="CLOSED")
    order = ("-closed_at",) if state == "closed" else ("-state", "opened_at")
    found = found.select_related("person", "unit", "acknowledged_by", "closed_by").order_by(*order)
    page = Paginator(found, PER_PAGE).get_page(page_number(request))
    return answer(
        request,
        visit,
        "desk/incidents.html",
        here="desk-incidents",
        state=state,
        page=page,
        incidents=incidents_with_ladders(list(page), sight),
        query=f"state={state}",
    )


@for_desk
@require_GET
def incident(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Every look is written down, with whether it showed a name or the code alone."""
    one, seen = _one(visit, pk)
    return _page(request, visit, one, seen)


def _one(visit: Visit, pk: int) -> tuple[Incident, IncidentSight]:
    found = (
        Incident.objects.filter(pk=pk)
        .select_related("person", "unit", "acknowledged_by", "closed_by", "first_report")
        .first()
    )
    if found is None:
        raise NotYours
    return found, sight_of_incident(found, sight=visit.sight)


def _page(
    request: HttpRequest,
    visit: Visit,
    one: Incident,
    seen: IncidentSight,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    looks.incident_seen(incident=one, named=seen.named, actor=visit.actor, now=visit.now)
    facts = facts_of(one)
    return answer(
        request,
        visit,
        "desk/incident.html",
        here="desk-incidents",
        status=status,
        incident=one,
        **(_NOTHING_TYPED | more),
        sight=seen,
        facts=facts,
        ladder=ladder_of(one),
        reports=_reports(visit, one, facts) if seen.named else [],
        place=place_in_words(one.county_code) if seen.named else "",
        is_mine=one.acknowledged_by_id == visit.person.pk,
        may_phone=one.unit_id in visit.sight.event_units,
        may_open_person=one.unit_id in visit.sight.name_units,
        fact_kinds=[(kind, kind.label) for kind in handle_incident.WRITTEN_BY_HAND],
        closings=Incident.Closing.choices,
        referrals=list(one.referrals.order_by("advised_at")) if seen.named else [],
    )


def _reports(
    visit: Visit, one: Incident, facts: list[IncidentFact]
) -> list[tuple[DailyReport, list[tuple[str, str]]]]:
    """The reports that made this incident, with their answers; that they were seen is noted."""
    reports = [fact.report for fact in facts if fact.report is not None]
    looks.answers_seen(person=one.person, reports=reports, actor=visit.actor, now=visit.now)
    return [(report, lines_of(report, rules_of(report.edition_id))) for report in reports]


@for_desk
@require_POST
def acknowledge(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """“I will see to it”: the climb stops, and everybody sees whose it is."""
    one, seen = _one(visit, pk)
    if not seen.may_act:
        raise Forbidden
    try:
        acknowledge_incident.acknowledge(
            incident=one, by=visit.person, actor=visit.actor, now=visit.now
        )
    except Refused as refusal:
        say_refusal(request, refusal)
    else:
        say(request, _("It is yours now. Nobody else will be called for it."))
    return redirect("desk-incident", one.pk)


@for_desk
@require_POST
def write(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """A call, the hospital, who was told outside, a note."""
    one, seen = _one(visit, pk)
    if not (seen.may_act and seen.named):
        raise Forbidden
    form = FactForm(request.POST)
    kept = {"typed_kind": request.POST.get("kind", ""), "typed_text": request.POST.get("text", "")}
    if not form.is_valid():
        return _page(request, visit, one, seen, 422, problems=form.problems, **kept)
    try:
        handle_incident.write_down(
            incident=one, by=visit.person, actor=visit.actor, now=visit.now, **form.cleaned_data
        )
    except Invalid as error:
        problems = {name: _(text) for name, text in error.problems.items()}
        return _page(request, visit, one, seen, 422, problems=problems, **kept)
    say(request, _("Written down."))
    return redirect("desk-incident", one.pk)


@for_desk
@require_POST
def close(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Closed by whoever may act on it, with a reason out of the list and a few words."""
    one, seen = _one(visit, pk)
    if not (seen.may_act and seen.named):
        raise Forbidden
    form = CloseForm(request.POST)
    kept = {
        "typed_closing": request.POST.get("closing", ""),
        "typed_ending": request.POST.get("text", ""),
    }
    if not form.is_valid():
        return _page(request, visit, one, seen, 422, closing_problems=form.problems, **kept)
    try:
        handle_incident.close(
            incident=one, by=visit.person, actor=visit.actor, now=visit.now, **form.cleaned_data
        )
    except Invalid as error:
        problems = {name: _(text) for name, text in error.problems.items()}
        return _page(request, visit, one, seen, 422, closing_problems=problems, **kept)
    except Refused as refusal:
        say_refusal(request, refusal)
        return redirect("desk-incident", one.pk)
    say(request, _("Closed: %(reason)s.") % {"reason": one.get_closing_display()})
    return redirect("desk-incident", one.pk)


@for_desk
@require_POST
def answer_summons(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The same two answers as on the link of a message, for whoever is at the desk already."""
    summons = (
        Summons.objects.filter(pk=pk, person=visit.person)
        .select_related("escalation__incident__person", "escalation__unit", "person", "rung")
        .first()
    )
    if summons is None:
        raise NotYours
    what = request.POST.get("answer", "")
    if what not in Summons.Answer.values:
        return redirect("desk-home")
    climb = summons.escalation
    try:
        acknowledge_incident.answer_summons(
            summons=summons, what=Summons.Answer(what), now=visit.now
        )
    except Refused as refusal:
        say_refusal(request, refusal)
        return redirect("desk-home")
    if what == Summons.Answer.PASSED_ON:
        say(request, _("Passed on: the next person is being told now."))
        return redirect("desk-home")
    say(request, _("It is yours now. Nobody else will be called for it."))
    return redirect(climb.desk_link)
