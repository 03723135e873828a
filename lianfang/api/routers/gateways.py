"""The post office in the open: what goes out, what is in trouble, what waits for a reader."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router

from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.messages import (
    ChannelOut,
    GatewaysOut,
    ParkedListOut,
    ParkedOut,
    ProviderOut,
    SettledOut,
    TroubledOut,
    TroublesOut,
)
from lianfang.installation.heartbeat import workers_are_silent
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.notifications.models import Delivery, ParkedAnswer
from lianfang.notifications.outlets import configured_groups, usable
from lianfang.notifications.queries import (
    ProviderHealth,
    gateway_states,
    parked_answers,
    provider_health,
    troubled,
)
from lianfang.usecases import gateway_callbacks

router = Router(tags=["messages"])
LOOKED_BACK = timedelta(days=3)


@router.get("/gateways", response=answers(200, GatewaysOut), url_name="gateways")
def gateways(request: HttpRequest) -> GatewaysOut:
    """Letters by channel since three days, providers, faults. Token: `messages:read`."""
    caller = _caller(request)
    since = caller.now - LOOKED_BACK
    outlets = usable()
    return GatewaysOut(
        since=since,
        workers_silent=workers_are_silent(now=caller.now),
        channels=sorted(outlets.channels),
        groups=list(configured_groups()),
        faults=[problem.in_words(gettext) for problem in outlets.problems],
        states=[ChannelOut.model_validate(row) for row in gateway_states(since=since)],
        providers=[_provider(one) for one in provider_health()],
        parked=parked_answers().count(),
    )


@router.get("/gateways/letters", response=answers(200, TroublesOut), url_name="troubled_letters")
def letters_in_trouble(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> TroublesOut:
    """Letters that failed or are tried again, newest first, without their text. `messages:read`.

    The name of the receiver needs `people:read`.
    """
    caller = _caller(request)
    found = troubled(since=caller.now - LOOKED_BACK)
    named = caller.integration is None or caller.has(Scope.PEOPLE_READ)
    return TroublesOut(
        total=found.count(),
        letters=[_letter(one, named=named) for one in found[offset : offset + limit]],
    )


@router.get("/gateways/parked", response=answers(200, ParkedListOut), url_name="parked")
def parked(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> ParkedListOut:
    """Text answers that wait for a human, oldest first. Token: `messages:read`."""
    _caller(request)
    found = parked_answers()
    return ParkedListOut(
        total=found.count(),
        answers=[
            ParkedOut(
                id=one.pk,
                channel=one.channel,
                text=one.text,
                reason=one.reason,
                received_at=one.received_at,
            )
            for one in found[offset : offset + limit]
        ],
    )


@router.post(
    "/gateways/parked/{answer_id}/settle",
    response=answers(200, SettledOut),
    url_name="settle_parked",
)
@once
def settle_parked(request: HttpRequest, answer_id: str) -> SettledOut:
    """Somebody has read it. Token: `messages:write`."""
    caller = _caller(request, Scope.MESSAGES_WRITE)
    one = ParkedAnswer.objects.filter(pk=number_in_address(answer_id)).first()
    if one is None:
        raise NotYours
    done = gateway_callbacks.settle_parked_answer(parked=one, by=caller.person, now=caller.now)
    return SettledOut(id=one.pk, settled=done)


def _caller(request: HttpRequest, scope: Scope = Scope.MESSAGES_READ) -> Caller:
    """Who sees the college, or runs the machine."""
    caller = caller_of(request)
    caller.needs(scope)
    if not (caller.sight.sees_college or caller.sight.is_operator):
        raise Forbidden
    return caller


def _provider(one: ProviderHealth) -> ProviderOut:
    state: Any = one.state
    return ProviderOut(
        code=one.code,
        kind="voice" if one.kind == "voice" else "sms",
        probed=one.is_probed,
        reports_back=one.reports_back,
        degraded=one.is_degraded,
        degraded_at=state.degraded_at if state else None,
        probed_at=state.probed_at if state else None,
        arrived_at=state.arrived_at if state else None,
        misses=state.misses if state else 0,
    )


def _letter(one: Delivery, *, named: bool) -> TroubledOut:
    receiver = one.message.recipient
    return TroubledOut(
        id=one.pk,
        channel=one.channel,
        provider=one.provider,
        state=one.state,
        code=one.code,
        attempts=one.attempts,
        to=receiver.name if receiver and named else one.message.group or None,
        urgent=one.is_urgent,
        created_at=one.message.created_at,
        next_try_at=one.next_due_at,
    )
