"""What people do with an investigation: open, name, window, chain, team, close."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import reader, writer
from lianfang.api.chains import chains_out, team_out
from lianfang.api.contacting import contact_out
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.routers.contacts import investigation_row, router, who
from lianfang.api.shapes.contacts import ContactOut, InvestigationRowOut
from lianfang.api.shapes.investigations import (
    ChainsOut,
    EndingIn,
    InvestigationIn,
    LinkIn,
    MemberIn,
    NameIn,
    ObservationEndIn,
    TeamOut,
    WindowIn,
)
from lianfang.contacts import access, queries
from lianfang.contacts.models import Contact, Investigation, TeamMember
from lianfang.escalation.access import sight_of_incident
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.usecases import contact_chains, contact_people, contact_tracing, contact_visits

_ONE = "/investigations/{investigation_id}"


@router.post(
    "/investigations", response=answers(200, InvestigationRowOut), url_name="investigations"
)
@once
def open_investigation(request: HttpRequest, body: InvestigationIn) -> InvestigationRowOut:
    """Look for the contacts of an incident, of somebody by number, or of a case outside.

    Candidates are proposed at once. Token: `care:write`, for a person who leads such cases.
    """
    caller = writer(request)
    if not access.leading_units(caller.sight):
        raise Forbidden
    incident = _incident(body.incident, caller) if body.incident is not None else None
    made = contact_tracing.open_for(
        person=incident.person if incident else _person_to_open(body.person, caller),
        incident=incident,
        anchor_on=body.anchor_on,
        is_asymptomatic=body.is_asymptomatic,
        isolated_on=body.isolated_on,
        outside_code=body.outside_code,
        **who(caller),
    )
    return _shown(made)


@router.post(f"{_ONE}/name", response=answers(200, ContactOut), url_name="contact_name")
@once
def name_contact(request: HttpRequest, investigation_id: str, body: NameIn) -> ContactOut:
    """Somebody whom the campus does not know to have met the case.

    Token: `care:write`, for a person who leads the investigation.
    """
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    person = Person.objects.filter(number=body.person).first() if body.person else None
    if body.person and person is None:
        raise Invalid({"person": _("Nobody on the roster has this number.")})
    with transaction.atomic():
        made = contact_people.name_somebody(
            investigation=found,
            person=person,
            typed=body.name,
            phone=body.phone,
            last_on=body.last_on,
            mode=body.mode,
            protection=body.protection,
            text=body.text,
            **who(caller),
        )
    made.refresh_from_db()
    return contact_out(made, access.sight_of_investigation(found, sight=caller.sight), caller)


@router.post(f"{_ONE}/window", response=answers(200, InvestigationRowOut), url_name="window")
@once
def change_window(
    request: HttpRequest, investigation_id: str, body: WindowIn
) -> InvestigationRowOut:
    """Another onset, or the day of isolation; candidates are proposed anew.

    Token: `care:write`, for a person who leads the investigation.
    """
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    changed = contact_tracing.change_window(
        investigation=found,
        anchor_on=body.anchor_on,
        isolated_on=body.isolated_on,
        **who(caller),
    )
    return _shown(changed)


@router.post(f"{_ONE}/link", response=answers(200, InvestigationRowOut), url_name="case_link")
@once
def link_case(request: HttpRequest, investigation_id: str, body: LinkIn) -> InvestigationRowOut:
    """Which case infected this one, as people believe. `care:write`, for a person who leads it."""
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    source = access.coded_investigations(caller.sight).filter(code=body.source).first()
    if body.source and source is None:
        raise Invalid({"source": _("No case that you may know has this code.")})
    return _shown(
        contact_tracing.link(investigation=found, source=source, text=body.text, **who(caller))
    )


@router.post(f"{_ONE}/close", response=answers(200, InvestigationRowOut), url_name="case_close")
@once
def close_investigation(
    request: HttpRequest, investigation_id: str, body: EndingIn
) -> InvestigationRowOut:
    """No contact is undecided or under observation. `care:write`, for a person who leads it."""
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    return _shown(contact_tracing.close(investigation=found, text=body.text, **who(caller)))


@router.post(
    "/contacts/{contact_id}/end", response=answers(200, ContactOut), url_name="contact_end"
)
@once
def end_observation(request: HttpRequest, contact_id: str, body: ObservationEndIn) -> ContactOut:
    """How the observation of one contact ended. `care:write`, for a person who leads the case."""
    caller = writer(request)
    led = access.led_investigations(caller.sight)
    contact = (
        Contact.objects.filter(pk=number_in_address(contact_id), investigation__in=led)
        .exclude(person=caller.doer)
        .select_related("investigation", "person", "outsider", "unit")
        .first()
    )
    if contact is None:
        raise NotYours
    sight = access.sight_of_investigation(contact.investigation, sight=caller.sight)
    if not sight.names_contact(contact):
        raise Forbidden
    contact_tracing.end_observation(contact=contact, **body.model_dump(), **who(caller))
    contact_tracing.contact_seen(contact=contact, actor=caller.actor, now=caller.now)
    contact.refresh_from_db()
    return contact_out(contact, sight, caller)


@router.get(f"{_ONE}/team", response=answers(200, TeamOut), url_name="team")
def team(request: HttpRequest, investigation_id: str) -> TeamOut:
    """Who calls, and how many each has today. `care:read`, for a person who leads the case."""
    caller = reader(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    return team_out(found, caller)


@router.post(f"{_ONE}/team", response=answers(200, TeamOut), url_name="team")
@once
def join_team(request: HttpRequest, investigation_id: str, body: MemberIn) -> TeamOut:
    """One more who calls; the open calls of today are shared out anew.

    Token: `care:write`, for a person who leads the investigation.
    """
    caller = writer(request)
    found = access.led(number_in_address(investigation_id), sight=caller.sight)
    person = Person.objects.filter(number=body.person).first()
    if person is None:
        raise Invalid({"person": _("Nobody on the roster has this number.")})
    contact_visits.join_team(investigation=found, person=person, actor=caller.actor, now=caller.now)
    return team_out(found, caller)


@router.post("/team/{member_id}/leave", response=answers(200, TeamOut), url_name="team_leave")
@once
def leave_team(request: HttpRequest, member_id: str) -> TeamOut:
    """Their open calls of today go to the others. `care:write`, for a person who leads the case."""
    caller = writer(request)
    led = access.led_investigations(caller.sight)
    member = (
        TeamMember.objects.filter(pk=number_in_address(member_id), investigation__in=led)
        .select_related("investigation")
        .first()
    )
    if member is None:
        raise NotYours
    contact_visits.leave_team(member=member, actor=caller.actor, now=caller.now)
    return team_out(member.investigation, caller)


@router.get("/chains", response=answers(200, ChainsOut), url_name="chains")
def chains(request: HttpRequest) -> ChainsOut:
    """Who infected whom, by code; serial intervals and attack rates. `care:read`, for a person."""
    caller = reader(request)
    if not access.may_open_page(caller.sight):
        raise Forbidden
    found = contact_chains.chains_of(access.coded_investigations(caller.sight), now=caller.now)
    return chains_out(found, with_rates=access.sees_all(caller.sight))


def _incident(key: int, caller: Caller) -> Incident:
    found = Incident.objects.filter(pk=key).select_related("person", "first_report").first()
    if found is None or not sight_of_incident(found, sight=caller.sight).named:
        raise NotYours
    if found.unit_id not in access.leading_units(caller.sight):
        raise Forbidden
    return found


def _person_to_open(number: str, caller: Caller) -> Person | None:
    """Somebody of the units that one leads; None is a case that is not of the college."""
    if not number:
        if not access.sees_all(caller.sight):
            raise Invalid({"person": _("Please write the number of somebody of your unit.")})
        return None
    people = caller.sight.people(access.leading_units(caller.sight)).filter(number=number)
    person = people.first()
    if person is None:
        raise Invalid({"person": _("Nobody of your units is found by this number.")})
    if person.pk == caller.doer.pk:
        raise Invalid({"person": _("Your own contacts are looked for by somebody else.")})
    return person


def _shown(one: Investigation) -> InvestigationRowOut:
    counted = queries.with_counts(Investigation.objects.filter(pk=one.pk).select_related("unit"))
    return InvestigationRowOut(**investigation_row(counted.get(), leads=True))
