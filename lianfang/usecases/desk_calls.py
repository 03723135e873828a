"""The phone calls of a morning: the number shown on record, what came of the call, the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.reporting import operations as reporting
from lianfang.reporting.models import CallRecord
from lianfang.roster.models import Person
from lianfang.screening import operations as screening
from lianfang.screening.models import Finding

# Why a number is asked for; the word goes into the audit entry.
PHONE_REASONS = ("missing", "call-back", "incident", "survey", "exposure", "other")


def reveal_phone(*, person: Person, reason: str, actor: Actor, now: datetime) -> str:
    """The number in plain, after the look was written down: no look without its trace."""
    audit.record(
        verb="roster.phone.revealed",
        actor=actor,
        subject=person,
        now=now,
        concerns=person.pk,
        reason=reason if reason in PHONE_REASONS else "other",
    )
    return str(person.phone)


def record_call(
    *,
    person: Person,
    day: date,
    outcome: CallRecord.Outcome,
    note: str,
    called_by: Person,
    actor: Actor,
    now: datetime,
) -> CallRecord:
    """Somebody rang; whether anybody was reached decides who counts as unreachable."""
    return reporting.record_call(
        person=person,
        day=day,
        outcome=outcome,
        note=note,
        called_by=called_by,
        actor=actor,
        now=now,
    )


@transaction.atomic
def call_back(
    *,
    findings: Iterable[Finding],
    verdict: Finding.Verdict,
    note: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> None:
    """The person was reached and said what is so: one call settles every rule of one report.

    Raises `AlreadyVerified` when a colleague was first; then nothing of this is stored.
    """
    findings = list(findings)
    for finding in findings:
        screening.verify(finding=finding, verdict=verdict, by=by, actor=actor, now=now)
    report = findings[0].report
    reporting.record_call(
        person=report.person,
        day=report.day,
        outcome=CallRecord.Outcome.CONFIRMED,
        note=note,
        called_by=by,
        actor=actor,
        now=now,
    )
