"""Daily reports: one's own, those an integration brings, many at once, on somebody's behalf."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field, SkipValidation

from lianfang.api import batches, filings
from lianfang.api.access import caller_of, plain
from lianfang.api.auth import PersonRate
from lianfang.api.models import Scope
from lianfang.api.routers.common import IdempotencyKey, Limit, answers
from lianfang.api.schemas import Strict
from lianfang.api.shapes.reports import (
    AdviceOut,
    BatchItemIn,
    BatchOut,
    HospitalOut,
    OwnReportIn,
    ProxyReportIn,
    ReceiptOut,
    ReportsOut,
    ToldOut,
)
from lianfang.places.models import DesignatedHospital
from lianfang.portal.receipts import Receipt, receipt_of
from lianfang.reporting.models import DailyReport
from lianfang.reporting.queries import reports_of

router = Router(tags=["reports"])


class BatchIn(Strict):
    """At most 500. Each is checked by itself: one that is wrong refuses no other."""

    reports: Annotated[
        list[SkipValidation[BatchItemIn]], Field(min_length=1, max_length=batches.MOST)
    ]


@router.post(
    "/reports",
    response=answers(201, ReceiptOut),
    url_name="report",
    throttle=[PersonRate(60)],
)
def submit_report(
    request: HttpRequest, body: OwnReportIn, idempotency_key: IdempotencyKey
) -> Status[ReceiptOut]:
    """Hand in one report. Token: scope `reports:write`. Session: one's own.

    When it is answered, the report is stored, and where a rule says “report at once” the
    incident is open and its first messages are written.
    """
    caller = caller_of(request)
    caller.needs(Scope.REPORTS_WRITE)
    filing = filings.filing_of(body, key=idempotency_key, caller=caller)
    report = filings.submit(filing, now=caller.now)
    return Status(201, filings.receipt_of(report, number=filing.person.number))


@router.post("/reports/batch", response=answers(200, BatchOut), url_name="report_batch")
def submit_reports(request: HttpRequest, body: BatchIn) -> BatchOut:
    """Hand in up to 500 reports, each with its own key and its own answer. `reports:write`."""
    caller = caller_of(request)
    caller.needs(Scope.REPORTS_WRITE)
    caller.needs_integration()
    return batches.store_batch(body.reports, caller=caller)


@router.post(
    "/reports/proxy",
    response=answers(201, ReceiptOut),
    url_name="report_proxy",
    throttle=[PersonRate(120)],
)
def submit_proxy_report(
    request: HttpRequest, body: ProxyReportIn, idempotency_key: IdempotencyKey
) -> Status[ReceiptOut]:
    """Report for somebody who told it, marked with why and by whom.

    Session of a post-holder. Token: `reports:write`, for a person.
    """
    caller = caller_of(request)
    caller.needs(Scope.REPORTS_WRITE)
    filing = filings.proxy_filing(body, key=idempotency_key, caller=caller)
    report = filings.submit(filing, now=caller.now)
    return Status(201, filings.receipt_of(report, number=filing.person.number))


@router.get("/reports", response=answers(200, ReportsOut), url_name="report")
def my_reports(request: HttpRequest, limit: Limit = 30) -> ReportsOut:
    """One's own reports with their answers, every revision, newest first. Session only."""
    person = caller_of(request).person_visit.person
    found = reports_of(person)[:limit]
    return ReportsOut(reports=[filings.report_of(one, number=person.number) for one in found])


@router.get("/reports/{receipt}", response=answers(200, AdviceOut), url_name="receipt")
def my_receipt(request: HttpRequest, receipt: str) -> AdviceOut:
    """One report as its receipt shows it: what to do now, and who has been told. Session only."""
    caller = caller_of(request)
    viewer = caller.person_visit.person
    page = receipt_of(plain(receipt), viewer=viewer, actor=caller.actor, now=caller.now)
    return _advice(page)


def _advice(page: Receipt) -> AdviceOut:
    report: DailyReport = page.report
    return AdviceOut(
        report=filings.report_of(report, number=report.person.number),
        next_due_at=page.next_due_at,
        advice=page.advice if page.needs_help else [],
        told=[
            ToldOut(name=one.person.name if one.person else "", answered_at=one.answered_at)
            for one in page.told
        ],
        hospitals=[
            HospitalOut(name=hospital.name, phone=hospital.phone)
            for hospital in page.hospitals
            if isinstance(hospital, DesignatedHospital)
        ],
        hospitals_are=page.nearest.level if page.nearest else "none",
    )
