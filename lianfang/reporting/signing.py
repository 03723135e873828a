"""A unit signs its day: numbers computed and frozen, silence never signed as a zero."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting.figures import figures_of
from lianfang.reporting.models import CallRecord, MissedReport, UnitReport
from lianfang.reporting.queries import ledger, missing_reporters
from lianfang.reporting.receiving import check_day_is_open
from lianfang.reporting.rules import (
    WITH_EVENTS,
    ZERO_FULL,
    ZERO_PARTIAL,
    declarations_open_to,
    is_late,
)
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import Rules


class UnitDoesNotSign(Refused):
    code = "reporting.unit-does-not-sign"
    message = _("%(unit)s does not sign a report of its own.")


class StillMissing(Refused):
    code = "reporting.still-missing"
    message = _(
        "%(missing)s people of %(unit)s have not reported: this cannot be signed as a full "
        "zero report. Reach them, or sign “zero report, some not reached” with their names."
    )
    status = 409


class NobodyIsMissing(Refused):
    code = "reporting.nobody-is-missing"
    message = _("Everybody has reported: sign the full zero report.")
    status = 409


class EventsMustBeReported(Refused):
    code = "reporting.events-must-be-reported"
    message = _(
        "%(events)s people of %(unit)s reported something to follow up: this is not a zero report."
    )
    status = 409


class NoEvents(Refused):
    code = "reporting.no-events"
    message = _("There is nothing to follow up in %(unit)s today: sign a zero report.")
    status = 409


class SayWhatHappened(Refused):
    code = "reporting.say-what-happened"
    message = _("A report with events needs a few words on what is being done.")


class SayWhyCorrected(Refused):
    code = "reporting.say-why-corrected"
    message = _("%(unit)s has signed already; a correction needs its reason.")
    status = 409


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
    rules: Rules,
    today: date,
    now: datetime,
) -> UnitReport:
    """Freeze what the unit says about its day as the next version.

    The promise: the numbers are those of the ledger at `now`, a full zero report is refused
    while anyone is missing, and no later change alters what was signed.
    """
    due = rules.deadline_of(unit.kind)
    if due is None:
        raise UnitDoesNotSign(unit=unit.name)
    check_day_is_open(day=day, rules=rules, today=today)
    _check_declaration(unit, day, declaration, narrative)
    version = (
        UnitReport.objects.filter(unit=unit, day=day).aggregate(v=Max("version"))["v"] or 0
    ) + 1
    if version > 1 and not correction_reason.strip():
        raise SayWhyCorrected(unit=unit.name)
    figures = figures_of(
        unit,
        day=day,
        home_city=str(rules.settings["home_city_code"]),
        fever_from=_fever_from(rules),
    )
    not_reached = _not_reached(unit, day)
    due_at = due.moment(day)
    first = UnitReport.objects.filter(unit=unit, day=day, version=1).first()
    report = UnitReport.objects.create(
        unit=unit,
        day=day,
        version=version,
        declaration=declaration,
        signed_by=signer,
        signed_at=now,
        due_at=due_at,
        is_late=first.is_late if first else is_late(now, due_at),
        narrative=narrative.strip()[:2000],
        correction_reason=correction_reason.strip()[:200] if version > 1 else "",
        figures=figures,
        not_reached=not_reached,
        digest=digest_of(declaration, figures, not_reached),
    )
    MissedReport.objects.filter(
        day=day, unit=unit, person__isnull=True, made_up_at__isnull=True
    ).update(made_up_at=now)
    audit.record(
        verb="reporting.unit-report.signed",
        actor=actor,
        subject=report,
        now=now,
        unit=unit.pk,
        version=version,
        declaration=declaration,
        digest=report.digest,
    )
    return report


def _fever_from(rules: Rules) -> dict[str, float]:
    """From which temperature at which site the edition speaks of a fever."""
    return {
        site: float(limit)
        for rule in rules.screening
        for site, limit in dict(rule.criterion.get("temperature_at_least", {})).items()
    }


def _check_declaration(unit: Unit, day: date, declaration: str, narrative: str) -> None:
    figures = ledger(unit, day=day)
    if declaration == WITH_EVENTS:
        if not figures.with_events:
            raise NoEvents(unit=unit.name)
        if not narrative.strip():
            raise SayWhatHappened
        return
    if figures.with_events:
        raise EventsMustBeReported(events=figures.with_events, unit=unit.name)
    if declaration == ZERO_FULL and not figures.is_complete:
        raise StillMissing(missing=figures.missing, unit=unit.name)
    if declaration == ZERO_PARTIAL and figures.is_complete:
        raise NobodyIsMissing
    assert declaration in declarations_open_to(figures)


def _not_reached(unit: Unit, day: date) -> dict[str, Any]:
    """The names behind the number missing, each with what the last call came to."""
    people = list(missing_reporters(roster.subtree_ids(unit, day=day), day=day))
    calls = {
        call.person_id: call.outcome
        for call in CallRecord.objects.filter(day=day, person__in=people).order_by("called_at")
    }
    return {
        "people": [
            {"number": p.number, "name": p.name, "last_call": calls.get(p.pk, "")} for p in people
        ]
    }


def digest_of(declaration: str, figures: dict[str, Any], not_reached: dict[str, Any]) -> str:
    """The fingerprint of what was signed (SHA-256 over canonical JSON)."""
    frozen = json.dumps([declaration, figures, not_reached], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(frozen.encode()).hexdigest()
