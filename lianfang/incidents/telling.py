"""“Told outside” as a record: who was told, when, how, by whom, who answered, what was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.incidents import clocks
from lianfang.incidents.classifying import ReplacedAlready
from lianfang.incidents.kinds import Organisation, Way
from lianfang.incidents.models import Incident, OutsideNotice
from lianfang.incidents.moments import moment_of
from lianfang.incidents.operations import hold
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person


@dataclass(frozen=True, slots=True)
class Telling:
    """`at` None is now; a moment in the past is allowed and keeps the time of its entry."""

    organisation: Organisation
    method: Way
    spoke_with: str
    given: str
    organisation_name: str = ""
    phone: str = ""
    at: datetime | None = None


@transaction.atomic
def tell_outside(
    *,
    incident: Incident,
    telling: Telling,
    replaces: OutsideNotice | None,
    reason: str,
    by: Person,
    actor: Actor,
    now: datetime,
) -> OutsideNotice:
    """Keep it, and stop the clocks that it meets. A correction keeps the old row beside it.

    Raises `IncidentIsClosed`, `InTheFuture`, `ReplacedAlready`, `Invalid` with every problem.
    """
    _check(telling, replaces, reason)
    moment = moment_of(telling.at, now=now)
    hold(incident)
    if replaces is not None and hasattr(replaces, "replaced_by"):
        raise ReplacedAlready
    notice = OutsideNotice.objects.create(
        incident=incident,
        organisation=telling.organisation,
        organisation_name=telling.organisation_name.strip()[:100],
        spoke_with=telling.spoke_with.strip()[:100],
        phone=telling.phone.strip()[:40],
        method=telling.method,
        given=telling.given.strip()[:2000],
        at=moment,
        entered_at=now,
        by=by,
        replaces=replaces,
        reason=reason.strip()[:500],
    )
    audit.record(
        verb="incidents.outside.corrected" if replaces else "incidents.outside.told",
        actor=actor, subject=notice, now=now, concerns=incident.person_id,
        organisation=str(telling.organisation),
    )  # fmt: skip
    clocks.settle(incident=incident, now=now)
    return notice


def _check(telling: Telling, replaces: OutsideNotice | None, reason: str) -> None:
    problems = {}
    if not telling.spoke_with.strip():
        problems["spoke_with"] = _("Who answered there?")
    if telling.method == Way.PHONE and not telling.phone.strip():
        problems["phone"] = _("Which number did you ring?")
    if not telling.given.strip():
        problems["given"] = _("What did you tell or give them? A few words, please.")
    if replaces is not None and not reason.strip():
        problems["reason"] = _("Why is it corrected?")
    if problems:
        raise Invalid(problems)
