"""What happens to an order later: served, its end moved, days explained, ended otherwise."""

from __future__ import annotations

from django.http import HttpRequest

from lianfang.api.once import once
from lianfang.api.problems import renamed
from lianfang.api.routers.common import answers
from lianfang.api.routers.isolation import to_change, who
from lianfang.api.routers.quarantine import order_out, router
from lianfang.api.shapes.quarantine import (
    EndDayIn,
    ExplainDaysIn,
    OrderEndIn,
    OrderOut,
    ServiceIn,
)
from lianfang.kernel.refusals import Invalid
from lianfang.quarantine import access
from lianfang.usecases import quarantine, quarantine_checks
from lianfang.usecases.quarantine import Service

_ONE = "/quarantine/{order_id}"


@router.post(f"{_ONE}/served", response=answers(200, OrderOut), url_name="order_served")
@once
def serve_order(request: HttpRequest, order_id: str, body: ServiceIn) -> OrderOut:
    """How the order reached the person. Token: `care:write`, for a person."""
    caller, one = to_change(request, order_id)
    service = Service(body.how, body.by, body.to, body.at)
    try:
        quarantine.note_service(order=one, service=service, actor=caller.actor, now=caller.now)
    except Invalid as refusal:
        raise renamed(refusal, lambda name: name.removeprefix("served_")) from refusal
    one.refresh_from_db()
    return order_out(one, caller)


@router.post(f"{_ONE}/end-day", response=answers(200, OrderOut), url_name="order_end_day")
@once
def move_end(request: HttpRequest, order_id: str, body: EndDayIn) -> OrderOut:
    """The planned end is another day, and why: the person reads it. `care:write`, for a person."""
    caller, one = to_change(request, order_id)
    quarantine.move_end(
        order=one,
        until=body.until,
        reason=body.why,
        document_no=body.document_no,
        **who(caller),
    )
    one.refresh_from_db()
    return order_out(one, caller)


@router.post(f"{_ONE}/explain", response=answers(200, OrderOut), url_name="order_explain")
@once
def explain_days(request: HttpRequest, order_id: str, body: ExplainDaysIn) -> OrderOut:
    """Why there is no check of these days. Token: `care:write`, for a person."""
    caller, one = to_change(request, order_id)
    quarantine_checks.explain_days(
        order=one, first=body.first, last=body.last or body.first, text=body.text, **who(caller)
    )
    return order_out(one, caller)


@router.post(f"{_ONE}/end", response=answers(200, OrderOut), url_name="order_end")
@once
def end_order(request: HttpRequest, order_id: str, body: OrderEndIn) -> OrderOut:
    """Handed over, or a mistake; decided at the level of a department or above.

    Token: `care:write`, for a person.
    """
    caller, one = to_change(request, order_id)
    ended = quarantine.end_otherwise(
        order=one,
        state=body.state,
        words=body.words,
        may_decide=access.may_decide(caller.sight, one),
        **who(caller),
    )
    return order_out(ended, caller)
