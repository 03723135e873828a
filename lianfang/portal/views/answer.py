"""The answer to a summons: one tap on a signed link, without logging in. Looking changes nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lianfang.escalation.models import Summons
from lianfang.kernel.clock import now as the_time
from lianfang.kernel.refusals import Refused
from lianfang.portal.edge import for_everybody
from lianfang.portal.middleware import in_words
from lianfang.usecases.acknowledge_incident import answer_summons
from lianfang.usecases.summons_link import Call, LinkNotValid, Standing, call_of_link


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    now = the_time()
    try:
        call = call_of_link(token, now=now)
    except LinkNotValid as refusal:
        context = {"words": in_words(refusal)}
        return render(request, "portal/answer_gone.html", context, status=refusal.status)
    if request.method != "POST":
        return _page(request, call)
    what = request.POST.get("what", "")
    if what not in Summons.Answer.values or call.standing is not Standing.WAITS:
        return _page(request, call, status=409)
    try:
        answer_summons(summons=call.summons, what=Summons.Answer(what), now=now)
    except Refused as refusal:
        # Somebody was first in the same moment; the page then says who.
        call = call_of_link(token, now=now)
        return _page(request, call, problem=in_words(refusal), status=refusal.status)
    return redirect("portal-answer", token)


def _page(
    request: HttpRequest, call: Call, *, problem: str = "", status: int = 200
) -> HttpResponse:
    climb = call.summons.escalation
    context = {
        "call": call,
        "standing": call.standing.value,
        "problem": problem,
        "is_incident": climb.incident_id is not None or climb.alert_id is not None,
    }
    return render(request, "portal/answer.html", context, status=status)
