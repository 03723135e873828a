"""First, interim and final report: numbered, frozen, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.incidents.kinds import Edition
from lianfang.incidents.models import CaseReport, Incident
from lianfang.incidents.operations import hold
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person


class NotVerifiedYet(Refused):
    code = "incidents.report-needs-verification"
    message = _("Nothing is reported outside before somebody has verified it.")
    status = 409


class FirstReportExists(Refused):
    code = "incidents.first-report-exists"
    message = _("The first report was made already: what is new goes into an interim report.")
    status = 409


class FirstReportFirst(Refused):
    code = "incidents.first-report-first"
    message = _("There is no first report yet: please make it before this one.")
    status = 409


class FinalReportExists(Refused):
    code = "incidents.final-report-exists"
    message = _("The final report was made already.")
    status = 409


class NoOutcomeYet(Refused):
    code = "incidents.no-outcome-yet"
    message = _("A final report needs an outcome: how did it end, and who said so?")
    status = 409


@transaction.atomic
def freeze(
    *,
    incident: Incident,
    kind: Edition,
    compose: Callable[[Incident, int], dict[str, Any]],
    by: Person,
    actor: Actor,
    now: datetime,
) -> CaseReport:
    """Number it, compose it from what is stored at this moment, and keep it for good.

    Raises `NotVerifiedYet`, `FirstReportExists`, `FirstReportFirst`, `NoOutcomeYet`,
    `FinalReportExists`. Two at the same moment get two numbers.
    """
    hold(incident)
    number = _number(incident, kind)
    content = compose(incident, number)
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True)
    report = CaseReport.objects.create(
        incident=incident,
        kind=kind,
        number=number,
        content=content,
        digest=hashlib.sha256(plain.encode()).hexdigest(),
        made_at=now,
        made_by=by,
    )
    audit.record(
        verb="incidents.report.made", actor=actor, subject=report, now=now,
        concerns=incident.person_id, kind=str(kind), number=number,
    )  # fmt: skip
    return report


def _number(incident: Incident, kind: Edition) -> int:
    if incident.verdict not in {"TRUE", "OTHER_CAUSE"}:
        raise NotVerifiedYet
    made = list(incident.case_reports.values_list("kind", flat=True))
    if Edition.FINAL in made:
        raise FinalReportExists
    if kind == Edition.FIRST and Edition.FIRST in made:
        raise FirstReportExists
    if kind != Edition.FIRST and Edition.FIRST not in made:
        raise FirstReportFirst
    if kind == Edition.FINAL and not incident.outcome:
        raise NoOutcomeYet
    return made.count(Edition.INTERIM) + 1 if kind == Edition.INTERIM else 0
