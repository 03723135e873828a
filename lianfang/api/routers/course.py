"""The course of an incident: verified, classified, told outside against the clock, the way, the end."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.coursing import course_out
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.routers.incidents import incident_to_handle
from lianfang.api.shapes.course import (
    ClassifyIn,
    CourseOut,
    OutcomeSetIn,
    ReferIn,
    TellIn,
    VerifyIn,
    WayStepIn,
)
from lianfang.incidents.kinds import Organisation, Way
from lianfang.incidents.models import (
    Classification,
    Incident,
    OutsideNotice,
    Referral,
)
from lianfang.kernel.refusals import NotYours
from lianfang.usecases import handle_incident, referrals

router = Router(tags=["incidents"])
Row = TypeVar("Row", bound=Model)


@router.get("/incidents/{incident_id}/course", response=answers(200, CourseOut), url_name="course")
def course(request: HttpRequest, incident_id: str) -> CourseOut:
    """What was found, who was told outside and who still has to be; the look is written down.

    Token: `incidents:read` and `answers:read`, for a person who may act on it.
    """
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_READ)
    caller.needs(Scope.ANSWERS_READ)
    return course_out(incident_to_handle(incident_id, caller), caller)


@router.post(
    "/incidents/{incident_id}/verify", response=answers(200, CourseOut), url_name="verify_incident"
)
@once
def verify_incident(request: HttpRequest, incident_id: str, body: VerifyIn) -> CourseOut:
    """What asking found; a true one starts the clocks. `incidents:write` and `answers:read`, for a person."""
    caller, one = to_handle(request, incident_id)
    handle_incident.verify(incident=one, **body.model_dump(), **who(caller))
    return course_out(one, caller)


@router.post(
    "/incidents/{incident_id}/classify", response=answers(200, CourseOut), url_name="classify"
)
@once
def classify_incident(request: HttpRequest, incident_id: str, body: ClassifyIn) -> CourseOut:
    """What a doctor, the hospital or the CDC said. `incidents:write` and `answers:read`, for a person.

    Nobody says what is not theirs to say: a case is confirmed by the hospital or the CDC.
    """
    caller, one = to_handle(request, incident_id)
    given = body.model_dump() | {"replaces": row_of(Classification, one, body.replaces)}
    handle_incident.classify(incident=one, **given, **who(caller))
    return course_out(one, caller)


@router.post(
    "/incidents/{incident_id}/told", response=answers(200, CourseOut), url_name="told_outside"
)
@once
def tell_outside(request: HttpRequest, incident_id: str, body: TellIn) -> CourseOut:
    """Who was told outside; the clocks that it meets stop. `incidents:write` and `answers:read`."""
    caller, one = to_handle(request, incident_id)
    given = body.model_dump()
    replaces = row_of(OutsideNotice, one, given.pop("replaces"))
    reason = given.pop("reason")
    given |= {"organisation": Organisation(body.organisation), "method": Way(body.method)}
    handle_incident.tell_outside(
        incident=one,
        telling=handle_incident.Telling(**given),
        replaces=replaces,
        reason=reason,
        **who(caller),
    )
    return course_out(one, caller)


@router.post(
    "/incidents/{incident_id}/outcome", response=answers(200, CourseOut), url_name="outcome"
)
@once
def set_outcome(request: HttpRequest, incident_id: str, body: OutcomeSetIn) -> CourseOut:
    """How it ended, in words. Token: `incidents:write` and `answers:read`, for a person."""
    caller, one = to_handle(request, incident_id)
    handle_incident.set_outcome(incident=one, outcome=body.outcome, text=body.text, **who(caller))
    return course_out(one, caller)


@router.post(
    "/incidents/{incident_id}/referral", response=answers(200, CourseOut), url_name="refer"
)
@once
def refer(request: HttpRequest, incident_id: str, body: ReferIn) -> CourseOut:
    """Advised to go to a hospital. Token: `incidents:write` and `answers:read`, for a person."""
    caller, one = to_handle(request, incident_id)
    referrals.advise(incident=one, **body.model_dump(), **who(caller))
    return course_out(one, caller)


@router.post("/referrals/{way_id}/step", response=answers(200, CourseOut), url_name="way_step")
@once
def take_step(request: HttpRequest, way_id: str, body: WayStepIn) -> CourseOut:
    """Gone, seen, result, back. Token: `incidents:write` and `answers:read`, for a person."""
    way = Referral.objects.filter(pk=number_in_address(way_id)).first()
    caller = writer(request)
    if way is None:
        raise NotYours
    one = incident_to_handle(str(way.incident_id), caller)
    referrals.take_step(referral=way, step=body.step, result=body.result, **who(caller))
    return course_out(one, caller)


def writer(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_WRITE)
    caller.needs(Scope.ANSWERS_READ)
    return caller


def to_handle(request: HttpRequest, incident_id: str) -> tuple[Caller, Incident]:
    caller = writer(request)
    return caller, incident_to_handle(incident_id, caller)


def who(caller: Caller) -> dict[str, Any]:
    return {"by": caller.doer, "actor": caller.actor, "now": caller.now}


def row_of(model: type[Row], one: Incident, pk: int | None) -> Row | None:
    """A row of this incident and of no other. Raises `NotYours`."""
    if pk is None:
        return None
    found: Row | None = model._default_manager.filter(pk=pk, incident=one).first()
    if found is None:
        raise NotYours
    return found
