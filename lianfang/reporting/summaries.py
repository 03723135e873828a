"""What is sent upward, read from the frozen reports of the units: never from the living day.

A line whose unit has not signed has no figures, and a figure below the completeness
threshold is unknown: neither is ever a zero (formats A, B, E and H of docs/glossary.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from lianfang.reporting import queries
from lianfang.reporting.models import UnitDay, UnitReport
from lianfang.reporting.rules import Ledger
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Post, Unit
from lianfang.rulebook.queries import Rules, rules_in_force

STUDENTS, STAFF = "STUDENT", "STAFF"
_LOOK_BACK = 60  # days; who has been silent longer is silent
# Facts of the roster and of what came in: true however few have reported.
_FACTS = (
    "expected", "received", "missing", "unreachable",
    "monitored", "monitored_new", "monitored_released", "monitored_all",
)  # fmt: skip

Row = Mapping[str, Any]


class Known(Enum):
    """How much a figure says. Only EXACT may read as a zero."""

    EXACT = "EXACT"
    AT_LEAST = "AT_LEAST"  # below the threshold, or a unit is missing from the sum
    UNKNOWN = "UNKNOWN"
    NOT_SIGNED = "NOT_SIGNED"
    NOT_KEPT = "NOT_KEPT"  # this release does not ask for it, or nobody is concerned


@dataclass(frozen=True, slots=True)
class Figure:
    known: Known
    value: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a summary. `row` is what was frozen, None where nothing was signed.

    `expected` may be known of a unit that has not signed: its superior's report counts it.
    `is_partial`: a sum from which the figures of a unit are missing.
    """

    name: str
    row: Row | None
    threshold: float
    categories: tuple[str, ...] = ()
    report: UnitReport | None = None
    expected: int | None = None
    is_partial: bool = False
    is_sum: bool = False

    @property
    def is_signed(self) -> bool:
        return self.row is not None

    @property
    def is_known(self) -> bool:
        """Whether enough people have reported for a figure to be shown as a number."""
        if self.row is None or self.is_partial:
            return False
        share = self.row["completeness"]
        return share is not None and share >= self.threshold

    def figure(self, name: str) -> Figure:
        if self.row is None:
            if name == "expected" and self.expected is not None:
                return Figure(Known.EXACT, self.expected)
            return Figure(Known.NOT_SIGNED)
        if name not in self.row or (name not in _FACTS and not self.row["expected"]):
            return Figure(Known.NOT_KEPT)
        value = int(self.row[name])
        if self.is_known or (name in _FACTS and not self.is_partial):
            return Figure(Known.EXACT, value)
        return Figure(Known.AT_LEAST, value) if value else Figure(Known.UNKNOWN)


@dataclass(frozen=True, slots=True)
class UnitSummary:
    """Format A: the rows of one report and its total; or, unsigned, what its units signed."""

    unit: Unit
    day: date
    report: UnitReport | None
    lines: tuple[Line, ...]
    total: Line


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    today: Line
    yesterday: Line


@dataclass(frozen=True, slots=True)
class CollegeSummary:
    """Format B: every unit in two lines, those that have not signed, and yesterday."""

    unit: Unit
    day: date
    report: UnitReport | None
    lines: tuple[Line, ...]
    totals: tuple[Line, ...]
    unsigned: tuple[Unit, ...]
    signed: int
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Silence:
    """Format E: one unit, and for how many days in a row it has not signed."""

    unit: Unit
    line: Line
    days_missing: int


def unit_summary(unit: Unit, *, day: date, now: datetime) -> UnitSummary:
    """Format A from the report in force; a later change of anything else does not alter it."""
    report = queries.unit_report(unit, day=day)
    rules = rules_in_force(report.signed_at if report else now)
    if report is None:
        children = owing_units(unit, day=day, rules=rules)
        reports = queries.latest_unit_reports(day=day)
        lines = tuple(
            _line_of(node, reports.get(node.pk), rules) for node in children if node != unit
        )
    else:
        lines = tuple(_lines_within(report, rules))
    return UnitSummary(unit, day, report, lines, _line_of(unit, report, rules))


def _lines_within(report: UnitReport, rules: Rules) -> Iterable[Line]:
    """The rows as they were frozen; of units that had signed by then, or that never sign."""
    rows = report.figures["rows"]
    signed = set(
        UnitReport.objects.filter(
            day=report.day,
            signed_at__lte=report.signed_at,
            unit__code__in=[r["code"] for r in rows],
        ).values_list("unit__code", flat=True)
    )
    for row in rows:
        categories = tuple(row.get("categories", ()))
        owes = rules.deadline_of(row["kind"]) is not None and row["code"] not in signed
        yield Line(
            name=row["name"],
            row=None if owes else row,
            threshold=_threshold(rules),
            categories=categories,
            expected=row["expected"],
        )


def _threshold(rules: Rules) -> float:
    return float(rules.settings["completeness_threshold"])


def _line_of(unit: Unit, report: UnitReport | None, rules: Rules) -> Line:
    return Line(
        name=unit.name,
        row=report.figures["total"] if report else None,
        threshold=_threshold(rules),
        categories=tuple(report.figures.get("by_category", ())) if report else (),
        report=report,
    )


def owing_units(unit: Unit, *, day: date, rules: Rules) -> list[Unit]:
    """The nearest units below that have to sign that day (itself, where there are none)."""
    kinds = {kind for due in rules.deadlines.values() for kind in due.unit_kinds}
    ledgers = queries.ledgers(day=day)
    signed = queries.latest_unit_reports(day=day)
    children = [
        node
        for node in queries.signing_children(unit, day=day, kinds=kinds)
        if node.pk in signed or ledgers.get(node.pk, Ledger()).expected
    ]
    return children or [unit]


def college_summary(unit: Unit, *, day: date, now: datetime) -> CollegeSummary:
    """Format B from the reports of the units below."""
    rules = rules_in_force(now)
    units = owing_units(unit, day=day, rules=rules)
    today = queries.latest_unit_reports(day=day)
    yesterday = queries.latest_unit_reports(day=day - timedelta(days=1))
    signed = [today[node.pk] for node in units if node.pk in today]
    is_partial = len(signed) < len(units)
    totals = [
        _sum_line(category, signed, rules, is_partial=is_partial)
        for category in _categories_of(signed)
    ]
    return CollegeSummary(
        unit=unit,
        day=day,
        report=queries.unit_report(unit, day=day),
        lines=tuple(line for node in units for line in _two_lines(node, today.get(node.pk), rules)),
        totals=(*totals, _sum_line("", signed, rules, is_partial=is_partial)),
        unsigned=tuple(node for node in units if node.pk not in today),
        signed=len(signed),
        comparisons=tuple(
            Comparison(
                node.name,
                _line_of(node, today.get(node.pk), rules),
                _line_of(node, yesterday.get(node.pk), rules),
            )
            for node in units
        ),
    )


def _categories_of(reports: Iterable[UnitReport]) -> list[str]:
    """Students and staff always; contractors, retired and others where there are any."""
    others = {
        category
        for report in reports
        for category, row in report.figures.get("by_category", {}).items()
        if row["expected"] and category not in {STUDENTS, STAFF}
    }
    return [STUDENTS, STAFF, *sorted(others)]


_NOBODY: Row = Ledger().to_plain()


def _two_lines(unit: Unit, report: UnitReport | None, rules: Rules) -> list[Line]:
    if report is None:
        return [_line_of(unit, None, rules)]
    split = report.figures.get("by_category", {})
    return [
        Line(
            name=unit.name,
            row=split.get(category, _NOBODY),
            threshold=_threshold(rules),
            categories=(category,),
            report=report,
        )
        for category in _categories_of([report])
    ]


def _sum_line(
    category: str, reports: Sequence[UnitReport], rules: Rules, *, is_partial: bool
) -> Line:
    rows = [
        report.figures.get("by_category", {}).get(category, _NOBODY)
        if category
        else report.figures["total"]
        for report in reports
    ]
    return Line(
        name="",
        row=added(rows) if rows else None,
        threshold=_threshold(rules),
        categories=(category,) if category else (),
        is_partial=is_partial,
        is_sum=True,
    )


def added(rows: Iterable[Row]) -> dict[str, Any]:
    """The sum of frozen rows, its rates computed anew."""
    total: dict[str, Any] = dict(_NOBODY)
    for row in rows:
        for name, value in row.items():
            if isinstance(value, int):
                total[name] = total.get(name, 0) + value
    owed = total["expected"] - total["exempt"]
    total["completeness"] = total["received"] / owed if owed else None
    total["timeliness"] = (total["received"] - total["late"]) / owed if owed else None
    return total


def silences(unit: Unit, *, day: date, now: datetime) -> list[Silence]:
    """Format E: units that have to sign, how complete they were, how long they are silent."""
    rules = rules_in_force(now)
    units = owing_units(unit, day=day, rules=rules)
    reports = queries.latest_unit_reports(day=day)
    days = _days_missing(units, day=day)
    return [
        Silence(node, _line_of(node, reports.get(node.pk), rules), days[node.pk]) for node in units
    ]


def _days_missing(units: Sequence[Unit], *, day: date) -> dict[int, int]:
    """Days in a row up to `day` that nobody has signed; days before the system began do not count."""
    first = day - timedelta(days=_LOOK_BACK)
    kept = set(
        UnitDay.objects.filter(day__range=(first, day), counted_at__isnull=False)
        .values_list("day", flat=True)
        .distinct()
    ) | {day}
    signed = set(
        UnitReport.objects.filter(day__range=(first, day), unit__in=units, version=1).values_list(
            "unit_id", "day"
        )
    )
    counts: dict[int, int] = {}
    for unit in units:
        step = day
        while step in kept and (unit.pk, step) not in signed and _was_open(unit, step):
            step -= timedelta(days=1)
        counts[unit.pk] = (day - step).days
    return counts


def _was_open(unit: Unit, day: date) -> bool:
    return unit.opened_on <= day and (unit.closed_on is None or day < unit.closed_on)


def answerable_for(unit: Unit, *, day: date, signer: Person | None = None) -> Person | None:
    """Who answers for the unit: the signer where it is the head, else the nearest head above."""
    for node in roster.line_of_superiors(unit, day=day):
        heads = roster.holders(unit=node, role=Post.Role.RESPONSIBLE_HEAD, day=day)
        if signer in heads:
            return signer
        if heads:
            return heads[0]
    return None
