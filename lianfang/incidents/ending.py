"""How an incident ends: an outcome first, then the clearance where somebody was ill, then closing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.incidents.kinds import Outcome, Paper
from lianfang.incidents.models import Clearance, Incident, IncidentFact
from lianfang.incidents.moments import moment_of
from lianfang.incidents.operations import AcknowledgeFirst, hold
from lianfang.incidents.queries import course_of
from lianfang.incidents.rules import Course, may_end_with
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

# What a person may choose; a dismissal is a verdict, and MISTAKE is how it was said before.
CHOSEN = tuple(o for o in Outcome if o not in {Outcome.DISMISSED, Outcome.MISTAKE})


class VerifyBeforeClosing(Refused):
    code = "incidents.verify-before-closing"
    message = _("Nobody has verified this yet: it can neither be ended nor closed.")
    status = 409


class NotSoEnded(Refused):
    code = "incidents.not-so-ended"
    message = _(
        "“%(outcome)s” does not follow from what stands here. After a diagnosis the hospital or "
        "the CDC says how it ended: write down their classification first."
    )
    status = 409


class TellOutsideFirst(Refused):
    code = "incidents.tell-outside-first"
    message = _("Somebody outside has still to be told (%(rules)s): tell them, or say why not.")
    status = 409


class ClearFirst(Refused):
    code = "incidents.clear-first"
    message = _(
        "This person was diagnosed: the school doctor has to check the paper for the return to "
        "class before this can be closed."
    )
    status = 409


class FinalReportFirst(Refused):
    code = "incidents.final-report-first"
    message = _("A first report went out: please make the final report before closing.")
    status = 409


@transaction.atomic
def set_outcome(
    *,
    incident: Incident,
    outcome: Outcome,
    text: str,
    at: datetime | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Incident:
    """How it ended, before it is closed. Raises `VerifyBeforeClosing`, `NotSoEnded`."""
    moment = moment_of(at, now=now)
    hold(incident)
    if incident.waits:
        raise AcknowledgeFirst
    course = course_of(incident, now=now)
    if outcome not in CHOSEN or not may_end_with(outcome, course):
        raise NotSoEnded(outcome=str(outcome.label)) if course.verdict else VerifyBeforeClosing
    incident.outcome, incident.outcome_at, incident.outcome_by = outcome, moment, by
    incident.save(update_fields=["outcome", "outcome_at", "outcome_by"])
    IncidentFact.objects.create(
        incident=incident, kind=IncidentFact.Kind.OUTCOME, at=moment, by=by,
        text=text.strip()[:2000],
    )  # fmt: skip
    audit.record(
        verb="incidents.outcome.set", actor=actor, subject=incident, now=now,
        concerns=incident.person_id, outcome=str(outcome),
    )  # fmt: skip
    return incident


@transaction.atomic
def clear(
    *,
    incident: Incident,
    paper: Paper,
    document: str,
    issued_by: str,
    checked_by: Person,
    returns_on: date | None,
    at: datetime | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Clearance:
    """The paper for the return to class, checked by the school doctor (the caller asks who is).

    Raises `NotSoEnded` while nobody knows how it ended, `Invalid` without the paper's words.
    """
    problems = {}
    if paper is not Paper.EXAMINED and not issued_by.strip():
        problems["issued_by"] = _("Who issued the paper?")
    if problems:
        raise Invalid(problems)
    moment = moment_of(at, now=now)
    hold(incident)
    if not incident.outcome:
        raise NotSoEnded(outcome=str(paper.label))
    row = Clearance.objects.create(
        incident=incident,
        paper=paper,
        document=document.strip()[:100],
        issued_by=issued_by.strip()[:200],
        checked_by=checked_by,
        at=moment,
        entered_at=now,
        by=by,
        returns_on=returns_on,
    )
    audit.record(
        verb="incidents.clearance.checked", actor=actor, subject=row, now=now,
        concerns=incident.person_id, paper=str(paper),
    )  # fmt: skip
    return row


@transaction.atomic
def close(
    *, incident: Incident, text: str, by: Person, actor: Actor, now: datetime
) -> Incident:  # fmt: skip
    """A person who answered closes it, when everything that has to be done is done.

    Needs a verification and an outcome; what is still owed outside, the clearance after a
    diagnosis and the final report after a first one come before. Nothing closes by itself.
    """
    hold(incident)
    if incident.waits:
        raise AcknowledgeFirst
    course = course_of(incident, now=now)
    _check(incident, course)
    incident.state, incident.closing = Incident.State.CLOSED, incident.outcome
    incident.closed_at, incident.closed_by = now, by
    incident.save(update_fields=["state", "closing", "closed_at", "closed_by"])
    IncidentFact.objects.create(
        incident=incident, kind=IncidentFact.Kind.CLOSED, at=now, by=by, text=text.strip()[:2000]
    )
    audit.record(
        verb="incidents.incident.closed", actor=actor, subject=incident, now=now,
        concerns=incident.person_id, closing=incident.closing,
    )  # fmt: skip
    return incident


def _check(incident: Incident, course: Course) -> None:
    if not course.outcome or not course.verdict:
        raise VerifyBeforeClosing
    if course.clocks_open:
        owed = incident.clocks.filter(met_at__isnull=True, ended_at__isnull=True)
        raise TellOutsideFirst(rules="、".join(sorted({clock.rule for clock in owed})))
    if course.needs_clearance:
        raise ClearFirst
    if course.first_report and not course.final_report:
        raise FinalReportFirst
