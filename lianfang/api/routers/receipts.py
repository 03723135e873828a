"""A unit's part in a directive: acknowledge, relay, feed back; and the word of the hop above."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api import papers
from lianfang.api.access import Caller, caller_of, number_in_address
from lianfang.api.models import Scope
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.shapes.directives import (
    FeedBackIn,
    FeedbackOut,
    JudgeIn,
    ReceiptOut,
    RelayedOut,
    RelayIn,
)
from lianfang.directives import access
from lianfang.directives.models import DirectiveReceipt, Feedback
from lianfang.directives.receiving import units_to_relay_to
from lianfang.kernel.refusals import Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Unit
from lianfang.usecases import directives as usecase

router = Router(tags=["directives"])


@router.get("/receipts/{receipt_id}", response=answers(200, ReceiptOut), url_name="receipt_of_unit")
def one_receipt(request: HttpRequest, receipt_id: str) -> ReceiptOut:
    """A unit's part with all its feedback: its own, or of a unit whose feedback one judges.

    Token: `directives:read`, for a person.
    """
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_READ)
    caller.needs_somebody()
    key = number_in_address(receipt_id)
    try:
        found = access.my_receipt(key, sight=caller.sight)
    except NotYours:
        found = access.receipt_to_judge(key, sight=caller.sight)
    return papers.receipt_out(found, caller=caller)


@router.post(
    "/receipts/{receipt_id}/acknowledge",
    response=answers(200, ReceiptOut),
    url_name="acknowledge_directive",
)
@once
def acknowledge_directive(request: HttpRequest, receipt_id: str) -> ReceiptOut:
    """The unit has read it. Token: `directives:write`, for a person."""
    caller, receipt = _mine(request, receipt_id)
    usecase.acknowledge(receipt=receipt, by=caller.doer, actor=caller.actor, now=caller.now)
    return _again(receipt, caller)


@router.post(
    "/receipts/{receipt_id}/relay", response=answers(200, RelayedOut), url_name="relay_directive"
)
@once
def relay_directive(request: HttpRequest, receipt_id: str, body: RelayIn) -> RelayedOut:
    """Pass it on to the units below, with own words and an own date. `directives:write`, for a person.

    `more` are units of one's own that the issuer did not name.
    """
    caller, receipt = _mine(request, receipt_id)
    reached = usecase.relay(
        receipt=receipt,
        words=body.words,
        own_due_at=body.own_due_at,
        more=_units(body.more, receipt, caller),
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    receipt.refresh_from_db()
    return RelayedOut(reached=reached, receipt=papers.part_out(receipt, caller=caller))


def _units(codes: list[str], receipt: DirectiveReceipt, caller: Caller) -> list[Unit]:
    possible = {unit.code: unit for unit in units_to_relay_to(receipt, now=caller.now)}
    strange = {
        f"more.{position}": _("This unit does not exist, or is not yours to direct.")
        for position, code in enumerate(codes)
        if code not in possible
    }
    if strange:
        raise Invalid(strange)
    return [possible[code] for code in codes]


@router.post(
    "/receipts/{receipt_id}/feedback", response=answers(201, FeedbackOut), url_name="feed_back"
)
@once
def feed_back(request: HttpRequest, receipt_id: str, body: FeedBackIn) -> Status[FeedbackOut]:
    """Text, the numbers that were asked for, evidence. Token: `directives:write`, for a person."""
    caller, receipt = _mine(request, receipt_id)
    made = usecase.feed_back(
        receipt=receipt,
        text=body.text,
        figures=body.figures,
        files=papers.uploads(body.files),
        by=caller.doer,
        actor=caller.actor,
        now=caller.now,
    )
    return Status(201, papers.feedback_out(made, caller))


@router.post(
    "/feedbacks/{feedback_id}/judge", response=answers(200, FeedbackOut), url_name="judge_feedback"
)
@once
def judge_feedback(request: HttpRequest, feedback_id: str, body: JudgeIn) -> FeedbackOut:
    """Accept it, or return it with a reason. Token: `directives:write`, for a person."""
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_WRITE)
    by = caller.doer
    found = Feedback.objects.filter(pk=number_in_address(feedback_id)).first()
    if found is None:
        raise NotYours
    found.receipt = access.receipt_to_judge(found.receipt_id, sight=caller.sight)
    usecase.judge(
        feedback=found,
        accept=body.accept,
        reason=body.reason,
        by=by,
        actor=caller.actor,
        now=caller.now,
    )
    found.refresh_from_db()
    return papers.feedback_out(found, caller)


def _mine(request: HttpRequest, receipt_id: str) -> tuple[Caller, DirectiveReceipt]:
    caller = caller_of(request)
    caller.needs(Scope.DIRECTIVES_WRITE)
    caller.needs_somebody()
    return caller, access.my_receipt(number_in_address(receipt_id), sight=caller.sight)


def _again(receipt: DirectiveReceipt, caller: Caller) -> ReceiptOut:
    receipt.refresh_from_db()
    return papers.receipt_out(receipt, caller=caller)
