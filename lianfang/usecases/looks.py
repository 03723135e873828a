"""Every look at somebody's health answers is written down before they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lianfang.audit import operations as audit
from lianfang.incidents.models import Incident
from lianfang.kernel.actors import Actor
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person


def answers_seen(
    *, person: Person, reports: Iterable[DailyReport], actor: Actor, now: datetime
) -> None:
    """One entry per page that shows answers, with the days that it showed."""
    audit.record(
        verb="reporting.answers.seen",
        actor=actor,
        subject=person,
        now=now,
        concerns=person.pk,
        days=sorted({report.day.isoformat() for report in reports}),
    )


def incident_seen(*, incident: Incident, named: bool, actor: Actor, now: datetime) -> None:
    """`named`: whether the page showed whom it is about, or the code alone."""
    audit.record(
        verb="incidents.incident.seen",
        actor=actor,
        subject=incident,
        now=now,
        concerns=incident.person_id,
        named=named,
    )


def audience_seen(*, people: Iterable[int], actor: Actor, now: datetime) -> None:
    """A page named people whom a campaign means because they are watched, or where they are."""
    audit.record_many(
        audit.entry(
            verb="outreach.audience.seen", actor=actor, subject=None, now=now, concerns=person
        )
        for person in sorted(set(people))
    )


def records_compared(*, people: Iterable[int], actor: Actor, now: datetime) -> None:
    """A page showed two records of each of these people beside each other."""
    audit.record_many(
        audit.entry(
            verb="doubts.contradiction.seen", actor=actor, subject=None, now=now, concerns=person
        )
        for person in sorted(set(people))
    )
