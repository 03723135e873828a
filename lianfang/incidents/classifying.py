"""Classification with its history: who said so, on what paper, by which case definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.incidents import rules
from lianfang.incidents.kinds import Illness, Source
from lianfang.incidents.models import Classification, Incident
from lianfang.incidents.moments import moment_of
from lianfang.incidents.operations import hold
from lianfang.incidents.queries import standing_classifications
from lianfang.incidents.rules import OFFICIAL, OUTCOME_OF
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person
from lianfang.rulebook.legal_clock_policy import ClinicalDiagnosis


class NotTheirsToSay(Refused):
    code = "incidents.not-theirs-to-say"
    message = _(
        "“%(kind)s” is not for “%(source)s” to say. The college diagnoses nobody: write down "
        "which hospital or CDC said so, and who there."
    )


class VerifyFirst(Refused):
    code = "incidents.verify-first"
    message = _("Please verify this first: ring the person, or see them.")
    status = 409


class OnlyInHubei(Refused):
    code = "incidents.only-in-hubei"
    message = _(
        "“Clinically diagnosed” was used in Hubei only, from 4 to 18 February 2020: please ask "
        "the hospital for the classification in force."
    )


class ReplacedAlready(Refused):
    code = "incidents.replaced-already"
    message = _("This entry was corrected already; please correct the newer one.")
    status = 409


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said: the classification, who said it, and on what paper."""

    kind: Illness
    source: Source
    said_by: str = ""
    document: str = ""
    document_follows: bool = False
    text: str = ""
    at: datetime | None = None


@transaction.atomic
def classify(
    *,
    incident: Incident,
    saying: Saying,
    definition: str,
    clinical: ClinicalDiagnosis | None,
    replaces: Classification | None,
    by: Person,
    actor: Actor,
    now: datetime,
) -> Classification:
    """Add a row to the history; the latest moment that stands is the classification in force.

    Raises `VerifyFirst`, `NotTheirsToSay`, `OnlyInHubei`, `InTheFuture`, `Invalid`.
    """
    moment = moment_of(saying.at, now=now)
    hold(incident)
    if not incident.verdict:
        raise VerifyFirst
    _check(incident, saying, moment, clinical)
    if replaces is not None and hasattr(replaces, "replaced_by"):
        raise ReplacedAlready
    row = Classification.objects.create(
        incident=incident,
        kind=saying.kind,
        source=saying.source,
        said_by=saying.said_by.strip()[:200],
        document=saying.document.strip()[:100],
        document_follows=saying.document_follows and not saying.document.strip(),
        definition=definition,
        at=moment,
        entered_at=now,
        by=by,
        text=saying.text.strip()[:2000],
        replaces=replaces,
    )
    _follow(incident, is_correction=replaces is not None)
    audit.record(
        verb="incidents.incident.classified", actor=actor, subject=row, now=now,
        concerns=incident.person_id, kind=str(saying.kind), source=str(saying.source),
    )  # fmt: skip
    return row


def _check(
    incident: Incident, saying: Saying, moment: datetime, clinical: ClinicalDiagnosis | None
) -> None:
    if not rules.may_say(saying.kind, saying.source, was_diagnosed=incident.was_diagnosed):
        raise NotTheirsToSay(kind=str(saying.kind.label), source=str(saying.source.label))
    if saying.kind == Illness.CLINICAL:
        day = reporting_day(moment)
        if clinical is None or not clinical.holds(county_code=incident.county_code, day=day):
            raise OnlyInHubei
    problems = {}
    if saying.source in OFFICIAL | {Source.COMMUNITY} and not saying.said_by.strip():
        problems["said_by"] = _("Which hospital or office, and who there?")
    official = saying.source in OFFICIAL
    if official and not saying.document.strip() and not saying.document_follows:
        problems["document"] = _("The number of the paper, or “it follows” when they only rang.")
    if problems:
        raise Invalid(problems)


def _follow(incident: Incident, *, is_correction: bool) -> None:
    """The incident says what its history says: the latest moment, and whether it was a diagnosis.

    An outcome stands until something later, or a correction, says otherwise.
    """
    rows = list(standing_classifications(incident))
    last = rows[-1]
    incident.illness = last.kind
    incident.was_diagnosed = bool(rules.DIAGNOSES.intersection(row.kind for row in rows))
    outcome = OUTCOME_OF.get(last.kind, "")
    if outcome:
        incident.outcome, incident.outcome_at, incident.outcome_by = outcome, last.at, last.by
    elif incident.outcome_at is not None and (is_correction or last.at >= incident.outcome_at):
        incident.outcome, incident.outcome_at, incident.outcome_by = "", None, None
    incident.save(update_fields=["illness", "was_diagnosed", "outcome", "outcome_at", "outcome_by"])
