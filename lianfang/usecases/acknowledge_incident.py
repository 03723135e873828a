"""Somebody answers: one tap on a link, or a button on the desk, stops the climb."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianfang.clusters import answering as clusters
from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Summons
from lianfang.incidents import operations as incidents
from lianfang.incidents.models import Incident
from lianfang.incidents.operations import AlreadyAcknowledged
from lianfang.kernel.actors import Actor
from lianfang.roster.models import Person
from lianfang.usecases import directives


@transaction.atomic
def answer_summons(
    *, summons: Summons, what: Summons.Answer, now: datetime, how: str = ""
) -> Summons:
    """The answer of a person who was summoned, without logging in.

    `how` stands in the audit where it was no link: `SMS`, `PHONE_KEY`. The promise: exactly one person takes an incident over; everybody else is told who did.
    """
    person = summons.person
    assert person is not None
    actor = Actor("PERSON", person.pk, person.name)
    climbing = escalation.answer(summons=summons, what=what, actor=actor, now=now, how=how)
    if what == Summons.Answer.MINE and climbing.incident is not None:
        incidents.acknowledge(incident=climbing.incident, by=person, actor=actor, now=now)
    if what == Summons.Answer.MINE and climbing.alert is not None:
        clusters.take_over(alert=climbing.alert, by=person, actor=actor, now=now)
    if what == Summons.Answer.MINE:
        directives.hold_promise(climbing=climbing, now=now)
    summons.refresh_from_db()
    return summons


@transaction.atomic
def acknowledge(*, incident: Incident, by: Person, actor: Actor, now: datetime) -> Incident:
    """The answer of somebody at the desk; the climb and its letters end with it."""
    taken = incidents.acknowledge(incident=incident, by=by, actor=actor, now=now)
    Summons.objects.filter(
        escalation__incident=incident, person=by, answered_at__isnull=True
    ).update(answered_at=now, answer=Summons.Answer.MINE)
    escalation.stop_for_incident(incident=incident, now=now)
    return taken


__all__ = ["AlreadyAcknowledged", "acknowledge", "answer_summons"]
