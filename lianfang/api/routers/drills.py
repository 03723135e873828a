"""Drills, the board of proved contacts, and facts with the unit's own words."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status

from lianfang.api.access import Caller, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.people import PhoneOut
from lianfang.api.shapes.reach import (
    DrillCallOut,
    DrillIn,
    DrillOut,
    DrillRowOut,
    DrillsOut,
    FactOut,
    FactsOut,
    RangIn,
    ReachOut,
    ReachRowOut,
    ReplyIn,
)
from lianfang.api.shifts import named, reader, unit_to_keep, unit_to_see, writer
from lianfang.duty import access
from lianfang.duty.models import Drill, DrillCall, DutyFact
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.usecases import desk_calls, drills, duty_roster, reachability

router = Router(tags=["duty"])


@router.get("/drills", response=answers(200, DrillsOut), url_name="drills")
def list_drills(request: HttpRequest, limit: Limit = 20, offset: Offset = 0) -> DrillsOut:
    """The drills of the units kept, newest first, with what came of them. Token: `duty:read`."""
    caller = reader(request)
    found = Drill.objects.filter(unit_id__in=_kept(caller))
    rows = found.select_related("unit").prefetch_related("calls").order_by("-started_at", "-id")
    return DrillsOut(
        total=found.count(), drills=[_row(one) for one in rows[offset : offset + limit]]
    )


@router.post("/drills", response=answers(201, DrillOut), url_name="drills")
@once
def start_drill(request: HttpRequest, body: DrillIn) -> Status[DrillOut]:
    """Ring them all, or so many at random; each answers by link or code. Token: `duty:write`."""
    caller = writer(request)
    unit = unit_to_keep(body.unit, caller)
    asked = drills.candidates(unit=unit, who=body.who, now=caller.now)
    begun = drills.start(
        unit=unit,
        channel=body.channel,
        minutes=body.minutes,
        posts=drills.choose(asked, body.count),
        at_night=body.at_night,
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, _shown(begun, caller))


@router.get("/drills/{drill_id}", response=answers(200, DrillOut), url_name="drill")
def one_drill(request: HttpRequest, drill_id: str) -> DrillOut:
    """Each person of the drill with the state and the seconds. Token: `duty:read`."""
    caller = reader(request)
    return _shown(_drill(number_in_address(drill_id), caller), caller)


@router.post(
    "/drill-calls/{call_id}/phone", response=answers(200, PhoneOut), url_name="drill_phone"
)
def drill_phone(request: HttpRequest, call_id: str) -> PhoneOut:
    """The number on record of a call list. Token: `duty:write` and `phones:read`."""
    caller, call = _call(request, call_id)
    caller.needs(Scope.PHONES_READ)
    phone = desk_calls.reveal_phone(
        person=call.person, reason="other", actor=caller.actor, now=caller.now
    )
    return PhoneOut(number=call.person.number, phone=phone)


@router.post(
    "/drill-calls/{call_id}/rang", response=answers(200, DrillCallOut), url_name="drill_rang"
)
@once
def drill_rang(request: HttpRequest, call_id: str, body: RangIn) -> DrillCallOut:
    """Somebody rang: the person spoke, or nobody picked up. Token: `duty:write`, for a person."""
    caller, call = _call(request, call_id)
    by = caller.doer
    if call.person_id == by.pk:
        raise Forbidden  # nobody proves their own phone by a word
    done = drills.rang(call=call, reached=body.reached, by=by, actor=caller.actor, now=caller.now)
    done.refresh_from_db()
    return _called(done, caller)


def _call(request: HttpRequest, call_id: str) -> tuple[Caller, DrillCall]:
    caller = writer(request)
    call = (
        DrillCall.objects.filter(pk=number_in_address(call_id))
        .select_related("drill", "person", "unit")
        .first()
    )
    if call is None:
        raise NotYours
    _drill(call.drill_id, caller)
    return caller, call


def _kept(caller: Caller) -> frozenset[int]:
    kept = access.kept_units(caller.sight)
    if not kept:
        raise Forbidden
    return kept


def _drill(pk: int, caller: Caller) -> Drill:
    drill = Drill.objects.filter(pk=pk).select_related("unit", "started_by").first()
    if drill is None or drill.unit_id not in _kept(caller):
        raise NotYours
    return drill


def _row(drill: Drill) -> DrillRowOut:
    return DrillRowOut(
        id=drill.pk,
        unit=drill.unit.code,
        channel=drill.channel,
        minutes=drill.minutes,
        started_at=drill.started_at,
        ends_at=drill.ends_at,
        closed_at=drill.closed_at,
        states=dict(Counter(call.state for call in drill.calls.all())),
    )


def _shown(drill: Drill, caller: Caller) -> DrillOut:
    calls = drill.calls.select_related("person", "unit", "drill").order_by("unit__position", "id")
    return DrillOut(**_row(drill).model_dump(), calls=[_called(one, caller) for one in calls])


def _called(call: DrillCall, caller: Caller) -> DrillCallOut:
    return DrillCallOut(
        id=call.pk,
        person=named(call.person, caller),
        unit=call.unit.code,
        role=call.role,
        deputy=call.is_deputy,
        state=call.state,
        answered_at=call.answered_at,
        seconds=call.seconds,
        how=call.how,
    )


@router.get("/reach", response=answers(200, ReachOut), url_name="reach")
def reach_board(
    request: HttpRequest,
    unit: Annotated[str, Query(min_length=1, max_length=60, description="Here and below.")],
    limit: Limit = 200,
    offset: Offset = 0,
) -> ReachOut:
    """Everybody who answers for a unit, with the last proved contact. Token: `duty:read`."""
    caller = reader(request)
    found = unit_to_keep(unit, caller)
    rows = reachability.reach_board(unit=found, now=caller.now)
    return ReachOut(
        unit=found.code,
        total=len(rows),
        never=sum(row.proof is None for row in rows),
        rows=[
            ReachRowOut(
                person=named(row.rung.person, caller),
                unit=row.rung.unit.code,
                role=row.rung.role,
                deputy=row.rung.is_deputy,
                proved_at=row.proof.at if row.proof else None,
                how=row.proof.how if row.proof else None,
            )
            for row in rows[offset : offset + limit]
        ],
    )


# ---------------------------------------------------------------- what happened


@router.get("/duty/facts", response=answers(200, FactsOut), url_name="duty_facts")
def list_facts(
    request: HttpRequest, waiting: bool = False, limit: Limit = 50, offset: Offset = 0
) -> FactsOut:
    """What happened in the units watched, and to oneself, newest first. Token: `duty:read`."""
    caller = reader(request)
    found = _facts(caller)
    if waiting:
        found = found.filter(replied_at__isnull=True)
    return FactsOut(
        total=found.count(), facts=[_fact(one, caller) for one in found[offset : offset + limit]]
    )


def _facts(caller: Caller) -> QuerySet[DutyFact]:
    wanted = Q(unit_id__in=access.watched_units(caller.sight))
    if caller.person is not None:
        own = Q(person=caller.person)
        wanted |= own if caller.integration is None else own & Q(unit_id__in=caller.reach)
    found = DutyFact.objects.filter(wanted).select_related("unit", "person", "replied_by")
    return found.order_by("-at", "-id")


@router.post("/duty/facts/{fact_id}/reply", response=answers(200, FactOut), url_name="reply_fact")
@once
def reply_to_fact(request: HttpRequest, fact_id: str, body: ReplyIn) -> FactOut:
    """The unit's own words beside the fact, once. Token: `duty:write`, for a person."""
    caller = writer(request)
    by = caller.doer
    fact = access.fact_to_reply(number_in_address(fact_id), sight=caller.sight)
    unit_to_see(fact.unit.code, caller)
    duty_roster.reply_to_fact(fact=fact, text=body.text, by=by, actor=caller.actor, now=caller.now)
    return _fact(fact, caller)


def _fact(one: DutyFact, caller: Caller) -> FactOut:
    return FactOut(
        id=one.pk,
        unit=one.unit.code,
        kind=one.kind,
        person=named(one.person, caller),
        at=one.at,
        minutes=one.minutes,
        reply=one.reply,
        replied_by=named(one.replied_by, caller),
        replied_at=one.replied_at,
    )
