"""The QQ groups of units: where a robot posts, and where somebody copies the text."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.desk.frame import page_number, say
from lianfang.desk.outreach_forms import number_of
from lianfang.desk.outreach_pages import for_outreach, outreach_answer, tried
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.notifications.outlets import usable
from lianfang.outreach import access, queries
from lianfang.portal.edge import Visit
from lianfang.roster.models import Unit
from lianfang.usecases import campaigns

PER_PAGE = 50
_KINDS = (Unit.Kind.COLLEGE, Unit.Kind.DEPARTMENT, Unit.Kind.OFFICE, Unit.Kind.CLASS)


@for_outreach
@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One number for each unit that the visitor may write to; empty ends it."""
    told = access.told_units(visit.sight)
    if not told:
        raise Forbidden
    units = Unit.objects.filter(pk__in=told, kind__in=_KINDS, closed_on__isnull=True)
    problems: dict[str, str] = {}
    wrong = None
    if request.method == "POST":
        unit = units.filter(pk=number_of(request.POST.get("unit", "")) or 0).first()
        if unit is None:
            raise NotYours
        refused = tried(
            request,
            lambda: campaigns.set_group(
                unit=unit,
                number=request.POST.get("number", "")[:40],
                by=visit.person,
                actor=visit.actor,
                now=visit.now,
            ),
        )
        if refused is None:
            say(request, _("Noted: the QQ group of %(unit)s.") % {"unit": unit.name})
            return redirect("desk-outreach-groups")
        problems, wrong = refused, unit.pk
    page = Paginator(units.order_by("position", "code"), PER_PAGE).get_page(page_number(request))
    numbers = queries.groups_of(unit.pk for unit in page)
    return outreach_answer(
        request,
        visit,
        "groups.html",
        part="desk-outreach-groups",
        status=422 if problems else 200,
        page=page,
        numbers=numbers,
        stands_in=_stands_in([unit.pk for unit in page if unit.pk not in numbers], visit.today),
        problems=problems,
        wrong=wrong,
        typed=request.POST.get("number", ""),
        has_robot="onebot" in usable().channels,
    )


def _stands_in(units: list[int], day: date) -> dict[int, str]:
    """Unit without a group to the name of the unit above whose group stands in for it."""
    carriers = queries.carriers_of(units, day=day)
    above = Unit.objects.in_bulk({one.unit_id for one in carriers.values()})
    return {unit: above[one.unit_id].name for unit, one in carriers.items()}
