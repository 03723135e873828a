"""Units as the API shows them: ledgers in which silence is null, signed reports, who is below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lianfang.api.access import Caller
from lianfang.api.shapes.units import BelowOut, LedgerOut, SignedOut, UnitOut
from lianfang.reporting import queries
from lianfang.reporting.models import UnitReport
from lianfang.reporting.rules import Ledger
from lianfang.reporting.summaries import owing_units
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import Rules, rules_in_force

# Counts of what was reported: a zero in them would read as "nothing is the matter".
_READ_AS_ZERO = ("zero", "with_events", "late", "proxy")
# The ledger of a unit; what is not among it counts answers and places.
_FACTS = frozenset(Ledger().to_plain()) - set(_READ_AS_ZERO)


def unit_out(unit: Unit, rules: Rules) -> UnitOut:
    return UnitOut(
        code=unit.code,
        name=unit.name,
        tree=unit.tree,
        kind=unit.kind,
        parent=unit.parent.code if unit.parent else None,
        signs=rules.deadline_of(unit.kind) is not None,
    )


def threshold_of(rules: Rules) -> float:
    return float(rules.settings["completeness_threshold"])


def ledger_out(
    unit: Unit, ledger: Ledger, *, day: date, threshold: float, sees_events: bool
) -> LedgerOut:
    """A zero that is not known is null; who may not know of events is told none."""
    known = ledger.is_known(threshold)
    plain: dict[str, Any] = ledger.to_plain()
    if not known:
        plain |= {name: plain[name] or None for name in _READ_AS_ZERO}
    if not sees_events:
        plain |= {"zero": None, "with_events": None}
    return LedgerOut(
        unit=unit.code, name=unit.name, day=day, known=known, threshold=threshold, **plain
    )


def ledgers_below(unit: Unit, *, day: date, threshold: float, caller: Caller) -> list[LedgerOut]:
    """The units directly below that have people, each with everything below it."""
    totals = queries.ledgers(day=day)
    children = Unit.objects.filter(parent=unit, pk__in=totals).order_by("position", "code")
    return [
        ledger_out(
            child,
            totals[child.pk],
            day=day,
            threshold=threshold,
            sees_events=child.pk in caller.event_figure_units,
        )
        for child in children
        if child.pk in caller.figure_units
    ]


def signed_out(report: UnitReport) -> SignedOut:
    """As it was signed, silence as null, and without the people of its list or its words."""
    threshold = threshold_of(rules_in_force(report.signed_at))
    total = report.figures["total"]
    share = total["completeness"]
    return SignedOut(
        unit=report.unit.code,
        day=report.day,
        version=report.version,
        declaration=report.declaration,
        signed_by=report.signed_by.name,
        signed_at=report.signed_at,
        due_at=report.due_at,
        late=report.is_late,
        correction_reason=report.correction_reason,
        digest=report.digest,
        known=share is not None and share >= threshold,
        figures={
            "total": _silence_as_null(total, threshold),
            "rows": [_silence_as_null(row, threshold) for row in report.figures["rows"]],
            "by_category": {
                category: _silence_as_null(row, threshold)
                for category, row in report.figures.get("by_category", {}).items()
            },
        },
    )


def _silence_as_null(row: Mapping[str, Any], threshold: float) -> dict[str, Any]:
    share = row["completeness"]
    if share is not None and share >= threshold:
        return dict(row)
    return {
        name: None if value == 0 and name not in _FACTS else value for name, value in row.items()
    }


def below_out(unit: Unit, *, day: date, now: datetime) -> list[BelowOut]:
    """Received, missing and late, of the nearest units below."""
    rules = rules_in_force(now)
    signed = queries.latest_unit_reports(day=day)
    found = []
    for child in owing_units(unit, day=day, rules=rules):
        due = rules.deadline_of(child.kind)
        if child == unit or due is None:
            continue
        report = signed.get(child.pk)
        due_at = report.due_at if report else due.moment(day)
        found.append(
            BelowOut(
                unit=child.code,
                name=child.name,
                state=_state(report, due_at, now),
                due_at=due_at,
                signed_at=report.signed_at if report else None,
            )
        )
    return found


def _state(report: UnitReport | None, due_at: datetime, now: datetime) -> Any:
    if report is None:
        return "OVERDUE" if now > due_at else "NOT_SIGNED"
    return "SIGNED_LATE" if report.is_late else "SIGNED"
