"""Incidents: the list, one of them as a time line, and what whoever took it over writes down."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.board import incidents_with_ladders
from lianfang.desk.frame import answer, page_number, say, say_refusal
from lianfang.desk.views.incident_acts import STEPS, take
from lianfang.desk.views.incident_page import find, page_of
from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident
from lianfang.incidents.queries import signals_between
from lianfang.kernel.refusals import Forbidden, NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import acknowledge_incident

PER_PAGE = 30
SIGNALS_OF = timedelta(days=30)


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
        signals=signals_between(
            units=sight.event_figure_units,
            since=visit.now - SIGNALS_OF,
            until=visit.now + timedelta(seconds=1),
        ),
    )


@for_desk
@require_GET
def incident(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Every look is written down, with whether it showed a name or the code alone."""
    one, seen = find(visit, pk)
    return page_of(request, visit, one, seen)


@for_desk
@require_POST
def acknowledge(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """“I will see to it”: the climb stops, and everybody sees whose it is."""
    one, seen = find(visit, pk)
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
    """A call, the hospital, a note."""
    one, seen = find(visit, pk)
    return take(request, visit, one, seen, STEPS["fact"])


@for_desk
@require_POST
def close(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Closed by whoever may act on it, when everything that comes before is done."""
    one, seen = find(visit, pk)
    return take(request, visit, one, seen, STEPS["close"])


@for_desk
@require_POST
def step(request: HttpRequest, visit: Visit, pk: int, what: str) -> HttpResponse:
    """One step of the course: verify, classify, tell, reach, refer, check, and so on."""
    one, seen = find(visit, pk)
    if what not in STEPS:
        raise NotYours
    return take(request, visit, one, seen, STEPS[what])


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
