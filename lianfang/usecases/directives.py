"""A directive goes down the line and the answers come up; what is overdue climbs by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from lianfang.directives import attachments, operations, receiving, supervision
from lianfang.directives.attachments import Upload
from lianfang.directives.models import (
    Directive,
    DirectiveReceipt,
    DirectiveVersion,
    Feedback,
    SupervisionItem,
)
from lianfang.directives.operations import (
    EmptyAudience,
    EverybodyNotChosen,
    NotADraft,
    PastDeadline,
    Wording,
)
from lianfang.directives.queries import turn_of
from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Escalation
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.queries import rules_in_force


@transaction.atomic
def draft(
    *,
    issuer: Unit,
    number: str,
    wording: Wording,
    files: Sequence[Upload],
    by: Person,
    actor: Actor,
    now: datetime,
) -> DirectiveVersion:
    version = operations.draft(
        issuer=issuer, number=number, wording=wording, by=by, actor=actor, now=now
    )
    attachments.add(files, version=version, by=by, actor=actor, now=now)
    return version


@transaction.atomic
def redraft(
    *,
    version: DirectiveVersion,
    wording: Wording,
    files: Sequence[Upload],
    by: Person,
    actor: Actor,
    now: datetime,
    without: Collection[int] = (),
) -> None:
    """`without` are files of the draft that shall not go out with it."""
    operations.redraft(version=version, wording=wording, by=by, actor=actor, now=now)
    attachments.take_off(without, version=version, actor=actor, now=now)
    attachments.add(files, version=version, by=by, actor=actor, now=now)


@transaction.atomic
def supersede(
    *,
    directive: Directive,
    wording: Wording,
    files: Sequence[Upload],
    by: Person,
    actor: Actor,
    now: datetime,
    without: Collection[int] = (),
) -> DirectiveVersion:
    """Draft the next version; the files of the last one come along, but for those in `without`."""
    version = operations.supersede(
        directive=directive, wording=wording, by=by, actor=actor, now=now
    )
    attachments.carry_over(version=version, now=now, without=without)
    attachments.add(files, version=version, by=by, actor=actor, now=now)
    return version


@transaction.atomic
def publish(
    *, version: DirectiveVersion, signer: Person, actor: Actor, now: datetime
) -> DirectiveVersion:
    """Sign and send, in one transaction with the end of every climb of the version before."""
    published = operations.publish(version=version, signer=signer, actor=actor, now=now)
    earlier = DirectiveReceipt.objects.filter(version__directive=version.directive).exclude(
        version=published
    )
    escalation.stop_for_overdue(receipts=earlier, now=now)
    return published


@transaction.atomic
def withdraw(*, directive: Directive, reason: str, by: Person, actor: Actor, now: datetime) -> None:
    operations.withdraw(directive=directive, reason=reason, by=by, actor=actor, now=now)
    receipts = DirectiveReceipt.objects.filter(version__directive=directive)
    escalation.stop_for_overdue(receipts=receipts, now=now)


def mark_read(*, receipt: DirectiveReceipt, by: Person, now: datetime) -> None:
    receiving.mark_read(receipt=receipt, by=by, now=now)


@transaction.atomic
def acknowledge(*, receipt: DirectiveReceipt, by: Person, actor: Actor, now: datetime) -> None:
    """An answer of the unit stops the climb; what it owes next has its own moment."""
    receiving.acknowledge(receipt=receipt, by=by, actor=actor, now=now)
    escalation.stop_for_overdue(receipts=[receipt], now=now)


@transaction.atomic
def relay(
    *,
    receipt: DirectiveReceipt,
    words: str,
    own_due_at: datetime | None,
    more: Iterable[Unit],
    by: Person,
    actor: Actor,
    now: datetime,
) -> int:
    reached = receiving.relay(
        receipt=receipt,
        words=words,
        own_due_at=own_due_at,
        more=more,
        by=by,
        actor=actor,
        now=now,
    )
    escalation.stop_for_overdue(receipts=[receipt], now=now)
    return reached


@transaction.atomic
def feed_back(
    *,
    receipt: DirectiveReceipt,
    text: str,
    figures: Mapping[str, str],
    files: Sequence[Upload],
    by: Person,
    actor: Actor,
    now: datetime,
) -> Feedback:
    feedback = receiving.feed_back(
        receipt=receipt, text=text, figures=figures, by=by, actor=actor, now=now
    )
    attachments.add(files, feedback=feedback, by=by, actor=actor, now=now)
    escalation.stop_for_overdue(receipts=[receipt], now=now)
    return feedback


def judge(
    *, feedback: Feedback, accept: bool, reason: str, by: Person, actor: Actor, now: datetime
) -> None:
    receiving.judge(feedback=feedback, accept=accept, reason=reason, by=by, actor=actor, now=now)


@when_due(
    lambda now: DirectiveReceipt.objects.filter(next_due_at__lte=now),
    lambda now: SupervisionItem.objects.filter(next_due_at__lte=now),
)
@transaction.atomic
def chase_next(*, now: datetime) -> DirectiveReceipt | SupervisionItem | None:
    """The worker's move: one overdue receipt or matter begins to climb. None when nothing is due.

    The claim and the first rung are one transaction: a worker killed in between leaves the
    moment due. What was answered between the poll and the claim owes nothing and climbs nowhere.
    """
    receipt = receiving.claim_overdue(now=now)
    if receipt is not None:
        turn = turn_of(receipt, now=now)
        if turn is not None:
            escalation.start_for_overdue(receipt=receipt, now=now)
        return receipt
    item = supervision.claim_overdue(now=now)
    if item is not None and SupervisionItem.State(item.state).is_owners_turn:
        escalation.start_for_overdue(item=item, now=now)
    return item


def postpone_next(*, now: datetime, to: datetime) -> None:
    """A row that cannot be chased is put off, so that it stops nobody else."""
    for model in (DirectiveReceipt, SupervisionItem):
        due = model.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id").first()
        if due is not None:
            model.objects.filter(pk=due.pk).update(next_due_at=to)
            return


def hold_promise(*, climbing: Escalation, now: datetime) -> None:
    """“I will see to it” stops the climb, not the clock: it is looked at again later."""
    minutes = int(rules_in_force(now).settings["promise_minutes"])
    later = now + timedelta(minutes=minutes)
    if climbing.receipt is not None:
        receiving.look_again(receipt=climbing.receipt, at=later)
    if climbing.item is not None:
        supervision.look_again(item=climbing.item, at=later)


__all__ = [
    "EmptyAudience",
    "EverybodyNotChosen",
    "NotADraft",
    "PastDeadline",
    "Upload",
    "Wording",
    "acknowledge",
    "chase_next",
    "draft",
    "feed_back",
    "hold_promise",
    "judge",
    "mark_read",
    "postpone_next",
    "publish",
    "redraft",
    "relay",
    "supersede",
    "withdraw",
]
