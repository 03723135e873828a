"""Phone calls: what they came to, and the reports that ask for one."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Status

from lianfang.api.access import Caller, caller_of, plain
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import DayAsked, Limit, Offset, answers, day_asked
from lianfang.api.schemas import PersonOut
from lianfang.api.shapes.calls import (
    CallBackOut,
    CallBackSeenOut,
    CallBacksOut,
    CallIn,
    CallOut,
    FindingOut,
    SettleIn,
)
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.roster import queries as roster
from lianfang.rulebook.queries import rules_of
from lianfang.screening.models import Finding
from lianfang.screening.queries import waiting_for_call
from lianfang.usecases import desk_calls, looks

router = Router(tags=["calls"])


@router.post("/calls", response=answers(201, CallOut), url_name="call")
@once
def record_call(request: HttpRequest, body: CallIn) -> Status[CallOut]:
    """Write down that somebody rang, and what came of it. Token: `calls:write`, for a person."""
    caller = caller_of(request)
    caller.needs(Scope.CALLS_WRITE)
    by = caller.doer
    person = caller.named(body.person)
    if person.pk == by.pk:
        raise Forbidden
    call = desk_calls.record_call(
        person=person,
        day=day_asked(body.day, today=caller.today),
        outcome=CallRecord.Outcome(body.outcome),
        note=body.note,
        called_by=by,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _call(call))


def _call(call: CallRecord) -> CallOut:
    return CallOut(
        person=call.person.number, day=call.day, outcome=call.outcome, called_at=call.called_at
    )


@router.get("/call-backs", response=answers(200, CallBacksOut), url_name="call_backs")
def call_backs(
    request: HttpRequest,
    unit: Annotated[str | None, Query(max_length=60)] = None,
    day: DayAsked = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> CallBacksOut:
    """Reports that nobody has called back yet, urgent ones first. Token: `answers:read`."""
    caller = caller_of(request)
    caller.needs(Scope.ANSWERS_READ)
    units = caller.sight.event_units
    if unit is not None:
        units &= frozenset(roster.subtree_ids(caller.unit(unit), day=caller.today))
    waiting = waiting_for_call(units, day=day_asked(day, today=caller.today))
    by_report: dict[int, list[Finding]] = {}
    for finding in waiting.defer(
        "report__answers", "report__person__phone", "report__person__email",
        "report__person__address",
    ):  # fmt: skip
        if caller.person is None or finding.report.person_id != caller.person.pk:
            by_report.setdefault(finding.report_id, []).append(finding)
    found = list(by_report.values())
    return CallBacksOut(
        total=len(found),
        call_backs=[_call_back(one, caller) for one in found[offset : offset + limit]],
    )


def _call_back(findings: list[Finding], caller: Caller) -> CallBackOut:
    report = findings[0].report
    named = report.unit_id in caller.name_units
    return CallBackOut(
        receipt=report.receipt,
        person=PersonOut(number=report.person.number, name=report.person.name) if named else None,
        unit=report.unit.code,
        day=report.day,
        received_at=report.received_at,
        urgent=any(one.rule.severity == "URGENT" for one in findings),
        rules=len(findings),
    )


@router.get("/call-backs/{receipt}", response=answers(200, CallBackSeenOut), url_name="call_back")
def call_back(request: HttpRequest, receipt: str) -> CallBackSeenOut:
    """Why this report asks for a call, and what was answered. Token: `answers:read`.

    That it was looked at is written down, and the person can see it.
    """
    caller = caller_of(request)
    caller.needs(Scope.ANSWERS_READ)
    return _seen(_report(receipt, caller), caller)


@router.post("/call-backs/{receipt}", response=answers(200, CallBackSeenOut), url_name="call_back")
@once
def settle(request: HttpRequest, receipt: str, body: SettleIn) -> CallBackSeenOut:
    """The person was reached: the verdict settles every rule of the report.

    Token: `calls:write` and `answers:read`, for a person. A colleague may have been first (409).
    """
    caller = caller_of(request)
    caller.needs(Scope.CALLS_WRITE)
    caller.needs(Scope.ANSWERS_READ)
    by = caller.doer
    report = _report(receipt, caller)
    waiting = list(report.findings.filter(verified_at__isnull=True))
    if waiting:
        desk_calls.call_back(
            findings=waiting,
            verdict=Finding.Verdict(body.verdict),
            note=body.note,
            by=by,
            actor=caller.actor,
            now=caller.now,
        )
    return _seen(report, caller)


def _report(receipt: str, caller: Caller) -> DailyReport:
    found = (
        DailyReport.objects.filter(
            receipt=plain(receipt), is_current=True, unit_id__in=caller.sight.event_units
        )
        .select_related("person", "unit")
        .first()
    )
    if found is None or (caller.person is not None and found.person_id == caller.person.pk):
        raise NotYours
    return found


def _seen(report: DailyReport, caller: Caller) -> CallBackSeenOut:
    looks.answers_seen(person=report.person, reports=[report], actor=caller.actor, now=caller.now)
    findings = list(
        report.findings.select_related("rule", "verified_by").order_by("rule__position")
    )
    rules = rules_of(report.edition_id)
    calls = CallRecord.objects.filter(person=report.person, day=report.day)
    head = _call_back(findings, caller) if findings else None
    if head is None:
        raise NotYours  # nothing in it asked for a call
    return CallBackSeenOut(
        **head.model_dump(),
        answers=report.answers,
        findings=[
            FindingOut(
                rule=one.rule.code,
                words=rules.in_words(rules.rule(one.rule_id)),
                urgent=one.rule.severity == "URGENT",
                verdict=one.verdict,
                verified_at=one.verified_at,
                verified_by=one.verified_by.name if one.verified_by else None,
            )
            for one in findings
        ],
        calls=[_call(one) for one in calls.select_related("person").order_by("called_at")],
        settled=all(one.verified_at for one in findings),
    )
