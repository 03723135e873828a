"""Starting, climbing, answering and stopping. The climb itself is decided in `rules.advance`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from lianfang.accounts.languages import languages_of, speaking
from lianfang.audit import operations as audit
from lianfang.clusters import answering as clusters
from lianfang.clusters.models import Alert
from lianfang.directives.models import DirectiveReceipt, SupervisionItem
from lianfang.escalation.letters import alarm, letter, reference_of, tell_groups
from lianfang.escalation.links import LINK_LASTS, LinkNotValid
from lianfang.escalation.models import Escalation, Summons
from lianfang.escalation.queries import ladder_of, people_on
from lianfang.escalation.rules import advance
from lianfang.incidents import operations as incidents
from lianfang.incidents.models import Incident
from lianfang.installation.due import when_due
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications import operations as notifications
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import LadderStep
from lianfang.rulebook.queries import Rules, Rung, rules_in_force, rules_of


class AlreadyAnswered(Refused):
    code = "escalation.already-answered"
    message = _("This has been answered already; there is nothing left to do here.")
    status = 409


def start_for_incident(*, incident: Incident, now: datetime) -> Escalation:
    """Begin the climb of an incident and take every rung that is due at once.

    Runs inside the transaction of the report: no fever is stored without its first letters.
    """
    rules = rules_in_force(now)
    escalation = Escalation.objects.create(
        ladder=LadderStep.Ladder.SYMPTOM,
        edition_id=rules.edition_id,
        incident=incident,
        unit=incident.unit,
        day=incident.first_report.day,
        started_at=now,
        next_due_at=now,
    )
    climb(escalation=escalation, now=now)
    return escalation


def start_for_alert(*, alert: Alert, now: datetime) -> Escalation:
    """Begin the climb of a cluster alert, in the transaction that opens it."""
    escalation = Escalation.objects.create(
        ladder=LadderStep.Ladder.CLUSTER,
        edition_id=rules_in_force(now).edition_id,
        alert=alert,
        unit=alert.unit,
        day=reporting_day(now),
        started_at=now,
        next_due_at=now,
    )
    climb(escalation=escalation, now=now)
    return escalation


def start_for_unit(*, unit: Unit, day: date, now: datetime) -> Escalation | None:
    """Begin the climb of a unit that has not signed; None when it is climbing already."""
    rules = rules_in_force(now)
    escalation, created = Escalation.objects.get_or_create(
        ladder=LadderStep.Ladder.MISSED_UNIT_REPORT,
        unit=unit,
        day=day,
        incident=None,
        receipt=None,
        item=None,
        alert=None,
        defaults={"edition_id": rules.edition_id, "started_at": now, "next_due_at": now},
    )
    if not created:
        return None
    climb(escalation=escalation, now=now)
    return escalation


def start_for_overdue(
    *, receipt: DirectiveReceipt | None = None, item: SupervisionItem | None = None, now: datetime
) -> Escalation | None:
    """Begin the climb of an overdue directive or matter; None when it is climbing already."""
    about = receipt or item
    assert about is not None
    escalation, created = Escalation.objects.get_or_create(
        ladder=LadderStep.Ladder.OVERDUE_DIRECTIVE,
        receipt=receipt,
        item=item,
        state=Escalation.State.RUNNING,
        defaults={
            "edition_id": rules_in_force(now).edition_id,
            "unit": about.unit,
            "day": reporting_day(now),
            "started_at": now,
            "next_due_at": now,
        },
    )
    if not created:
        return None
    climb(escalation=escalation, now=now)
    return escalation


@when_due(lambda now: Escalation.objects.filter(next_due_at__lte=now))
@transaction.atomic
def climb_next(*, now: datetime) -> Escalation | None:
    """The worker's move: take one climb whose moment has come. None when nothing is due.

    Claimed by a conditional update on the due moment: another worker, or an answer, may
    have been first.
    """
    escalation = (
        Escalation.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at")
        .select_related("incident__person", "unit", "receipt__version__directive", "item", "alert")
        .first()
    )
    if escalation is None:
        return None
    claimed = Escalation.objects.filter(
        pk=escalation.pk, next_due_at=escalation.next_due_at, state=Escalation.State.RUNNING
    ).update(next_due_at=now + timedelta(minutes=1))
    if claimed == 1:
        climb(escalation=escalation, now=now)
    return escalation


def climb(*, escalation: Escalation, now: datetime) -> None:
    """Take the rungs that are due: summon, note where nobody stands, write the letters."""
    rules = rules_of(escalation.edition_id)
    rungs = ladder_of(escalation.ladder, rules)
    ill = escalation.incident.person if escalation.incident else None
    people = [
        people_on(rung, unit=escalation.unit, at=now, without=ill)
        if position > escalation.reached
        else []
        for position, rung in enumerate(rungs)
    ]
    answer_time = timedelta(minutes=int(rules.settings["answer_minutes"]))
    assert escalation.next_due_at is not None
    move = advance(
        [rung.wait for rung in rungs],
        [bool(found) for found in people],
        reached=escalation.reached,
        due_at=escalation.next_due_at,
        answer_time=answer_time,
        now=now,
    )
    is_alarm = escalation.incident is not None or escalation.alert is not None
    if move.taken and escalation.reached < 0 and is_alarm:
        tell_groups(escalation, rules, now)
    for position in move.taken:
        _take(escalation, rungs[position], people[position], rules, now)
        escalation.reached = position
    escalation.next_due_at = move.next_due_at
    escalation.save(update_fields=["reached", "next_due_at"])
    if move.exhausted:
        _exhaust(escalation, rules, now)


def _take(
    escalation: Escalation, rung: Rung, people: list[Person], rules: Rules, now: datetime
) -> None:
    if not people:
        Summons.objects.create(
            escalation=escalation, rung_id=rung.id, round=escalation.round, summoned_at=now
        )
        alarm(escalation, rules, "nobody_on_post", f"vacant:{rung.position}", now)
        return
    # Who answers for the class and for the department is rung once, not twice.
    told = Summons.objects.filter(escalation=escalation, round=escalation.round)
    already = set(told.values_list("person_id", flat=True))
    languages = languages_of(people)
    drafts = []
    for person in people:
        if person.pk in already:
            continue
        summons = Summons.objects.create(
            escalation=escalation,
            rung_id=rung.id,
            round=escalation.round,
            person=person,
            summoned_at=now,
        )
        with speaking(languages.get(person.pk)):
            drafts.append(letter(escalation, summons, rules))
    notifications.queue(drafts, now=now)


def _exhaust(escalation: Escalation, rules: Rules, now: datetime) -> None:
    """The top was passed without an answer: an alarm, and for an incident or a cluster another round."""
    if escalation.incident is not None:
        incidents.mark_unanswered(incident=escalation.incident, now=now)
    if escalation.alert is not None:
        clusters.mark_unanswered(alert=escalation.alert, now=now)
    alarm(escalation, rules, "nobody_answered", "exhausted", now)
    audit.record(
        verb="escalation.ladder.exhausted",
        actor=SYSTEM,
        subject=escalation,
        now=now,
        round=escalation.round,
    )
    repeats = int(rules.settings["ladder_repeats"])
    is_alarm = escalation.incident is not None or escalation.alert is not None
    if is_alarm and escalation.round < repeats:
        escalation.round += 1
        escalation.reached = -1
        escalation.next_due_at = now + timedelta(minutes=int(rules.settings["answer_minutes"]))
        escalation.save(update_fields=["round", "reached", "next_due_at"])
        return
    escalation.state = Escalation.State.EXHAUSTED
    escalation.ended_at = now
    escalation.next_due_at = None
    escalation.save(update_fields=["state", "ended_at", "next_due_at"])


def answer(
    *, summons: Summons, what: Summons.Answer, actor: Actor, now: datetime, how: str = ""
) -> Escalation:
    """One tap: “I will see to it” stops the climb; “to the deputy” takes the next rung at once.

    The caller holds the transaction. Raises `AlreadyAnswered` when the link was used, the
    climb has stopped, or somebody else was first.
    """
    if now - summons.summoned_at > LINK_LASTS:
        raise LinkNotValid
    escalation = summons.escalation
    changed = Summons.objects.filter(pk=summons.pk, answered_at__isnull=True).update(
        answered_at=now, answer=what
    )
    if changed != 1:
        raise AlreadyAnswered
    said: dict[str, Any] = {"how": how} if how else {}
    audit.record(
        verb="escalation.summons.answered",
        actor=actor,
        subject=summons,
        now=now,
        answer=str(what),
        **said,
    )
    if what == Summons.Answer.MINE:
        stop(escalation=escalation, state=Escalation.State.ANSWERED, now=now)
    else:
        assert summons.person_id is not None
        notifications.spare_the_phone(reference=reference_of(summons), recipient=summons.person_id)
        _pass_on(escalation=escalation, now=now)
    return escalation


def _pass_on(*, escalation: Escalation, now: datetime) -> None:
    """Whoever cannot take it says so: the next rung does not wait for its minute."""
    Escalation.objects.filter(pk=escalation.pk, state=Escalation.State.RUNNING).update(
        next_due_at=now
    )


def stop(*, escalation: Escalation, state: Escalation.State, now: datetime) -> bool:
    """End a climb and close its open letters; False when it had ended already."""
    changed = Escalation.objects.filter(
        pk=escalation.pk, state__in=[Escalation.State.RUNNING, Escalation.State.EXHAUSTED]
    ).update(state=state, next_due_at=None, ended_at=now)
    if changed != 1:
        return False
    notifications.cancel(reference_prefix=escalation.reference, now=now)
    return True


def stop_for_unit(*, unit: Unit, day: date, now: datetime) -> None:
    """The unit has signed: its ladder is no longer needed."""
    ladder = LadderStep.Ladder.MISSED_UNIT_REPORT
    running = Escalation.objects.filter(unit=unit, day=day, ladder=ladder)
    for escalation in running:
        stop(escalation=escalation, state=Escalation.State.SETTLED, now=now)


def stop_for_incident(*, incident: Incident, now: datetime) -> None:
    for escalation in Escalation.objects.filter(incident=incident):
        stop(escalation=escalation, state=Escalation.State.ANSWERED, now=now)


def stop_for_alert(*, alert: Alert, now: datetime) -> None:
    for escalation in Escalation.objects.filter(alert=alert):
        stop(escalation=escalation, state=Escalation.State.ANSWERED, now=now)


def stop_for_overdue(
    *,
    receipts: Iterable[DirectiveReceipt] = (),
    items: Iterable[SupervisionItem] = (),
    now: datetime,
) -> None:
    """What was owed has come, or is not owed any more: these climbs are no longer needed."""
    climbing = Escalation.objects.filter(
        Q(receipt__in=receipts) | Q(item__in=items),
        state__in=[Escalation.State.RUNNING, Escalation.State.EXHAUSTED],
    )
    for escalation in climbing:
        stop(escalation=escalation, state=Escalation.State.SETTLED, now=now)
