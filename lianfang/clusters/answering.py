"""The way of an alert: taken over, verified, assessed, characterised, decided, closed.

Every step has its author, its moment and its words, and is written once.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.clusters.models import Alert, AlertGroup, AlertPerson, AlertStep
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

Stage, Outcome, Kind = Alert.Stage, Alert.Outcome, AlertStep.Kind

ASSESS = "ASSESS"
AFTER_VERIFICATION = (Outcome.DISCARD, Outcome.MONITOR, ASSESS)
_LONGEST = 4000


class AlertTaken(Refused):
    code = "clusters.already-taken"
    message = _("%(name)s has taken this over already.")
    status = 409


class AlertIsClosed(Refused):
    code = "clusters.closed"
    message = _("This alert is closed.")
    status = 409


class NotThisStage(Refused):
    code = "clusters.not-this-stage"
    message = _("This step is over, or not yet due. The alert is in the stage: %(stage)s.")
    status = 409


class ClockStillRuns(Refused):
    code = "clusters.clock-still-runs"
    message = _(
        "Outside has not been told yet, and the law asks for it. "
        "Please note who was told, or discard the alert."
    )
    status = 409


@transaction.atomic
def take_over(*, alert: Alert, by: Person, actor: Actor, now: datetime) -> Alert:
    """One person sees to it. Whoever comes second is told who was first."""
    changed = (
        Alert.objects.filter(pk=alert.pk, taken_at__isnull=True)
        .exclude(stage=Stage.CLOSED)
        .update(taken_at=now, taken_by=by)
    )
    alert.refresh_from_db()
    if changed != 1:
        if not alert.is_open:
            raise AlertIsClosed
        raise AlertTaken(name=alert.taken_by.name if alert.taken_by else "")
    _write(alert, Kind.TAKEN, by, actor, now, verb="clusters.alert.taken")
    return alert


def mark_unanswered(*, alert: Alert, now: datetime) -> None:
    """The whole ladder was climbed and nobody answered."""
    changed = (
        Alert.objects.filter(pk=alert.pk, taken_at__isnull=True)
        .exclude(stage=Stage.CLOSED)
        .update(unanswered_at=now)
    )
    if changed == 1:
        AlertStep.objects.create(alert=alert, kind=Kind.UNANSWERED, at=now)
        audit.record(verb="clusters.alert.unanswered", actor=SYSTEM, subject=alert, now=now)


@transaction.atomic
def verify(
    *, alert: Alert, choice: str, urgent: bool, text: str, by: Person, actor: Actor, now: datetime
) -> Alert:
    """Are they ill, and of the same? Discard closes it; monitor watches on; assess goes on.

    `urgent`: nobody knows what it is, or it is managed like class A: the short clock begins now.
    """
    if choice not in AFTER_VERIFICATION:
        raise Invalid({"choice": _("Please choose what follows.")})
    _needs_words(text)
    known_at = alert.verified_at or now
    if choice == ASSESS:
        change = {"stage": Stage.ASSESSMENT, "outcome": ""}
    else:
        change = {"stage": Stage.OUTCOME, "outcome": choice}
    urgent_now = urgent and choice != Outcome.DISCARD
    _move(
        alert,
        Stage.VERIFICATION,
        verified_at=known_at if choice != Outcome.DISCARD else None,
        is_urgent_kind=urgent_now,
        **change,
    )
    _write(
        alert, Kind.VERIFIED, by, actor, now, choice=choice, text=text,
        verb="clusters.alert.verified",
    )  # fmt: skip
    if choice == Outcome.DISCARD:
        _close(alert, by, actor, now)
    return alert


@transaction.atomic
def assess(*, alert: Alert, text: str, by: Person, actor: Actor, now: datetime) -> Alert:
    """Who is at risk, from what, how far has it spread: in words."""
    _needs_words(text)
    _move(alert, Stage.ASSESSMENT, stage=Stage.CHARACTERISATION)
    _write(alert, Kind.ASSESSED, by, actor, now, text=text, verb="clusters.alert.assessed")
    return alert


@transaction.atomic
def characterise(
    *, alert: Alert, risk: str, text: str, by: Person, actor: Actor, now: datetime
) -> Alert:
    """How large the risk is."""
    if risk not in Alert.Risk.values:
        raise Invalid({"choice": _("Please choose how large the risk is.")})
    _needs_words(text)
    _move(alert, Stage.CHARACTERISATION, stage=Stage.OUTCOME, risk=risk)
    _write(
        alert, Kind.CHARACTERISED, by, actor, now, choice=risk, text=text,
        verb="clusters.alert.characterised",
    )  # fmt: skip
    return alert


@transaction.atomic
def decide(
    *, alert: Alert, outcome: str, text: str, by: Person, actor: Actor, now: datetime
) -> Alert:
    """Discard, monitor or respond; may be decided again while the alert is open.

    From monitoring one may also go on to the risk assessment after all.
    """
    if outcome not in {*Outcome.values, ASSESS}:
        raise Invalid({"choice": _("Please choose the outcome.")})
    _needs_words(text)
    if outcome == ASSESS:
        _move(alert, Stage.OUTCOME, stage=Stage.ASSESSMENT, outcome="")
    else:
        _move(alert, Stage.OUTCOME, outcome=outcome)
    _write(
        alert, Kind.DECIDED, by, actor, now, choice=outcome, text=text,
        verb="clusters.alert.decided",
    )  # fmt: skip
    if outcome == Outcome.DISCARD:
        _close(alert, by, actor, now)
    return alert


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
    """Outside was told: whom, when, by whom, in which words. The first one stops the clock."""
    if whom not in AlertStep.Outside.values:
        raise Invalid({"whom": _("Please choose who was told.")})
    if told_at > now:
        raise Invalid({"told_at": _("This moment lies in the future.")})
    if told_at < alert.opened_at:
        raise Invalid({"told_at": _("That was before the alert itself.")})
    if not alert.is_open:
        raise AlertIsClosed
    Alert.objects.filter(pk=alert.pk, told_at__isnull=True).update(
        told_at=told_at, told_by=by, next_due_at=None
    )
    alert.refresh_from_db()
    _write(
        alert, Kind.TOLD, by, actor, now, choice=whom, text=text, happened_at=told_at,
        verb="clusters.alert.told-outside",
    )  # fmt: skip
    return alert


@transaction.atomic
def note(*, alert: Alert, text: str, by: Person, actor: Actor, now: datetime) -> None:
    _needs_words(text)
    if not alert.is_open:
        raise AlertIsClosed
    _write(alert, Kind.NOTE, by, actor, now, text=text, verb="clusters.alert.noted")


@transaction.atomic
def close(*, alert: Alert, text: str, by: Person, actor: Actor, now: datetime) -> Alert:
    """It is over. Not before an outcome, and not while the law waits for a report."""
    _needs_words(text)
    alert.refresh_from_db()
    if alert.stage != Stage.OUTCOME or not alert.outcome:
        raise AlertIsClosed if not alert.is_open else NotThisStage(stage=str(alert.get_stage_display()))  # fmt: skip
    if alert.clock_due_at is not None and alert.told_at is None:
        raise ClockStillRuns
    _close(alert, by, actor, now, text)
    return alert


def _close(alert: Alert, by: Person, actor: Actor, now: datetime, text: str = "") -> None:
    """The circles are free for a new alert, of people who were not in this one."""
    changed = (
        Alert.objects.filter(pk=alert.pk)
        .exclude(stage=Stage.CLOSED)
        .update(stage=Stage.CLOSED, closed_at=now, closed_by=by, next_due_at=None)
    )
    if changed != 1:
        raise AlertIsClosed
    AlertGroup.objects.filter(alert=alert).update(is_open=False)
    alert.refresh_from_db()
    _write(alert, Kind.CLOSED, by, actor, now, text=text, verb="clusters.alert.closed")


def _move(alert: Alert, at: Alert.Stage, /, **change: object) -> None:
    """From this stage, and from no other: two at the same moment, one is told so."""
    changed = Alert.objects.filter(pk=alert.pk, stage=at).update(**change)
    alert.refresh_from_db()
    if changed != 1:
        raise NotThisStage(stage=str(alert.get_stage_display()))


def _needs_words(text: str) -> None:
    if not text.strip():
        raise Invalid({"text": _("Please say in a few words why.")})


def _write(
    alert: Alert,
    kind: AlertStep.Kind,
    by: Person,
    actor: Actor,
    now: datetime,
    *,
    verb: str,
    choice: str = "",
    text: str = "",
    happened_at: datetime | None = None,
) -> None:
    AlertStep.objects.create(
        alert=alert, kind=kind, at=now, by=by, choice=choice, text=text.strip()[:_LONGEST],
        happened_at=happened_at,
    )  # fmt: skip
    audit.record(verb=verb, actor=actor, subject=alert, now=now, choice=choice)


# ---------------------------------------------------------------- the clock runs out


def claim_due(*, now: datetime) -> Alert | None:
    """The worker's poll: one alert of whose clock somebody is to be reminded."""
    alert = (
        Alert.objects.filter(next_due_at__lte=now)
        .order_by("next_due_at", "id")
        .select_related("unit", "taken_by")
        .first()
    )
    if alert is None:
        return None
    claimed = Alert.objects.filter(pk=alert.pk, next_due_at=alert.next_due_at).update(
        next_due_at=None
    )
    return alert if claimed == 1 else None


def postpone_due(*, now: datetime, to: datetime) -> None:
    due = Alert.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    Alert.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:1])).update(next_due_at=to)


def mark_missed(*, alert: Alert, now: datetime) -> bool:
    """The legal time is over and nobody outside was told: a fact that stays."""
    changed = Alert.objects.filter(
        pk=alert.pk, told_at__isnull=True, missed_at__isnull=True
    ).update(missed_at=now)
    if changed != 1:
        return False
    AlertStep.objects.create(alert=alert, kind=Kind.MISSED, at=now)
    audit.record(verb="clusters.clock.missed", actor=SYSTEM, subject=alert, now=now)
    return True


def people_in(alert: Alert) -> int:
    """How many people are in it, without those whose sign was taken back."""
    return AlertPerson.objects.filter(alert=alert, sign__withdrawn_at__isnull=True).count()
