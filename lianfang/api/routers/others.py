"""Who am I, and which areas are listed."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router

from lianfang.api.access import caller_of
from lianfang.api.routers.common import answers
from lianfang.api.shapes.people import MeOut

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
