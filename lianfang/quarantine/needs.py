"""The verbs of needs: asked, taken, done; a clock that reminds and climbs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.quarantine.models import Need, Order
from lianfang.quarantine.operations import OrderHasEnded
from lianfang.quarantine.queries import WAITS
from lianfang.roster.models import Person
from lianfang.rulebook.quarantine_policy import NeedStep, QuarantinePolicy

MOST_OPEN = 20


class NeedIsSettled(Refused):
    code = "quarantine.need-is-settled"
    message = _("This was settled already.")
    status = 409


class TooManyNeeds(Refused):
    code = "quarantine.too-many-needs"
    message = _("20 things wait already. Please ring, if something is urgent.")
    status = 409


@transaction.atomic
def ask(
    *,
    order: Order,
    kind: str,
    text: str,
    owner: Person,
    policy: QuarantinePolicy,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Need:
    """Somebody needs something; from now on a named person owns it and a clock runs."""
    if not order.is_running:
        raise OrderHasEnded
    problems: dict[str, str] = {}
    if kind not in Need.Kind.values:
        problems["kind"] = _("What is it about?")
    if not text.strip():
        problems["text"] = _("What exactly, in a few words?")
    if problems:
        raise Invalid(problems)
    if order.needs.filter(state__in=WAITS).count() >= MOST_OPEN:
        raise TooManyNeeds
    due_at = now + policy.time_for(kind)
    need = Need.objects.create(
        order=order,
        kind=kind,
        text=text.strip()[:500],
        asked_by=by,
        asked_at=now,
        owner=owner,
        due_at=due_at,
        next_due_at=due_at + policy.climb[0].after if policy.climb else None,
    )
    audit.record(
        verb="quarantine.need.asked", actor=actor, subject=need, now=now,
        concerns=order.person_id, kind=kind,
    )  # fmt: skip
    return need


@transaction.atomic
def take(*, need: Need, by: Person, actor: Actor, now: datetime) -> None:
    """“I see to it”: it is theirs from now on, and the clock goes on running."""
    changed = Need.objects.filter(pk=need.pk, state__in=WAITS).update(
        state=Need.State.TAKEN, owner=by
    )
    if changed != 1:
        raise NeedIsSettled
    audit.record(
        verb="quarantine.need.taken", actor=actor, subject=need, now=now,
        concerns=need.order.person_id,
    )  # fmt: skip


@transaction.atomic
def settle(*, need: Need, state: str, answer: str, by: Person, actor: Actor, now: datetime) -> None:
    """Done, or no longer needed. The clock stops. Raises `NeedIsSettled`."""
    if state not in (Need.State.DONE, Need.State.DROPPED):
        raise Invalid({"state": _("Done, or no longer needed?")})
    changed = Need.objects.filter(pk=need.pk, state__in=WAITS).update(
        state=state, settled_by=by, settled_at=now, next_due_at=None
    )
    if changed != 1:
        raise NeedIsSettled
    if answer.strip():
        need.refresh_from_db()
        need.answer = answer.strip()[:500]
        need.save(update_fields=["answer"])
    audit.record(
        verb="quarantine.need.settled", actor=actor, subject=need, now=now,
        concerns=need.order.person_id, state=state,
    )  # fmt: skip


def drop_all(*, order: Order, by: Person, now: datetime) -> None:
    """An order that has ended leaves no clock behind."""
    Need.objects.filter(order=order, state__in=WAITS).update(
        state=Need.State.DROPPED, settled_by=by, settled_at=now, next_due_at=None
    )


def claim_due(*, climb: tuple[NeedStep, ...], now: datetime) -> tuple[Need, NeedStep] | None:
    """The worker's poll: one need that waits too long, and who is to be told now."""
    need = (
        Need.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("order__unit", "order__person", "owner")
        .first()
    )
    if need is None:
        return None
    position = need.told_steps
    following = climb[position + 1] if position + 1 < len(climb) else None
    claimed = Need.objects.filter(pk=need.pk, next_due_at=need.next_due_at).update(
        told_steps=position + 1,
        next_due_at=need.due_at + following.after if following else None,
    )
    if claimed != 1 or position >= len(climb):
        return None
    return need, climb[position]


def postpone_due(*, now: datetime, by: timedelta) -> None:
    """What cannot be told is put off, so that it stops nobody else."""
    due = Need.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Need.objects.filter(pk__in=due.values("pk")[:1]).update(next_due_at=now + by)
