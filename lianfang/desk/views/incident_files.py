"""The reports of an incident as they were frozen, and the daily list of cases (format D)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianfang.desk.frame import answer, day_asked
from lianfang.desk.views.incident_page import find
from lianfang.desk.views.units import days
from lianfang.escalation.access import IncidentSight
from lianfang.incidents.models import CaseReport, Incident
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.portal.edge import Visit, for_desk
from lianfang.usecases import daily_cases, incident_reports, looks
from lianfang.usecases.summaries import Export


def _find(visit: Visit, pk: int, number: int) -> tuple[Incident, IncidentSight, CaseReport]:
    one, seen = find(visit, pk)
    report = CaseReport.objects.filter(pk=number, incident=one).select_related("made_by").first()
    if report is None:
        raise NotYours
    return one, seen, report


def _named(request: HttpRequest, seen: IncidentSight) -> bool:
    """The text with the name, unless the copy was asked for or is all that may be seen."""
    return seen.named and seen.may_act and request.GET.get("copy") != "1"


@for_desk
@require_GET
def report(request: HttpRequest, visit: Visit, pk: int, number: int) -> HttpResponse:
    """To be read, to be read out on the phone, to be printed."""
    one, seen, found = _find(visit, pk, number)
    named = _named(request, seen)
    looks.incident_seen(incident=one, named=named, actor=visit.actor, now=visit.now)
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    return answer(
        request,
        visit,
        "desk/incident/report.html",
        here="desk-incidents",
        incident=one,
        report=found,
        title=incident_reports.title_of(found),
        rows=found.rows(named=named, language=language),
        named=named,
        may_see_name=seen.named and seen.may_act,
        formats=["txt", "docx"],
    )


@for_desk
@require_GET
def report_file(request: HttpRequest, visit: Visit, pk: int, number: int, fmt: str) -> HttpResponse:
    """`?copy=1` for the leading group, `?language=en` for a reader without Chinese."""
    _one, seen, found = _find(visit, pk, number)
    if fmt not in incident_reports.FORMATS:
        raise NotYours
    made = incident_reports.export(
        report=found,
        named=_named(request, seen),
        language="en" if request.GET.get("language") == "en" else "zh-hans",
        fmt=fmt,
        actor=visit.actor,
        now=visit.now,
    )
    return _file(made)


def _file(made: Export) -> HttpResponse:
    response = HttpResponse(made.content, content_type=made.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, made.name) or ""
    return response


@for_desk
@require_GET
def cases(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Format D on paper: names masked, or the code alone; `?format=xlsx` for the sheet."""
    units, named = _units(visit)
    day = day_asked(request, visit)
    if request.GET.get("format") == "xlsx":
        return _file(
            daily_cases.export(
                units=units, named_units=named, day=day, reader=visit.person,
                language="en" if request.GET.get("language") == "en" else "zh-hans",
                actor=visit.actor, now=visit.now,
            )
        )  # fmt: skip
    daily_cases.note_looks(
        units=units,
        named_units=named,
        day=day,
        reader=visit.person,
        actor=visit.actor,
        now=visit.now,
    )
    table = daily_cases.table_of(
        units=units, named_units=named, day=day, reader=visit.person, now=visit.now
    )
    return answer(
        request,
        visit,
        "desk/incident/cases.html",
        here="desk-incidents",
        table=table,
        rows=[list(zip(table.columns, row, strict=True)) for row in table.rows],
        title=_("Daily report of unusual cases"),
        **days(visit, day),
    )


def _units(visit: Visit) -> tuple[frozenset[int], frozenset[int]]:
    """Units whose cases are on the list, and those whose people may be known by (masked) name."""
    sight = visit.sight
    if visit.account.person is None or not sight.event_figure_units:
        raise Forbidden
    return sight.event_figure_units, sight.event_units
