"""A check of a watched person; one that finds symptoms goes the way of every fever.

It is filed as a revision of the day's report in the same transaction: the same screening, the
same incident, the same ladder, and no second road that could be forgotten (decision 0031).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import checking
from lianfang.monitoring.checking import Findings, is_hot
from lianfang.monitoring.models import CheckSlot
from lianfang.reporting.models import DailyReport
from lianfang.reporting.queries import reports_of
from lianfang.reporting.rules import Answers
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import monitoring, quarantine_checks
from lianfang.usecases.daily_report import Filing, check_filing, limits_of, store_alone

METHODS = (CheckSlot.Method.PHONE, CheckSlot.Method.VISIT)


class ReportFirst(Refused):
    code = "monitoring.report-first"
    message = _("Nobody knows yet where the person is: please fill in the daily report. It counts as this check.")  # fmt: skip
    status = 409


def check(
    *,
    slot: CheckSlot,
    found: Findings,
    need: str,
    method: CheckSlot.Method,
    by: Person,
    actor: Actor,
    now: datetime,
) -> CheckSlot:
    """Store one check, and all that it calls for, or nothing.

    Raises `Invalid` with a sentence per field, `SlotIsOver`, and `ReportFirst` for somebody ill
    of whom no report says where they are.
    """
    rules = rules_in_force(now)
    limits = limits_of(rules)
    problems = checking.problems_of(
        found,
        day=slot.day,
        limits=limits,
        known_symptoms=[symptom.code for symptom in rules.symptoms],
    )
    if problems:
        raise Invalid(problems)
    if found.unwell and not found.symptoms and is_hot(found, limits):
        found = replace(found, symptoms=("fever",))
    with transaction.atomic():
        checking.record(slot=slot, found=found, method=method, by=by, actor=actor, now=now)
        quarantine_checks.follow_monitoring(slot=slot, by=by, actor=actor, now=now)
        if need.strip():
            monitoring.ask_for(file=slot.file, text=need, actor=actor, now=now)
        if found.unwell:
            filing = _filing(slot, found, limits.lookback_days, method, by, actor)
            checked = check_filing(filing, rules=rules, now=now)
            store_alone(checked, rules=rules, now=now)
    return slot


def last_report_of(person: Person, *, day: date) -> DailyReport | None:
    return reports_of(person).filter(is_current=True, day__lte=day).first()


def _filing(
    slot: CheckSlot,
    found: Findings,
    lookback_days: int,
    method: CheckSlot.Method,
    by: Person,
    actor: Actor,
) -> Filing:
    person = slot.file.person
    last = last_report_of(person, day=slot.day)
    if last is None:
        raise ReportFirst
    is_self = method == CheckSlot.Method.SELF
    return Filing(
        person=person,
        day=slot.day,
        answers=_answers(last, slot.day, found, lookback_days),
        source=DailyReport.Source.WEB if is_self else DailyReport.Source.PROXY,
        actor=actor,
        submitted_by=by,
        key=f"slot:{slot.pk}",
        proxy_reason="" if is_self else DailyReport.ProxyReason.PHONE,
        told_by="" if is_self else str(CheckSlot.Method(method).label),
    )


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


def _answers(last: DailyReport, day: date, found: Findings, lookback_days: int) -> Answers:
    """How the person is now, beside what they said last."""
    measured = found.temperature is not None
    return replace(
        answers_on(last, day=day, lookback_days=lookback_days),
        unwell=True,
        symptoms=found.symptoms,
        onset_on=found.onset_on or day,
        temperature=found.temperature,
        site=found.site if measured else "",
        not_measured="" if measured else "CANNOT_NOW",
        note=found.note.strip(),
        truth=True,
    )


def open_slot_for(person: Person, *, now: datetime) -> CheckSlot | None:
    """The check that this person, or whoever cares for them, can make now."""
    today = reporting_day(now)
    slots = CheckSlot.objects.filter(
        file__person=person, file__closed_at__isnull=True, day=today, opens_at__lte=now
    ).exclude(state=CheckSlot.State.DONE)
    slots = slots.select_related("file__person", "file__unit", "file__carer")
    return slots.filter(due_at__gt=now).first() or slots.order_by("-due_at").first()
