"""Directives as the API shows them: versions, parts, the relay, files."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import datetime

from lianfang.api.access import Caller
from lianfang.api.models import Scope
from lianfang.api.shapes.directives import (
    AddresseeOut,
    AnswerOut,
    AnswersOut,
    FeedbackOut,
    FileIn,
    FileOut,
    NodeOut,
    ReceiptOut,
    ReceiptPartOut,
    RelayOut,
    StopOut,
    TotalOut,
    VersionOut,
)
from lianfang.directives.answers import Answers
from lianfang.directives.models import Attachment, DirectiveReceipt, DirectiveVersion, Feedback
from lianfang.directives.queries import Node, Relay, Total, turn_of
from lianfang.directives.rules import State, state_of
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.usecases.directives import Upload


def uploads(files: Sequence[FileIn]) -> list[Upload]:
    """Raises `Invalid` naming each file that is no base64."""
    found, problems = [], {}
    for position, file in enumerate(files):
        try:
            found.append(Upload(file.name, base64.b64decode(file.content, validate=True)))
        except (binascii.Error, ValueError):
            problems[f"files.{position}.content"] = _("This is not base64.")
    if problems:
        raise Invalid(problems)
    return found


def files_out(files: Iterable[Attachment]) -> list[FileOut]:
    return [FileOut(id=f.pk, name=f.name, kind=f.kind, size=f.size) for f in files]


def names_of(people: Iterable[Person], caller: Caller) -> list[str]:
    """Names of post-holders: for whoever is logged in, and for a token with `people:read`."""
    if caller.integration is not None and not caller.has(Scope.PEOPLE_READ):
        return []
    return [person.name for person in people]


def name_of(person: Person | None, caller: Caller) -> str | None:
    return next(iter(names_of([person], caller)), None) if person else None


def version_out(version: DirectiveVersion, caller: Caller) -> VersionOut:
    asked = version.addressees.select_related("unit", "person").order_by("id")
    return VersionOut(
        number=version.number,
        title=version.title,
        body=version.body,
        urgency=version.urgency,
        acknowledge_due_at=version.acknowledge_due_at,
        feedback_due_at=version.feedback_due_at,
        asks=version.asks,
        everybody=version.to_everybody,
        drafted_by=name_of(version.drafted_by, caller) or "",
        drafted_at=version.drafted_at,
        signed_by=name_of(version.signed_by, caller),
        published_at=version.published_at,
        superseded_at=version.superseded_at,
        audience=[
            AddresseeOut(
                unit=one.unit.code if one.unit else None,
                below=one.with_below,
                role=one.role,
                person=one.person.number if one.person and _shows_people(caller) else None,
            )
            for one in asked
        ],
        files=files_out(version.attachments.defer("content").order_by("id")),
    )


def _shows_people(caller: Caller) -> bool:
    return caller.integration is None or caller.has(Scope.PEOPLE_READ)


def part_out(receipt: DirectiveReceipt, *, caller: Caller) -> ReceiptPartOut:
    turn = turn_of(receipt, now=caller.now)
    return ReceiptPartOut(
        id=receipt.pk,
        directive=receipt.version.directive_id,
        title=receipt.version.title,
        unit=receipt.unit.code,
        role=receipt.role,
        person=name_of(receipt.person, caller),
        state=state_of(receipt.facts, turn, now=caller.now).value,
        owes=turn.duty.value if turn else None,
        due_at=turn.due_at if turn else None,
        delivered_at=receipt.delivered_at,
        acknowledged_at=receipt.acknowledged_at,
        relayed_at=receipt.relayed_at,
        fed_back_at=receipt.fed_back_at,
        accepted_at=receipt.accepted_at,
        returned_at=receipt.returned_at,
        has_below=receipt.has_below,
        own_words=receipt.own_words,
        own_due_at=receipt.own_due_at,
        words_from_above=receipt.parent.own_words if receipt.parent else "",
    )


def receipt_out(receipt: DirectiveReceipt, *, caller: Caller) -> ReceiptOut:
    feedbacks = receipt.feedbacks.select_related("given_by", "reviewed_by").order_by("number")
    return ReceiptOut(
        **part_out(receipt, caller=caller).model_dump(),
        feedbacks=[feedback_out(one, caller) for one in feedbacks],
    )


def feedback_out(
    one: Feedback, caller: Caller, *, files: Iterable[Attachment] | None = None
) -> FeedbackOut:
    if files is None:
        files = one.attachments.defer("content").order_by("id")
    return FeedbackOut(
        id=one.pk,
        number=one.number,
        text=one.text,
        figures=one.figures,
        given_by=name_of(one.given_by, caller) or "",
        given_at=one.given_at,
        accepted=one.is_accepted,
        reviewed_by=name_of(one.reviewed_by, caller),
        reviewed_at=one.reviewed_at,
        reason=one.reason,
        files=files_out(files),
    )


def answers_out(found: Answers, version: DirectiveVersion, caller: Caller) -> AnswersOut:
    return AnswersOut(
        directive=version.directive_id,
        version=version.number,
        given=found.given,
        first=[_total_out(one) for one in found.first],
        last=[_total_out(one) for one in found.last],
        answers=[
            AnswerOut(
                receipt=row.node.receipt.pk,
                unit=row.node.receipt.unit.code,
                state=row.node.state.value,
                feedback=feedback_out(row.feedback, caller, files=row.feedback.attachments.all())
                if row.feedback
                else None,
            )
            for row in found.rows
        ],
    )


def _total_out(one: Total) -> TotalOut:
    return TotalOut(
        name=one.name, total=one.total if one.gave else None, gave=one.gave, asked=one.asked
    )


def relay_out(relay: Relay, *, caller: Caller) -> RelayOut:
    """The counts are of all units; stops and tree of those in sight, as on the page."""
    sight = caller.figure_units
    return RelayOut(
        directive=relay.version.directive_id,
        version=relay.version.number,
        total=relay.total,
        reached=relay.reached,
        acknowledged=relay.acknowledged,
        states={state.value: relay.counts[state] for state in State},
        stops=[
            StopOut(
                receipt=node.receipt.pk,
                unit=node.receipt.unit.code,
                name=node.receipt.unit.name,
                owes=node.owed.duty.value if node.owed else "",
                since=node.since,
                turn=names_of(node.turn, caller),
                holds_up=len(node.not_reached),
            )
            for node in relay.stops
            if node.receipt.unit_id in sight
        ],
        tree=_tree(relay.tops, sight, caller),
    )


def _tree(nodes: Iterable[Node], sight: frozenset[int], caller: Caller) -> list[NodeOut]:
    """What is not in sight is left out; what lies below it in sight takes its place."""
    found: list[NodeOut] = []
    for node in nodes:
        below = _tree(node.below, sight, caller)
        if node.receipt.unit_id in sight:
            found.append(_node(node, below, caller))
        else:
            found += below
    return found


def _node(node: Node, below: list[NodeOut], caller: Caller) -> NodeOut:
    since: datetime | None = node.since
    return NodeOut(
        receipt=node.receipt.pk,
        unit=node.receipt.unit.code,
        name=node.receipt.unit.name,
        role=node.receipt.role,
        state=node.state.value,
        owes=node.owed.duty.value if node.owed else None,
        since=since,
        turn=names_of(node.turn, caller),
        below=below,
    )
