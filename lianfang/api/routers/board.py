"""The college at a glance: figures, the last days, open incidents by number, where people are."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from lianfang.api import units
from lianfang.api.access import Caller, caller_of
from lianfang.api.models import Scope
from lianfang.api.routers.common import answers
from lianfang.api.shapes.board import BoardOut, CurveDayOut, CurveOut, SpotOut, WhereOut
from lianfang.api.shapes.units import LedgersOut
from lianfang.incidents.queries import open_incidents
from lianfang.installation.heartbeat import workers_are_silent
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import divisions
from lianfang.reporting import queries
from lianfang.reporting.curves import CurveDay, curve_of
from lianfang.reporting.whereabouts import where_people_are
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.roster.vacancies import warnings_of
from lianfang.rulebook.queries import rules_in_force

router = Router(tags=["board"])


@router.get("/board", response=answers(200, BoardOut), url_name="board")
def board(request: HttpRequest) -> BoardOut:
    """The state of the college today. Token: `ledger:read` of the whole college."""
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    college = _college(caller)
    rules = rules_in_force(caller.now)
    threshold = units.threshold_of(rules)
    own = units.ledger_out(
        college,
        queries.ledger(college, day=caller.today),
        day=caller.today,
        threshold=threshold,
        sees_events=True,
    )
    below = units.ledgers_below(college, day=caller.today, threshold=threshold, caller=caller)
    lacking = warnings_of(day=caller.today)
    open_now = list(open_incidents().filter(unit_id__in=caller.event_figure_units))
    return BoardOut(
        ledger=LedgersOut(**own.model_dump(), below=below),
        curve=[_day(one) for one in curve_of([college], until=caller.today, rules=rules)],
        incidents_open=len(open_now),
        incidents_waiting=sum(one.waits for one in open_now),
        without_head=sum(not one.head for one in lacking),
        without_deputy=sum(not one.deputy for one in lacking),
        without_verified_phone=sum(not one.verified_phone for one in lacking),
        workers_silent=workers_are_silent(now=caller.now),
    )


def _college(caller: Caller) -> Unit:
    college = roster.college()
    if college is None or not caller.sight.sees_college:
        raise Forbidden
    return college


def _day(one: CurveDay) -> CurveDayOut:
    return CurveDayOut(
        day=one.day,
        known=one.is_known,
        completeness=one.completeness,
        timeliness=one.timeliness,
        with_events=one.shown_events,
    )


@router.get("/units/{code}/curve", response=answers(200, CurveOut), url_name="curve")
def curve(request: HttpRequest, code: str) -> CurveOut:
    """The last 14 days of a unit with everything below it, oldest first. Token: `ledger:read`."""
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    unit = caller.unit_with_events(code)
    days = curve_of([unit], until=caller.today, rules=rules_in_force(caller.now))
    return CurveOut(unit=unit.code, days=[_day(one) for one in days])


@router.get("/where", response=answers(200, WhereOut), url_name="where")
def where(
    request: HttpRequest,
    province: Annotated[
        str, Query(max_length=6, description="510000 for its counties; empty for provinces.")
    ] = "",
) -> WhereOut:
    """How many people are where today. Token: `ledger:read` of the whole college."""
    caller = caller_of(request)
    caller.needs(Scope.LEDGER_READ)
    college = _college(caller)
    if province and (not province.endswith("0000") or divisions.find(province) is None):
        raise Invalid({"province": _("There is no province with this code.")})
    rules = rules_in_force(caller.now)
    found = where_people_are(
        province,
        day=caller.today,
        unit_ids=None,
        small_cell=int(rules.settings["small_cell"]),
    )
    ledger = queries.ledger(college, day=caller.today)
    return WhereOut(
        province=province,
        day=caller.today,
        known=ledger.is_known(units.threshold_of(rules)),
        people=found.people,
        fewer_than=found.small_cell,
        spots=[SpotOut(code=s.code, name=s.name, people=s.count) for s in found.spots],
    )
