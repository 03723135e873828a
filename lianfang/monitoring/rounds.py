"""Switching the rounds of a class on, and writing down one round. The same person twice is once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring.models_rounds import RoundCheck, RoundPlan
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.roster.queries import held_on
from lianfang.rulebook.monitor_policy import Slot, round_slots_from
from lianfang.rulebook.queries import rules_in_force


class NoSuchRound(Refused):
    code = "monitoring.no-such-round"
    message = _("This class takes no such round today, or it has not begun.")
    status = 409


@dataclass(frozen=True, slots=True)
class Entry:
    """What the round found of one person."""

    person: Person
    is_present: bool
    temperature: Decimal | None = None
    symptoms: tuple[str, ...] = ()


def plan_of(unit: Unit, *, day: date) -> RoundPlan | None:
    return RoundPlan.objects.filter(held_on(day), unit=unit).order_by("-held_from", "-pk").first()


def rounds_of(unit: Unit, *, day: date, now: datetime) -> list[Slot]:
    """The rounds that the class takes on that day, in order."""
    plan = plan_of(unit, day=day)
    slots = round_slots_from(rules_in_force(now).settings)
    return [slot for slot in slots if plan is not None and slot.code in plan.codes]


@transaction.atomic
def set_rounds(
    *, unit: Unit, codes: Collection[str], by: Person, actor: Actor, now: datetime
) -> RoundPlan | None:
    """From today on; none chosen switches them off. The plans before stay, with their days."""
    known = {slot.code for slot in round_slots_from(rules_in_force(now).settings)}
    if not set(codes) <= known:
        raise Invalid({"codes": _("Please choose out of the list.")})
    today = reporting_day(now)
    RoundPlan.objects.filter(unit=unit, held_until__isnull=True).update(held_until=today)
    plan = None
    if codes:
        plan = RoundPlan.objects.create(
            unit=unit, codes=sorted(codes), held_from=today, set_by=by, set_at=now
        )
    audit.record(
        verb="monitoring.rounds.set", actor=actor, subject=plan or unit, now=now,
        codes=sorted(codes),
    )  # fmt: skip
    return plan


def keep(
    *,
    unit: Unit,
    code: str,
    entries: Sequence[Entry],
    by: Person,
    actor: Actor,
    now: datetime,
) -> list[RoundCheck]:
    """Write down a round; who was written down before in this round is written anew.

    The caller holds the transaction and has checked the entries. Raises `NoSuchRound`.
    """
    today = reporting_day(now)
    slot = next((s for s in rounds_of(unit, day=today, now=now) if s.code == code), None)
    if slot is None or now < slot.opens(today):
        raise NoSuchRound
    roll = set(roster.roll([unit.pk], day=today).values_list("pk", flat=True))
    kept = []
    for entry in entries:
        if entry.person.pk not in roll:
            continue
        row, _made = RoundCheck.objects.update_or_create(
            day=today,
            code=code,
            person=entry.person,
            defaults={
                "unit": unit,
                "is_present": entry.is_present,
                "temperature": str(entry.temperature or ""),
                "symptoms": {"codes": list(entry.symptoms)} if entry.symptoms else {},
                "has_symptoms": bool(entry.symptoms),
                "taken_at": now,
                "taken_by": by,
            },
        )
        kept.append(row)
    audit.record(
        verb="monitoring.round.taken", actor=actor, subject=unit, now=now, code=code,
        people=len(kept),
    )  # fmt: skip
    return kept


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """One round in numbers: format F of the forms of 2020 (晨午检汇总)."""

    slot: Slot
    people: int
    looked_at: int
    present: int
    with_symptoms: int

    @property
    def not_looked_at(self) -> int:
        return self.people - self.looked_at


def summaries_of(unit: Unit, *, day: date, now: datetime) -> list[RoundSummary]:
    people = roster.roll([unit.pk], day=day).count()
    found: dict[str, list[tuple[bool, bool]]] = {}
    rows = RoundCheck.objects.filter(unit=unit, day=day)
    for code, present, ill in rows.values_list("code", "is_present", "has_symptoms"):
        found.setdefault(code, []).append((present, ill))
    return [
        RoundSummary(
            slot,
            people,
            looked_at=len(found.get(slot.code, [])),
            present=_count(present for present, _ill in found.get(slot.code, [])),
            with_symptoms=_count(ill for _present, ill in found.get(slot.code, [])),
        )
        for slot in rounds_of(unit, day=day, now=now)
    ]


def _count(values: Iterable[bool]) -> int:
    return sum(values)
