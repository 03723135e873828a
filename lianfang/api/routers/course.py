"""The course of an incident: verified, classified, told outside against the clock, the way, the end."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.papers import name_of
from lianfang.api.routers.common import answers
from lianfang.api.routers.incidents import incident_to_handle
from lianfang.api.shapes.course import (
    ClassificationOut,
    ClassifyIn,
    ClockOut,
    CourseOut,
    NoticeOut,
    OutcomeSetIn,
    ReferIn,
    TellIn,
    VerificationOut,
    VerifyIn,
    WayOut,
    WayStepIn,
)
from lianfang.incidents.kinds import Organisation, Way
from lianfang.incidents.models import (
    Classification,
    Incident,
    LegalClock,
    OutsideNotice,
    Referral,
    Verification,
)
from lianfang.incidents.queries import standing_classifications, standing_notices
from lianfang.kernel.refusals import NotYours
from lianfang.usecases import handle_incident, looks, referrals

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
    return _course(incident_to_handle(incident_id, caller), caller)


@router.post(
    "/incidents/{incident_id}/verify", response=answers(200, CourseOut), url_name="verify_incident"
)
@once
def verify_incident(request: HttpRequest, incident_id: str, body: VerifyIn) -> CourseOut:
    """What asking found; a true one starts the clocks. `incidents:write` and `answers:read`, for a person."""
    caller, one = _to_handle(request, incident_id)
    handle_incident.verify(incident=one, **body.model_dump(), **_who(caller))
    return _course(one, caller)


@router.post(
    "/incidents/{incident_id}/classify", response=answers(200, CourseOut), url_name="classify"
)
@once
def classify_incident(request: HttpRequest, incident_id: str, body: ClassifyIn) -> CourseOut:
    """What a doctor, the hospital or the CDC said. `incidents:write` and `answers:read`, for a person.

    Nobody says what is not theirs to say: a case is confirmed by the hospital or the CDC.
    """
    caller, one = _to_handle(request, incident_id)
    given = body.model_dump() | {"replaces": _row(Classification, one, body.replaces)}
    handle_incident.classify(incident=one, **given, **_who(caller))
    return _course(one, caller)


@router.post(
    "/incidents/{incident_id}/told", response=answers(200, CourseOut), url_name="told_outside"
)
@once
def tell_outside(request: HttpRequest, incident_id: str, body: TellIn) -> CourseOut:
    """Who was told outside; the clocks that it meets stop. `incidents:write` and `answers:read`."""
    caller, one = _to_handle(request, incident_id)
    given = body.model_dump()
    replaces = _row(OutsideNotice, one, given.pop("replaces"))
    reason = given.pop("reason")
    given |= {"organisation": Organisation(body.organisation), "method": Way(body.method)}
    handle_incident.tell_outside(
        incident=one,
        telling=handle_incident.Telling(**given),
        replaces=replaces,
        reason=reason,
        **_who(caller),
    )
    return _course(one, caller)


@router.post(
    "/incidents/{incident_id}/outcome", response=answers(200, CourseOut), url_name="outcome"
)
@once
def set_outcome(request: HttpRequest, incident_id: str, body: OutcomeSetIn) -> CourseOut:
    """How it ended, in words. Token: `incidents:write` and `answers:read`, for a person."""
    caller, one = _to_handle(request, incident_id)
    handle_incident.set_outcome(incident=one, outcome=body.outcome, text=body.text, **_who(caller))
    return _course(one, caller)


@router.post(
    "/incidents/{incident_id}/referral", response=answers(200, CourseOut), url_name="refer"
)
@once
def refer(request: HttpRequest, incident_id: str, body: ReferIn) -> CourseOut:
    """Advised to go to a hospital. Token: `incidents:write` and `answers:read`, for a person."""
    caller, one = _to_handle(request, incident_id)
    referrals.advise(incident=one, **body.model_dump(), **_who(caller))
    return _course(one, caller)


@router.post("/referrals/{way_id}/step", response=answers(200, CourseOut), url_name="way_step")
@once
def take_step(request: HttpRequest, way_id: str, body: WayStepIn) -> CourseOut:
    """Gone, seen, result, back. Token: `incidents:write` and `answers:read`, for a person."""
    way = Referral.objects.filter(pk=number_in_address(way_id)).first()
    caller = _writer(request)
    if way is None:
        raise NotYours
    one = incident_to_handle(str(way.incident_id), caller)
    referrals.take_step(referral=way, step=body.step, result=body.result, **_who(caller))
    return _course(one, caller)


def _writer(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_WRITE)
    caller.needs(Scope.ANSWERS_READ)
    return caller


def _to_handle(request: HttpRequest, incident_id: str) -> tuple[Caller, Incident]:
    caller = _writer(request)
    return caller, incident_to_handle(incident_id, caller)


def _who(caller: Caller) -> dict[str, Any]:
    return {"by": caller.doer, "actor": caller.actor, "now": caller.now}


def _row(model: type[Row], one: Incident, pk: int | None) -> Row | None:
    """A row of this incident and of no other. Raises `NotYours`."""
    if pk is None:
        return None
    found: Row | None = model._default_manager.filter(pk=pk, incident=one).first()
    if found is None:
        raise NotYours
    return found


def _course(one: Incident, caller: Caller) -> CourseOut:
    looks.incident_seen(incident=one, named=True, actor=caller.actor, now=caller.now)
    one.refresh_from_db()
    verified = Verification.objects.filter(incident=one).select_related("by").order_by("at", "id")
    clocks = LegalClock.objects.filter(incident=one).order_by("due_at", "id")
    return CourseOut(
        incident=one.pk,
        state=one.state,
        verdict=one.verdict,
        illness=one.illness,
        outcome=one.outcome,
        verifications=[
            VerificationOut(verdict=v.verdict, method=v.method, at=v.at, by=name_of(v.by, caller))
            for v in verified
        ],
        classifications=[
            ClassificationOut(
                id=c.pk,
                kind=c.kind,
                source=c.source,
                definition=c.definition,
                at=c.at,
                by=name_of(c.by, caller),
            )
            for c in standing_classifications(one).select_related("by")
        ],
        clocks=[_clock(clock) for clock in clocks],
        told=[
            NoticeOut(
                id=n.pk,
                organisation=n.organisation,
                method=n.method,
                at=n.at,
                by=name_of(n.by, caller),
            )
            for n in standing_notices(one).select_related("by")
        ],
        ways=[_way(way) for way in one.referrals.order_by("advised_at", "id")],
    )


def _clock(one: LegalClock) -> ClockOut:
    return ClockOut(
        id=one.pk,
        rule=one.rule,
        tells=list(one.tells),
        name_zh=one.name_zh,
        name_en=one.name_en,
        started_at=one.started_at,
        due_at=one.due_at,
        met_at=one.met_at,
        missed_at=one.missed_at,
        ended_at=one.ended_at,
    )


def _way(one: Referral) -> WayOut:
    return WayOut(
        id=one.pk,
        hospital=one.hospital,
        transport=one.transport,
        advised_at=one.advised_at,
        went_at=one.went_at,
        seen_at=one.seen_at,
        result_at=one.result_at,
        back_at=one.back_at,
    )
