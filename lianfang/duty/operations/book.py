"""The duty book: what came in, what was done, and the hand-over that both sides sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.duty.models import DutyShift, Handover, LogEntry
from lianfang.duty.operations.moments import forget_moment, set_moment
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person, Unit

HANDOVER_WITHIN = timedelta(minutes=30)
_LONGEST = 2000


class AlreadySettled(Refused):
    code = "duty.already-settled"
    message = _("This entry is settled already.")
    status = 409


class AlreadySigned(Refused):
    code = "duty.already-signed"
    message = _("You have signed this hand-over already.")
    status = 409


class NotYourHandover(Refused):
    code = "duty.not-your-handover"
    message = _("A hand-over is signed by whoever goes and whoever comes.")
    status = 403


@transaction.atomic
def write_log(
    *,
    unit: Unit,
    shift: DutyShift | None,
    at: datetime,
    source: str,
    caller: str,
    content: str,
    handling: str,
    incident_number: int | None,
    is_settled: bool,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> LogEntry:
    """One line of the book. Raises `Invalid` without content or with a time to come."""
    problems = {}
    if not content.strip():
        problems["content"] = _("What was it about? A few words, please.")
    if at > now + timedelta(minutes=5):
        problems["at"] = _("This time has not come yet.")
    if source not in LogEntry.Source.values:
        problems["source"] = _("Please choose how it reached you.")
    if problems:
        raise Invalid(problems)
    entry = LogEntry.objects.create(
        unit=unit,
        shift=shift,
        at=at,
        source=source,
        caller=caller.strip()[:120],
        content=content.strip()[:_LONGEST],
        handling=handling.strip()[:_LONGEST],
        incident_number=incident_number,
        written_by=by,
        written_at=now,
        settled_at=now if is_settled else None,
    )
    audit.record(
        verb="duty.log.written", actor=actor, subject=entry, now=now, unit=unit.pk,
        incident=incident_number,
    )  # fmt: skip
    return entry


@transaction.atomic
def settle_log(*, entry: LogEntry, handling: str, actor: Actor, now: datetime) -> LogEntry:
    """How it ended. What was written before stays; the words are added below it."""
    changed = LogEntry.objects.filter(pk=entry.pk, settled_at__isnull=True).update(settled_at=now)
    if changed != 1:
        raise AlreadySettled
    entry.refresh_from_db()
    if handling.strip():
        said = [entry.handling, handling.strip()[:_LONGEST]]
        entry.handling = "\n".join(filter(None, said))
        entry.save(update_fields=["handling"])
    audit.record(verb="duty.log.settled", actor=actor, subject=entry, now=now)
    return entry


@transaction.atomic
def open_handover(
    *,
    unit: Unit,
    post: str,
    out_person: Person,
    in_person: Person,
    in_shift: DutyShift | None,
    items: Sequence[dict[str, Any]],
    actor: Actor,
    now: datetime,
) -> Handover:
    """What is open is written down; both sides then read and sign it within 30 minutes.

    Asked for again for the same shift it is the same hand-over: the person pressed the button,
    and the clock was about to.
    """
    if in_shift is not None:
        earlier = Handover.objects.filter(in_shift=in_shift).first()
        if earlier is not None:
            return earlier
    handover = Handover.objects.create(
        unit=unit,
        post=post,
        out_person=out_person,
        in_person=in_person,
        in_shift=in_shift,
        items=list(items),
        opened_at=now,
    )
    set_moment(reference=f"handover:{handover.pk}", due_at=now + HANDOVER_WITHIN)
    audit.record(verb="duty.handover.opened", actor=actor, subject=handover, now=now, unit=unit.pk)
    return handover


@transaction.atomic
def sign_handover(
    *, handover: Handover, by: Person, remarks: str, actor: Actor, now: datetime
) -> Handover:
    """Each side signs for itself. The remarks of both stand one below the other."""
    if by.pk == handover.out_person_id:
        field = "out_signed_at"
    elif by.pk == handover.in_person_id:
        field = "in_signed_at"
    else:
        raise NotYourHandover
    changed = Handover.objects.filter(pk=handover.pk, **{f"{field}__isnull": True}).update(
        **{field: now}
    )
    if changed != 1:
        raise AlreadySigned
    handover.refresh_from_db()
    if remarks.strip():
        line = f"{by.name}: {remarks.strip()[:_LONGEST]}"
        handover.remarks = "\n".join(filter(None, [handover.remarks, line]))
        handover.save(update_fields=["remarks"])
    if handover.is_signed:
        forget_moment(reference=f"handover:{handover.pk}", now=now)
    audit.record(
        verb="duty.handover.signed", actor=actor, subject=handover, now=now, side=field[:-10]
    )
    return handover
