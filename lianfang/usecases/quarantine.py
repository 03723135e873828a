"""An order is recorded, served, extended; a release is proposed by the clock and decided by a person."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.audit import operations as audit
from lianfang.escalation.queries import people_on
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.kernel.refusals import Forbidden
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.quarantine import needs, operations, queries, rooms
from lianfang.quarantine.models import Extension, Order
from lianfang.quarantine.operations import (
    AlreadyOrdered,
    NobodyOrderedIt,
    NotReadyForRelease,
    NotTheCollegesToOrder,
    OrderHasEnded,
    Service,
    Wording,
)
from lianfang.quarantine.queries import Progress
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.rulebook.quarantine_policy import QuarantinePolicy
from lianfang.rulebook.queries import Rung, rules_in_force, rules_of
from lianfang.usecases.letters import in_language_of

_LOOK_AGAIN = time(8, 0)


def policy_now(now: datetime) -> QuarantinePolicy:
    return QuarantinePolicy.from_settings(rules_in_force(now).settings)


def policy_of(order: Order) -> QuarantinePolicy:
    """The numbers that held when the order was recorded; a later edition does not rewrite them."""
    return QuarantinePolicy.from_settings(rules_of(order.edition_id).settings)


def faults_of(wording: Wording, service: Service | None, *, now: datetime) -> dict[str, str]:
    """What is wrong with an order as it was typed, all at once, by field."""
    return operations.faults_of(wording, service, policy=policy_now(now), now=now)


def record(
    *,
    person: Person,
    wording: Wording,
    service: Service | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Order:
    """The carer is the person's counselor or liaison; where there is none, whoever records it."""
    in_force = rules_in_force(now)
    carers = roster.carers_of(person, day=reporting_day(now))
    return operations.record_order(
        person=person,
        wording=wording,
        service=service,
        policy=QuarantinePolicy.from_settings(in_force.settings),
        edition_id=in_force.edition_id,
        carer=next((one for one in carers if one.pk != person.pk), by),
        by=by,
        actor=actor,
        now=now,
    )


def note_service(*, order: Order, service: Service, actor: Actor, now: datetime) -> None:
    operations.note_service(order=order, service=service, actor=actor, now=now)


def move_end(
    *,
    order: Order,
    until: date | None,
    reason: str,
    document_no: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Extension:
    return operations.move_end(
        order=order, until=until, reason=reason, document_no=document_no, policy=policy_of(order),
        by=by, actor=actor, now=now,
    )  # fmt: skip


def note_paper(*, order: Order, paper: str, actor: Actor, now: datetime) -> None:
    operations.note_paper(order=order, paper=paper, actor=actor, now=now)


def progress(*, order: Order, now: datetime) -> Progress:
    return queries.progress_of(order, policy=policy_of(order), now=now)


def ask_release(*, order: Order, paper: str, actor: Actor, now: datetime) -> None:
    """The person went through the checklist herself; somebody of the right level is told."""
    if paper.strip():
        operations.note_paper(order=order, paper=paper, actor=actor, now=now)
    done = progress(order=order, now=now)
    if not done.is_ready:
        raise NotReadyForRelease(open="; ".join(_(i.question) for i in done.items if not i.is_met))
    operations.ask_release(order=order, actor=actor, now=now)


@transaction.atomic
def release(
    *, order: Order, words: str, may_decide: bool, by: Person, actor: Actor, now: datetime
) -> Order:
    """Decided by a person of the right level, and only with the whole checklist fulfilled.

    Raises `Forbidden` below that level, `NotReadyForRelease` naming what is open.
    """
    if not may_decide:
        raise Forbidden
    done = progress(order=order, now=now)
    if not done.is_ready:
        raise NotReadyForRelease(open="; ".join(_(i.question) for i in done.items if not i.is_met))
    return _end(order, Order.State.RELEASED, words, by, actor, now)


@transaction.atomic
def end_otherwise(
    *,
    order: Order,
    state: str,
    words: str,
    may_decide: bool,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Order:
    """Handed over, or recorded by mistake: no release, and said in words."""
    if not may_decide:
        raise Forbidden
    if state == Order.State.RELEASED:
        return release(order=order, words=words, may_decide=may_decide, by=by, actor=actor, now=now)
    return _end(order, state, words, by, actor, now)


def _end(order: Order, state: str, words: str, by: Person, actor: Actor, now: datetime) -> Order:
    ended = operations.end(order=order, state=state, words=words, by=by, actor=actor, now=now)
    rooms.leave(order=ended, by=by, actor=actor, now=now)
    needs.drop_all(order=ended, by=by, now=now)
    return ended


# ---------------------------------------------------------------- the clock


@when_due(lambda now: Order.objects.filter(next_due_at__lte=now))
@transaction.atomic
def propose_next(*, now: datetime) -> Order | None:
    """The planned end has come, or the person asks: whoever may decide is told, nothing is decided.

    With something open on the checklist the carer is told, and it is looked at again tomorrow.
    """
    order = operations.claim_due(now=now)
    if order is None:
        return None
    done = progress(order=order, now=now)
    if done.is_ready:
        notifications.queue(_letters(order, _deciders(order, now), "decide", now), now=now)
        return order
    notifications.queue(_letters(order, [order.carer], "open", now), now=now)
    tomorrow = reporting_day(now) + timedelta(days=1)
    operations.propose_again(order=order, at=at_local(tomorrow, _LOOK_AGAIN))
    return order


def _deciders(order: Order, now: datetime) -> list[Person]:
    """The head of the department, else the duty officer: nobody at the level of the class."""
    for role, reach in (("RESPONSIBLE_HEAD", "DEPARTMENT"), ("DUTY_OFFICER", "COMMITTEE")):
        rung = Rung(0, 0, reach, role, timedelta(0))
        found = people_on(rung, unit=order.unit, at=now, without=order.person)
        if found:
            return found
    return [order.carer]


def _letters(order: Order, people: list[Person], what: str, now: datetime) -> list[Draft]:
    drafts = []
    for person in people:
        with in_language_of(person):
            words = (
                _("A decision waits for you (%(code)s). Please open the link.")
                if what == "decide"
                else _("Something is still open (%(code)s). Please open the link.")
            )
            drafts.append(
                Draft(
                    reference=f"quarantine:{order.pk}:{what}:{reporting_day(now)}",
                    person=person,
                    subject=_("Lianfang: you are needed"),
                    body=words % {"code": order.code},
                    link=f"/desk/care/quarantine/{order.pk}/",
                )
            )
    return drafts


def postpone_next(*, now: datetime, to: datetime) -> None:
    """An order that cannot be proposed is put off, so that it stops nobody else."""
    due = Order.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Order.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=to)


def order_seen(*, order: Order, actor: Actor, now: datetime) -> None:
    """The reason and the checks were shown: written down, and open to the person."""
    audit.record(
        verb="quarantine.order.seen", actor=actor, subject=order, now=now,
        concerns=order.person_id,
    )  # fmt: skip


__all__ = [
    "AlreadyOrdered", "NobodyOrderedIt", "NotReadyForRelease", "NotTheCollegesToOrder",
    "OrderHasEnded", "Service", "Wording", "ask_release", "end_otherwise", "move_end",
    "note_paper", "note_service", "order_seen", "policy_now", "policy_of", "postpone_next",
    "progress", "propose_next", "record", "release",
]  # fmt: skip
