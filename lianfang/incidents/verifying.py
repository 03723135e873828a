"""Verification: a step of its own between the signal and what is done about it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from lianfang.audit import operations as audit
from lianfang.incidents import clocks
from lianfang.incidents.kinds import Method, Outcome, Verdict
from lianfang.incidents.models import Incident, IncidentFact, Verification
from lianfang.incidents.moments import moment_of
from lianfang.incidents.operations import IncidentIsClosed, hold
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

NEEDS_WORDS = _("A dismissal needs its reason in words: who said what?")


class TakeItOverFirst(Refused):
    code = "incidents.take-it-over-first"
    message = _("Somebody has to take this over before it can be verified.")
    status = 409


class DiagnosedAlready(Refused):
    code = "incidents.diagnosed-already"
    message = _(
        "A hospital or the CDC has spoken: this is no false alarm. Write down that they rule it "
        "out, if they do."
    )
    status = 409


class AnotherIsOpen(Refused):
    code = "incidents.another-is-open"
    message = _("Another incident of this person is open: verify that one.")
    status = 409


@transaction.atomic
def verify(
    *,
    incident: Incident,
    verdict: Verdict,
    method: Method,
    text: str,
    at: datetime | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Verification:
    """Write down what asking found. A false alarm is dismissed, and stays to be seen.

    A dismissed incident that proves true is verified again and so opens again. Raises
    `TakeItOverFirst`, `DiagnosedAlready`, `InTheFuture`, `Invalid` (a dismissal needs words).
    """
    moment = moment_of(at, now=now)
    if verdict.dismisses and not text.strip():
        raise Invalid({"text": NEEDS_WORDS})
    if incident.is_dismissed and verdict.is_true:
        _open_again(incident, by, actor, now)
    hold(incident)
    if incident.waits:
        raise TakeItOverFirst
    if verdict.dismisses and incident.was_diagnosed:
        raise DiagnosedAlready
    row = Verification.objects.create(
        incident=incident,
        verdict=verdict,
        method=method,
        at=moment,
        entered_at=now,
        by=by,
        text=text.strip()[:2000],
    )
    incident.verdict, incident.verified_at = verdict, moment
    incident.save(update_fields=["verdict", "verified_at"])
    audit.record(
        verb="incidents.incident.verified", actor=actor, subject=row, now=now,
        concerns=incident.person_id, verdict=str(verdict),
    )  # fmt: skip
    if verdict.dismisses:
        _dismiss(incident, row, by, actor, now)
    return row


def _dismiss(
    incident: Incident, row: Verification, by: Person, actor: Actor, now: datetime
) -> None:
    """Closed as a false alarm; what it started outside ends with it."""
    clocks.end_all(incident=incident, reason=row.text, by=by, now=now)
    incident.state, incident.closing = Incident.State.CLOSED, Outcome.DISMISSED
    incident.closed_at, incident.closed_by = now, by
    incident.save(update_fields=["state", "closing", "closed_at", "closed_by"])
    IncidentFact.objects.create(
        incident=incident, kind=IncidentFact.Kind.DISMISSED, at=now, by=by, text=row.text
    )
    audit.record(
        verb="incidents.incident.dismissed", actor=actor, subject=incident, now=now,
        concerns=incident.person_id, verdict=row.verdict,
    )  # fmt: skip


def _open_again(incident: Incident, by: Person, actor: Actor, now: datetime) -> None:
    """The dismissal was wrong: the incident is whoever's says so."""
    try:
        with transaction.atomic():
            changed = Incident.objects.filter(
                pk=incident.pk, state=Incident.State.CLOSED, closing=Outcome.DISMISSED
            ).update(
                state=Incident.State.ACKNOWLEDGED,
                acknowledged_by=by,
                closing="",
                closed_at=None,
                closed_by=None,
            )
    except IntegrityError as error:
        raise AnotherIsOpen from error
    if changed != 1:
        raise IncidentIsClosed
    IncidentFact.objects.create(incident=incident, kind=IncidentFact.Kind.REOPENED, at=now, by=by)
    audit.record(
        verb="incidents.incident.opened-again", actor=actor, subject=incident, now=now,
        concerns=incident.person_id,
    )  # fmt: skip
