"""The outbox in the open: what goes out, what waits, what failed, and whether anything can."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from lianfang.desk.frame import answer, page_number
from lianfang.installation.heartbeat import workers_are_silent
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.notifications.models import ParkedAnswer
from lianfang.notifications.outlets import SMS_PROVIDERS, configured_groups, usable
from lianfang.notifications.queries import (
    gateway_states,
    parked_answers,
    provider_health,
    troubled,
)
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import gateway_callbacks

LOOKED_BACK = timedelta(days=3)
PER_PAGE = 40


@for_desk
@require_GET
def gateways(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Letters by channel since three days; those in trouble with their last code, no text."""
    if not (visit.sight.sees_college or visit.sight.is_operator):
        raise Forbidden
    since = visit.now - LOOKED_BACK
    outlets = usable()
    channels = sorted(outlets.channels)
    faults = [problem.in_words(gettext) for problem in outlets.problems]
    found = troubled(since=since).prefetch_related("tries")
    providers = provider_health()
    page = Paginator(found, PER_PAGE).get_page(page_number(request))
    return answer(
        request,
        visit,
        "desk/gateways.html",
        here="desk-gateways",
        states=gateway_states(since=since),
        channels=channels,
        groups=configured_groups(),
        fault="\n".join(faults),
        providers=[one for one in providers if one.kind == "sms"],
        callers=[one for one in providers if one.kind == "voice"],
        is_degraded=any(one.is_degraded for one in providers if one.kind == "sms"),
        cannot_ring=any(one.is_degraded for one in providers if one.kind == "voice"),
        parked=parked_answers()[:PER_PAGE],
        can_text=any(code in channels for code in SMS_PROVIDERS),
        can_mail="email" in channels,
        can_ring=outlets.can_ring,
        silent_workers=workers_are_silent(now=visit.now),
        page=page,
        since=since,
    )


@for_desk
@require_POST
def settle_parked(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Somebody has read an SMS answer that no rule could place."""
    if not (visit.sight.sees_college or visit.sight.is_operator):
        raise Forbidden
    parked = ParkedAnswer.objects.filter(pk=pk).first()
    if parked is None:
        raise NotYours
    gateway_callbacks.settle_parked_answer(parked=parked, by=visit.account.person, now=visit.now)
    return redirect("desk-gateways")
