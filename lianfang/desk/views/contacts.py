"""Investigations: the list, one of them with its candidates, and what people decide about them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.contacts import access
from lianfang.contacts.access import InvestigationSight
from lianfang.contacts.models import Contact, Investigation
from lianfang.contacts.queries import with_counts
from lianfang.desk.care import care_answer
from lianfang.desk.contacts_page import (
    authority_of,
    chosen_contacts,
    day_of,
    person_named,
    quarantine_of,
    row_of,
    rows_of,
    said,
    text_of,
)
from lianfang.desk.frame import page_number, say, say_refusal
from lianfang.escalation.access import sight_of_incident
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours, Refused
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import contact_chains, contact_people, contact_tracing

PER_PAGE = 40
PAGE = "desk-contacts"
OPEN_STATES = ("PROPOSED", "CONFIRMED", "DETERMINED", "CASUAL", "DISMISSED")


@for_desk
@require_GET
def contacts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Codes and figures; below them one's own people who are contacts, without the case."""
    if not access.may_open_page(visit.sight):
        raise Forbidden
    found = with_counts(access.coded_investigations(visit.sight)).order_by("-state", "-opened_at")
    page = Paginator(found, PER_PAGE).get_page(page_number(request))
    led = set(access.led_investigations(visit.sight).values_list("pk", flat=True))
    mine = access.own_contacts(visit.sight).filter(ended_at__isnull=True)
    mine = mine.select_related("person", "unit", "investigation").order_by("-last_on", "pk")
    own = list(mine[:200]) if not access.sees_all(visit.sight) else []
    sight = InvestigationSight(leads=False, names=visit.sight.event_units)
    for one in own:
        contact_tracing.contact_seen(contact=one, actor=visit.actor, now=visit.now)
    return care_answer(
        request, visit, "desk/care/contacts/contacts.html", page=PAGE, page_of=page,
        cases=[(one, one.pk in led) for one in page], own=rows_of(own, sight),
        may_open=bool(access.leading_units(visit.sight)), sees_all=access.sees_all(visit.sight),
    )  # fmt: skip


@for_desk
@require_http_methods(["GET", "POST"])
def open_case(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Whose contacts are looked for: of an incident, of somebody by number, or an outside case."""
    if not access.leading_units(visit.sight):
        raise Forbidden
    incident = _incident(request, visit)
    if request.method == "GET":
        return _open_form(request, visit, incident)
    try:
        person = incident.person if incident else _person_to_open(request, visit)
        made = contact_tracing.open_for(
            person=person,
            incident=incident,
            anchor_on=day_of(request, "anchor_on"),
            is_asymptomatic=request.POST.get("is_asymptomatic") == "yes",
            isolated_on=day_of(request, "isolated_on"),
            outside_code=text_of(request, "outside_code", 40),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        )
    except Refused as refusal:
        return _open_form(request, visit, incident, refusal.status, **said(refusal))
    say(request, _("Opened as %(code)s.") % {"code": made.code})
    return redirect("desk-contacts-case", made.pk)


def _incident(request: HttpRequest, visit: Visit) -> Incident | None:
    asked = request.GET.get("incident", "") or request.POST.get("incident", "")
    if not (asked.isdecimal() and len(asked) < 18):
        return None
    found = Incident.objects.filter(pk=int(asked)).select_related("person", "first_report").first()
    if found is None or not sight_of_incident(found, sight=visit.sight).named:
        raise NotYours
    if found.unit_id not in access.leading_units(visit.sight):
        raise Forbidden
    return found


def _person_to_open(request: HttpRequest, visit: Visit) -> Any:
    """Somebody by number, of the units that one leads; None is a case that is not of the college."""
    number = text_of(request, "person", 60)
    if not number:
        if not access.sees_all(visit.sight):
            raise Invalid({"person": _("Please write the number of somebody of your unit.")})
        return None
    person = person_named(number)
    if person is None or not (
        visit.sight.people(access.leading_units(visit.sight)).filter(pk=person.pk).exists()
    ):
        raise Invalid({"person": _("Nobody of your units is found by this number.")})
    if person.pk == visit.person.pk:
        raise Invalid({"person": _("Your own contacts are looked for by somebody else.")})
    return person


def _open_form(
    request: HttpRequest, visit: Visit, incident: Incident | None, status: int = 200, **more: Any
) -> HttpResponse:
    onset = incident.first_report.answers.get("onset_on", "") if incident else ""
    typed = {
        name: request.POST.get(name, "")
        for name in ("person", "outside_code", "anchor_on", "isolated_on", "is_asymptomatic")
    }
    typed["anchor_on"] = typed["anchor_on"] or onset
    return care_answer(
        request, visit, "desk/care/contacts/open.html", page=PAGE, status=status,
        incident=incident, typed=typed, sees_all=access.sees_all(visit.sight),
        **({"problems": {}, "refused": ""} | more),
    )  # fmt: skip


@for_desk
@require_GET
def case(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    found, sight = _one(visit, pk)
    return _case(request, visit, found, sight)


def _one(visit: Visit, pk: int) -> tuple[Investigation, InvestigationSight]:
    found = Investigation.objects.filter(pk=pk).select_related("unit", "infected_by").first()
    if found is None:
        raise NotYours
    return found, access.sight_of_investigation(found, sight=visit.sight)


def _case(
    request: HttpRequest, visit: Visit, found: Investigation, sight: InvestigationSight,
    status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    """One state of contacts at a time, the likeliest first, page by page."""
    counts = with_counts(Investigation.objects.filter(pk=found.pk)).get()
    tabs = [
        (state, Contact.State(state).label, getattr(counts, f"n_{state.lower()}"))
        for state in OPEN_STATES
    ]
    state = request.GET.get("state", "") or request.POST.get("state_shown", "")
    if state not in OPEN_STATES:
        state = next((code for code, _label, n in tabs if n), "PROPOSED")
    rows = found.contacts.filter(state=state).exclude(person=visit.person)
    if not sight.leads:
        rows = access.own_contacts(visit.sight).filter(investigation=found, state=state)
    rows = rows.select_related("person", "outsider", "unit", "investigation")
    page = Paginator(rows.order_by("-score", "-last_on", "number"), PER_PAGE).get_page(
        page_number(request)
    )
    shown = [] if sight.is_codes_only else rows_of(page, sight)
    named = [row.contact for row in shown if row.name]
    contact_tracing.investigation_seen(
        investigation=found, shown=named, actor=visit.actor, now=visit.now
    )
    context = _case_context(visit, found, sight)
    return care_answer(
        request, visit, "desk/care/contacts/case.html", page=PAGE, status=status, case=found,
        sight=sight, state_tabs=tabs, state_shown=state, page_of=page, rows=shown,
        query=f"state={state}", **(context | {"problems": {}, "refused": "", "tried": ""} | more),
    )  # fmt: skip


def _case_context(visit: Visit, found: Investigation, sight: InvestigationSight) -> dict[str, Any]:
    if not sight.leads:
        return {"facts": [], "packages": [], "sources": []}
    others = access.coded_investigations(visit.sight).exclude(pk=found.pk)
    return {
        "facts": list(
            found.facts.filter(contact__isnull=True)
            .select_related("by")
            .order_by("-at", "-id")[:30]
        ),
        "packages": list(found.packages.order_by("-asked_at")[:10]),
        "sources": contact_chains.likely_sources(found, others, now=visit.now),
        "modes": Contact.Mode.choices,
        "protections": Contact.Protection.choices,
        "outcomes": Contact.Outcome.choices,
    }


def _act(request: HttpRequest, visit: Visit, pk: int, tried: str, do: Any) -> HttpResponse:
    """A form of the page: done and back, or the page again with what was wrong."""
    found = access.led(pk, sight=visit.sight)
    try:
        told = do(found)
    except Refused as refusal:
        _same, sight = _one(visit, pk)
        ticked = {int(one) for one in request.POST.getlist("contact") if one.isdecimal()}
        return _case(
            request, visit, found, sight, refusal.status, tried=tried, typed=request.POST,
            ticked=ticked, **said(refusal),
        )  # fmt: skip
    say(request, told)
    return redirect("desk-contacts-case", pk)


@for_desk
@require_POST
def decide(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Confirm, casual, dismiss, or what the CDC determined: several at once, without script."""

    def do(found: Investigation) -> str:
        state = request.POST.get("decision", "")
        sight = access.sight_of_investigation(found, sight=visit.sight)
        chosen = chosen_contacts(request, found)
        if not all(sight.names_contact(contact) for contact in chosen):
            raise Forbidden  # of whom one may not see the name, one does not decide
        who: dict[str, Any] = {"by": visit.person, "actor": visit.actor, "now": visit.now}
        if state == Contact.State.DETERMINED:
            new = contact_tracing.determine(
                investigation=found, contacts=chosen, authority=authority_of(request), **who
            )
            return _("%(n)s people are close contacts now and under key monitoring.") % {"n": len(new)}  # fmt: skip
        n = contact_tracing.decide(
            investigation=found, contacts=chosen, state=state, text=text_of(request, "text"), **who
        )
        return _("Written down for %(n)s people.") % {"n": n}

    return _act(request, visit, pk, "decide", do)


@for_desk
@require_POST
def name(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Somebody whom the campus does not know of: by number, or by name and phone."""

    def do(found: Investigation) -> str:
        with transaction.atomic():
            contact = contact_people.name_somebody(
                investigation=found,
                person=person_named(text_of(request, "person", 60)),
                typed=text_of(request, "person", 60),
                phone=text_of(request, "phone", 30),
                last_on=day_of(request, "last_on"),
                mode=text_of(request, "mode", 13),
                protection=text_of(request, "protection", 7),
                text=text_of(request, "words"),
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            )
        return _("Named as %(code)s.") % {"code": contact.code}

    return _act(request, visit, pk, "name", do)


@for_desk
@require_POST
def window(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    def do(found: Investigation) -> str:
        contact_tracing.change_window(
            investigation=found, anchor_on=day_of(request, "anchor_on"),
            isolated_on=day_of(request, "isolated_on"), by=visit.person, actor=visit.actor,
            now=visit.now,
        )  # fmt: skip
        return _("The window is changed, and the candidates were proposed anew.")

    return _act(request, visit, pk, "window", do)


@for_desk
@require_POST
def link(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    def do(found: Investigation) -> str:
        code = text_of(request, "source", 24)
        source = access.coded_investigations(visit.sight).filter(code=code).first()
        if code and source is None:
            raise Invalid({"source": _("Please choose out of the list.")})
        contact_tracing.link(
            investigation=found, source=source, text=text_of(request, "why"), by=visit.person,
            actor=visit.actor, now=visit.now,
        )  # fmt: skip
        return _("The chain is written down.")

    return _act(request, visit, pk, "link", do)


@for_desk
@require_POST
def close(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    def do(found: Investigation) -> str:
        contact_tracing.close(
            investigation=found, text=text_of(request, "ending"), by=visit.person,
            actor=visit.actor, now=visit.now,
        )  # fmt: skip
        return _("Closed.")

    return _act(request, visit, pk, "close", do)


@for_desk
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """How the observation of one contact ended."""
    contact = (
        Contact.objects.filter(pk=pk, investigation__in=access.led_investigations(visit.sight))
        .select_related("investigation", "person", "outsider", "unit")
        .first()
    )
    if contact is None or contact.person_id == visit.person.pk:
        raise NotYours
    sight = access.sight_of_investigation(contact.investigation, sight=visit.sight)
    if not sight.names_contact(contact):
        raise Forbidden
    more: dict[str, Any] = {"problems": {}, "refused": ""}
    status = 200
    if request.method == "POST":
        try:
            contact_tracing.end_observation(
                contact=contact, outcome=text_of(request, "outcome", 8),
                release_paper=text_of(request, "release_paper", 80), text=text_of(request, "text"),
                by=visit.person, actor=visit.actor, now=visit.now,
            )  # fmt: skip
        except Invalid as refusal:
            more |= said(refusal)
            status = 422
        except Refused as refusal:
            say_refusal(request, refusal)
            return redirect("desk-contacts-case", contact.investigation_id)
        else:
            say(request, _("Written down."))
            return redirect("desk-contacts-case", contact.investigation_id)
    contact_tracing.contact_seen(contact=contact, actor=visit.actor, now=visit.now)
    return care_answer(
        request, visit, "desk/care/contacts/end.html", page=PAGE, status=status,
        row=row_of(contact, sight), case=contact.investigation, outcomes=Contact.Outcome.choices,
        facts=list(contact.facts.select_related("by").order_by("at", "id")),
        typed={name: request.POST.get(name, "") for name in ("outcome", "release_paper", "text")},
        **quarantine_of(contact, sight=visit.sight), **more,
    )  # fmt: skip
