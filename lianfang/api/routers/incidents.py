"""Incidents. Never a health answer; a name only where it is the caller's to see."""

from __future__ import annotations

from typing import Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import Caller, caller_of, number_in_address, person_of_number
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.schemas import PersonOut
from lianfang.api.shapes.incidents import AcknowledgeIn, CloseIn, FactIn, IncidentOut, IncidentsOut
from lianfang.duty.queries import posts_on_shift
from lianfang.escalation.access import IncidentSight, sight_of_incident
from lianfang.incidents.models import Incident
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.access import view_of
from lianfang.roster.models import Person
from lianfang.usecases import acknowledge_incident, handle_incident, looks

router = Router(tags=["incidents"])


@router.get("/incidents", response=answers(200, IncidentsOut), url_name="incidents")
def list_incidents(
    request: HttpRequest,
    state: Literal["open", "closed", "all"] = "open",
    limit: Limit = 50,
    offset: Offset = 0,
) -> IncidentsOut:
    """Unanswered ones first. Token: `incidents:read`; names need `people:read` as well."""
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_READ)
    found = _visible_to(caller)
    if state != "all":
        closed = Q(state=Incident.State.CLOSED)
        found = found.filter(closed if state == "closed" else ~closed)
    page = found.order_by("-state", "opened_at", "id")[offset : offset + limit]
    return IncidentsOut(total=found.count(), incidents=[_shown(one, caller) for one in page])


@router.get("/incidents/{incident_id}", response=answers(200, IncidentOut), url_name="incident")
def one_incident(request: HttpRequest, incident_id: str) -> IncidentOut:
    """One incident. That it was looked at is written down. Token: `incidents:read`."""
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_READ)
    return _shown(incident_seen(incident_id, caller), caller)


@router.post(
    "/incidents/{incident_id}/acknowledge",
    response=answers(200, IncidentOut),
    url_name="acknowledge",
)
@once
def acknowledge(
    request: HttpRequest, incident_id: str, body: AcknowledgeIn | None = None
) -> IncidentOut:
    """Somebody takes it over; the climb and its letters end. Exactly one person can.

    A session answers for itself. A token (`incidents:write`) names who answers, in `by` or in
    `Acting-For`: a person to whom the incident is open.
    """
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_WRITE)
    incident = incident_seen(incident_id, caller)
    by = _who_answers(incident, body.by if body else None, caller)
    taken = acknowledge_incident.acknowledge(
        incident=incident, by=by, actor=caller.actor, now=caller.now
    )
    return _shown(taken, caller)


def _who_answers(incident: Incident, by: str | None, caller: Caller) -> Person:
    if caller.visit is not None or caller.acting is not None:
        person = caller.doer
        if by not in (None, person.number):
            raise Forbidden
        if not sight_of_incident(incident, sight=caller.sight).may_act:
            raise Forbidden
        return person
    if by is None:
        raise Invalid({"by": _("Give the number of the person who takes it over.")})
    person = person_of_number(by)
    sight = view_of(
        person, day=caller.today, on_shift=lambda: posts_on_shift(person, at=caller.now)
    )
    if not sight_of_incident(incident, sight=sight).may_act:
        raise Forbidden
    return person


@router.post(
    "/incidents/{incident_id}/facts", response=answers(201, IncidentOut), url_name="incident_fact"
)
@once
def write_down(request: HttpRequest, incident_id: str, body: FactIn) -> Status[IncidentOut]:
    """A call, the hospital, who was told outside, a note. Token: `incidents:write`, for a person."""
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_WRITE)
    incident = incident_to_handle(incident_id, caller)
    handle_incident.write_down(
        incident=incident,
        kind=body.kind,
        text=body.text,
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _shown(incident, caller))


@router.post(
    "/incidents/{incident_id}/close", response=answers(200, IncidentOut), url_name="incident_close"
)
@once
def close(request: HttpRequest, incident_id: str, body: CloseIn) -> IncidentOut:
    """End an incident that somebody took over, with a reason and a few words.

    Token: `incidents:write`, for a person.
    """
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_WRITE)
    closed = handle_incident.close(
        incident=incident_to_handle(incident_id, caller),
        closing=body.closing,
        text=body.text,
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return _shown(closed, caller)


# ---------------------------------------------------------------- what is whose to see


def _visible_to(caller: Caller) -> QuerySet[Incident]:
    """Those of units whose events may be known, and those that one was summoned to."""
    found = Incident.objects.select_related("person", "unit", "acknowledged_by")
    here = Q(unit_id__in=caller.event_figure_units)
    if caller.visit is None and caller.acting is None:
        return found.filter(here)
    person = caller.doer
    mine = Q(acknowledged_by=person) | Q(
        ~Q(state=Incident.State.CLOSED), escalations__summonses__person=person
    )
    keys = Incident.objects.filter(here | mine).exclude(person=person).values("pk")
    return found.filter(pk__in=keys)


def incident_seen(incident_id: str, caller: Caller) -> Incident:
    incident = _visible_to(caller).filter(pk=number_in_address(incident_id)).first()
    if incident is None:
        raise NotYours
    return incident


def incident_to_handle(incident_id: str, caller: Caller) -> Incident:
    caller.needs_somebody()
    incident = incident_seen(incident_id, caller)
    seen = sight_of_incident(incident, sight=caller.sight)
    if not (seen.named and seen.may_act):
        raise Forbidden
    return incident


def _shown(incident: Incident, caller: Caller) -> IncidentOut:
    named = _sight(incident, caller).named
    looks.incident_seen(incident=incident, named=named, actor=caller.actor, now=caller.now)
    first = incident.acknowledged_by
    return IncidentOut(
        id=incident.pk,
        code=incident.code,
        state=incident.state,
        unit=incident.unit.code,
        person=PersonOut(number=incident.person.number, name=incident.person.name)
        if named
        else None,
        opened_at=incident.opened_at,
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=first.name if first else None,
        unanswered_at=incident.unanswered_at,
        closed_at=incident.closed_at,
        closing=incident.closing,
    )


def _sight(incident: Incident, caller: Caller) -> IncidentSight:
    if caller.visit is not None:
        return sight_of_incident(incident, sight=caller.sight)
    if caller.acting is not None:
        seen = sight_of_incident(incident, sight=caller.sight)
        return IncidentSight(seen.named and caller.has(Scope.PEOPLE_READ), seen.may_act)
    return IncidentSight(named=caller.has(Scope.PEOPLE_READ), may_act=False)
