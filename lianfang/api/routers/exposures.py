"""Exposures: whom a list of areas brought up, and what the person said."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import check_reach, reader, writer
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.exposures import (
    ExposureDoneOut,
    ExposureOut,
    ExposureSeenOut,
    ExposuresOut,
    ExposureVerdictIn,
)
from lianfang.api.shifts import named
from lianfang.kernel.refusals import Forbidden
from lianfang.screening import access, queries
from lianfang.screening.models import ExposureHit
from lianfang.screening.words import evidence_in_words, listing_in_words, reason_in_words
from lianfang.usecases import exposures as usecase

router = Router(tags=["care"])


@router.get("/exposures", response=answers(200, ExposuresOut), url_name="exposures")
def list_exposures(
    request: HttpRequest, settled: bool = False, limit: Limit = 50, offset: Offset = 0
) -> ExposuresOut:
    """Who has to be rung, the longest waiting first. Token: `care:read` and `answers:read`, for a person."""
    caller = reader(request)
    caller.needs(Scope.ANSWERS_READ)
    if not access.may_open(caller.sight):
        raise Forbidden
    ask = queries.settled_hits if settled else queries.hits_to_verify
    found = ask(caller.sight.event_units).exclude(person=caller.doer)
    page = found.defer("verdict_reason", "person__phone", "person__email", "person__address")
    return ExposuresOut(
        total=found.count(),
        exposures=[_shown(one, caller) for one in page[offset : offset + limit]],
    )


@router.get("/exposures/{exposure_id}", response=answers(200, ExposureSeenOut), url_name="exposure")
def one_exposure(request: HttpRequest, exposure_id: str) -> ExposureSeenOut:
    """Why one person was found; the look is written down. `care:read` and `answers:read`, for a person."""
    caller = reader(request)
    caller.needs(Scope.ANSWERS_READ)
    hit = access.hit_to_ring(number_in_address(exposure_id), sight=caller.sight)
    check_reach(hit.unit_id, caller)
    usecase.look(hit=hit, actor=caller.actor, now=caller.now)
    file = usecase.file_of(hit)
    return ExposureSeenOut(
        **_shown(hit, caller).model_dump(),
        why=reason_in_words(hit),
        listing=listing_in_words(hit),
        evidence=evidence_in_words(hit),
        listed=not queries.no_longer_listed([hit], day=caller.today),
        reason=hit.verdict_reason,
        file=file.pk if file else None,
    )


@router.post(
    "/exposures/{exposure_id}/verdict",
    response=answers(200, ExposureDoneOut),
    url_name="exposure_verdict",
)
@once
def settle_exposure(
    request: HttpRequest, exposure_id: str, body: ExposureVerdictIn
) -> ExposureDoneOut:
    """What came of the call; TRUE opens the file of key monitoring at once.

    Token: `care:write` and `answers:read`, for a person.
    """
    caller = writer(request)
    caller.needs(Scope.ANSWERS_READ)
    hit = access.hit_to_ring(number_in_address(exposure_id), sight=caller.sight)
    check_reach(hit.unit_id, caller)
    usecase.look(hit=hit, actor=caller.actor, now=caller.now)
    file = usecase.verify(
        hit=hit,
        verdict=body.verdict,
        reason=body.reason,
        last_exposed_on=body.last_exposed_on,
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    hit.refresh_from_db()
    return ExposureDoneOut(exposure=_shown(hit, caller), file=file.pk if file else None)


def _shown(one: ExposureHit, caller: Caller) -> ExposureOut:
    return ExposureOut(
        id=one.pk,
        person=named(one.person, caller),
        unit=one.unit.code,
        kind=one.kind,
        area=one.area_code,
        last_exposed_on=one.last_exposed_on,
        found_at=one.found_at,
        list_number=one.list_number,
        verdict=one.verdict,
        verified_at=one.verified_at,
    )
