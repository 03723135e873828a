"""What came of a call, the next try, and numbers that turned out to be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.outreach.confirming import confirm, no_more
from lianfang.outreach.models import CallTask, PhoneCorrection, Recipient
from lianfang.outreach.rules import TOLD_CODES, CallPlan, next_try
from lianfang.roster.models import Person


class CallIsClosed(Refused):
    code = "outreach.call-is-closed"
    message = _("This call is no longer needed.")
    status = 409


def open_calls(
    *, recipients: Sequence[tuple[Recipient, int | None]], now: datetime
) -> list[CallTask]:
    """A row for each person who shall be rung, with whoever rings; once per person."""
    return CallTask.objects.bulk_create(
        [
            CallTask(recipient=one, assigned_to_id=caller, opened_at=now, next_try_at=now)
            for one, caller in recipients
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def note_call(
    *,
    task: CallTask,
    outcome: str,
    plan: CallPlan,
    by: Person,
    actor: Actor,
    now: datetime,
) -> CallTask:
    """What a call came to: told ends it, refused and enough end it, else there is a next try.

    Raises `CallIsClosed` when the person confirmed, or a colleague was first.
    """
    tries = task.tries + 1
    again = next_try(outcome, tries=tries, plan=plan, now=now)
    changed = CallTask.objects.filter(
        pk=task.pk, tries=task.tries, next_try_at__isnull=False
    ).update(
        tries=tries,
        last_outcome=outcome,
        last_try_at=now,
        next_try_at=again,
        closed_at=None if again else now,
        closing="" if again else _closing(outcome),
    )
    if changed != 1:
        raise CallIsClosed
    task.refresh_from_db()
    recipient = task.recipient
    if outcome == "CONFIRMED":
        confirm(recipient=recipient, how=Recipient.How.CALL, choice=None, actor=actor, now=now)
    elif outcome in TOLD_CODES:
        Recipient.objects.filter(pk=recipient.pk, told_at__isnull=True).update(
            told_at=now, how=Recipient.How.CALL
        )
    if again is None:
        no_more(recipient, CallTask.Closing.TOLD, now)
    audit.record(
        verb="outreach.call.noted", actor=actor, subject=task, now=now,
        concerns=recipient.person_id, outcome=outcome, by=by.pk,
    )  # fmt: skip
    return task


def _closing(outcome: str) -> CallTask.Closing:
    if outcome in TOLD_CODES:
        return CallTask.Closing.TOLD
    if outcome == "REFUSED":
        return CallTask.Closing.REFUSED
    if outcome == "WRONG_NUMBER":
        return CallTask.Closing.WRONG_NUMBER
    return CallTask.Closing.NOT_REACHED


def note_wrong_number(
    *,
    person: Person,
    unit_id: int,
    found: PhoneCorrection.Found,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> PhoneCorrection | None:
    """A task for the unit, open until the roster has another number. None when it stands already."""
    correction, created = PhoneCorrection.objects.get_or_create(
        person=person,
        wrong_index=person.phone_index,
        withdrawn_at=None,
        defaults={"unit_id": unit_id, "found": found, "noted_at": now, "noted_by": by},
    )
    if not created:
        return None
    audit.record(
        verb="outreach.number.found-wrong", actor=actor, subject=correction, now=now,
        concerns=person.pk, found=str(found),
    )  # fmt: skip
    return correction


def withdraw_correction(*, correction: PhoneCorrection, actor: Actor, now: datetime) -> None:
    """The number was right after all: somebody reached the person with it."""
    PhoneCorrection.objects.filter(pk=correction.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
    audit.record(
        verb="outreach.number.found-right", actor=actor, subject=correction, now=now,
        concerns=correction.person_id,
    )  # fmt: skip
