"""What a watched person asks for and what they contest; both have an owner and a time limit."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.monitoring import releasing
from lianfang.monitoring.changing import correct, locked, words
from lianfang.monitoring.models import Contest, MonitoringFile, Need
from lianfang.monitoring.operations import Kind, note
from lianfang.monitoring.queries import policy_of
from lianfang.roster.models import Person


class AlreadyContested(Refused):
    code = "monitoring.already-contested"
    message = _("You have contested this already, and the answer is still due.")
    status = 409


class AlreadyAnswered(Refused):
    code = "monitoring.already-answered"
    message = _("This was answered already.")
    status = 409


@transaction.atomic
def contest(*, file: MonitoringFile, text: str, actor: Actor, now: datetime) -> Contest:
    """The person says why the label is wrong. It stays until somebody has decided, in time."""
    text = words(text, "text")
    found = locked(file)
    due_at = now + policy_of(found).contest
    try:
        with transaction.atomic():
            filed = Contest.objects.create(
                file=found, text=text[:2000], filed_at=now, due_at=due_at, next_due_at=due_at
            )
    except IntegrityError as error:
        raise AlreadyContested from error
    note(found, Kind.CONTESTED, by=found.person, actor=actor, now=now, text=text)
    return filed


@transaction.atomic
def answer_contest(
    *,
    contest: Contest,
    outcome: str,
    answer: str,
    category: str,
    reason: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Contest:
    """The label stays, its reason is corrected, or it goes; the person reads the answer."""
    if outcome not in Contest.Outcome.values:
        raise Invalid({"outcome": _("Please choose out of the list.")})
    answer = words(answer, "answer")
    changed = Contest.objects.filter(pk=contest.pk, done_at__isnull=True).update(
        done_at=now, decided_by=by, outcome=outcome, answer=answer[:2000], next_due_at=None
    )
    if changed != 1:
        raise AlreadyAnswered
    contest.refresh_from_db()
    file = contest.file
    note(file, Kind.ANSWERED, by=by, actor=actor, now=now, text=answer, outcome=outcome)
    if file.is_open and outcome == Contest.Outcome.CORRECTED:
        correct(file=file, category=category, reason=reason, by=by, actor=actor, now=now)
    elif file.is_open and outcome == Contest.Outcome.CANCELLED:
        releasing.cancel(file=file, reason=answer, by=by, actor=actor, now=now)
    return contest


# ---------------------------------------------------------------- needs


def ask_for(
    *, file: MonitoringFile, text: str, owner: Person | None, actor: Actor, now: datetime
) -> Need:
    """Something is needed: it has an owner, and a moment by which it is answered."""
    due_at = now + policy_of(file).need
    need = Need.objects.create(
        file=file, text=words(text, "need")[:500], asked_at=now, owner=owner, due_at=due_at,
        next_due_at=due_at,
    )  # fmt: skip
    audit.record(
        verb="monitoring.need.asked", actor=actor, subject=need, now=now, concerns=file.person_id
    )
    return need


@transaction.atomic
def settle(*, need: Need, answer: str, by: Person, actor: Actor, now: datetime) -> Need:
    """What was done about it, in words that the person reads."""
    answer = words(answer, "answer")
    changed = Need.objects.filter(pk=need.pk, done_at__isnull=True).update(
        done_at=now, done_by=by, answer=answer[:500], next_due_at=None
    )
    if changed != 1:
        raise AlreadyAnswered
    need.refresh_from_db()
    audit.record(
        verb="monitoring.need.settled", actor=actor, subject=need, now=now,
        concerns=need.file.person_id,
    )  # fmt: skip
    return need
