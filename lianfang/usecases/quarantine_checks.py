"""One look, two rooms: the check of an order is the check of the monitoring file as well.

Nobody types the same temperature twice. Whoever is in quarantine mostly has a monitoring file;
the rooms do not know each other, and meet here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.escalation.queries import people_on
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop
from lianfang.monitoring import checking
from lianfang.monitoring.checking import Findings, SlotIsOver
from lianfang.monitoring.models import CheckSlot, MonitoringFile
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.quarantine import checks, queries, rules
from lianfang.quarantine.checks import CheckChangedMeanwhile, Look
from lianfang.quarantine.models import Check, Order
from lianfang.reporting.receiving import DayIsOver, check_day_is_open
from lianfang.roster.models import Person
from lianfang.rulebook.queries import Rung, rules_in_force
from lianfang.usecases.letters import in_language_of
from lianfang.usecases.noted_symptoms import Noted, file_as_report, last_report_of

_METHODS = {Check.Source.SELF: CheckSlot.Method.SELF, Check.Source.CARER: CheckSlot.Method.PHONE}


class ReportFirst(Refused):
    code = "quarantine.report-first"
    message = gettext_noop(
        "This needs help at once, and no report says yet where the person is: please fill in the "
        "daily report first. It alarms by itself."
    )
    status = 409


def slot_now(now: datetime) -> str:
    return rules.slot_at(now.astimezone(SHANGHAI))


@transaction.atomic
def note(*, order: Order, look: Look, by: Person, actor: Actor, now: datetime) -> Check:
    """Note the look for the order, and fill the open slot of the monitoring file with it.

    Fever, a symptom or an order that is not kept: carer and duty officer are told at once. A
    fever or a symptom is filed as a revision of the day's report as well, while that day is
    open, with the incident and the ladder that it calls for. Raises `ReportFirst` for somebody
    ill of whom no report says where they are.
    """
    source = Check.Source.SELF if by.pk == order.person_id else Check.Source.CARER
    check = checks.note_check(order=order, look=look, source=source, by=by, actor=actor, now=now)
    is_ill = queries.is_ill(check)
    if is_ill:
        look = replace(look, unwell=True, symptoms=look.symptoms or ("fever",))
    if look.day == reporting_day(now):
        _fill_monitoring(order.person_id, look, _METHODS[source], by, actor, now)
    if is_ill:
        _file_as_report(order, check, look, by, actor, now)
    if needs_an_answer(check):
        notifications.queue(_letters(order, check, by, now), now=now)
    return check


def needs_an_answer(check: Check) -> bool:
    return queries.is_ill(check) or not check.is_kept


def _file_as_report(
    order: Order, check: Check, look: Look, by: Person, actor: Actor, now: datetime
) -> None:
    rules = rules_in_force(now)
    today = reporting_day(now)
    try:
        check_day_is_open(day=look.day, rules=rules, today=today)
    except DayIsOver:
        return  # nobody reports that day any more; the letters say that something needs an answer
    last = last_report_of(order.person, day=today)
    if last is None:
        raise ReportFirst
    method = _METHODS[Check.Source(check.source)]
    noted = Noted(
        day=look.day,
        temperature=look.temperature,
        site=look.site,
        symptoms=look.symptoms,
        note=look.note,
        told_by="" if method == CheckSlot.Method.SELF else str(method.label),
    )
    file_as_report(
        noted=noted, last=last, key=f"quarantine-check:{check.pk}", by=by, actor=actor,
        rules=rules, now=now,
    )  # fmt: skip


def _fill_monitoring(
    person_id: int, look: Look, method: CheckSlot.Method, by: Person, actor: Actor, now: datetime
) -> None:
    file = MonitoringFile.objects.filter(person_id=person_id, closed_at__isnull=True).first()
    slot = checking.open_slot_of(file, now=now) if file is not None else None
    if slot is None:
        return
    found = Findings(
        unwell=look.unwell,
        temperature=look.temperature,
        site=look.site,
        symptoms=look.symptoms,
        place_kept=look.kept,
        isolation_kept=look.kept,
        note=look.note,
    )
    try:
        with transaction.atomic():
            checking.record(slot=slot, found=found, method=method, by=by, actor=actor, now=now)
    except SlotIsOver:
        return  # somebody filled it in the same moment: it is there once, as it should be


def follow_monitoring(*, slot: CheckSlot, by: Person, actor: Actor, now: datetime) -> Check | None:
    """A slot of a monitoring file was filled: the running order of the person has it too.

    None where there is no order, where the slot has no temperature or does not say whether the
    order was kept, and where the order has its check already.
    """
    order = queries.running_order_of(slot.file.person)
    if order is None or not slot.temperature or slot.isolation_kept is None:
        return None
    name = _slot_of(slot, now)
    if Check.objects.filter(order=order, day=slot.day, slot=name, is_current=True).exists():
        return None
    codes = tuple(slot.symptoms.get("codes", ()))
    look = Look(
        day=slot.day,
        slot=name,
        temperature=Decimal(slot.temperature),
        site=slot.site,
        unwell=bool(codes),
        symptoms=codes,
        kept=slot.isolation_kept,
        note=slot.note,
    )
    source = Check.Source.SELF if by.pk == order.person_id else Check.Source.CARER
    check = checks.note_check(order=order, look=look, source=source, by=by, actor=actor, now=now)
    if needs_an_answer(check):
        notifications.queue(_letters(order, check, by, now), now=now)
    return check


def _slot_of(slot: CheckSlot, now: datetime) -> str:
    code = slot.code.lower()
    if code in ("morning", "am"):
        return rules.MORNING
    return rules.EVENING if code in ("evening", "pm") else slot_now(now)


def _letters(order: Order, check: Check, by: Person, now: datetime) -> list[Draft]:
    """Carer, and the duty officer beside them; whoever wrote it knows already."""
    rung = Rung(0, 0, "COMMITTEE", "DUTY_OFFICER", timedelta(0))
    on_duty = people_on(rung, unit=order.unit, at=now, without=order.person)
    told = {person.pk: person for person in (order.carer, *on_duty) if person.pk != by.pk}
    drafts = []
    for person in told.values():
        with in_language_of(person):
            drafts.append(
                Draft(
                    reference=f"quarantine-check:{check.pk}",
                    person=person,
                    subject=_("Lianfang: you are needed"),
                    body=_("Something needs an answer now (%(code)s). Please open the link.")
                    % {"code": order.code},
                    link=f"/desk/care/quarantine/{order.pk}/",
                    is_urgent=True,
                )
            )
    return drafts


def explain_days(
    *,
    order: Order,
    first: date | None,
    last: date | None,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> int:
    return checks.explain_days(
        order=order, first=first, last=last, text=text, by=by, actor=actor, now=now
    )


__all__ = [
    "CheckChangedMeanwhile", "Look", "ReportFirst", "explain_days", "follow_monitoring",
    "needs_an_answer", "note", "slot_now",
]  # fmt: skip
