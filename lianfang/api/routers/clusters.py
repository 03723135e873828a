"""Early warning: alerts of many ill at once, and the steps that somebody takes with one."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import check_reach, reader, reads_health, writer
from lianfang.api.once import once
from lianfang.api.papers import name_of
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.clusters import (
    AlertDecideIn,
    AlertOut,
    AlertPersonOut,
    AlertRiskIn,
    AlertRowOut,
    AlertsOut,
    AlertTextIn,
    AlertToldIn,
    AlertVerifyIn,
)
from lianfang.api.shifts import named
from lianfang.clusters import access, figures
from lianfang.clusters.access import AlertSight
from lianfang.clusters.models import Alert, AlertPerson, AlertRule
from lianfang.escalation.models import Summons
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.reporting import queries as reporting
from lianfang.reporting.rules import Ledger
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import clusters

router = Router(tags=["care"])


@router.get("/clusters", response=answers(200, AlertsOut), url_name="clusters")
def list_alerts(
    request: HttpRequest,
    state: Literal["open", "closed"] = "open",
    limit: Limit = 50,
    offset: Offset = 0,
) -> AlertsOut:
    """Alerts of units of which one may know events, unanswered first. `care:read`, for a person."""
    caller = reader(request)
    if not access.may_look(caller.sight):
        raise Forbidden
    here = Q(unit_id__in=caller.event_figure_units) | Q(
        people__sign__unit_id__in=caller.event_figure_units
    )
    called = Summons.objects.filter(person=caller.doer, escalation__alert__isnull=False)
    here |= Q(pk__in=called.values("escalation__alert"))
    keys = Alert.objects.filter(here).values("pk")
    found = Alert.objects.filter(pk__in=keys).select_related("unit", "taken_by")
    if caller.integration is not None:
        found = found.filter(unit_id__in=caller.reach)
    if state == "closed":
        found = found.filter(stage=Alert.Stage.CLOSED).order_by("-closed_at", "-id")
    else:
        found = found.exclude(stage=Alert.Stage.CLOSED).order_by("taken_at", "opened_at", "id")
    page = found[offset : offset + limit]
    return AlertsOut(
        **_known(caller), total=found.count(), alerts=[_row(one, caller) for one in page]
    )


def _known(caller: Caller) -> dict[str, Any]:
    """How much of it is known today: silence of many is not the health of all."""
    threshold = float(rules_in_force(caller.now).settings["completeness_threshold"])
    own = reporting.own_ledgers(day=caller.today)
    mine = [figures for unit, figures in own.items() if unit in caller.event_figure_units]
    asked = [figures for figures in mine if figures.owed]
    ledger = sum(mine, Ledger())
    return {
        "known": ledger.is_known(threshold),
        "completeness": ledger.completeness,
        "watched_units": len(asked),
        "unknown_units": sum(not figures.is_known(threshold) for figures in asked),
    }


@router.get("/clusters/{alert_id}", response=answers(200, AlertOut), url_name="cluster")
def one_alert(request: HttpRequest, alert_id: str) -> AlertOut:
    """Who is ill, by which rules, how fast; each name shown is written down. `care:read`, for a person.

    Names need `people:read` and `answers:read` as well.
    """
    caller = reader(request)
    one, seen = alert_of(alert_id, caller)
    return alert_out(one, seen, caller)


@router.post("/clusters/{alert_id}/take", response=answers(200, AlertOut), url_name="cluster_take")
@once
def take_alert(request: HttpRequest, alert_id: str) -> AlertOut:
    """I see to it; nobody else is called. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.take_over(alert=one, **who(caller))
    return alert_out(one, seen, caller)


@router.post(
    "/clusters/{alert_id}/verify", response=answers(200, AlertOut), url_name="cluster_verify"
)
@once
def verify_alert(request: HttpRequest, alert_id: str, body: AlertVerifyIn) -> AlertOut:
    """Whether it is so; a true one starts the clock. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.verify(alert=one, **body.model_dump(), **who(caller))
    return alert_out(one, seen, caller)


@router.post(
    "/clusters/{alert_id}/assess", response=answers(200, AlertOut), url_name="cluster_assess"
)
@once
def assess_alert(request: HttpRequest, alert_id: str, body: AlertTextIn) -> AlertOut:
    """How dangerous it is, in words. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.assess(alert=one, text=body.text, **who(caller))
    return alert_out(one, seen, caller)


@router.post("/clusters/{alert_id}/risk", response=answers(200, AlertOut), url_name="cluster_risk")
@once
def characterise_alert(request: HttpRequest, alert_id: str, body: AlertRiskIn) -> AlertOut:
    """The level of risk. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.characterise(alert=one, risk=body.risk, text=body.text, **who(caller))
    return alert_out(one, seen, caller)


@router.post(
    "/clusters/{alert_id}/decide", response=answers(200, AlertOut), url_name="cluster_decide"
)
@once
def decide_alert(request: HttpRequest, alert_id: str, body: AlertDecideIn) -> AlertOut:
    """Discard, monitor or respond. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.decide(alert=one, outcome=body.outcome, text=body.text, **who(caller))
    return alert_out(one, seen, caller)


@router.post("/clusters/{alert_id}/told", response=answers(200, AlertOut), url_name="cluster_told")
@once
def tell_of_alert(request: HttpRequest, alert_id: str, body: AlertToldIn) -> AlertOut:
    """Who was told outside; the first of them meets the clock. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.tell_outside(alert=one, **body.model_dump(), **who(caller))
    return alert_out(one, seen, caller)


@router.post(
    "/clusters/{alert_id}/close", response=answers(200, AlertOut), url_name="cluster_close"
)
@once
def close_alert(request: HttpRequest, alert_id: str, body: AlertTextIn) -> AlertOut:
    """Nothing is left to do, and why. Token: `care:write`, for a person."""
    caller, one, seen = to_act(request, alert_id)
    clusters.close(alert=one, text=body.text, **who(caller))
    return alert_out(one, seen, caller)


def alert_of(alert_id: str, caller: Caller) -> tuple[Alert, AlertSight]:
    found = (
        Alert.objects.filter(pk=number_in_address(alert_id))
        .select_related("unit", "taken_by", "edition")
        .first()
    )
    if found is None:
        raise NotYours
    check_reach(found.unit_id, caller)
    called = Summons.objects.filter(escalation__alert=found, person=caller.doer)
    seen = access.sight_of_alert(
        found,
        sight=caller.sight,
        units=access.units_of(found),
        roles=list(called.values_list("rung__role", flat=True)),
    )
    return found, seen


def to_act(request: HttpRequest, alert_id: str) -> tuple[Caller, Alert, AlertSight]:
    caller = writer(request)
    one, seen = alert_of(alert_id, caller)
    if not seen.may_act:
        raise Forbidden
    return caller, one, seen


def who(caller: Caller) -> dict[str, Any]:
    return {"by": caller.doer, "actor": caller.actor, "now": caller.now}


def _row(one: Alert, caller: Caller) -> AlertRowOut:
    return AlertRowOut(
        id=one.pk,
        code=one.code,
        unit=one.unit.code,
        stage=one.stage,
        outcome=one.outcome,
        risk=one.risk,
        opened_at=one.opened_at,
        taken_at=one.taken_at,
        taken_by=name_of(one.taken_by, caller),
        clock_due_at=one.clock_due_at,
        told_at=one.told_at,
        closed_at=one.closed_at,
    )


def alert_out(one: Alert, seen: AlertSight, caller: Caller) -> AlertOut:
    one.refresh_from_db()
    rows = list(
        AlertPerson.objects.filter(alert=one)
        .select_related("person", "sign__unit")
        .defer("person__phone", "person__email", "person__address")
        .order_by("sign__onset_on", "id")
    )
    people = [_person(row, seen, caller) for row in rows]
    clusters.seen(
        alert=one,
        named=[row.person_id for row, p in zip(rows, people, strict=True) if p.person],
        actor=caller.actor,
        now=caller.now,
    )
    curve = figures.curve_of(figures.signs_in(one), today=caller.today)
    rules = AlertRule.objects.filter(alert=one).order_by("id").values_list("code", flat=True)
    return AlertOut(
        **_row(one, caller).model_dump(),
        rules=list(rules),
        people=people,
        curve={
            "days": [day.day.isoformat() for day in curve.days],
            "ill": [day.ill for day in curve.days],
            "open": [day.is_open for day in curve.days],
        },
        may_act=seen.may_act,
    )


def _person(row: AlertPerson, seen: AlertSight, caller: Caller) -> AlertPersonOut:
    is_named = seen.names(row.sign.unit_id) and reads_health(caller)
    return AlertPersonOut(
        id=row.pk,
        person=named(row.person, caller) if is_named else None,
        unit=row.sign.unit.code if seen.knows_circle or is_named else None,
        onset_on=row.sign.onset_on,
        withdrawn=row.sign.withdrawn_at is not None,
    )
