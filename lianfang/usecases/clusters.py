"""Many ill at once: counted right after each report and every hour, told, answered, reported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.clusters import answering, clock, operations, signs, waiting
from lianfang.clusters.answering import AlertTaken, ClockStillRuns, NotThisStage
from lianfang.clusters.models import Alert, AlertPerson, AlertStep, Recount, Sign
from lianfang.clusters.operations import Weighed
from lianfang.clusters.rules import next_moment
from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Summons
from lianfang.escalation.queries import people_on
from lianfang.installation.due import Waiting, when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.kernel.refusals import Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.places import queries as places
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.rulebook.cluster_policy import policy_of
from lianfang.rulebook.models import LadderStep
from lianfang.rulebook.queries import Rules, rules_in_force, rules_of
from lianfang.usecases.letters import in_language_of

# ---------------------------------------------------------------- what reports tell


def note_report(*, report: DailyReport, answers: Answers, rules: Rules, now: datetime) -> None:
    """Keep what a report with symptoms shows, in its transaction; counting follows at once.

    Two statements for a report with a syndrome, one for a correction, none for anybody else's:
    the path of somebody who is well does not come here (docs/early_warning.md).
    """
    signs.note_report(
        report=report,
        answers=answers,
        rules=rules,
        listed=places.listed_now(report.day),
        now=now,
    )


# ---------------------------------------------------------------- counting


@when_due(lambda now: Sign.objects.filter(next_due_at__lte=now))
@transaction.atomic
def weigh_next(*, now: datetime) -> bool:
    """The worker's move: count the circles of everybody who became ill since the last one."""
    due = waiting.claim_signs(now=now)
    if not due:
        return False
    groups = waiting.place_in_groups(due)
    _tell(operations.weigh(groups, now=now), now=now)
    return True


def postpone_next(*, now: datetime, to: datetime) -> None:
    waiting.postpone_signs(now=now, to=to)


_COUNTED_LATELY = Waiting(lambda moment: Recount.objects.filter(pk=1, looked_at__gt=moment))


def recount_next(*, now: datetime) -> bool:
    """Once an hour everything is counted anew: absences, changed rules, whatever slept."""
    wait = timedelta(minutes=policy_of(rules_in_force(now).settings).look_minutes)
    return not _COUNTED_LATELY.is_any(now - wait) and _recount_if_first(wait=wait, now=now)


@transaction.atomic
def _recount_if_first(*, wait: timedelta, now: datetime) -> bool:
    Recount.objects.get_or_create(pk=1, defaults={"looked_at": now - wait})
    claimed = Recount.objects.filter(pk=1, looked_at__lte=now - wait).update(looked_at=now)
    if claimed != 1 or roster.college() is None:
        return False
    recount(now=now)
    return True


def recount(*, now: datetime) -> int:
    """Everybody who is ill lately waits to be counted again; `weigh_next` does it in portions.

    In portions, because a count holds the database while it writes, and reports come first.
    Absences become signs here. The caller holds the transaction; returns how many wait.
    """
    rules = rules_in_force(now)
    signs.note_absences(rules=rules, now=now)
    days = policy_of(rules.settings).longest_days
    return waiting.ask_again(since=reporting_day(now) - timedelta(days=days - 1), now=now)


def _tell(done: Weighed, *, now: datetime) -> None:
    """A new alert climbs; one that grew tells whoever took it, once a day."""
    for alert in done.opened:
        escalation.start_for_alert(alert=alert, now=now)
    for alert in done.grown:
        alert.refresh_from_db()
        if alert.taken_by is not None and alert.is_open:
            _letter(alert, [alert.taken_by], "cluster_grew", f"grew:{reporting_day(now)}", now=now)


# ---------------------------------------------------------------- the legal clock


@when_due(lambda now: Alert.objects.filter(next_due_at__lte=now))
@transaction.atomic
def remind_next(*, now: datetime) -> Alert | None:
    """The worker's move: the legal clock is running out, or has run out."""
    alert = answering.claim_due(now=now)
    if alert is None or not alert.clock_runs:
        return alert
    due_at = alert.clock_due_at
    assert due_at is not None
    if now < due_at:
        _letter(
            alert, _who_reports(alert, now=now), "cluster_clock", f"clock:{now:%m%d%H%M}", now=now
        )
        before = policy_of(rules_in_force(now).settings).remind_before_minutes
        later = next_moment(due_at, before=before, after=now)
        Alert.objects.filter(pk=alert.pk, told_at__isnull=True).update(next_due_at=later)
    elif answering.mark_missed(alert=alert, now=now):
        people = {p.pk: p for p in (*_who_reports(alert, now=now), *_who_leads(alert, now=now))}
        _letter(alert, people.values(), "cluster_missed", "missed", now=now)
    return alert


def postpone_reminder(*, now: datetime, to: datetime) -> None:
    answering.postpone_due(now=now, to=to)


def _who_reports(alert: Alert, *, now: datetime) -> list[Person]:
    """Whoever took it over, the duty officer and the school doctor, who reports outside."""
    rungs = rules_of(alert.edition_id).ladders.get(LadderStep.Ladder.CLUSTER, ())
    found = {alert.taken_by.pk: alert.taken_by} if alert.taken_by else {}
    for rung in rungs:
        if rung.role in {"DUTY_OFFICER", "DOCTOR"}:
            found |= {p.pk: p for p in people_on(rung, unit=alert.unit, at=now)}
    return list(found.values())


def _who_leads(alert: Alert, *, now: datetime) -> list[Person]:
    rungs = rules_of(alert.edition_id).ladders.get(LadderStep.Ladder.CLUSTER, ())
    return [p for r in rungs if r.wait for p in people_on(r, unit=alert.unit, at=now)]


def _letter(alert: Alert, people: Iterable[Person], text: str, what: str, *, now: datetime) -> None:
    """By its code; a gateway learns neither the circle nor the illness."""
    rules = rules_in_force(now)
    drafts = []
    for person in people:
        with in_language_of(person):
            due = alert.clock_due_at.astimezone(SHANGHAI) if alert.clock_due_at else now
            drafts.append(
                Draft(
                    reference=f"cluster:{alert.pk}:{what}",
                    person=person,
                    subject=rules.text("subject"),
                    body=rules.text(text, code=alert.code, due=f"{due:%m-%d %H:%M}"),
                    link=f"/desk/care/clusters/{alert.pk}/",
                    is_urgent=text != "cluster_grew",
                    matter=alert.code,
                )
            )
    notifications.queue(drafts, now=now)


# ---------------------------------------------------------------- the way of an alert


@transaction.atomic
def take_over(*, alert: Alert, by: Person, actor: Actor, now: datetime) -> Alert:
    """“I will see to it” at the desk: the climb and its letters end."""
    taken = answering.take_over(alert=alert, by=by, actor=actor, now=now)
    Summons.objects.filter(escalation__alert=alert, person=by, answered_at__isnull=True).update(
        answered_at=now, answer=Summons.Answer.MINE
    )
    escalation.stop_for_alert(alert=alert, now=now)
    return taken


@transaction.atomic
def verify(
    *, alert: Alert, choice: str, urgent: bool, text: str, by: Person, actor: Actor, now: datetime
) -> Alert:
    """Whoever verifies has taken it over; verification may start or shorten the legal clock."""
    _take_if_free(alert, by, actor, now)
    done = answering.verify(
        alert=alert, choice=choice, urgent=urgent, text=text, by=by, actor=actor, now=now
    )
    if done.is_open:
        clock.set_clock(done, rules_in_force(now), now)
    return done


def _take_if_free(alert: Alert, by: Person, actor: Actor, now: datetime) -> None:
    if alert.waits:
        take_over(alert=alert, by=by, actor=actor, now=now)


def assess(*, alert: Alert, text: str, by: Person, actor: Actor, now: datetime) -> Alert:
    return answering.assess(alert=alert, text=text, by=by, actor=actor, now=now)


def characterise(
    *, alert: Alert, risk: str, text: str, by: Person, actor: Actor, now: datetime
) -> Alert:
    return answering.characterise(alert=alert, risk=risk, text=text, by=by, actor=actor, now=now)


def decide(
    *, alert: Alert, outcome: str, text: str, by: Person, actor: Actor, now: datetime
) -> Alert:
    return answering.decide(alert=alert, outcome=outcome, text=text, by=by, actor=actor, now=now)


@transaction.atomic
def tell_outside(
    *,
    alert: Alert,
    whom: str,
    told_at: datetime,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Alert:
    """Told outside: whoever noted it has taken the alert over."""
    _take_if_free(alert, by, actor, now)
    return answering.tell_outside(
        alert=alert, whom=whom, told_at=told_at, text=text, by=by, actor=actor, now=now
    )


def note(*, alert: Alert, text: str, by: Person, actor: Actor, now: datetime) -> None:
    answering.note(alert=alert, text=text, by=by, actor=actor, now=now)


def close(*, alert: Alert, text: str, by: Person, actor: Actor, now: datetime) -> Alert:
    return answering.close(alert=alert, text=text, by=by, actor=actor, now=now)


# ---------------------------------------------------------------- other signals


@transaction.atomic
def note_visit(
    *,
    number: str,
    symptoms: list[str],
    temperature: float | None,
    onset_on: date | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> list[Sign]:
    """Somebody came to the school clinic; counted like a report, once with it."""
    rules, today = rules_in_force(now), reporting_day(now)
    problems = {}
    person = Person.objects.filter(number=number.strip()).first()
    unit = roster.reporting_unit_of(person, day=today) if person else None
    if person is None or unit is None:
        problems["number"] = _("Nobody on the roll has this number.")
    known = {one.code for one in rules.symptoms}
    if not symptoms or set(symptoms) - known:
        problems["symptoms"] = _("Please choose what it is.")
    onset = onset_on or today
    if onset > today:
        problems["onset_on"] = _("The first day of the symptoms cannot lie in the future.")
    elif (today - onset).days > int(rules.settings["lookback_days"]):
        problems["onset_on"] = _("That is more than 14 days ago: such a visit is not counted.")
    if problems or person is None or unit is None:
        raise Invalid(problems)
    return signs.note_seen(
        person=person, unit=unit, symptoms=symptoms, temperature=temperature, onset_on=onset,
        rules=rules, actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def note_heard(
    *, text: str, kind: str, code: str, name: str, by: Person, actor: Actor, now: datetime
) -> Alert:
    """An event in words is an alert to be verified, of the circle that it speaks of.

    Where that circle has an open alert, the words go there: one alert, not two.
    """
    if not text.strip():
        raise Invalid({"text": _("What did you hear or see? A few words, please.")})
    alert, opened = operations.open_by_hand(
        kind=kind, code=code, name=name, text=text, by=by, actor=actor, now=now
    )
    if opened:
        escalation.start_for_alert(alert=alert, now=now)
    return alert


# ---------------------------------------------------------------- looking


def seen(*, alert: Alert, named: Iterable[int], actor: Actor, now: datetime) -> None:
    """Each person whose name was shown can read that it was; the others only that a page was."""
    people = list(named)
    audit.record(verb="clusters.alert.seen", actor=actor, subject=alert, now=now, named=len(people))
    audit.record_many(
        audit.entry(
            verb="clusters.person.seen", actor=actor, subject=alert, now=now, concerns=person
        )
        for person in people
    )


def withdraw_sign(*, alert: Alert, pk: int, by: Person, actor: Actor, now: datetime) -> None:
    """A call back showed a mistake: this person is not ill, and no longer counts."""
    row = AlertPerson.objects.filter(alert=alert, pk=pk).select_related("sign").first()
    if row is None:
        raise NotYours
    with transaction.atomic():
        for sign in Sign.objects.filter(
            person_id=row.person_id, withdrawn_at__isnull=True, made_at__gte=row.sign.made_at
        ):
            signs.withdraw(sign=sign, actor=actor, now=now)


__all__ = [
    "AlertStep", "AlertTaken", "ClockStillRuns", "NotThisStage", "assess", "characterise",
    "close", "decide", "note", "note_heard", "note_report", "note_visit", "postpone_next",
    "postpone_reminder", "recount", "recount_next", "remind_next", "seen", "take_over",
    "tell_outside", "verify", "weigh_next", "withdraw_sign",
]  # fmt: skip
