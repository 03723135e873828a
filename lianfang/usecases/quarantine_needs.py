"""What somebody in quarantine needs: an owner, a time, a reminder, and the way up when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.escalation.queries import people_on
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.quarantine import needs
from lianfang.quarantine.models import Keeper, Need, Order
from lianfang.quarantine.needs import NeedIsSettled, TooManyNeeds
from lianfang.quarantine.queries import bed_of
from lianfang.roster.models import Person
from lianfang.roster.queries import held_on
from lianfang.rulebook.quarantine_policy import NeedStep
from lianfang.rulebook.queries import Rung
from lianfang.usecases.letters import in_language_of
from lianfang.usecases.quarantine import policy_now

# Meals and things are brought by whoever keeps the rooms; all else is the carer's.
_OF_THE_HOUSE = {Need.Kind.MEALS, Need.Kind.SUPPLIES}


def ask(*, order: Order, kind: str, text: str, by: Person, actor: Actor, now: datetime) -> Need:
    """It gets an owner at once: a keeper of the house for meals and things, else the carer."""
    return needs.ask(
        order=order, kind=kind, text=text, owner=_owner(order, kind, now),
        policy=policy_now(now), by=by, actor=actor, now=now,
    )  # fmt: skip


def _owner(order: Order, kind: str, now: datetime) -> Person:
    bed = bed_of(order)
    if kind in _OF_THE_HOUSE and bed is not None:
        keeper = (
            Keeper.objects.filter(held_on(reporting_day(now)), building=bed.room.building_id)
            .select_related("person")
            .order_by("held_from", "id")
            .first()
        )
        if keeper is not None:
            return keeper.person
    return order.carer


def take(*, need: Need, by: Person, actor: Actor, now: datetime) -> None:
    needs.take(need=need, by=by, actor=actor, now=now)


def settle(*, need: Need, state: str, answer: str, by: Person, actor: Actor, now: datetime) -> None:
    needs.settle(need=need, state=state, answer=answer, by=by, actor=actor, now=now)


@when_due(lambda now: Need.objects.filter(next_due_at__lte=now))
@transaction.atomic
def remind_next(*, now: datetime) -> Need | None:
    """The worker's move: the owner first, then the head of the department, then the duty officer.

    A letter names no person and not what is needed.
    """
    claimed = needs.claim_due(climb=policy_now(now).climb, now=now)
    if claimed is None:
        return None
    need, step = claimed
    people = _people_of(need, step, now)
    notifications.queue([_letter(need, person) for person in people], now=now)
    return need


def _people_of(need: Need, step: NeedStep, now: datetime) -> list[Person]:
    if step.role == "OWNER":
        return [need.owner]
    rung = Rung(0, 0, step.reach, step.role, timedelta(0))
    return people_on(rung, unit=need.order.unit, at=now, without=need.order.person)


def _letter(need: Need, person: Person) -> Draft:
    with in_language_of(person):
        return Draft(
            reference=f"quarantine-need:{need.pk}:{need.told_steps}",
            person=person,
            subject=_("Lianfang: you are needed"),
            body=_("Somebody in quarantine is waiting (%(code)s). Please open the link.")
            % {"code": need.order.code},
            link="/desk/care/quarantine/needs/",
        )


def postpone_next(*, now: datetime, to: datetime) -> None:
    needs.postpone_due(now=now, by=to - now)


__all__ = [
    "NeedIsSettled", "TooManyNeeds", "ask", "postpone_next", "remind_next", "settle", "take",
]  # fmt: skip
