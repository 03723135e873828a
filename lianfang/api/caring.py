"""The doors to the rooms of care: always for a person, whose posts decide."""

from __future__ import annotations

from django.http import HttpRequest

from lianfang.api.access import Caller, caller_of
from lianfang.api.models import Scope
from lianfang.kernel.refusals import NotYours


def reader(request: HttpRequest) -> Caller:
    return _caller(request, Scope.CARE_READ)


def writer(request: HttpRequest) -> Caller:
    return _caller(request, Scope.CARE_WRITE)


def _caller(request: HttpRequest, scope: Scope) -> Caller:
    caller = caller_of(request)
    caller.needs(scope)
    caller.needs_somebody()
    return caller


def check_reach(unit_id: int | None, caller: Caller) -> None:
    """Whoever cares for somebody elsewhere does so there, not through a bound token."""
    if caller.integration is not None and unit_id not in caller.reach:
        raise NotYours


def reads_health(caller: Caller) -> bool:
    """Reasons, findings and notes: a token reads them with `answers:read` only."""
    return caller.integration is None or caller.has(Scope.ANSWERS_READ)
