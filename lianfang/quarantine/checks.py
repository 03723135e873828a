"""The verbs of the daily look: morning and evening, corrections kept, gaps explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.quarantine.models import Check, ExplainedDay, Order
from lianfang.quarantine.operations import OrderHasEnded
from lianfang.roster.models import Person

SITES = ("axilla", "forehead", "ear", "oral")
_COOLEST, _HOTTEST = Decimal("34.0"), Decimal("42.9")


class CheckChangedMeanwhile(Refused):
    code = "quarantine.check-changed-meanwhile"
    message = _("Somebody has just noted this check too. Please look at it again.")
    status = 409


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found. `unwell` and `kept` have no default: None is not answered."""

    day: date
    slot: str
    temperature: Decimal | None
    site: str
    unwell: bool | None
    symptoms: tuple[str, ...]
    kept: bool | None
    note: str = ""


def problems_of(look: Look, *, order: Order, today: date) -> dict[str, str]:
    problems: dict[str, str] = {}
    if look.slot not in Check.SlotName.values:
        problems["slot"] = _("Morning or evening?")
    if not order.held_from <= look.day <= today:
        problems["day"] = _("That day does not belong to the order, or has not come yet.")
    if look.temperature is None:
        problems["temperature"] = _("Which temperature, please?")
    elif not _COOLEST <= look.temperature <= _HOTTEST:
        problems["temperature"] = _("A temperature lies between 34.0 and 42.9. Please look again.")
    elif look.site not in SITES:
        problems["site"] = _("Where was it measured?")
    if look.unwell is None:
        problems["unwell"] = _("Please say how you are today.")
    elif look.unwell and not look.symptoms:
        problems["symptoms"] = _("You said that you are not well. What is it?")
    elif not look.unwell and look.symptoms:
        problems["unwell"] = _("You chose “well” and a symptom. Which of the two is right?")
    if look.kept is None:
        problems["kept"] = _("Please say whether the person stayed there.")
    return problems


@transaction.atomic
def note_check(
    *, order: Order, look: Look, source: str, by: Person, actor: Actor, now: datetime
) -> Check:
    """Note one look; noted again it is a correction, and both are kept. Raises `Invalid`."""
    if not order.is_running:
        raise OrderHasEnded
    problems = problems_of(look, order=order, today=reporting_day(now))
    if problems:
        raise Invalid(problems)
    same = Check.objects.filter(order=order, day=look.day, slot=look.slot)
    last = same.aggregate(last=Max("revision"))["last"] or 0
    same.filter(is_current=True).update(is_current=False)
    try:
        with transaction.atomic():
            check = Check.objects.create(
                order=order,
                day=look.day,
                slot=look.slot,
                revision=last + 1,
                findings=_findings(look),
                is_kept=bool(look.kept),
                source=source,
                noted_by=by,
                noted_at=now,
            )
    except IntegrityError as error:
        raise CheckChangedMeanwhile from error
    audit.record(
        verb="quarantine.check.noted", actor=actor, subject=check, now=now,
        concerns=order.person_id, day=look.day.isoformat(), slot=look.slot,
    )  # fmt: skip
    return check


def _findings(look: Look) -> dict[str, object]:
    found: dict[str, object] = {"temperature": str(look.temperature), "site": look.site}
    if look.symptoms:
        found["symptoms"] = list(look.symptoms)
    if look.note.strip():
        found["note"] = look.note.strip()[:500]
    return found


@transaction.atomic
def explain_days(
    *, order: Order, first: date | None, last: date | None, text: str, by: Person, actor: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """Why there is no check from one day to another (both included). Returns how many are new."""
    today = reporting_day(now)
    problems: dict[str, str] = {}
    if first is None or last is None or not order.held_from <= first <= last <= today:
        problems["first"] = _("From which day to which? They lie within the order, up to today.")
    if not text.strip():
        problems["text"] = _("Who was asked, and what was the reason?")
    if problems or first is None or last is None:
        raise Invalid(problems)
    new = 0
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        _row, made = ExplainedDay.objects.get_or_create(
            order=order, day=day, defaults={"text": text.strip()[:500], "by": by, "at": now}
        )
        new += made
    audit.record(
        verb="quarantine.days.explained", actor=actor, subject=order, now=now,
        concerns=order.person_id, first=first.isoformat(), last=last.isoformat(),
    )  # fmt: skip
    return new
