"""A check of a watched person; one that finds symptoms goes the way of every fever.

It is filed as a revision of the day's report in the same transaction: the same screening, the
same incident, the same ladder, and no second road that could be forgotten (decision 0031).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import checking
from lianfang.monitoring.checking import Findings, is_hot
from lianfang.monitoring.models import CheckSlot
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import monitoring, quarantine_checks
from lianfang.usecases.daily_report import limits_of
from lianfang.usecases.noted_symptoms import Noted, file_as_report, last_report_of

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
            last = last_report_of(slot.file.person, day=slot.day)
            if last is None:
                raise ReportFirst
            file_as_report(
                noted=_noted(slot, found, method), last=last, key=f"slot:{slot.pk}", by=by,
                actor=actor, rules=rules, now=now,
            )  # fmt: skip
    return slot


def _noted(slot: CheckSlot, found: Findings, method: CheckSlot.Method) -> Noted:
    return Noted(
        day=slot.day,
        temperature=found.temperature,
        site=found.site,
        symptoms=found.symptoms,
        note=found.note,
        onset_on=found.onset_on,
        told_by="" if method == CheckSlot.Method.SELF else str(CheckSlot.Method(method).label),
    )


def open_slot_for(person: Person, *, now: datetime) -> CheckSlot | None:
    """The check that this person, or whoever cares for them, can make now."""
    today = reporting_day(now)
    slots = CheckSlot.objects.filter(
        file__person=person, file__closed_at__isnull=True, day=today, opens_at__lte=now
    ).exclude(state=CheckSlot.State.DONE)
    slots = slots.select_related("file__person", "file__unit", "file__carer")
    return slots.filter(due_at__gt=now).first() or slots.order_by("-due_at").first()
