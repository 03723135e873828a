"""Opening, answering and closing incidents. An edit of a report never closes one.

A dismissed incident keeps its trace; a later sign opens a new one that points at it, with a
ladder of its own: whoever dismissed the first may have been wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from lianfang.audit import operations as audit
from lianfang.incidents.kinds import Outcome
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.kernel.actors import SYSTEM, Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.reporting.models import DailyReport
from lianfang.roster.models import Person


class AlreadyAcknowledged(Refused):
    code = "incidents.already-acknowledged"
    message = _("%(name)s has taken this over already.")
    status = 409


class IncidentIsClosed(Refused):
    code = "incidents.closed"
    message = _("This incident is closed.")
    status = 409


class AcknowledgeFirst(Refused):
    code = "incidents.acknowledge-first"
    message = _("Somebody has to take this over before it can be closed.")
    status = 409


# A sign so soon after a dismissal is shown beside it.
FOLLOWS_WITHIN = timedelta(days=14)


def open_or_extend(*, report: DailyReport, now: datetime) -> tuple[Incident, bool]:
    """The person's open incident, made if there is none; and whether it is new.

    The caller holds the transaction of the report. Two urgent reports of one person at the
    same moment cannot open two: the constraint lets one through and the other is retried.
    """
    incident = Incident.objects.filter(person=report.person).exclude(state="CLOSED").first()
    opened = incident is None
    if incident is None:
        incident = Incident.objects.create(
            person=report.person,
            unit=report.unit,
            first_report=report,
            county_code=report.county_code,
            opened_at=now,
            follows=_dismissed_before(report.person, now),
        )
    elif incident.county_code != report.county_code:
        incident.county_code = report.county_code
        incident.save(update_fields=["county_code"])
    kind = IncidentFact.Kind.REPORTED if opened else IncidentFact.Kind.REPORTED_AGAIN
    IncidentFact.objects.create(incident=incident, kind=kind, at=now, report=report)
    audit.record(
        verb="incidents.incident.opened" if opened else "incidents.incident.extended",
        actor=SYSTEM,
        subject=incident,
        now=now,
        concerns=report.person_id,
        report=report.pk,
    )
    return incident, opened


def _dismissed_before(person: Person, now: datetime) -> Incident | None:
    earlier = Incident.objects.filter(
        person=person, closing=Outcome.DISMISSED, closed_at__gte=now - FOLLOWS_WITHIN
    )
    return earlier.order_by("-closed_at").first()


def hold(incident: Incident) -> None:
    """Take the row of an open incident for the rest of the transaction. Raises `IncidentIsClosed`.

    What its course says is read after this: two that add to it come one after the other.
    """
    held = Incident.objects.filter(pk=incident.pk).exclude(state=Incident.State.CLOSED)
    if held.update(course=F("course") + 1) != 1:
        raise IncidentIsClosed
    incident.refresh_from_db()


@transaction.atomic
def acknowledge(*, incident: Incident, by: Person, actor: Actor, now: datetime) -> Incident:
    """One person takes it over. Whoever comes second is told who was first."""
    changed = Incident.objects.filter(pk=incident.pk, state=Incident.State.OPEN).update(
        state=Incident.State.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=by
    )
    incident.refresh_from_db()
    if changed != 1:
        if incident.state == Incident.State.CLOSED:
            raise IncidentIsClosed
        first = incident.acknowledged_by
        raise AlreadyAcknowledged(name=first.name if first else "")
    IncidentFact.objects.create(
        incident=incident, kind=IncidentFact.Kind.ACKNOWLEDGED, at=now, by=by
    )
    audit.record(
        verb="incidents.incident.acknowledged",
        actor=actor,
        subject=incident,
        now=now,
        concerns=incident.person_id,
    )
    return incident


def mark_unanswered(*, incident: Incident, now: datetime) -> None:
    """The whole ladder was climbed and nobody answered: a fact, and an alarm of its own."""
    changed = Incident.objects.filter(pk=incident.pk, state=Incident.State.OPEN).update(
        unanswered_at=now
    )
    if changed != 1:
        return  # an answer came in the same moment: it counts
    IncidentFact.objects.create(incident=incident, kind=IncidentFact.Kind.NOBODY_ANSWERED, at=now)
    audit.record(
        verb="incidents.incident.unanswered",
        actor=SYSTEM,
        subject=incident,
        now=now,
        concerns=incident.person_id,
    )


@transaction.atomic
def add_fact(
    *,
    incident: Incident,
    kind: IncidentFact.Kind,
    text: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> IncidentFact:
    """Write down what was done: a call, the hospital, who was told outside."""
    if not incident.is_open:
        raise IncidentIsClosed
    fact = IncidentFact.objects.create(
        incident=incident, kind=kind, at=now, by=by, text=text.strip()[:2000]
    )
    audit.record(
        verb="incidents.fact.added",
        actor=actor,
        subject=fact,
        now=now,
        concerns=incident.person_id,
        kind=str(kind),
    )
    return fact
