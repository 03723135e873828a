"""Where gateways push receipts and answers. For machines: no session, no form, JSON back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lianfang.kernel.clock import now as the_time
from lianfang.kernel.refusals import Refused
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.channels.reports import MAX_BYTES
from lianfang.portal.edge import for_everybody
from lianfang.usecases.gateway_callbacks import Callback, take_answers, take_receipts

Take = Callable[..., int]


@for_everybody
@csrf_exempt
@require_POST
def receipt(request: HttpRequest, channel: str, secret: str = "") -> JsonResponse:
    return _take(request, channel, secret, take_receipts, now=the_time())


@for_everybody
@csrf_exempt
@require_POST
def answer(request: HttpRequest, channel: str, secret: str = "") -> JsonResponse:
    return _take(request, channel, secret, take_answers, now=the_time())


def _take(
    request: HttpRequest, channel: str, secret: str, take: Take, *, now: datetime
) -> JsonResponse:
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return JsonResponse({"code": "callback.too-large"}, status=413)
    callback = Callback(channel, secret, request.headers, body)
    try:
        take(callback, now=now, real_now=wall_clock())
    except Refused as refusal:
        # The code is for whoever sets the gateway up; a wrong secret and no such thing are one.
        return JsonResponse({"code": refusal.code}, status=refusal.status)
    return JsonResponse(dict(callback.thanks))
