"""The way to a hospital and back, on the page of its incident."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianfang.desk.frame import say
from lianfang.desk.incident_steps import Box
from lianfang.desk.outreach_pages import tried
from lianfang.desk.views.incident_page import find, page_of
from lianfang.escalation.access import IncidentSight
from lianfang.incidents.models import Incident, Referral
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.kernel.texts import prose
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import referrals


@for_desk
@require_POST
def step(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    referral = Referral.objects.filter(pk=pk).select_related("incident").first()
    if referral is None:
        raise NotYours
    one, seen = _incident(referral.incident_id, visit)
    problems = tried(
        request,
        lambda: referrals.take_step(
            referral=referral,
            step=request.POST.get("step", ""),
            result=prose(request.POST.get("result", "")),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if problems is None:
        say(request, _("Written down."))
    elif "result" in problems:
        box = Box("way", "", typed=request.POST, problems=problems)
        return page_of(request, visit, one, seen, tried=box, status=422)
    return redirect("desk-incident", one.pk)


def _incident(pk: int, visit: Visit) -> tuple[Incident, IncidentSight]:
    found, seen = find(visit, pk)
    if not (seen.may_act and seen.named):
        raise Forbidden
    return found, seen
