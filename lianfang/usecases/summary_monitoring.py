"""Columns 重点监测在管, 当日新增, 当日解除, 累计解除 beside the frozen figures of a summary.

They are read from the files as these stood when the report was signed: a file keeps the moments
at which its person was told and at which it ended, so the answer never changes later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from lianfang.monitoring.queries import MonitoringFigures, figures_of
from lianfang.reporting.models import UnitReport
from lianfang.reporting.summaries import CollegeSummary, Line, UnitSummary
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit


def with_monitoring(summary: UnitSummary) -> UnitSummary:
    """Format A: each row as of the moment at which it was frozen."""
    lines = tuple(_row_of(line, summary) for line in summary.lines)
    total = _line(summary.total, summary.total.report)
    return replace(summary, lines=lines, total=total)


def with_monitoring_of_college(summary: CollegeSummary) -> CollegeSummary:
    """Format B: a unit in its lines by category, and the sums of what was signed."""
    lines = tuple(
        _line(line, line.report, category=line.categories[0] if line.report else "")
        for line in summary.lines
    )
    totals = tuple(_sum(line, lines) for line in summary.totals)
    return replace(summary, lines=lines, totals=totals)


def _row_of(line: Line, summary: UnitSummary) -> Line:
    """A row within a report names its unit by code; one that was signed alone has its report."""
    report = summary.report
    if line.row is None or report is None:
        return _line(line, line.report)
    unit = Unit.objects.filter(code=line.row["code"]).first()
    if unit is None:
        return line
    own = unit.pk == report.unit_id  # its own people: those below have rows of their own
    ids = [unit.pk] if own else roster.subtree_ids(unit, day=summary.day)
    return _with(line, figures_of(ids, day=summary.day, at=report.signed_at))


def _line(line: Line, report: UnitReport | None, *, category: str = "") -> Line:
    if report is None or line.row is None:
        return line
    return _with(line, _figures(report.unit, report.day, report.signed_at, category))


def _figures(unit: Unit, day: date, at: datetime, category: str) -> MonitoringFigures:
    ids = roster.subtree_ids(unit, day=day)
    return figures_of(ids, day=day, at=at, category=category)


def _sum(total: Line, lines: Iterable[Line]) -> Line:
    if total.row is None:
        return total
    figures = MonitoringFigures()
    for line in lines:
        row = line.row
        if row is not None and "monitored" in row and set(total.categories) <= set(line.categories):
            figures.add(
                MonitoringFigures(
                    row["monitored"], row["monitored_new"], row["monitored_released"],
                    row["monitored_all"],
                )
            )  # fmt: skip
    return _with(total, figures)


def _with(line: Line, figures: MonitoringFigures) -> Line:
    assert line.row is not None
    more = {
        "monitored": figures.under,
        "monitored_new": figures.new,
        "monitored_released": figures.released,
        "monitored_all": figures.released_in_all,
    }
    return replace(line, row={**line.row, **more})
