"""The way to a hospital and back, on the page of its incident."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianfang.desk.frame import say
from lianfang.desk.outreach_pages import tried
from lianfang.escalation.access import sight_of_incident
from lianfang.incidents.models import Incident, Referral
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.kernel.texts import tidy
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import referrals


@for_desk
@require_POST
def step(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    referral = Referral.objects.filter(pk=pk).select_related("incident").first()
    if referral is None:
        raise NotYours
    one = _incident(referral.incident_id, visit)
    done = tried(
        request,
        lambda: referrals.take_step(
            referral=referral,
            step=request.POST.get("step", ""),
            result=tidy(request.POST.get("result", "")),
            by=visit.person,
            actor=visit.actor,
            now=visit.now,
        ),
    )
    if done is None:
        say(request, _("Written down."))
    return redirect("desk-incident", one.pk)


def _incident(pk: int, visit: Visit) -> Incident:
    found = Incident.objects.filter(pk=pk).select_related("person", "unit").first()
    if found is None:
        raise NotYours
    seen = sight_of_incident(found, sight=visit.sight)
    if not (seen.may_act and seen.named):
        raise Forbidden
    return found
