"""A person reports; what the report calls for happens before the page comes back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from lianfang.escalation import operations as escalation
from lianfang.incidents import operations as incidents
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import checking as monitoring
from lianfang.places import divisions
from lianfang.places import queries as places
from lianfang.reporting.models import DailyReport
from lianfang.reporting.receiving import (
    NotOnTheRoll,
    Submission,
    check_day_is_open,
    receive,
    received_before,
)
from lianfang.reporting.rules import Answers, Limits, problems_of
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import Rule, Rules, rules_in_force
from lianfang.screening import operations as screening
from lianfang.usecases import clusters, exposures

_TRIES = 4


class BusyElsewhere(Refused):
    code = "reporting.busy"
    message = _("Too much arrived at once. Nothing was lost on your side: please send it again.")
    status = 503


@dataclass(frozen=True, slots=True)
class Filing:
    """A report as somebody hands it in, before anything is checked.

    `key` identifies the submission within whoever submits; `unit` may be given by a caller
    that knows the person's reporting unit of the day already.
    """

    person: Person
    day: date
    answers: Answers
    source: DailyReport.Source
    actor: Actor
    submitted_by: Person | None
    key: str
    proxy_reason: str = ""
    told_by: str = ""
    client_skew_s: int | None = None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A filing that may be stored, with the rules that hold for it."""

    submission: Submission
    hits: tuple[Rule, ...]


def limits_of(rules: Rules) -> Limits:
    fever = next(
        (
            dict(rule.criterion["temperature_at_least"])
            for rule in rules.screening
            if "temperature_at_least" in rule.criterion
        ),
        {},
    )
    return Limits(
        temperature_min=Decimal(str(rules.settings["temperature_min"])),
        temperature_max=Decimal(str(rules.settings["temperature_max"])),
        lookback_days=int(rules.settings["lookback_days"]),
        fever=fever,
    )


def check_filing(
    filing: Filing, *, rules: Rules, now: datetime, listed: frozenset[str] | None = None
) -> Checked:
    """Everything that can be refused, refused before anything is stored.

    `listed` are the high-incidence areas of the day, for a caller that checks many. Raises `Invalid` with a sentence per field, `DayIsOver`, `DayHasNotBegun`, `NotOnTheRoll`.
    """
    check_day_is_open(day=filing.day, rules=rules, today=reporting_day(now))
    answers = filing.answers
    problems = problems_of(
        answers,
        day=filing.day,
        limits=limits_of(rules),
        known_symptoms=[symptom.code for symptom in rules.symptoms],
    )
    if answers.county_code and "county_code" not in problems:
        problems |= _place_problem(answers.county_code)
    if problems:
        raise Invalid(problems)
    unit = filing.unit or roster.reporting_unit_of(filing.person, day=filing.day)
    if unit is None:
        raise NotOnTheRoll(name=filing.person.name, day=filing.day.isoformat())
    if listed is None:
        listed = places.listed_now(filing.day)
    hits = screening.hits(answers, day=filing.day, rules=rules, listed=listed)
    submission = Submission(
        person=filing.person,
        unit=unit,
        day=filing.day,
        answers=answers,
        has_events=bool(hits),
        due_at=rules.deadlines["PERSON"].moment(filing.day),
        source=filing.source,
        actor=filing.actor,
        submitted_by=filing.submitted_by,
        key=_key_of(filing),
        digest=_digest_of(filing),
        proxy_reason=filing.proxy_reason,
        told_by=filing.told_by,
        client_skew_s=filing.client_skew_s,
    )
    return Checked(submission, hits)


def check_or_recall(
    filing: Filing, *, rules: Rules, now: datetime, listed: frozenset[str] | None = None
) -> Checked | DailyReport:
    """`check_filing`; what would be refused now but was stored before is answered as before.

    A sender that never saw the answer asks again, perhaps after the day has closed: the same
    key with the same answers gives the same receipt. Raises `KeyReused` for other answers.
    """
    try:
        return check_filing(filing, rules=rules, now=now, listed=listed)
    except Refused:
        first = recall(filing)
        if first is None:
            raise
        return first


def recall(filing: Filing) -> DailyReport | None:
    """What this very submission was answered with before. Raises `KeyReused` for other answers."""
    return received_before(key=_key_of(filing), digest=_digest_of(filing))


def _place_problem(code: str) -> dict[str, str]:
    """Stored is only a county of the edition; a code out of use is asked back with the new one."""
    if divisions.is_place(code):
        return {}
    renamed = divisions.rename_of(code)
    if renamed is not None:
        return {"county_code": _("This county has been renamed or merged. Please choose it anew.")}
    return {"county_code": _("There is no county or district with this code.")}


def _key_of(filing: Filing) -> str:
    """Keys of one submitter never meet those of another."""
    owner = f"{filing.actor.kind}:{filing.actor.id}"
    return hashlib.sha256(f"{owner}\x00{filing.key}".encode()).hexdigest()


def _digest_of(filing: Filing) -> str:
    body = json.dumps(
        [filing.person.pk, filing.day.isoformat(), filing.answers.to_plain(), filing.proxy_reason],
        sort_keys=True,
    )
    return hashlib.sha256(body.encode()).hexdigest()


def submit_daily_report(filing: Filing, *, now: datetime) -> DailyReport:
    """Receive, screen, and where a rule says “report at once”, open, climb and write letters.

    One transaction: no fever is ever stored without its incident and its first message. The
    same submission twice gives the same report.
    """
    rules = rules_in_force(now)
    checked = check_or_recall(filing, rules=rules, now=now)
    if isinstance(checked, DailyReport):
        return checked
    return store_alone(checked, rules=rules, now=now)


def store_alone(checked: Checked, *, rules: Rules, now: datetime) -> DailyReport:
    """Store one report; another worker in the same moment costs a second try, not a report."""
    for _attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return store([checked], rules=rules, now=now)[0]
        except IntegrityError:
            continue
    raise BusyElsewhere


def store(batch: Sequence[Checked], *, rules: Rules, now: datetime) -> list[DailyReport]:
    """Store reports and all that they call for; the caller holds the transaction.

    A person-day may stand only once in a batch.
    """
    reports, fresh = receive([checked.submission for checked in batch], rules=rules, now=now)
    for checked, report, is_new in zip(batch, reports, fresh, strict=True):
        if is_new and (checked.hits or report.revision > 1):
            clusters.note_report(
                report=report, answers=checked.submission.answers, rules=rules, now=now
            )
        if not checked.hits or not is_new:
            continue
        screening.keep(report=report, rules_hit=checked.hits, now=now)
        if any(rule.severity.is_urgent for rule in checked.hits):
            incident, opened = incidents.open_or_extend(report=report, now=now)
            if opened:
                escalation.start_for_incident(incident=incident, now=now)
            monitoring.follow_incident(person_id=report.person_id, incident_id=incident.pk, now=now)
    for checked, report, is_new in zip(batch, reports, fresh, strict=True):
        if is_new:
            exposures.after_report(report, hits=checked.hits, now=now)
    new = [report for report, is_new in zip(reports, fresh, strict=True) if is_new]
    monitoring.follow_reports(new, now=now)
    return reports
