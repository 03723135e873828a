"""A summary leaves the house: figures of frozen reports, access checked, written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from django.db import transaction
from django.utils import translation
from django.utils.translation import pgettext

from lianfang.audit import operations as audit
from lianfang.installation.queries import is_exercise
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.kernel.refusals import Forbidden, NotYours, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting import queries
from lianfang.reporting import summaries as frozen
from lianfang.reporting.models import UnitReport
from lianfang.reporting.summaries import Line
from lianfang.roster.access import View
from lianfang.roster.models import Unit
from lianfang.usecases import summary_files as files
from lianfang.usecases import summary_tables as tables
from lianfang.usecases import summary_words as words
from lianfang.usecases.summary_cases import with_cases, with_cases_of_college
from lianfang.usecases.summary_monitoring import with_monitoring, with_monitoring_of_college
from lianfang.usecases.summary_rounds import rounds_table

Kind = Literal["A", "B", "E", "F", "H"]
KINDS: tuple[Kind, ...] = ("A", "B", "E", "F", "H")
FIRST_DAY = date(2003, 1, 1)  # nobody keeps electronic ledgers of an earlier epidemic here
EXERCISE = "演练 EXERCISE"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoSuchSummary(Refused):
    code = "reporting.no-such-summary"
    message = _("There is no summary %(kind)s of %(day)s.")
    status = 404


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is ready to be handed over."""

    name: str
    media_type: str
    content: bytes

    @property
    def content_type(self) -> str:
        is_text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if is_text else self.media_type

    @property
    def text(self) -> str:
        return self.content.decode()


def kind_of(text: str) -> Kind:
    """Raises `NoSuchSummary`."""
    if text.upper() not in KINDS:
        raise NoSuchSummary(kind=text[:10], day="")
    return cast(Kind, text.upper())


def unit_of_summary(pk: int, *, sight: View) -> Unit:
    """The unit, where the viewer may know its figures with what there is to follow up.

    A class reporter knows who has reported and no more: refused. Raises `NotYours`.
    """
    if pk not in sight.event_figure_units:
        raise Forbidden if pk in sight.figure_units else NotYours
    return Unit.objects.get(pk=pk)


@transaction.atomic
def export(
    *,
    unit: Unit,
    day: date,
    kind: Kind,
    actor: Actor,
    now: datetime,
    as_csv: bool = False,
    language: str = "zh-hans",
) -> Export:
    """The summary as a file, and the audit entry that it was taken out.

    In Chinese, as the offices that receive it print it, unless another language is asked
    for. The caller has checked that the figures of the unit are the actor's to see.
    """
    if not FIRST_DAY <= day <= reporting_day(now):
        raise NoSuchSummary(kind=kind, day=day.isoformat())
    with translation.override(language):
        if kind == "H":
            made = Export(f"H-{unit.code}-{day}.txt", "text/plain", _line(unit, day, now).encode())
        else:
            made = _file(kind, unit, day, now, as_csv=as_csv)
    audit.record(
        verb="reporting.summary.exported",
        actor=actor,
        subject=unit,
        now=now,
        kind=kind,
        day=day.isoformat(),
        format=made.name.rpartition(".")[2],
    )
    return made


def _file(kind: Kind, unit: Unit, day: date, now: datetime, *, as_csv: bool) -> Export:
    made = _tables(kind, unit, day, now)
    if is_exercise():
        for table in made:
            table.title = f"{EXERCISE} {table.title}"
            table.tab = f"{EXERCISE} {table.tab}"
    stem = f"{kind}-{unit.code}-{day}"
    if as_csv:
        return Export(f"{stem}.csv", "text/csv", files.csv_text(made).encode())
    return Export(f"{stem}.xlsx", _XLSX, files.xlsx(made, now=now))


def _tables(kind: Kind, unit: Unit, day: date, now: datetime) -> list[tables.Table]:
    report = queries.unit_report(unit, day=day)
    facts = _facts(unit, day, report, now)
    if kind == "A":
        return [tables.unit_table(_unit_summary(unit, day, now), facts)]
    if kind == "B":
        college = with_monitoring_of_college(frozen.college_summary(unit, day=day, now=now))
        return tables.college_tables(with_cases_of_college(college), facts)
    if kind == "F":
        return [rounds_table(unit, day, facts)]
    return [tables.silence_table(frozen.silences(unit, day=day, now=now), facts)]


def _unit_summary(unit: Unit, day: date, now: datetime) -> frozen.UnitSummary:
    """What was signed, with monitoring and diagnoses as they were known then."""
    return with_cases(with_monitoring(frozen.unit_summary(unit, day=day, now=now)))


def _facts(
    unit: Unit, day: date, report: UnitReport | None, now: datetime
) -> list[tuple[str, str]]:
    """单位、日期、统计截止时间、填报人、电话、责任人签字"""
    signer = report.signed_by if report else None
    head = frozen.answerable_for(unit, day=day, signer=signer)
    signature = head.name if head else ""
    if report and head == signer:
        signature += (
            f" ({pgettext('summary', 'signed in the system')} {tables.moment(report.signed_at)})"
        )
    return [
        (pgettext("summary", "Unit"), unit.name),
        (pgettext("summary", "Day"), day.isoformat()),
        (pgettext("summary", "Figures as of"), tables.moment(report.signed_at if report else now)),
        (pgettext("summary", "Filled in by"), signer.name if signer else str(words.NOT_SIGNED)),
        (pgettext("summary", "Phone"), str(signer.phone) if signer else ""),
        (pgettext("summary", "Signature of the responsible head"), signature),
    ]


# ---------------------------------------------------------------- H


def _line(unit: Unit, day: date, now: datetime) -> str:
    """Format H: one line for the group or the phone."""
    summary = _unit_summary(unit, day, now)
    report, line = summary.report, summary.total
    prefix = f"{EXERCISE} " if is_exercise() else ""
    if report is None:
        return prefix + pgettext("summary", "As of %(moment)s, %(unit)s has not signed.") % {
            "moment": _clock(now),
            "unit": unit.name,
        }
    head = frozen.answerable_for(unit, day=day, signer=report.signed_by)
    return prefix + pgettext(
        "summary",
        "As of %(moment)s, %(unit)s: %(expected)s to report, %(received)s reported "
        "(%(proxy)s by proxy), %(missing)s not reported; fever %(fever)s, suspected "
        "%(suspected)s, confirmed %(confirmed)s; under key monitoring %(monitored)s; "
        "%(conclusion)s. Filled in by %(reporter)s, responsible %(head)s.",
    ) % {
        "moment": _clock(report.signed_at),
        "unit": unit.name,
        **{
            name: _people(line, name)
            for name in ("expected", "received", "proxy", "missing", "fever")
        },
        "suspected": _people(line, "suspected"),
        "confirmed": _people(line, "confirmed"),
        "monitored": _people(line, "monitored"),
        "conclusion": _conclusion(report, line),
        "reporter": report.signed_by.name,
        "head": head.name if head else words.NOT_KEPT,
    }


def _people(line: Line, name: str) -> str:
    value = tables.shown(line.figure(name))
    if isinstance(value, str):
        return str(value)
    return pgettext("summary", "%(number)s people") % {"number": value}


def _conclusion(report: UnitReport, line: Line) -> str:
    assert line.row is not None
    match report.declaration:
        case UnitReport.Declaration.ZERO_FULL:
            return pgettext("summary", "zero report")
        case UnitReport.Declaration.ZERO_PARTIAL:
            return pgettext("summary", "zero report, %(missing)s people not reached") % {
                "missing": line.row["missing"]
            }
    return pgettext("summary", "report with events, cases reported separately")


def _clock(at: datetime) -> str:
    """2月1日14时, or 2月1日14时05分 where it is not the full hour."""
    local = at.astimezone(SHANGHAI)
    given = {"month": local.month, "day": local.day, "hour": local.hour}
    if local.minute == 0:
        return pgettext("summary", "%(month)s-%(day)s %(hour)s:00") % given
    return pgettext("summary", "%(month)s-%(day)s %(hour)s:%(minute)s") % {
        **given,
        "minute": f"{local.minute:02}",
    }
