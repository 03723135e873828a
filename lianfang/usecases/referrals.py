"""Advised, gone, seen, result, back: whoever answers is reminded when a step stays out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianfang.incidents import referrals
from lianfang.incidents.kinds import Transport
from lianfang.incidents.models import Incident, Referral
from lianfang.incidents.referrals import AlreadyOnTheWay, StepIsOver, waits_from
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Person
from lianfang.rulebook.queries import rules_in_force
from lianfang.usecases.letters import in_language_of


def advise(
    *,
    incident: Incident,
    hospital: str,
    by: Person,
    actor: Actor,
    now: datetime,
    transport: str = "",
    companion: str = "",
) -> Referral:
    """Whoever advised answers for the way; who took the incident over, if somebody did."""
    if transport and transport not in Transport.values:
        raise Invalid({"transport": _("Please choose how the person travels.")})
    return referrals.advise(
        incident=incident,
        hospital=hospital,
        transport=transport,
        companion=companion,
        waits=waits_from(rules_in_force(now).settings),
        owner=incident.acknowledged_by or by,
        actor=actor,
        now=now,
    )


def take_step(
    *,
    referral: Referral,
    step: str,
    by: Person,
    actor: Actor,
    now: datetime,
    result: str = "",
) -> Referral:
    """Raises `StepIsOver` when a colleague was first, `Invalid` for what is no step."""
    if step not in Referral.Step.values:
        raise Invalid({"step": _("Please choose what happened.")})
    return referrals.take_step(
        referral=referral,
        step=Referral.Step(step),
        result=result,
        waits=waits_from(rules_in_force(now).settings),
        by=by,
        actor=actor,
        now=now,
    )


@when_due(lambda now: Referral.objects.filter(next_due_at__lte=now))
@transaction.atomic
def remind_next(*, now: datetime) -> Referral | None:
    """The worker's move: one reminder, without the name and without the hospital."""
    referral = referrals.claim_due(now=now)
    if referral is None or not referral.incident.is_open or referral.next_step is None:
        return referral
    rules = rules_in_force(now)
    with in_language_of(referral.owner):
        letter = Draft(
            reference=f"referral:{referral.pk}:{referral.next_step.value}",
            person=referral.owner,
            subject=rules.text("subject"),
            body=rules.text("referral_reminder", code=referral.incident.code),
            link=f"/desk/incidents/{referral.incident_id}/",
        )
    notifications.queue([letter], now=now)
    return referral


def postpone_next(*, now: datetime, to: datetime) -> None:
    referrals.postpone_due(now=now, to=to)


__all__ = [
    "AlreadyOnTheWay", "StepIsOver", "advise", "postpone_next", "remind_next", "take_step",
]  # fmt: skip
