"""The columns 就诊人数 and 诊断 beside the frozen figures of a summary.

They are read from the course of the incidents as it stood when the report was signed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from lianfang.incidents.figures import NAMES, case_figures
from lianfang.reporting.models import UnitReport
from lianfang.reporting.summaries import CollegeSummary, Line, UnitSummary
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit


def with_cases(summary: UnitSummary) -> UnitSummary:
    """Format A: each row as of the moment at which it was frozen."""
    lines = tuple(_row_of(line, summary) for line in summary.lines)
    return replace(summary, lines=lines, total=_of_report(summary.total, summary.total.report))


def with_cases_of_college(summary: CollegeSummary) -> CollegeSummary:
    """Format B: a unit in its lines by category, and the sums of what was signed."""
    lines = tuple(
        _of_report(line, line.report, category=line.categories[0] if line.categories else "")
        for line in summary.lines
    )
    return replace(
        summary, lines=lines, totals=tuple(_sum(total, lines) for total in summary.totals)
    )


def _row_of(line: Line, summary: UnitSummary) -> Line:
    """A row within a report names its unit by code; one that was signed alone has its report."""
    report = summary.report
    if line.row is None or report is None:
        return _of_report(line, line.report)
    unit = Unit.objects.filter(code=line.row["code"]).first()
    if unit is None:
        return line
    own = unit.pk == report.unit_id  # its own people: those below have rows of their own
    ids = [unit.pk] if own else list(roster.subtree_ids(unit, day=summary.day))
    return _with(line, case_figures(ids, day=summary.day, at=report.signed_at))


def _of_report(line: Line, report: UnitReport | None, *, category: str = "") -> Line:
    if report is None or line.row is None:
        return line
    ids = list(roster.subtree_ids(report.unit, day=report.day))
    return _with(line, case_figures(ids, day=report.day, at=report.signed_at, category=category))


def _sum(total: Line, lines: Iterable[Line]) -> Line:
    if total.row is None:
        return total
    counted: Counter[str] = Counter()
    for line in lines:
        if line.row is not None and set(total.categories) <= set(line.categories):
            counted.update({name: line.row.get(name, 0) for name in NAMES})
    return _with(total, {name: counted[name] for name in NAMES})


def _with(line: Line, figures: dict[str, int]) -> Line:
    assert line.row is not None
    return replace(line, row={**line.row, **figures})
