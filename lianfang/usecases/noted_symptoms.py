"""What somebody noted beside the daily report goes the way of every fever, as a report.

A check of a watched or a quarantined person that finds symptoms is filed as a revision of the
day's report: how the person is comes from the check, where they are and whom they met from what
they said last (decision 0031).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from lianfang.kernel.actors import Actor
from lianfang.reporting.models import DailyReport
from lianfang.reporting.queries import reports_of
from lianfang.reporting.rules import Answers
from lianfang.roster.models import Person
from lianfang.rulebook.queries import Rules
from lianfang.usecases.daily_report import Filing, check_filing, limits_of, store_alone

_LONGEST_NOTE = 200  # of a daily report


@dataclass(frozen=True, slots=True)
class Noted:
    """How a person was when somebody looked. `told_by` is empty when it was the person."""

    day: date
    temperature: Decimal | None
    site: str
    symptoms: tuple[str, ...]
    note: str = ""
    onset_on: date | None = None
    told_by: str = ""


def last_report_of(person: Person, *, day: date) -> DailyReport | None:
    return reports_of(person).filter(is_current=True, day__lte=day).first()


def file_as_report(
    *,
    noted: Noted,
    last: DailyReport,
    key: str,
    by: Person,
    actor: Actor,
    rules: Rules,
    now: datetime,
) -> DailyReport:
    """Store the revision and all that it calls for; the caller holds the transaction.

    Raises `Invalid` with a sentence per field, and whatever refuses a day.
    """
    is_self = not noted.told_by
    filing = Filing(
        person=last.person,
        day=noted.day,
        answers=_answers(noted, last, limits_of(rules).lookback_days),
        source=DailyReport.Source.WEB if is_self else DailyReport.Source.PROXY,
        actor=actor,
        submitted_by=by,
        key=key,
        proxy_reason="" if is_self else DailyReport.ProxyReason.PHONE,
        told_by=noted.told_by,
    )
    return store_alone(check_filing(filing, rules=rules, now=now), rules=rules, now=now)


def answers_on(last: DailyReport, *, day: date, lookback_days: int) -> Answers:
    """Where somebody is and whom they met, as they said last.

    What lies further back than the edition looks is left behind, and ticks of another day are
    not repeated in the person's name.
    """
    known = Answers.from_plain(last.answers)
    if last.day != day:
        known = replace(known, met_case=False, told_close_contact=False, household_ill=False)
    if known.left_on is not None and (day - known.left_on).days > lookback_days:
        known = replace(known, visited=False, visited_area="", left_on=None)
    if known.met_on is not None and (day - known.met_on).days > lookback_days:
        known = replace(known, met=False, met_on=None)
    return known


def _answers(noted: Noted, last: DailyReport, lookback_days: int) -> Answers:
    measured = noted.temperature is not None
    return replace(
        answers_on(last, day=noted.day, lookback_days=lookback_days),
        unwell=True,
        symptoms=noted.symptoms,
        onset_on=noted.onset_on or noted.day,
        temperature=noted.temperature,
        site=noted.site if measured else "",
        not_measured="" if measured else "CANNOT_NOW",
        note=noted.note.strip()[:_LONGEST_NOTE],
        truth=True,
    )
