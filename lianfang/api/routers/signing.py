"""The day of a unit, signed: what would be signed now, the frozen versions, and the signature."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api import units
from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import DayAsked, answers, day_asked
from lianfang.api.shapes.signing import DraftOut, FrozenOut, NotReachedOut
from lianfang.api.shapes.units import SignedOut, SignIn, UnitReportsOut
from lianfang.kernel.refusals import NotYours
from lianfang.reporting import queries
from lianfang.reporting.models import UnitReport
from lianfang.reporting.rules import declarations_open_to
from lianfang.reporting.signing import UnitDoesNotSign
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases.zero_report import sign_unit_report

router = Router(tags=["units"])


@router.get("/units/{code}/draft", response=answers(200, DraftOut), url_name="unit_draft")
def draft(request: HttpRequest, code: str, day: DayAsked = None) -> DraftOut:
    """What the unit would sign at this moment: every number computed, none typed. `ledger:read`."""
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    unit = caller.unit_with_events(code)
    asked = day_asked(day, today=caller.today)
    rules = rules_in_force(caller.now)
    due = rules.deadline_of(unit.kind)
    if due is None:
        raise UnitDoesNotSign(unit=unit.name)
    ledger = queries.ledger(unit, day=asked)
    signed = UnitReport.objects.filter(unit=unit, day=asked).order_by("-version").first()
    return DraftOut(
        ledger=units.ledger_out(
            unit, ledger, day=asked, threshold=units.threshold_of(rules), sees_events=True
        ),
        declaration=declarations_open_to(ledger)[0],
        due_at=due.moment(asked),
        signed_version=signed.version if signed else None,
        changed_since=signed is not None and _has_changed(signed, ledger.to_plain()),
    )


def _has_changed(signed: UnitReport, now: Mapping[str, object]) -> bool:
    """Whether more is known now than when it was signed."""
    then = signed.figures["total"]
    return any(then.get(name) != now[name] for name in ("expected", "received", "with_events"))


@router.get("/units/{code}/reports", response=answers(200, UnitReportsOut), url_name="unit_report")
def unit_reports(request: HttpRequest, code: str, day: DayAsked = None) -> UnitReportsOut:
    """What a unit signed, every version; which units below have signed, and which are late.

    Token: `ledger:read`.
    """
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    unit = caller.unit_with_events(code)
    asked = day_asked(day, today=caller.today)
    versions = UnitReport.objects.filter(unit=unit, day=asked).select_related("unit", "signed_by")
    return UnitReportsOut(
        unit=unit.code,
        day=asked,
        signed=[units.signed_out(report) for report in versions.order_by("version")],
        below=units.below_out(unit, day=asked, now=caller.now),
    )


@router.post("/units/{code}/reports", response=answers(201, SignedOut), url_name="unit_report")
@once
def sign(request: HttpRequest, code: str, body: SignIn) -> Status[SignedOut]:
    """Sign the day of a unit: somebody who answers for it, or a token (`reports:sign`) for them.

    The numbers are computed. A full zero report is refused while anybody is missing.
    """
    caller = caller_of(request)
    caller.needs(Scope.REPORTS_SIGN)
    signer = caller.doer
    unit = caller.sight.unit_to_sign(caller.unit(code).pk)
    report = sign_unit_report(
        unit=unit,
        day=body.day or caller.today,
        declaration=body.declaration,
        narrative=body.narrative,
        correction_reason=body.correction_reason,
        signer=signer,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, units.signed_out(report))


@router.get(
    "/units/{code}/reports/{version}", response=answers(200, FrozenOut), url_name="unit_frozen"
)
def frozen(request: HttpRequest, code: str, version: str, day: DayAsked = None) -> FrozenOut:
    """One version as it was signed. Token: `ledger:read`.

    The names of those who were not reached need `people:read`, the words `answers:read` as well.
    """
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    unit = caller.unit_with_events(code)
    report = (
        UnitReport.objects.filter(
            unit=unit,
            day=day_asked(day, today=caller.today),
            version=min(number_in_address(version), 32_767),
        )
        .select_related("unit", "signed_by")
        .first()
    )
    if report is None:
        raise NotYours
    named = unit.pk in caller.name_units
    people = report.not_reached.get("people", []) if named else None
    return FrozenOut(
        **units.signed_out(report).model_dump(),
        not_reached=None
        if people is None
        else [NotReachedOut(number=one["number"], name=one["name"]) for one in people],
        narrative=report.narrative if _reads_words(unit, caller) else None,
    )


def _reads_words(unit: Unit, caller: Caller) -> bool:
    if caller.integration is not None and not caller.has(Scope.ANSWERS_READ):
        return False
    return unit.pk in caller.sight.event_units
