"""A unit signs its day; whoever was being chased for it is left in peace."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from lianfang.escalation import operations as escalation
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.reporting import signing
from lianfang.reporting.models import UnitReport
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force


@transaction.atomic
def sign_unit_report(
    *,
    unit: Unit,
    day: date,
    declaration: str,
    narrative: str,
    correction_reason: str,
    signer: Person,
    actor: Actor,
    now: datetime,
) -> UnitReport:
    """Freeze the unit's report and stop the ladder that ran for it, in one transaction."""
    report = signing.sign_unit_report(
        unit=unit,
        day=day,
        declaration=declaration,
        narrative=narrative,
        correction_reason=correction_reason,
        signer=signer,
        actor=actor,
        rules=rules_in_force(now),
        today=reporting_day(now),
        now=now,
    )
    escalation.stop_for_unit(unit=unit, day=day, now=now)
    return report
