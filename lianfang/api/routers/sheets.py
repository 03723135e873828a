"""The reports of an incident as they were frozen, and the daily list of cases (format D)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query

from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.coursing import report_out
from lianfang.api.downloads import DOCX, TEXT, XLSX, download, said_as_file
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import DayAsked, answers, day_asked
from lianfang.api.routers.course import router, to_handle, who
from lianfang.api.routers.incidents import incident_seen
from lianfang.api.shapes.course import (
    CaseReportOut,
    CaseReportTextOut,
    CaseRowOut,
    CasesOut,
    MakeReportIn,
)
from lianfang.escalation.access import sight_of_incident
from lianfang.incidents.models import CaseReport
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.usecases import daily_cases, incident_reports, looks

_ONE = "/incidents/{incident_id}/reports"
Language = Annotated[Literal["zh", "en"], Query()]
Copy = Annotated[
    bool, Query(alias="copy", description="The text with the code alone, for the leading group.")
]
_TONGUES = {"zh": "zh-hans", "en": "en"}


@router.post(_ONE, response=answers(200, CaseReportOut), url_name="case_reports")
@once
def make_case_report(request: HttpRequest, incident_id: str, body: MakeReportIn) -> CaseReportOut:
    """Compose and freeze a first, interim or final report. `incidents:write` and `answers:read`."""
    caller, one = to_handle(request, incident_id)
    made = incident_reports.make_report(
        incident=one, kind=body.kind, words=body.words, **who(caller)
    )
    return report_out(made)


@router.get(
    f"{_ONE}/{{report_id}}", response=answers(200, CaseReportTextOut), url_name="case_report"
)
def case_report(
    request: HttpRequest,
    incident_id: str,
    report_id: str,
    as_copy: Copy = False,
    language: Language = "zh",
) -> CaseReportTextOut:
    """The frozen text; the look is written down. Token: `incidents:read`, for a person.

    The person's name and health need `people:read` and `answers:read` as well, and the right to
    act on it; others read the copy.
    """
    caller = _reader(request)
    found, named = _report(incident_id, report_id, as_copy, caller)
    looks.incident_seen(incident=found.incident, named=named, actor=caller.actor, now=caller.now)
    return CaseReportTextOut(
        **report_out(found).model_dump(),
        named=named,
        digest=found.digest,
        rows=[
            CaseRowOut(item=label, text=words)
            for label, words in found.rows(named=named, language=_TONGUES[language])
        ],
    )


@router.get(
    f"{_ONE}/{{report_id}}/file",
    response=answers(200, None),
    url_name="case_report_file",
    openapi_extra=said_as_file("The report as a file.", TEXT, DOCX, XLSX),
)
def case_report_file(
    request: HttpRequest,
    incident_id: str,
    report_id: str,
    as_copy: Copy = False,
    file: Annotated[Literal["txt", "docx", "xlsx"], Query(alias="format")] = "docx",
    language: Language = "zh",
) -> HttpResponse:
    """The same as a file; that it was taken out is written down. `incidents:read`, for a person."""
    caller = _reader(request)
    found, named = _report(incident_id, report_id, as_copy, caller)
    made = incident_reports.export(
        report=found,
        named=named,
        language=_TONGUES[language],
        fmt=file,
        actor=caller.actor,
        now=caller.now,
    )
    return download(made.content, name=made.name, kind=made.content_type)


@router.get("/cases", response=answers(200, CasesOut), url_name="cases")
def list_cases(request: HttpRequest, day: DayAsked = None) -> CasesOut:
    """Format D: the cases of a day, names masked; every look is written down.

    Token: `incidents:read`, for a person. Names and health need `people:read` and
    `answers:read` as well.
    """
    caller = _reader(request)
    asked = day_asked(day, today=caller.today)
    units, names = _units(caller)
    given: dict[str, Any] = {
        "units": units,
        "named_units": names,
        "day": asked,
        "reader": caller.doer,
    }
    daily_cases.note_looks(**given, actor=caller.actor, now=caller.now)
    table = daily_cases.table_of(**given, now=caller.now)
    rows = [[str(cell) for cell in row] for row in table.rows]
    return CasesOut(day=asked, columns=list(table.columns), rows=rows)


@router.get(
    "/cases/file",
    response=answers(200, None),
    url_name="cases_file",
    openapi_extra=said_as_file("Format D as a sheet.", XLSX),
)
def cases_file(
    request: HttpRequest, day: DayAsked = None, language: Language = "zh"
) -> HttpResponse:
    """Format D as a sheet; every case in it is a look that is written down. `incidents:read`, for a person."""
    caller = _reader(request)
    units, names = _units(caller)
    made = daily_cases.export(
        units=units,
        named_units=names,
        day=day_asked(day, today=caller.today),
        language=_TONGUES[language],
        reader=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return download(made.content, name=made.name, kind=made.content_type)


def _reader(request: HttpRequest) -> Caller:
    caller = caller_of(request)
    caller.needs(Scope.INCIDENTS_READ)
    caller.needs_somebody()
    return caller


def _reads_names(caller: Caller) -> bool:
    return caller.integration is None or (
        caller.has(Scope.PEOPLE_READ) and caller.has(Scope.ANSWERS_READ)
    )


def _report(
    incident_id: str, report_id: str, as_copy: bool, caller: Caller
) -> tuple[CaseReport, bool]:
    one = incident_seen(incident_id, caller)
    found = (
        CaseReport.objects.filter(pk=number_in_address(report_id), incident=one)
        .select_related("incident", "made_by")
        .first()
    )
    if found is None:
        raise NotYours
    seen = sight_of_incident(one, sight=caller.sight)
    return found, seen.named and seen.may_act and not as_copy and _reads_names(caller)


def _units(caller: Caller) -> tuple[frozenset[int], frozenset[int]]:
    """Units whose cases are on the list, and those whose people may be known by (masked) name."""
    if not caller.sight.event_figure_units:
        raise Forbidden
    names = caller.sight.event_units if _reads_names(caller) else frozenset()
    return caller.sight.event_figure_units, names
