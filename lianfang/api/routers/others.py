"""Who am I, and which areas are listed."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router

from lianfang.api.access import caller_of
from lianfang.api.routers.common import DayAsked, answers, day_asked
from lianfang.api.schemas import AreaOut, AreasOut, MeOut
from lianfang.places import divisions
from lianfang.places import queries as places

router = Router(tags=["others"])


@router.get("/me", response=answers(200, MeOut), url_name="me")
def me(request: HttpRequest) -> MeOut:
    """Who calls, with what scopes; for a session the CSRF token of its changes."""
    caller = caller_of(request)
    integration = caller.integration
    return MeOut(
        kind="integration" if integration else "person",
        name=caller.actor.label,
        scopes=list(integration.scopes) if integration else [],
        unit=integration.unit.code if integration and integration.unit else None,
        now=caller.now,
        today=caller.today,
        csrf_token=None if integration else get_token(request),
    )


@router.get("/areas", response=answers(200, AreasOut), url_name="areas")
def areas(request: HttpRequest, day: DayAsked = None) -> AreasOut:
    """The areas of high incidence that were listed on a day; a city stands for its counties."""
    asked = day_asked(day, today=caller_of(request).today)
    until = places.latest_list_day()
    known = until is not None and asked <= until
    listed = sorted(places.risk_areas_on(asked)) if known else []
    return AreasOut(
        day=asked,
        known=known,
        listed_until=until,
        areas=[AreaOut(code=code, name=divisions.full_name(code)) for code in listed]
        if known
        else None,
    )
