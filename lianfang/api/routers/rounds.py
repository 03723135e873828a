"""Rounds of the classes: which are taken, how far they are today, and one to write down."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, plain
from lianfang.api.caring import reader, reads_health, writer
from lianfang.api.once import once
from lianfang.api.problems import renamed
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.rounds import (
    ClassRoundsOut,
    RoundRowOut,
    RoundSeenOut,
    RoundsSetIn,
    RoundsTodayOut,
    RoundSumOut,
    RoundTakenIn,
)
from lianfang.api.shifts import named
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import rounds as room
from lianfang.monitoring.access import deciding_units
from lianfang.monitoring.models import RoundCheck
from lianfang.monitoring.rounds import Entry
from lianfang.roster import queries as roster
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.monitor_policy import round_slots_from
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import monitoring, rounds

router = Router(tags=["care"])
_ONE = "/units/{code}/rounds"


@router.get("/rounds", response=answers(200, RoundsTodayOut), url_name="rounds")
def list_rounds(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> RoundsTodayOut:
    """Every class of one's own, with what is still to do today. Token: `care:read`, for a person."""
    caller = reader(request)
    if not caller.sight.event_units:
        raise Forbidden
    found = Unit.objects.filter(pk__in=caller.sight.event_units, kind=Unit.Kind.CLASS)
    page = found.order_by("position", "code")[offset : offset + limit]
    return RoundsTodayOut(
        day=caller.today,
        total=found.count(),
        classes=[ClassRoundsOut(unit=one.code, rounds=_sums(one, caller)) for one in page],
    )


@router.get(_ONE, response=answers(200, RoundSeenOut), url_name="unit_rounds")
def class_round(request: HttpRequest, code: str, round: str = "") -> RoundSeenOut:
    """The class list of one round of today, the newest that has begun; the look is written down.

    Token: `care:read`, for a person. Names need `people:read`, what was found `answers:read`.
    """
    caller = reader(request)
    return _shown(_unit(code, caller), round, caller)


@router.post(_ONE, response=answers(200, RoundSeenOut), url_name="unit_rounds")
@once
def take_round(request: HttpRequest, code: str, body: RoundTakenIn) -> RoundSeenOut:
    """Write down a round: everything, or nothing; symptoms go the way of every report.

    Token: `care:write`, for a person.
    """
    caller = writer(request)
    unit = _unit(code, caller)
    entries = _entries(unit, body, caller)
    try:
        rounds.take_round(
            unit=unit,
            code=body.code,
            entries=entries,
            by=caller.doer,
            actor=caller.actor,
            now=caller.now,
        )
    except Invalid as refusal:
        raise renamed(refusal, _place_in(entries)) from refusal
    return _shown(unit, body.code, caller)


@router.post(f"{_ONE}/set", response=answers(200, ClassRoundsOut), url_name="set_rounds")
@once
def set_rounds(request: HttpRequest, code: str, body: RoundsSetIn) -> ClassRoundsOut:
    """Which rounds a class takes from today on. `care:write`, for a person who decides there."""
    caller = writer(request)
    unit = _unit(code, caller)
    if unit.pk not in deciding_units(caller.sight):
        raise Forbidden
    rounds.set_rounds(
        unit=unit, codes=body.codes, by=caller.doer, actor=caller.actor, now=caller.now
    )
    return ClassRoundsOut(unit=unit.code, rounds=_sums(unit, caller))


def _unit(code: str, caller: Caller) -> Unit:
    unit = Unit.objects.filter(code=plain(code)).first()
    if unit is None or unit.pk not in caller.sight.figure_units:
        raise NotYours
    if unit.pk not in caller.sight.event_units:
        raise Forbidden
    return unit


def _people(unit: Unit, caller: Caller) -> dict[str, Person]:
    found = roster.roll([unit.pk], day=caller.today).exclude(pk=caller.doer.pk)
    return {one.number: one for one in found.order_by("name_key", "number")}


def _entries(unit: Unit, body: RoundTakenIn, caller: Caller) -> list[Entry]:
    people, seen, problems = _people(unit, caller), set(), {}
    for place, row in enumerate(body.people):
        if row.person not in people:
            problems[f"people.{place}.person"] = _("Nobody of this class has this number.")
        elif row.person in seen:
            problems[f"people.{place}.person"] = _("This person stands in the list twice.")
        seen.add(row.person)
    if problems:
        raise Invalid(problems)
    return [
        Entry(
            people[row.person],
            row.present and not row.absent_ill,
            row.temperature,
            tuple(dict.fromkeys(row.symptoms)),
            is_absent_ill=row.absent_ill,
        )
        for row in body.people
    ]


def _place_in(entries: list[Entry]) -> Callable[[str], str]:
    """`person-12` is a field of the page; here it is the place in the list that was sent."""
    place_of = {f"person-{entry.person.pk}": place for place, entry in enumerate(entries)}
    return lambda name: f"people.{place_of[name]}" if name in place_of else name


def _sums(unit: Unit, caller: Caller) -> list[RoundSumOut]:
    plain_ones = ("people", "looked_at", "present", "with_symptoms")
    return [
        RoundSumOut(
            code=one.slot.code,
            name_zh=one.slot.zh,
            name_en=one.slot.en,
            opens_at=one.slot.opens(caller.today),
            due_at=one.slot.due(caller.today),
            **{name: getattr(one, name) for name in plain_ones},
        )
        for one in room.summaries_of(unit, day=caller.today, now=caller.now)
    ]


def _shown(unit: Unit, asked: str, caller: Caller) -> RoundSeenOut:
    slots = room.rounds_of(unit, day=caller.today, now=caller.now)
    begun = [slot.code for slot in slots if slot.opens(caller.today) <= caller.now]
    if asked and asked not in begun:
        raise NotYours
    code = asked or (begun[-1] if begun else None)
    rows: list[RoundRowOut] = []
    if code is not None:
        found = RoundCheck.objects.filter(unit=unit, day=caller.today, code=code)
        taken = {row.person_id: row for row in found}
        monitoring.round_seen(unit=unit, code=code, actor=caller.actor, now=caller.now)
        people = _people(unit, caller).values()
        rows = [_row(one, taken.get(one.pk), caller) for one in people]
    return RoundSeenOut(
        unit=unit.code,
        rounds=_sums(unit, caller),
        day=caller.today,
        code=code,
        every=[slot.code for slot in round_slots_from(rules_in_force(caller.now).settings)],
        rows=rows,
    )


def _row(person: Person, taken: RoundCheck | None, caller: Caller) -> RoundRowOut:
    opened = taken if reads_health(caller) else None
    return RoundRowOut(
        person=named(person, caller),
        present=taken.is_present if taken else None,
        temperature=opened.temperature if opened else None,
        symptoms=list((opened.symptoms or {}).get("codes", [])) if opened else None,
        absent_ill=bool((opened.symptoms or {}).get("absent_ill")) if opened else None,
    )
