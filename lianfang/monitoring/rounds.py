"""Switching the rounds of a class on, and writing down one round. The same person twice is once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

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
    is_absent_ill: bool = False  # not there, because ill


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
                "symptoms": _sealed(entry),
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


def _sealed(entry: Entry) -> dict[str, Any]:
    if entry.is_absent_ill:
        return {"absent_ill": True}
    return {"codes": list(entry.symptoms)} if entry.symptoms else {}


@dataclass(frozen=True, slots=True)
class DayOfClass:
    """What the rounds of a class found on a day: people, each once however often looked at.

    Nothing was looked at where `looked_at` is 0; then nothing else is known.
    """

    looked_at: int = 0
    present: int = 0
    absent_ill: int = 0
    by_symptom: Mapping[str, frozenset[int]] = field(default_factory=dict)


def found_in(
    units: Collection[int], *, since: date, until: date
) -> dict[tuple[int, date], DayOfClass]:
    """Class and day (both ends included) → what its rounds found; the last word of a day counts."""
    rows = RoundCheck.objects.filter(unit_id__in=list(units), day__gte=since, day__lte=until)
    last: dict[tuple[int, date], dict[int, RoundCheck]] = {}
    ill: dict[tuple[int, date], dict[str, set[int]]] = {}
    for row in rows.order_by("taken_at", "pk"):
        key = row.unit_id, row.day
        last.setdefault(key, {})[row.person_id] = row
        for code in (row.symptoms or {}).get("codes", ()):
            ill.setdefault(key, {}).setdefault(code, set()).add(row.person_id)
    return {
        key: DayOfClass(
            looked_at=len(people),
            present=_count(row.is_present for row in people.values()),
            absent_ill=_count(
                bool((row.symptoms or {}).get("absent_ill")) for row in people.values()
            ),
            by_symptom={code: frozenset(some) for code, some in ill.get(key, {}).items()},
        )
        for key, people in last.items()
    }


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
