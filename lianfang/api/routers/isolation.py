"""What changes in quarantine: an order, a check, a need, a bed, a release."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lianfang.api.access import Caller, number_in_address
from lianfang.api.caring import check_reach, reader, writer
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.owning import items_out
from lianfang.api.routers.common import answers
from lianfang.api.routers.quarantine import need_out, order_out, router
from lianfang.api.shapes.quarantine import (
    BedIn,
    ChecklistOut,
    NeedIn,
    NeedOut,
    NeedStepIn,
    OrderCheckIn,
    OrderCheckOut,
    OrderIn,
    OrderOut,
    PaperIn,
    WordsIn,
)
from lianfang.kernel.refusals import Forbidden, Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.quarantine import access
from lianfang.quarantine.models import Bed, Order
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases import quarantine, quarantine_checks, quarantine_needs, quarantine_rooms
from lianfang.usecases.quarantine import Service, Wording
from lianfang.usecases.quarantine_checks import Look

_ONE = "/quarantine/{order_id}"
_WORDING = (
    "kind", "place", "reason", "authority", "authority_name", "officer", "document_no",
    "document_on", "held_from", "last_contact_on", "held_until", "county_code",
)  # fmt: skip


@router.post("/quarantine", response=answers(200, OrderOut), url_name="quarantine")
@once
def record_order(request: HttpRequest, body: OrderIn) -> OrderOut:
    """An order out of its document; the person sees it at once. 409 where one runs.

    Token: `care:write`, for a person who cares for them.
    """
    caller = writer(request)
    if not access.may_record(caller.sight):
        raise Forbidden
    people = caller.sight.people(caller.sight.event_units).exclude(pk=caller.doer.pk)
    person = people.filter(number=body.person).first()
    if person is None:
        raise Invalid({"person": _("Nobody of your units has this number.")})
    told = body.service
    made = quarantine.record(
        person=person,
        wording=Wording(**{name: getattr(body, name) for name in _WORDING}),
        service=Service(told.how, told.by, told.to, told.at) if told else None,
        **who(caller),
    )
    return order_out(made, caller)


@router.get(f"{_ONE}/release", response=answers(200, ChecklistOut), url_name="order_release")
def release_checklist(request: HttpRequest, order_id: str) -> ChecklistOut:
    """What is still open before a release; the look is written down.

    Token: `care:read` and `answers:read`, for a person.
    """
    caller = reader(request)
    caller.needs(Scope.ANSWERS_READ)
    one = _order(order_id, caller)
    quarantine.order_seen(order=one, actor=caller.actor, now=caller.now)
    done = quarantine.progress(order=one, now=caller.now)
    return ChecklistOut(
        order=order_out(one, caller),
        day_number=done.day_number,
        is_ready=done.is_ready,
        may_decide=access.may_decide(caller.sight, one),
        items=items_out(done),
    )


@router.post(f"{_ONE}/release", response=answers(200, OrderOut), url_name="order_release")
@once
def release_order(request: HttpRequest, order_id: str, body: WordsIn) -> OrderOut:
    """Decided at the level of a department or above, with the whole checklist fulfilled.

    Token: `care:write`, for a person.
    """
    caller, one = to_change(request, order_id)
    ended = quarantine.release(
        order=one,
        words=body.words,
        may_decide=access.may_decide(caller.sight, one),
        **who(caller),
    )
    return order_out(ended, caller)


@router.post(f"{_ONE}/paper", response=answers(200, OrderOut), url_name="order_paper")
@once
def note_paper(request: HttpRequest, order_id: str, body: PaperIn) -> OrderOut:
    """The document that lifts the order, by its number. Token: `care:write`, for a person."""
    caller, one = to_change(request, order_id)
    quarantine.note_paper(order=one, paper=body.paper, actor=caller.actor, now=caller.now)
    return order_out(one, caller)


@router.post(f"{_ONE}/check", response=answers(200, OrderCheckOut), url_name="order_check")
@once
def check_order(request: HttpRequest, order_id: str, body: OrderCheckIn) -> OrderCheckOut:
    """One look; it fills the open slot of key monitoring as well. Token: `care:write`, for a person."""
    caller, one = to_change(request, order_id)
    known = {symptom.code for symptom in rules_in_force(caller.now).symptoms}
    if not known.issuperset(body.symptoms):
        raise Invalid({"symptoms": _("This is none of the values that are possible here.")})
    look = Look(
        day=body.day or caller.today,
        slot=body.slot or quarantine_checks.slot_now(caller.now),
        temperature=body.temperature,
        site=body.site,
        unwell=body.unwell,
        symptoms=tuple(body.symptoms),
        kept=body.kept,
        note=body.note,
    )
    made = quarantine_checks.note(order=one, look=look, **who(caller))
    return OrderCheckOut(
        day=made.day,
        slot=made.slot,
        revision=made.revision,
        answer=quarantine_checks.needs_an_answer(made),
    )


@router.post(f"{_ONE}/bed", response=answers(200, OrderOut), url_name="order_bed")
@once
def assign_bed(request: HttpRequest, order_id: str, body: BedIn) -> OrderOut:
    """Move in, move over, or leave; of two for the last bed one gets it. Token: `care:write`, for a person."""
    caller, one = to_change(request, order_id)
    if body.bed is None:
        quarantine_rooms.leave(order=one, **who(caller))
    else:
        bed = Bed.objects.filter(pk=body.bed).first()
        if bed is None:
            raise NotYours
        quarantine_rooms.assign(order=one, bed=bed, **who(caller))
    return order_out(one, caller)


@router.post(f"{_ONE}/needs", response=answers(200, NeedOut), url_name="order_needs")
@once
def ask_need(request: HttpRequest, order_id: str, body: NeedIn) -> NeedOut:
    """What somebody there needs: it has an owner and a time at once. Token: `care:write`, for a person."""
    caller, one = to_change(request, order_id)
    made = quarantine_needs.ask(order=one, kind=body.kind, text=body.text, **who(caller))
    return need_out(made, caller)


@router.post("/needs/{need_id}/step", response=answers(200, NeedOut), url_name="need_step")
@once
def settle_need(request: HttpRequest, need_id: str, body: NeedStepIn) -> NeedOut:
    """Take it, done, or no longer needed; 409 when somebody settled it. Token: `care:write`, for a person."""
    caller = writer(request)
    found = access.need(number_in_address(need_id), sight=caller.sight)
    check_reach(found.order.unit_id, caller)
    if body.step == "take":
        quarantine_needs.take(need=found, **who(caller))
    else:
        state = "DONE" if body.step == "done" else "DROPPED"
        quarantine_needs.settle(need=found, state=state, answer=body.answer, **who(caller))
    found.refresh_from_db()
    return need_out(found, caller)


def _order(order_id: str, caller: Caller) -> Order:
    one = access.order(number_in_address(order_id), sight=caller.sight)
    check_reach(one.unit_id, caller)
    return one


def to_change(request: HttpRequest, order_id: str) -> tuple[Caller, Order]:
    caller = writer(request)
    return caller, _order(order_id, caller)


def who(caller: Caller) -> dict[str, Any]:
    return {"by": caller.doer, "actor": caller.actor, "now": caller.now}
