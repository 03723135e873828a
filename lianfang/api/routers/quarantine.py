"""Quarantine: the orders of one's people, and what those who stay are in need of."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import check_reach, reader, reads_health
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.quarantine import NeedOut, NeedsOut, OrderOut, OrdersOut
from lianfang.api.shifts import named
from lianfang.kernel.refusals import Forbidden
from lianfang.quarantine import access, queries
from lianfang.quarantine.models import Need, Order
from lianfang.usecases import quarantine

router = Router(tags=["care"])


@router.get("/quarantine", response=answers(200, OrdersOut), url_name="quarantine")
def list_orders(
    request: HttpRequest,
    state: Literal["running", "ended"] = "running",
    limit: Limit = 50,
    offset: Offset = 0,
) -> OrdersOut:
    """Orders of one's people by their planned end. Token: `care:read`, for a person.

    Who ordered it needs `answers:read` as well; the reason stands on the page only.
    """
    caller = reader(request)
    if not caller.sight.event_units:
        raise Forbidden
    found = queries.orders_of_units(caller.sight.event_units, running=state == "running")
    found = found.exclude(person=caller.doer)
    page = found[offset : offset + limit]
    return OrdersOut(total=found.count(), orders=[order_out(one, caller) for one in page])


@router.get("/quarantine/{order_id}", response=answers(200, OrderOut), url_name="order")
def one_order(request: HttpRequest, order_id: str) -> OrderOut:
    """One order; the look is written down. Token: `care:read`, for a person."""
    caller = reader(request)
    one = access.order(number_in_address(order_id), sight=caller.sight)
    check_reach(one.unit_id, caller)
    quarantine.order_seen(order=one, actor=caller.actor, now=caller.now)
    return order_out(one, caller)


@router.get("/needs", response=answers(200, NeedsOut), url_name="needs")
def list_needs(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> NeedsOut:
    """What people in quarantine wait for, the most urgent first. Token: `care:read`, for a person.

    The words need `answers:read` as well.
    """
    caller = reader(request)
    found = [
        one
        for one in access.needs_visible(caller.sight)
        if caller.integration is None or one.order.unit_id in caller.reach
    ]
    return NeedsOut(
        total=len(found),
        needs=[need_out(one, caller) for one in found[offset : offset + limit]],
    )


def need_out(one: Need, caller: Caller) -> NeedOut:
    return NeedOut(
        id=one.pk,
        order=one.order_id,
        unit=one.order.unit.code,
        text=one.text if reads_health(caller) else None,
        state=one.state,
        due_at=one.due_at,
        owner=named(one.owner, caller),
    )


def order_out(one: Order, caller: Caller) -> OrderOut:
    return OrderOut(
        id=one.pk,
        person=named(one.person, caller),
        unit=one.unit.code,
        kind=one.kind,
        authority=one.authority_name if reads_health(caller) else None,
        held_from=one.held_from,
        held_until=one.held_until,
        state=one.state,
        served_at=one.served_at,
        proposed_at=one.proposed_at,
        carer=named(one.carer, caller),
    )
