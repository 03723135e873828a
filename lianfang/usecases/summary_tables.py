"""Summaries as tables of words and numbers, in the language of the moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext

from lianfang.kernel.clock import SHANGHAI
from lianfang.reporting.models import UnitReport
from lianfang.reporting.summaries import (
    CollegeSummary,
    Comparison,
    Figure,
    Known,
    Line,
    Silence,
    UnitSummary,
)
from lianfang.usecases import summary_words as words
from lianfang.usecases.summary_words import Group


class Faint(str):
    """Words that stand where a number is not known; shown in grey."""

    __slots__ = ()


class Share(float):
    """A share of 1, shown in percent and never rounded up."""


Cell = int | str | Share


@dataclass(slots=True)
class Table:
    """One sheet: title, pairs of label and value, a row of groups, columns, rows, notes.

    The last `sums` rows are totals.
    """

    tab: str
    title: str
    facts: list[tuple[str, str]]
    columns: list[str]
    rows: list[list[Cell]]
    groups: list[tuple[str, int]] = field(default_factory=list)
    sums: int = 0
    is_prose: bool = False  # sentences in the cells: they are wrapped, and keep their lines
    notes: list[str] = field(default_factory=list)


def shown(figure: Figure) -> Cell:
    match figure.known:
        case Known.EXACT:
            return figure.value
        case Known.AT_LEAST:
            return Faint(str(words.AT_LEAST) % {"number": figure.value})
        case Known.UNKNOWN:
            return Faint(words.UNKNOWN)
        case Known.NOT_KEPT:
            return Faint(words.NOT_KEPT)
    return ""


def moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


# ---------------------------------------------------------------- A and B


def unit_table(summary: UnitSummary, facts: list[tuple[str, str]]) -> Table:
    """Format A: one row per class or department, and the total that was signed."""
    rows = [_health_row(n, line) for n, line in enumerate(summary.lines, start=1)]
    silent = [line.name for line in summary.lines if not line.is_signed]
    total = _health_row(0, summary.total)
    total[0], total[1] = "", pgettext("summary", "Total")
    return Table(
        tab=str(words.TABS["A"]),
        title=str(words.TITLES["A"]),
        facts=facts,
        groups=_groups(),
        columns=_columns(),
        rows=[*rows, total],
        sums=1,
        notes=[*_notes(), _not_signed_in_words(silent)],
    )


def college_tables(summary: CollegeSummary, facts: list[tuple[str, str]]) -> list[Table]:
    """Format B: the units in two lines, those that have not signed, today against yesterday."""
    rows = [_health_row(n, line, two_lines=True) for n, line in enumerate(summary.lines, start=1)]
    sums = []
    for line in summary.totals:
        row = _health_row(0, line, two_lines=True)
        row[0], row[1] = "", _total_of(summary)
        sums.append(row)
    main = Table(
        tab=str(words.TABS["B"]),
        title=str(words.TITLES["B"]),
        facts=facts,
        groups=_groups(),
        columns=_columns(),
        rows=[*rows, *sums],
        sums=len(sums),
        notes=[*_notes(), _not_signed_in_words([unit.name for unit in summary.unsigned])],
    )
    return [main, _unsigned_table(summary, facts), _compared_table(summary, facts)]


def _total_of(summary: CollegeSummary) -> str:
    if not summary.unsigned:
        return pgettext("summary", "Total")
    return pgettext("summary", "Total of %(signed)s of %(all)s units") % {
        "signed": summary.signed,
        "all": summary.signed + len(summary.unsigned),
    }


def _groups() -> list[tuple[str, int]]:
    indicators = [(str(g.label), len(g.columns)) for g in words.INDICATOR_GROUPS]
    base = (str(words.BASE.label), 3 + len(words.BASE.columns))
    return [base, *indicators, (str(words.CONCLUSION), 2)]


def _columns() -> list[str]:
    first = [words.NUMBER, words.UNIT, words.CATEGORY]
    figures = [column.label for group in _every_group() for column in group.columns]
    return [str(label) for label in [*first, *figures, words.ZERO_REPORT, words.REMARK]]


def _every_group() -> Sequence[Group]:
    return (words.BASE, *words.INDICATOR_GROUPS)


def _health_row(number: int, line: Line, *, two_lines: bool = False) -> list[Cell]:
    """A unit that has not signed reads so, and its cells are empty."""
    cells: list[Cell] = [number, line.name, _categories(line, two_lines=two_lines)]
    for group in _every_group():
        for column in group.columns:
            if column.name is None:
                cells.append(Faint(words.NOT_KEPT) if line.is_signed else "")
            elif column.name == "received" and not line.is_signed:
                cells.append(Faint(words.NOT_SIGNED))
            else:
                cells.append(shown(line.figure(column.name)))
    return [*cells, _is_zero(line), _remark(line)]


def _categories(line: Line, *, two_lines: bool) -> str:
    names: dict[str, Any] = words.CATEGORIES | (words.LINES if two_lines else {})
    return "、".join(str(names.get(category, category)) for category in line.categories)


def _is_zero(line: Line) -> Cell:
    """Whether this line is a zero report: only one that may be known can be."""
    if line.row is None:
        return Faint(words.NOT_SIGNED)
    if line.row["with_events"]:
        return str(words.NO)
    if not line.row["expected"]:
        return Faint(words.NOT_KEPT)
    return str(words.YES) if line.is_known else Faint(words.UNKNOWN)


def _remark(line: Line) -> str:
    remarks = []
    report = line.report
    if line.row is not None and line.row["with_events"]:
        remarks.append(pgettext("summary", "events: cases reported separately"))
    if report is not None and report.is_late:
        remarks.append(pgettext("summary", "signed late"))
    if report is not None and report.version > 1:
        remarks.append(pgettext("summary", "corrected, version %(v)s") % {"v": report.version})
    if report is not None and report.declaration == UnitReport.Declaration.ZERO_PARTIAL:
        remarks.append(pgettext("summary", "some not reached"))
    return ";".join(remarks)


def _notes() -> list[str]:
    return [
        pgettext("summary", "“—”: not asked for by this system, or nobody concerned; not a zero."),
        pgettext(
            "summary",
            "“unknown”: too few have reported, or a unit is missing; “not signed”: no report.",
        ),
    ]


def _not_signed_in_words(names: Sequence[str]) -> str:
    return pgettext("summary", "Units that have not signed: %(names)s") % {
        "names": "、".join(names) or pgettext("summary", "none")
    }


def _unsigned_table(summary: CollegeSummary, facts: list[tuple[str, str]]) -> Table:
    return Table(
        tab=str(words.TABS["UNSIGNED"]),
        title=pgettext("summary", "Units that have not signed"),
        facts=facts,
        columns=[str(words.NUMBER), pgettext("summary", "Unit")],
        rows=[[n, unit.name] for n, unit in enumerate(summary.unsigned, start=1)],
    )


def _compared_table(summary: CollegeSummary, facts: list[tuple[str, str]]) -> Table:
    days = [str(word) for word in words.COMPARED_BY]
    return Table(
        tab=str(words.TABS["COMPARED"]),
        title=pgettext("summary", "Today against yesterday"),
        facts=facts,
        groups=[("", 2), *((str(column.label), 3) for column in words.COMPARED)],
        columns=[str(words.NUMBER), pgettext("summary", "Unit"), *days * len(words.COMPARED)],
        rows=[_compared_row(n, pair) for n, pair in enumerate(summary.comparisons, start=1)],
    )


def _compared_row(number: int, pair: Comparison) -> list[Cell]:
    cells: list[Cell] = [number, pair.name]
    for column in words.COMPARED:
        assert column.name is not None
        today, before = pair.today.figure(column.name), pair.yesterday.figure(column.name)
        both = today.known is before.known is Known.EXACT
        change: Cell = today.value - before.value if both else Faint(words.NOT_KEPT)
        cells += [_or_not_signed(today), _or_not_signed(before), change]
    return cells


def _or_not_signed(figure: Figure) -> Cell:
    return Faint(words.NOT_SIGNED) if figure.known is Known.NOT_SIGNED else shown(figure)


# ---------------------------------------------------------------- E


def silence_table(found: Sequence[Silence], facts: list[tuple[str, str]]) -> Table:
    """Format E: the six official columns, and whether the unit signed in time."""
    return Table(
        tab=str(words.TABS["E"]),
        title=str(words.TITLES["E"]),
        facts=facts,
        columns=[
            pgettext("summary", "Unit"),
            pgettext("summary", "On the roll (to report)"),
            pgettext("summary", "Not reported"),
            pgettext("summary", "Report rate"),
            pgettext("summary", "Timely rate"),
            pgettext("summary", "Days in a row not signed"),
            pgettext("summary", "Signature"),
        ],
        rows=[_silence_row(silence) for silence in found],
        notes=_notes()[1:],
    )


def _silence_row(silence: Silence) -> list[Cell]:
    line = silence.line
    if line.row is None:
        nothing = Faint(words.UNKNOWN)
        signed: Cell = Faint(words.NOT_SIGNED)
        return [line.name, nothing, nothing, nothing, nothing, silence.days_missing, signed]
    late = line.report is not None and line.report.is_late
    return [
        line.name,
        int(line.row["expected"]),
        int(line.row["missing"]),
        share(line.row["completeness"]),
        share(line.row["timeliness"]),
        silence.days_missing,
        pgettext("summary", "signed late") if late else pgettext("summary", "signed in time"),
    ]


def share(value: float | None) -> Cell:
    """Down to a tenth of a percent: 99.96 % is not everybody."""
    return Faint(words.NOT_KEPT) if value is None else Share(math.floor(value * 1000) / 1000)
